"""The archive's WARC segments: appended to, pruned, and cut back to what the ledger says.

A segment's committed size stands in the ledger and nowhere else. Whatever a file holds beyond
it was never promised to anybody.
"""

from __future__ import annotations

import logging
import os
import re
from contextlib import suppress
from typing import TYPE_CHECKING

from fastwarc.warc import WarcRecordType

from newsgrain.bodies import read_records
from newsgrain.errors import ArchiveError
from newsgrain.ledger import translated
from newsgrain.warc import encode_warcinfo

if TYPE_CHECKING:
    import sqlite3
    from pathlib import Path

_log = logging.getLogger("newsgrain.archive")
_ANSWERS = (WarcRecordType.response, WarcRecordType.revisit)
_OWN = re.compile(r"[0-9]{8}\.warc\.gz")
# Those of other archives, see `newsgrain.merging`, bear the mark of each that they passed through.
_NAME = re.compile(rf"(?:[0-9a-f]{{12}}-)*{_OWN.pattern}")
# macOS has no fdatasync; the size of the file and its contents are what must be on the disk.
_sync = getattr(os, "fdatasync", os.fsync)


def list_segments(folder: Path) -> list[str]:
    """Return the names of all segments in a folder, in their order."""
    return sorted(path.name for path in folder.iterdir() if _NAME.fullmatch(path.name))


def is_own(name: str) -> bool:
    """Say whether a segment was written by the archive that it lies in, not merged into it."""
    return _OWN.fullmatch(name) is not None


def _following(name: str | None) -> str:
    """Return the name of the segment after the one of this name, or of the first one."""
    number = int(name.partition(".")[0]) if name else 0
    return f"{number + 1:08d}.warc.gz"


class Segments:
    """The segments of one archive, the last of them open for appending.

    Args:
        folder: of the archive.
        connection: of its ledger; the caller begins and ends transactions.
        segment_bytes: a record that would make a segment larger starts a new one.
    """

    def __init__(self, folder: Path, connection: sqlite3.Connection, segment_bytes: int) -> None:
        """Store what is given; nothing is opened before `recover`."""
        self._folder = folder
        self._connection = connection
        self._segment_bytes = segment_bytes
        self._open: _Segment | None = None
        self._ended: str | None = None

    def begin_new(self) -> None:
        """Let the next record start a segment: each run has its own, so that it can be pruned."""
        with translated(self._folder):
            self._ended = max(self._committed(), default=None)

    def append(self, first: bytes, *others: bytes) -> tuple[str, int]:
        """Append records to the disk, and the size of the segment to the transaction.

        Returns:
            the segment, and where the first record starts in it.

        Raises:
            DiskFullError: no space; the caller rolls back and calls `recover`.
            ArchiveError: the disk refuses otherwise.
        """
        with translated(self._folder):
            segment = self._segment_for(len(first) + sum(map(len, others)))
            offset = segment.append(first)
            for record in others:
                segment.append(record)
            segment.sync()
            self._connection.execute(
                "INSERT INTO segments (name, size) VALUES (?, ?)"
                " ON CONFLICT (name) DO UPDATE SET size = excluded.size",
                (segment.path.name, segment.size),
            )
        return segment.path.name, offset

    def recover(self) -> None:
        """Make the segments what the ledger says, and open the last one for appending.

        Raises:
            ArchiveError: there are pages that the ledger does not know. A process that was killed
            leaves one exchange at most, so they are not thrown away.
        """
        with translated(self._folder):
            self.close()
            committed, pruned = self._committed(), self._pruned()
            last = max(committed, default=None)
            found = list_segments(self._folder)
            beyond = [name for name in found if is_own(name) and name not in committed]
            self._refuse_pages(beyond, last, committed)
            for name in beyond:
                (self._folder / name).unlink()
                _log.warning("removed uncommitted segment file=%s", name)
            for name in sorted(pruned.intersection(found)):
                (self._folder / name).unlink()
                _log.info("removed pruned segment file=%s", name)
            if last is not None and last not in pruned:
                self._continue(self._folder / last, committed[last])

    def close(self) -> None:
        """Close the open segment."""
        if self._open:
            self._open.close()
            self._open = None

    def _committed(self) -> dict[str, int]:
        """Return the size of every own segment that ever was: names are not given twice.

        What other archives gave is neither continued nor cut: it may have a second name there.
        """
        rows = self._connection.execute("SELECT name, size FROM segments")
        return {name: size for name, size in rows if is_own(name)}

    def _pruned(self) -> set[str]:
        query = "SELECT name FROM segments WHERE pruned_at IS NOT NULL"
        return {name for (name,) in self._connection.execute(query)}

    def _segment_for(self, length: int) -> _Segment:
        if (
            self._open
            and self._open.path.name != self._ended
            and self._open.size + length <= self._segment_bytes
        ):
            return self._open
        self.close()
        path = self._folder / _following(max(self._committed(), default=None))
        self._open = _Segment(path)
        self._open.append(encode_warcinfo(path.name))
        _sync_folder(self._folder)
        return self._open

    def _refuse_pages(self, beyond: list[str], last: str | None, committed: dict[str, int]) -> None:
        """Raise if there is more than the one exchange that a process may leave behind."""
        responses = sum(_count_responses(self._folder / name, 0) for name in beyond)
        if last is not None:
            responses += _count_responses(self._folder / last, committed[last])
        if responses > 1 or beyond not in ([], [_following(last)]):
            raise ArchiveError(
                "holds pages that the ledger does not know; is the ledger an old copy?",
                path=self._folder,
            )

    def _continue(self, path: Path, size: int) -> None:
        found = path.stat().st_size if path.exists() else 0
        if found and path.stat().st_nlink > 1:
            return  # it was merged into another archive, which has it under a name of its own
        if found < size:
            # Bytes that the disk had confirmed are gone. Their pages are unreadable, each by
            # itself; appending here would put other pages in their places.
            _log.error("segment is damaged file=%s bytes=%d committed=%d", path, found, size)
            return
        self._open = _Segment(path)
        if found > size:
            self._open.cut(size)
            _log.warning("cut uncommitted bytes file=%s bytes=%d", path, found - size)


def _count_responses(path: Path, start: int) -> int:
    """Return how many whole responses a segment holds from an offset on."""
    responses = 0
    with suppress(OSError), path.open("rb") as file:  # a torn record, or no file at all
        file.seek(start)
        for record in read_records(file):
            responses += record.record_type in _ANSWERS
    return responses


class _Segment:
    """One file, open for appending; created if it is missing."""

    def __init__(self, path: Path) -> None:
        self.path = path
        flags = os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC
        self._descriptor = os.open(path, flags, 0o644)
        self.size = os.fstat(self._descriptor).st_size

    def cut(self, size: int) -> None:
        os.ftruncate(self._descriptor, size)
        self.size = size

    def append(self, data: bytes) -> int:
        """Append bytes and return where they start; if the disk refuses, part may be there."""
        start, left = self.size, memoryview(data)
        while left:
            left = left[os.write(self._descriptor, left) :]
        self.size = start + len(data)
        return start

    def sync(self) -> None:
        _sync(self._descriptor)

    def close(self) -> None:
        os.close(self._descriptor)


def _sync_folder(folder: Path) -> None:
    """Make the names of the files in a folder durable."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
