"""Feeds: RSS, Atom and RDF by feedparser, JSON Feed, and what can be saved of broken ones. Pure."""

from __future__ import annotations

import html
import json
import re
from calendar import timegm
from datetime import UTC, datetime
from functools import partial
from itertools import islice
from typing import Any
from xml.sax import SAXException

import feedparser
import lxml.etree

from crawler.listing import Found, Listing, absolute, clean, once, read_moment
from crawler.xml_entries import Pieces, xml_entries

MAX_FEED_ENTRIES = 5_000

# What feeds carry beside what is asked of them here: most of their bytes, and half of the time
# that feedparser takes.
_UNUSED = (
    *("{*}description", "{*}encoded", "{*}summary", "{http://www.w3.org/2005/Atom}content"),
    *("{*}comments", "{*}commentRss", "{*}enclosure"),
)
_ENTRIES = frozenset({"item", "entry"})
# A tree of a larger one would take more memory than it saves time.
_MAX_SLIMMED = 2_000_000

# What feedparser was seen to let through on feeds that are broken in odd ways.
_PARSER_ERRORS = (
    ArithmeticError,
    AssertionError,
    AttributeError,
    LookupError,
    RecursionError,
    SAXException,
    TypeError,
    ValueError,
)


def read_feed(body: bytes, url: str, content_type: str) -> Listing:
    """Return what an RSS, Atom or RDF feed lists, as far as it can be read."""
    # Only the charset counts: feedparser would read "text/xml" as ASCII, as RFC 3023 had it.
    charset = re.search(r"charset\s*=\s*[\"']?([\w.:-]+)", content_type, re.IGNORECASE)
    kind = f"application/xml; charset={charset[1]}" if charset else "application/xml"
    slim = _slim(body, charset[1] if charset else None)
    headers = {"content-location": url, "content-type": "application/xml" if slim else kind}
    try:
        parsed = feedparser.parse(slim or body, response_headers=headers, sanitize_html=False)
    except _PARSER_ERRORS:
        return _salvage_feed(body, url)
    entries = islice(parsed.entries, MAX_FEED_ENTRIES)
    language = clean(parsed.feed.get("language"))
    found = once(filter(None, (_feed_found(entry, url, language) for entry in entries)))
    kind = "feed" if parsed.version or found else "unknown"
    return Listing(kind=kind, found=found, is_broken=bool(parsed.bozo) and kind == "feed")


def _slim(body: bytes, charset: str | None) -> bytes | None:
    """Return a well-formed feed, in UTF-8, without the texts of its articles; None for any other.

    A feed with a document type is left to feedparser as it is: it knows which entities to read.
    """
    if len(body) > _MAX_SLIMMED:
        return None
    try:
        parser = lxml.etree.XMLParser(encoding=charset, resolve_entities=False, no_network=True)
        root = lxml.etree.fromstring(body, parser)
    except (lxml.etree.XMLSyntaxError, LookupError, ValueError):
        return None
    info: Any = root.getroottree().docinfo
    if info.doctype:
        return None
    for element in list(root.iter(*_UNUSED)):
        parent = element.getparent()
        if parent is not None and lxml.etree.QName(parent).localname.lower() in _ENTRIES:
            parent.remove(element)
    return lxml.etree.tostring(root, encoding="utf-8", xml_declaration=True)


def _feed_found(entry: Any, base: str, language: str | None) -> Found | None:
    get = partial(dict.get, entry)  # feedparser's own looks for a key under many names
    link = get("feedburner_origlink") or get("link") or get("id")
    url = absolute(base, link)
    if url is None:
        return None
    published, updated = _dates(entry)
    return Found(
        url=url,
        source="feed",
        title=clean(_plain(get("title"), get("title_detail", {}))),
        author=clean(get("author")),
        published=clean(published),
        modified=clean(updated),
        language=language,
        tags=clean(", ".join(filter(None, (dict.get(tag, "term") for tag in get("tags") or ())))),
    )


def _dates(entry: Any) -> tuple[str | None, str | None]:
    published, updated = _date(entry, "published"), _date(entry, "updated")
    # RDF feeds know dc:date only, which feedparser files under `updated`.
    return (published, updated) if published else (updated, None)


def _date(entry: Any, name: str) -> str | None:
    """Return a date as it stands; one that only feedparser can read as it reads it, in UTC."""
    # dict.get: feedparser's own answers `updated` with `published`, and warns.
    text, parsed = dict.get(entry, name), dict.get(entry, f"{name}_parsed")
    if not isinstance(text, str) or read_moment(text) is not None or parsed is None:
        return text
    try:
        return datetime.fromtimestamp(timegm(parsed), UTC).isoformat()
    except (ValueError, TypeError, OverflowError, OSError):
        return text


def _plain(title: Any, detail: Any) -> Any:
    """Return a title as text: feedparser gives those that look like HTML as HTML."""
    if isinstance(title, str) and detail.get("type") in {"text/html", "application/xhtml+xml"}:
        return html.unescape(re.sub(r"<[^<>]*>", "", title))
    return title


def _salvage_feed(body: bytes, url: str) -> Listing:
    """Read a feed that breaks feedparser, e.g. by ``&#x110000;``: links, titles and dates."""
    errors: list[str] = []
    entries = islice(
        xml_entries(Pieces(body, len(body)), {"item", "entry"}, errors), MAX_FEED_ENTRIES
    )
    found = (_salvaged(texts, url) for _, texts in entries)
    return Listing(kind="feed", found=once(filter(None, found)), is_broken=True)


def _salvaged(texts: dict[str, str], base: str) -> Found | None:
    link = texts.get("link") or texts.get("link@href") or texts.get("guid") or texts.get("id")
    url = absolute(base, link)
    if url is None:
        return None
    published = texts.get("pubdate") or texts.get("published") or texts.get("date")
    return Found(
        url=url, source="feed", title=clean(texts.get("title")), published=clean(published)
    )


def read_json_feed(body: bytes, url: str) -> Listing:
    """Return what a JSON Feed lists; kind ``unknown`` if the document is none."""
    try:
        document = json.loads(body)
    except (ValueError, RecursionError):
        return Listing(kind="unknown", is_broken=True)
    items = document.get("items") if isinstance(document, dict) else None
    if not isinstance(items, list):
        return Listing(kind="unknown")
    language = clean(document.get("language"))
    found = filter(None, (_json_found(item, url, language) for item in items[:MAX_FEED_ENTRIES]))
    return Listing(kind="feed", found=once(found))


def _json_found(item: Any, base: str, language: str | None) -> Found | None:
    if not isinstance(item, dict):
        return None
    url = absolute(base, item.get("url") or item.get("external_url") or item.get("id"))
    authors = item.get("authors") or [item.get("author")]
    names = [one.get("name") for one in authors if isinstance(one, dict)]
    tags = item.get("tags")
    if url is None:
        return None
    return Found(
        url=url,
        source="feed",
        title=clean(item.get("title")),
        author=clean(", ".join(name for name in names if isinstance(name, str))),
        published=clean(item.get("date_published")),
        modified=clean(item.get("date_modified")),
        language=clean(item.get("language")) or language,
        tags=clean(", ".join(tag for tag in tags if isinstance(tag, str)))
        if isinstance(tags, list)
        else None,
    )
