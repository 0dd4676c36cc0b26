"""What class, id and similar attributes call a part of a page: author, date, teaser, headline."""

from __future__ import annotations

import re
from functools import cache, lru_cache
from typing import TYPE_CHECKING

from cleaners.rules import load_rules

if TYPE_CHECKING:
    from collections.abc import Iterable

    from lxml import html

MARKS = frozenset(
    ("class", "id", "rel", "itemprop", "data-testid", "data-qa", "data-type", "data-component")
)
"""The attributes that name an element."""

AUTHOR, DATE, TEASER, HEADLINE, NOT_AUTHOR, PATH = 1, 2, 4, 8, 16, 32
# How marks begin: with a choice of words, or where a name begins.
_CHOICE = re.compile(r"\(\?:([a-z|]+)\)")
_APART = "(?:^|[-_ ])"


@cache
def _mark_patterns() -> tuple[re.Pattern[str], tuple[tuple[int, re.Pattern[str]], ...]]:
    """Return one pattern for everything that has a meaning, and one for each meaning."""
    rules = load_rules("marks")
    flags = {
        "author": AUTHOR,
        "date": DATE,
        "teaser": TEASER,
        "headline": HEADLINE,
        "not_author": NOT_AUTHOR,
        "path": PATH,
    }
    each = tuple((flag, re.compile("|".join(rules[name]))) for name, flag in flags.items())
    return _any_of(mark for name in flags for mark in rules[name]), each


def _any_of(marks: Iterable[str]) -> re.Pattern[str]:
    """Return a pattern that finds one of the marks wherever one of their patterns does.

    Written so that every alternative begins with a letter, and those with the same one share
    a branch: `re` then passes over most letters of names that mean nothing, as most do.
    """
    branches: dict[str, list[str]] = {}
    for mark in marks:
        choice = _CHOICE.match(mark)
        for opening in choice[1].split("|") if choice else [""]:
            whole = opening + (mark[choice.end() :] if choice else mark)
            inner = whole.removeprefix(_APART)
            before = f"(?<![^-_ ]{inner[0]})" if inner is not whole else ""
            branches.setdefault(inner[0], []).append(before + inner[1:])
    return re.compile("|".join(f"{first}(?:{'|'.join(rest)})" for first, rest in branches.items()))


@lru_cache(maxsize=65_536)
def _classify_name(name: str) -> int:
    any_meaning, each = _mark_patterns()
    if not any_meaning.search(name):
        return 0
    return sum(flag for flag, pattern in each if pattern.search(name))


@lru_cache(maxsize=65_536)
def classify(names: str) -> int:
    """Return what the value of one attribute claims that an element holds, as flags."""
    found = 0
    words = names.lower().split()
    if not _mark_patterns()[0].search(" ".join(words)):
        return 0
    for name in words:
        # Utility classes hold selectors for what may stand inside: "[&_figcaption]:mt-2".
        if "[" not in name:
            found |= _classify_name(name)
    return found


def mark_of(element: html.HtmlElement) -> str:
    """Return the naming attributes of an element in lower case, joined by spaces."""
    return " ".join([value for name, value in element.items() if name in MARKS]).lower()


def kinds_of(element: html.HtmlElement) -> int:
    """Return what class, id and similar attributes claim that an element holds, as flags."""
    found = 0
    for name, value in element.items():
        if name in MARKS:
            found |= classify(value)
    return found & ~AUTHOR if found & NOT_AUTHOR else found
