"""What goes from one step of `newsgrain.flow` to the next, as Arrow has it.

Objects of `cleaners` travel packed, between workers of one version and one run alone.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pyarrow as pa

from newsgrain.columns import TEXT
from newsgrain.ledger import PageRow
from newsgrain.page_columns import PAGES, VERDICTS
from newsgrain.schema import TABLES

if TYPE_CHECKING:
    from collections.abc import Mapping

_OF_RUNS = frozenset({"page_id", "run_id"})
_KEPT = tuple(column for column in PAGES if column.name not in _OF_RUNS)
PAGE_FIELDS = tuple(column.name for column in _KEPT)
"""The columns of the table ``pages`` that a page brings along from its file."""

_PAGE = [
    column.field().with_nullable(True)  # noqa: FBT003 - pyarrow's signature
    for column in _KEPT
]

RAW_SCHEMA: pa.Schema = pa.schema(
    [
        pa.field("file", TEXT, nullable=False),
        pa.field("position", pa.int64(), nullable=False),
        *_PAGE,
        pa.field("html", pa.binary()),
        pa.field("language", TEXT),
        pa.field("timezone", TEXT),
    ]
)
"""A page as it lies in its file: which file, in the order of their names; the place in it; its
columns of ``pages``; and its body, encodings for transport undone, or null and why in ``error``.
A row without ``url`` says in ``error`` what is wrong with the file."""

READ_SCHEMA: pa.Schema = pa.schema(
    [
        *RAW_SCHEMA.remove(RAW_SCHEMA.get_field_index("html")),
        pa.field("domain", TEXT, nullable=False),
        pa.field("draft", pa.binary(), nullable=False),
        pa.field("sketch", pa.binary()),
    ]
)
"""A page that was read: its draft or rejection, and what it shows to the memory of its site."""

_SITE_BLOCK = pa.struct([column.field() for column in TABLES["site_blocks"].columns])
MEMORY_SCHEMA: pa.Schema = pa.schema(
    [
        pa.field("page_id", pa.int64()),
        pa.field("site_verdicts", pa.map_(TEXT, TEXT)),
        pa.field("site_block", _SITE_BLOCK),
    ]
)
"""What a site removes from a page, or a row of ``site_blocks``."""

_NUMBERED = [pa.field("page_id", pa.int64(), nullable=False), pa.field("domain", TEXT), *_PAGE]
FINISHED_SCHEMA: pa.Schema = pa.schema(
    [*_NUMBERED, pa.field("result", pa.binary(), nullable=False)]
)
"""A page with its article or rejection."""


def _row_type(table: str) -> pa.StructType:
    return pa.struct([column.field() for column in TABLES[table].columns])


TEXT_TYPE: pa.StructType = pa.struct(
    [
        pa.field("article_id", TEXT, nullable=False),
        pa.field("first_seen", pa.int64(), nullable=False),
        pa.field("fetched", pa.int64(), nullable=False),
        pa.field("revision", pa.int64(), nullable=False),
        pa.field("signature", pa.binary()),
        pa.field("declared", TEXT),
    ]
)
"""`newsgrain.duplicates.Text` of a revision."""

JUDGED_SCHEMA: pa.Schema = pa.schema(
    [
        pa.field("page_id", pa.int64(), nullable=False),
        pa.field("verdict", pa.struct([column.field() for column in VERDICTS]), nullable=False),
        pa.field("revision", _row_type("revisions")),
        pa.field("events", pa.list_(_row_type("events"))),
        pa.field("text", TEXT_TYPE),
    ]
)
"""A page's verdict, and the rows of other tables that it gave."""


def page_row(row: Mapping[str, Any], run_id: str) -> PageRow:
    """Return a row of `RAW_SCHEMA` and its successors as the ledger would have it."""
    page = {name: row[name] for name in PAGE_FIELDS}
    return PageRow(page_id=row["page_id"], run_id=run_id, **page)
