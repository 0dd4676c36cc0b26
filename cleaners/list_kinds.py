"""What does a list hold? The words that lead to it and the shape of its items say so.

The word nearest to the list counts: "les mesures ... ont donné les résultats suivants :" leads
to results. Words that are only perhaps those of advice ("measures", "should") need items that
are shaped like advice. Whatever leads to them, questions, links and bare names are no advice.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

from cleaners.item_shapes import share_of_advice, share_of_deeds, shared_shape
from cleaners.list_words import LIST_KINDS

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from cleaners.lexicon import Lexicon
    from cleaners.list_words import ListWords

_HALF, _MOST = 0.5, 0.7
_MAX_NAME_WORDS = 4
_MIN_TITLED = 3
_CLOSING_MARKS = " ”»"
_OPENING_MARKS = frozenset('«»“”„"‘')


@dataclass(frozen=True, slots=True, kw_only=True)
class Surroundings:
    """What stands around a list.

    Attributes:
        lead_in: the sentence or heading just before it.
        paragraph: what stands before that sentence in its paragraph.
        heading: the heading of the part of the text that holds it.
        title: the article's title.
        markup: as in `cleaners.records.ListBlock`.
        linked: share of its items that are little more than a link.
    """

    lead_in: str | None
    paragraph: str = ""
    heading: str | None
    title: str | None
    markup: str
    linked: float = 0.0


def kind_of(
    items: Sequence[str], around: Surroundings, words: ListWords, lexicon: Lexicon
) -> tuple[str, str]:
    """Return what a list holds, as in `cleaners.records.ListBlock`, and the evidence."""
    if _are_people(items, lexicon):
        return "speakers", "items:honorifics"
    found = _by_words(items, around, words)
    if found[0] == "recommendations" and (veto := _veto(items, around, words)):
        return "other", veto
    if found[0] == "speakers" and not _are_named(items):
        return "other", "items:no names"
    return found


def _by_words(items: Sequence[str], around: Surroundings, words: ListWords) -> tuple[str, str]:
    """Return what the words around a list say of it: the nearer ones first."""
    said = around.lead_in or ""
    advice = share_of_advice(items, words.items)
    if (cue := _cue(said, words)) is not None:
        return _by_cue(cue, said, advice, around, words)
    if found := _perhaps(said, items, advice, words):
        return found
    for place, text in (("paragraph", around.paragraph), ("heading", around.heading)):
        cue = _cue(text or "", words)
        if cue is None or cue[0] == "speakers":
            continue
        if (advice >= _HALF) == (cue[0] == "recommendations"):
            return cue[0], f"{place}:{cue[1]}"
    cue = _cue(around.title or "", words)
    is_titled = cue is not None and cue[0] == "recommendations" and len(items) >= _MIN_TITLED
    if cue is not None and is_titled and advice >= _MOST:
        return "recommendations", f"title:{cue[1]}; items:{shared_shape(items, words.items)}"
    return "other", "none"


def _cue(said: str, words: ListWords) -> tuple[str, str] | None:
    """Return the kind that the last telling word of a text names, and that word."""
    found = {kind: _last(words.kinds[kind], said) for kind in LIST_KINDS}
    nearest = max(LIST_KINDS, key=lambda kind: _nearness(found[kind]))
    match = found[nearest]
    return None if match is None else (nearest, match[0])


def _nearness(match: re.Match[str] | None) -> tuple[int, int]:
    """Return what is greater the nearer a word stands to the end, and the longer it is."""
    return (-1, 0) if match is None else (match.end(), len(match[0]))


def _by_cue(
    cue: tuple[str, str], said: str, advice: float, around: Surroundings, words: ListWords
) -> tuple[str, str]:
    """Correct the kind that a word names by the shape of the items."""
    kind, word = cue
    # "6 steps to a healthy weight": any order works, or the page would number them.
    is_ordered = around.markup == "ol" or words.sequence.search(said) is not None
    if kind == "steps" and not is_ordered and advice >= _HALF:
        return "recommendations", f"lead-in:{word}; items"
    if kind in {"facts", "other", "topics"} and advice >= _MOST:
        advised = _last(words.kinds["recommendations"], said)
        if advised is not None:
            return "recommendations", f"lead-in:{advised[0]}; items"
    return kind, f"lead-in:{word}"


def _perhaps(
    said: str, items: Sequence[str], advice: float, words: ListWords
) -> tuple[str, str] | None:
    match = _last(words.perhaps, said)
    if match is None:
        return None
    shaped = advice if advice >= _HALF else share_of_deeds(items, words.items)
    if shaped < _HALF:
        return None
    return "recommendations", f"lead-in:{match[0]}; items:{shared_shape(items, words.items)}"


def _last(pattern: re.Pattern[str], text: str) -> re.Match[str] | None:
    return next(reversed(list(pattern.finditer(text))), None)


def _veto(items: Sequence[str], around: Surroundings, words: ListWords) -> str | None:
    """Return what makes items no advice although the words before them promise it."""
    if around.linked >= _MOST:
        return "items:links"
    if _share(item.rstrip(' ”»"').endswith("?") for item in items) > _HALF:
        return "items:questions"
    if _share(item[:1] in _OPENING_MARKS for item in items) > _HALF:
        return "items:quotes"
    bare = (_is_bare(item) for item in items)
    if _share(bare) >= _MOST and share_of_deeds(items, words.items) < _HALF / 2:
        return "items:names"
    return None


def _share(flags: Iterable[bool]) -> float:
    values = list(flags)
    return sum(values) / len(values)


def _is_bare(item: str) -> bool:
    """Tell whether an item is no more than a name or an amount."""
    return len(item.split()) <= _MAX_NAME_WORDS


def _are_named(items: Sequence[str]) -> bool:
    """Tell whether most items open with two capitalised words, as names do."""
    return (
        _share(
            any(a[:1].isupper() and b[:1].isupper() for a, b in pairwise(item.split()[:5]))
            for item in items
        )
        >= _HALF
    )


def _are_people(items: Sequence[str], lexicon: Lexicon) -> bool:
    opening = re.compile(rf"(?:{lexicon.articles}\s+)?{lexicon.honorifics}\s+\S")
    return _share(opening.match(item) is not None for item in items) >= _HALF
