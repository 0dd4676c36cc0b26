"""The lines that make a night regular can be pasted as they are."""

from __future__ import annotations

import shlex
import sys

import pytest

from crawler.schedule import schedule
from newsgrain.errors import ConfigError


def _cron(text: str) -> str:
    return next(line for line in text.splitlines() if " * * * " in line)


def test_the_crontab_line_runs_quietly_at_the_time_given(tmp_path):
    minute, hour, *_, command = _cron(str(schedule("02:05", tmp_path))).split(" ", 5)
    assert (minute, hour) == ("5", "2")
    assert shlex.split(command) == [
        sys.executable, "-P", "-m", "crawler.cli", "run", "--quiet", "--workspace", str(tmp_path),
    ]  # fmt: skip


def test_a_path_with_a_space_and_a_percent_sign_survives(tmp_path):
    folder = tmp_path / "my 100% news"
    folder.mkdir()
    text = str(schedule("2:00", folder))
    command = _cron(text).split(" ", 5)[5].replace(r"\%", "%")
    assert shlex.split(command)[-1] == str(folder)
    assert f'"{folder}"'.replace("%", "%%") in text


def test_the_timer_has_the_same_time(tmp_path):
    assert "OnCalendar=*-*-* 09:30:00" in str(schedule("9:30", tmp_path))


@pytest.mark.parametrize("at", ["24:00", "2", "02:60", "noon", ""])
def test_a_wrong_time_is_refused(at, tmp_path):
    with pytest.raises(ConfigError, match="not a time of the day"):
        schedule(at, tmp_path)
