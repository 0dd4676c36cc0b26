"""What commands print cannot command a terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from rich.table import Table

from crawler.display import Display
from crawler.printable import in_one_line, without_commands

if TYPE_CHECKING:
    from collections.abc import Callable

EVIL = "a\x1b]0;owned\x07\x9b2J\u202etxt"
HARMLESS = "a\\x1b]0;owned\\x07\\x9b2J\\u202etxt"


def _table(display: Display) -> None:
    table = Table("title", box=None)
    table.add_row(EVIL)
    display.table(table)


@pytest.mark.parametrize(
    "show",
    [
        lambda display: display.line(EVIL),
        lambda display: display.lines([EVIL]),
        lambda display: display.trouble(EVIL),
        lambda display: display.hint(EVIL),
        _table,
    ],
)
def test_what_pages_say_is_printed_harmlessly(
    show: Callable[[Display], None], capsys: pytest.CaptureFixture[str]
) -> None:
    show(Display())
    out, err = capsys.readouterr()
    assert HARMLESS in out + err
    assert not [character for character in "\x1b\x07\x9b\u202e" if character in out + err]


def test_lines_of_several_stay_several_and_a_log_line_stays_one() -> None:
    assert without_commands("a\nb\tc") == "a\nb\tc"
    assert in_one_line("a\nb\tc\u2028\r") == "a\\nb\tc\\u2028\\r"
