"""What the frontier holds of each source; read without writing."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from crawler.freshness import LAST_LOOK, next_look
from crawler.frontier_rows import known_of, moment_of
from newsgrain.ledger import stamp

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterator
    from datetime import datetime

    from crawler.freshness import Known

# Tables that an older version wrote lack the later columns.
_DEFAULTS: dict[str, Any] = {"claimed": None, "vain": 0, "last_seen_at": None}


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceStatus:
    """What the frontier holds of one source.

    Attributes:
        source: its name.
        pending: addresses discovered and not yet fetched.
        fetched: addresses whose page is in the archive.
        gone: addresses answered by 404 or 410.
        failed: addresses whose last attempt failed.
        requests: requests of all kinds that were ever made for it.
        last_fetched_at: latest answer to an article request, if any.
        last_discovered_at: latest successful reading of a feed, sitemap or home page, if any.
        next_look_at: when the next young article is due to be looked at again, if any.
        due: young articles that are due within a day.
    """

    source: str
    pending: int = 0
    fetched: int = 0
    gone: int = 0
    failed: int = 0
    requests: int = 0
    last_fetched_at: datetime | None = None
    last_discovered_at: datetime | None = None
    next_look_at: datetime | None = None
    due: int = 0


def read_status(connection: sqlite3.Connection, now: datetime) -> tuple[SourceStatus, ...]:
    """Return what the frontier holds of each source; works on a read-only connection.

    A ledger that no crawl has written to gives nothing.
    """
    tables = "SELECT count(*) FROM sqlite_master WHERE name LIKE 'frontier_%' AND type = 'table'"
    if not connection.execute(tables).fetchone()[0]:
        return ()
    found: dict[str, dict[str, Any]] = {}
    counts = "SELECT source, state, count(*), max(fetched_at) FROM frontier_articles GROUP BY 1, 2"
    for source, state, count, fetched_at in connection.execute(counts):
        row = found.setdefault(source, {})
        row[state] = count
        stamps = (row.get("last_fetched_at"), moment_of(fetched_at))
        row["last_fetched_at"] = max(filter(None, stamps), default=None)
    discovered = "SELECT source, max(fetched_at) FROM frontier_discovery GROUP BY 1"
    for source, fetched_at in connection.execute(discovered):
        found.setdefault(source, {})["last_discovered_at"] = moment_of(fetched_at)
    requests = "SELECT source, count(*) FROM pages WHERE kind != 'input' GROUP BY 1"
    for source, count in connection.execute(requests):
        if source in found:
            found[source]["requests"] = count
    for source, known in _young(connection, now):
        _look_ahead(found[source], known, now)
    return tuple(SourceStatus(source=source, **row) for source, row in sorted(found.items()))


def _young(connection: sqlite3.Connection, now: datetime) -> Iterator[tuple[str, Known]]:
    rows = connection.execute(
        "SELECT * FROM frontier_articles WHERE state = 'fetched'"
        " AND coalesce(published, modified, first_seen_at) > ?",
        (stamp(now - LAST_LOOK),),
    )
    names = [column[0] for column in rows.description]
    for values in rows:
        row = _DEFAULTS | dict(zip(names, values, strict=True))
        yield row["source"], known_of(row, is_listed=True)


def _look_ahead(row: dict[str, Any], known: Known, now: datetime) -> None:
    moment = next_look(known)
    if moment is None:
        return
    row["next_look_at"] = min(filter(None, (row.get("next_look_at"), moment)))
    row["due"] = row.get("due", 0) + (moment <= now + timedelta(days=1))
