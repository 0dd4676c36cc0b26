"""What does a list hold? The words that lead to it and the shape of its items say so.

The word nearest to the list counts: "les mesures ... ont donné les résultats suivants :" leads
to results. Words that are only perhaps those of advice ("measures", "should") need items that
are shaped like advice. Whatever leads to them, questions, links and bare names are no advice.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache, cached_property, lru_cache
from itertools import pairwise
from typing import TYPE_CHECKING

from cleaners.counts import counts, numbers_in
from cleaners.item_shapes import Shapes
from cleaners.list_words import LIST_KINDS

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from cleaners.lexicon import Lexicon
    from cleaners.list_words import ListWords

# Shares of the items.
_FEW, _SOME, _HALF, _MOST, _NEARLY_ALL = 0.15, 0.3, 0.5, 0.7, 0.8
_MIN_COMMANDS = 3
_MIN_SENTENCE_WORDS = 6
_MAX_NAME_WORDS = 8
_FULL_STOPS = (".", "!")
_CLOSING_MARKS = " ”»"
_OPENING_MARKS = frozenset('«»“”„"‘')

_Verdict = tuple[str, str]  # the kind and its evidence
_Cue = tuple[str, str]  # the kind and the word that names it


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


@dataclass(frozen=True, kw_only=True)
class _Case:
    """A list to be judged: its items with their shapes, and what stands around them."""

    items: Sequence[str]
    around: Surroundings
    words: ListWords

    @cached_property
    def shapes(self) -> Shapes:
        """The shapes of the items, which nobody asks for where nothing leads to them."""
        return Shapes.of(self.items, self.words.items)

    def says_its_count(self, said: str) -> bool:
        """Tell whether a text holds the number of the list's items."""
        return any(number == len(self.items) for number, _ in numbers_in(said, self.words))

    def keeps(self, promise: str, said: str) -> bool:
        """Tell whether items are the advice that a word like "how to" promises.

        One of them at least looks like advice, or the text counts them.
        """
        if self.shapes.deeds >= _FEW or not self.words.promises.fullmatch(promise):
            return True
        return any(
            number == len(self.items) or counts("recommendations", after, self.words)
            for number, after in numbers_in(said, self.words)
        )


def kind_of(
    items: Sequence[str], around: Surroundings, words: ListWords, lexicon: Lexicon
) -> tuple[str, str]:
    """Return what a list holds, as in `cleaners.records.ListBlock`, and the evidence."""
    if _are_people(items, lexicon):
        return "speakers", "items:honorifics"
    case = _Case(items=items, around=around, words=words)
    kind, evidence = _by_words(case)
    if kind == "recommendations" and (veto := _veto(case)):
        return "other", veto
    if kind == "speakers" and not _are_named(items):
        return "other", "items:no names"
    return kind, evidence


def _by_words(case: _Case) -> _Verdict:
    """Return what the words around a list say of it, the nearer ones first."""
    for place, said in _announcers(case):
        if case.words.purposes.match(said) and case.shapes.advice >= _MOST:
            return "recommendations", f"{place}:purpose; items:{case.shapes.most}"
        if found := _by_announcer(case, place, said):
            return found
    return _by_context(case) or _by_shape(case) or _by_sentences(case) or ("other", "none")


def _announcers(case: _Case) -> list[tuple[str, str]]:
    """Return the texts that may announce a list, the likeliest first.

    Subheadings are announced by the title as much as by the sentence before the first of
    them: whichever of the two says how many there are.
    """
    said = [("lead-in", case.around.lead_in or "")]
    if case.around.markup == "heading":
        said.append(("title", case.around.title or ""))
        said.sort(key=lambda one: not case.says_its_count(one[1]))
    return said


def _by_announcer(case: _Case, place: str, said: str) -> _Verdict | None:
    """Return what a text says that a list holds, if it does, corrected by the items' shape.

    A sentence with a full stop announces less than one with a colon: there only words of
    advice count, and only before items that look like it.
    """
    announces = place == "title" or _announces(said)
    telling = _telling(said, case.words)
    advised = telling.get("recommendations")
    if advised is not None and case.shapes.advice >= (_MOST if announces else _HALF):
        # "Tips that help you to understand the risks": the items tell which word is meant.
        return "recommendations", f"{place}:{advised[0]}; items:{case.shapes.most}"
    if announces:
        return _by_cue(case, place, said, _nearest(telling)) or _perhaps(case, place, said)
    cue = _nearest(telling)
    if cue is None or case.shapes.advice >= _HALF:
        return None
    is_sure = cue[0] != "recommendations" or case.shapes.advice >= _SOME
    return (cue[0], f"{place}:{cue[1]}") if is_sure or case.says_its_count(said) else None


def _announces(said: str) -> bool:
    """Tell whether a text is a heading or leads on: it has no full stop."""
    return not said.rstrip(_CLOSING_MARKS).endswith(_FULL_STOPS)


def _by_cue(case: _Case, place: str, said: str, cue: _Cue | None) -> _Verdict | None:
    """Return the kind that the telling word nearest to a list names."""
    if cue is None:
        return None
    kind, word = cue
    if kind == "recommendations" and not case.keeps(word, said):
        return "other", f"{place}:{word}; items:nominal"
    # "6 steps to a healthy weight": any order works, or the page would number them.
    is_ordered = case.around.markup == "ol" or case.words.sequence.search(said) is not None
    if kind == "steps" and not is_ordered and case.shapes.advice >= _HALF:
        return "recommendations", f"{place}:{word}; items:{case.shapes.most}"
    return kind, f"{place}:{word}"


@lru_cache(maxsize=64)  # the lists of one page stand under the same headings
def _telling(said: str, words: ListWords) -> Mapping[str, re.Match[str]]:
    """Return for each kind that a text names the last word that does."""
    first = words.telling.search(said)
    if first is None:
        return {}
    found = ((kind, _last(words.kinds[kind], said, first.start())) for kind in LIST_KINDS)
    return {kind: match for kind, match in found if match is not None}


def _nearest(telling: Mapping[str, re.Match[str]]) -> _Cue | None:
    """Return the kind of the word that stands the nearest to the end, or is the longest there."""
    kind = max(
        telling,
        key=lambda kind: (telling[kind].end(), len(telling[kind][0])),
        default=None,
    )
    return None if kind is None else (kind, telling[kind][0])


def _last(pattern: re.Pattern[str], text: str, start: int = 0) -> re.Match[str] | None:
    return next(reversed(list(pattern.finditer(text, start))), None)


def _perhaps(case: _Case, place: str, said: str) -> _Verdict | None:
    """Return advice where a word like "measures" leads to items that are shaped like it."""
    match = _last(case.words.perhaps, said)
    # "Five measures" over five items is nearly sure: no list of verbs is complete.
    needed = _SOME if case.says_its_count(said) else _HALF
    if match is None or case.shapes.deeds < needed:
        return None
    return "recommendations", f"{place}:{match[0]}; items:{case.shapes.most}"


def _by_context(case: _Case) -> _Verdict | None:
    """Return what paragraph, heading or title say of a list whose lead-in says nothing."""
    around = case.around
    for place, said in (("paragraph", around.paragraph), ("heading", around.heading)):
        cue = _nearest(_telling(said or "", case.words))
        if cue is None or cue[0] == "speakers":
            continue
        if (case.shapes.advice >= _HALF) == (cue[0] == "recommendations"):
            return cue[0], f"{place}:{cue[1]}; items:{case.shapes.most}"
    promise = case.words.kinds["recommendations"].search(around.title or "")
    if promise is not None and case.shapes.commands >= _MOST:
        return "recommendations", f"title:{promise[0]}; items:{case.shapes.most}"
    return None


def _by_shape(case: _Case) -> _Verdict | None:
    """Return advice if next to all items are commands and nothing else is said of them."""
    said = case.around.lead_in or ""
    is_led = bool(said) and _announces(said) and len(case.items) >= _MIN_COMMANDS
    if is_led and case.shapes.commands >= _NEARLY_ALL:
        return "recommendations", f"items:{case.shapes.most}"
    return None


def _by_sentences(case: _Case) -> _Verdict | None:
    """Return facts if sentences stand at the head of a text: the points that sum it up."""
    if case.around.lead_in is not None:
        return None
    said = (
        len(item.split()) >= _MIN_SENTENCE_WORDS and item.rstrip(_CLOSING_MARKS)[-1:] in ".!"
        for item in case.items
    )
    return ("facts", "items:sentences") if _share(said) >= _MOST else None


def _veto(case: _Case) -> str | None:
    """Return what makes items no advice although the words before them promise it."""
    items = case.items
    if case.around.linked >= _MOST:
        return "items:links"
    if _share(item.rstrip(_CLOSING_MARKS).endswith("?") for item in items) > _HALF:
        return "items:questions"
    if _share(item[:1] in _OPENING_MARKS for item in items) > _HALF:
        return "items:quotes"
    if _share(map(_is_name, items)) >= _MOST and case.shapes.deeds < _SOME:
        return "items:names"
    return None


def _share(flags: Iterable[bool]) -> float:
    values = list(flags)
    return sum(values) / len(values)


def _is_name(item: str) -> bool:
    """Tell whether an item is no more than a name, of a product or a place."""
    words = item.split()
    capitals = sum(1 for word in words if not word[:1].islower())
    return len(words) <= _MAX_NAME_WORDS and capitals > _MOST * len(words)


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
    titled = _titled(lexicon)
    return _share(titled.match(item) is not None for item in items) >= _HALF


@cache
def _titled(lexicon: Lexicon) -> re.Pattern[str]:
    """Return the pattern of a title that opens an item; long, so it is made once a language."""
    return re.compile(rf"(?:{lexicon.articles}\s+)?{lexicon.honorifics}\s+\S")
