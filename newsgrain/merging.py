"""Take the pages of another workspace's archive into this one.

    pages beyond what was taken before | their segments: a second name, or a copy | one transaction

The transaction holds the rows, under new numbers, and how far the other archive is taken. A
process that is killed before it leaves files that nothing refers to, which the next merge writes
again; after it, everything is there. The other archive is only read.

Segments get a second name by a hard link, after which neither archive appends to them any more
(`newsgrain.segments`). Where there are no hard links they are copied, and a copy of a segment that
has grown since grows, too.
"""

from __future__ import annotations

import hashlib
import logging
import os
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from newsgrain.disk import NO_LINKS, sync_folder
from newsgrain.errors import ArchiveError
from newsgrain.ledger import LEDGER_NAME, PAGE_COLUMNS, insert_page, translated
from newsgrain.warc_members import overwrite, read_answers

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Callable, Collection, Iterator
    from pathlib import Path

    from newsgrain.archive import Archive

_log = logging.getLogger("newsgrain.archive")
_COLUMNS = tuple(name for name in PAGE_COLUMNS if name not in {"page_id", "run_id"})
_AT_ONCE = 1 << 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """What was taken of one archive.

    Attributes:
        pages: new rows.
        sources: names of the sources that they belong to, sorted.
        linked: segments that got a second name.
        copied: bytes that were copied, of segments that lie on another disk.
    """

    pages: int = 0
    sources: tuple[str, ...] = ()
    linked: int = 0
    copied: int = 0


def identity_of(archive: Archive) -> str:
    """Return what tells an archive from all others, wherever it is moved or copied to.

    Raises:
        ArchiveError: the ledger cannot be read.
    """
    with translated(archive.folder / LEDGER_NAME):
        return str(archive.connection.execute("SELECT archive_id FROM identity").fetchone()[0])


def take_pages(
    target: Archive,
    other: Archive,
    *,
    run_id: str,
    is_forgotten: Callable[[str], bool] = lambda _: False,
) -> Taken:
    """Enter the pages of another archive that were not taken yet; all of them or none.

    What the target has forgotten does not come back: neither as a row nor as bytes.

    Args:
        target: takes them; the caller holds the lock of its workspace.
        other: gives them; the caller holds the lock of its workspace, too.
        run_id: the run of the target that the pages are given to.
        is_forgotten: says of an address whether the target has forgotten it.

    Raises:
        DiskFullError: no space for the copies; nothing was taken.
        ArchiveError: one of the two cannot be read or written; or the other is the target
            itself, an old copy of what was taken, or a copy that went its own way.
    """
    identity = identity_of(other)
    if identity == identity_of(target):
        raise ArchiveError("this archive cannot be merged into itself", path=other.folder)
    with translated(other.folder / LEDGER_NAME):
        upto = int(other.connection.execute("SELECT max(page_id) FROM pages").fetchone()[0] or 0)
        after = _taken_before(target, other, identity, upto)
        if upto == after:
            return Taken()
        mover = _Mover(target, other, identity)
        names = list(_segments(other.connection, after, upto))
        doomed = {name: _forgotten(other.connection, name, upto, is_forgotten) for name in names}
        for name in filter(mover.is_pruned, names):
            doomed[name] |= _given_up(other.connection, name, after, upto)
    with translated(target.folder):
        for name in names:
            mover.bring(name)
            mover.empty(name, doomed[name])
        sync_folder(target.folder)
    with translated(target.folder / LEDGER_NAME), target.connection as connection:
        connection.execute("BEGIN IMMEDIATE")
        mover.enter(connection)
        pages, sources = _copy_rows(mover, after, upto, run_id, is_forgotten)
        _note(target.connection, other, identity, upto)
    return Taken(
        pages=pages, sources=tuple(sorted(sources)), linked=mover.linked, copied=mover.copied
    )


def _fetched_at(archive: Archive, page_id: int) -> str | None:
    query = "SELECT fetched_at FROM pages WHERE page_id = ?"
    row = archive.connection.execute(query, (page_id,)).fetchone()
    return str(row[0]) if row else None


def _taken_before(target: Archive, other: Archive, identity: str, upto: int) -> int:
    """Return the last page that was taken of an archive before; 0: none.

    Raises:
        ArchiveError: that page is not there, or is another one.
    """
    query = "SELECT page_id, fetched_at FROM merged WHERE archive_id = ?"
    row = target.connection.execute(query, (identity,)).fetchone()
    if row is None:
        return 0
    page_id, fetched_at = row
    if upto < page_id:
        raise ArchiveError(
            f"was merged up to page {page_id} before, and ends at {upto}: is this an old copy?",
            path=other.folder,
        )
    if _fetched_at(other, page_id) != fetched_at:
        raise ArchiveError(
            "is a copy of an archive that was merged before, and has gone its own way: give its "
            "WARC files to `newsgrain clean` instead",
            path=other.folder,
        )
    return int(page_id)


def _note(connection: sqlite3.Connection, other: Archive, identity: str, upto: int) -> None:
    connection.execute(
        "REPLACE INTO merged (archive_id, page_id, fetched_at, folder) VALUES (?, ?, ?, ?)",
        (identity, upto, _fetched_at(other, upto), str(other.folder.absolute())),
    )


def _segments(connection: sqlite3.Connection, after: int, upto: int) -> Iterator[str]:
    """Yield the segments that hold answers or bodies of some pages."""
    rows = connection.execute(
        "SELECT archive_file FROM pages WHERE page_id > :after AND page_id <= :upto"
        " AND archive_sha256 IS NULL AND archive_file IS NOT NULL UNION "
        "SELECT body_file FROM pages WHERE page_id > :after AND page_id <= :upto"
        " AND body_file IS NOT NULL ORDER BY 1",
        {"after": after, "upto": upto},
    )
    yield from (name for (name,) in rows.fetchall())


def _forgotten(
    connection: sqlite3.Connection, name: str, upto: int, is_forgotten: Callable[[str], bool]
) -> set[int]:
    """Return where the records of pages lie in a segment that the target has forgotten."""
    rows = connection.execute(
        "SELECT url, archive_offset FROM pages WHERE archive_file = ? AND archive_sha256 IS NULL"
        " AND page_id <= ?",
        (name, upto),
    )
    return {offset for url, offset in rows if is_forgotten(url)}


def _given_up(connection: sqlite3.Connection, name: str, after: int, upto: int) -> set[int]:
    """Return where records lie in a segment that no page needs which is taken now."""
    rows = connection.execute(
        "SELECT archive_offset FROM pages WHERE archive_file = :name AND archive_sha256 IS NULL"
        " AND page_id <= :after EXCEPT SELECT body_offset FROM pages WHERE body_file = :name"
        " AND page_id > :after AND page_id <= :upto",
        {"name": name, "after": after, "upto": upto},
    )
    return {offset for (offset,) in rows}


def _copy_rows(
    mover: _Mover, after: int, upto: int, run_id: str, is_forgotten: Callable[[str], bool]
) -> tuple[int, set[str]]:
    pages, sources = 0, set()
    rows = mover.other.connection.execute(
        f"SELECT {', '.join(_COLUMNS)} FROM pages"  # noqa: S608 - names of the ledger
        " WHERE page_id > ? AND page_id <= ? ORDER BY page_id",
        (after, upto),
    )
    for values in rows:
        row: dict[str, Any] = dict(zip(_COLUMNS, values, strict=True)) | {"run_id": run_id}
        if is_forgotten(row["url"]):
            continue
        if row["archive_sha256"] is None:
            for column in ("archive_file", "body_file"):
                row[column] = row[column] and mover.name_of(row[column])
        else:  # a given file, or an excerpt of one that lies in the other archive
            row["archive_file"] = str(mover.other.folder.absolute() / row["archive_file"])
        # A file that was given to both archives is there already.
        pages += bool(insert_page(mover.target.connection, row, again="OR IGNORE"))
        if row["source"]:
            sources.add(row["source"])
    return pages, sources


class _Mover:
    """Brings segments of one archive into another, under names that are nobody else's."""

    def __init__(self, target: Archive, other: Archive, identity: str) -> None:
        self.target = target
        self.other = other
        self.linked = 0
        self.copied = 0
        self._prefix = hashlib.sha256(identity.encode()).hexdigest()[:12]
        self._committed = _sizes(target.connection)
        self._sizes = _sizes(other.connection)
        self._brought: list[str] = []

    def name_of(self, name: str) -> str:
        """Return what a segment of the other archive is called in this one."""
        return f"{self._prefix}-{name}"

    def bring(self, name: str) -> None:
        """Give a segment a second name, or bring a copy of it up to its committed size."""
        source, goal = self.other.folder / name, self.target.folder / self.name_of(name)
        self._brought.append(name)
        start = self._committed.get(goal.name, (0, None))[0]
        size, pruned_at = self._sizes[name]
        # One that the target pruned is brought again: younger pages have bodies in it.
        if pruned_at is not None or (start >= size and goal.exists()):
            return
        if not source.exists():  # each of its pages is told as unreadable, by itself
            _log.error("segment is missing file=%s", source)
            return
        if start and goal.exists():
            self.copied += _copy(source, goal, start, size)
            return
        goal.unlink(missing_ok=True)  # of a merge that was killed
        if _link(source, goal):
            self.linked += 1
        else:
            self.copied += _copy(source, goal, 0, size)

    def is_pruned(self, name: str) -> bool:
        """Say whether the target had a segment, and gave it up."""
        return self._committed.get(self.name_of(name), (0, None))[1] is not None

    def empty(self, name: str, offsets: Collection[int]) -> None:
        """Fill records of a segment that was brought with nothing."""
        path = self.target.folder / self.name_of(name)
        if offsets and path.exists():
            records = (next(read_answers(path, offset), None) for offset in sorted(offsets))
            # What is found where the other archive has overwritten one is the next record.
            doomed = [one for one in records if one and one.offset in offsets]
            overwrite(path, [(one.offset, one.length) for one in doomed])

    def enter(self, connection: sqlite3.Connection) -> None:
        """Write the sizes of what was brought; to be called in the transaction."""
        rows = []
        for name in self._brought:
            goal, (size, pruned_at) = self.name_of(name), self._sizes[name]
            # What is there counts, whichever of the two archives has pruned it.
            rows.append((goal, size, None if (self.target.folder / goal).exists() else pruned_at))
        connection.executemany(
            "INSERT INTO segments (name, size, pruned_at) VALUES (?, ?, ?) ON CONFLICT (name)"
            " DO UPDATE SET size = excluded.size, pruned_at = excluded.pruned_at",
            rows,
        )


def _sizes(connection: sqlite3.Connection) -> dict[str, tuple[int, str | None]]:
    rows = connection.execute("SELECT name, size, pruned_at FROM segments")
    return {name: (size, pruned_at) for name, size, pruned_at in rows}


def _link(source: Path, goal: Path) -> bool:
    """Give a file a second name; return False where the file system has no hard links."""
    try:
        os.link(source, goal)
    except OSError as exc:
        if exc.errno not in NO_LINKS:
            raise
        return False
    return True


def _copy(source: Path, goal: Path, start: int, end: int) -> int:
    """Let a durable copy of a file, right up to `start`, be right up to `end`; return how much."""
    with source.open("rb") as whence, goal.open("r+b" if start else "xb") as sink:
        sink.truncate(start)
        whence.seek(start)
        sink.seek(start)
        left = end - start
        while left and (data := whence.read(min(left, _AT_ONCE))):
            sink.write(data)
            left -= len(data)
        sink.flush()
        os.fsync(sink.fileno())
    return end - start - left
