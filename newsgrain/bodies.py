"""Read a page's body back, from the archive's own segments or from where a given file lies.

Works in any process, without the ledger. Every body is compared with the digest that was taken
when its row was written, so that a file that was exchanged since is seen.
"""

from __future__ import annotations

import hashlib
from functools import lru_cache
from io import BytesIO
from typing import TYPE_CHECKING, Any

from fastwarc.warc import ArchiveIterator, WarcRecordType

from newsgrain.content_encoding import (
    UndecodableError,
    gunzip,
    undo_chunks,
    undo_content_encoding,
)
from newsgrain.errors import ArchiveError
from newsgrain.formats import Format, format_of

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from newsgrain.ledger import BodyPlace, PageRow

MAX_BODY_BYTES = 20_000_000
"""Twice what the cleaner takes, so that it is the cleaner that says what is too large."""

MAX_RECORD_BYTES = 2 * MAX_BODY_BYTES
"""Of a record as it lies in its file: such a body, stored uncompressed, with its headers."""

# Cookies and security policies grow; fastwarc gives up after 32 kB unless it is told otherwise.
_MAX_HEADER_BYTES = 4_000_000
_ROWS_AT_ONCE = 32


def read_body(row: PageRow, folder: Path) -> bytes:
    """Return the body of a page, its content encoding undone.

    Args:
        row: the page.
        folder: the archive.

    Raises:
        ArchiveError: nothing is archived, the file is missing, damaged or exchanged, or the
            body is larger than `MAX_BODY_BYTES`.
    """
    if row.archive_file is None:
        raise ArchiveError(f"nothing is archived of page {row.page_id}")
    path = folder / row.archive_file
    if row.pruned_at is not None:
        raise ArchiveError(f"page {row.page_id} was pruned", path=path)
    try:
        return _read(row, path)
    except ValueError as exc:  # ours, and what pyarrow raises of a damaged file
        raise ArchiveError(" ".join(str(exc).split()), path=path) from exc
    except FileNotFoundError as exc:
        raise ArchiveError("the file is missing", path=path) from exc
    except OSError as exc:
        reason = " ".join(str(exc.strerror or exc).split())
        raise ArchiveError(f"cannot be read: {reason}", path=path) from exc


def _read(row: PageRow, path: Path) -> bytes:
    match format_of(path):
        case Format.PARQUET:
            body = _ParquetColumn.of(path).read(row.archive_offset or 0)
        case Format.HTML:
            body = read_html(path)
        case _:
            return _read_record(row, path)
    return _verified(row.body_sha256, body)


def _verified(sha256: str | None, body: bytes) -> bytes:
    if hashlib.sha256(body).hexdigest() != sha256:
        raise UndecodableError("the bytes are not those that were recorded; was it replaced?")
    return body


def read_records(file: Any) -> Iterator[Any]:
    """Return the WARC records in a file, their HTTP headers parsed, their bodies unread.

    Args:
        file: binary; of its methods, ``read`` and ``tell`` are called.
    """
    records: Iterator[Any] = ArchiveIterator(
        file, record_types=WarcRecordType.any_type, max_header_len=_MAX_HEADER_BYTES
    )
    return records


def read_member(path: Path, offset: int, length: int) -> bytes:
    """Return a record as it lies in its file.

    Raises:
        OSError: the file cannot be read.
    """
    with path.open("rb") as file:
        file.seek(offset)
        return file.read(min(length, MAX_RECORD_BYTES))


def open_member(member: bytes, sha256: str) -> bytes:
    """Return the body in a record, its transfer and content encodings undone.

    Args:
        member: the record as it lies in its file.
        sha256: of the body as it lies in the record.

    Raises:
        ValueError: it is damaged, exchanged, or larger than `MAX_BODY_BYTES`.
    """
    headers, body = _open(member)
    return _decoded(headers, _verified(sha256, body))


def _open_record(path: Path, offset: int, length: int) -> tuple[Any, bytes]:
    """Return the HTTP headers and the body of a record."""
    return _open(read_member(path, offset, length))


def _open(member: bytes) -> tuple[Any, bytes]:
    for record in read_records(BytesIO(member)):
        if record.content_length > MAX_BODY_BYTES:
            raise UndecodableError(f"larger than {MAX_BODY_BYTES} bytes")
        headers: Any = record.http_headers if record.is_http else {}
        return headers, record.reader.read()
    raise UndecodableError("there is no WARC record")


def _read_record(row: PageRow, path: Path) -> bytes:
    headers, body = _open_record(path, row.archive_offset or 0, row.archive_length or 0)
    if row.body_file is not None:  # what this page was answered with, and an earlier one's bytes
        earlier = path.with_name(row.body_file)
        _, body = _open_record(earlier, row.body_offset or 0, row.body_length or 0)
    return _decoded(headers, _verified(row.body_sha256, body))


def _decoded(headers: Any, body: bytes) -> bytes:
    if "chunked" in (headers.get("Transfer-Encoding") or "").lower():
        body = undo_chunks(body)
    return undo_content_encoding(body, headers.get("Content-Encoding"), MAX_BODY_BYTES)


def is_intact(path: Path, place: BodyPlace, sha256: str) -> bool:
    """Say whether a body lies, whole, where the ledger has it."""
    try:
        _, body = _open_record(path, place.offset, place.length)
    except (OSError, ValueError):
        return False
    return hashlib.sha256(body).hexdigest() == sha256


def read_html(path: Path) -> bytes:
    """Return an HTML file's bytes, decompressed if it is gzipped.

    Raises:
        UndecodableError: damaged, or larger than `MAX_BODY_BYTES`.
        OSError: it cannot be read.
    """
    with path.open("rb") as file:
        data = file.read(MAX_BODY_BYTES + 1)
    if len(data) > MAX_BODY_BYTES:
        raise UndecodableError(f"larger than {MAX_BODY_BYTES} bytes")
    return gunzip(data, MAX_BODY_BYTES) if path.suffix.lower() == ".gz" else data


class _ParquetColumn:
    """The column ``html`` of one file, read forward a few rows at a time.

    Pages are asked for in rising order; each alone would decompress its whole row group.
    """

    def __init__(self, path: Path) -> None:
        from pyarrow.parquet import ParquetFile

        self._file: Any = ParquetFile(path)
        if "html" not in self._file.schema_arrow.names:
            raise UndecodableError("there is no column html")
        self._values: Iterator[bytes] = iter(())
        self._next = 0
        self._end = 0

    @classmethod
    def of(cls, path: Path) -> _ParquetColumn:
        """Return the column of a file, where the last call left it."""
        stat = path.stat()
        return _open_column(path, stat.st_size, stat.st_mtime_ns)

    def read(self, number: int) -> bytes:
        """Return the value in a row of the file, counted from 0."""
        if not self._next <= number < self._end:
            self._start_group(number)
        for value in self._values:
            self._next += 1
            if self._next > number:
                return value
        raise UndecodableError(f"there is no row {number}")

    def _start_group(self, number: int) -> None:
        start = 0
        metadata = self._file.metadata
        for group in range(metadata.num_row_groups):
            rows = metadata.row_group(group).num_rows
            if number < start + rows:
                self._values = self._group(group)
                self._next, self._end = start, start + rows
                return
            start += rows
        raise UndecodableError(f"there is no row {number}")

    def _group(self, group: int) -> Iterator[bytes]:
        for batch in self._file.iter_batches(_ROWS_AT_ONCE, row_groups=[group], columns=["html"]):
            for value in batch.column(0):
                yield html_bytes(value.as_py())


@lru_cache(maxsize=2)
def _open_column(path: Path, size: int, mtime_ns: int) -> _ParquetColumn:  # noqa: ARG001 - the key
    return _ParquetColumn(path)


def html_bytes(value: bytes | str | None) -> bytes:
    """Return a cell of a column ``html`` as bytes; text is encoded as UTF-8."""
    return value.encode("utf-8", "replace") if isinstance(value, str) else value or b""
