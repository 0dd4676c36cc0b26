"""The pages in one given file: WARC records, rows of Parquet, or the HTML file itself.

Each reader yields a page, or None for a record that is none, in bounded memory.
"""

from __future__ import annotations

import hashlib
import os
import zlib
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from fastwarc.warc import WarcRecordType

from cleaners.urls import normalise_url
from newsgrain.bodies import html_bytes, read_html, read_records
from newsgrain.content_encoding import UndecodableError
from newsgrain.errors import InputError
from newsgrain.formats import Format
from newsgrain.ledger import NewInput

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_PAGE_TYPES = WarcRecordType.response | WarcRecordType.revisit | WarcRecordType.resource
_HTML_TYPES = frozenset({"text/html", "application/xhtml+xml"})
_GZIP_MAGIC = b"\x1f\x8b"
_PIECE = 1 << 16
_HTTP_OK = 200
_ROWS_AT_ONCE = 32
_DECLARATIONS = (
    "//link[translate(@rel, 'CANOIL', 'canoil') = 'canonical']/@href",
    "//meta[@property = 'og:url' or @name = 'og:url']/@content",
)
_UTF8_HTML = "text/html; charset=utf-8"


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """One file, and what is known of it from outside.

    Attributes:
        path: absolute.
        sha256: of the whole file.
        url: address of its one page, if it was given.
        fetched_at: for pages that do not say when they were fetched; aware.
    """

    path: Path
    sha256: str
    url: str | None
    fetched_at: datetime

    def page(  # noqa: PLR0913 - the columns of a row
        self,
        url: str,
        *,
        offset: int,
        length: int,
        body_bytes: int,
        body_sha256: str,
        content_type: str | None = None,
        fetched_at: datetime | None = None,
        status: int | None = None,
    ) -> NewInput:
        """Return a page of this file."""
        return NewInput(
            url=url,
            fetched_at=fetched_at or self.fetched_at,
            status=status,
            content_type=content_type,
            body_bytes=body_bytes,
            body_sha256=body_sha256,
            archive_file=str(self.path),
            archive_offset=offset,
            archive_length=length,
            archive_sha256=self.sha256,
        )


def read_pages(kind: Format, origin: Origin) -> Iterator[NewInput | None]:
    """Return the pages of a file, with None for each record that is no page.

    Raises:
        InputError: the file is damaged, cut, or not what its name says; while iterating.
        OSError: it cannot be read; while iterating.
    """
    readers = {Format.WARC: _warc, Format.HTML: _html, Format.PARQUET: _parquet}
    return readers[kind](origin)


def is_address(url: str) -> bool:
    """Say whether `url` is an absolute http(s) address."""
    try:
        normalise_url(url)
    except ValueError:
        return False
    return True


def _moment(text: str | None) -> datetime | None:
    """Return an ISO 8601 moment; without an offset it is UTC, as WARC has it."""
    try:
        moment = datetime.fromisoformat(text or "")
    except ValueError:
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


# WARC


@dataclass(frozen=True, slots=True, kw_only=True)
class _Record:
    """What is kept of a record until the next one tells where it ends."""

    offset: int
    url: str
    fetched_at: datetime | None
    status: int | None
    content_type: str | None
    body_bytes: int
    body_sha256: str


def _warc(origin: Origin) -> Iterator[NewInput | None]:
    size = origin.path.stat().st_size
    start, found, damage = -1, None, None
    try:
        for offset, record in _warc_records(origin.path):
            if found:
                yield _warc_page(origin, found, end=offset)
            start, found = offset, None
            if _may_be_page(record):
                found = _page_record(record)
                if not found:
                    yield None
    except InputError as error:
        damage = error
    if start < 0:
        raise damage or InputError("holds no WARC record", path=origin.path)
    if not damage and _ends_whole(origin.path, start, size):
        if found:
            yield _warc_page(origin, found, end=size)
        return
    if found and (end := _end_of_member(origin.path, start)):
        yield _warc_page(origin, found, end=end)
    reason = "ends within a record; the pages before it were read"
    raise damage or InputError(reason, path=origin.path)


def _warc_page(origin: Origin, record: _Record, *, end: int) -> NewInput:
    return origin.page(
        record.url,
        offset=record.offset,
        length=end - record.offset,
        body_bytes=record.body_bytes,
        body_sha256=record.body_sha256,
        content_type=record.content_type,
        fetched_at=record.fetched_at,
        status=record.status,
    )


def _warc_records(path: Path) -> Iterator[tuple[int, Any]]:
    """Yield each record with its offset."""
    with path.open("rb") as file:
        is_gzip = file.read(2) == _GZIP_MAGIC
        file.seek(0)
        try:
            for record in read_records(file):
                offset = record.stream_pos
                if is_gzip and os.pread(file.fileno(), 2, offset) != _GZIP_MAGIC:
                    raise InputError(
                        "is compressed as a whole, not record by record; `warcio recompress` "
                        "mends that",
                        path=path,
                    )
                yield offset, record
        except OSError as exc:
            raise InputError(
                f"is damaged: {exc}; the pages before it were read", path=path
            ) from exc


def _may_be_page(record: Any) -> bool:
    return bool(record.record_type & _PAGE_TYPES)


def _page_record(record: Any) -> _Record | None:
    """Return what a record says of its page, or None if it is no page."""
    url = (record.headers.get("WARC-Target-URI") or "").strip("<> ")
    if record.is_http:
        status = record.http_headers.status_code
        header = record.http_headers.get("Content-Type")
    else:
        status, header = None, record.headers.get("Content-Type")
    content_type = (header or "").partition(";")[0].strip().lower()
    if status not in {None, _HTTP_OK} or content_type not in _HTML_TYPES or not is_address(url):
        return None
    body_bytes, body_sha256 = _digest(record)
    if not body_bytes:
        return None
    return _Record(
        offset=record.stream_pos,
        url=url,
        fetched_at=_moment(record.headers.get("WARC-Date")),
        status=status,
        content_type=header,
        body_bytes=body_bytes,
        body_sha256=body_sha256,
    )


def _digest(record: Any) -> tuple[int, str]:
    size, digest = 0, hashlib.sha256()
    while piece := record.reader.read(_PIECE):
        size += len(piece)
        digest.update(piece)
    return size, digest.hexdigest()


def _ends_whole(path: Path, offset: int, size: int) -> bool:
    """Say whether the records from `offset` to the end are complete.

    fastwarc ends without a word where a file was cut.
    """
    with path.open("rb") as file:
        if file.read(2) != _GZIP_MAGIC:
            file.seek(max(size - 4, 0))
            return file.read() == b"\r\n\r\n"
        file.seek(offset)
        stream = zlib.decompressobj(32 + zlib.MAX_WBITS)
        while piece := file.read(_PIECE):
            stream = _skim(stream, piece)
        return stream.eof


def _end_of_member(path: Path, offset: int) -> int | None:
    """Return where the gzip member at `offset` ends, None if it is cut or damaged."""
    stream = zlib.decompressobj(32 + zlib.MAX_WBITS)
    with path.open("rb") as file, suppress(zlib.error):
        file.seek(offset)
        while piece := file.read(_PIECE):
            stream.decompress(piece, _PIECE)
            while stream.unconsumed_tail:
                stream.decompress(stream.unconsumed_tail, _PIECE)
            if stream.eof:
                return file.tell() - len(stream.unused_data)
    return None


def _skim(stream: Any, piece: bytes) -> Any:
    """Decompress and forget; return the decompressor of the last member that was begun."""
    while piece:
        if stream.eof:
            stream = zlib.decompressobj(32 + zlib.MAX_WBITS)
        stream.decompress(piece, _PIECE)
        while stream.unconsumed_tail:
            stream.decompress(stream.unconsumed_tail, _PIECE)
        piece = stream.unused_data
    return stream


# HTML


def _html(origin: Origin) -> Iterator[NewInput | None]:
    try:
        body = read_html(origin.path)
    except UndecodableError as exc:
        raise InputError(str(exc), path=origin.path) from exc
    if _is_binary(body):
        raise InputError("is no HTML but binary data", path=origin.path)
    url = origin.url or _declared_url(body)
    if not url:
        raise InputError(
            "does not say its address (no canonical link, no og:url); give it with --url",
            path=origin.path,
        )
    if not is_address(url):
        raise InputError(f"not an absolute http(s) address: {url[:200]!r}", path=origin.path)
    yield origin.page(
        url,
        offset=0,
        length=origin.path.stat().st_size,
        body_bytes=len(body),
        body_sha256=hashlib.sha256(body).hexdigest(),
    )


def _is_binary(body: bytes) -> bool:
    is_utf16 = body.startswith((b"\xff\xfe", b"\xfe\xff"))
    return body.startswith(b"%PDF-") or (b"\0" in body[:_PIECE] and not is_utf16)


def _declared_url(body: bytes) -> str | None:
    """Return the address that a page declares as its own, if it is an absolute one."""
    from lxml import etree, html

    try:
        tree = html.fromstring(body) if body.strip() else None
    except (etree.ParserError, ValueError):  # a page of comments, or of nothing
        tree = None
    if tree is None:
        return None
    for path in _DECLARATIONS:
        found: Any = tree.xpath(path)
        for value in found:
            if is_address(url := str(value).strip()):
                return url
    return None


# Parquet


def _parquet(origin: Origin) -> Iterator[NewInput | None]:
    from pyarrow import ArrowException
    from pyarrow.parquet import ParquetFile

    from newsgrain.arrow_rows import rows_of

    try:
        with ParquetFile(origin.path) as file:
            columns = _parquet_columns(file, origin.path)
            number = 0
            for batch in file.iter_batches(_ROWS_AT_ONCE, columns=columns):
                for row in rows_of(batch, columns):
                    yield _parquet_page(origin, row, number)
                    number += 1
    except (ArrowException, OSError) as exc:
        if isinstance(exc, OSError) and exc.errno:
            raise
        reason = " ".join(str(exc).split())[:200]
        raise InputError(f"is damaged or no Parquet: {reason}", path=origin.path) from exc


def _parquet_columns(file: Any, path: Path) -> list[str]:
    names = file.schema_arrow.names
    missing = [name for name in ("url", "html") if name not in names]
    if missing:
        reason = f"has no column {' and no column '.join(missing)}; columns are url and html"
        raise InputError(reason, path=path)
    return [name for name in ("url", "html", "fetched_at", "content_type") if name in names]


def _parquet_page(origin: Origin, row: dict[str, Any], number: int) -> NewInput | None:
    url, html = row["url"], row["html"]
    if not isinstance(url, str) or not isinstance(html, str | bytes) or not is_address(url):
        return None
    body = html_bytes(html)
    # Text was decoded by whoever wrote the file; what the page declares is no longer true.
    content_type = _UTF8_HTML if isinstance(html, str) else row.get("content_type")
    fetched_at = row.get("fetched_at")
    stamp = fetched_at.isoformat() if isinstance(fetched_at, datetime) else fetched_at
    return origin.page(
        url,
        offset=number,
        length=len(body),
        body_bytes=len(body),
        body_sha256=hashlib.sha256(body).hexdigest(),
        content_type=content_type if isinstance(content_type, str) else None,
        fetched_at=_moment(stamp) if isinstance(stamp, str) else None,
    )
