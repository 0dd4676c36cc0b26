"""Columns of a run's log rows that are only known when the run's last row is there."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import replace
from typing import TYPE_CHECKING, Any, TypeAlias

import pyarrow as pa
import pyarrow.parquet as pq

from newsgrain.parquet import ParquetSink

if TYPE_CHECKING:
    from pathlib import Path

    from newsgrain.manifest import FileEntry
    from newsgrain.schema import Table

Late: TypeAlias = Callable[[Sequence[str]], Mapping[str, Mapping[str, Any]]]
"""Takes some articles; gives columns for those of them whose rows are to be changed."""

_DRAFT = ".amended"


def amended(
    root: Path, entry: FileEntry, table: Table, late: Late, provenance: Mapping[str, str]
) -> FileEntry:
    """Write the late columns into a file that no one has seen yet; a row group is in memory.

    Args:
        root: the folder that paths start from.
        entry: the file.
        table: of the file.
        late: tells the columns.
        provenance: the file's key-value metadata.

    Returns:
        the file as it is now; the same, untouched, if there is nothing to change in it.
    """
    path = root / entry.path
    with pq.ParquetFile(path) as file, ExitStack() as undo:
        groups = range(file.num_row_groups)
        if not any(_changes(file, number, late) for number in groups):
            return entry
        sink = ParquetSink(root, entry.path + _DRAFT, table)
        undo.callback(sink.abort)
        for number in groups:
            sink.write(_changed(file.read_row_group(number), _changes(file, number, late)))
        written = sink.close(provenance)
        undo.pop_all()
    (root / written.path).replace(path)
    return replace(written, path=entry.path)


def _changes(file: pq.ParquetFile, number: int, late: Late) -> Mapping[str, Mapping[str, Any]]:
    ids = file.read_row_group(number, columns=["article_id"])["article_id"]
    return late(ids.to_pylist())


def _changed(rows: pa.Table, changes: Mapping[str, Mapping[str, Any]]) -> pa.Table:
    ids = rows["article_id"].to_pylist()
    for name in sorted({name for columns in changes.values() for name in columns}):
        values = rows[name].to_pylist()
        fresh = [changes.get(ids[row], {}).get(name, old) for row, old in enumerate(values)]
        field = rows.schema.field(name)
        place = rows.schema.get_field_index(name)
        rows = rows.set_column(place, field, pa.array(fresh, field.type))
    return rows
