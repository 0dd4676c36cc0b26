"""Sitemaps, sitemap indexes and text sitemaps (sitemaps.org), with Google's news tags. Pure."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from crawler.listing import Child, Found, Reading, absolute, clean, end_of_lastmod
from crawler.xml_entries import Pieces, xml_entries

if TYPE_CHECKING:
    from collections.abc import Iterator

MAX_SITEMAP_ENTRIES = 50_000  # the limits of the sitemap protocol, and 50 MiB unpacked
MAX_SITEMAP_BYTES = 52_428_800
_SITEMAP_END = re.compile(rb"</(?:[\w.-]+:)?(?:urlset|sitemapindex)\s*>", re.IGNORECASE)
_OVERVIEWS = frozenset(
    {
        *("category", "categories", "tag", "tags", "taxonomy", "taxonomies"),
        *("author", "authors", "user", "users"),
    }
)


def may_list_articles(url: str) -> bool:
    """Tell whether a sitemap of an index may list articles, by the words of its file name.

    Content systems name theirs ``post_tag-sitemap3.xml`` or ``wp-sitemap-users-1.xml``; a
    large site has more tags than articles.
    """
    name = urlsplit(url).path.rpartition("/")[2].lower()
    return not _OVERVIEWS & set(re.split(r"[^a-z]+", name))


def read_sitemap(body: bytes, url: str, limit: int = MAX_SITEMAP_BYTES) -> Reading:
    """Return what a sitemap or a sitemap index lists, as far as it can be read.

    Args:
        body: the file, gzip or not.
        url: where it came from.
        limit: unpacked bytes after which reading stops.
    """
    reading = Reading(kind="sitemap", found=iter(()))
    reading.found = _entries(Pieces(body, limit), url, reading)
    return reading


def _entries(pieces: Pieces, url: str, reading: Reading) -> Iterator[Found]:
    errors: list[str] = []
    count = 0
    # One entry is held back: where the file is cut, its address may be cut as well, and would
    # be another page's.
    last: Found | None = None
    for name, texts in xml_entries(pieces, {"url", "sitemap"}, errors):
        if last is not None:
            yield last
        last = None
        if count == MAX_SITEMAP_ENTRIES:
            reading.cut = f"more than {MAX_SITEMAP_ENTRIES} addresses"
            break
        count += 1
        if name == "url":
            last = _sitemap_found(texts, url)
        elif child := _child(texts, url):
            reading.children.append(child)
    if pieces.is_too_large:
        reading.cut = "larger than a sitemap may be"
    is_whole = bool(_SITEMAP_END.search(pieces.tail)) or reading.cut is not None
    if last is not None and is_whole and not pieces.is_too_large:
        yield last
    elif not is_whole and count and last is None:
        del reading.children[-1:]
    reading.is_broken = bool(errors) or not is_whole


def _sitemap_found(texts: dict[str, str], base: str) -> Found | None:
    url = absolute(base, texts.get("loc"))
    if url is None:
        return None
    is_news = any(name.startswith("news:") for name in texts)
    return Found(
        url=url,
        source="news-sitemap" if is_news else "sitemap",
        title=clean(texts.get("news:title")),
        published=clean(texts.get("news:publication_date")),
        modified=clean(texts.get("lastmod")),
        language=clean(texts.get("publication:language")),
        tags=clean(texts.get("news:keywords")),
    )


def _child(texts: dict[str, str], base: str) -> Child | None:
    url = absolute(base, texts.get("loc"))
    return (
        None if url is None else Child(url=url, modified=end_of_lastmod(texts.get("lastmod", "")))
    )


def read_text_sitemap(body: bytes, url: str, limit: int = MAX_SITEMAP_BYTES) -> Reading:
    """Return the addresses of a text file with one a line: a sitemap, or any list of URLs."""
    reading = Reading(kind="sitemap", found=iter(()))
    reading.found = _lines(Pieces(body, limit), url, reading)
    return reading


def _lines(pieces: Pieces, url: str, reading: Reading) -> Iterator[Found]:
    count, rest = 0, b""
    while piece := pieces.read():
        *lines, rest = (rest + piece).split(b"\n")
        for line in lines:
            if count == MAX_SITEMAP_ENTRIES:
                reading.cut = f"more than {MAX_SITEMAP_ENTRIES} addresses"
                return
            if found := _line(line, url):
                count += 1
                yield found
    if pieces.is_too_large:
        reading.cut = "larger than a sitemap may be"
    elif found := _line(rest, url):
        yield found


def _line(line: bytes, base: str) -> Found | None:
    words = line.decode("utf-8-sig", errors="replace").split()
    address = absolute(base, words[0]) if words else None
    return Found(url=address, source="sitemap") if address else None
