"""From the bytes of a feed, a sitemap, a page of posts or a home page to the articles it names.

Pure: nothing is fetched here.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from crawler.feeds import read_feed, read_json_feed
from crawler.link_pages import base_of, read_home, select
from crawler.listing import Listing, Reading
from crawler.posts import read_posts
from crawler.sitemaps import MAX_SITEMAP_BYTES, read_sitemap, read_text_sitemap
from crawler.xml_entries import Pieces

if TYPE_CHECKING:
    from collections.abc import Iterator

    from crawler.listing import Found

__all__ = ["base_of", "open_listing", "read_home", "read_listing", "select"]

_HEAD_BYTES, _LONG_HEAD_BYTES = 65_536, 1_048_576
# No part may begin where another one does, or a hostile head takes the square of its length.
_PROLOGUE = re.compile(
    rb"\s+|<!--.*?-->|<\?.*?\?>|<!doctype[^<>\[]*(?:\[.*?\]\s*)?>", re.IGNORECASE | re.DOTALL
)
_ROOT = re.compile(rb"<(?:[\w.-]+:)?([\w.-]+)")
_SUBSET = re.compile(rb"<!doctype[^<>\[]*\[", re.IGNORECASE)
# One of entities, or of somebody else's: feedparser knows plain ones, as old feeds declare.
_LOADED_ENTITY = re.compile(rb"<!entity[^<>]*(?:&(?!#)|\b(?:system|public)\b)", re.IGNORECASE)
_DEFUSED = "entities that it declares are not expanded"
_SPACE = b"\xef\xbb\xbf \t\r\n"


def open_listing(
    body: bytes, url: str, content_type: str = "", *, limit: int = MAX_SITEMAP_BYTES
) -> Reading:
    """Begin to read a feed or sitemap: RSS, Atom, RDF, JSON Feed, sitemap, sitemap index, posts.

    The format is told from the document, not from its address or header: both lie often.

    Args:
        body: decoded from its Content-Encoding; a file that is gzip itself is unpacked.
        url: where it came from, after redirects; relative links resolve against it.
        content_type: the header, for the charset of feeds.
        limit: unpacked bytes after which reading stops.
    """
    head = _unpacked(body, _HEAD_BYTES)
    root = _root_name(head)
    if not root and len(head) >= _HEAD_BYTES:  # behind a long comment, perhaps
        head = _unpacked(body, _LONG_HEAD_BYTES)
        root = _root_name(head)
    reading = _open(body, head, root, url, content_type, limit)
    head = head.replace(b"\x00", b"")  # it may be UTF-16
    if _declares_entities(head) and (reading.kind != "feed" or _LOADED_ENTITY.search(head)):
        reading.found = _defused(reading, reading.found)
    return reading


def _declares_entities(head: bytes) -> bool:
    subset = _SUBSET.search(head)
    return subset is not None and b"<!entity" in head[subset.end() :].lower()


def _open(  # noqa: PLR0913, PLR0917 - as open_listing, and what it found out
    body: bytes, head: bytes, root: str, url: str, content_type: str, limit: int
) -> Reading:
    if root in {"urlset", "sitemapindex"}:
        return read_sitemap(body, url, limit)
    if re.match(rb"(\xef\xbb\xbf)?\s*https?://\S+\s", head + b"\n"):
        return read_text_sitemap(body, url, limit)
    return _whole(_unpacked(body, limit), root, url, content_type)


def _defused(reading: Reading, found: Iterator[Found]) -> Iterator[Found]:
    """Say at the end that what was meant with entities is missing, be it one name or a bomb."""
    yield from found
    reading.cut = reading.cut or _DEFUSED


def read_listing(
    body: bytes, url: str, content_type: str = "", *, limit: int = MAX_SITEMAP_BYTES
) -> Listing:
    """Return all that `open_listing` would give."""
    return open_listing(body, url, content_type, limit=limit).finish()


def _whole(body: bytes, root: str, url: str, content_type: str) -> Reading:
    listing = Listing(kind="unknown")
    start = body.lstrip(_SPACE)[:1]
    if root in {"rss", "feed", "rdf"}:
        listing = read_feed(body, url, content_type)
    elif start == b"{":
        listing = read_json_feed(body, url)
    elif start == b"[":
        listing = read_posts(body, url)
    return Reading(kind=listing.kind, found=iter(listing.found), is_broken=listing.is_broken)


def _unpacked(body: bytes, limit: int) -> bytes:
    """Return at most `limit` bytes of a body without its gzip wrapping, if it has one.

    A cut stream gives what could be read: a truncated feed still names articles.
    """
    pieces, parts = Pieces(body, limit), []
    while piece := pieces.read():
        parts.append(piece)
    return b"".join(parts)


def _root_name(body: bytes) -> str:
    """Return the lower-case local name of the root element, found without parsing."""
    head = body.lstrip(b"\xef\xbb\xbf\x00\xff\xfe \t\r\n").replace(b"\x00", b"")
    end = 0
    while part := _PROLOGUE.match(head, end):
        end = part.end()
    match = _ROOT.search(head, end)
    return match[1].decode("ascii", errors="replace").lower() if match else ""
