"""Home and section pages: which links may be articles, and which may be further lists. Pure.

A page that lists no dates and no titles says little; what a link turns out to be is decided
after it was fetched, and `crawler.url_patterns` learns from that.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import urlsplit

from parsel import Selector
from w3lib.encoding import html_to_unicode

from cleaners.urls import registrable_domain
from crawler.listing import Found, Listing, absolute, clean, once

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

MAX_LINKS = 2_000
MAX_SECTIONS = 20
_HEADLINE_WORDS, _HEADLINE_LETTERS, _UNSPACED_LETTERS = 4, 20, 12
_LABEL_WORDS, _LABEL_LETTERS = 3, 30
_SECTION_DEPTH = 2
_MAX_HEADING = 60
# Where navigation stands, in the words of elements, classes and roles that page authors of all
# languages use.
_FURNITURE_TAGS = frozenset({"nav", "footer", "header"})
_FURNITURE_NAMES = re.compile(r"nav|menu|footer", re.IGNORECASE)
_QUERY_ID = re.compile(
    r"(?:^|&)(?:p|id|aid|sid|nid|newsid|article|articleid|story)=\d+(?:&|$)", re.IGNORECASE
)
_UNSPACED = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\u0e00-\u0e7f]")


class _Link(NamedTuple):
    url: str
    text: str
    is_furniture: bool


def read_home(
    body: bytes,
    url: str,
    encoding: str | None = None,
    *,
    learned: Callable[[str], bool | None] = lambda _: None,
    source: str = "home",
) -> Listing:
    """Return the links of a home or section page that look like articles, and its sections.

    Args:
        body: decoded from its Content-Encoding.
        url: where it came from.
        encoding: of the characters, if the header names it.
        learned: what the site's own pages taught about an address: an article, none, or None.
        source: what the articles are said to come from: ``home`` or ``section``.
    """
    if not body.strip():
        return Listing(kind="unknown")
    page = select(body, encoding)
    links = list(_links(page, url))
    heading = _heading(page) if source == "section" else None
    articles = [link for link in links if _may_be_article(link, learned(link.url))]
    found = once(Found(url=one.url, source=source, section=heading) for one in articles)
    return Listing(
        kind="home",
        found=found,
        sections=_sections(links, {one.url for one in found}, url),
        following=_following(page, url),
    )


def _links(page: Selector, url: str) -> Iterator[_Link]:
    base = base_of(page, url)
    for anchor in page.xpath("//a[@href]")[:MAX_LINKS]:
        address = absolute(base, anchor.attrib["href"])
        if address:
            text = clean(" ".join(anchor.xpath(".//text()").getall())) or ""
            yield _Link(address, text, _is_furniture(anchor.root))


def _is_furniture(anchor: Any) -> bool:
    """Tell whether a link stands in a navigation, a header or a footer of the page."""
    for element in anchor.iterancestors():
        if element.tag == "article":
            return False  # also articles have headers
        if element.tag in _FURNITURE_TAGS or element.get("role") == "navigation":
            return True
        if element.tag != "body" and any(
            _FURNITURE_NAMES.search(element.get(name, "")) for name in ("class", "id")
        ):
            return True
    return False


def _may_be_article(link: _Link, learned: bool | None) -> bool:  # noqa: FBT001 - three-valued
    if learned is not None:
        return learned
    parts = urlsplit(link.url)
    if is_article_path(parts.path) or _QUERY_ID.search(parts.query):
        return True
    return not link.is_furniture and _is_headline(link.text)


def _is_headline(text: str) -> bool:
    """Tell whether the text of a link is long enough for a headline rather than a label."""
    if _UNSPACED.search(text):
        return len(text) >= _UNSPACED_LETTERS
    return len(text.split()) >= _HEADLINE_WORDS and len(text) >= _HEADLINE_LETTERS


def is_article_path(path: str) -> bool:
    """Tell whether a path looks like one article rather than a section.

    A slug of three words or more, a number of five digits or more, or a date: true of most
    news addresses, and of hardly any section.
    """
    last = path.rstrip("/").rpartition("/")[2]
    words = [word for word in re.split(r"[-_]", last) if word]
    return bool(
        len(words) >= 3  # noqa: PLR2004 - see the docstring
        or re.search(r"\d{5,}", path)
        or re.search(r"/(19|20)\d\d/\d{1,2}/", path)
    )


def _sections(links: list[_Link], articles: set[str], url: str) -> tuple[str, ...]:
    """Return the pages that the navigation links under a short label, in its order."""
    domain = registrable_domain(url)
    labels = [link for link in links if link.url not in articles and _is_label(link, url, domain)]
    chosen = [link for link in labels if link.is_furniture] or labels
    return tuple(dict.fromkeys(link.url for link in chosen))[:MAX_SECTIONS]


def _is_label(link: _Link, url: str, domain: str) -> bool:
    parts = urlsplit(link.url)
    steps = [step for step in parts.path.split("/") if step]
    return (
        registrable_domain(link.url) == domain
        and not parts.query
        and link.url != url
        and 1 <= len(steps) <= _SECTION_DEPTH
        and "." not in steps[-1].rpartition(".html")[2]
        and 0 < len(link.text) <= _LABEL_LETTERS
        and len(link.text.split()) <= _LABEL_WORDS
    )


def _heading(page: Selector) -> str | None:
    heading = clean(" ".join(page.xpath("(//h1)[1]//text()").getall()))
    return heading if heading and len(heading) <= _MAX_HEADING else None


def _following(page: Selector, url: str) -> str | None:
    link = page.xpath("(//link[@rel='next'] | //a[contains(concat(' ', @rel, ' '), ' next ')])[1]")
    return absolute(base_of(page, url), link.attrib["href"]) if "href" in link.attrib else None


def select(body: bytes, encoding: str | None = None) -> Selector:
    """Return a selector over a page; one of an empty document where there is none.

    Args:
        body: decoded from its Content-Encoding.
        encoding: of the characters, if the header names it; else the page's own word counts.
    """
    header = f"text/html; charset={encoding}" if encoding else None
    return Selector(text=html_to_unicode(header, body)[1], type="html")


def base_of(page: Selector, url: str) -> str:
    """Return the address that a page's links resolve against."""
    return absolute(url, page.xpath("//base/@href").get("")) or url
