"""``newsgrain status``: what is known and published, source by source."""

from __future__ import annotations

from collections import Counter, defaultdict
from typing import TYPE_CHECKING

import pyarrow.compute as pc
from rich.table import Table

from crawler.display import Display
from crawler.source_status import SourceStatus, read_status
from crawler.sources import load_config
from newsgrain.clock import system_clock
from newsgrain.errors import ConfigError
from newsgrain.ledger import read_ledger
from newsgrain.reading import load
from newsgrain.report import size
from newsgrain.store import Store

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime
    from pathlib import Path

    from newsgrain.clock import Clock
    from newsgrain.manifest import Manifest
    from newsgrain.workspace import Workspace

_COLUMNS = (
    *("source", "known", "new", "edited", "gone", "failed", "waiting"),
    *("next look (UTC)", "requests/article", "last page (UTC)"),
)
_LEGEND = "known, gone, failed, waiting: in all; new, edited: in the run published last"
_LEFT = frozenset({"source", "next look (UTC)", "last page (UTC)"})


def _frontier(archive: Path, now: datetime) -> dict[str, SourceStatus]:
    with read_ledger(archive) as connection:
        known = read_status(connection, now) if connection else ()
    return {status.source: status for status in known}


def _moment(moment: datetime | None) -> str:
    return moment.strftime("%Y-%m-%d %H:%M") if moment else "never"


def _ratio(requests: int, articles: int) -> str:
    return f"{requests / articles:.1f}" if articles else "-"


def _table(
    names: list[str],
    known: Mapping[str, SourceStatus],
    articles: Counter[str],
    last: Mapping[str, Counter[str]],
) -> Table:
    table = Table(box=None, pad_edge=False)
    for column in _COLUMNS:
        table.add_column(column, justify="left" if column in _LEFT else "right", no_wrap=True)
    for name in names:
        status = known.get(name, SourceStatus(source=name))
        run = last.get(name, Counter())
        counts = (articles[name], run["new"], run["edited"], status.gone, status.failed)
        table.add_row(
            name,
            *map(str, (*counts, status.pending)),
            _moment(status.next_look_at) if status.next_look_at else "-",
            _ratio(status.requests, articles[name]),
            _moment(status.last_fetched_at),
        )
    return table


def _published(manifest: Manifest) -> str:
    files = [entry for entries in manifest.tables.values() for entry in entries]
    return (
        f"published {manifest.run_id}: {manifest.rows('articles')} articles, "
        f"{manifest.rows('revisions')} revisions, {len(files)} files, "
        f"{size(sum(entry.bytes for entry in files))}"
    )


def _last_run(workspace: Workspace, run_id: str) -> dict[str, Counter[str]]:
    """Return, by source, how the pages of the published run ended."""
    columns = ["page_id", "run_id", "outcome"]
    verdicts = load("verdicts", columns=columns, workspace=workspace.root, engine="arrow")
    outcomes = {
        row["page_id"]: row["outcome"]
        for row in verdicts.filter(pc.field("run_id") == run_id).to_pylist()
    }
    pages = load("pages", columns=["page_id", "source"], workspace=workspace.root, engine="arrow")
    here = pages.filter(pc.field("page_id").isin(list(outcomes)))
    counts: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for row in here.to_pylist():
        counts[row["source"]][outcomes[row["page_id"]]] += 1
    return counts


def show_status(workspace: Workspace, *, clock: Clock = system_clock) -> None:
    """Print one table of the sources and one line on what is published.

    Raises:
        ConfigError: newsgrain.toml is wrong.
        ArchiveError: the ledger cannot be read.
        StoreError: the datasets cannot be read.
    """
    if not workspace.root.is_dir():
        raise ConfigError("there is no such folder", path=workspace.root)
    display = Display()
    known = _frontier(workspace.archive, clock())
    config = load_config(workspace.config) if workspace.config.exists() else None
    manifest = Store(workspace.datasets).head()
    articles: Counter[str] = Counter()
    last: Mapping[str, Counter[str]] = {}
    if manifest:
        rows = load("articles", columns=["source"], workspace=workspace.root, engine="arrow")
        articles.update(rows["source"].to_pylist())
        last = _last_run(workspace, manifest.run_id)
    configured = [source.name for source in config.sources] if config else []
    names = list(dict.fromkeys([*configured, *known]))
    if names:
        display.table(_table(names, known, articles, last), whole=True)
        display.line(_LEGEND)
    given = articles[None]  # type: ignore[index]  # rows of given files have no source
    if given:
        display.line(f"from given files: {given} articles")
    display.line(_published(manifest) if manifest else "nothing is published yet")
