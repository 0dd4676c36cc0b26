"""How many items does a lead-in announce? "7 recommandations", "five ways", "drei Tipps"."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from cleaners.list_words import ListWords

# "7 recommandations majeures": how far after the number the word it counts may stand.
_COUNTED_WORDS = 4
_MAX_COUNT = 60


def announced_count(said: str, kind: str, found: int, words: ListWords) -> int | None:
    """Return the number of items that a lead-in gives.

    The number must count a word of the list's kind ("7 recommandations majeures"), or be the
    number of items found. Ages, amounts and hours count nothing.
    """
    for number, after in numbers_in(said, words):
        if number == found or counts(kind, after, words):
            return number
    return None


@lru_cache(maxsize=64)  # each list of a page asks what title and lead-in count, several times
def numbers_in(said: str, words: ListWords) -> tuple[tuple[int, str], ...]:
    """Return each number of a text that may count items, with what stands behind it."""
    found = []
    for match in words.count.finditer(said):
        after = said[match.end() :]
        value = words.numbers.get(match[1].lower())
        number = int(match[1]) if value is None else value
        if 1 < number <= _MAX_COUNT and not words.units.match(after):
            found.append((number, after))
    return tuple(found)


def counts(kind: str, after: str, words: ListWords) -> bool:
    """Tell whether the words behind a number name what lists of a kind hold."""
    counted = " ".join(after.split()[:_COUNTED_WORDS])
    patterns = [words.kinds[kind]]
    if kind == "recommendations":
        patterns.append(words.perhaps)
    return any(pattern.search(counted) for pattern in patterns)
