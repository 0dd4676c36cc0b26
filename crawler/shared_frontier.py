"""The frontier of many machines: each works on its own, and Redis knows what all of them know.

    a group is taken | its rows: Redis -> ledger | plan, fetch, settle as ever | ledger -> Redis

Triggers note, in the transaction that changes a row, that it is to be shared; it is sent right
after the commit, and by the next process of this workspace if this one is killed in between. So
Redis never names a page as fetched that is in no archive, and whoever takes a site over does not
ask for what was archived.
"""

from __future__ import annotations

import asyncio
import json
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from cleaners.urls import url_key
from crawler.frontier import Frontier
from crawler.turns import translated as from_redis
from newsgrain.ledger import translated
from newsgrain.tombstones import Tombstones

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping

    from redis import Redis

    from newsgrain.archive import Archive

# Name of the table, columns of its key beside the source, first part of the key in Redis.
_TABLES = (
    ("frontier_articles", "url_key", "newsgrain:articles:"),
    ("frontier_discovery", "url", "newsgrain:listings:"),
)
_VERSIONS = "newsgrain:versions"
_NOTES = """
CREATE TABLE IF NOT EXISTS frontier_unshared (
    name TEXT NOT NULL, source TEXT NOT NULL, key TEXT NOT NULL, PRIMARY KEY (name, source, key)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS frontier_versions (
    source TEXT PRIMARY KEY, version INTEGER NOT NULL
) WITHOUT ROWID;
"""
_TRIGGER = """
CREATE TEMP TRIGGER share_{name}_{event} AFTER {event} ON main.{name} BEGIN
    INSERT OR IGNORE INTO frontier_unshared VALUES ('{name}', new.source, new.{key});
END;
"""
_AT_ONCE = 1000


class SharedFrontier(Frontier):
    """A frontier whose rows are also in Redis, or Valkey.

    A source's rows are those of this process only while it is this worker's turn there.
    """

    def __init__(
        self,
        archive: Archive,
        active: Collection[str] = (),
        tombstones: Tombstones = Tombstones(),  # noqa: B008 - frozen
        *,
        server: Redis,
        place: str,
    ) -> None:
        """Take the server, with ``decode_responses``, and its address without credentials.

        Raises:
            FrontierError: the server failed, here and in every method that writes.
        """
        super().__init__(archive, active, tombstones)
        self._server = server
        self._place = place
        with translated(self._path):
            self._connection.executescript(_NOTES)
            for name, key, _ in _TABLES:
                for event in ("INSERT", "UPDATE"):
                    self._connection.executescript(_TRIGGER.format(name=name, event=event, key=key))
        self.share()  # what a process that was killed had no time to

    @contextmanager
    def _transaction(self) -> Iterator[None]:
        with super()._transaction():
            yield
        self.share()

    def share(self) -> None:
        """Send what was committed and not yet sent."""
        with translated(self._path):
            query = "SELECT name, source, key FROM frontier_unshared LIMIT ?"
            while notes := self._connection.execute(query, (_AT_ONCE,)).fetchall():
                self._send(notes)

    def _send(self, notes: list[tuple[str, str, str]]) -> None:
        kinds = {name: (key, prefix) for name, key, prefix in _TABLES}
        sources = sorted({source for _, source, _ in notes})
        with from_redis(self._place), self._server.pipeline() as batch:
            for name, source, value in notes:
                key, prefix = kinds[name]
                row = self._row(name, key, source, value)
                if row:
                    batch.hset(prefix + source, value, json.dumps(row, ensure_ascii=True))
            for source in sources:
                batch.hincrby(_VERSIONS, source, 1)
            versions = batch.execute()[-len(sources) :]
        with self._connection:
            self._connection.execute("BEGIN IMMEDIATE")
            self._connection.executemany(
                "DELETE FROM frontier_unshared WHERE name = ? AND source = ? AND key = ?", notes
            )
            for source, version in zip(sources, versions, strict=True):
                # If it was not the one before, there are changes here that are not known.
                self._connection.execute(
                    "UPDATE frontier_versions SET version = ? WHERE source = ? AND version = ?",
                    (version, source, version - 1),
                )

    def _row(self, name: str, key: str, source: str, value: str) -> dict[str, Any]:
        query = f"SELECT * FROM {name} WHERE {key} = ? AND source = ?"  # noqa: S608 - own names
        rows = self._connection.execute(query, (value, source))
        names = [column[0] for column in rows.description]
        row = rows.fetchone()
        found = dict(zip(names, row, strict=True)) if row else {}
        return {name: item for name, item in found.items() if item is not None}

    async def load(self, source: str) -> None:
        """Take over what other machines know of a source; to be called when it is our turn."""
        self.share()
        with from_redis(self._place):
            version = int(self._server.hget(_VERSIONS, source) or 0)
        if version == 0:
            self._bring_in(source)
            return
        if self._version(source) == version:
            return
        for name, key, prefix in _TABLES:
            cursor: Any = None
            while cursor != 0:
                with from_redis(self._place):
                    answer: Any = self._server.hscan(prefix + source, cursor or 0, count=_AT_ONCE)
                cursor, rows = answer
                rows = self._without_forgotten(prefix + source, rows)
                self._keep(name, key, source, [json.loads(row) for row in rows.values()])
                await asyncio.sleep(0)  # let the downloads of other hosts go on
        self._connection.execute(
            "REPLACE INTO frontier_versions (source, version) VALUES (?, ?)", (source, version)
        )

    def _without_forgotten(self, name: str, rows: Mapping[str, str]) -> dict[str, str]:
        """Return rows without what was forgotten here, which the server forgets then, too."""
        gone = [key for key in rows if self._tombstones.holds_key(key)]
        if gone:
            with from_redis(self._place):
                self._server.hdel(name, *gone)
        return {key: row for key, row in rows.items() if key not in gone}

    def _bring_in(self, source: str) -> None:
        """Share what this machine knew of a source before it had others beside it."""
        with translated(self._path), self._connection:
            self._connection.execute("BEGIN IMMEDIATE")
            self._connection.execute("REPLACE INTO frontier_versions VALUES (?, 0)", (source,))
            for name, key, _ in _TABLES:
                self._connection.execute(
                    "INSERT OR IGNORE INTO frontier_unshared"  # noqa: S608 - own names
                    f" SELECT ?, source, {key} FROM {name} WHERE source = ?",
                    (name, source),
                )
        self.share()

    def _version(self, source: str) -> int | None:
        query = "SELECT version FROM frontier_versions WHERE source = ?"
        row = self._connection.execute(query, (source,)).fetchone()
        return int(row[0]) if row else None

    def _keep(self, name: str, key: str, source: str, rows: list[dict[str, Any]]) -> None:
        """Store rows that came from the server, without noting them as to be sent there."""
        with translated(self._path), self._connection:
            self._connection.execute("BEGIN IMMEDIATE")
            for row in rows:
                marks = ", ".join("?" * len(row))
                self._connection.execute(
                    f"REPLACE INTO {name} ({', '.join(row)}) VALUES ({marks})",  # noqa: S608
                    tuple(row.values()),
                )
            self._connection.executemany(
                "DELETE FROM frontier_unshared WHERE name = ? AND source = ? AND key = ?",
                [(name, source, row[key]) for row in rows],
            )


def tell_changed(server: Redis, place: str, urls: Mapping[str, Iterable[str]]) -> None:
    """Note, for all machines, articles that were seen to have changed.

    Args:
        server: with ``decode_responses``.
        place: its address without credentials.
        urls: addresses of pages that were found edited, by source.

    Raises:
        FrontierError: the server failed.
    """
    with from_redis(place):
        for source, changed in urls.items():
            keys = sorted({url_key(url) for url in changed})
            name = f"newsgrain:articles:{source}"
            rows = zip(keys, server.hmget(name, keys) if keys else [], strict=True)
            told: dict[Any, Any] = {
                key: json.dumps(json.loads(row) | {"vain": 0}) for key, row in rows if row
            }
            if told:
                server.hset(name, mapping=told)
                server.hincrby(_VERSIONS, source, 1)
