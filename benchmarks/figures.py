"""The figures of a benchmark, against their marks."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from rich.table import Table

if TYPE_CHECKING:
    from collections.abc import Iterable


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """One figure.

    Attributes:
        name: what was measured.
        value: the figure.
        unit: of the value; ``x`` for a ratio.
        mark: what it must not exceed, or must reach; None: it is only told.
        at_least: the mark must be reached.
        note: what it is made of.
    """

    name: str
    value: float
    unit: str
    mark: float | None = None
    at_least: bool = False
    note: str = ""

    @property
    def holds(self) -> bool | None:
        """Whether the mark is kept; None without one."""
        if self.mark is None:
            return None
        return self.value >= self.mark if self.at_least else self.value <= self.mark

    def row(self) -> dict[str, Any]:
        """Return it for JSON."""
        return asdict(self) | {"holds": self.holds}


def table(figures: Iterable[Figure]) -> Table:
    """Return a table for the terminal."""
    found = Table("figure", "value", "mark", "", "of", title="newsgrain, benchmarks")
    words = {True: "holds", False: "MISSED", None: ""}
    for figure in figures:
        sign = ">=" if figure.at_least else "<="
        mark = "" if figure.mark is None else f"{sign} {figure.mark:g}"
        value = f"{figure.value:.3g} {figure.unit}"
        found.add_row(figure.name, value, mark, words[figure.holds], figure.note)
    return found
