"""From the bytes of a feed, a sitemap or a home page to the articles it names. Pure."""

from __future__ import annotations

import re
import zlib
from itertools import islice
from urllib.parse import urlsplit

from parsel import Selector
from w3lib.encoding import html_to_unicode

from crawler.feeds import read_feed, read_json_feed
from crawler.listing import Found, Listing, absolute, once
from crawler.sitemaps import read_sitemap, read_text_sitemap

MAX_LINKS = 2_000
_PROLOGUE = re.compile(
    rb"<!--.*?-->|<\?.*?\?>|<!doctype[^>\[]*(\[.*?\]\s*)?>", re.IGNORECASE | re.DOTALL
)


def read_listing(body: bytes, url: str, content_type: str = "", *, limit: int = 10**8) -> Listing:
    """Return what a feed or sitemap lists: RSS, Atom, RDF, JSON Feed, sitemap, sitemap index.

    The format is told from the document, not from its address or header: both lie often.

    Args:
        body: decoded from its Content-Encoding; a file that is gzip itself is unpacked.
        url: where it came from, after redirects; relative links resolve against it.
        content_type: the header, for the charset of feeds.
        limit: bytes that a gzip file may unpack to.
    """
    body = gunzip_bounded(body, limit)
    root = _root_name(body)
    if root in {"urlset", "sitemapindex"}:
        return read_sitemap(body, url)
    if root in {"rss", "feed", "rdf"}:
        return read_feed(body, url, content_type)
    if body.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"{"):
        return read_json_feed(body, url)
    if re.match(rb"(\xef\xbb\xbf)?\s*https?://\S+\s", body + b"\n"):
        return read_text_sitemap(body, url)
    return Listing(kind="unknown")


def gunzip_bounded(body: bytes, limit: int) -> bytes:
    """Return a body without its gzip wrapping, if it has one; at most `limit` bytes of it.

    A cut stream gives what could be read: a truncated sitemap still names articles.
    """
    if not body.startswith(b"\x1f\x8b"):
        return body
    reader = zlib.decompressobj(wbits=31)
    try:
        return reader.decompress(body, limit)
    except zlib.error:
        return b""


def _root_name(body: bytes) -> str:
    """Return the lower-case local name of the root element, found without parsing."""
    head = body[:65_536].lstrip(b"\xef\xbb\xbf\x00\xff\xfe \t\r\n").replace(b"\x00", b"")
    head = _PROLOGUE.sub(b"", head)
    match = re.search(rb"<(?:[\w.-]+:)?([\w.-]+)", head)
    return match[1].decode("ascii", errors="replace").lower() if match else ""


def read_home(body: bytes, url: str, encoding: str | None = None) -> Listing:
    """Return the links of a home page that look like articles, for sites that list none."""
    if not body.strip():
        return Listing(kind="unknown")
    page = select(body, encoding)
    base = base_of(page, url)
    links = islice(page.xpath("//a/@href"), MAX_LINKS)
    addresses = (absolute(base, link.get()) for link in links)
    found = (
        Found(url=one, source="home")
        for one in addresses
        if one and _is_article_path(urlsplit(one).path)
    )
    return Listing(kind="home", found=once(found))


def _is_article_path(path: str) -> bool:
    """Tell whether a path looks like one article rather than a section.

    A slug of three words or more, a number of five digits or more, or a date: true of nearly
    every news address, and of hardly any section. Only used where a site has neither feed
    nor sitemap.
    """
    last = path.rstrip("/").rpartition("/")[2]
    words = [word for word in re.split(r"[-_]", last) if word]
    return bool(
        len(words) >= 3  # noqa: PLR2004 - see the docstring
        or re.search(r"\d{5,}", path)
        or re.search(r"/(19|20)\d\d/\d{1,2}/", path)
    )


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
