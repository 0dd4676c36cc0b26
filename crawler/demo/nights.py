"""``newsgrain demo``: two simulated nights against the embedded sample newspapers.

Each step is a process of its own, as every night is: Twisted's reactor starts once in each.
"""

from __future__ import annotations

import argparse
import shutil
import subprocess
import sys
import time
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from rich.table import Table

from crawler.demo import RESOLVER, serve
from crawler.display import Display
from crawler.init import add_sources, subscriptions
from crawler.jobs import Job
from crawler.runs import execute
from newsgrain.clock import system_clock
from newsgrain.errors import ConfigError, NewsgrainError
from newsgrain.reading import load
from newsgrain.workspace import Workspace

if TYPE_CHECKING:
    from collections.abc import Sequence

    from crawler.demo import DemoServer

_CONTACT = "mailto:demo@courrier.example"
# A proxy of the environment knows nothing of the sites on this machine.
_SETTINGS = {"TWISTED_DNS_RESOLVER": RESOLVER, "HTTPPROXY_ENABLED": False}
_CONFIG = f"""\
# The demo's sites are on this machine and need no second between requests.
[crawl]
contact = "{_CONTACT}"
delay_s = 0.1
"""
_MARK = ".newsgrain-demo"
_HOUR = 2  # UTC, as cron jobs have it


def _step(*arguments: str) -> int:
    command = [sys.executable, "-m", "crawler.demo.nights", *arguments]
    return subprocess.run(command, check=False).returncode  # noqa: S603 - our own module


def _make_anew(folder: Path) -> None:
    """Empty the demo's folder; never one that the demo has not made itself."""
    if folder.exists() and not folder.is_dir():
        raise ConfigError("is no folder", path=folder)
    if folder.exists() and any(folder.iterdir()) and not (folder / _MARK).exists():
        raise ConfigError("is not empty and no demo workspace; name another folder", path=folder)
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    (folder / _MARK).touch()
    Workspace(folder).config.write_text(_CONFIG)


def show_demo(folder: Path) -> int:
    """Run the demo and print the rows and where they lie.

    Args:
        folder: the workspace; made anew.

    Returns:
        the exit code of the first step that failed, or 0.

    Raises:
        ConfigError: `folder` holds something else.
    """
    display = Display()
    code = make_demo(display, folder, last_nights(system_clock()))
    if code == 0:
        _show(display, folder)
    return code


def last_nights(now: datetime) -> tuple[datetime, datetime]:
    """Return the last two nights that have passed, at one hour: what a night finds depends on it.

    Which articles are young enough to be looked at again is a matter of hours.
    """
    last = now.replace(hour=_HOUR, minute=0, second=0, microsecond=0)
    last -= timedelta(days=1) if last > now else timedelta()
    return last - timedelta(days=1), last


def make_demo(display: Display, folder: Path, nights: Sequence[datetime]) -> int:
    """Run nights of the demo.

    Args:
        display: shows each step.
        folder: the workspace; made anew.
        nights: when each of the two is, UTC.

    Returns:
        the exit code of the first step that failed, or 0.

    Raises:
        ConfigError: `folder` holds something else.
    """
    _make_anew(folder)
    with serve(night=1, now=nights[0]) as server:
        return _nights(display, folder, server, nights)


def _nights(display: Display, folder: Path, server: DemoServer, nights: Sequence[datetime]) -> int:
    display.line("newsgrain init " + " ".join(server.urls))
    workspace = str(folder)
    code = _step("init", workspace, nights[0].isoformat(), *server.urls)
    for number, night in enumerate(nights, 1):
        if code:
            return code
        server.set_night(number, night)
        display.line(f"\nnight {number}, {night:%Y-%m-%d %H:%M} UTC: newsgrain run")
        code = _step("run", workspace, night.isoformat())
    return code


def _short(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%d %H:%M}"
    return ", ".join(value) if isinstance(value, list) else str(value)


def _table(title: str, columns: Sequence[str], rows: Sequence[dict[str, object]]) -> Table:
    table = Table(title=title, title_justify="left", box=None, pad_edge=False, expand=True)
    for column in columns:
        # The last column takes what is left of the line, and is cut there.
        width = None if column == columns[-1] else len(column)
        ratio = 1 if width is None else None
        table.add_column(column, no_wrap=True, overflow="ellipsis", min_width=width, ratio=ratio)
    for row in rows:
        table.add_row(*(_short(row[column]) for column in columns))
    return table


def _place(row: dict[str, object]) -> tuple[str, int]:
    return str(row["url"]).partition("//")[2].partition("/")[2], int(str(row["ord"]))


def _show(display: Display, folder: Path) -> None:
    def rows(name: str) -> list[dict[str, object]]:
        found: list[dict[str, object]] = load(name, workspace=folder, engine="arrow").to_pylist()
        return found

    articles = sorted(
        rows("articles"), key=lambda row: str(row["date_published"] or ""), reverse=True
    )
    last = str(rows("runs")[-1]["run_id"])
    verdicts = [row for row in rows("verdicts") if row["run_id"] == last]
    changes = [row for row in verdicts if row["outcome"] != "not_modified"]
    shown = (
        ("articles", articles[:6], ("date_published", "authors", "title")),
        ("speakers", sorted(rows("speakers"), key=_place)[:6], ("honorific", "name", "role")),
        ("quotes", sorted(rows("quotes"), key=_place)[:6], ("speaker", "text")),
        ("recommendations", sorted(rows("recommendations"), key=_place)[:7], ("list_item", "text")),
        ("verdicts", changes, ("outcome", "reason", "url")),
        ("runs", rows("runs"), ("new", "edited", "not_modified", "failed", "run_id")),
    )
    for name, some, columns in shown:
        display.line()
        display.table(_table(f"{name}, {len(some)} of {len(rows(name))} rows", columns, some))
    datasets = (folder / "datasets").resolve()
    display.line(f"\nThe rows lie in {datasets}")
    display.line(f"Read them: pd.read_parquet({str(datasets / 'articles')!r})")


def _main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("step", choices=("init", "run"))
    parser.add_argument("workspace", type=Path)
    parser.add_argument("now", type=datetime.fromisoformat)
    parser.add_argument("urls", nargs="*")
    given = parser.parse_args()
    workspace = Workspace(given.workspace)

    started = time.monotonic()

    def clock() -> datetime:
        moment: datetime = given.now
        return moment + timedelta(seconds=time.monotonic() - started)

    try:
        if given.step == "init":
            return add_sources(
                workspace,
                subscriptions(given.urls),
                contact=_CONTACT,
                clock=clock,
                settings=_SETTINGS,
            )
        job = Job(command="run", crawl=True, publish=True)
        return execute(workspace, job, clock=clock, settings=_SETTINGS)
    except NewsgrainError as exc:
        Display().trouble(f"newsgrain: {exc}")
        return exc.exit_code


if __name__ == "__main__":
    sys.exit(_main())
