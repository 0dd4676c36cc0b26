"""Small bodies that become large ones, made without becoming large here."""

from __future__ import annotations

import gzip
import sys
import zlib
from importlib import import_module
from typing import Any

import brotli

MEGABYTE = bytes(1024 * 1024)
GIBIBYTE = 1024
_zstd: Any = import_module("compression.zstd" if sys.version_info >= (3, 14) else "backports.zstd")


def deflated(first: bytes, megabytes: int, wbits: int) -> bytes:
    """Return a stream that begins with some bytes and goes on with so many MiB of zeros."""
    stream = zlib.compressobj(9, wbits=wbits)
    head = stream.compress(first) + stream.flush(zlib.Z_FULL_FLUSH)
    block = stream.compress(MEGABYTE) + stream.flush(zlib.Z_FULL_FLUSH)
    # Behind a full flush the same input gives the same output. The checksum at the end is
    # wrong; whoever gets as far as that has lost already.
    return head + block * megabytes + stream.flush()


def gzipped(first: bytes = b"", megabytes: int = GIBIBYTE) -> bytes:
    return deflated(first, megabytes, 31)


def twice_gzipped() -> bytes:
    return gzip.compress(gzipped())


def zlibbed() -> bytes:
    return deflated(b"", GIBIBYTE, 15)


def brotlied() -> bytes:
    stream: Any = brotli.Compressor(quality=1)
    parts = [stream.process(MEGABYTE) for _ in range(GIBIBYTE)]
    return b"".join(parts) + stream.finish()


def zstandard() -> bytes:
    stream = _zstd.ZstdCompressor(level=1)
    parts = [stream.compress(MEGABYTE) for _ in range(GIBIBYTE)]
    return b"".join(parts) + stream.flush()


def zstandard_of_frames() -> bytes:
    return bytes(_zstd.compress(MEGABYTE)) * GIBIBYTE
