"""When two spellings are one name, and two words for a function one function."""

from __future__ import annotations

import re
import unicodedata
from difflib import SequenceMatcher
from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

_WORD = re.compile(r"\w+")
_STEM = 6
_MIN_STEM = 4
_ALIKE = 0.86


@lru_cache(maxsize=20_000)
def folded(name: str) -> tuple[str, ...]:
    """Return the words of a name without accents and case, as spellings are compared."""
    if name.isascii():
        return tuple(_WORD.findall(name.lower()))
    plain = unicodedata.normalize("NFKD", name).casefold()
    if not plain.isascii():
        plain = "".join(c for c in plain if not unicodedata.combining(c))
    return tuple(_WORD.findall(plain))


def is_alike(one: str, other: str) -> bool:
    """Tell whether two surnames are spellings of one: "Nejjari" and "Nejari"."""
    if one[0] != other[0]:
        return False
    # The ratio counts the letters that are not shared: cheaper to ask first how many must be.
    if len(set(one) ^ set(other)) > (1 - _ALIKE) * (len(one) + len(other)):
        return False
    return SequenceMatcher(None, one, other).ratio() >= _ALIKE


def is_same(words: Sequence[str], others: Sequence[str]) -> bool:
    """Tell whether two full names with the same surname are one person's."""
    if words[-1] != others[-1]:
        return False
    shorter, longer = sorted((words, others), key=len)
    if set(shorter) <= set(longer):
        return True
    first, other = words[0], others[0]
    return first[0] == other[0] and (len(first) == 1 or len(other) == 1)


def fits(one: int, other: int) -> bool:
    """Tell whether two genders may be one person's; nothing known fits everything."""
    return not one or not other or bool(one & other)


def stem(word: str) -> str:
    """Return a word in the form that `meets` compares."""
    return word.casefold().strip("’'-")


def meets(one: str, other: str) -> bool:
    """Tell whether two words for a function are one, whatever their gender or compound."""
    if one == other:
        return True
    shared = min(len(one), len(other), _STEM)
    if shared >= _MIN_STEM + 1 and one[:shared] == other[:shared]:
        return True
    is_long = min(len(one), len(other)) >= _MIN_STEM
    return is_long and (other.endswith(one) or one.endswith(other))
