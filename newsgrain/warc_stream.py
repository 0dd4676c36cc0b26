"""The pages in a WARC file, read once from its start to its end, from wherever it comes.

Nothing is sought: a file of Common Crawl is read while it is being received. Of the file, the
bytes of one record are held at a time, as they lie in it.
"""

from __future__ import annotations

import hashlib
import zlib
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

from fastwarc.warc import WarcRecordType

from cleaners.urls import is_address
from newsgrain.bodies import MAX_RECORD_BYTES, open_member, read_records
from newsgrain.clock import moment_of
from newsgrain.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import datetime

_PAGE_TYPES = WarcRecordType.response | WarcRecordType.revisit | WarcRecordType.resource
_HTML_TYPES = frozenset({"text/html", "application/xhtml+xml"})
_GZIP_MAGIC = b"\x1f\x8b"
_PIECE = 1 << 16
_HTTP_OK = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class WarcPage:
    """A record that holds a page.

    Attributes:
        url: its address, absolute, http or https.
        fetched_at: when it was fetched, if the record says so; aware.
        status: HTTP status; None for what was not fetched by HTTP.
        content_type: header ``Content-Type``.
        body_bytes: bytes of the body as it lies in the record.
        body_sha256: of the same bytes.
        offset: where the record starts in the file.
        length: its bytes in the file.
        member: these bytes; empty if they are more than `MAX_RECORD_BYTES`.
    """

    url: str
    fetched_at: datetime | None
    status: int | None
    content_type: str | None
    body_bytes: int
    body_sha256: str
    offset: int
    length: int
    member: bytes

    def body(self) -> bytes:
        """Return the body, its transfer and content encodings undone.

        Raises:
            ValueError: damaged, or larger than `newsgrain.bodies.MAX_BODY_BYTES`.
        """
        return open_member(self.member, self.body_sha256)


class Source(Protocol):
    """A file, or what is read like one."""

    def read(self, size: int = -1, /) -> bytes:
        """Return the next bytes, at most `size`; none at the end."""


def _everything(url: str, fetched_at: datetime | None) -> bool:  # noqa: ARG001 - a filter
    return True


def read_warc(
    file: Source, wanted: Callable[[str, datetime | None], bool] = _everything
) -> Iterator[WarcPage | None]:
    """Yield the pages of a WARC file, and None for each response that holds none.

    Args:
        file: read from where it stands, which must be the start.
        wanted: says by address and moment of fetching which pages are not to be passed over.

    Raises:
        InputError: the file is damaged, cut, or no WARC file; after the pages before that.
        OSError: it cannot be read.
    """
    tail = _Tail(file)
    found: dict[str, Any] | None = None
    try:
        for record in _records(tail):
            if found:
                yield _page(found, tail, end=record.stream_pos)
            found = None
            tail.start_record(record.stream_pos)
            if record.record_type & _PAGE_TYPES:
                found = _page_record(record, wanted)
                if not found:
                    yield None
    except InputError:
        if found and tail.is_gzip and (end := tail.end_of_record()):
            yield _page(found, tail, end=end)
        raise
    if tail.start < 0:
        raise InputError("holds no WARC record")
    end = tail.end_of_record()
    if found and end:
        yield _page(found, tail, end=end)
    if end is None or not tail.is_whole_from(end):
        raise InputError("ends within a record; the pages before it were read")


def _page(found: dict[str, Any], tail: _Tail, *, end: int) -> WarcPage:
    return WarcPage(**found, length=end - tail.start, member=tail.record(end))


def _records(tail: _Tail) -> Iterator[Any]:
    try:
        for record in read_records(tail):
            if tail.is_gzip and not tail.starts_member(record.stream_pos):
                raise InputError(
                    "is compressed as a whole, not record by record; `warcio recompress` mends that"
                )
            yield record
    except OSError as exc:
        if exc.errno:  # of the disk or the network, not of what the file holds
            raise
        raise InputError(f"is damaged: {exc}; the pages before it were read") from exc


def _page_record(
    record: Any, wanted: Callable[[str, datetime | None], bool]
) -> dict[str, Any] | None:
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
    fetched_at = moment_of(record.headers.get("WARC-Date"))
    if not wanted(url, fetched_at):
        return None
    body_bytes, body_sha256 = _digest(record)
    if not body_bytes:
        return None
    return {
        "offset": record.stream_pos,
        "url": url,
        "fetched_at": fetched_at,
        "status": status,
        "content_type": header,
        "body_bytes": body_bytes,
        "body_sha256": body_sha256,
    }


def _digest(record: Any) -> tuple[int, str]:
    size, digest = 0, hashlib.sha256()
    while piece := record.reader.read(_PIECE):
        size += len(piece)
        digest.update(piece)
    return size, digest.hexdigest()


class _Tail:
    """A file of which the bytes since the start of the present record are kept.

    Attributes:
        start: where the present record starts; -1 before the first.
        is_gzip: the file is compressed.

    Args:
        file: the file.
    """

    def __init__(self, file: Source) -> None:
        self._file = file
        self._kept = bytearray()
        self._from = 0
        self._omitted = False
        self.start = -1
        self.is_gzip = False

    def read(self, size: int = -1) -> bytes:
        """Read on, and keep what was read."""
        piece = self._file.read(size)
        if not self._kept and not self._from:
            self.is_gzip = piece.startswith(_GZIP_MAGIC)
        self._kept += piece
        if self.start >= 0 and len(self._kept) > MAX_RECORD_BYTES + _PIECE:
            # What can be read again within the bounds is shorter than this.
            self._omitted = True
            self._forget(self._from + len(self._kept) - _PIECE)
        return piece

    def tell(self) -> int:
        """Return how much was read."""
        return self._from + len(self._kept)

    def _forget(self, upto: int) -> None:
        del self._kept[: upto - self._from]
        self._from = upto

    def starts_member(self, offset: int) -> bool:
        """Say whether a gzip member starts at an offset, not before the present record's."""
        place = offset - self._from
        return self._kept[place : place + len(_GZIP_MAGIC)] == _GZIP_MAGIC

    def start_record(self, offset: int) -> None:
        """Forget what was before the record that starts at an offset."""
        self.start, self._omitted = offset, False
        self._forget(offset)

    def record(self, end: int) -> bytes:
        """Return the bytes of the present record; none of one that is too long to be read."""
        length = end - self.start
        return b"" if self._omitted or length > MAX_RECORD_BYTES else bytes(self._kept[:length])

    def end_of_record(self) -> int | None:
        """Return where the present record ends, None if it is cut; the file was read to its end.

        fastwarc ends without a word where a file was cut. A record that is too long to be kept
        is taken for whole.
        """
        if self._omitted:
            return self.tell()
        if not self.is_gzip:
            return self.tell() if self._kept.endswith(b"\r\n\r\n") else None
        return self._end_of_member(self.start)

    def is_whole_from(self, end: int | None) -> bool:
        """Say whether what follows the last record is whole members, or nothing."""
        while end is not None and end < self.tell():
            end = self._end_of_member(end)
        return end is not None

    def _end_of_member(self, start: int) -> int | None:
        stream = zlib.decompressobj(32 + zlib.MAX_WBITS)
        with memoryview(self._kept) as kept, suppress(zlib.error):
            for place in range(start - self._from, len(kept), _PIECE):
                stream.decompress(kept[place : place + _PIECE], _PIECE)
                while stream.unconsumed_tail:
                    stream.decompress(stream.unconsumed_tail, _PIECE)
                if stream.eof:
                    end = min(place + _PIECE, len(kept)) - len(stream.unused_data)
                    return self._from + end
        return None
