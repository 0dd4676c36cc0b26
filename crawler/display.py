"""What people see of a run: progress bars on a terminal, plain lines under cron."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from rich.console import Console
from rich.markup import escape
from rich.measure import Measurement
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    ProgressColumn,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)
from rich.text import Text

from crawler.printable import without_commands

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from rich.progress import Task, TaskID
    from rich.table import Table


class _SafeConsole(Console):
    """Escapes what a page could command a terminal with, in lines and in cells of tables."""

    def render_str(self, text: str, **options: Any) -> Text:
        """Return the text, styled."""
        return super().render_str(without_commands(text), **options)


_WIDE = 1_000
_MINUTE_S = 60


class Bars:
    """Progress bars by name; the total may grow while work is found."""

    def __init__(self, progress: Progress) -> None:
        self._progress = progress
        self._tasks: dict[str, TaskID] = {}

    def show(self, name: str, done: int, total: int | None) -> None:
        """Set a bar to `done` of `total`; None: the total is not known yet."""
        if name not in self._tasks:
            self._tasks[name] = self._progress.add_task(escape(name), total=total)
        self._progress.update(self._tasks[name], completed=done, total=total)


class _RateColumn(ProgressColumn):
    """How many pages a second, lately; a minute where it is less than one."""

    def render(self, task: Task) -> Text:
        """Return it, or nothing before it is known."""
        rate = task.finished_speed or task.speed
        if rate is None:
            return Text("")
        return Text(f"{rate:.1f}/s" if rate >= 1 else f"{rate * _MINUTE_S:.0f}/min")


class Display:
    """Where commands print.

    Args:
        quiet: print nothing but what is wrong.
    """

    def __init__(self, *, quiet: bool = False) -> None:
        self._quiet = quiet
        # soft_wrap: a line that a program reads is never cut to the terminal's width.
        self._out = _SafeConsole(quiet=quiet, soft_wrap=True, highlight=False)
        self._err = _SafeConsole(stderr=True, soft_wrap=True, highlight=False)

    def line(self, text: str = "") -> None:
        """Print a line, as it is."""
        self._out.print(text, markup=False)

    def lines(self, texts: Iterable[str]) -> None:
        """Print lines, as they are."""
        for text in texts:
            self.line(text)

    def table(self, table: Table, *, whole: bool = False) -> None:
        """Print a table; `whole`: never cut to the terminal's width."""
        out = self._out
        if whole:
            options = out.options.update(max_width=_WIDE)
            width = max(out.width, Measurement.get(out, options, table).maximum)
            out = _SafeConsole(quiet=self._quiet, width=width, highlight=False)
        out.print(table, soft_wrap=False)

    def hint(self, text: str) -> None:
        """Print what could be better to the standard error stream, unless quiet."""
        if not self._quiet:
            self._err.print(text, markup=False)

    def hints(self, texts: Iterable[str]) -> None:
        """Print several hints."""
        for text in texts:
            self.hint(text)

    def trouble(self, text: str) -> None:
        """Print what is wrong to the standard error stream, also when quiet."""
        self._err.print(text, markup=False)

    @contextmanager
    def bars(self) -> Iterator[Bars]:
        """Show progress bars inside the block, where a person watches a terminal."""
        columns = (
            TextColumn("{task.description}"),
            BarColumn(),
            MofNCompleteColumn(),
            _RateColumn(),
            TimeElapsedColumn(),
            TextColumn("left"),
            TimeRemainingColumn(),
        )
        disable = self._quiet or not self._err.is_terminal
        with Progress(*columns, console=self._err, disable=disable, transient=True) as progress:
            yield Bars(progress)
