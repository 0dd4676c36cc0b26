"""When an article was published and changed.

Machine-readable dates come before printed ones. A printed date counts only where it stands
beside the headline: dates in running text and in teasers belong to something else.
"""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING

from cleaners.marks import TEASER, kinds_of, mark_of
from cleaners.moments import LONGEST_RELATIVE, LONGEST_TEXT, TOLERANCE, parse_moment, words
from cleaners.outline import collapse, spaced
from cleaners.records import Candidate, Issue, Moment
from cleaners.rules import load_rules
from cleaners.text import MARKS

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from lxml import html

    from cleaners.moments import DateContext
    from cleaners.outline import Outline

_WORD = rf"(?:[^\W\d_]|[{MARKS}]){{3,14}}"
_DAY = r"\d{1,2}(?:st|nd|rd|th|er|º|ª|\.)?"
_TIME = (
    r"(?:[\s,|\u2013—·•/-]{0,4}(?:%s)?[\s,|-]{0,3}\d{1,2}\s?[:.h]\s?\d{2}(?::\d{2})?"
    r"(?:\s?[ap]\.?m\b\.?)?(?:\s?(?:Uhr|[A-Z]{2,5}(?:[+-]\d{1,2})?)\b)?)?"
)
_PRINTED = (
    r"(?<![\w])(?:\d{4}[-/.]\d{1,2}[-/.]\d{1,2}(?:[T\s]\d{2}:\d{2}(?::\d{2})?(?:[+-]\d{2}:?\d{2}|Z)?)?"
    r"|\d{1,2}\s?[-/.]\s?\d{1,2}\s?[-/.]\s?(?:\d{4}|\d{2})"
    rf"|{_DAY}(?:\s+|-)(?:de\s+|of\s+|d['\u2019])?{_WORD}\.?,?(?:\s+|-)(?:de\s+|del\s+)?\d{{4}}"
    rf"|{_WORD}\.?\s+{_DAY},?\s+\d{{4}}"
    rf"|\d{{4}}\.\s+{_WORD}\s+\d{{1,2}}\."
    r"|\d{4}\s?[年년]\s?\d{1,2}\s?[月월]\s?\d{1,2}\s?[日일]?"
    r"|\d{1,2}\s+tháng\s+\d{1,2},?\s+(?:năm\s+)?\d{4}"
    r"|[\u0660-٩]{1,2}\s+[^\W\d_]{3,14}[\s،,]+[\u0660-٩]{4}"
    r")(?![\w])"
)
_BEFORE, _AFTER = -40, 90


@cache
def _order(name: str) -> dict[str, int]:
    return {source: n for n, source in enumerate(load_rules("dates")[name])}


@cache
def _printed() -> re.Pattern[str]:
    between = "|".join(re.escape(w) for w in load_rules("dates")["time_words"])
    return re.compile(_PRINTED + _TIME % between, re.IGNORECASE)


def _is_near(element: html.HtmlElement, outline: Outline) -> bool:
    return _BEFORE <= outline.after_headline(element) <= _AFTER and not outline.is_elsewhere(
        element
    )


def _field(label: str) -> str:
    """Tell by the words before a date, or by a name in the markup, what it is the date of."""
    changed = list(words("modified_words").finditer(label))
    issued = list(words("published_words").finditer(label))
    if changed and (not issued or changed[-1].start() > issued[-1].start()):
        return "date_modified"
    return "date_published"


def _time_elements(outline: Outline) -> Iterator[Candidate]:
    for element in outline.times:
        if not _is_near(element, outline):
            continue
        value = element.get("datetime") or ""
        printed = spaced(element)
        before = element.getprevious()
        label = " ".join(
            (
                mark_of(element),
                (element.getparent().text or "")[-40:],
                (before.tail or "")[-40:] if before is not None else "",
                printed,
            )
        )
        if value or len(printed) < LONGEST_TEXT:
            yield Candidate(
                field=_field(label),
                value=collapse(value or printed),
                source="time" if value else "visible",
                evidence=outline.path(element),
            )


def _printed_dates(text: str) -> Iterator[tuple[str, str]]:
    """Yield field and text of the dates in a short text that stands beside the headline."""
    end = 0
    for match in _printed().finditer(text):
        yield _field(text[end : match.start()]), match[0].strip(" ,|\u2013—-")
        end = match.end()
    if end == 0 and len(text) <= LONGEST_RELATIVE and words("relative_words").search(text):
        label = words("published_words").sub("", words("modified_words").sub("", text))
        yield _field(text), label.strip(" :,|")


def _visible_dates(outline: Outline) -> Iterator[Candidate]:
    if outline.headline is None:
        return
    seen = 0
    for element in (*outline.date_marks, *outline.author_marks, *outline.beside_headline):
        if not _is_near(element, outline) or kinds_of(element) & TEASER:
            continue
        text = spaced(element)
        if not text or len(text) > LONGEST_TEXT:
            continue
        for field, value in _printed_dates(text):
            yield Candidate(field=field, value=value, source="visible", evidence=text[:100])
            seen += 1
        if seen > 6:  # noqa: PLR2004 - a page's own dates are few; more are a list
            return


def date_candidates(outline: Outline) -> tuple[Candidate, ...]:
    """Return the dates that are printed or marked up beside the headline."""
    return tuple(dict.fromkeys((*_time_elements(outline), *_visible_dates(outline))))


def _ranked(candidates: Sequence[Candidate], field: str, order: str) -> list[Candidate]:
    ranks = _order(order)
    unknown = ranks["visible"] - 0.5
    found = dict.fromkeys(c for c in candidates if c.field == field)
    return sorted(found, key=lambda c: ranks.get(c.source, unknown))


def _moments(candidates: Sequence[Candidate], context: DateContext) -> Iterator[Moment]:
    for candidate in candidates:
        moment = parse_moment(candidate.value, candidate.source, context)
        if moment is not None:
            yield moment


def _conflict(moment: Moment, others: Iterable[Moment]) -> Issue | None:
    other = next((m for m in others if abs(m.value - moment.value) > 2 * TOLERANCE), None)
    if other is None:
        return None
    evidence = f"{moment.source} {moment.raw}; {other.source} {other.raw}"
    return Issue(code="date_conflict", field="date_published", evidence=evidence[:300])


def resolve_dates(
    candidates: Sequence[Candidate], context: DateContext
) -> tuple[Moment | None, Moment | None, tuple[Issue, ...]]:
    """Choose the moments of publication and of the last change.

    Returns:
        Publication, change, and the issues ``no_date`` and ``date_conflict``.
    """
    ranked = _ranked(candidates, "date_published", "published_order")
    # Printed dates are the dear ones to read: only where no declared one is a date. The address
    # is asked last, and never contradicts anything.
    last = {"visible", "url"}
    declared = _moments([c for c in ranked if c.source not in last], context)
    printed = _moments([c for c in ranked if c.source in last], context)
    changed = _moments(_ranked(candidates, "date_modified", "modified_order"), context)
    published = next(declared, None) or next(printed, None)
    modified = next(changed, None)
    if published is None:
        evidence = "no date in the markup or beside the headline"
        return None, modified, (Issue(code="no_date", field="date_published", evidence=evidence),)
    conflict = _conflict(published, declared)
    return published, modified, (conflict,) if conflict else ()
