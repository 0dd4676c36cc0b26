"""One run's rows on their way into the datasets."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from newsgrain import layout
from newsgrain.amend import amended
from newsgrain.derive import Derivation
from newsgrain.disk import translated
from newsgrain.errors import StoreError
from newsgrain.head import discard_unpublished
from newsgrain.manifest import Manifest
from newsgrain.parquet import LogWriter
from newsgrain.snapshot import merge, read_head, with_placeholders
from newsgrain.version import __version__

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from types import TracebackType
    from typing import Self

    from newsgrain.amend import Late
    from newsgrain.catalog import Catalog
    from newsgrain.clock import Clock
    from newsgrain.manifest import FileEntry
    from newsgrain.published import Published
    from newsgrain.snapshot import Publisher


class Staging:
    """Collects a run's log rows and publishes them; made by `Store.stage`.

    A context manager: leaving it without a commit leaves nothing behind.
    """

    def __init__(
        self, publisher: Publisher, *, run_id: str, catalog: Catalog, clock: Clock
    ) -> None:
        self._root = publisher.root
        self._publisher = publisher
        self._run_id = run_id
        self._catalog = catalog
        self._clock = clock
        self._folder = self._root / layout.STAGING / run_id
        self._writers: dict[str, LogWriter] = {}
        self._late: dict[str, Late] = {}

    def __enter__(self) -> Self:
        """Make an empty staging folder."""
        with translated(self._root):
            discard_unpublished(self._root)
            self._folder.mkdir(parents=True)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Delete what was not published."""
        for writer in self._writers.values():
            writer.abort()
        with translated(self._root):
            discard_unpublished(self._root)

    def append(self, table: str, rows: Sequence[Mapping[str, Any]]) -> None:
        """Add rows to a log table; may be called any number of times.

        Raises:
            StoreError: a row does not fit the table, or the table is no log.
            DiskFullError: no space left.
        """
        self._write(table, "log", rows)

    def replace(self, table: str, rows: Sequence[Mapping[str, Any]]) -> None:
        """Add rows to the new form of a table that is written as a whole.

        May be called any number of times, also without rows; what was published of the table
        is replaced by all of them.

        Raises:
            StoreError: a row does not fit the table, or the table is not written as a whole.
            DiskFullError: no space left.
        """
        self._write(table, "whole", rows)

    def _write(self, table: str, kind: str, rows: Sequence[Mapping[str, Any]]) -> None:
        found = self._catalog.tables.get(table)
        if found is None or found.kind != kind:
            raise StoreError(f"{table} is no table of the kind {kind}")
        with translated(self._root):
            if table not in self._writers:
                self._writers[table] = LogWriter(self._folder, found, self._run_id)
            self._writers[table].append(rows)

    def amend(self, table: str, late: Late) -> None:
        """Let what is only known when all rows are there stand in the rows of a log table."""
        self._late[table] = late

    def commit(
        self,
        *,
        archive_sequence: int,
        pending: Sequence[int],
        cleaner_version: str,
        unsettled: int = 0,
    ) -> Manifest:
        """Publish the rows and everything that follows from them, all at one moment.

        Args:
            archive_sequence: the last ``page_id`` that this state knows.
            pending: ``page_id`` of pages up to it that are not judged yet.
            cleaner_version: of this run.
            unsettled: number of published articles that later runs clean again or compare.

        Returns:
            the published manifest; the one already published, if it is of this run or of
            a later one.

        Raises:
            StoreError: it could not be published; the datasets are as they were.
            DiskFullError: the same for lack of space.
        """
        with translated(self._root):
            published = read_head(self._root, self._catalog)
            head = published.manifest
            if head and layout.sequence(self._run_id) <= layout.sequence(head.run_id):
                self._publisher.tidy(self._catalog)
                return head
            manifest = Manifest(
                run_id=self._run_id,
                snapshot=self._run_id,
                parent_run_id=head.run_id if head else None,
                schema_version=self._catalog.version,
                created_at=self._clock(),
                archive_sequence=archive_sequence,
                pending=tuple(pending),
                cleaner_version=cleaner_version,
                newsgrain_version=__version__,
                tables=self._tables(published, cleaner_version),
                tombstones=head.tombstones if head else (),
                unsettled=unsettled,
            )
            self._publisher.publish(manifest, published, self._folder)
        self._publisher.tidy(self._catalog)
        return manifest

    def _tables(
        self, published: Published, cleaner_version: str
    ) -> dict[str, tuple[FileEntry, ...]]:
        provenance = {
            "schema_version": str(self._catalog.version),
            "cleaner_version": cleaner_version,
            "run_id": self._run_id,
        }
        logs = {name: writer.close(provenance) for name, writer in self._writers.items()}
        self._writers = {}
        for name, late in self._late.items():
            table = self._catalog.tables[name]
            logs[name] = [
                amended(self._folder, entry, table, late, provenance)
                for entry in logs.get(name, ())
            ]
        derivation = Derivation(
            self._catalog,
            published,
            staging=self._folder,
            run_id=self._run_id,
            provenance=provenance,
        )
        revisions = [self._folder / entry.path for entry in logs.get("revisions", ())]
        events = [self._folder / entry.path for entry in logs.get("events", ())]
        changes = derivation.derive(revisions, events)
        changes.added.update(logs)
        for name in logs:
            if self._catalog.tables[name].kind == "whole" and published.manifest:
                before = published.manifest.tables.get(name, ())
                changes.dropped[name].update(entry.path for entry in before)
        tables = merge(published, changes)
        return with_placeholders(tables, self._catalog, self._folder, self._run_id)
