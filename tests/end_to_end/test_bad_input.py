"""Bad input: one clear line that says what, where and what to do; the right exit code."""

from __future__ import annotations

import gzip
import shutil

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from tests.end_to_end.conftest import newsgrain, rows
from tests.pages import PAGE, write_warc

_URL = "https://harbour.example/quay"
_CANONICAL = f"<head><link rel='canonical' href='{_URL}'>".encode()
_SOURCE = '[[source]]\nname = "a"\nurl = "https://a.example/"\n'


def _one_line(done, code: int, *words: str) -> None:
    assert done.returncode == code, done.stderr
    assert "Traceback" not in done.stderr
    assert len(done.stderr.splitlines()) == 1
    assert all(word in done.stderr for word in words), done.stderr


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (None, ("newsgrain.toml", "init")),
        ("", ("newsgrain.toml", "source")),
        ("[crawl\n", ("newsgrain.toml:1",)),
        ("[crawl]\ndelay = 1\n" + _SOURCE, ("newsgrain.toml:2", "delay", "delay_s")),
        ("[crawl]\ndelay_s = -1\n" + _SOURCE, ("newsgrain.toml:2", "delay_s")),
        ('[crawl]\ndelay_s = "slow"\n' + _SOURCE, ("newsgrain.toml:2", "delay_s")),
        (_SOURCE + 'timezone = "Mars/Base"\n', ("newsgrain.toml:4", "timezone", "Mars/Base")),
    ],
    ids=["missing", "empty", "broken", "unknown key", "negative", "wrong type", "unknown zone"],
)
def test_a_wrong_configuration_names_file_line_and_key(tmp_path, text, words):
    if text is not None:
        (tmp_path / "newsgrain.toml").write_text(text)
    _one_line(newsgrain("run", "-w", tmp_path), 2, *words)


def test_a_missing_file_is_named_and_nothing_is_published(tmp_path):
    done = newsgrain("clean", "-w", tmp_path / "w", tmp_path / "none.warc.gz")
    _one_line(done, 1, "none.warc.gz", "No such file")


def test_a_binary_file_given_as_html_is_named(tmp_path):
    path = tmp_path / "picture.html"
    path.write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(1000))
    done = newsgrain("clean", "-w", tmp_path / "w", path, "--url", _URL)
    _one_line(done, 1, "picture.html", "HTML")


def test_a_page_without_an_address_says_which_option_names_it(tmp_path):
    path = tmp_path / "page.html"
    path.write_text("<html><body><p>Words.</p></body></html>")
    _one_line(newsgrain("clean", "-w", tmp_path / "w", path), 1, "page.html", "--url")


def test_a_truncated_warc_publishes_what_is_whole_and_says_so(tmp_path):
    whole = write_warc(tmp_path / "whole.warc.gz", [f"{_URL}/{n}" for n in range(5)])
    cut = tmp_path / "cut.warc.gz"
    cut.write_bytes(whole.read_bytes()[:-200])
    done = newsgrain("clean", "-w", tmp_path / "w", cut)
    _one_line(done, 3, "cut.warc.gz")
    assert len(rows(tmp_path / "w", "articles")) == 4


def test_one_bad_file_among_good_ones_does_not_keep_them(tmp_path):
    good = write_warc(tmp_path / "in" / "good.warc.gz", [f"{_URL}/{n}" for n in range(3)])
    (good.parent / "bad.warc.gz").write_bytes(b"no warc at all")
    done = newsgrain("clean", "-w", tmp_path / "w", good.parent)
    _one_line(done, 3, "bad.warc.gz")
    assert len(rows(tmp_path / "w", "articles")) == 3


def test_rejected_pages_are_named(tmp_path):
    path = tmp_path / "empty.html"
    path.write_text("<html><body></body></html>")
    done = newsgrain("clean", "-w", tmp_path / "w", path, "--url", _URL)
    assert done.returncode == 0
    assert f"rejected {_URL}: empty" in done.stdout


def test_an_unreachable_home_page_is_one_line(tmp_path):
    done = newsgrain("init", "-w", tmp_path, "http://127.0.0.1:9/", "--contact", "me@a.example")
    _one_line(done, 1, "http://127.0.0.1:9/", "no answer")
    assert not (tmp_path / "newsgrain.toml").exists()


def test_a_time_that_is_none_is_a_usage_error(tmp_path):
    _one_line(newsgrain("schedule", "-w", tmp_path, "--at", "25:00"), 2, "--at 25:00")


def test_an_unknown_source_is_a_configuration_error(tmp_path):
    text = '[crawl]\ncontact = "me@a.example"\n' + _SOURCE
    (tmp_path / "newsgrain.toml").write_text(text)
    _one_line(newsgrain("run", "-w", tmp_path, "--source", "b"), 2, '"b"', "a")


def test_debug_shows_the_traceback(tmp_path):
    done = newsgrain("run", "-w", tmp_path, "--debug")
    assert done.returncode != 0
    assert "Traceback" in done.stderr


def test_datasets_that_are_damaged_are_one_line(tmp_path):
    path = tmp_path / "page.html"
    path.write_bytes(PAGE)
    workspace = tmp_path / "w"
    assert newsgrain("clean", "-w", workspace, path, "--url", _URL).returncode == 0
    (manifest,) = (workspace / "datasets" / "manifests").glob("*.json")
    manifest.write_text("{")
    _one_line(newsgrain("status", "-w", workspace), 1, manifest.name)


def test_an_archive_whose_ledger_is_gone_is_one_line(tmp_path):
    workspace = tmp_path / "w"
    (workspace / "archive").mkdir(parents=True)
    write_warc(workspace / "archive" / "00000001.warc.gz", [_URL])
    _one_line(newsgrain("clean", "-w", workspace), 1, "ledger.sqlite")


def test_what_is_published_stays_when_an_input_disappears(tmp_path):
    page = tmp_path / "page.html.gz"
    page.write_bytes(gzip.compress(PAGE))
    workspace = tmp_path / "w"
    assert newsgrain("clean", "-w", workspace, page, "--url", _URL).returncode == 0
    before = rows(workspace, "articles")
    shutil.move(page, tmp_path / "elsewhere.html.gz")
    done = newsgrain("clean", "-w", workspace, "--all")
    _one_line(done, 3, "1 pages could not be read again")
    assert rows(workspace, "articles") == before


def test_a_folder_that_may_not_be_read_is_one_line(tmp_path):
    blocked = tmp_path / "file"
    blocked.write_text("")
    _one_line(newsgrain("clean", "-w", blocked / "w"), 1, "file")
    _one_line(newsgrain("demo", "-w", blocked), 2, "is no folder")


def test_rows_that_are_no_pages_are_counted_and_said(tmp_path):
    path = tmp_path / "pages.parquet"
    bad = {"url": ["nonsense", None], "html": ["<p>x</p>", None]}
    pq.write_table(pa.table(bad), path)
    _one_line(newsgrain("clean", "-w", tmp_path / "w", path), 1, "2 records are no pages")
    good = {"url": [_URL, "nonsense"], "html": [PAGE.decode(), "<p>x</p>"]}
    pq.write_table(pa.table(good), path)
    done = newsgrain("clean", "-w", tmp_path / "w", path)
    assert done.returncode == 0
    assert "1 records are no pages, 1 pages" in done.stdout


def test_a_workspace_below_the_given_folder_is_no_input(tmp_path):
    (tmp_path / "page.html").write_bytes(PAGE.replace(b"<head>", _CANONICAL))
    for _ in range(2):
        done = newsgrain("clean", "-w", tmp_path / "w", tmp_path)
        assert (done.returncode, done.stderr) == (0, "")
    assert len(rows(tmp_path / "w", "pages")) == 1
