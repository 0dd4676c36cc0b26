"""Which lines of a text make one list?

News pages write lists in many ways, and all are one to us: ``<ul>`` and ``<ol>``, lines with
the same bullet, numbered paragraphs ("1- Boire"), numbered or labelled headings ("Tip 3:"),
short lines that ``<br>`` parts behind a colon, and a run of subheadings that title or lead-in
announces with its number.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from itertools import compress, takewhile
from typing import TYPE_CHECKING

from cleaners.records import BlockKind

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from cleaners.list_words import ListWords
    from cleaners.records import Block
    from cleaners.text import Line

_NUMBERED = re.compile(
    r"[#(]?(\d{1,2})\s?(?:[.):]+|\ufe0f?\u20e3|[-–—])[\s\u00a0]*"
    r"(?=[^\W\d_]|[«“\"„‘'’¿¡(])"
)
# In a heading the number may stand without a mark: "3 Keep a diary".
_BARE_NUMBER = re.compile(r"#?(\d{1,2})\s+(?=[^\W\d_a-zß-ÿ]|[«“\"„¿¡])")
_MAX_GAP = 2
# How many lines may explain one item of an <ol> that is cut into lists of one.
_EXPLAINED_LINES = 8
# Levels below those of headings.
_BOLD_LINE, _BOLD_OPENING = 7, 8
_MIN_BREAKS, _MAX_BREAK_WORDS = 3, 15
_NUMBERABLE = frozenset((BlockKind.PARAGRAPH, BlockKind.HEADING))
_SENTENCE_MARKS = (".", "!", "?", ":", "…", ";")


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """The lines that make one list.

    Attributes:
        indexes: their numbers, in order.
        spans: for each line where the item begins and ends in its text, without its number.
        markup, level: as in `cleaners.records.ListBlock`.
        is_numbered: the lines bear their numbers themselves.
    """

    indexes: tuple[int, ...]
    spans: tuple[tuple[int, int], ...]
    markup: str
    level: int = 0
    is_numbered: bool = False


def find_runs(lines: Sequence[Line], words: ListWords) -> list[Run]:
    """Return the lists that lines show by their marks or numbers, in reading order."""
    runs = [*_marked(lines, words), *_numbered(lines, words), *_broken(lines)]
    runs.sort(key=lambda run: run.indexes[0])
    return runs


def _marked(lines: Sequence[Line], words: ListWords) -> Iterator[Run]:
    """Yield the lists that the page marks as such, or by bullets."""
    items: dict[int, list[int]] = {}
    headings: dict[int, list[int]] = {}
    for index, line in enumerate(lines):
        block = line.block
        if block.list_id is not None and block.kind is BlockKind.LIST_ITEM:
            items.setdefault(block.list_id, []).append(index)
        elif block.list_id is not None and block.kind is BlockKind.HEADING:
            headings.setdefault(block.list_id, []).append(index)
    # A heading that opens <li> is the item, and what follows it there explains it.
    groups = {**headings, **items}
    for indexes in _joined(sorted(groups.values()), lines):
        block = lines[indexes[0]].block
        yield Run(
            indexes=tuple(indexes),
            spans=tuple(_span(lines[index], words) for index in indexes),
            markup=_markup(block.path),
            level=block.level if block.kind is BlockKind.LIST_ITEM else 0,
        )


def _joined(groups: Iterable[list[int]], lines: Sequence[Line]) -> list[list[int]]:
    """Join lists that are one list, badly marked up.

    A bullet in a list of its own joins the one just above it. A number (``<ol>``) also joins
    one further up, since explanations and inner lists part such items.
    """
    joined: list[list[int]] = []
    latest: dict[tuple[str, int, BlockKind], list[int]] = {}
    for indexes in groups:
        block = lines[indexes[0]].block
        alike = (block.path, block.level, block.kind)
        before = latest.get(alike)
        if before is not None and _continues(before, indexes, lines):
            before.extend(indexes)
        else:
            latest[alike] = list(indexes)
            joined.append(latest[alike])
    return joined


def _continues(before: Sequence[int], indexes: Sequence[int], lines: Sequence[Line]) -> bool:
    between = [line.block for line in lines[before[-1] + 1 : indexes[0]]]
    if _markup(lines[indexes[0]].block.path) != "ol":
        return not between and len(indexes) == 1
    if all(block.kind is BlockKind.LIST_ITEM for block in between):
        return bool(between) or len(indexes) == 1
    is_explained = len(indexes) == 1 and len(between) <= _EXPLAINED_LINES
    return is_explained and not any(_leads(block) for block in between)


def _leads(block: Block) -> bool:
    """Tell whether a block announces another list."""
    return block.kind is BlockKind.HEADING or block.text.endswith((":", "?"))


def _markup(path: str) -> str:
    tags = [step.partition(".")[0] for step in path.split("/")]
    # A paragraph inside <li> hides the list's own tag behind one more step.
    listed = next((tag for tag in reversed(tags) if tag in {"ul", "ol"}), None)
    if listed or "li" in tags:
        return listed or "ul"
    return "br" if tags[-1] == "br" else "p"


def _span(line: Line, words: ListWords) -> tuple[int, int]:
    found = _number(line, words)
    return (found[1] if found else 0), len(line.block.text)


def _number(line: Line, words: ListWords) -> tuple[int, int] | None:
    """Return the number that a line bears, and how many characters it takes."""
    text = line.block.text
    found = _NUMBERED.match(text)
    if found is None and line.block.kind is BlockKind.HEADING:
        found = _BARE_NUMBER.match(text)
    if found is None:
        found = words.labelled.match(text)
        if found is not None and not text[found.end() :].strip():
            return None
    return None if found is None else (int(found[1]), found.end())


def _numbered(lines: Sequence[Line], words: ListWords) -> Iterator[Run]:
    """Yield the lists whose paragraphs or headings carry the numbers 1, 2, 3 themselves.

    Countdowns are lists, too. A number or two may be lost; headings of one level are one list.
    """
    sequences: dict[tuple[BlockKind, int], list[tuple[int, int, int]]] = {}
    for index, line in enumerate(lines):
        kind = line.block.kind
        if kind in _NUMBERABLE and line.block.list_id is None:
            found = _number(line, words)
            if found is not None:
                sequences.setdefault((kind, line.block.level), []).append((index, *found))
    for (kind, _), numbered in sequences.items():
        for run in _sequences(numbered):
            yield Run(
                indexes=tuple(index for index, _, _ in run),
                spans=tuple((cut, len(lines[index].block.text)) for index, _, cut in run),
                markup="heading" if kind is BlockKind.HEADING else "p",
                is_numbered=True,
            )


def _sequences(numbered: Sequence[tuple[int, int, int]]) -> Iterator[list[tuple[int, int, int]]]:
    """Cut lines at each number that neither goes on counting up nor down."""
    run: list[tuple[int, int, int]] = []
    for entry in numbered:
        if run and not _goes_on([number for _, number, _ in run], entry[1]):
            if _is_whole(run):
                yield run
            run = []
        run.append(entry)
    if _is_whole(run):
        yield run


def _goes_on(numbers: Sequence[int], following: int) -> bool:
    step = following - numbers[-1]
    if len(numbers) == 1:
        return step in {1, -1} or (numbers[0] == 1 and step == _MAX_GAP)
    is_up = numbers[-1] > numbers[0]
    return 0 < (step if is_up else -step) <= _MAX_GAP


def _is_whole(run: Sequence[tuple[int, int, int]]) -> bool:
    numbers = [number for _, number, _ in run]
    return len(run) > 1 and 1 in {numbers[0], numbers[-1]}


def _broken(lines: Sequence[Line]) -> Iterator[Run]:
    """Yield the short lines without a sentence that ``<br>`` parts behind a colon."""
    run: list[int] = []
    for index, line in enumerate(lines):
        is_short = _is_short_break(line)
        if run and not is_short:
            yield from _run_of_breaks(run, lines)
            run = []
        if is_short and (run or (index and lines[index - 1].block.text.endswith(":"))):
            run.append(index)
    yield from _run_of_breaks(run, lines)


def _is_short_break(line: Line) -> bool:
    block = line.block
    return (
        block.kind is BlockKind.PARAGRAPH
        and block.list_id is None
        and block.path.endswith("/br")
        and len(block.text.split()) <= _MAX_BREAK_WORDS
        and not block.text.endswith(_SENTENCE_MARKS)
        and _NUMBERED.match(block.text) is None
    )


def _run_of_breaks(run: Sequence[int], lines: Sequence[Line]) -> Iterator[Run]:
    if len(run) >= _MIN_BREAKS:
        spans = tuple((0, len(lines[index].block.text)) for index in run)
        yield Run(indexes=tuple(run), spans=spans, markup="br")


def heading_runs(lines: Sequence[Line], taken: set[int], words: ListWords) -> Iterator[Run]:
    """Yield for each level the headings without numbers, up to the one that closes a text.

    A line in bold, or a paragraph that opens with some words in bold, is a heading, too.
    """
    levels: dict[int, list[int]] = {}
    for index, line in enumerate(lines):
        level = _heading_level(line)
        if level and index not in taken:
            levels.setdefault(level, []).append(index)
    for level in sorted(levels):
        indexes = tuple(
            takewhile(lambda at: not words.closing.match(lines[at].block.text), levels[level])
        )
        if len(indexes) > 1:
            spans = tuple(_heading_span(lines[index]) for index in indexes)
            markup = "p" if level in {_BOLD_LINE, _BOLD_OPENING} else "heading"
            yield Run(indexes=indexes, spans=spans, markup=markup)


def _heading_level(line: Line) -> int:
    """Return the level of a heading, or of what looks like one; 0 for any other line."""
    block = line.block
    if block.list_id is not None:
        return 0
    if block.kind is BlockKind.HEADING:
        return block.level
    if not block.bold or block.kind is not BlockKind.PARAGRAPH:
        return 0
    if not 0 < len(block.text[: block.bold].split()) <= _MAX_BREAK_WORDS:
        return 0
    return _BOLD_LINE if block.bold == len(block.text) else _BOLD_OPENING


def _heading_span(line: Line) -> tuple[int, int]:
    is_heading = line.block.kind is BlockKind.HEADING
    return 0, (len(line.block.text) if is_heading else line.block.bold)


def only(run: Run, wanted: Sequence[bool]) -> Run:
    """Return a run of some of the lines of another."""
    return replace(
        run,
        indexes=tuple(compress(run.indexes, wanted)),
        spans=tuple(compress(run.spans, wanted)),
    )
