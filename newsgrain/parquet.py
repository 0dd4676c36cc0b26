"""Rows to Parquet files, with the settings that were measured for a table of news texts."""

from __future__ import annotations

import hashlib
import os
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.parquet as pq

from newsgrain.errors import StoreError
from newsgrain.layout import log_path
from newsgrain.manifest import FileEntry

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from newsgrain.schema import Table

ROW_GROUP_ROWS = 5_000
ROW_GROUP_BYTES = 64_000_000
"""A row group is written at this many rows or bytes, whichever comes first."""
FILE_BYTES = 1_000_000_000
"""A log file that holds this much, uncompressed, is followed by another one."""

_REFUSED = (pa.ArrowException, TypeError, ValueError, OverflowError)


@dataclass(frozen=True, slots=True)
class _Required:
    """Where values must not be null.

    Attributes:
        is_here: in the column itself.
        is_list: whether it holds lists, else structs, if anything lies below.
        below: what its items or fields require, with their numbers; empty where they require
            nothing.
    """

    is_here: bool
    is_list: bool
    below: tuple[tuple[int, _Required], ...]


def _required(field: pa.Field) -> _Required:
    kind, inner = field.type, []
    if pa.types.is_list(kind):
        inner = [_required(kind.value_field)]
    elif pa.types.is_struct(kind):
        inner = [_required(kind.field(number)) for number in range(kind.num_fields)]
    below = [(number, one) for number, one in enumerate(inner) if one.is_here or one.below]
    return _Required(not field.nullable, pa.types.is_list(kind), tuple(below))


@cache
def _requirements(table: Table) -> tuple[_Required, ...]:
    return tuple(map(_required, table.schema()))


def _holds_null(values: Any, required: _Required) -> bool:
    if required.is_here and values.null_count:
        return True
    if not required.below or not len(values):
        return False
    parts = [values.flatten()] if required.is_list else values.flatten()
    return any(_holds_null(parts[number], one) for number, one in required.below)


def to_arrow(rows: Sequence[Mapping[str, Any]], table: Table) -> pa.Table:
    """Return rows as an Arrow table of the table's schema.

    Raises:
        StoreError: a row does not fit; names table and column.
    """
    schema = table.schema()
    unknown = {name for row in rows for name in row} - set(schema.names)
    if unknown:
        raise StoreError(f"table {table.name} has no column {', '.join(sorted(unknown))}")
    try:  # all columns in one call, which costs a fifth of one call a column
        columns = pa.array(rows, pa.struct(schema)).flatten()
    except _REFUSED:
        columns = [_column(rows, field, table) for field in schema]  # tells which one
    for name, values, required in zip(schema.names, columns, _requirements(table), strict=True):
        if _holds_null(values, required):
            raise StoreError(f"table {table.name}, column {name}: a value is missing")
    return pa.Table.from_arrays(columns, schema=schema)


def _column(rows: Sequence[Mapping[str, Any]], field: pa.Field, table: Table) -> pa.Array:
    try:
        return pa.array([row.get(field.name) for row in rows], field.type)
    except _REFUSED as exc:
        raise StoreError(f"table {table.name}, column {field.name}: {exc}") from exc


def _ordering(table: Table) -> list[tuple[str, str]]:
    return [(name, "ascending") for name in table.sort]


def in_order(rows: pa.Table, table: Table) -> Any:
    """Return the indices that put rows in the table's order."""
    import pyarrow.compute as pc  # readers need it not, and it takes as long as pyarrow itself

    return pc.sort_indices(rows.select(table.sort), sort_keys=_ordering(table))


class ParquetSink:
    """One Parquet file that is being written.

    Args:
        root: the folder that `FileEntry.path` starts from.
        path: in `root`; must not exist.
        table: whose schema and order the file has.
    """

    def __init__(self, root: Path, path: str, table: Table) -> None:
        self._path = path
        self._file = root / path
        self._file.parent.mkdir(parents=True, exist_ok=True)
        self._sink = self._file.open("xb")
        schema = table.schema()
        self._writer = pq.ParquetWriter(
            self._sink,
            schema,
            compression="zstd",
            compression_level=3,
            write_page_index=True,
            write_page_checksum=True,
            sorting_columns=pq.SortingColumn.from_ordering(schema, _ordering(table)),
        )
        self._table = table
        self.rows = 0
        self.bytes = 0

    def write(self, rows: pa.Table) -> None:
        """Append rows, each row group sorted in itself."""
        for start in range(0, len(rows), ROW_GROUP_ROWS):
            self._write_group(rows.slice(start, ROW_GROUP_ROWS))

    def _write_group(self, rows: pa.Table) -> None:
        self._writer.write_table(rows.take(in_order(rows, self._table)))
        self.rows += len(rows)
        self.bytes += rows.nbytes

    def close(self, provenance: Mapping[str, str]) -> FileEntry:
        """Complete the file, so that it survives a loss of power, and describe it."""
        self._writer.add_key_value_metadata(dict(provenance))
        self._writer.close()
        self._sink.flush()
        os.fsync(self._sink.fileno())
        self._sink.close()
        with self._file.open("rb") as whole:
            digest = hashlib.file_digest(whole, "sha256").hexdigest()
        size = self._file.stat().st_size
        return FileEntry(path=self._path, rows=self.rows, bytes=size, sha256=digest)

    def abort(self) -> None:
        """Give the file up; it is left for the caller to delete."""
        with suppress(OSError, ValueError, pa.ArrowException):
            self._writer.close()
        self._writer.is_open = False  # or its destructor tries to write the footer again
        with suppress(OSError):
            self._sink.close()


class LogWriter:
    """Appends a run's rows of one log table, in memory that does not grow with them.

    Args:
        root: staging folder.
        table: the log table.
        run_id: names the files.
    """

    def __init__(self, root: Path, table: Table, run_id: str) -> None:
        self._root = root
        self._table = table
        self._run_id = run_id
        self._waiting: list[pa.Table] = []
        self._sinks: list[ParquetSink] = []

    def append(self, rows: Sequence[Mapping[str, Any]]) -> None:
        """Add rows.

        Raises:
            StoreError: a row does not fit the table.
        """
        for start in range(0, len(rows), ROW_GROUP_ROWS):
            self._waiting.append(to_arrow(rows[start : start + ROW_GROUP_ROWS], self._table))
            self._flush(rows=ROW_GROUP_ROWS, size=ROW_GROUP_BYTES)

    def _flush(self, *, rows: int, size: int) -> None:
        count = sum(map(len, self._waiting))
        if count and (count >= rows or sum(part.nbytes for part in self._waiting) >= size):
            self._sink().write(pa.concat_tables(self._waiting).combine_chunks())
            self._waiting = []

    def _sink(self) -> ParquetSink:
        if not self._sinks or self._sinks[-1].bytes >= FILE_BYTES:
            path = f"{self._table.name}/{log_path(self._run_id, len(self._sinks) + 1)}"
            self._sinks.append(ParquetSink(self._root, path, self._table))
        return self._sinks[-1]

    def close(self, provenance: Mapping[str, str]) -> list[FileEntry]:
        """Complete the files and describe them; none if there were no rows."""
        self._flush(rows=1, size=0)
        return [sink.close(provenance) for sink in self._sinks]

    def abort(self) -> None:
        """Give the files up."""
        for sink in self._sinks:
            sink.abort()


def write_rows(
    root: Path, path: str, table: Table, rows: pa.Table, provenance: Mapping[str, str]
) -> FileEntry:
    """Write one file of a table, all its rows in order.

    Args:
        root: the folder that `path` starts from.
        path: with the table's folder; must not exist.
        table: the table.
        rows: of the table's schema.
        provenance: the file's key-value metadata.
    """
    sink = ParquetSink(root, path, table)
    try:
        order = in_order(rows, table)
        for start in range(0, len(rows), ROW_GROUP_ROWS):
            sink.write(rows.take(order.slice(start, ROW_GROUP_ROWS)))
        return sink.close(provenance)
    except BaseException:
        sink.abort()
        raise


def read_rows(path: Path, columns: Sequence[str] | None = None) -> pa.Table:
    """Read one file alone: without the key of its partition."""
    with pq.ParquetFile(path) as file:
        return file.read(columns=columns)
