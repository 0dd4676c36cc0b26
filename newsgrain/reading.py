"""Published tables for notebooks: one call, one state, the engine of one's choice."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

import pyarrow as pa
import pyarrow.compute as pc

from newsgrain.catalog import Catalog
from newsgrain.disk import translated
from newsgrain.state import open_state
from newsgrain.workspace import Workspace

if TYPE_CHECKING:
    from collections.abc import Sequence

    from newsgrain.state import State

Engine: TypeAlias = Literal["pandas", "polars", "arrow", "duckdb"]
Day: TypeAlias = "str | date | datetime"

_ENGINES = ("pandas", "polars", "arrow", "duckdb")
_MOMENTS = {
    "articles": "first_fetched_at",
    "revisions": "fetched_at",
    "pages": "fetched_at",
    "runs": "started_at",
    "site_blocks": "last_seen_at",
}
# Tables without a moment of their own are as old as what they belong to.
_OWNERS = dict.fromkeys(("verdicts", "prunings"), ("pages", "page_id"))
_FLAT_OWNER = ("articles", "article_id")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Selection:
    """Which rows: from a moment, before a moment, of a source."""

    since: datetime | None
    before: datetime | None
    source: str | None

    def __bool__(self) -> bool:
        return any(part is not None for part in (self.since, self.before, self.source))


def load(  # noqa: PLR0913 - named arguments only, each independent of the others
    table: str,
    *,
    since: Day | None = None,
    until: Day | None = None,
    source: str | None = None,
    columns: Sequence[str] | None = None,
    as_of: str | None = None,
    workspace: str | Path = ".",
    engine: Engine = "pandas",
) -> Any:
    """Return a published table, as it is at one moment, even while a run publishes.

    ``newsgrain.load("speakers", since="2026-11-01")`` gives who speaks in the articles that
    were first fetched on 1 November 2026 or later.

    Args:
        table: ``articles``, ``speakers``, ... as in ``datasets/README.md``.
        since: first day (UTC) or moment at which an article was first fetched; in the log
            tables, at which the revision or page was fetched or the run started. What an
            article says of its own date is ``date_published``.
        until: last day (UTC), the whole day included; or a moment that is no more included.
        source: name of a source in newsgrain.toml.
        columns: names of columns; all if not given.
        as_of: the state after an earlier run: its id, its number, or a day (the last run that
            started on it or before it). `newsgrain nights` lists them.
        workspace: the folder that holds ``datasets``.
        engine: ``pandas`` and ``polars`` give a DataFrame, ``arrow`` a pyarrow Table,
            ``duckdb`` a relation.

    Raises:
        ValueError: there is no such table, column, engine or day.
        ImportError: the engine is not installed; names the extra to install.
        StoreError: nothing has been published yet, there is no such run, or it cannot be read.
    """
    catalog, root = Catalog(), Workspace(Path(workspace)).datasets
    _check("table", table, catalog.tables)
    _check("engine", engine, _ENGINES)
    library: Any = pa if engine == "arrow" else _library(engine)
    selection = _Selection(since=_start(since), before=_end(until), source=source)
    with translated(root):
        rows = _read(open_state(root, catalog, as_of), table, selection, columns)
    match engine:
        case "pandas":
            return rows.to_pandas()
        case "arrow":
            return rows
        case "polars" | "duckdb":
            return library.from_arrow(rows)


def _check(what: str, name: str, allowed: Any) -> None:
    if name not in allowed:
        raise ValueError(f"no {what} {name!r}; there are: {', '.join(allowed)}")


def _library(engine: str) -> Any:
    try:
        return import_module(engine)
    except ImportError as exc:
        message = f"engine {engine!r} needs {engine}: pip install 'newsgrain[{engine}]'"
        raise ImportError(message, name=engine) from exc


def _moment(day: Day) -> datetime | date:
    if isinstance(day, str):
        try:
            return date.fromisoformat(day)
        except ValueError:
            day = datetime.fromisoformat(day)
    if isinstance(day, datetime) and day.tzinfo is None:
        return day.replace(tzinfo=UTC)
    return day


def _start(day: Day | None, *, plus_days: int = 0) -> datetime | None:
    if day is None:
        return None
    moment = _moment(day)
    if isinstance(moment, datetime):
        return moment
    return datetime.combine(moment + timedelta(days=plus_days), time(), UTC)


def _end(day: Day | None) -> datetime | None:
    return _start(day, plus_days=1)


def _read(
    state: State, name: str, selection: _Selection, columns: Sequence[str] | None
) -> pa.Table:
    known = [column.name for column in state.catalog.tables[name].columns]
    for column in columns or ():
        _check("column", column, known)
    wanted = list(columns) if columns is not None else known
    if not selection:
        return state.dataset(name, wanted).to_table(columns=wanted)
    if name in _MOMENTS:
        dataset = state.dataset(name, [*wanted, _MOMENTS[name], "source"])
        return dataset.to_table(columns=wanted, filter=_condition(name, selection))
    owner, key = _OWNERS.get(name, _FLAT_OWNER)
    owners = state.dataset(owner, [key, _MOMENTS[owner], "source"])
    ids = owners.to_table(columns=[key], filter=_condition(owner, selection))[key]
    dataset = state.dataset(name, [*wanted, key])
    return dataset.to_table(columns=wanted, filter=pc.field(key).isin(ids.unique()))


def _condition(table: str, selection: _Selection) -> Any:
    moment, conditions = pc.field(_MOMENTS[table]), []
    if selection.since is not None:
        conditions.append(moment >= pa.scalar(selection.since, pa.timestamp("us", "UTC")))
    if selection.before is not None:
        conditions.append(moment < pa.scalar(selection.before, pa.timestamp("us", "UTC")))
    if selection.source is not None:
        if table == "runs":
            raise ValueError("a run has many sources: filter the column `sources`")
        if table == "site_blocks":
            raise ValueError("a site may be of many sources: filter the column `site`")
        conditions.append(pc.field("source") == selection.source)
    whole = conditions[0]
    for condition in conditions[1:]:
        whole &= condition
    return whole
