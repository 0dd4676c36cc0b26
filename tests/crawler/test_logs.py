"""The log of a run: lines that machines read, and nothing that must not be there."""

from __future__ import annotations

import json
import logging

import pytest

from crawler.logs import early_log, run_log
from newsgrain.errors import NewsgrainError


def _lines(path):
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()]


def test_a_line_is_one_json_object(tmp_path):
    with run_log(tmp_path, "00000001-x") as path:
        logging.getLogger("newsgrain.crawl").info("fetched url=%s", "https://a.example/")
    (line,) = _lines(path)
    assert line["message"] == "fetched url=https://a.example/"
    assert (line["level"], line["logger"]) == ("info", "newsgrain.crawl")


def test_a_page_cannot_forge_a_line_or_write_control_characters(tmp_path):
    with run_log(tmp_path, "00000001-x") as path:
        logging.getLogger("newsgrain").warning("title=%s", 'x\n{"level": "error"}\x1b[2J\u2028y')
    (line,) = _lines(path)
    assert line["level"] == "warning"
    assert line["message"] == 'title=x\\n{"level": "error"}\\x1b[2J\\u2028y'


def test_credentials_in_addresses_are_hidden(tmp_path):
    with run_log(tmp_path, "00000001-x") as path:
        logging.getLogger("newsgrain").error("proxy=%s", "http://me:secret@proxy.example:80/")
    assert "secret" not in path.read_text()
    assert "http://***@proxy.example:80/" in path.read_text()


def test_a_body_is_never_written_whole(tmp_path):
    with run_log(tmp_path, "00000001-x") as path:
        logging.getLogger("newsgrain").info("body=%s", "x" * 100_000)
    assert path.stat().st_size < 3_000


def test_a_traceback_is_kept_in_the_same_line(tmp_path):
    with run_log(tmp_path, "00000001-x") as path:
        try:
            int("no\nnumber")
        except ValueError:
            logging.getLogger("newsgrain.clean").exception("crashed url=x")
    (line,) = _lines(path)
    assert "ValueError" in line["traceback"]


def test_the_newest_sixty_runs_are_kept(tmp_path):
    for number in range(70):
        (tmp_path / f"{number:08d}-x.jsonl").touch()
    with run_log(tmp_path, "00000070-x"):
        pass
    names = sorted(path.name for path in tmp_path.glob("*.jsonl"))
    assert len(names) == 60
    assert names[0] == "00000011-x.jsonl"


def test_a_folder_that_cannot_be_written_is_one_line(tmp_path):
    blocked = tmp_path / "logs"
    blocked.write_text("a file")
    with pytest.raises(NewsgrainError, match="cannot write the log"), run_log(blocked, "1"):
        pass


def test_handlers_do_not_pile_up(tmp_path):
    before = list(logging.getLogger().handlers)
    with run_log(tmp_path, "00000001-x"):
        pass
    assert logging.getLogger().handlers == before


def test_what_recovery_says_before_the_run_has_its_number_is_kept(tmp_path, capsys):
    with early_log() as early:
        logging.getLogger("newsgrain.archive").warning("cut uncommitted bytes=12")
        with run_log(tmp_path, "00000001-x", early) as path:
            logging.getLogger("newsgrain").info("later")
    assert [line["message"] for line in _lines(path)] == ["cut uncommitted bytes=12", "later"]
    assert capsys.readouterr().err == ""
