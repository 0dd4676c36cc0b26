"""The standfirst: what a paper prints between headline and text."""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING

from cleaners.blocks import text_key
from cleaners.lexicon import words_pattern
from cleaners.records import BlockKind
from cleaners.rules import load_rules

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cleaners.blocks import Piece
    from cleaners.records import Metadata

_MIN_CHARS = 40
_MAX_CHARS = 900
# How many blocks after the headline, and kept ones before the text, a standfirst may stand.
_REACH = 8
# More of a line than this in digits makes it a date line.
_MAX_DIGITS = 0.15
# Descriptions are cut: this many letters must agree.
_MIN_AGREED = 40


def mark_lead(pieces: Sequence[Piece], metadata: Metadata, text_paths: set[str]) -> None:
    """Give the standfirst that stands apart from the text the reason ``lead``, in place.

    It stands behind the headline, is laid out unlike the paragraphs of the text, and either is
    named a standfirst by its class or repeats the page's description. A paragraph that stands
    inside the text, and that the extractor kept with it, stays there: readers see one text.
    """
    start = _headline_index(pieces, metadata)
    described = text_key(metadata.description or "")
    for piece in pieces[start : start + _REACH]:
        if piece.kept and piece.path in text_paths:
            return
        if _may_lead(piece) and (_is_named(piece) or _agrees(piece.key, described)):
            if not piece.kept or piece.kind is BlockKind.HEADING:
                piece.remove("lead", "standfirst")
            return


def _headline_index(pieces: Sequence[Piece], metadata: Metadata) -> int:
    """Return where the block after the headline stands; 0 if the headline is not found."""
    title = text_key(metadata.title or "")
    kept = next((index for index, piece in enumerate(pieces) if piece.kept), len(pieces))
    last = 0
    for index, piece in enumerate(pieces[: kept + _REACH]):
        is_title = title and piece.key == title and piece.kind is BlockKind.HEADING
        if is_title or (piece.kind is BlockKind.HEADING and piece.level == 1):
            last = index + 1
    return last


def _may_lead(piece: Piece) -> bool:
    kinds = (BlockKind.PARAGRAPH, BlockKind.HEADING, BlockKind.OTHER)
    return (
        piece.kind in kinds
        and _MIN_CHARS <= len(piece.text) <= _MAX_CHARS
        and not piece.beside
        and piece.linked == 0
        and piece.removed is None
        and sum(sign.isdigit() for sign in piece.key) <= _MAX_DIGITS * len(piece.key)
    )


@cache
def _names() -> re.Pattern[str]:
    return re.compile(
        rf"(?<![a-z]){words_pattern(load_rules('standfirst')['classes'])}(?![a-z])", re.IGNORECASE
    )


def _is_named(piece: Piece) -> bool:
    """Tell whether the block's own class, or its parent's, says standfirst."""
    own, _, rest = piece.path[::-1].partition("/")
    parent = rest.partition("/")[0][::-1]
    return bool(_names().search(own[::-1]) or _names().search(parent))


def _agrees(key: str, described: str) -> bool:
    length = min(len(key), len(described))
    return length >= _MIN_AGREED and key[:length] == described[:length]
