"""Quotations in an article's text, each with who is given as saying it.

A quotation is four words or more inside any pair of marks; the pair does not follow the
language. Marks are paired line by line; a mark that stays open to the end of its paragraph
quotes the rest of it, as papers do when a quotation runs on into the next paragraph. What
stands twice, as in a pull quote, is one quotation.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from typing import TYPE_CHECKING, NamedTuple

from cleaners.blocks import text_key
from cleaners.records import BlockKind

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from cleaners.grammar import Grammar
    from cleaners.text import Line

_MIN_WORDS = 4
_MIN_SAYINGS = 3
_MAX_SAYING_CHARS = 110
_MIN_PULL_CHARS = 25
_SIGNATURE = re.compile(r"\s[—–―-]\s?(?=[^\W\d_a-z])(?=[^.!?…]{3,120}$)")
_CLOSERS = {
    "«": "»",
    "»": "«",
    "“": '”“"',
    "”": "”",
    "„": '“”"',
    '"': '"”',
    "‘": "’",
    "‹": "›",
    "「": "」",
    "『": "』",
    "﹁": "﹂",
}
# Two commas for a low mark, as Dutch and German papers set them.
_COMMAS = re.compile(r",,(?<![^\s(],,)(?=\w)")
_OPENING = re.compile('[«»“”„"‘‹「『﹁]')
# Scripts without spaces: two signs are about a word.
_SIGN = re.compile(r"[\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff]")
_GUILLEMET = re.compile("[«»]")
# A paragraph with more marks without a partner than this uses them for something else.
_MAX_HANGING = 20
_WORD = re.compile(r"[^\W_]+")
_EAST = r"\u3000-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af\uff00-\uffef"
_BOUNDARY_BEFORE = re.compile(rf"[\s(\[—–:/{_EAST}-]")
_BOUNDARY_AFTER = re.compile(rf"[\s.,;:!?)\]—–…*/{_EAST}-]")
_PLAIN_KINDS = frozenset(
    (BlockKind.PARAGRAPH, BlockKind.QUOTE, BlockKind.OTHER, BlockKind.LIST_ITEM, BlockKind.EMBED)
)


class Span(NamedTuple):
    """One quotation in one line: offsets inside the line's text, marks left out.

    A tuple, as a `cleaners.names.Mention` is.

    Attributes:
        line: number of the line.
        start, end: of the words.
        outer_start, outer_end: of the words with their marks.
        aside: where the article's own words ("explique X") stand after this part, inside the
            marks or under a block quote, if they do.
    """

    line: int
    start: int
    end: int
    outer_start: int
    outer_end: int
    aside: tuple[int, int] | None = None


def find_spans(lines: Sequence[Line], title: str | None, grammar: Grammar) -> tuple[Span, ...]:
    """Return the quotations among the lines of a text, in reading order.

    The article's own title in marks (an event of the same name) is none.
    """
    headline = text_key(title or "")
    spans: list[Span] = []
    for number, line in enumerate(lines):
        if line.block.kind in _PLAIN_KINDS:
            text = line.block.text
            marked = _marked(text, number) if _OPENING.search(text) or ",," in text else ()
            found = [span for span in marked if not _is_named(span, text, grammar)]
            if not found and line.block.kind is BlockKind.QUOTE:
                found = [_block_quote(text, number)]
            for span in found:
                spans.extend(_without_aside(span, text, grammar))
    kept = []
    for span in spans:
        quoted = lines[span.line].block.text[span.start : span.end]
        words = _WORD.findall(quoted)
        key = text_key(quoted)
        if _is_quote(quoted, words, grammar) and key not in headline:
            kept.append((span, key))
    return _once(_without_sayings(kept, lines), lines)


def _is_named(span: Span, text: str, grammar: Grammar) -> bool:
    """Tell whether the word before the marks says that a title, motto or slogan follows."""
    before = text[max(0, span.outer_start - 40) : span.outer_start].rstrip()
    if not before[-1:].isalnum():  # as most quotations follow a comma or a colon
        return False
    return _WORD.findall(before)[-1].casefold() in grammar.titled


def _block_quote(text: str, number: int) -> Span:
    """Return a block quote without marks; a dash begins the line that says whose it is."""
    signed = _SIGNATURE.search(text)
    end = signed.start() if signed else len(text)
    return Span(
        line=number,
        start=0,
        end=end,
        outer_start=0,
        outer_end=end,
        aside=(end, len(text)) if signed else None,
    )


def _without_sayings(
    found: Sequence[tuple[Span, str]], lines: Sequence[Line]
) -> Sequence[tuple[Span, str]]:
    """Leave out runs of short lines that are nothing but words in marks: proverbs, song lines."""
    alone = {
        span.line
        for span, _ in found
        if span.end - span.start < _MAX_SAYING_CHARS
        and _is_whole(span, lines[span.line].block.text)
    }
    sayings: set[int] = set()
    for number in alone:
        run = {number + step for step in range(_MIN_SAYINGS)}
        if run <= alone:
            sayings |= run
    return [(span, key) for span, key in found if span.line not in sayings]


def _is_whole(span: Span, text: str) -> bool:
    return not _WORD.search(text[: span.outer_start]) and not _WORD.search(text[span.outer_end :])


def _once(found: Sequence[tuple[Span, str]], lines: Sequence[Line]) -> tuple[Span, ...]:
    """Leave out repetitions: the same words again, and pull quotes out of a longer quotation."""
    everything = "\n".join({key for _, key in found})
    seen: dict[str, int] = {}
    drop: set[int] = set()
    for number, (span, key) in enumerate(found):
        is_alone = _is_whole(span, lines[span.line].block.text)
        if key in seen:
            first = found[seen[key]][0]
            was_alone = _is_whole(first, lines[first.line].block.text)
            drop.add(seen[key] if was_alone and not is_alone else number)
            seen[key] = seen[key] if number in drop else number
            continue
        seen[key] = number
        if is_alone and len(key) >= _MIN_PULL_CHARS and everything.count(key) > 1:
            drop.add(number)
    return tuple(span for number, (span, _) in enumerate(found) if number not in drop)


def _marked(line: str, number: int) -> Iterator[Span]:
    """Yield what stands between marks in one line."""
    text = _COMMAS.sub(" „", line)
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
    if inner == inner.strip():
        return span
    start = span.start + len(inner) - len(inner.lstrip())
    end = max(start, span.end - len(inner) + len(inner.rstrip()))
    return span._replace(start=start, end=end)


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
                found.start()
                for found in re.finditer(f"[{_CLOSERS[mark]}]", self._text)
                if _closes(self._text, found.start(), mark)
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


def _is_quote(quoted: str, words: Sequence[str], grammar: Grammar) -> bool:
    signs = len(_SIGN.findall(quoted))
    count = signs // 2 if signs else len(words)
    return count >= _MIN_WORDS and not _is_title(quoted, words, grammar)


_TITLE_SHARE = 0.7


def _is_title(quoted: str, words: Sequence[str], grammar: Grammar) -> bool:
    """Tell the name of a work from words somebody says: its long words are capitalised.

    Where all nouns are, a sentence with a copula ("Das Ganze ist ein Witz") says something.
    """
    if quoted[-1:] in ".!?…" or (
        grammar.capital_nouns and any(map(grammar.copula.fullmatch, words))
    ):
        return False
    long = [word for word in words[1:] if len(word) > 3]  # noqa: PLR2004 - articles
    capitals = sum(1 for word in long if word[0].isupper())
    return bool(long) and capitals >= _TITLE_SHARE * len(long)


def _without_aside(span: Span, text: str, grammar: Grammar) -> Iterator[Span]:
    """Cut an attribution inside the marks out: « Q1, explique NAME, role. Q2 »."""
    quoted = text[span.start : span.end]
    match = grammar.aside.search(quoted)
    if match is None:
        yield span
        return
    middle, rest = span.start + match.start(), span.start + match.end()
    yield span._replace(end=middle, outer_end=middle, aside=(middle, rest))
    if rest < span.end:
        yield _trimmed(span._replace(start=rest, outer_start=rest), text)
