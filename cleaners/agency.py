"""Whose copy is it? The news agency, or distributor of press releases, that an article credits."""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING, NamedTuple

from cleaners.rules import load_rules

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from cleaners.records import Author

_SHORT = 4
# How far into the text a dateline reaches: ``PARIS, 3 mai 2026 (AFP) -``.
_DATELINE_CHARS = 120
_CREDIT_LINES = 2
_LONGEST_CREDIT = 60
_BRACKETED = re.compile(r"[(\[]([^()\[\]]{2,60})[)\]]|/([^\W\d_][^/\n]{1,30})/")
# ``© dpa-infocom, dpa:230428-99-483045/5``, also behind the last sentence.
_OWNED = re.compile(r"(?:^|[.!?]\s*)©\s*(?:\d{4}\s+)?([^,;:.()©]{2,40})")
_CREDIT_ENDS = "()[]{}.,;:·•–—-©/ \u00a0"


class Agency(NamedTuple):
    """An agency and what names it: ``author``, ``byline``, ``dateline`` or ``credit``."""

    name: str
    source: str


def find_agency(
    authors: Sequence[Author], byline: str | None, lines: Sequence[str], closing: Sequence[str] = ()
) -> Agency | None:
    """Return the agency that an article credits, the plainest evidence first; None: it names none.

    Args:
        authors: of the article.
        byline: as printed.
        lines: of the text, in reading order.
        closing: what the publisher says below it.
    """
    for author in authors:
        for name in _named(author.name):
            return Agency(name, "author")
    for name in _in_words(byline or ""):
        return Agency(name, "byline")
    for name in _in_brackets(lines[0][:_DATELINE_CHARS] if lines else ""):
        return Agency(name, "dateline")
    for line in (*reversed(lines[-_CREDIT_LINES:]), *closing):
        for name in _in_credit(line):
            return Agency(name, "credit")
    return None


@cache
def _spellings() -> dict[str, str]:
    """Return the agencies by spelling: short ones as they are, others in lower case."""
    return {
        _folded(spelling): name
        for name, spellings in load_rules("agencies")["agencies"].items()
        for spelling in spellings
    }


def _folded(text: str) -> str:
    return text if len(text) <= _SHORT else text.casefold()


@cache
def _joints() -> re.Pattern[str]:
    words = "|".join(load_rules("agencies")["words"]["joints"])
    return re.compile(rf"\s*[/,;&+|]\s*|(?:^|\s+)(?:{words})\s+", re.IGNORECASE)


@cache
def _long_spellings() -> re.Pattern[str]:
    known = sorted((key for key in _spellings() if len(key) > _SHORT), key=len, reverse=True)
    return re.compile(rf"(?<!\w)(?:{'|'.join(map(re.escape, known))})(?!\w)")


def _named(text: str) -> Iterator[str]:
    """Yield the agencies among names that are joined in one text."""
    for part in _joints().split(text):
        name = _spellings().get(_folded(part.strip(_CREDIT_ENDS)))
        if name:
            yield name


def _in_words(text: str) -> Iterator[str]:
    yield from _named(text)
    yield from _in_brackets(text)
    for match in _long_spellings().finditer(text.casefold()):
        yield _spellings()[match[0]]


def _in_brackets(text: str) -> Iterator[str]:
    for match in _BRACKETED.finditer(text):
        yield from _named(match[1] or match[2])


def _in_credit(line: str) -> Iterator[str]:
    """Yield the agencies in a last line: in brackets at its end, behind ©, or all that it says."""
    for match in _OWNED.finditer(line):
        yield from _named(match[1])
    if len(line) <= _LONGEST_CREDIT:
        yield from _named(line)
    tail = line.rstrip(". ")
    if tail.endswith((")", "]", "/")):
        for match in _BRACKETED.finditer(tail):
            if match.end() == len(tail):
                yield from _named(match[1] or match[2])
