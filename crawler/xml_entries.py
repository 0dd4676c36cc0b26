"""The repeated elements of a stranger's XML file, safely and with constant memory. Pure."""

from __future__ import annotations

import zlib
from itertools import islice
from typing import TYPE_CHECKING

import lxml.etree

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

GZIP = b"\x1f\x8b"
_PIECE = 8192


def _local(element: lxml.etree._Element) -> str:
    return element.tag.rpartition("}")[2].lower()


def _texts(element: lxml.etree._Element) -> dict[str, str]:
    """Return the texts of an entry by local name; those of ``news:`` as ``news:title`` etc."""
    texts: dict[str, str] = {}
    for child in element.iter("*"):
        parent = child.getparent()
        name = _local(child)
        if parent is not None and parent is not element:
            name = f"{_local(parent)}:{name}"
        if child.text and child.text.strip():
            texts.setdefault(name, child.text.strip())
        if name == "link" and child.get("href") and child.get("rel", "alternate") == "alternate":
            texts.setdefault("link@href", child.get("href", ""))
    return texts


class Pieces:
    """A readable of small pieces, so that what precedes an error is parsed before it.

    A body that is a gzip file is unpacked on the way, never as a whole.

    Attributes:
        is_too_large: reading stopped at the limit.
        tail: the last bytes that were read.
    """

    def __init__(self, body: bytes, limit: int) -> None:
        """Take a body and the number of unpacked bytes to stop after."""
        self._body = body
        self._left = limit
        self._at = 0
        self._unpacker = zlib.decompressobj(wbits=31) if body.startswith(GZIP) else None
        self.is_too_large = False
        self.tail = b""

    def read(self, _size: int = -1) -> bytes:
        """Return the next piece; nothing at the end, at the limit and where gzip is damaged."""
        piece = self._unpacked()
        if len(piece) > self._left:
            self.is_too_large = True
            piece = piece[: self._left]
        self._left -= len(piece)
        self.tail = (self.tail + piece)[-1000:]
        return piece

    def _unpacked(self) -> bytes:
        if self._unpacker is None:
            piece = self._body[self._at : self._at + _PIECE]
            self._at += len(piece)
            return piece
        piece = b""
        while not piece and not self._unpacker.eof:
            packed = self._packed()
            try:
                piece = self._unpacker.decompress(packed, _PIECE)
            except zlib.error:
                return b""
            if not packed and not piece:  # it is cut; but what zlib holds back has to be asked for
                return b""
        return piece

    def _packed(self) -> bytes:
        assert self._unpacker is not None  # noqa: S101 - asked by `_unpacked` only
        packed = self._unpacker.unconsumed_tail
        if not packed:
            packed = self._body[self._at : self._at + _PIECE]
            self._at += len(packed)
        return packed


def xml_entries(
    pieces: Pieces, names: Collection[str], errors: list[str]
) -> Iterator[tuple[str, dict[str, str]]]:
    """Give the elements of some local names with their texts, with constant memory.

    Entities are not expanded and nothing is loaded: a sitemap is a stranger's file.
    """
    events = lxml.etree.iterparse(
        pieces,
        events=("end",),
        tag=[f"{{*}}{spelled}" for name in names for spelled in (name, name.upper(), name.title())],
        recover=True,
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=False,
    )
    try:
        for _, element in events:
            if _local(element) in names:
                yield _local(element), _texts(element)
                element.clear()
                parent = element.getparent()
                while parent is not None and element.getprevious() is not None:
                    del parent[0]
    except lxml.etree.XMLSyntaxError as exc:
        errors.append(str(exc))
    errors.extend(str(entry) for entry in islice(events.error_log, 1))
