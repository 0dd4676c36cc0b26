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
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from cleaners.records import Candidate
from newsgrain.errors import ArchiveError, DiskFullError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

LEDGER_VERSION = 4
JUDGED_KINDS = ("article", "input")
"""The kinds of pages that something is made of."""
LEDGER_NAME = "ledger.sqlite"
_APPLICATION_ID = 0x6E677261
_BUSY_S = 30.0

# Version 1, and what each later version adds to the one before: a new ledger takes all steps
# that an old one lacks. Columns are only ever added, so that rows need no rewriting.
_STEPS = (
    """
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
""",
    """
ALTER TABLE pages ADD COLUMN x_robots_tag TEXT;
ALTER TABLE pages ADD COLUMN tdm_reservation INTEGER;
ALTER TABLE pages ADD COLUMN tdm_policy TEXT;
ALTER TABLE pages ADD COLUMN body_file TEXT;
ALTER TABLE pages ADD COLUMN body_offset INTEGER;
ALTER TABLE pages ADD COLUMN body_length INTEGER;
ALTER TABLE pages ADD COLUMN pruned_at TEXT;
ALTER TABLE segments ADD COLUMN pruned_at TEXT;
CREATE INDEX pages_by_body ON pages (body_sha256) WHERE archive_sha256 IS NULL;
CREATE INDEX pages_by_segment ON pages (archive_file) WHERE archive_sha256 IS NULL;
CREATE INDEX pages_by_elsewhere ON pages (body_file) WHERE body_file IS NOT NULL;
CREATE TABLE quarantine (
    body_sha256 TEXT NOT NULL, cleaner_version TEXT NOT NULL, strikes INTEGER NOT NULL,
    detail TEXT NOT NULL, PRIMARY KEY (body_sha256, cleaner_version)
) WITHOUT ROWID;
""",
    """
ALTER TABLE pages ADD COLUMN warc_file TEXT;
ALTER TABLE pages ADD COLUMN warc_offset INTEGER;
ALTER TABLE pages ADD COLUMN warc_length INTEGER;
""",
    # An older archive's identity is made of what is in it, so that its copies have the same.
    """
CREATE TABLE identity (archive_id TEXT NOT NULL);
INSERT INTO identity SELECT coalesce(
    (SELECT run_id || ' ' || started_at FROM runs WHERE sequence =
        (SELECT min(sequence) FROM runs)) || ' ' ||
    (SELECT url || ' ' || fetched_at FROM pages ORDER BY page_id LIMIT 1),
    lower(hex(randomblob(16))));
CREATE TABLE merged (
    archive_id TEXT PRIMARY KEY, page_id INTEGER NOT NULL, fetched_at TEXT NOT NULL,
    folder TEXT NOT NULL
) WITHOUT ROWID;
""",
)

_NO_SPACE = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})
# SQLite tells a full disk from other failed writes only for ENOSPC: an exhausted quota and a
# limit on the size of files come as "disk I/O error".
_SQLITE_NO_SPACE = frozenset({sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR_WRITE})


@dataclass(frozen=True, slots=True, kw_only=True)
class PageRow:
    """One row of the ledger's table ``pages``.

    Attributes are the columns of the published table of the same name (`newsgrain.schema`
    describes each), and those of `UNPUBLISHED`:

    Attributes:
        body_file: segment of the record that holds the body, if the page's own record is a
            revisit: an identical body had been archived before.
        body_offset: where that record starts.
        body_length: its bytes in the segment.
        pruned_at: when the page's body was given up; it cannot be cleaned again.
        hints: what discovery said of the page.
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
    x_robots_tag: str | None = None
    tdm_reservation: bool | None = None
    tdm_policy: str | None = None
    warc_file: str | None = None
    warc_offset: int | None = None
    warc_length: int | None = None
    body_file: str | None = None
    body_offset: int | None = None
    body_length: int | None = None
    pruned_at: datetime | None = None
    hints: tuple[Candidate, ...] = ()


UNPUBLISHED = frozenset({"body_file", "body_offset", "body_length", "pruned_at", "hints"})
"""What only the ledger knows of a page, because it may change or concerns the archive alone."""


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
        warc_file: address of the WARC file that it was taken from, where that is another one.
        warc_offset: where its record starts there.
        warc_length: bytes of the record there.
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
    warc_file: str | None = None
    warc_offset: int | None = None
    warc_length: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class BodyPlace:
    """A record that holds a body.

    Attributes:
        url: the address that the body came from.
        fetched_at: when.
        file: the segment.
        offset: where the record starts.
        length: its bytes in the segment.
    """

    url: str
    fetched_at: datetime
    file: str
    offset: int
    length: int


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


_encode = json.JSONEncoder(ensure_ascii=False).encode


def pack_hints(hints: Iterable[Candidate]) -> str:
    """Return hints as JSON."""
    return _encode([(hint.field, hint.value, hint.source, hint.evidence) for hint in hints])


@lru_cache(maxsize=1024)  # a night's rows are read some times over, one after the other
def _unpack_hints(text: str) -> tuple[Candidate, ...]:
    return tuple(
        Candidate(field=field, value=value, source=source, evidence=evidence)
        for field, value, source, evidence in json.loads(text)
    )


def _page_row(values: tuple[Any, ...]) -> PageRow:
    row = dict(zip(PAGE_COLUMNS, values, strict=True))
    row["is_final"] = bool(row["is_final"])
    row["fetched_at"] = datetime.fromisoformat(row["fetched_at"])
    if row["pruned_at"] is not None:
        row["pruned_at"] = datetime.fromisoformat(row["pruned_at"])
    if row["tdm_reservation"] is not None:
        row["tdm_reservation"] = bool(row["tdm_reservation"])
    row["hints"] = _unpack_hints(row["hints"])
    return PageRow(**row)


def select_pages(
    connection: sqlite3.Connection, condition: str, parameters: Iterable[object]
) -> list[PageRow]:
    """Return the rows that meet an SQL condition, which must not come from outside."""
    rows = connection.execute(f"{_SELECT} WHERE {condition}", tuple(parameters))
    return [_page_row(row) for row in rows]


def find_body(connection: sqlite3.Connection, sha256: str) -> BodyPlace | None:
    """Return where a body of this digest is archived, if it is."""
    query = (
        "SELECT url, fetched_at, coalesce(body_file, archive_file),"
        " coalesce(body_offset, archive_offset), coalesce(body_length, archive_length) FROM pages"
        " WHERE body_sha256 = ? AND archive_sha256 IS NULL AND archive_file IS NOT NULL"
        " AND pruned_at IS NULL AND body_bytes > 0 ORDER BY page_id LIMIT 1"
    )
    row = connection.execute(query, (sha256,)).fetchone()
    if row is None:
        return None
    url, fetched_at, file, offset, length = row
    moment = datetime.fromisoformat(fetched_at)
    return BodyPlace(url=url, fetched_at=moment, file=file, offset=offset, length=length)


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


def _verify(connection: sqlite3.Connection, path: Path) -> int:
    """Return the version of the ledger that a database is; 0 if it is new."""
    (application,) = connection.execute("PRAGMA application_id").fetchone()
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    (tables,) = connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
    if not application and not version and not tables:
        return 0
    if application != _APPLICATION_ID:
        raise ArchiveError("this database is no ledger of newsgrain", path=path)
    if version > LEDGER_VERSION:
        raise ArchiveError(
            f"the ledger has version {version}, written by a newer newsgrain; "
            f"this one reads up to {LEDGER_VERSION}",
            path=path,
        )
    return int(version)


def _raise_version(connection: sqlite3.Connection, version: int) -> None:
    """Take the steps that a ledger lacks, all of them or none."""
    steps = [statement for step in _STEPS[version:] for statement in step.split(";")]
    with connection:
        connection.execute("BEGIN IMMEDIATE")
        for statement in steps:
            connection.execute(statement)
        connection.execute(f"PRAGMA application_id = {_APPLICATION_ID}")
        connection.execute(f"PRAGMA user_version = {LEDGER_VERSION}")


def connect(path: Path) -> sqlite3.Connection:
    """Open the ledger for writing; create it if there is none, bring an older one up to date.

    The connection is in autocommit mode: transactions are begun and ended by name.

    Raises:
        ArchiveError: the file is no ledger, is damaged, or comes from a newer version.
        DiskFullError: there is no space to create it.
    """
    with translated(path):
        connection = sqlite3.connect(path, isolation_level=None, timeout=_BUSY_S)
        try:
            version = _verify(connection, path)
            connection.execute("PRAGMA journal_mode = WAL")
            connection.execute("PRAGMA synchronous = FULL")
            connection.execute("PRAGMA foreign_keys = ON")
            # A sitemap fills the frontier in the order of hashes, that is, everywhere at once.
            connection.execute("PRAGMA cache_size = -16000")
            connection.execute("PRAGMA wal_autocheckpoint = 4000")
            if version < LEDGER_VERSION:
                _raise_version(connection, version)
        except (sqlite3.Error, ArchiveError):
            connection.close()
            raise
    return connection


def read_only(path: Path) -> sqlite3.Connection:
    """Return a connection to a database that cannot write, also while another process does.

    Raises:
        sqlite3.Error: it cannot be opened.
    """
    address = f"{path.absolute().as_uri()}?mode=ro"
    if not os.access(path.parent, os.W_OK) and not path.with_name(f"{path.name}-wal").exists():
        address += "&immutable=1"  # SQLite cannot make the files it would share with a writer
    return sqlite3.connect(address, uri=True, isolation_level=None, timeout=_BUSY_S)


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
    with translated(path), closing(read_only(path)) as connection:
        yield connection if _verify(connection, path) else None
