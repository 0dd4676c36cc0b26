"""What people see."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.table import Table

from crawler.display import Display

if TYPE_CHECKING:
    import pytest


def test_a_whole_table_is_never_cut_to_the_width_of_the_terminal(
    capsys: pytest.CaptureFixture[str],
) -> None:
    table = Table("address", "count", box=None)
    table.add_row(f"https://courrier.example/{'a' * 150}/", "7")
    Display().table(table, whole=True)
    assert f"{'a' * 150}/" in capsys.readouterr().out
    Display(quiet=True).table(table, whole=True)
    assert capsys.readouterr().out == ""
