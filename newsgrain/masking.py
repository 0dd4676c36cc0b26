"""Masks in Arrow tables: only columns that hold a needle are made anew."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.compute as pc

from newsgrain.needles import mask

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from newsgrain.needles import Needle


def mask_rows(
    rows: pa.Table, needles: Sequence[Needle], *, without: Collection[str] = ()
) -> pa.Table:
    """Return rows in which no needle can be read; the very same table if there was none.

    Args:
        rows: of any types.
        needles: what is masked.
        without: names of columns that are left as they are.
    """
    if not needles or not len(rows):
        return rows
    for place, field in enumerate(rows.schema):
        if field.name in without:
            continue
        values = rows.column(place).combine_chunks()
        fresh = _masked(values, needles)
        if fresh is not values:
            rows = rows.set_column(place, field, fresh)
    return rows


def _masked(values: Any, needles: Sequence[Needle]) -> Any:
    if isinstance(values, pa.ChunkedArray):  # a table without rows
        return values
    if pa.types.is_string(values.type):
        return _masked_texts(values, needles)
    if pa.types.is_list(values.type):
        items = values.flatten()
        fresh = _masked(items, needles)
        return values if fresh is items else _list_of(values, fresh)
    if pa.types.is_struct(values.type):
        parts = values.flatten()
        fresh = [_masked(part, needles) for part in parts]
        if all(new is old for new, old in zip(fresh, parts, strict=True)):
            return values
        return pa.StructArray.from_arrays(fresh, fields=list(values.type), mask=values.is_null())
    return values


def _list_of(values: Any, items: Any) -> Any:
    """Return lists as long as some others, of other items."""
    lengths = pc.fill_null(pc.list_value_length(values), 0)
    ends = pc.cumulative_sum(lengths).cast(pa.int32())
    offsets = pa.concat_arrays([pa.array([0], pa.int32()), ends])
    return pa.ListArray.from_arrays(offsets, items, type=values.type, mask=values.is_null())


def _masked_texts(values: Any, needles: Sequence[Needle]) -> Any:
    holds = pa.repeat(pa.scalar(value=False), len(values))
    for needle in needles:
        found = pc.match_substring(values, needle.hint, ignore_case=True)
        holds = pc.or_(holds, pc.fill_null(found, fill_value=False))
    places = pc.indices_nonzero(holds)
    if not len(places):
        return values
    old = values.take(places).to_pylist()
    new = [mask(text, needles) for text in old]
    if new == old:
        return values
    return pc.replace_with_mask(values, holds, pa.array(new, values.type))


def rows_holding(rows: pa.Table, needles: Sequence[Needle]) -> Any:
    """Return of each row whether a needle can be read in any of its columns."""
    found = pa.repeat(pa.scalar(value=False), len(rows))
    for place in range(rows.num_columns):
        values = rows.column(place).combine_chunks()
        if not isinstance(values, pa.ChunkedArray):
            found = pc.or_(found, _holding(values, needles))
    return found


def _holding(values: Any, needles: Sequence[Needle]) -> Any:
    if pa.types.is_string(values.type):
        return _texts_holding(values, needles)
    if pa.types.is_list(values.type):
        owners = pc.list_parent_indices(values).filter(_holding(values.flatten(), needles))
        return pc.is_in(pa.array(range(len(values)), pa.int64()), value_set=owners)
    found = pa.repeat(pa.scalar(value=False), len(values))
    if pa.types.is_struct(values.type):
        for part in values.flatten():
            found = pc.or_(found, _holding(part, needles))
    return found


def _texts_holding(values: Any, needles: Sequence[Needle]) -> Any:
    sure = set()
    for needle in needles:
        hinted = pc.fill_null(pc.match_substring(values, needle.hint, ignore_case=True), False)  # noqa: FBT003
        for place in pc.indices_nonzero(hinted).to_pylist():
            if place not in sure and needle.pattern.search(values[place].as_py()):
                sure.add(place)
    return pc.is_in(pa.array(range(len(values)), pa.int64()), value_set=pa.array(sure, pa.int64()))
