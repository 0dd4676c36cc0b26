"""The records of a WARC file: told apart, read, and overwritten by one that holds nothing.

Each is a gzip member of its own; or the file is not compressed at all.
"""

from __future__ import annotations

import os
import re
import struct
import zlib
from base64 import b32encode
from bisect import bisect_right
from contextlib import suppress
from dataclasses import dataclass
from hashlib import sha1
from typing import TYPE_CHECKING

from newsgrain.bodies import MAX_BODY_BYTES
from newsgrain.content_encoding import UndecodableError, undo_chunks, undo_content_encoding
from newsgrain.disk import separate
from newsgrain.errors import ArchiveError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path
    from typing import BinaryIO

_MAGIC = b"WARC/"
_END = b"\r\n\r\n"
_LENGTH = re.compile(rb"^content-length: *(\d+)\s*$", re.IGNORECASE | re.MULTILINE)
_CHUNK = 1 << 20
_CHARSET = re.compile(rb"charset=[\"']?([\w-]+)", re.IGNORECASE)
_DECLARED = 4096  # bytes within which a page declares its encoding
_GZIP_HEAD = struct.Struct("<BBBBLBB")
_COMMENT = 16  # the flag: a comment follows the head, of any length
_REMOVED = b"removed\r\n"
_FILLING = b"\r\n".join(
    (
        b"WARC/1.1",
        b"WARC-Type: metadata",
        b"WARC-Record-ID: <urn:uuid:00000000-0000-4000-8000-000000000000>",
        b"WARC-Date: 1970-01-01T00:00:00Z",
        b"WARC-Block-Digest: sha1:" + b32encode(sha1(_REMOVED, usedforsecurity=False).digest()),
        b"Content-Type: text/plain",
        b"Content-Length: %d" % len(_REMOVED),
        b"",
        _REMOVED + b"\r\n",
        b"",
    )
)

_PLAIN_FILLING = b"\r\n".join(
    (
        *_FILLING.split(b"\r\n")[:4],
        b"Content-Type: text/plain",
        b"Content-Length: %010d",
        b"",
        b"",
    )
)


@dataclass(frozen=True, slots=True)
class Record:
    """One answer in a segment, with the request that follows it.

    Attributes:
        offset: where it starts.
        answer: bytes of the answer's member.
        length: bytes of both members.
        parts: the two records, decompressed.
    """

    offset: int
    answer: int
    length: int
    parts: tuple[bytes, ...]


def filling(length: int) -> bytes:
    """Return a WARC record without content as a gzip member of exactly so many bytes.

    Its size is made up by a comment in the member's head (RFC 1952), which readers skip.

    Raises:
        ArchiveError: the space is too small to hold one.
    """
    deflate = zlib.compressobj(9, zlib.DEFLATED, -zlib.MAX_WBITS)
    content = deflate.compress(_FILLING) + deflate.flush()
    tail = struct.pack("<LL", zlib.crc32(_FILLING), len(_FILLING))
    comment = length - _GZIP_HEAD.size - 1 - len(content) - len(tail)
    if comment < 0:
        raise ArchiveError(f"a record of {length} bytes is too small to be overwritten")
    head = _GZIP_HEAD.pack(0x1F, 0x8B, 8, _COMMENT, 0, 2, 255)
    return head + b" " * comment + b"\0" + content + tail


def plain_filling(length: int) -> bytes:
    """Return the same for a file that is not compressed.

    Raises:
        ArchiveError: the space is too small to hold one.
    """
    spaces = length - len(_PLAIN_FILLING % 0) - len(_END)
    if spaces < 0:
        raise ArchiveError(f"a record of {length} bytes is too small to be overwritten")
    return _PLAIN_FILLING % spaces + b" " * spaces + _END


def read_members(
    path: Path, start: int = 0, places: Sequence[int] = ()
) -> Iterator[tuple[int, int, bytes]]:
    """Yield offset, length and contents of each record of a file; a torn end is left out.

    Args:
        path: compressed record by record, or not at all.
        start: where the first one starts.
        places: where others start, rising: behind damage it goes on at the next of them.
    """
    with path.open("rb") as file:
        read = _plain if _is_plain(file) else _zipped
        following: int | None = start
        while following is not None:
            end = following
            for offset, length, content in read(file, following):
                yield offset, length, content
                end = offset + length
            behind = bisect_right(places, end)
            following = places[behind] if behind < len(places) else None


def _is_plain(file: BinaryIO) -> bool:
    file.seek(0)
    return file.read(len(_MAGIC)) == _MAGIC


def _zipped(file: BinaryIO, start: int) -> Iterator[tuple[int, int, bytes]]:
    file.seek(start)
    offset, data = start, file.read(_CHUNK)
    while data:
        stream, parts, used = zlib.decompressobj(31), [], 0
        while data and not stream.eof:
            try:
                parts.append(stream.decompress(data))
            except zlib.error:
                return
            used += len(data) - len(stream.unused_data)
            data = stream.unused_data or file.read(_CHUNK)
        if not stream.eof:
            return
        yield offset, used, b"".join(parts)
        offset += used


def _plain(file: BinaryIO, start: int) -> Iterator[tuple[int, int, bytes]]:
    file.seek(start)
    offset = start
    while (head := b"".join(_head(file))).startswith(_MAGIC):
        length = _LENGTH.search(head)
        rest = file.read(int(length[1]) + len(_END)) if length else b""
        if not rest.endswith(_END):
            return
        yield offset, len(head) + len(rest), head + rest
        offset += len(head) + len(rest)


def _head(file: BinaryIO) -> Iterator[bytes]:
    while line := file.readline():
        yield line
        if not line.strip():
            return


def read_answers(path: Path, start: int = 0, places: Sequence[int] = ()) -> Iterator[Record]:
    """Yield the answers in a segment from a place on, each with its request.

    The arguments are those of `read_members`. Behind damage, a request may come alone.
    """
    waiting: Record | None = None
    for offset, length, content in read_members(path, start, places):
        kind = _warc_type(content)
        if kind == b"request" and waiting is not None:
            size, parts = waiting.length + length, (*waiting.parts, content)
            yield Record(waiting.offset, waiting.answer, size, parts)
            waiting = None
            continue
        if waiting is not None:
            yield waiting
            waiting = None
        if kind in {b"response", b"revisit", b"resource", b"request"}:
            waiting = Record(offset, length, length, (content,))
    if waiting is not None:
        yield waiting


def _warc_type(content: bytes) -> bytes:
    head = content.partition(b"\r\n\r\n")[0].lower()
    return head.partition(b"warc-type:")[2].split(b"\r\n")[0].strip()


def text_of(raw: bytes, head: bytes = b"") -> tuple[str, str]:
    """Return bytes as text, and the encoding that turns it back into the same bytes.

    Args:
        raw: the bytes.
        head: what may declare their encoding beside them.
    """
    declared = (match[1].decode() for match in _CHARSET.finditer(head + b"\r\n" + raw[:_DECLARED]))
    for encoding in ("utf-8", *dict.fromkeys(declared)):
        with suppress(LookupError, ValueError):
            text = raw.decode(encoding)
            if text.encode(encoding) == raw:
                return text, encoding
    return raw.decode("latin-1"), "latin-1"


def readable(record: Record) -> Iterator[str]:
    """Yield what can be read in a record: its heads, and its body without encoding."""
    for part in record.parts:
        head, _, rest = part.partition(b"\r\n\r\n")
        yield text_of(head)[0]
        http, _, body = rest.partition(b"\r\n\r\n")
        yield text_of(http)[0]
        encoding = _header(http, b"content-encoding")
        with suppress(UndecodableError):
            body = body.removesuffix(_END)
            if "chunked" in (_header(http, b"transfer-encoding") or "").lower():
                body = undo_chunks(body)  # those of Common Crawl may be as they were sent
            body = undo_content_encoding(body, encoding, MAX_BODY_BYTES)
        yield text_of(body, http)[0]


def _header(head: bytes, name: bytes) -> str | None:
    for line in head.split(b"\r\n"):
        key, _, value = line.partition(b":")
        if key.strip().lower() == name:
            return value.strip().decode("latin-1")
    return None


def headers_of(head: bytes) -> tuple[tuple[str, str], ...]:
    """Return the HTTP headers in a head, whose first line is none."""
    lines = (text_of(line)[0] for line in head.split(b"\r\n")[1:])
    pairs = (line.partition(":") for line in lines if line)
    return tuple((name.strip(), value.strip()) for name, _, value in pairs)


def _filled(length: int, *, is_plain: bool) -> bytes:
    try:
        return plain_filling(length) if is_plain else filling(length)
    except ArchiveError:  # the torn end of a file, or a record that another crawler wrote
        return bytes(length)


def overwrite(path: Path, doomed: Sequence[tuple[int, int]]) -> None:
    """Fill records, told by offset and length, with nothing; other bytes stay as they are.

    A file that another archive has too, by a second name, becomes a copy of its own first.
    """
    if path.stat().st_nlink > 1:
        separate(path)
    with path.open("rb") as file:
        is_plain = _is_plain(file)
    descriptor = os.open(path, os.O_WRONLY | os.O_CLOEXEC)
    try:
        for offset, length in doomed:
            data = memoryview(_filled(length, is_plain=is_plain))
            while data:
                written = os.pwrite(descriptor, data, offset)
                offset, data = offset + written, data[written:]  # noqa: PLW2901
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
