"""What people see."""

from __future__ import annotations

import re

import pytest
from rich.table import Table

from crawler.display import Display, _RateColumn


def test_a_whole_table_is_never_cut_to_the_width_of_the_terminal(
    capsys: pytest.CaptureFixture[str],
) -> None:
    table = Table("address", "count", box=None)
    table.add_row(f"https://courrier.example/{'a' * 150}/", "7")
    Display().table(table, whole=True)
    assert f"{'a' * 150}/" in capsys.readouterr().out
    Display(quiet=True).table(table, whole=True)
    assert capsys.readouterr().out == ""


def _bars(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], **env: str) -> str:
    for name, value in env.items():
        monkeypatch.setenv(name, value)
    with Display().bars() as bars:
        for done in range(4):
            bars.show("gazette [1]", done, 40)
        bars.show("tide", 1, None)
    return capsys.readouterr().err


def test_a_terminal_shows_each_source_with_its_rate_and_the_time_left(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    shown = _bars(monkeypatch, capsys, FORCE_COLOR="1", TERM="xterm", COLUMNS="120")
    assert "gazette [1]" in shown
    assert "3/40" in shown
    assert re.search(r"\d/s|\d/min", shown), "rate"
    assert re.search(r"left \x1b\[\d+m-?\d*:", shown), "time left"


def test_what_is_piped_has_no_bars_and_no_colours(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv("FORCE_COLOR", raising=False)
    assert _bars(monkeypatch, capsys) == ""
    Display().line("[bold]as it is[/bold] https://tide.example/1")
    Display().trouble("wrong")
    told = capsys.readouterr()
    assert told.out == "[bold]as it is[/bold] https://tide.example/1\n"
    assert told.err == "wrong\n"


@pytest.mark.parametrize(("speed", "words"), [(None, ""), (2.54, "2.5/s"), (0.2, "12/min")])
def test_a_rate_is_told_by_the_second_or_by_the_minute(speed: float | None, words: str) -> None:
    class Task:
        finished_speed = None

    Task.speed = speed  # type: ignore[attr-defined]
    assert _RateColumn().render(Task()).plain == words  # type: ignore[arg-type]
