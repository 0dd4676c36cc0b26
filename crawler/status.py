"""``newsgrain status``: what is known and published, source by source."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from rich.table import Table

from crawler.display import Display
from crawler.source_status import SourceStatus, read_status
from crawler.sources import load_config
from newsgrain.clock import system_clock
from newsgrain.errors import ConfigError
from newsgrain.glance import Glance
from newsgrain.ledger import read_ledger
from newsgrain.report import size

if TYPE_CHECKING:
    from collections.abc import Mapping
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
    articles: Counter[str | None],
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


def _last_run(glance: Glance, run_id: str) -> dict[str, Counter[str]]:
    """Return, by source, how the pages of the published run ended."""
    # In Python: pyarrow's functions would import pandas to look at what they are given.
    outcomes = {
        page_id: outcome
        for page_id, run, outcome in glance.rows("verdicts", ["page_id", "run_id", "outcome"])
        if run == run_id
    }
    counts: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for page_id, source in glance.rows("pages", ["page_id", "source"]):
        if page_id in outcomes:
            counts[source][outcomes[page_id]] += 1
    return counts


@dataclass(frozen=True, slots=True, kw_only=True)
class _Known:
    """What a workspace holds.

    Attributes:
        names: of the sources, those of newsgrain.toml first.
        frontier: what is known of their addresses.
        articles: published ones by source; None: of given files.
        last: how the pages of the run published last ended, by source.
        manifest: of that run; None: nothing is published.
    """

    names: list[str]
    frontier: Mapping[str, SourceStatus]
    articles: Counter[str | None]
    last: Mapping[str, Counter[str]]
    manifest: Manifest | None


def _look(workspace: Workspace, clock: Clock) -> _Known:
    if not workspace.root.is_dir():
        raise ConfigError("there is no such folder", path=workspace.root)
    known = _frontier(workspace.archive, clock())
    config = load_config(workspace.config) if workspace.config.exists() else None
    glance = Glance(workspace.datasets)
    manifest = glance.manifest
    articles: Counter[str | None] = Counter()
    last: Mapping[str, Counter[str]] = {}
    if manifest:
        articles.update(source for (source,) in glance.rows("articles", ["source"]))
        last = _last_run(glance, manifest.run_id)
    configured = [source.name for source in config.sources] if config else []
    return _Known(
        names=list(dict.fromkeys([*configured, *known])),
        frontier=known,
        articles=articles,
        last=last,
        manifest=manifest,
    )


def _plain(known: _Known) -> dict[str, Any]:
    """Return everything as data for other programs, times in ISO 8601."""
    manifest = known.manifest
    nothing: Counter[str] = Counter()
    return {
        "sources": [
            asdict(known.frontier.get(name, SourceStatus(source=name)))
            | {
                "articles": known.articles[name],
                "last_run": dict(known.last.get(name, nothing)),
            }
            for name in known.names
        ],
        "articles_of_given_files": known.articles[None],
        "published": {
            "run_id": manifest.run_id,
            "rows": {table: manifest.rows(table) for table in manifest.tables},
            "files": sum(map(len, manifest.tables.values())),
            "bytes": sum(e.bytes for entries in manifest.tables.values() for e in entries),
            "pending": len(manifest.pending),
            "unsettled": manifest.unsettled,
        }
        if manifest
        else None,
    }


def _iso(value: object) -> str:
    return value.isoformat() if isinstance(value, datetime) else str(value)


def show_status(
    workspace: Workspace, *, as_json: bool = False, clock: Clock = system_clock
) -> None:
    """Print one table of the sources and one line on what is published, or all of it as JSON.

    Raises:
        ConfigError: newsgrain.toml is wrong.
        ArchiveError: the ledger cannot be read.
        StoreError: the datasets cannot be read.
    """
    known = _look(workspace, clock)
    display = Display()
    if as_json:
        display.line(json.dumps(_plain(known), default=_iso, ensure_ascii=False, indent=1))
        return
    if known.names:
        table = _table(known.names, known.frontier, known.articles, known.last)
        display.table(table, whole=True)
        display.line(_LEGEND)
    if known.articles[None]:
        display.line(f"from given files: {known.articles[None]} articles")
    display.line(_published(known.manifest) if known.manifest else "nothing is published yet")
