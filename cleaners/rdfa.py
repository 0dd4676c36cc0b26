"""RDFa Lite and RDFa with Dublin Core: what the attribute ``property`` says of the article.

Drupal and library systems print it (``<span property="schema:datePublished" content="...">``).
https://www.w3.org/TR/rdfa-lite/; prefixes are read by their usual names, as browsers' initial
context defines them (https://www.w3.org/2011/rdfa-context/rdfa-1.1).
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from cleaners.jsonld import classes
from cleaners.outline import collapse, text_of
from cleaners.records import Candidate
from cleaners.rules import load_rules

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lxml import html

    from cleaners.outline import Outline

_LONGEST = 2_000
_LONGEST_AUTHOR = 120


def rdfa_candidates(outline: Outline) -> Iterator[Candidate]:
    """Yield what the properties in RDFa say of the page's article."""
    for element in outline.rdfa:
        if element is outline.headline:
            continue  # read as the visible headline, kicker and all
        for term in (element.get("property") or "").split():
            name = local_name(term)
            field = _field(term, element)
            if field is None or _is_foreign(element, outline) or outline.is_elsewhere(element):
                continue
            value = _value(_named(element) if field == "author" else element)
            if value and (field != "author" or len(value) <= _LONGEST_AUTHOR):
                yield Candidate(
                    field=field,
                    value=value,
                    source=f"rdfa:{name}",
                    evidence=f"{outline.path(element)}#{outline.position[element]}",
                )


def local_name(term: str) -> str:
    """Return a term without its prefix or the address of its vocabulary, in lower case."""
    return term.replace("#", "/").rpartition("/")[2].rpartition(":")[2].lower()


@cache
def _terms() -> dict[str, str]:
    table: dict[str, list[str]] = load_rules("rdfa")["fields"]
    return {name: field for field, names in table.items() for name in names}


def _field(term: str, element: html.HtmlElement) -> str | None:
    """Return the field that a term speaks for; ``og:title`` and the like are no terms of RDFa."""
    prefix, colon, _ = term.partition(":")
    is_known = prefix.lower() in load_rules("rdfa")["prefixes"] or "//" in term
    if not is_known and (colon or element.tag == "meta"):
        return None
    return _terms().get(local_name(term))


def _is_foreign(element: html.HtmlElement, outline: Outline) -> bool:
    """Tell whether a property belongs to another thing than the article: its author, a teaser."""
    scope = next((e for e in element.iterancestors() if e.get("typeof")), None)
    if scope is None:
        return False
    names = {local_name(term) for term in scope.get("typeof").split()}
    is_article = not names.isdisjoint({*_articles(), *load_rules("rdfa")["articles"]})
    if scope.get("property") or not is_article:
        return True
    return outline.headline is not None and not outline.holds_headline(scope)


@cache
def _articles() -> frozenset[str]:
    return frozenset(name.lower() for name in classes("strong"))


def _named(element: html.HtmlElement) -> html.HtmlElement:
    """Return where the name of an author stands: in a property of the person, or right here."""
    inner = (e for e in element.iter() if local_name(e.get("property") or "") == "name")
    return next(inner, element)


def _value(element: html.HtmlElement) -> str:
    for attribute in ("content", "datetime"):
        if value := element.get(attribute):
            return collapse(value)[:_LONGEST]
    return collapse(text_of(element))[:_LONGEST]
