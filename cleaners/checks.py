"""Does what the page announces agree with what was found?"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from cleaners.item_shapes import COMMANDS, NOMINAL, Shapes, shape_of
from cleaners.lists import Item
from cleaners.records import Issue

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from cleaners.list_words import ListWords

_MIN_HALF_WORDS = 3
_DASH = re.compile(r"\s[–—-]\s")
_SEMICOLON = re.compile(r"\s?;\s")


def split_to_count(
    items: Sequence[Item], announced: int, words: ListWords
) -> tuple[tuple[int, Item], ...] | None:
    """Split the one item that joins two, if one is missing to what the page announces.

    Separators are tried from the strongest to the weakest: a dash, a semicolon, a conjunction.
    A place to split has three words or more on either side, and both halves have the shape
    that the items share. The strongest separator with such a place decides: if it has exactly
    one, the item is split there; if it has several, none is guessed at.

    Returns:
        Each item with the number of its bullet, or None if nothing is to be split.
    """
    if announced != len(items) + 1:
        return None
    shape = Shapes.of([item.text for item in items], words.items).most
    # "Ne pas courir" and "Évitez le quai" are of one shape here: both tell what to do.
    shapes = COMMANDS if shape in COMMANDS else frozenset((shape,))
    for separator in (_DASH, _SEMICOLON, words.conjunctions):
        # Without a shape of its own, "bread and butter from the farm" would be two.
        if separator is words.conjunctions and shape == NOMINAL:
            return None
        places = [
            (number, halves)
            for number, item in enumerate(items)
            for halves in _halves(item, separator, shapes, words)
        ]
        if places:
            return _split(items, *places[0]) if len(places) == 1 else None
    return None


def _halves(
    item: Item, separator: re.Pattern[str], shapes: frozenset[str], words: ListWords
) -> Iterator[tuple[Item, Item]]:
    """Yield the ways to cut an item in two at a separator."""
    for match in separator.finditer(item.text):
        left, right = item.text[: match.start()], item.text[match.end() :]
        is_long = min(len(left.split()), len(right.split())) >= _MIN_HALF_WORDS
        if is_long and all(_has_shape(half, shapes, words) for half in (left, right)):
            yield _part(item, 0, match.start()), _part(item, match.end(), len(item.text))


def _has_shape(text: str, shapes: frozenset[str], words: ListWords) -> bool:
    shape = shape_of(text, words.items)
    # Items that share no shape begin like items at least: with a capital.
    return shape in shapes and (shape != NOMINAL or text[:1].isupper())


def _split(
    items: Sequence[Item], cut: int, halves: tuple[Item, Item]
) -> tuple[tuple[int, Item], ...]:
    return tuple(
        (number, part)
        for number, item in enumerate(items)
        for part in (halves if number == cut else (item,))
    )


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
