"""The ledger: which pages the archive holds, in one SQLite database.

The WARC segments hold the bytes; the ledger says which of them count. It is opened with
``synchronous=FULL``: a commit costs one more sync, a millisecond or two, and in return a
power cut never takes back page numbers that a published manifest already names.
"""

from __future__ import annotations

import errno
import json
import os
import sqlite3
from contextlib import closing, contextmanager
from dataclasses import astuple, dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from cleaners.records import Candidate
from newsgrain.errors import ArchiveError, DiskFullError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

LEDGER_VERSION = 1
LEDGER_NAME = "ledger.sqlite"
_APPLICATION_ID = 0x6E677261
_BUSY_S = 30.0

_SCHEMA = f"""
BEGIN IMMEDIATE;
CREATE TABLE runs (
    sequence INTEGER PRIMARY KEY, run_id TEXT NOT NULL UNIQUE, command TEXT NOT NULL,
    started_at TEXT NOT NULL, finished_at TEXT
);
CREATE TABLE segments (name TEXT PRIMARY KEY, size INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE pages (
    page_id INTEGER PRIMARY KEY AUTOINCREMENT,
    run_id TEXT NOT NULL REFERENCES runs (run_id), source TEXT, kind TEXT NOT NULL,
    url TEXT NOT NULL, is_final INTEGER NOT NULL, fetched_at TEXT NOT NULL, status INTEGER,
    error TEXT, content_type TEXT, etag TEXT, last_modified TEXT,
    body_bytes INTEGER, body_sha256 TEXT, archive_file TEXT, archive_offset INTEGER,
    archive_length INTEGER, archive_sha256 TEXT, hints TEXT NOT NULL DEFAULT '[]'
);
CREATE UNIQUE INDEX pages_by_input ON pages (archive_sha256, archive_offset, url)
    WHERE archive_sha256 IS NOT NULL;
PRAGMA application_id = {_APPLICATION_ID};
PRAGMA user_version = {LEDGER_VERSION};
COMMIT;
"""

_NO_SPACE = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})
# SQLite tells a full disk from other failed writes only for ENOSPC: an exhausted quota and a
# limit on the size of files come as "disk I/O error".
_SQLITE_NO_SPACE = frozenset({sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR_WRITE})


@dataclass(frozen=True, slots=True, kw_only=True)
class PageRow:
    """One row of the ledger's table ``pages``.

    Attributes are the columns of the published table of the same name (`newsgrain.schema`
    describes each), and `hints`: what discovery said of the page.
    """

    page_id: int
    run_id: str
    source: str | None
    kind: str
    url: str
    is_final: bool
    fetched_at: datetime
    status: int | None
    error: str | None
    content_type: str | None
    etag: str | None
    last_modified: str | None
    body_bytes: int | None
    body_sha256: str | None
    archive_file: str | None
    archive_offset: int | None
    archive_length: int | None
    archive_sha256: str | None
    hints: tuple[Candidate, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class NewInput:
    """One page that lies in a given file, before it has a number.

    Attributes:
        url: its address, absolute, http or https.
        fetched_at: when it was fetched, as far as the file knows; aware.
        status: HTTP status; None where the file does not say.
        content_type: header ``Content-Type``, if known.
        body_bytes: bytes of the body as it lies in the file.
        body_sha256: of the same bytes.
        archive_file: absolute path of the file.
        archive_offset: where its record starts, or the number of its row.
        archive_length: bytes of the record in the file.
        archive_sha256: of the whole file.
    """

    url: str
    fetched_at: datetime
    status: int | None = None
    content_type: str | None = None
    body_bytes: int
    body_sha256: str
    archive_file: str
    archive_offset: int
    archive_length: int
    archive_sha256: str


PAGE_COLUMNS = tuple(PageRow.__dataclass_fields__)
_SELECT = f"SELECT {', '.join(PAGE_COLUMNS)} FROM pages"  # noqa: S608 - names of this module


@contextmanager
def translated(path: Path) -> Iterator[None]:
    """Translate what the disk and SQLite raise into errors of newsgrain.

    Args:
        path: what the block reads or writes, for the message.

    Raises:
        DiskFullError: no space, an exhausted quota, or a file that may not grow.
        ArchiveError: everything else.
    """
    try:
        yield
    except OSError as exc:
        if exc.errno in _NO_SPACE:
            raise DiskFullError("no space left to write", path=path) from exc
        raise ArchiveError(exc.strerror or str(exc), path=path) from exc
    except sqlite3.Error as exc:
        code = getattr(exc, "sqlite_errorcode", None)
        if code in _SQLITE_NO_SPACE:
            raise DiskFullError("no space left to write", path=path) from exc
        raise ArchiveError(f"the ledger failed: {exc}", path=path) from exc


def stamp(moment: datetime) -> str:
    """Return an aware moment as text that sorts as time does.

    Raises:
        ValueError: the moment has no time zone.
    """
    if moment.tzinfo is None:
        raise ValueError(f"a moment without time zone: {moment.isoformat()}")
    return moment.astimezone(UTC).isoformat(timespec="microseconds")


def pack_hints(hints: Iterable[Candidate]) -> str:
    """Return hints as JSON."""
    return json.dumps([astuple(hint) for hint in hints], ensure_ascii=False)


def _unpack_hints(text: str) -> tuple[Candidate, ...]:
    return tuple(
        Candidate(field=field, value=value, source=source, evidence=evidence)
        for field, value, source, evidence in json.loads(text)
    )


def _page_row(values: tuple[Any, ...]) -> PageRow:
    row = dict(zip(PAGE_COLUMNS, values, strict=True))
    row["is_final"] = bool(row["is_final"])
    row["fetched_at"] = datetime.fromisoformat(row["fetched_at"])
    row["hints"] = _unpack_hints(row["hints"])
    return PageRow(**row)


def select_pages(
    connection: sqlite3.Connection, condition: str, parameters: Iterable[object]
) -> list[PageRow]:
    """Return the rows that meet an SQL condition, which must not come from outside."""
    rows = connection.execute(f"{_SELECT} WHERE {condition}", tuple(parameters))
    return [_page_row(row) for row in rows]


def insert_page(connection: sqlite3.Connection, row: dict[str, object], *, again: str = "") -> int:
    """Insert a row and return its number; 0 if it was there and `again` is ``OR IGNORE``."""
    names = ", ".join(row)
    marks = ", ".join("?" * len(row))
    # What servers send may hold lone surrogates, which SQLite does not take.
    values = [
        value.encode("utf-8", "replace").decode() if isinstance(value, str) else value
        for value in row.values()
    ]
    statement = f"INSERT {again} INTO pages ({names}) VALUES ({marks})"  # noqa: S608 - own names
    cursor = connection.execute(statement, values)
    return int(cursor.lastrowid or 0) if cursor.rowcount else 0


def _verify(connection: sqlite3.Connection, path: Path) -> bool:
    """Return whether the database is a ledger; False if it is new."""
    (application,) = connection.execute("PRAGMA application_id").fetchone()
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    (tables,) = connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
    if not application and not version and not tables:
        return False
    if application != _APPLICATION_ID:
        raise ArchiveError("this database is no ledger of newsgrain", path=path)
    if version > LEDGER_VERSION:
        raise ArchiveError(
            f"the ledger has version {version}, written by a newer newsgrain; "
            f"this one reads up to {LEDGER_VERSION}",
            path=path,
        )
    return True


def connect(path: Path) -> sqlite3.Connection:
    """Open the ledger for writing, and create it if there is none.

    The connection is in autocommit mode: transactions are begun and ended by name.

    Raises:
        ArchiveError: the file is no ledger, is damaged, or comes from a newer version.
        DiskFullError: there is no space to create it.
    """
    with translated(path):
        connection = sqlite3.connect(path, isolation_level=None, timeout=_BUSY_S)
        try:
            exists = _verify(connection, path)
            connection.execute("PRAGMA journal_mode = WAL")
            connection.execute("PRAGMA synchronous = FULL")
            connection.execute("PRAGMA foreign_keys = ON")
            if not exists:
                connection.executescript(_SCHEMA)
        except (sqlite3.Error, ArchiveError):
            connection.close()
            raise
    return connection


@contextmanager
def read_ledger(folder: Path) -> Iterator[sqlite3.Connection | None]:
    """Open the ledger for reading only, also while another process writes it.

    Args:
        folder: the archive.

    Yields:
        the connection; None if there is no ledger yet.

    Raises:
        ArchiveError: the file is no ledger, is damaged, or comes from a newer version.
    """
    path = folder / LEDGER_NAME
    if not path.exists():
        yield None
        return
    with translated(path):
        address = f"{path.absolute().as_uri()}?mode=ro"
        if not os.access(folder, os.W_OK) and not path.with_name(f"{LEDGER_NAME}-wal").exists():
            address += "&immutable=1"  # SQLite cannot make the files it would share with a writer
        connection = sqlite3.connect(address, uri=True, isolation_level=None, timeout=_BUSY_S)
        with closing(connection):
            yield connection if _verify(connection, path) else None
