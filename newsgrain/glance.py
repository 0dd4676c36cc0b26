"""Columns of published tables for who only takes a look.

Neither pyarrow's datasets nor its functions are used: both import pandas, which takes as long as
everything else that `newsgrain status` does together, and a third of a crawl's memory.
"""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING, Any

import pyarrow.parquet as pq

from newsgrain.catalog import Catalog
from newsgrain.disk import translated
from newsgrain.parquet import read_rows
from newsgrain.snapshot import read_head

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    import pyarrow as pa

    from newsgrain.manifest import Manifest


class Glance:
    """The published tables at one moment.

    Attributes:
        manifest: of the published state; None before the first commit.

    Args:
        root: the folder ``datasets``.

    Raises:
        StoreError: they cannot be read.
    """

    def __init__(self, root: Path) -> None:
        self._root = root
        with translated(root):
            self._published = read_head(root, Catalog())
        self.manifest: Manifest | None = self._published.manifest

    def rows(self, table: str, columns: Sequence[str]) -> Iterator[tuple[Any, ...]]:
        """Yield columns of all rows of a table.

        Raises:
            StoreError: they cannot be read.
        """
        for file in self._files(table):
            with translated(self._root):
                rows = read_rows(file, columns)
            yield from _tuples(rows, columns)

    def latest(self, table: str, columns: Sequence[str], most: int) -> Iterator[tuple[Any, ...]]:
        """Yield columns of at most so many rows of a log table, the latest runs first.

        Raises:
            StoreError: they cannot be read.
        """
        rows = (
            row
            for file in reversed(self._files(table))
            for group in self._groups_backwards(file, columns)
            for row in _tuples(group, columns)
        )
        return islice(rows, most)

    def _files(self, table: str) -> list[Path]:
        entries = self.manifest.tables.get(table, ()) if self.manifest else ()
        return [self._published.file(entry.path) for entry in entries]

    def _groups_backwards(self, file: Path, columns: Sequence[str]) -> Iterator[pa.Table]:
        with translated(self._root), pq.ParquetFile(file) as parquet:
            for group in reversed(range(parquet.num_row_groups)):
                yield parquet.read_row_group(group, columns=list(columns))


def _tuples(rows: pa.Table, columns: Sequence[str]) -> Iterator[tuple[Any, ...]]:
    return zip(*(rows[name].to_pylist() for name in columns), strict=True)
