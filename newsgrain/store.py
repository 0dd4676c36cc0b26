"""The datasets of one workspace: what is published, and the way to publish more.

    Store.recover | Store.known | Store.stage -> append ... commit

Nothing is ever changed in place. A run writes new files, links the unchanged ones into a new
snapshot and turns one symbolic link: readers see the state before or the state after.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pyarrow as pa

from newsgrain.catalog import Catalog
from newsgrain.clock import system_clock
from newsgrain.disk import Linker, translated
from newsgrain.head import discard_unpublished, head_name
from newsgrain.known import Known
from newsgrain.parquet import read_rows
from newsgrain.snapshot import Publisher, read_head

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence
    from pathlib import Path

    from newsgrain.clock import Clock
    from newsgrain.lookup import Lookup
    from newsgrain.manifest import Manifest
    from newsgrain.published import Published
    from newsgrain.staging import Staging

__all__ = ["Known", "Store"]

# A crawl asks for the head alone: what finds, writes and migrates rows is imported when it is
# used, because pyarrow's datasets bring pandas into the process.


class Store:
    """The datasets in one folder; one writer at a time, which holds the workspace's lock.

    Args:
        root: the folder ``datasets``; created by the first commit.
        clock: gives ``Manifest.created_at``.
        catalog: the schema; another one only where a change of it is tried.
    """

    def __init__(
        self, root: Path, *, clock: Clock = system_clock, catalog: Catalog | None = None
    ) -> None:
        self._root = root
        self._clock = clock
        self._catalog = catalog or Catalog()
        self._publisher = Publisher(root=root, linker=Linker())
        self._head: tuple[str | None, Published] | None = None
        self._lookup: tuple[Published, Lookup] | None = None

    def recover(self) -> None:
        """Delete what interrupted runs left, and bring an older schema up to date.

        Can be killed and repeated at any point.

        Raises:
            StoreError: the datasets cannot be read or written.
            SchemaError: they have a newer schema.
        """
        with translated(self._root):
            published = self._published()
            discard_unpublished(self._root)
            if published.manifest and published.manifest.schema_version < self._catalog.version:
                from newsgrain.migrations import migrate

                migrate(self._publisher, published, self._catalog, self._clock)
                self._publisher.tidy(self._catalog)

    def head(self) -> Manifest | None:
        """Return the manifest of the published state; None before the first commit.

        Raises:
            StoreError: the datasets cannot be read.
            SchemaError: they have a newer schema.
        """
        with translated(self._root):
            return self._published().manifest

    def known(self, keys: Collection[str], *, full: bool = False) -> dict[str, Known]:
        """Return published articles by the keys of their addresses.

        Args:
            keys: of `cleaners.urls.url_key`. An article is found by its own id and by the
                keys of its address and its aliases.
            full: read all columns of its current revision, too.

        Raises:
            StoreError: the datasets cannot be read.
        """
        from newsgrain.lookup import Lookup

        with translated(self._root):
            published = self._published()
            if self._lookup is None or self._lookup[0] is not published:
                self._lookup = published, Lookup(self._root, published)
            return self._lookup[1].find(keys, full=full)

    def verdicts(self) -> pa.Table:
        """Return page_id, outcome and cleaner_version of all verdicts, in the order of runs.

        Raises:
            StoreError: the datasets cannot be read.
        """
        return self.columns("verdicts", ["page_id", "outcome", "cleaner_version"])

    def columns(self, table: str, names: Sequence[str]) -> pa.Table:
        """Return some columns of all published rows of a table, in the order of runs.

        Raises:
            StoreError: the datasets cannot be read.
        """
        schema = self._catalog.tables[table].schema()
        empty = pa.schema([schema.field(name) for name in names]).empty_table()
        with translated(self._root):
            published = self._published()
            entries = published.manifest.tables[table] if published.manifest else ()
            parts = [read_rows(published.file(entry.path), list(names)) for entry in entries]
        return pa.concat_tables([empty, *(part.cast(empty.schema) for part in parts)])

    def stage(self, run_id: str) -> Staging:
        """Return the context in which a run collects its rows.

        Args:
            run_id: the run; its number must be above that of the published state, or its
                commit gives that state back.

        Raises:
            StoreError: the datasets cannot be read or written.
        """
        from newsgrain.staging import Staging

        self.recover()
        return Staging(self._publisher, run_id=run_id, catalog=self._catalog, clock=self._clock)

    def _published(self) -> Published:
        name = head_name(self._root)
        if self._head is None or self._head[0] != name:
            self._head = name, read_head(self._root, self._catalog)
        return self._head[1]
