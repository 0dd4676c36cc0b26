"""Sitemaps, sitemap indexes and text sitemaps (sitemaps.org), with Google's news tags. Pure."""

from __future__ import annotations

import re
from itertools import islice
from urllib.parse import urlsplit

from crawler.listing import Child, Found, Listing, absolute, clean, end_of_lastmod, once
from crawler.xml_entries import xml_entries

MAX_SITEMAP_ENTRIES = 50_000  # the limit of the sitemap protocol
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


def read_sitemap(body: bytes, url: str) -> Listing:
    """Return what a sitemap or a sitemap index lists, as far as it can be read."""
    errors: list[str] = []
    entries = [*islice(xml_entries(body, {"url", "sitemap"}, errors), MAX_SITEMAP_ENTRIES)]
    is_cut = len(entries) < MAX_SITEMAP_ENTRIES and not _SITEMAP_END.search(body[-1000:])
    if is_cut:
        del entries[-1:]  # its address may be cut as well, and would be another page's
    found = (_sitemap_found(texts, url) for name, texts in entries if name == "url")
    children = [_child(texts, url) for name, texts in entries if name == "sitemap"]
    return Listing(
        kind="index" if any(children) else "sitemap",
        found=once(filter(None, found)),
        children=tuple(filter(None, children)),
        is_broken=bool(errors) or is_cut,
    )


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
    )


def _child(texts: dict[str, str], base: str) -> Child | None:
    url = absolute(base, texts.get("loc"))
    return (
        None if url is None else Child(url=url, modified=end_of_lastmod(texts.get("lastmod", "")))
    )


def read_text_sitemap(body: bytes, url: str) -> Listing:
    """Return the addresses of a text file with one a line."""
    lines = body.decode("utf-8-sig", errors="replace").split()
    addresses = (absolute(url, line) for line in lines[:MAX_SITEMAP_ENTRIES])
    found = once(Found(url=one, source="sitemap") for one in addresses if one)
    return Listing(kind="sitemap", found=found)
