"""Everything about an article that does not depend on its final text."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cleaners.address import address_candidates
from cleaners.author_lines import byline_candidates
from cleaners.authors import resolve_authors
from cleaners.dates import date_candidates, resolve_dates
from cleaners.images import absolute, caption_candidates, resolve_image, resolve_image_words
from cleaners.jsonld import read_nodes
from cleaners.language import resolve_language
from cleaners.moments import date_context
from cleaners.outline import Outline, comparable
from cleaners.paywall import resolve_free
from cleaners.pruning import drop_machinery
from cleaners.records import Candidate, Metadata
from cleaners.rights import resolve_rights
from cleaners.section import resolve_section, resolve_tags
from cleaners.structured import structured_candidates
from cleaners.title import resolve_title, title_candidates
from cleaners.urls import registrable_domain

if TYPE_CHECKING:
    from collections.abc import Sequence

    from lxml import html

    from cleaners.jsonld import Node
    from cleaners.records import Page


def _first(candidates: Sequence[Candidate], field: str) -> str | None:
    return next((c.value for c in candidates if c.field == field and c.value), None)


def _canonical(candidates: Sequence[Candidate], url: str) -> str | None:
    """Return the canonical address that the page declares, absolute; ``<link>`` first."""
    found = [c for c in candidates if c.field == "canonical_url"]
    order = ("link:canonical", "meta:og:url")
    found.sort(key=lambda c: order.index(c.source) if c.source in order else len(order))
    return next((a for a in (absolute(url, c.value) for c in found) if a), None)


def _publisher(candidates: Sequence[Candidate]) -> str | None:
    found = [c for c in candidates if c.field == "publisher" and "://" not in c.value]
    found.sort(key=lambda c: not c.source.startswith("json-ld"))
    return found[0].value if found else None


def _candidates(nodes: Sequence[Node], outline: Outline, page: Page) -> tuple[Candidate, ...]:
    return (
        *structured_candidates(nodes, outline),
        *title_candidates(outline),
        *byline_candidates(outline),
        *date_candidates(outline),
        *caption_candidates(outline),
        *page.hints,
        *address_candidates(page.url),
    )


def extract_metadata(tree: html.HtmlElement, page: Page) -> tuple[Metadata, tuple[Candidate, ...]]:
    """Return the resolved fields, and every candidate that they were chosen from.

    The tree is read once, and changed: its scripts and the like are taken out.
    """
    nodes = read_nodes(tree)
    drop_machinery(tree)
    outline = Outline(tree, page.url)
    candidates = _candidates(nodes, outline, page)
    publisher = _publisher(candidates)
    site_names = outline.site_names | ({comparable(publisher)} if publisher else set())
    language, language_source = resolve_language(candidates, page.language)
    title = resolve_title(candidates, site_names)
    authors, byline, author_issues = resolve_authors(candidates, page.url, site_names)
    context = date_context(page, language, registrable_domain(page.url))
    caption, credit = resolve_image_words(candidates)
    published, modified, date_issues = resolve_dates(candidates, context)
    rights = resolve_rights(candidates)
    metadata = Metadata(
        canonical_url=_canonical(candidates, page.url),
        publisher=publisher,
        title=title.value,
        title_source=title.source,
        title_alternatives=title.alternatives,
        authors=authors,
        byline=byline,
        description=_first(candidates, "description"),
        language=language,
        language_source=language_source,
        date_published=published,
        date_modified=modified,
        section=resolve_section(candidates),
        tags=resolve_tags(candidates),
        image_url=resolve_image(candidates, page.url),
        image_caption=caption,
        image_credit=credit,
        is_accessible_for_free=resolve_free(candidates),
        robots=rights.robots,
        tdm_reservation=rights.tdm_reservation,
        tdm_policy=rights.tdm_policy,
        issues=(*title.issues, *author_issues, *date_issues),
    )
    return metadata, candidates
