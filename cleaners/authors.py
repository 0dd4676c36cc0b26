"""Who wrote the article: names in the page's order, each with its evidence.

Machine-readable authors come first; where they name only the site itself, an unusable
value or nothing, the byline printed beside the headline or below the article decides.
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urljoin, urlsplit

from cleaners.bylines import (
    Named,
    is_full_name,
    is_organization,
    names_in,
    names_site,
    starts_with_prefix,
)
from cleaners.outline import comparable
from cleaners.records import Author, Candidate, Issue

if TYPE_CHECKING:
    from collections.abc import Sequence


_MOST_AUTHORS = 30


def _record(
    named: Named,
    candidate: Candidate,
    details: dict[tuple[str, str], str],
    url: str,
    site_names: frozenset[str],
) -> Author:
    kind = details.get(("author_type", candidate.evidence))
    if kind == "organization" or _bears_site(candidate.value, site_names):
        named = _whole(named, candidate.value)
    if kind != "organization":
        kind = "organization" if is_organization(named.name) else "person"
    address = details.get(("author_url", candidate.evidence))
    return Author(
        name=named.name,
        type=kind,
        role=details.get(("author_role", candidate.evidence)) or named.role,
        author_url=_absolute(url, address) if address else None,
        method=candidate.source,
    )


def _absolute(url: str, address: str) -> str | None:
    try:
        joined = urljoin(url, address)
        return joined if urlsplit(joined).scheme in {"http", "https"} else None
    except ValueError:
        return None


def _whole(named: Named, value: str) -> Named:
    """Return an organization with the end of its name, that looks like a function behind one."""
    whole = f"{named.name} {named.role}"
    return Named(name=whole) if named.role and whole in value else named


def _authors(
    candidates: Sequence[Candidate], source: str, url: str, site_names: frozenset[str]
) -> list[Author]:
    details = {
        (c.field, c.evidence): c.value
        for c in candidates
        if c.source == source and c.field != "author"
    }
    found: dict[str, Author] = {}
    for candidate in candidates:
        if candidate.field != "author" or candidate.source != source:
            continue
        for named in names_in(candidate.value, strict=False):
            author = _record(named, candidate, details, url, site_names)
            found.setdefault(comparable(author.name), author)
    return list(found.values())[:_MOST_AUTHORS]


def _bears_site(value: str, site_names: frozenset[str]) -> bool:
    """Tell whether a value is the name of the site, or begins with it."""
    words = f"{comparable(value)} "
    return any(words.startswith(f"{name} ") for name in site_names)


def _is_site(author: Author, site_names: frozenset[str]) -> bool:
    return names_site(author.name, site_names)


def _quality(authors: Sequence[Author], site_names: frozenset[str]) -> int:
    """Return 3 for persons with full names, 2 for persons, 1 for organizations, 0 for the site."""
    best = 0
    for author in authors:
        if author.type == "person" and not _is_site(author, site_names):
            is_full = is_full_name(author.name)
            best = max(best, 3 if is_full else 2)
        elif not _is_site(author, site_names):
            best = max(best, 1)
    return best


def resolve_authors(
    candidates: Sequence[Candidate], url: str, site_names: frozenset[str]
) -> tuple[tuple[Author, ...], str | None, tuple[Issue, ...]]:
    """Choose the authors of the article.

    Returns:
        Authors in the page's order, the author line as printed, and the issues ``no_author``
        and ``author_conflict``: the markup and the printed line name different persons.
    """
    sources = list(dict.fromkeys(c.source for c in candidates if c.field == "author"))
    sources.sort(key=_source_rank)
    lists = [(s, _authors(candidates, s, url, site_names)) for s in sources]
    lists = [(s, a) for s, a in lists if a]
    line = next((c.value for c in candidates if c.field == "byline"), None)
    if not lists:
        return (), line, (Issue(code="no_author", field="authors", evidence="no byline found"),)
    best = max(_quality(a, site_names) for _, a in lists)
    chosen = next(a for _, a in lists if _quality(a, site_names) == best)
    printed = dict(lists).get("byline", [])
    issues = _conflict(chosen, printed)
    if _overrules(printed, chosen, line or ""):
        chosen = printed
    if best >= 2:  # noqa: PLR2004 - persons: the site's own name beside them says nothing
        chosen = [a for a in chosen if not _is_site(a, site_names)] or chosen
    return tuple(chosen), line, issues


def _conflict(declared: Sequence[Author], printed: Sequence[Author]) -> tuple[Issue, ...]:
    """Return the issue that two lists of persons have not a word of a name in common."""
    lists = [
        [author.name for author in found if author.type == "person" and is_full_name(author.name)]
        for found in (declared, printed)
    ]
    ours, theirs = (
        {word for name in names for word in comparable(name).split()} for names in lists
    )
    if not ours or not theirs or ours & theirs:
        return ()
    evidence = f"{declared[0].method} {', '.join(lists[0])}; byline {', '.join(lists[1])}"
    return (Issue(code="author_conflict", field="authors", evidence=evidence[:300]),)


def _overrules(printed: Sequence[Author], declared: Sequence[Author], line: str) -> bool:
    """Tell whether the printed line is to be believed rather than the declared authors.

    It is where it names all of them and further persons; and where it says "By", and names
    others altogether: content systems declare whoever uploaded the text.
    """
    names, others = ({comparable(a.name) for a in g} for g in (printed, declared))
    persons = [a for a in printed if a.type == "person" and is_full_name(a.name)]
    if not printed or len(persons) != len(printed):
        return False
    return others < names or (not others & names and starts_with_prefix(line))


def _source_rank(source: str) -> int:
    if source == "json-ld:author":
        return 0
    if source in {"microdata:author", "rdfa:author"}:
        return 2
    if source.startswith("meta:"):
        return 3
    return {"byline": 4, "json-ld:creator": 5, "rdfa:creator": 5, "feed": 6}.get(source, 7)
