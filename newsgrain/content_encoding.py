"""Undo ``Content-Encoding`` and ``Transfer-Encoding: chunked``, within a bound.

Archives lie about both: Common Crawl stored bodies decoded under the headers of encoded ones,
others left chunks in. So a body that does not decode and starts with a tag is taken as it is.
"""

from __future__ import annotations

import re
import sys
import zlib
from importlib import import_module
from typing import Any

_GZIP_MAGIC = b"\x1f\x8b"
_GZIP_NAMES = frozenset({"gzip", "x-gzip"})
_ANY_ZLIB_HEADER = 32 + zlib.MAX_WBITS
# Scrapy depends on both libraries; neither has types.
_ZSTD = "compression.zstd" if sys.version_info >= (3, 14) else "backports.zstd"
_CHUNK_HEAD = re.compile(rb"([0-9a-fA-F]{1,8})[ \t]*(?:;[^\r\n]*)?\r\n")


class UndecodableError(ValueError):
    """The body cannot be decoded, or not within the bound; the message is one line."""


class TooLargeError(UndecodableError):
    """The body is larger than the bound when it is decompressed."""


def _bounded(data: bytes, limit: int) -> bytes:
    if len(data) > limit:
        raise TooLargeError(f"larger than {limit} bytes when decompressed")
    return data


def _inflate(data: bytes, limit: int, window_bits: int) -> bytes:
    """Return the decompressed members at the start of `data`; what follows them is padding."""
    parts, left = [], limit + 1
    while True:
        stream = zlib.decompressobj(window_bits)
        part = stream.decompress(data, left)
        parts.append(part)
        left -= len(part)
        if not left:
            return _bounded(b"".join(parts), limit)
        if not stream.eof:
            raise UndecodableError("compressed body ends early")
        data = stream.unused_data
        if not data.startswith(_GZIP_MAGIC):
            return b"".join(parts)


def gunzip(data: bytes, limit: int) -> bytes:
    """Return a gzip file's contents, all members of it.

    Raises:
        UndecodableError: damaged, cut, or larger than `limit` bytes.
    """
    try:
        return _inflate(data, limit, _ANY_ZLIB_HEADER)
    except zlib.error as exc:
        raise UndecodableError(f"damaged gzip: {exc}") from exc


def _deflate(data: bytes, limit: int) -> bytes:
    """RFC 9110 says zlib; half of the servers that used it sent bare deflate."""
    try:
        return _inflate(data, limit, zlib.MAX_WBITS)
    except zlib.error:
        return _inflate(data, limit, -zlib.MAX_WBITS)


def _brotli(data: bytes, limit: int) -> bytes:
    brotli: Any = import_module("brotli")
    stream = brotli.Decompressor()
    parts: list[bytes] = []
    left = limit + 1
    try:
        while left > 0 and not stream.is_finished():
            part = stream.process(data, output_buffer_limit=left)
            if not part and not data:
                raise UndecodableError("compressed body ends early")
            parts.append(part)
            left, data = left - len(part), b""
    except brotli.error as exc:
        raise UndecodableError(f"damaged brotli: {exc}") from exc
    return _bounded(b"".join(parts), limit)


def _zstd(data: bytes, limit: int) -> bytes:
    zstd: Any = import_module(_ZSTD)
    parts: list[bytes] = []
    left = limit + 1
    while data and left > 0:  # frame by frame: together they are the body
        stream = zstd.ZstdDecompressor()
        try:
            part: bytes = stream.decompress(data, left)
        except zstd.ZstdError as exc:
            raise UndecodableError(f"damaged zstd: {exc}") from exc
        parts.append(part)
        left -= len(part)
        if left > 0 and not stream.eof:
            raise UndecodableError("compressed body ends early")
        data = stream.unused_data if stream.eof else b""
    return _bounded(b"".join(parts), limit)


_DECODERS = {"deflate": _deflate, "br": _brotli, "zstd": _zstd} | dict.fromkeys(_GZIP_NAMES, gunzip)


def _looks_like_markup(data: bytes) -> bool:
    return data[:1024].removeprefix(b"\xef\xbb\xbf").lstrip().startswith(b"<")


def undo_content_encoding(data: bytes, header: str | None, limit: int) -> bytes:
    """Return a body without its content encodings, undone from the last to the first.

    Args:
        data: the body under its encodings.
        header: ``Content-Encoding``, e.g. ``gzip`` or ``deflate, br``.
        limit: the most bytes that may come out of any of them.

    Raises:
        UndecodableError: unknown encoding, damaged body, or more than `limit` bytes.
    """
    for part in reversed((header or "").lower().split(",")):
        name = part.strip()
        if name in {"", "identity"} or not data:
            continue
        if name not in _DECODERS:
            if _looks_like_markup(data):
                continue
            raise UndecodableError(f"unknown content encoding {name[:40]!r}")
        try:
            data = _DECODERS[name](data, limit)
        except (UndecodableError, zlib.error) as exc:
            if isinstance(exc, TooLargeError):
                raise
            if not _looks_like_markup(data):
                raise UndecodableError(str(exc)) from exc
    return data


def undo_chunks(data: bytes) -> bytes:
    """Return a body without the chunks of HTTP/1.1; one that has none is returned as it is.

    A body that was cut within a chunk keeps what came of it.
    """
    parts: list[bytes] = []
    position = 0
    while head := _CHUNK_HEAD.match(data, position):
        size = int(head[1], 16)
        if not size:
            return b"".join(parts)
        parts.append(data[head.end() : head.end() + size])
        position = head.end() + size + 2
    return b"".join(parts) if parts and position >= len(data) else data
