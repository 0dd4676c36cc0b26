"""What goes into `newsgrain.batches.clean_batch` and what comes out, as Arrow has it."""

from __future__ import annotations

from datetime import UTC
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from cleaners.outcome import Cleaned, Reason, Rejected
from cleaners.records import Page
from newsgrain.arrow_rows import is_bytes, is_text
from newsgrain.bodies import html_bytes
from newsgrain.errors import InputError
from newsgrain.rows import OF_DATASETS, article_row
from newsgrain.schema import TABLES

if TYPE_CHECKING:
    from datetime import datetime

_REQUIRED = ("url", "html", "fetched_at")
COLUMNS_IN = (*_REQUIRED, "content_type", "language", "timezone")

_OUTCOME = (
    pa.field("url", pa.string(), metadata={"description": "as given"}),
    pa.field(
        "outcome", pa.string(), nullable=False, metadata={"description": "cleaned or rejected"}
    ),
    pa.field("reason", pa.string(), metadata={"description": "why it was rejected"}),
    pa.field("detail", pa.string(), metadata={"description": "evidence for people"}),
)

CLEANED_SCHEMA: pa.Schema = pa.schema(
    [
        *_OUTCOME,
        *(
            column.field().with_nullable(True)  # noqa: FBT003 - pyarrow's signature
            for column in TABLES["revisions"].columns
            if column.name not in {"url", *OF_DATASETS}
        ),
    ]
)
"""One row per page; the columns of ``revisions`` that a page alone gives, null if rejected."""


def verify(schema: pa.Schema) -> None:
    """Raise `InputError` if a batch cannot be cleaned for the type or lack of a column."""
    for name in COLUMNS_IN:
        if name not in schema.names:
            if name in _REQUIRED:
                raise InputError(f"the batch has no column {name}")
            continue
        kind = schema.field(name).type
        is_fine = {
            "fetched_at": pa.types.is_timestamp(kind),
            "html": is_text(kind) or is_bytes(kind),
        }.get(name, is_text(kind) or pa.types.is_null(kind))
        if not is_fine:
            raise InputError(f"the batch's column {name} cannot be of type {kind}")


def page_of(row: dict[str, Any]) -> Page | Rejected:
    """Return one row of a batch as a page; a row without address, body or time is rejected."""
    empty = [name for name in _REQUIRED if row[name] is None]
    if empty:
        return Rejected(reason=Reason.UNREADABLE, detail=f"null in {', '.join(empty)}")
    was_text = isinstance(row["html"], str)
    moment: datetime = row["fetched_at"]
    return Page(
        url=row["url"],
        html=html_bytes(row["html"]),
        fetched_at=moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC),
        # Text was decoded before: what the page declares of its encoding is no longer true.
        content_type="text/html; charset=utf-8" if was_text else row.get("content_type"),
        language=row.get("language"),
        timezone=row.get("timezone"),
    )


def result_row(result: Cleaned | Rejected) -> dict[str, Any]:
    """Return the columns of `CLEANED_SCHEMA` for a result, without ``url``."""
    if isinstance(result, Rejected):
        return {"outcome": "rejected", "reason": result.reason.value, "detail": result.detail}
    return {"outcome": "cleaned"} | article_row(result.article, result.blocks)
