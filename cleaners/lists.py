"""Lists in an article's text, with the sentence that announces each and what it holds."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from cleaners.counts import announced_count, counts, numbers_in
from cleaners.item_shapes import COMMANDS, shape_of
from cleaners.list_kinds import Surroundings, kind_of
from cleaners.list_runs import find_runs, heading_runs, only
from cleaners.list_words import LIST_KINDS
from cleaners.records import BlockKind, ListBlock

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from cleaners.lexicon import Lexicon
    from cleaners.list_runs import Run
    from cleaners.list_words import ListWords
    from cleaners.text import Line

_SENTENCE_END = re.compile(r"(?<=[.!?…])[»”\"’]?\s+(?=[^\W\d_a-zß-öø-ÿ])")
_MAX_LEAD_IN_CHARS = 400
# The heading of a list's part of the text stands at most so many lines above it.
_HEADING_REACH = 6
_MIN_HEADINGS = 3
_MAX_TAG_WORDS = 4
_MOST = 0.7
_LINK = 0.6
_UNREAD = frozenset((BlockKind.CAPTION, BlockKind.TABLE, BlockKind.EMBED))


class Item(NamedTuple):
    """One item of a list: ``text[start:end]`` is the item without its mark or number.

    A tuple, as a `cleaners.names.Mention` is: some pages are nothing but lists.
    """

    text: str
    start: int
    end: int


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundList:
    """A list with the offsets of each item; `record` is what is published of it."""

    record: ListBlock
    items: tuple[Item, ...]


def find_lists(
    lines: Sequence[Line], title: str | None, words: ListWords, lexicon: Lexicon
) -> tuple[FoundList, ...]:
    """Return the lists among the lines of a text, in reading order.

    Lists of the page rather than its article (related links, comment rules, what subscribers
    get) are left out, should they stand among the lines.
    """
    title = title and title[:_MAX_LEAD_IN_CHARS]
    runs = find_runs(lines, words)
    taken = {index for run in runs for index in run.indexes}
    announced = (_announced(run, lines, title, words) for run in heading_runs(lines, taken, words))
    runs.extend(run for run in announced if run is not None)
    runs.sort(key=lambda run: run.indexes[0])
    found = (_found(run, lines, title, words, lexicon) for run in runs)
    return tuple(one for one in found if one is not None)


def _announced(run: Run, lines: Sequence[Line], title: str | None, words: ListWords) -> Run | None:
    """Return the headings that title or lead-in announces as a list, if it does.

    Headings without numbers are a list when there are as many as announced, those that read
    like advice alone if need be ("7 tips" over "Why it matters" and seven commands). Where
    the title promises advice without a number, those that read like it are the list, if most do.
    """
    texts = [item.text for item in _items(run, lines)]
    if len(texts) < _MIN_HEADINGS:
        return None
    numbers = [
        number
        for said in (_lead_in(run, lines), title)
        for number, after in numbers_in(said or "", words)
        if number >= _MIN_HEADINGS and any(counts(kind, after, words) for kind in LIST_KINDS)
    ]
    promise = words.kinds["recommendations"].search(title or "")
    if not numbers and promise is None:
        return None
    advice = [shape_of(text, words.items) in COMMANDS for text in texts]
    for number in numbers:
        if number == len(texts):
            return run
        if number == sum(advice):
            return only(run, advice)
    is_promised = promise is not None and sum(advice) >= max(_MIN_HEADINGS, _MOST * len(texts))
    return only(run, advice) if is_promised else None


def _found(
    run: Run, lines: Sequence[Line], title: str | None, words: ListWords, lexicon: Lexicon
) -> FoundList | None:
    items = tuple(_items(run, lines))
    texts = [item.text for item in items]
    around = _surroundings(run, lines, title)
    if not items or _is_furniture(texts, around, words):
        return None
    kind, method = kind_of(texts, around, words, lexicon)
    # One bullet is a list only where the page announces more, or what it holds.
    if len(items) == 1 and (kind == "other" or not method.startswith("lead-in")):
        return None
    return FoundList(
        record=ListBlock(
            kind=kind,
            items=tuple(texts),
            lead_in=around.lead_in,
            announced_count=_count(kind, len(items), around, words),
            markup=run.markup,
            level=run.level,
            start=items[0].start,
            end=items[-1].end,
            method=method,
        ),
        items=items,
    )


def _items(run: Run, lines: Sequence[Line]) -> Iterator[Item]:
    for index, (start, end) in zip(run.indexes, run.spans, strict=True):
        line = lines[index]
        if text := line.block.text[start:end]:
            yield Item(text=text, start=line.start + start, end=line.start + end)


def _surroundings(run: Run, lines: Sequence[Line], title: str | None) -> Surroundings:
    lead_in = _lead_in(run, lines)
    links = [lines[index].block.linked >= _LINK for index in run.indexes]
    return Surroundings(
        lead_in=title if lead_in is None and run.markup == "heading" else lead_in,
        paragraph=_paragraph(run, lines, lead_in),
        heading=_heading(run, lines),
        title=title,
        markup=run.markup,
        linked=sum(links) / len(links),
    )


def _before(run: Run, lines: Sequence[Line]) -> str | None:
    """Return the text of the line that stands just before a list and may lead to it."""
    before = run.indexes[0] - 1
    if before < 0:
        return None
    block = lines[before].block
    return None if block.kind in _UNREAD else block.text


def _lead_in(run: Run, lines: Sequence[Line]) -> str | None:
    """Return the sentence or heading that stands just before a list."""
    text = _before(run, lines)
    if text is None:
        return None
    return _SENTENCE_END.split(text)[-1][-_MAX_LEAD_IN_CHARS:] or None


def _paragraph(run: Run, lines: Sequence[Line], lead_in: str | None) -> str:
    text = _before(run, lines) or ""
    return text.removesuffix(lead_in or "")[-_MAX_LEAD_IN_CHARS:]


def _heading(run: Run, lines: Sequence[Line]) -> str | None:
    """Return the heading under which a list stands, unless another list stands between."""
    first = run.indexes[0]
    for line in reversed(lines[max(0, first - _HEADING_REACH) : first]):
        if line.block.kind is BlockKind.HEADING:
            return line.block.text[:_MAX_LEAD_IN_CHARS]
        if line.block.kind is BlockKind.LIST_ITEM:
            return None
    return None


def _is_furniture(texts: Sequence[str], around: Surroundings, words: ListWords) -> bool:
    """Tell whether a list belongs to the page: its lead-in says so, or it is links alone."""
    said = around.lead_in or ""
    if words.furniture.search(said) or not any(_has_words(text) for text in texts):
        return True
    # What opens a text with nothing before it and is no more than names: its tags.
    is_unled = around.lead_in is None and all(len(text.split()) <= _MAX_TAG_WORDS for text in texts)
    return is_unled or (around.linked == 1 and not said.rstrip().endswith(":"))


def _has_words(text: str) -> bool:
    letters = filter(str.isalpha, text)
    # Two are enough to know, and nearly every item opens with them.
    return next(letters, None) is not None and next(letters, None) is not None


def _count(kind: str, found: int, around: Surroundings, words: ListWords) -> int | None:
    """Return the announced number: of the lead-in, or of the title for headings and if true."""
    said = announced_count(around.lead_in or "", kind, found, words)
    if said is not None:
        return said
    titled = announced_count(around.title or "", kind, found, words)
    return titled if titled == found or around.markup == "heading" else None
