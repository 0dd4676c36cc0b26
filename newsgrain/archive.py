"""The archive: every answer as it came, and the ledger that says what is committed.

    WARC records appended and synced | one transaction: page row, segment size, what the caller adds

A process that is killed between the two leaves bytes that nothing refers to; the next one cuts
them off. So a page is either in both, whole, or it is asked for again.
"""

from __future__ import annotations

import itertools
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Self

from newsgrain.bodies import is_intact, read_body
from newsgrain.errors import ArchiveError
from newsgrain.exchange import Exchange
from newsgrain.ledger import (
    LEDGER_NAME,
    NewInput,
    PageRow,
    connect,
    find_body,
    insert_page,
    select_pages,
    stamp,
    translated,
)
from newsgrain.pruning import Pruned, give_up, move_body, old_segments, shared_bodies
from newsgrain.run_rows import finish_run, last_number, last_run, raise_page_numbers
from newsgrain.segments import Segments, list_segments
from newsgrain.warc import encode_exchange

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
    from pathlib import Path
    from types import TracebackType

__all__ = ["Archive", "Exchange", "NewInput", "PageRow", "read_body"]

_BATCH = 500


class Archive:
    """A folder of WARC segments and their ledger, open for writing.

    Only one process may have it open: the caller holds the workspace's lock. Use as a
    context manager.

    Attributes:
        folder: where segments and ledger lie.
        connection: of the ledger, in autocommit mode; other tables may live beside its own.
    """

    def __init__(self, folder: Path, connection: sqlite3.Connection, segments: Segments) -> None:
        """Store what `open` has opened."""
        self.folder = folder
        self.connection = connection
        self._path = folder / LEDGER_NAME
        self._segments = segments

    @classmethod
    def open(cls, folder: Path, *, segment_bytes: int = 1_000_000_000) -> Archive:
        """Open an archive, create it if there is none, and undo what was not committed.

        Args:
            folder: where segments and ledger lie.
            segment_bytes: a record that would make a segment larger starts a new one.

        Raises:
            ArchiveError: ledger or segments are damaged, foreign, or of a newer version.
            DiskFullError: there is no space to create it.
        """
        path = folder / LEDGER_NAME
        with translated(folder):
            folder.mkdir(parents=True, exist_ok=True)
            if not path.exists() and (orphans := list_segments(folder)):
                raise ArchiveError(
                    f"{len(orphans)} WARC segments, but no {LEDGER_NAME}: restore it, or move "
                    "them away and give them to `newsgrain clean`",
                    path=folder,
                )
        connection = connect(path)
        archive = cls(folder, connection, Segments(folder, connection, segment_bytes))
        with ExitStack() as undo:
            undo.callback(archive.close)
            archive._segments.recover()
            undo.pop_all()
        return archive

    def close(self) -> None:
        """Close segment and ledger."""
        self._segments.close()
        self.connection.close()

    def __enter__(self) -> Self:
        """Return itself."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Close it."""
        self.close()

    # Runs

    def begin_run(
        self, command: str, started_at: datetime, *, head: str | None, floor: int = 0
    ) -> str:
        """Begin a run, or resume the last one if it was not published.

        Args:
            command: the command that was given.
            started_at: when, aware.
            head: the run of the published manifest; every new run has a greater sequence.
            floor: the page number up to which the manifest holds: a ledger that was lost or
                restored from a copy never gives these numbers again.

        Returns:
            the run's identity.
        """
        published = int(head.partition("-")[0]) if head else 0
        with self.changing():
            raise_page_numbers(self.connection, floor)
            last = last_run(self.connection)
            if last and last[2] is None:
                sequence, run_id, _ = last
                if sequence > published:
                    return run_id
                finish_run(self.connection, run_id, started_at)
            sequence = max(published, last[0] if last else 0) + 1
            run_id = f"{sequence:08d}-{started_at.astimezone(UTC):%Y%m%dT%H%M%SZ}"
            self.connection.execute(
                "INSERT INTO runs (sequence, run_id, command, started_at) VALUES (?, ?, ?, ?)",
                (sequence, run_id, command, stamp(started_at)),
            )
        self._segments.begin_new()
        return run_id

    def end_run(self, run_id: str, finished_at: datetime) -> None:
        """Mark a run as published.

        Raises:
            ArchiveError: there is no such run.
        """
        with self.changing():
            if not finish_run(self.connection, run_id, finished_at):
                raise ArchiveError(f"the ledger has no run {run_id}", path=self.folder)

    # Writing

    def record(
        self, exchange: Exchange, also: Callable[[sqlite3.Connection], None] | None = None
    ) -> int:
        """Archive one exchange; when this returns, it is on the disk.

        Args:
            exchange: the request and what came back.
            also: writes more in the transaction of the page's row, after it.

        Returns:
            the page's number.

        Raises:
            DiskFullError: no space; nothing of the exchange is kept, the archive stays usable.
            ArchiveError: the archive cannot be written.
        """
        row = exchange.row()
        with self._undoing(), self.changing():
            if exchange.status is not None:
                row |= self._append(exchange, str(row["body_sha256"]))
            page_id = insert_page(self.connection, row)
            if also:
                also(self.connection)
        return page_id

    def _append(self, exchange: Exchange, sha256: str) -> dict[str, object]:
        """Write an answer's records and return the columns that say where they are.

        A body that is archived already is not written again. Identical bytes are looked at
        first: what a disk has lost since must not be lost a second time.
        """
        # Without a body there is nothing to find, and every page that had not changed to look at.
        earlier = find_body(self.connection, sha256) if exchange.body else None
        if earlier and not is_intact(self.folder / earlier.file, earlier, sha256):
            earlier = None
        members = encode_exchange(exchange, earlier)
        name, offset = self._segments.append(members.response, members.request)
        columns: dict[str, object] = {
            "archive_file": name,
            "archive_offset": offset,
            "archive_length": len(members.response),
        }
        if earlier:
            columns |= {
                "body_file": earlier.file,
                "body_offset": earlier.offset,
                "body_length": earlier.length,
            }
        return columns

    def mark_final(
        self,
        page_id: int,
        error: str | None = None,
        also: Callable[[sqlite3.Connection], None] | None = None,
    ) -> None:
        """Say that an attempt, recorded as one to be made again, turned out to be the last.

        Raises:
            ArchiveError: there is no such page, or the ledger cannot be written.
        """
        with self.changing():
            update = "UPDATE pages SET is_final = 1, error = coalesce(?, error) WHERE page_id = ?"
            if not self.connection.execute(update, (error, page_id)).rowcount:
                raise ArchiveError(f"the ledger has no page {page_id}", path=self.folder)
            if also:
                also(self.connection)

    def prune(
        self, before: datetime, now: datetime, *, upto: int, pending: Collection[int] = ()
    ) -> Pruned:
        """Delete the records of old pages that are published.

        A segment goes as a whole, once all its pages may go; each run has segments of its own.
        Rows stay, with ``pruned_at``. Bodies that younger pages share with old ones stay.

        Args:
            before: pages that were fetched before this moment are old.
            now: the present.
            upto: the last page that the published manifest covers.
            pending: pages up to it that it leaves for later.

        Raises:
            DiskFullError: no space to copy shared bodies; nothing was given up.
            ArchiveError: the archive cannot be read or written.
        """
        with translated(self.folder):
            names = old_segments(self.connection, before=before, upto=upto, pending=pending)
        self._segments.begin_new()
        copied = 0
        for name in names:
            with translated(self.folder):
                shared = list(shared_bodies(self.connection, name, names))
            for place in shared:
                with self._undoing(), self.changing():
                    copied += move_body(
                        self.connection, self._segments, self.folder, (name, *place)
                    )
        with self.changing():
            pruned = give_up(self.connection, names, now)
        self._segments.recover()
        return replace(pruned, bytes=pruned.bytes - copied)

    def register(self, rows: Iterable[NewInput], *, run_id: str) -> int:
        """Enter the pages of one given file; all of them or none.

        A page is known by the digest of its file, its place there and its address: the same
        file, also under another path, adds nothing. Its pages are then read from where the
        file lies now.

        Args:
            rows: the pages of one file.
            run_id: the run that they are given to.

        Returns:
            how many are new.

        Raises:
            DiskFullError: no space.
            ArchiveError: the ledger cannot be written.
        """
        with self.changing():
            return sum(self._register(row, run_id) for row in rows)

    def _register(self, new: NewInput, run_id: str) -> bool:
        row = {name: getattr(new, name) for name in NewInput.__dataclass_fields__}
        row |= {"kind": "input", "run_id": run_id, "is_final": True}
        row["fetched_at"] = stamp(new.fetched_at)
        if insert_page(self.connection, row, again="OR IGNORE"):
            return True
        self.connection.execute(
            "UPDATE pages SET archive_file = :archive_file WHERE archive_sha256 = :archive_sha256"
            " AND archive_offset = :archive_offset AND url = :url"
            " AND archive_file != :archive_file",
            row,
        )
        return False

    # Reading

    def pruned_pages(self) -> Iterator[PageRow]:
        """Yield the pages whose records were given up."""
        yield from self._select("pruned_at IS NOT NULL ORDER BY page_id", ())

    def pages(  # noqa: PLR0913 - conditions, each independent of the others
        self,
        *,
        after: int = 0,
        upto: int | None = None,
        kinds: Sequence[str] | None = None,
        final_only: bool = False,
        fetched_from: datetime | None = None,
        fetched_until: datetime | None = None,
    ) -> Iterator[PageRow]:
        """Yield pages in the order of their numbers; the ledger may be written meanwhile.

        Args:
            after: the number before the first one.
            upto: the last number; None: the last one that exists when the first is asked for.
            kinds: only these.
            final_only: leave out redirects, and attempts that were made again.
            fetched_from: only pages that were fetched then or later.
            fetched_until: only pages that were fetched then or before.
        """
        last = self.last_page_id() if upto is None else upto
        condition, parameters = "page_id > ? AND page_id <= ?", list(kinds or ())
        if kinds is not None:
            condition += f" AND kind IN ({', '.join('?' * len(kinds))})"
        for moment, comparison in ((fetched_from, ">="), (fetched_until, "<=")):
            if moment is not None:
                condition += f" AND fetched_at {comparison} ?"
                parameters.append(stamp(moment))
        if final_only:
            condition += " AND is_final"
        condition += f" ORDER BY page_id LIMIT {_BATCH}"
        while batch := self._select(condition, (after, last, *parameters)):
            yield from batch
            after = batch[-1].page_id

    def page(self, page_id: int) -> PageRow:
        """Return one page; errors as in `pages_of`."""
        return next(self.pages_of((page_id,)))

    def pages_of(self, page_ids: Iterable[int]) -> Iterator[PageRow]:
        """Yield some pages, in the order given.

        Args:
            page_ids: their numbers; taken, and looked up, many at a time.

        Raises:
            ArchiveError: there is no such page.
        """
        given = iter(page_ids)
        while batch := list(itertools.islice(given, _BATCH)):
            marks = ", ".join("?" * len(batch))
            rows = self._select(f"page_id IN ({marks})", tuple(batch))
            found = {row.page_id: row for row in rows}
            for page_id in batch:
                if page_id not in found:
                    raise ArchiveError(f"the ledger has no page {page_id}", path=self.folder)
                yield found[page_id]

    def last_page_id(self) -> int:
        """Return the highest number that was ever given, 0 if none."""
        with translated(self._path):
            return last_number(self.connection)

    def _select(self, condition: str, parameters: tuple[object, ...]) -> list[PageRow]:
        with translated(self._path):
            return select_pages(self.connection, condition, parameters)

    @contextmanager
    def changing(self) -> Iterator[None]:
        """Let the block change the ledger in one transaction."""
        with translated(self._path), self.connection:
            self.connection.execute("BEGIN IMMEDIATE")
            yield

    @contextmanager
    def rewriting(self) -> Iterator[Segments]:
        """Let the block append records and change rows: all of it is kept, or nothing."""
        with self._undoing(), self.changing():
            yield self._segments

    @contextmanager
    def _undoing(self) -> Iterator[None]:
        """Cut back whatever the block appended, unless its transaction was committed.

        What counts is read from the ledger, not remembered: an interrupt may fall between
        the commit and the next line.
        """
        with ExitStack() as undo:
            undo.callback(self._segments.recover)
            yield
            undo.pop_all()
