"""Bodies come out of their encodings, whatever servers and archives say of them."""

from __future__ import annotations

import gzip
import sys
import zlib
from importlib import import_module
from typing import TYPE_CHECKING

import brotli
import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsgrain.content_encoding import UndecodableError, undo_chunks, undo_content_encoding

if TYPE_CHECKING:
    from collections.abc import Callable

LIMIT = 1_000_000
TEXT = b"<html><p>The quay was busy, and the boats came in late.</p></html>" * 50
zstd = import_module("compression.zstd" if sys.version_info >= (3, 14) else "backports.zstd")


def raw_deflate(data: bytes) -> bytes:
    stream = zlib.compressobj(wbits=-zlib.MAX_WBITS)
    return stream.compress(data) + stream.flush()


ENCODERS: dict[str, Callable[[bytes], bytes]] = {
    "gzip": gzip.compress,
    "X-GZIP": gzip.compress,
    "deflate": zlib.compress,
    "Deflate": raw_deflate,
    "br": brotli.compress,
    "zstd": zstd.compress,
}


@pytest.mark.parametrize("name", ENCODERS)
def test_an_encoded_body_is_decoded(name: str) -> None:
    assert undo_content_encoding(ENCODERS[name](TEXT), name, LIMIT) == TEXT


def test_several_encodings_are_undone_from_the_last_to_the_first() -> None:
    body = brotli.compress(gzip.compress(TEXT))
    assert undo_content_encoding(body, "gzip, identity , br", LIMIT) == TEXT


@pytest.mark.parametrize("header", [None, "", "identity", " , "])
def test_without_an_encoding_nothing_changes(header: str | None) -> None:
    assert undo_content_encoding(b"\0\1\2", header, LIMIT) == b"\0\1\2"


@pytest.mark.parametrize("name", ENCODERS)
def test_a_bomb_stops_at_the_bound(name: str) -> None:
    bomb = ENCODERS[name](b"\0" * 10 * LIMIT)
    with pytest.raises(UndecodableError, match="larger than 1000000 bytes"):
        undo_content_encoding(bomb, name, LIMIT)


@pytest.mark.parametrize("name", ENCODERS)
def test_a_body_of_just_the_bound_is_fine(name: str) -> None:
    assert undo_content_encoding(ENCODERS[name](TEXT), name, len(TEXT)) == TEXT
    with pytest.raises(UndecodableError):
        undo_content_encoding(ENCODERS[name](TEXT), name, len(TEXT) - 1)


@pytest.mark.parametrize("name", ENCODERS)
def test_a_cut_body_is_an_error(name: str) -> None:
    with pytest.raises(UndecodableError):
        undo_content_encoding(ENCODERS[name](TEXT)[:-12], name, LIMIT)


@pytest.mark.parametrize("name", [*ENCODERS, "compress", "x-unheard-of"])
def test_markup_under_a_header_that_lies_is_taken_as_it_is(name: str) -> None:
    """Common Crawl stored bodies decoded under the headers of encoded ones."""
    assert undo_content_encoding(TEXT, name, LIMIT) == TEXT


@pytest.mark.parametrize("name", [*ENCODERS, "compress", "x-unheard-of"])
def test_bytes_that_are_neither_encoded_nor_text_are_an_error(name: str) -> None:
    with pytest.raises(UndecodableError) as caught:
        undo_content_encoding(b"\x81\0\xfe\x02" * 400, name, LIMIT)
    assert "\n" not in str(caught.value)


def test_an_empty_body_has_no_encoding() -> None:
    assert undo_content_encoding(b"", "gzip", LIMIT) == b""


def test_members_are_joined_and_padding_after_them_is_dropped() -> None:
    body = gzip.compress(b"<p>one</p>") + gzip.compress(b"<p>two</p>") + b"\0" * 30
    assert undo_content_encoding(body, "gzip", LIMIT) == b"<p>one</p><p>two</p>"


def chunked(data: bytes, sizes: list[int]) -> bytes:
    parts = []
    for size in sizes:
        piece, data = data[:size], data[size:]
        if piece:
            parts.append(b"%x\r\n%s\r\n" % (len(piece), piece))
    return (
        b"".join(parts)
        + (b"%X;ext=1\r\n%s\r\n" % (len(data), data) if data else b"")
        + b"0\r\n\r\n"
    )


@given(st.binary(max_size=300), st.lists(st.integers(1, 90), max_size=5))
def test_chunks_are_joined(data: bytes, sizes: list[int]) -> None:
    assert undo_chunks(chunked(data, sizes)) == data


def test_a_body_without_chunks_is_left_alone() -> None:
    assert undo_chunks(TEXT) == TEXT
    assert undo_chunks(b"") == b""
    assert undo_chunks(b"abc\nis no chunk, though it begins like one") == (
        b"abc\nis no chunk, though it begins like one"
    )


def test_a_body_that_was_cut_in_a_chunk_keeps_what_came() -> None:
    assert undo_chunks(b"5\r\nhello\r\n20\r\nworld") == b"helloworld"
