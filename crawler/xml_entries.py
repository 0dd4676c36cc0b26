"""The repeated elements of a stranger's XML file, safely and with constant memory. Pure."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING

import lxml.etree

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator


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


class _Chunks:
    """A readable of small pieces, so that what precedes an error is parsed before it."""

    def __init__(self, body: bytes) -> None:
        self._body = body
        self._at = 0

    def read(self, _size: int = -1) -> bytes:
        piece = self._body[self._at : self._at + 8192]
        self._at += len(piece)
        return piece


def xml_entries(
    body: bytes, names: Collection[str], errors: list[str]
) -> Iterator[tuple[str, dict[str, str]]]:
    """Give the elements of some local names with their texts, with constant memory.

    Entities are not expanded and nothing is loaded: a sitemap is a stranger's file.
    """
    events = lxml.etree.iterparse(
        _Chunks(body),
        events=("end",),
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
