"""The headline of this article: no name of the site behind it, no kicker before it.

Editors write one headline for the page and others for search engines and social networks.
The visible one wins unless the page's machine-readable headlines agree on another; what was
not chosen is kept as alternatives.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from cleaners.marks import mark_of
from cleaners.outline import comparable, joined, pieces
from cleaners.records import Candidate, Issue
from cleaners.rules import load_rules

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence

    from lxml import html

    from cleaners.outline import Outline

_SEPARATOR = re.compile(
    r"\s+[|\-\u2013—•·»\u203a«:/*~⋆\\]+\s+|\s*[|\uff5c]\s*|\s*\uff1a\s*|\s+::\s+|(?<=[^\s\-\u2013—])[-\u2013—]{1,2}(?=\s)|--"
)
# A day of a year, in digits or with the month in letters.
_DAY = re.compile(r"\d{1,2}\D{1,14}(?:19|20)\d\d\b|\b(?:19|20)\d\d-\d\d-\d\d")
_SHORTEST_NAME = 3
_LEAST_SHARE = 0.4
_ALIKE = 1 / 3
_LONGEST_TITLE = 500
_VISIBLE = frozenset({"h1", "headline"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Title:
    """The headline that was chosen, with its source, and the other titles of the page.

    Attributes:
        issues: ``title_conflict`` where the page's other titles speak of something else.
    """

    value: str | None = None
    source: str | None = None
    alternatives: tuple[str, ...] = ()
    issues: tuple[Issue, ...] = ()


@cache
def _rank() -> dict[str, int]:
    return {source: n for n, source in enumerate(load_rules("titles")["order"])}


@cache
def _kicker_mark() -> re.Pattern[str]:
    return re.compile("|".join(load_rules("titles")["kicker_marks"]))


@cache
def _news_types() -> frozenset[str]:
    return frozenset(load_rules("titles")["news"])


def _unmarked(heading: html.HtmlElement) -> list[str]:
    """Return the texts of a heading without the children whose class calls them a kicker."""
    parts = [heading.text or ""]
    for child in heading:
        if child.tag == "br":
            parts.append("\n")
        elif isinstance(child.tag, str) and not _kicker_mark().search(mark_of(child)):
            parts.extend(pieces(child))
        parts.append(child.tail or "")
    return parts


def _behind_first_part(heading: html.HtmlElement) -> str:
    """Return the text of a heading without its first inner element, if more follows it."""
    children = [c for c in heading if isinstance(c.tag, str) and joined(pieces(c))]
    if not children or (heading.text or "").strip():
        return ""
    rest = [children[0].tail or ""]
    for child in children[1:]:
        rest.extend((" ", *pieces(child), child.tail or ""))
    return joined(rest)


def title_candidates(outline: Outline) -> Iterator[Candidate]:
    """Yield the visible headline, and its forms with a kicker and without its first part."""
    heading = outline.headline
    if heading is None or not outline.is_headline_sure:
        return
    source = "h1" if heading.tag == "h1" else "headline"
    where = outline.path(heading)
    whole = joined(pieces(heading))
    rest = joined(_unmarked(heading)).lstrip(":|/\u2013—- ")
    if rest and comparable(rest) != comparable(whole):
        yield Candidate(field="title", value=rest, source=source, evidence=where)
        yield Candidate(field="title_alternative", value=whole, source=source, evidence=where)
    elif whole:
        yield Candidate(field="title", value=whole, source=source, evidence=where)
        if part := _behind_first_part(heading):
            yield Candidate(field="title_part", value=part, source=source, evidence=where)


def _names_site(words: str, site_names: Collection[str]) -> bool:
    flat = words.replace(" ", "")
    names = [n.replace(" ", "") for n in site_names]
    return any(
        flat in name or name in flat
        for name in names
        if min(len(flat), len(name)) >= _SHORTEST_NAME
    )


def _without_end(title: str, site_names: Collection[str]) -> str:
    """Cut the name of the site behind a title."""
    for border in reversed(list(_SEPARATOR.finditer(title))):
        before, behind = title[: border.start()].strip(), title[border.end() :]
        if not before or not _names_site(comparable(behind), site_names):
            break
        title = before
    return title


def without_site_name(title: str, headlines: Collection[str], site_names: Collection[str]) -> str:
    """Cut what follows the headline in a ``<title>`` or ``og:title``.

    Args:
        title: the title to cut.
        headlines: `comparable` forms of headlines that the page itself gives.
        site_names: `comparable` names of the site.
    """
    for border in _SEPARATOR.finditer(title):
        if comparable(title[: border.start()]) in headlines:
            return title[: border.start()].strip()
    title = _without_end(title, site_names)
    first = _SEPARATOR.search(title)
    if first and comparable(title[: first.start()]) in site_names:
        title = title[first.end() :].strip()
    return title


def _without_kicker(headline: str, others: Sequence[str]) -> str:
    """Cut what stands before a headline that another source gives without it."""
    for other in others:
        at = headline.casefold().rfind(other.casefold())
        is_end = at > 0 and at + len(other) == len(headline)
        has_border = is_end and headline[at - 1] in " :|/"
        if has_border and len(other) >= _LEAST_SHARE * len(headline):
            before = headline[:at].rstrip()
            # A number or an article is part of the headline ("7 ways to ..."), not a kicker.
            if (before[-1:] in ":|/·•\u2013—" or before.endswith(" -")) or len(
                before.split()
            ) == 1 < len(before):
                return headline[at:]
    return headline


def _without_date_line(headline: str, others: Sequence[str]) -> str:
    """Cut the date, and who posted it, from a heading that holds them beside the headline."""
    for other in others:
        before, found, behind = headline.partition(other)
        is_end = not before.strip() or not behind.strip()
        if found and is_end and _DAY.search(before + behind):
            return other
    return headline


def _first(found: Sequence[Candidate], *sources: str) -> Candidate | None:
    return next((c for s in sources for c in found if c.source == s), None)


def _is_news(candidate: Candidate) -> bool:
    return candidate.evidence.partition("#")[0] in _news_types()


def _with_value(candidate: Candidate, value: str) -> Candidate:
    return Candidate(
        field=candidate.field, value=value, source=candidate.source, evidence=candidate.evidence
    )


def _visible(found: Sequence[Candidate]) -> Candidate | None:
    """Return the visible headline, in the form that the page repeats elsewhere.

    Whether a line above the headline belongs to it, the other sources know.
    """
    visible = _first(found, "h1", "headline")
    shared = _first(found, "meta:og:title")
    part = next((c for c in found if c.field == "title_part"), None)
    if visible and shared and part:
        # Behind the heading's first inner element stands what editors gave to social networks.
        if comparable(part.value) == comparable(shared.value):
            return part
        # Or the whole, with a mark where the heading has only the border of an element.
        first = visible.value.removesuffix(part.value).rstrip()
        is_whole = comparable(visible.value) == comparable(shared.value)
        if is_whole and shared.value.startswith(first):
            return _with_value(visible, shared.value)
    elsewhere = {comparable(c.value) for c in found if c.source not in _VISIBLE}
    if visible is None or comparable(visible.value) in elsewhere:
        return visible
    forms = (c for c in found if c.field != "title" and c.source in _VISIBLE)
    return next((c for c in forms if comparable(c.value) in elsewhere), visible)


def _choose(found: Sequence[Candidate]) -> Candidate | None:
    """Choose among titles whose suffixes are cut already."""
    visible = _visible(found)
    declared = _first(found, "json-ld:headline", "microdata:headline", "rdfa:headline")
    shared = _first(found, "meta:og:title")
    if visible is None:
        return min(found, key=lambda c: _rank().get(c.source, len(_rank())), default=None)
    if visible.value.endswith(":"):
        # The rest of the headline stands in another element.
        longer = (c for c in found if c.value.startswith(visible.value) and c is not visible)
        return next(longer, visible)
    if declared is None or comparable(declared.value) == comparable(visible.value):
        return visible
    page_title = _first(found, "title")
    is_shared = shared is not None and comparable(shared.value) == comparable(declared.value)
    for_engines = page_title is not None and comparable(page_title.value) == comparable(
        declared.value
    )
    if is_shared and (_is_news(declared) or not for_engines):
        return declared
    return visible


def resolve_title(candidates: Sequence[Candidate], site_names: Collection[str]) -> Title:
    """Choose the headline of the article.

    Args:
        candidates: those of all fields; only titles are read.
        site_names: `comparable` names of the site, to be cut from the ends of titles.
    """
    found = [
        c
        for c in candidates
        if c.field.startswith("title") and len(c.value) <= _LONGEST_TITLE and comparable(c.value)
    ]
    found.sort(key=lambda c: c.field)  # `title` before `title_alternative`
    headlines = {
        comparable(c.value) for c in found if c.source in _VISIBLE or "headline" in c.source
    }
    cut = [
        _with_value(
            c,
            _without_end(c.value, site_names)
            if c.source in _VISIBLE
            else without_site_name(c.value, headlines, site_names),
        )
        for c in found
    ]
    others = [c.value for c in cut if c.source not in _VISIBLE]
    cut = [
        _with_value(c, _without_kicker(_without_date_line(c.value, others), others))
        if c.source in _VISIBLE
        else c
        for c in cut
    ]
    chosen = _choose(cut)
    if chosen is None:
        return Title()
    rest = [c.value for c in cut if c.field != "title_part"]
    distinct = {comparable(v): v for v in reversed(rest)}
    distinct.pop(comparable(chosen.value), None)
    ordered = tuple(
        dict.fromkeys(distinct[comparable(v)] for v in rest if comparable(v) in distinct)
    )
    return Title(
        value=chosen.value,
        source=chosen.source,
        alternatives=ordered,
        issues=_conflict(chosen, cut),
    )


def _conflict(chosen: Candidate, found: Sequence[Candidate]) -> tuple[Issue, ...]:
    """Return the issue that no other title of the page shares a third of the shorter one's words.

    A title without spaces has no words to share.
    """
    words = set(comparable(chosen.value).split())
    if len(words) < 2:  # noqa: PLR2004 - a word, or a script without spaces
        return ()
    others = [c for c in found if c.field == "title" and c.source != chosen.source]
    for other in others:
        shared = words & (theirs := set(comparable(other.value).split()))
        if len(shared) >= _ALIKE * min(len(words), len(theirs)):
            return ()
    if not others:
        return ()
    evidence = f"{chosen.source} {chosen.value}; {others[0].source} {others[0].value}"
    return (Issue(code="title_conflict", field="title", evidence=evidence[:300]),)
