"""What a page says to machines: JSON-LD, ``<meta>``, microdata and RDFa, as candidates.

An author's further properties are candidates of their own (``author_type``, ``author_url``,
``author_role``) that share the ``evidence`` of the name they belong to.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from html import unescape
from typing import TYPE_CHECKING, Any
from urllib.parse import urljoin, urlsplit

from cleaners.bylines import is_prefix
from cleaners.jsonld import Node, classes, index_by_id, types_of
from cleaners.outline import LEAST_TITLE, collapse, comparable, text_of
from cleaners.rdfa import rdfa_candidates
from cleaners.records import Candidate
from cleaners.rules import load_rules

if TYPE_CHECKING:
    from lxml import html

    from cleaners.outline import Outline

_LONGEST = 2_000
_LONGEST_AUTHOR = 120
_SCALARS = {
    "title": ("headline", "name"),
    "title_alternative": ("alternativeHeadline", "alternateName"),
    "date_published": ("datePublished", "dateCreated", "uploadDate"),
    "date_modified": ("dateModified",),
    "language": ("inLanguage",),
    "section": ("articleSection",),
    "description": ("description", "abstract"),
    "is_accessible_for_free": ("isAccessibleForFree",),
    "canonical_url": ("url", "mainEntityOfPage"),
}
_PAGE_FIELDS = ("date_published", "date_modified", "language", "description", "title")
_MICRODATA = {
    "headline": "title",
    "author": "author",
    "alternativeheadline": "title_alternative",
    "datepublished": "date_published",
    "datecreated": "date_published",
    "datemodified": "date_modified",
    "articlesection": "section",
    "inlanguage": "language",
    "description": "description",
    "isaccessibleforfree": "is_accessible_for_free",
    "keywords": "tags",
}


def _clean(value: str) -> str:
    """Return `value` on one line, with entities resolved that were escaped twice."""
    return collapse(unescape(value) if "&" in value else value)[:_LONGEST]


class _Graph:
    """The JSON-LD of one page with its references."""

    def __init__(self, nodes: Sequence[Node]) -> None:
        self.nodes = nodes
        self._by_id = index_by_id(nodes)

    def resolve(self, value: Any) -> Any:
        """Return the object that `value` refers to by ``@id``, or `value` itself."""
        if isinstance(value, Mapping):
            name = value.get("@id")
            target = self._by_id.get(name) if isinstance(name, str) else None
            if target is not None and len(target) > len(value):
                return {**target, **value}
        return value

    def items(self, value: Any) -> Iterator[tuple[str, Any]]:
        """Yield the members of a list, or the one value, each with its JSON pointer."""
        if isinstance(value, Mapping):
            value = value.get("@list", value.get("@set", value))
        if isinstance(value, list):
            for number, item in enumerate(value[:100]):
                yield f"/{number}", self.resolve(item)
        elif value is not None:
            yield "", self.resolve(value)

    def text(self, value: Any) -> str:
        """Return the text of a scalar, or of the object that stands where one is expected."""
        for _, item in self.items(value):
            found = item
            if isinstance(found, Mapping):
                found = next(
                    (
                        found[k]
                        for k in ("@value", "name", "url", "@id", "alternateName")
                        if k in found
                    ),
                    None,
                )
            if isinstance(found, bool):
                return str(found).lower()
            if isinstance(found, str | int | float) and str(found).strip():
                return _clean(str(found))
        return ""


def _same_page(address: str, outline: Outline) -> bool | None:
    """Tell whether `address` is this page's; None: it says nothing."""
    if not address:
        return None
    try:
        parts = urlsplit(urljoin(outline.url, address))
    except ValueError:
        return None
    path = parts.path.rstrip("/")
    if not path or not parts.scheme.startswith("http"):
        return None
    return (parts.hostname or "").removeprefix("www.") + path in outline.addresses


def _relevance(node: Node, graph: _Graph, outline: Outline) -> int:
    """Return how surely `node` is the page's own article: 0 not at all, 3 surely.

    Sites put the JSON-LD of teasers, of the next article and of videos beside it.
    """
    data = node.data
    headline = comparable(graph.text(data.get("headline") or data.get("name")))
    named = bool(headline) and any(
        headline in t or t in headline
        for t in outline.titles
        if min(len(t), len(headline)) >= LEAST_TITLE
    )
    addresses = [graph.text(data.get(k)) for k in ("mainEntityOfPage", "url", "@id")]
    verdicts = [_same_page(a, outline) for a in addresses]
    if True in verdicts and not node.is_elsewhere:
        return 3
    if named:
        return 2 if not node.is_elsewhere else 1
    if False in verdicts or node.is_elsewhere:
        return 0
    return 1


def _articles(graph: _Graph, outline: Outline) -> list[Node]:
    """Return the objects that describe this page's article, best first."""
    found = [n for n in graph.nodes if n.types & classes("article")]
    ranked = [(_relevance(n, graph, outline), bool(n.types & classes("strong")), n) for n in found]
    own = [r for r in ranked if r[0] > 0]
    if any(strong for _, strong, _ in own):
        own = [r for r in own if r[1]]
    best = max((r[0] for r in own), default=0)
    own = [r for r in own if r[0] == best or r[0] > 1]
    if best == 1:
        # Nothing ties any of them to this page: several are a list of other articles.
        own = own[:1] if len(own) == 1 else []
    own.sort(key=lambda r: -r[0])
    return [n for _, _, n in own]


def _author_candidates(node: Node, graph: _Graph) -> Iterator[Candidate]:
    for key in ("author", "creator"):
        for where, item in graph.items(node.data.get(key)):
            pointer = f"{node.pointer}/{key}{where}"
            source = f"json-ld:{key}"
            if isinstance(item, str):
                yield Candidate(field="author", value=_clean(item), source=source, evidence=pointer)
            elif isinstance(item, Mapping):
                yield from _author_object(item, graph, source, pointer)


def _author_object(
    item: Mapping[str, Any], graph: _Graph, source: str, pointer: str
) -> Iterator[Candidate]:
    name = graph.text(item.get("name")) or " ".join(
        filter(None, (graph.text(item.get(k)) for k in ("givenName", "familyName")))
    )
    if not name:
        return
    yield Candidate(field="author", value=name, source=source, evidence=pointer)
    kind = "organization" if types_of(item) & classes("organization") else "person"
    yield Candidate(field="author_type", value=kind, source=source, evidence=pointer)
    address = item.get("url") or item.get("mainEntityOfPage")
    for field, value in (("author_url", address), ("author_role", item.get("jobTitle"))):
        if text := graph.text(value):
            yield Candidate(field=field, value=text, source=source, evidence=pointer)


def _keywords(value: str) -> Iterator[str]:
    return (t.strip() for t in re.split(r"[,;،、]", value) if t.strip())


def _node_candidates(node: Node, graph: _Graph) -> Iterator[Candidate]:
    is_page = not node.types & classes("article")
    prefix = "json-ld:WebPage." if is_page else "json-ld:"
    kind = next(iter(sorted(node.types & classes("strong"))), "")
    for field, keys in _SCALARS.items():
        if is_page and field not in _PAGE_FIELDS:
            continue
        for key in keys:
            if value := graph.text(node.data.get(key)):
                yield Candidate(
                    field=field,
                    value=value,
                    source=prefix + key,
                    evidence=f"{kind}{node.pointer}/{key}",
                )
    if is_page:
        return
    yield from _author_candidates(node, graph)
    for where, item in graph.items(node.data.get("keywords")):
        for tag in _keywords(graph.text(item)):
            yield Candidate(
                field="tags",
                value=tag,
                source="json-ld:keywords",
                evidence=f"{node.pointer}/keywords{where}",
            )
    yield from _linked(node, graph)


def _image_words(image: Any, graph: _Graph, pointer: str) -> Iterator[Candidate]:
    """Yield what an ``ImageObject`` says of its picture."""
    if not isinstance(image, Mapping):
        return
    keys = (
        ("image_caption", ("caption", "description")),
        ("image_credit", ("creditText", "copyrightNotice", "creator", "copyrightHolder", "author")),
    )
    for field, names in keys:
        for name in names:
            if text := graph.text(image.get(name)):
                yield Candidate(
                    field=field, value=text, source=f"json-ld:image.{name}", evidence=pointer
                )
                break


def _linked(node: Node, graph: _Graph) -> Iterator[Candidate]:
    for field, key in (
        ("publisher", "publisher"),
        ("image_url", "image"),
        ("image_url", "thumbnailUrl"),
    ):
        for where, item in graph.items(node.data.get(key)):
            value = item
            if key == "image":
                yield from _image_words(item, graph, f"{node.pointer}/{key}{where}")
            if isinstance(item, Mapping):
                order = ("name",) if field == "publisher" else ("url", "contentUrl", "@id")
                value = next((item[k] for k in order if k in item), None)
            if text := graph.text(value):
                yield Candidate(
                    field=field,
                    value=text,
                    source=f"json-ld:{key}",
                    evidence=f"{node.pointer}/{key}{where}",
                )
            break


def json_ld_candidates(nodes: Sequence[Node], outline: Outline) -> Iterator[Candidate]:
    """Yield what the objects that describe this page's article say."""
    graph = _Graph(nodes)
    for node in _articles(graph, outline):
        yield from _node_candidates(node, graph)
    for node in nodes:
        if (
            node.types & classes("page")
            and not node.is_elsewhere
            and _relevance(node, graph, outline)
        ):
            yield from _node_candidates(node, graph)


@cache
def _meta_fields() -> dict[str, tuple[str, ...]]:
    fields: dict[str, tuple[str, ...]] = {}
    for field, names in load_rules("meta").items():
        for name in names:
            fields[name] = (*fields.get(name, ()), field)
    return fields


@cache
def _meta_order() -> dict[tuple[str, str], int]:
    return {
        (field, f"meta:{name}"): n
        for field, names in load_rules("meta").items()
        for n, name in enumerate(names)
    }


def meta_candidates(outline: Outline) -> Iterator[Candidate]:
    """Yield what the page's ``<meta>`` elements say, most trusted names first."""
    fields = _meta_fields()
    found: list[Candidate] = []
    for element in outline.metas:
        value = _clean(element.get("content") or element.get("value") or "")
        if not value:
            continue
        names = {(element.get(a) or "").strip().lower() for a in ("property", "name", "http-equiv")}
        for name in sorted(names & fields.keys()):
            if name == "twitter:data1" and not is_prefix(outline.meta("twitter:label1")):
                continue  # also used for reading time, price, ...
            for field in fields[name]:
                values = _keywords(value) if field == "tags" else (value,)
                found.extend(
                    Candidate(field=field, value=v, source=f"meta:{name}", evidence=f"meta[{name}]")
                    for v in values
                )
    order = _meta_order()
    found.sort(key=lambda c: order[c.field, c.source])
    yield from found


def _property_value(element: html.HtmlElement) -> str:
    for attribute in ("content", "datetime"):
        if value := element.get(attribute):
            return _clean(value)
    return collapse(text_of(element))[:_LONGEST]


def _is_foreign(element: html.HtmlElement, article: html.HtmlElement | None) -> bool:
    """Tell whether a property belongs to an object other than the page's article."""
    scope = next((e for e in element.iterancestors() if e.get("itemscope") is not None), None)
    if scope is None or scope is article:
        return False
    name = (scope.get("itemtype") or "").rstrip("/").rpartition("/")[2]
    if scope.get("itemprop") and name not in classes("article"):
        return True
    return bool(name) and (
        name not in classes("strong") or (article is not None and scope is not article)
    )


def _microdata_author(element: html.HtmlElement) -> str:
    name = next((e for e in element.iter() if e.get("itemprop") == "name"), element)
    return _property_value(name)


def microdata_candidates(outline: Outline) -> Iterator[Candidate]:
    """Yield the properties of the page's article in microdata."""
    article = next((e for e in outline.articles if outline.holds_headline(e)), None)
    for element in outline.properties:
        if element is outline.headline:
            continue  # read as the visible headline, kicker and all
        for name in (element.get("itemprop") or "").lower().split():
            field = _MICRODATA.get(name)
            if field is None or _is_foreign(element, article) or outline.is_elsewhere(element):
                continue
            value = (_microdata_author if field == "author" else _property_value)(element)
            if value and (field != "author" or len(value) <= _LONGEST_AUTHOR):
                yield Candidate(
                    field=field,
                    value=value,
                    source=f"microdata:{name}",
                    evidence=f"{outline.path(element)}#{outline.position[element]}",
                )


def link_candidates(outline: Outline) -> Iterator[Candidate]:
    """Yield what ``<link>``, ``<title>`` and ``<html lang>`` say."""
    for element in outline.links:
        if "canonical" in (element.get("rel") or "").lower().split() and element.get("href"):
            yield Candidate(
                field="canonical_url",
                value=element.get("href"),
                source="link:canonical",
                evidence="link",
            )
    if outline.title_text:
        yield Candidate(field="title", value=outline.title_text, source="title", evidence="title")
    root = outline.elements[0]
    if (
        tag := root.get("lang")
        or root.get("xml:lang")
        or root.get("{http://www.w3.org/XML/1998/namespace}lang")
    ):
        yield Candidate(field="language", value=tag.strip(), source="html:lang", evidence="html")


def structured_candidates(nodes: Sequence[Node], outline: Outline) -> tuple[Candidate, ...]:
    """Return everything that the page says to machines about its article.

    Args:
        nodes: the objects of its JSON-LD, as `cleaners.jsonld.read_nodes` gives them.
        outline: what else it holds.
    """
    return (
        *json_ld_candidates(nodes, outline),
        *meta_candidates(outline),
        *microdata_candidates(outline),
        *rdfa_candidates(outline),
        *link_candidates(outline),
    )
