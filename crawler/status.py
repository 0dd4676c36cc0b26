"""``newsgrain status``: what is known and published, source by source."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from rich.table import Table

from crawler.display import Display
from crawler.frontier import SourceStatus, read_status
from crawler.sources import load_config
from newsgrain.errors import ConfigError
from newsgrain.ledger import read_ledger
from newsgrain.reading import load
from newsgrain.report import size
from newsgrain.store import Store

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime
    from pathlib import Path

    from newsgrain.manifest import Manifest
    from newsgrain.workspace import Workspace

_COLUMNS = ("source", "articles", "known", "pending", "failed", "gone", "last page (UTC)")


def _frontier(archive: Path) -> dict[str, SourceStatus]:
    with read_ledger(archive) as connection:
        known = read_status(connection) if connection else ()
    return {status.source: status for status in known}


def _moment(moment: datetime | None) -> str:
    return moment.strftime("%Y-%m-%d %H:%M") if moment else "never"


def _table(names: list[str], known: Mapping[str, SourceStatus], articles: Counter[str]) -> Table:
    table = Table(box=None, pad_edge=False)
    for number, column in enumerate(_COLUMNS):
        table.add_column(column, justify="right" if 0 < number < len(_COLUMNS) - 1 else "left")
    for name in names:
        status = known.get(name, SourceStatus(source=name))
        counts = (articles[name], status.fetched, status.pending, status.failed, status.gone)
        table.add_row(name, *map(str, counts), _moment(status.last_fetched_at))
    return table


def _published(manifest: Manifest) -> str:
    files = [entry for entries in manifest.tables.values() for entry in entries]
    return (
        f"published {manifest.run_id}: {manifest.rows('articles')} articles, "
        f"{manifest.rows('revisions')} revisions, {len(files)} files, "
        f"{size(sum(entry.bytes for entry in files))}"
    )


def show_status(workspace: Workspace) -> None:
    """Print one table of the sources and one line on what is published.

    Raises:
        ConfigError: newsgrain.toml is wrong.
        ArchiveError: the ledger cannot be read.
        StoreError: the datasets cannot be read.
    """
    if not workspace.root.is_dir():
        raise ConfigError("there is no such folder", path=workspace.root)
    display = Display()
    known = _frontier(workspace.archive)
    config = load_config(workspace.config) if workspace.config.exists() else None
    manifest = Store(workspace.datasets).head()
    articles: Counter[str] = Counter()
    if manifest:
        rows = load("articles", columns=["source"], workspace=workspace.root, engine="arrow")
        articles.update(rows["source"].to_pylist())
    configured = [source.name for source in config.sources] if config else []
    names = list(dict.fromkeys([*configured, *known]))
    if names:
        display.table(_table(names, known, articles))
    given = articles[None]  # type: ignore[index]  # rows of given files have no source
    if given:
        display.line(f"from given files: {given} articles")
    display.line(_published(manifest) if manifest else "nothing is published yet")
