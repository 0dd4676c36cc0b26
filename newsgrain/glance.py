"""Columns of published tables for who only takes a look.

Neither pyarrow's datasets nor its functions are used: both import pandas, which takes as long as
everything else that `newsgrain status` does together.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from newsgrain.catalog import Catalog
from newsgrain.disk import translated
from newsgrain.parquet import read_rows
from newsgrain.snapshot import read_head

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

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
        entries = self.manifest.tables.get(table, ()) if self.manifest else ()
        for entry in entries:
            with translated(self._root):
                rows = read_rows(self._published.file(entry.path), columns)
            values = (rows[name].to_pylist() for name in columns)
            yield from zip(*values, strict=True)
