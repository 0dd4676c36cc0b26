"""Arrow batches of pages as Python rows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pyarrow as pa

if TYPE_CHECKING:
    from collections.abc import Sequence


def rows_of(batch: pa.RecordBatch, columns: Sequence[str]) -> list[dict[str, Any]]:
    """Return the rows of a batch with those of the given columns that it has.

    Timestamps are cut to microseconds: Python holds no more, and pyarrow would ask for pandas.
    """
    names = [name for name in columns if name in batch.schema.names]
    arrays = []
    for name in names:
        array = batch.column(name)
        if pa.types.is_timestamp(array.type):
            array = array.cast(pa.timestamp("us", array.type.tz), safe=False)
        arrays.append(array.to_pylist())
    return [dict(zip(names, values, strict=True)) for values in zip(*arrays, strict=True)]


def is_text(kind: pa.DataType) -> bool:
    """Say whether a column of this type gives strings."""
    tests = (pa.types.is_string, pa.types.is_large_string, pa.types.is_string_view)
    return any(test(kind) for test in tests)


def is_bytes(kind: pa.DataType) -> bool:
    """Say whether a column of this type gives bytes."""
    tests = (pa.types.is_binary, pa.types.is_large_binary, pa.types.is_binary_view)
    return any(test(kind) for test in tests)
