"""Lists in an article's text, with the sentence that announces each.

Four ways of writing a list are one to us: ``<ul>`` and ``<ol>``, neighbouring lines with the
same bullet, numbered lines, and numbered headings.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

from cleaners.lexicon import LIST_KINDS
from cleaners.records import BlockKind, ListBlock

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from cleaners.lexicon import Lexicon
    from cleaners.text import Line

_NUMBERED = re.compile(r"#?(\d{1,2})\s?(?:[.):]|[-–—])[\s\u00a0]*(?=[^\W\d_]|[«“\"„‘¿¡])")
_SENTENCE_END = re.compile(r"(?<=[.!?…])[»”\"’]?\s+(?=[^\W\d_a-zß-öø-ÿ])")
_DIGITS = r"\d{1,2}"
_MAX_LEAD_IN_CHARS = 400
# "7 recommandations majeures": how far after the number the word it counts may stand.
_COUNTED_WORDS = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One item of a list: ``text[start:end]`` is the item without its mark or number."""

    text: str
    start: int
    end: int


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundList:
    """A list with the offsets of each item; `record` is what is published of it."""

    record: ListBlock
    items: tuple[Item, ...]


def find_lists(lines: Sequence[Line], title: str | None, lexicon: Lexicon) -> tuple[FoundList, ...]:
    """Return the lists among the lines of a text, in reading order."""
    runs = [*_marked(lines), *_numbered(lines)]
    runs.sort(key=lambda run: run.indexes[0])
    return tuple(_found(run, lines, title, lexicon) for run in runs)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Run:
    """The numbers of the lines that make one list."""

    indexes: tuple[int, ...]
    markup: str
    level: int = 0


def _marked(lines: Sequence[Line]) -> Iterator[_Run]:
    """Yield the lists that the page marks as such, or by bullets."""
    groups: dict[int, list[int]] = {}
    for index, line in enumerate(lines):
        if line.block.kind is BlockKind.LIST_ITEM and line.block.list_id is not None:
            groups.setdefault(line.block.list_id, []).append(index)
    for indexes in groups.values():
        block = lines[indexes[0]].block
        yield _Run(indexes=tuple(indexes), markup=_markup(block.path), level=block.level)


def _markup(path: str) -> str:
    tags = [step.partition(".")[0] for step in path.split("/")]
    if tags[-1] == "br":
        return "br"
    # A paragraph inside <li> hides the list's own tag behind one more step.
    return next(
        (tag for tag in reversed(tags) if tag in {"ul", "ol"}), "ul" if "li" in tags else "p"
    )


def _numbered(lines: Sequence[Line]) -> Iterator[_Run]:
    """Yield the lists whose lines or headings carry the numbers 1, 2, 3 themselves."""
    for kind, markup in ((BlockKind.PARAGRAPH, "p"), (BlockKind.HEADING, "heading")):
        run: list[int] = []
        for index, line in enumerate(lines):
            found = _NUMBERED.match(line.block.text) if line.block.kind is kind else None
            if found is None:
                continue
            number = int(found[1])
            if number != len(run) + 1:
                yield from _run_of(run, markup)
                run = []
            if number == len(run) + 1:
                run.append(index)
        yield from _run_of(run, markup)


def _run_of(indexes: Sequence[int], markup: str) -> Iterator[_Run]:
    if len(indexes) > 1:
        yield _Run(indexes=tuple(indexes), markup=markup)


def _found(run: _Run, lines: Sequence[Line], title: str | None, lexicon: Lexicon) -> FoundList:
    items = tuple(_item(lines[index]) for index in run.indexes)
    lead_in = _lead_in(run, lines)
    if lead_in is None and run.markup == "heading":
        lead_in = title
    kind, method = _kind(lead_in, items, lexicon)
    return FoundList(
        record=ListBlock(
            kind=kind,
            items=tuple(item.text for item in items),
            lead_in=lead_in,
            announced_count=announced_count(lead_in or "", kind, len(items), lexicon),
            markup=run.markup,
            level=run.level,
            start=items[0].start,
            end=items[-1].end,
            method=method,
        ),
        items=items,
    )


def _item(line: Line) -> Item:
    found = _NUMBERED.match(line.block.text)
    cut = found.end() if found else 0
    return Item(text=line.block.text[cut:], start=line.start + cut, end=line.end)


def _lead_in(run: _Run, lines: Sequence[Line]) -> str | None:
    """Return the sentence or heading that stands just before a list."""
    before = run.indexes[0] - 1
    if before < 0:
        return None
    block = lines[before].block
    if block.kind in {BlockKind.CAPTION, BlockKind.TABLE, BlockKind.EMBED}:
        return None
    sentence = _SENTENCE_END.split(block.text)[-1]
    return sentence[-_MAX_LEAD_IN_CHARS:] or None


def _kind(lead_in: str | None, items: Sequence[Item], lexicon: Lexicon) -> tuple[str, str]:
    """Return what a list holds, and the words that say so."""
    said = lead_in or ""
    if found := lexicon.furniture.search(said):
        return "other", f"lead-in:{found[0]}"
    if _are_people(items, lexicon):
        return "speakers", "items:honorifics"
    matches = {kind: _last(pattern, said) for kind, pattern in lexicon.lead_ins.items()}
    # The word nearest to the list counts: "les mesures ... les résultats suivants :".
    best = max(LIST_KINDS, key=lambda kind: match.start() if (match := matches[kind]) else -1)
    match = matches[best]
    if match is None:
        return "other", "none"
    if best == "speakers" and not any(_looks_named(item.text) for item in items):
        return "other", "none"
    return best, f"lead-in:{match[0]}"


def _last(pattern: re.Pattern[str], text: str) -> re.Match[str] | None:
    return next(reversed(list(pattern.finditer(text))), None)


def _looks_named(text: str) -> bool:
    """Tell whether a text opens with two capitalised words, as names do."""
    words = text.split()[:4]
    return any(a[:1].isupper() and b[:1].isupper() for a, b in pairwise(words))


def _are_people(items: Sequence[Item], lexicon: Lexicon) -> bool:
    opening = re.compile(rf"(?:{lexicon.articles}\s+)?{lexicon.honorifics}\s+\S")
    return 2 * sum(1 for item in items if opening.match(item.text)) >= len(items)


def announced_count(said: str, kind: str, found: int, lexicon: Lexicon) -> int | None:
    """Return the number of items that a lead-in gives: ``7 recommandations majeures``.

    The number must count a word of the list's kind, or be the number of items found.
    """
    for number, after in _numbers(said, lexicon.numbers):
        counted = " ".join(after.split()[:_COUNTED_WORDS])
        pattern = lexicon.lead_ins.get(kind)
        if number > 1 and (number == found or (pattern is not None and pattern.search(counted))):
            return number
    return None


def _numbers(said: str, words: Mapping[str, int]) -> Iterator[tuple[int, str]]:
    pattern = rf"(?<![\w.,])({_DIGITS}|{'|'.join(words)})(?![\w.,%])"
    for match in re.finditer(pattern, said, re.IGNORECASE):
        value = words.get(match[1].lower())
        yield (int(match[1]) if value is None else value), said[match.end() :]
