"""The signatures of all articles in one SQLite file beside the archive, found by their bands.

It is a cache of what is published: lost, or made by another method, it is built anew. Nothing
counts before `DuplicateStore.commit`, so that a run that is killed leaves it as it was.
"""

from __future__ import annotations

import sqlite3
from contextlib import contextmanager
from typing import TYPE_CHECKING, NamedTuple, Self

from newsgrain.ledger import translated
from newsgrain.shingles import method

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from newsgrain.duplicates import Text

NAME = "duplicates.sqlite"
_VERSION = 1

BANDS = 25
ROWS = 5
"""Two texts meet if any of 25 bands of 5 bytes is equal: 99 % of pairs with an overlap of .7,
87 % at .6, 5 % at .3, where it costs no more than a comparison."""

MOST_PER_BAND = 200
"""Of a text that is repeated a thousand times, the first ones are enough to be found by."""

_MOST_WAITING = 1_000_000
"""Bands that are kept back, to be written in their order: in disorder each costs a page."""

_SCHEMA = """
CREATE TABLE meta (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE articles (
    number INTEGER PRIMARY KEY, article_id BLOB NOT NULL UNIQUE, first_seen INTEGER NOT NULL,
    fetched INTEGER NOT NULL, revision INTEGER NOT NULL, signature BLOB, declared BLOB,
    parent INTEGER, root INTEGER NOT NULL, overlap REAL
);
CREATE INDEX articles_by_parent ON articles (parent) WHERE parent IS NOT NULL;
CREATE INDEX articles_by_declared ON articles (declared) WHERE declared IS NOT NULL;
CREATE TABLE bands (
    key INTEGER NOT NULL, number INTEGER NOT NULL, PRIMARY KEY (key, number)
) WITHOUT ROWID;
"""
_STORED = "number, article_id, first_seen, fetched, revision, signature, declared"
_ONE_BAND = f"SELECT * FROM (SELECT number FROM bands WHERE key = ? LIMIT {MOST_PER_BAND})"  # noqa: S608
_CANDIDATES = (
    f"SELECT {_STORED} FROM articles WHERE number IN"  # noqa: S608 - names of this module
    f" ({' UNION ALL '.join([_ONE_BAND] * BANDS)})"
)


class Stored(NamedTuple):
    """An article as it is kept; see `newsgrain.duplicates.Text`."""

    number: int
    article_id: bytes
    first_seen: int
    fetched: int
    revision: int
    signature: bytes | None
    declared: bytes | None


class Position(NamedTuple):
    """Where an article stands: what it repeats, where that leads to, and how much it repeats."""

    parent: int | None
    root: int
    overlap: float | None


def bands(signature: bytes) -> list[int]:
    """Return the keys of a signature's bands."""
    return [
        int.from_bytes(bytes((band,)) + signature[band * ROWS : (band + 1) * ROWS], "big")
        for band in range(BANDS)
    ]


class DuplicateStore:
    """The file, open for one run; made by `open`."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self._waiting: list[tuple[int, int]] = []

    @classmethod
    @contextmanager
    def open(cls, folder: Path) -> Iterator[Self]:
        """Open the file in the archive's folder; what is not committed in the block is undone.

        A file that is damaged, or of another version or method, is made anew and is empty.

        Raises:
            ArchiveError: it can neither be read nor made.
            DiskFullError: there is no space.
        """
        path = folder / NAME
        with translated(path):
            connection = _connect(path)
            try:
                yield cls(connection)
            finally:
                if connection.in_transaction:
                    connection.rollback()
                connection.close()

    @property
    def run_id(self) -> str | None:
        """The last run whose articles are in it; None: it is empty."""
        query = "SELECT value FROM meta WHERE name = 'run_id'"
        row = self._connection.execute(query).fetchone()
        return str(row[0]) if row else None

    @property
    def is_whole(self) -> bool:
        """Whether it holds every article that its last run has published."""
        query = "SELECT value FROM meta WHERE name = 'left'"
        row = self._connection.execute(query).fetchone()
        return row is None or row[0] == "0"

    def commit(self, run_id: str, *, left: int = 0) -> None:
        """Keep what was put since, as the state that a run has published.

        Args:
            run_id: the run.
            left: published articles that are not in it yet.
        """
        self._write_bands()
        self._set("run_id", run_id)
        self._set("left", str(left))
        self._connection.commit()

    def clear(self) -> None:
        """Forget everything; undone, like all else, if it is not committed."""
        self._waiting.clear()
        for table in ("articles", "bands"):
            self._connection.execute(f"DELETE FROM {table}")  # noqa: S608 - names of this module
        self._connection.execute("DELETE FROM meta WHERE name IN ('run_id', 'left')")

    def _set(self, name: str, value: str) -> None:
        self._connection.execute("INSERT OR REPLACE INTO meta VALUES (?, ?)", (name, value))

    # Articles

    def put(self, text: Text) -> int | None:
        """Add or change an article, which stands alone until it is placed.

        Returns:
            its number; None if nothing changed that matters to duplicates.
        """
        article_id = bytes.fromhex(text.article_id)
        declared = bytes.fromhex(text.declared) if text.declared else None
        known = self.find(text.article_id)
        if known is None:
            return self._insert(article_id, text, declared)
        if text.version < (known.fetched, known.revision):
            return None
        values = (*text.version, text.signature, declared, known.number)
        self._connection.execute(
            "UPDATE articles SET fetched = ?, revision = ?, signature = ?, declared = ?"
            " WHERE number = ?",
            values,
        )
        if (known.signature, known.declared) == (text.signature, declared):
            return None
        self._erase(known.number, known.signature)
        self._spread(known.number, text.signature)
        return known.number

    def _insert(self, article_id: bytes, text: Text, declared: bytes | None) -> int:
        query = "SELECT coalesce(max(number), 0) + 1 FROM articles"
        (number,) = self._connection.execute(query).fetchone()
        self._connection.execute(
            "INSERT INTO articles VALUES (?, ?, ?, ?, ?, ?, ?, NULL, ?, NULL)",
            (number, article_id, text.first_seen, *text.version, text.signature, declared, number),
        )
        self._spread(number, text.signature)
        return int(number)

    def _spread(self, number: int, signature: bytes | None) -> None:
        if signature is not None:
            self._waiting.extend((key, number) for key in bands(signature))
            if len(self._waiting) > _MOST_WAITING:
                self._write_bands()

    def _write_bands(self) -> None:
        """Write the bands that wait, in the order in which the file has them."""
        self._waiting.sort()
        self._connection.executemany("INSERT INTO bands VALUES (?, ?)", self._waiting)
        self._waiting.clear()

    def _erase(self, number: int, signature: bytes | None) -> None:
        if signature is not None:
            self._write_bands()
            rows = [(key, number) for key in bands(signature)]
            delete = "DELETE FROM bands WHERE key = ? AND number = ?"
            self._connection.executemany(delete, rows)

    def get(self, number: int) -> Stored:
        """Return an article by its number."""
        query = f"SELECT {_STORED} FROM articles WHERE number = ?"  # noqa: S608 - own names
        return Stored(*self._connection.execute(query, (number,)).fetchone())

    def versions(self) -> dict[bytes, tuple[int, int]]:
        """Return what is known of every article: when its text was fetched, and its revision."""
        rows = self._connection.execute("SELECT article_id, fetched, revision FROM articles")
        return {article_id: (fetched, revision) for article_id, fetched, revision in rows}

    def find(self, article_id: str | bytes) -> Stored | None:
        """Return an article by its identity."""
        key = bytes.fromhex(article_id) if isinstance(article_id, str) else article_id
        query = f"SELECT {_STORED} FROM articles WHERE article_id = ?"  # noqa: S608 - own names
        row = self._connection.execute(query, (key,)).fetchone()
        return Stored(*row) if row else None

    def candidates(self, signature: bytes) -> list[Stored]:
        """Return the articles that share a band with a signature."""
        self._write_bands()
        rows = self._connection.execute(_CANDIDATES, bands(signature))
        return [Stored(*row) for row in rows]

    # Positions

    def position(self, number: int) -> Position:
        """Return where an article stands."""
        query = "SELECT parent, root, overlap FROM articles WHERE number = ?"
        return Position(*self._connection.execute(query, (number,)).fetchone())

    def place(self, number: int, position: Position) -> None:
        """Say where an article stands."""
        update = "UPDATE articles SET parent = ?, root = ?, overlap = ? WHERE number = ?"
        self._connection.execute(update, (*position, number))

    def children(self, number: int) -> list[int]:
        """Return the articles that repeat one."""
        return self._numbers("SELECT number FROM articles WHERE parent = ?", (number,))

    def declaring(self, article_id: bytes) -> list[int]:
        """Return the articles that declare one as their canonical."""
        return self._numbers("SELECT number FROM articles WHERE declared = ?", (article_id,))

    def _numbers(self, query: str, parameters: Sequence[object]) -> list[int]:
        return [number for (number,) in self._connection.execute(query, parameters)]

    def positions(self) -> Iterator[tuple[bytes, Position]]:
        """Yield every article's identity and position."""
        query = "SELECT article_id, parent, root, overlap FROM articles ORDER BY number"
        for article_id, *position in self._connection.execute(query):
            yield article_id, Position(*position)


def _connect(path: Path) -> sqlite3.Connection:
    try:
        connection = _opened(path)
    except sqlite3.DatabaseError:
        connection = None
    if connection is not None:
        return connection
    for name in (path.name, f"{path.name}-wal", f"{path.name}-shm"):
        path.with_name(name).unlink(missing_ok=True)
    connection = _opened(path)
    if connection is None:
        raise sqlite3.DatabaseError("cannot be made")
    return connection


def _opened(path: Path) -> sqlite3.Connection | None:
    """Open the file; None if it is of another version or method."""
    connection = sqlite3.connect(path)
    try:
        connection.executescript(
            "PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA cache_size = -64000"
        )
        (tables,) = connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
        wanted = f"{_VERSION} {method()}"
        if not tables:
            connection.executescript(_SCHEMA)
            connection.execute("INSERT INTO meta VALUES ('method', ?)", (wanted,))
            connection.commit()
        query = "SELECT value FROM meta WHERE name = 'method'"
        (found,) = connection.execute(query).fetchone() or (None,)
    except sqlite3.DatabaseError:
        connection.close()
        raise
    if found == wanted:
        return connection
    connection.close()
    return None
