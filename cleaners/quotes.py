"""Quotations in an article's text, each with who is given as saying it.

A quotation is four words or more inside any pair of marks; the pair does not follow the
language. Marks are paired line by line; a mark that stays open to the end of its paragraph
quotes the rest of it, as papers do when a quotation runs on into the next paragraph.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from cleaners.blocks import text_key
from cleaners.records import BlockKind

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from cleaners.names import Grammar
    from cleaners.text import Line

_MIN_WORDS = 4
_CLOSERS = {
    "«": "»",
    "»": "«",
    "“": '”“"',
    "”": "”",
    "„": '“”"',
    '"': '"”',
    "‘": "’",
    "‹": "›",
}
_OPENING = re.compile('[«»“”„"‘‹]')
_GUILLEMET = re.compile("[«»]")
# A paragraph with more marks without a partner than this uses them for something else.
_MAX_HANGING = 20
_WORD = re.compile(r"[^\W_]+")
_BOUNDARY_BEFORE = re.compile(r"[\s(\[—–:-]")
_BOUNDARY_AFTER = re.compile(r"[\s.,;:!?)\]—–…*-]")
_PLAIN_KINDS = frozenset(
    (BlockKind.PARAGRAPH, BlockKind.QUOTE, BlockKind.OTHER, BlockKind.LIST_ITEM, BlockKind.EMBED)
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """One quotation in one line: offsets inside the line's text, marks left out.

    Attributes:
        line: number of the line.
        start, end: of the words.
        outer_start, outer_end: of the words with their marks.
        aside: what the article says inside the marks ("explique X") after this part, if any.
    """

    line: int
    start: int
    end: int
    outer_start: int
    outer_end: int
    aside: str = ""


def find_spans(lines: Sequence[Line], title: str | None, grammar: Grammar) -> tuple[Span, ...]:
    """Return the quotations among the lines of a text, in reading order.

    The article's own title in marks (an event of the same name) is none.
    """
    headline = text_key(title or "")
    spans: list[Span] = []
    for number, line in enumerate(lines):
        if line.block.kind in _PLAIN_KINDS:
            for span in _marked(line.block.text, number):
                spans.extend(_without_aside(span, line.block.text, grammar))
    quoted = ((span, lines[span.line].block.text[span.start : span.end]) for span in spans)
    return tuple(
        span for span, words in quoted if _is_quote(words) and text_key(words) not in headline
    )


def _marked(text: str, number: int) -> Iterator[Span]:
    """Yield what stands between marks in one line."""
    position = hanging = 0
    partners = _Partners(text)
    while match := _OPENING.search(text, position):
        opening, position = match.start(), match.end()
        if not _opens(text, opening):
            continue
        end = partners.closing(opening)
        if end is None:
            hanging += 1
            if hanging > _MAX_HANGING or not _stays_open(text, opening):
                continue
        outer_end = len(text) if end is None else end + 1
        span = Span(
            line=number,
            start=position,
            end=len(text) if end is None else end,
            outer_start=opening,
            outer_end=outer_end,
        )
        yield _trimmed(span, text)
        # A mark that stays open may have been set for a word further on.
        position = position if end is None else outer_end


def _trimmed(span: Span, text: str) -> Span:
    """Return a span without the spaces that French sets inside its marks."""
    inner = text[span.start : span.end]
    start = span.start + len(inner) - len(inner.lstrip())
    return replace(span, start=start, end=max(start, span.end - len(inner) + len(inner.rstrip())))


def _opens(text: str, at: int) -> bool:
    """Tell whether a mark opens: a boundary before it, and a word after it."""
    before, after = text[at - 1 : at], text[at + 1 : at + 2]
    if text[at] == "«":
        return True
    if text[at] == "»":
        # Only where the marks point inwards does this one open: »so«.
        return text.find("«") > at and not after.isspace()
    return (not before or bool(_BOUNDARY_BEFORE.match(before))) and not after.isspace()


class _Partners:
    """Which mark of a line closes which: each kind of mark is looked for once a line."""

    __slots__ = ("_ends", "_nested", "_text")

    def __init__(self, text: str) -> None:
        self._text = text
        self._ends: dict[str, list[int]] = {}
        self._nested: dict[int, int] | None = None

    def closing(self, opening: int) -> int | None:
        """Return where the mark that closes one stands, nested pairs of its kind left out."""
        mark = self._text[opening]
        if mark == "«":
            if self._nested is None:
                self._nested = self._pairs()
            return self._nested.get(opening)
        ends = self._ends.get(mark)
        if ends is None:
            ends = self._ends[mark] = [
                at
                for at, sign in enumerate(self._text)
                if sign in _CLOSERS[mark] and _closes(self._text, at, mark)
            ]
        place = bisect_right(ends, opening)
        return ends[place] if place < len(ends) else None

    def _pairs(self) -> dict[int, int]:
        pairs: dict[int, int] = {}
        still_open: list[int] = []
        for found in _GUILLEMET.finditer(self._text):
            if found[0] == "«":
                still_open.append(found.start())
            elif still_open:
                pairs[still_open.pop()] = found.start()
        return pairs


def _closes(text: str, at: int, mark: str) -> bool:
    if mark in "«»‹":
        return True
    after = text[at + 1 : at + 2]
    is_end = not after or bool(_BOUNDARY_AFTER.match(after)) or after in '”"»’“'
    return is_end and not text[at - 1].isspace()


def _stays_open(text: str, at: int) -> bool:
    """Tell whether a mark without a partner quotes to the end of its paragraph."""
    before = text[max(0, at - 2) : at].rstrip()
    return text[at] in '«“„"' and (not before or before[-1] in ":,")


def _is_quote(quoted: str) -> bool:
    return len(_WORD.findall(quoted)) >= _MIN_WORDS and not _is_title(quoted)


_TITLE_SHARE = 0.7


def _is_title(quoted: str) -> bool:
    """Tell the name of a work from words somebody says: its long words are capitalised."""
    if quoted[-1:] in ".,!?…":
        return False
    words = [word for word in _WORD.findall(quoted)[1:] if len(word) > 3]  # noqa: PLR2004 - articles
    capitals = sum(1 for word in words if word[0].isupper())
    return bool(words) and capitals >= _TITLE_SHARE * len(words)


def _without_aside(span: Span, text: str, grammar: Grammar) -> Iterator[Span]:
    """Cut an attribution inside the marks out: « Q1, explique NAME, role. Q2 »."""
    quoted = text[span.start : span.end]
    match = grammar.aside.search(quoted)
    if match is None:
        yield span
        return
    middle, rest = span.start + match.start(), span.start + match.end()
    yield replace(span, end=middle, outer_end=middle, aside=match[0].strip(" ,"))
    if rest < span.end:
        yield _trimmed(replace(span, start=rest, outer_start=rest), text)
