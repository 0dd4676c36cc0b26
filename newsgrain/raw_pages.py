"""The pages of WARC files with their bodies, as Arrow rows for `newsgrain.flow`."""

from __future__ import annotations

import itertools
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from newsgrain.errors import ArchiveError, InputError
from newsgrain.flow_schema import RAW_SCHEMA
from newsgrain.remote import open_address
from newsgrain.warc_stream import read_warc

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import datetime

    from newsgrain.warc_stream import WarcPage

_ROWS = 50
_BATCH_BYTES = 16_000_000


def read_warc_files(
    batches: Iterable[pa.RecordBatch], *, fetched_at: datetime
) -> Iterator[pa.RecordBatch]:
    """Yield the pages in WARC files, in bounded memory.

    Args:
        batches: columns ``file``, which gives the order of the files, and ``path``: a path or
            an address (`newsgrain.remote.open_address`).
        fetched_at: for records that do not say when they were fetched; aware.

    Yields:
        `newsgrain.flow_schema.RAW_SCHEMA`. What is wrong with a file is a row without ``url``
        after the pages before it.
    """
    rows = itertools.chain.from_iterable(
        _file_rows(row["file"], row["path"], fetched_at)
        for batch in batches
        for row in batch.to_pylist()
    )
    batch: list[dict[str, Any]] = []
    size = 0
    for row in rows:
        batch.append(row)
        size += len(row.get("html") or b"")
        if len(batch) == _ROWS or size >= _BATCH_BYTES:
            yield pa.RecordBatch.from_pylist(batch, RAW_SCHEMA)
            batch, size = [], 0
    if batch:
        yield pa.RecordBatch.from_pylist(batch, RAW_SCHEMA)


def _file_rows(file: str, path: str, fetched_at: datetime) -> Iterator[dict[str, Any]]:
    position = 0
    try:
        with open_address(path) as opened:
            for page in read_warc(opened):
                if page is not None:
                    row = _row(page, path, page.fetched_at or fetched_at)
                    yield row | {"file": file, "position": position}
                    position += 1
    except InputError as error:
        yield {"file": file, "position": position, "error": f"{path}: {error.message}"}


def _row(page: WarcPage, path: str, fetched_at: datetime) -> dict[str, Any]:
    html, error = None, None
    try:
        html = page.body()
    except ValueError as exc:
        error = str(ArchiveError(" ".join(str(exc).split()), path=Path(path)))
    return {
        "kind": "input",
        "url": page.url,
        "is_final": True,
        "fetched_at": fetched_at,
        "status": page.status,
        "error": error,
        "content_type": page.content_type,
        "body_bytes": page.body_bytes,
        "body_sha256": page.body_sha256,
        "archive_file": path,
        "archive_offset": page.offset,
        "archive_length": page.length,
        "html": html,
    }
