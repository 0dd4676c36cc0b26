"""Which blocks of the page do the lines of an extractor come from?

Lines and blocks are compared by their letters and digits alone (`text_key`): the page's
blocks laid end to end form one string, and each line is looked up in it, so that a line may
be one block, a part of one, or several. Long lines are placed first, in order; short ones
then only between their neighbours, where a chance hit is unlikely.
"""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass
from itertools import accumulate
from typing import TYPE_CHECKING

from cleaners.blocks import Piece, text_key
from cleaners.records import BlockKind

if TYPE_CHECKING:
    from collections.abc import Sequence

# A line of so many letters is told apart from the rest of the page by its words alone.
_LONG = 40
# Both ends of a line that lost a part in its middle (a button inside a sentence).
_END = 20
_WHOLE = 0.9


_Span = tuple[int, int]  # where a line stands in the page's letters


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One line of text that an extractor kept, with the kind it gives it."""

    text: str
    kind: BlockKind = BlockKind.PARAGRAPH


def keep_aligned(lines: Sequence[Line], pieces: list[Piece]) -> list[Piece]:
    """Mark the pieces that the lines come from as kept.

    A piece that the lines cover as a whole keeps its own text; one that they cover in part
    gets the text of the lines. A line without a partner becomes a piece of its own, placed
    after the piece of the line before it.

    Returns:
        The pieces in reading order, with those that were added.
    """
    page = _Page(pieces)
    keys = [text_key(line.text) for line in lines]
    spans = _fill_short(keys, _place_long(keys, page), page)
    added: dict[int, list[Piece]] = {}
    parts: dict[int, list[tuple[int, int, str]]] = {}
    last = -1
    for line, key, span in zip(lines, keys, spans, strict=True):
        if span is None:
            if line.text.strip():
                added.setdefault(last, []).append(_verbatim(line, key, pieces, last))
            continue
        last = page.index(span[1] - 1)
        for index in range(page.index(span[0]), last + 1):
            start, end = max(span[0], page.starts[index]), min(span[1], page.starts[index + 1])
            parts.setdefault(index, []).append((start, end, line.text))
    for index, pieces_parts in parts.items():
        _keep(pieces[index], pieces_parts)
    return _merged(pieces, added)


class _Page:
    """The page's blocks as one string of letters."""

    __slots__ = ("starts", "stream")

    def __init__(self, pieces: Sequence[Piece]) -> None:
        self.stream = "".join(piece.key for piece in pieces)
        self.starts = [0, *accumulate(len(piece.key) for piece in pieces)]

    def index(self, position: int) -> int:
        """Return the number of the block that holds a position of the stream."""
        return bisect_right(self.starts, position) - 1

    def is_border(self, position: int) -> bool:
        """Tell whether a block begins or ends at a position."""
        return self.starts[self.index(position)] == position or position == len(self.stream)


def _place_long(keys: Sequence[str], page: _Page) -> list[_Span | None]:
    spans: list[_Span | None] = []
    cursor = 0
    for key in keys:
        span = None
        if len(key) >= _LONG:
            at = page.stream.find(key, cursor)
            if at < 0:
                at = page.stream.find(key)
            span = (at, at + len(key)) if at >= 0 else _by_ends(key, page, cursor)
            if span is not None:
                cursor = max(cursor, span[1])
        spans.append(span)
    return spans


def _by_ends(key: str, page: _Page, cursor: int) -> _Span | None:
    """Find the one block that begins and ends like a line which lost a part of it."""
    head = page.stream.find(key[:_END], cursor)
    tail = page.stream.find(key[-_END:], head) if head >= 0 else -1
    if tail < 0 or page.index(head) != page.index(tail):
        return None
    return head, tail + _END


def _fill_short(keys: Sequence[str], spans: list[_Span | None], page: _Page) -> list[_Span | None]:
    """Place the short lines, each between the long ones before and after it."""
    limits = _limits(spans, len(page.stream))
    cursor = 0
    filled: list[_Span | None] = []
    for key, span, limit in zip(keys, spans, limits, strict=True):
        placed = span
        if placed is None and key:
            placed = _between(key, page, cursor, limit)
        if placed is not None and placed[1] <= limit:
            cursor = max(cursor, placed[1])
        filled.append(placed)
    return filled


def _limits(spans: Sequence[_Span | None], end: int) -> list[int]:
    """Return for each line where on the page the next long line begins."""
    limits = []
    for span in reversed(spans):
        limits.append(end)
        if span is not None and span[0] <= end:
            end = span[0]
    limits.reverse()
    return limits


def _between(key: str, page: _Page, start: int, limit: int) -> _Span | None:
    """Find a short line between two positions, where it begins and ends with a block.

    A line that is cut out of a block is taken if no whole block says the same.
    """
    first = at = page.stream.find(key, start, limit)
    while at >= 0:
        if page.is_border(at) and page.is_border(at + len(key)):
            return at, at + len(key)
        at = page.stream.find(key, at + 1, limit)
    if first >= 0 and (len(key) >= _END or page.is_border(first)):
        return first, first + len(key)
    return None


def _keep(piece: Piece, parts: list[tuple[int, int, str]]) -> None:
    """Keep a piece: its own text if the lines cover it, else what they hold of it."""
    covered = sum(end - start for start, end, _ in parts)
    piece.kept = True
    if covered >= _WHOLE * len(piece.key):
        return
    inside = [text for start, end, text in parts if len(text_key(text)) <= len(piece.key)]
    if inside:
        piece.text = " ".join(dict.fromkeys(inside))
        piece.key = text_key(piece.text)


def _verbatim(line: Line, key: str, pieces: Sequence[Piece], after: int) -> Piece:
    path = pieces[after].path if after >= 0 else ""
    return Piece(
        kind=line.kind, text=line.text, path=path, key=key, kept=True, evidence="no element found"
    )


def _merged(pieces: Sequence[Piece], added: dict[int, list[Piece]]) -> list[Piece]:
    merged = list(added.get(-1, ()))
    for index, piece in enumerate(pieces):
        merged.append(piece)
        merged.extend(added.get(index, ()))
    return merged
