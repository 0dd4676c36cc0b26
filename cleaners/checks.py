"""Does what the page announces agree with what was found?"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from cleaners.lexicon import words_pattern
from cleaners.lists import Item
from cleaners.records import Issue

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from cleaners.lexicon import Lexicon

_MIN_HALF_WORDS = 3


def split_to_count(
    items: Sequence[Item], announced: int, lexicon: Lexicon
) -> tuple[tuple[int, Item], ...] | None:
    """Split items that join two, so that there are as many as the page announces.

    Separators are tried from the plainest to the weakest: a dash, a semicolon, a conjunction
    (each between spaces, with three words or more on either side). One that would give
    exactly the announced number is used; none is guessed at.

    Returns:
        Each item with the number of its bullet, or None if no separator gives the number.
    """
    missing = announced - len(items)
    if missing < 1:
        return None
    separators = (r"\s[–—-]\s", r";\s", rf"\s{words_pattern(lexicon.conjunctions)}\s")
    for separator in separators:
        halves = [tuple(_halves(item, separator)) for item in items]
        if sum(len(cut) - 1 for cut in halves) == missing:
            return tuple((number, half) for number, cut in enumerate(halves) for half in cut)
    return None


def _halves(item: Item, separator: str) -> Iterator[Item]:
    """Cut an item at every separator that has enough words on both sides."""
    start = 0
    for match in re.finditer(separator, item.text):
        left, right = item.text[start : match.start()], item.text[match.end() :]
        if min(len(left.split()), len(right.split())) >= _MIN_HALF_WORDS:
            yield _part(item, start, match.start())
            start = match.end()
    yield _part(item, start, len(item.text))


def _part(item: Item, start: int, end: int) -> Item:
    return Item(text=item.text[start:end], start=item.start + start, end=item.start + end)


def count_issue(announced: int | None, found: int) -> Issue | None:
    """Return the issue of a list of recommendations with another number than announced."""
    if announced is None or announced == found:
        return None
    code = "recommendations_missing" if found < announced else "recommendations_surplus"
    return Issue(
        code=code, field="recommendations", evidence=f"announced {announced}, found {found}"
    )
