"""The frontier: every article address that was ever discovered, and what became of it.

Its tables lie in the ledger's database, so that the outcome of a request is committed in the
same transaction as the page it brought: a killed run loses nothing and asks for nothing twice.
The class is the whole interface; `crawler.shared_frontier` stands behind the same methods where
several machines crawl.
"""

from __future__ import annotations

import hashlib
import json
from contextlib import contextmanager
from itertools import islice
from typing import TYPE_CHECKING, Any

from cleaners.urls import url_key
from crawler.freshness import LAST_LOOK, Action, State
from crawler.frontier_rows import (
    Added,
    Outcome,
    Planned,
    Row,
    Validators,
    known_of,
    moment_of,
    planned_of,
)
from newsgrain.ledger import LEDGER_NAME, stamp, translated
from newsgrain.tombstones import Tombstones

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
    from datetime import datetime

    from crawler.configuration import Source
    from crawler.freshness import Decider
    from crawler.listing import Found
    from crawler.scope import Scope
    from newsgrain.archive import Archive

__all__ = ["Added", "Frontier", "Outcome", "Planned", "Validators"]

_TABLES = """
CREATE TABLE IF NOT EXISTS frontier_articles (
    url_key TEXT PRIMARY KEY, source TEXT NOT NULL, url TEXT NOT NULL, state TEXT NOT NULL,
    first_seen_at TEXT NOT NULL, published TEXT, modified TEXT, hints TEXT NOT NULL,
    etag TEXT, last_modified TEXT, fetched_at TEXT, run_id TEXT,
    attempts INTEGER NOT NULL DEFAULT 0, failure TEXT, claimed TEXT,
    vain INTEGER NOT NULL DEFAULT 0, last_seen_at TEXT
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS frontier_by_state ON frontier_articles (source, state);
CREATE TABLE IF NOT EXISTS frontier_discovery (
    source TEXT NOT NULL, url TEXT NOT NULL, rules TEXT NOT NULL, etag TEXT, last_modified TEXT,
    entries INTEGER NOT NULL, fetched_at TEXT NOT NULL, PRIMARY KEY (source, url)
) WITHOUT ROWID;
"""
# What the tables of 0.1 lack.
_LATER_COLUMNS = {
    "failure": "TEXT",
    "claimed": "TEXT",
    "vain": "INTEGER NOT NULL DEFAULT 0",
    "last_seen_at": "TEXT",
}
# One index each for what a plan looks at: the query must not read every old article.
_INDEXES = """
CREATE INDEX IF NOT EXISTS frontier_by_age ON frontier_articles (
    source, coalesce(published, modified, first_seen_at)) WHERE state = 'fetched';
CREATE INDEX IF NOT EXISTS frontier_by_claim ON frontier_articles (source)
    WHERE claimed > fetched_at;
"""
_BATCH = 500
_NO_TOMBSTONES = Tombstones()


_ROW_COLUMNS = ", ".join(Row._fields)
_INSERT = (
    f"INSERT INTO frontier_articles (url_key, {_ROW_COLUMNS})"  # noqa: S608 - own names
    f" VALUES (?{', ?' * len(Row._fields)})"
)
_UPDATE = (
    f"UPDATE frontier_articles SET {' = ?, '.join(Row._fields)} = ?"  # noqa: S608 - own names
    " WHERE url_key = ?"
)


def _rules(source: Source) -> str:
    """Return a digest of what decides which entries of a listing are taken.

    A listing that has not changed must be read again when this has.
    """
    text = json.dumps([source.url, source.listings, source.include, source.exclude])
    return hashlib.sha256(text.encode()).hexdigest()[:16]


class Frontier:
    """The article addresses of all sources, in the ledger's database.

    An address belongs to the source that named it first, for as long as that source exists.
    """

    def __init__(
        self,
        archive: Archive,
        active: Collection[str] = (),
        tombstones: Tombstones = _NO_TOMBSTONES,
    ) -> None:
        """Take the archive, the names of the sources in newsgrain.toml, and what was forgotten.

        Raises:
            DiskFullError: no space, here and in every method that writes.
            ArchiveError: the database cannot be read or written, here and in every method.
        """
        self._connection = archive.connection
        self._path = archive.folder / LEDGER_NAME
        self._active = frozenset(active)
        self._tombstones = tombstones
        with translated(self._path):
            self._connection.executescript(_TABLES)
            self._add_columns()
            self._connection.executescript(_INDEXES)

    def _add_columns(self) -> None:
        rows = self._connection.execute("PRAGMA table_info(frontier_articles)")
        present = {row[1] for row in rows}
        for name, kind in _LATER_COLUMNS.items():
            if name not in present:
                self._connection.execute(f"ALTER TABLE frontier_articles ADD COLUMN {name} {kind}")

    @contextmanager
    def _transaction(self) -> Iterator[None]:
        with translated(self._path), self._connection:
            self._connection.execute("BEGIN IMMEDIATE")
            yield

    def discovery_validators(self, source: Source, url: str) -> tuple[Validators, int] | None:
        """Return a listing's validators and number of entries, if it need not be read again."""
        query = "SELECT etag, last_modified, entries FROM frontier_discovery"
        query += " WHERE source = ? AND url = ? AND rules = ?"
        row = self._connection.execute(query, (source.name, url, _rules(source))).fetchone()
        if row is None or not (row[0] or row[1]):
            return None
        return Validators(etag=row[0], last_modified=row[1]), row[2]

    def was_read(self, source: Source, url: str) -> datetime | None:
        """Return when a listing was last read to its end, by the same rules; None: never."""
        query = "SELECT fetched_at FROM frontier_discovery"
        query += " WHERE source = ? AND url = ? AND rules = ?"
        row = self._connection.execute(query, (source.name, url, _rules(source))).fetchone()
        return moment_of(row[0]) if row else None

    def entries_of(self, source: Source, url: str) -> int | None:
        """Return how many articles a listing named when it was last read; None: never read."""
        query = "SELECT entries FROM frontier_discovery WHERE source = ? AND url = ?"
        row = self._connection.execute(query, (source.name, url)).fetchone()
        return int(row[0]) if row else None

    def add(self, source: Source, found: Iterable[Found], now: datetime) -> Added:
        """Add what a listing names; each batch of a large one in a transaction of its own."""
        stream, keys = iter(found), dict[str, None]()
        new: set[str] = set()
        settled: set[str] = set()
        while batch := list(islice(stream, _BATCH)):
            told: dict[str, list[Found]] = {}
            for one in batch:
                told.setdefault(url_key(one.url), []).append(one)
            told = {key: one for key, one in told.items() if not self._tombstones.holds_key(key)}
            with self._transaction():
                self._add(source.name, told, now, new, settled)
            keys.update(dict.fromkeys(told))
        return Added(keys=tuple(keys), new=frozenset(new), settled=frozenset(settled))

    def has_read(
        self, source: Source, url: str, now: datetime, *, entries: int, validators: Validators
    ) -> None:
        """Remember that a listing was read to its end, with its validators.

        To be called when its entries are in: were the validators stored first, a run killed
        between the two would be answered 304 the next time and never see the entries.
        """
        listing = (source.name, url, _rules(source), validators.etag, validators.last_modified)
        with self._transaction():
            self._connection.execute(
                "REPLACE INTO frontier_discovery (source, url, rules, etag, last_modified, entries,"
                " fetched_at) VALUES (?, ?, ?, ?, ?, ?, ?)",
                (*listing, entries, stamp(now)),
            )

    def _add(
        self,
        source: str,
        told: Mapping[str, Sequence[Found]],
        now: datetime,
        new: set[str],
        settled: set[str],
    ) -> None:
        known = self._known(told)
        inserts, updates = [], []
        for key, entries in told.items():
            before = known.get(key)
            row = before or Row.first(source, entries[0], now)
            for one in entries:
                row = row.told(one, source if row.source not in self._active else row.source, now)
            if before is None:
                new.add(key)
                inserts.append((key, *row))
            elif row != before:
                updates.append((*row, key))
            if row.state == State.FETCHED.value and (row.claimed or "") <= (row.fetched_at or ""):
                settled.add(key)
        self._connection.executemany(_INSERT, inserts)
        self._connection.executemany(_UPDATE, updates)

    def _known(self, keys: Collection[str]) -> dict[str, Row]:
        marks = ", ".join("?" * len(keys))
        query = f"SELECT url_key, {_ROW_COLUMNS} FROM frontier_articles"  # noqa: S608 - own names
        rows = self._connection.execute(f"{query} WHERE url_key IN ({marks})", tuple(keys))
        return {key: Row(*values) for key, *values in rows}

    def plan(  # noqa: PLR0913 - what is known, and what bounds the plan
        self,
        source: str,
        decider: Decider,
        now: datetime,
        limit: int,
        *,
        scope: Scope | None = None,
        is_listed: Callable[[str], bool] = lambda _: True,
        is_unlikely: Callable[[str], bool] = lambda _: False,
    ) -> tuple[Planned, ...]:
        """Return what to ask for in this run, newest first, at most `limit`.

        What has left the scope since it was discovered is left out, not forgotten. `is_listed`
        tells by its key whether an address may still be named by a listing of the source;
        addresses that are new and `is_unlikely` to be articles come last.

        The query leaves out what no decider would ask for, so that a plan does not read the
        hundreds of thousands of old articles of a large site.
        """
        planned: list[Planned] = []
        unlikely: list[Planned] = []
        for row in self._candidates(source, decider, now):
            if len(planned) >= limit:
                break
            if scope is not None and scope.reason_against(row["url"]) is not None:
                continue
            decision = decider.decide(known_of(row, is_listed=is_listed(row["url_key"])), now)
            if decision.action is Action.SKIP:
                continue
            is_last = row["state"] == State.PENDING.value and is_unlikely(row["url"])
            if not is_last:
                planned.append(planned_of(row, decision))
            elif len(unlikely) < limit:
                unlikely.append(planned_of(row, decision))
        return tuple([*planned, *unlikely][:limit])

    def _candidates(self, source: str, decider: Decider, now: datetime) -> Iterator[dict[str, Any]]:
        conditions = ["state IN ('pending', 'failed')"]
        if decider.refetch:
            conditions.append("state IN ('fetched', 'gone')")
        else:
            born = "coalesce(published, modified, first_seen_at)"
            conditions.append(f"state = 'fetched' AND {born} > :young")
            conditions.append(f"state = 'fetched' AND {born} <= :young AND claimed > fetched_at")
            conditions.append("state = 'gone' AND claimed > fetched_at")
        query = " UNION ALL ".join(
            f"SELECT * FROM frontier_articles WHERE source = :source AND {condition}"  # noqa: S608
            for condition in conditions
        )
        # A back-fill of the whole stock begins with what was not looked at for longest.
        order = "fetched_at, url_key" if decider.refetch else "born DESC, url_key"
        rows = self._connection.execute(
            "SELECT *, coalesce(published, modified, first_seen_at) AS born"  # noqa: S608
            f" FROM ({query}) ORDER BY {order}",
            {"source": source, "young": stamp(now - LAST_LOOK)},
        )
        names = [column[0] for column in rows.description]
        try:
            for values in rows:
                yield dict(zip(names, values, strict=True))
        finally:
            rows.close()

    def settle(self, key: str, outcome: Outcome) -> Callable[[sqlite3.Connection], None]:
        """Return what `Archive.record` is to run in the transaction of the page's row."""

        def write(connection: sqlite3.Connection) -> None:
            validators = outcome.validators
            connection.execute(
                "UPDATE frontier_articles SET"
                # In vain until the cleaned page shows a change; `found_changed` says so.
                " vain = vain + (:state = 'fetched' AND coalesce(claimed > fetched_at, 0)),"
                " state = :state, run_id = :run_id, fetched_at = :at,"
                " last_seen_at = CASE WHEN :state = 'fetched' THEN :at ELSE last_seen_at END,"
                " attempts = CASE WHEN :state = 'failed' THEN attempts + 1 ELSE 0 END,"
                " failure = :failure,"
                " etag = CASE WHEN :has_validators THEN :etag ELSE etag END,"
                " last_modified = CASE WHEN :has_validators THEN :last_modified"
                "                      ELSE last_modified END"
                " WHERE url_key = :key",
                {
                    "state": outcome.state.value,
                    "run_id": outcome.run_id,
                    "at": stamp(outcome.fetched_at),
                    "failure": outcome.failure and outcome.failure.value,
                    "has_validators": validators is not None,
                    "etag": validators and validators.etag,
                    "last_modified": validators and validators.last_modified,
                    "key": key,
                },
            )

        return write

    def found_changed(self, urls: Iterable[str]) -> None:
        """Note articles that were seen to have changed: what a listing says of them is true."""
        with self._transaction():
            self._connection.executemany(
                "UPDATE frontier_articles SET vain = 0 WHERE url_key = ? AND vain > 0",
                [(url_key(url),) for url in urls],
            )

    def give_up(self, key: str, outcome: Outcome) -> None:
        """Settle an address for which no request was made at all, e.g. for robots.txt."""
        with self._transaction():
            self.settle(key, outcome)(self._connection)

    def share(self) -> None:
        """Tell other machines what was committed; one machine alone has nobody to tell."""

    async def load(self, source: str) -> None:
        """Take over what other machines know of a source; one machine alone knows everything."""

    def states(self) -> dict[str, State]:
        """Return the state of every address by its first spelling; for tests and small sites."""
        rows = self._connection.execute("SELECT url, state FROM frontier_articles")
        return {url: State(state) for url, state in rows}
