"""What older tables need to become those of a later schema, one function a version."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pyarrow as pa

if TYPE_CHECKING:
    from collections.abc import Sequence

_OF_ARTICLES = ("articles", "revisions")


def to_2(table: str, rows: pa.Table) -> pa.Table:
    """Add what version 2 wants of every row.

    Nothing was noted of robots directives. Every article is the first of its duplicates; the
    next run finds what it repeats.
    """
    if table not in _OF_ARTICLES:
        return rows
    rows = with_constant(rows, "robots", [], pa.list_(pa.string()))
    return rows.append_column("duplicate_group", rows["article_id"])


def with_constant(rows: pa.Table, name: str, value: object, type_: pa.DataType) -> pa.Table:
    """Return rows with a further column that is the same in all; unchanged if it is there."""
    if name in rows.column_names:
        return rows
    values: Sequence[object] = [value] * len(rows)
    return rows.append_column(name, pa.array(values, type_))
