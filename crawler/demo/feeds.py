"""What a site offers to machines: robots.txt, RSS, Atom and sitemaps."""

from __future__ import annotations

from email.utils import format_datetime
from typing import TYPE_CHECKING, Any

from lxml import etree

from crawler.demo.edition import Document, first_words
from crawler.demo.wp_json import number_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from datetime import datetime

    from crawler.demo.edition import Edition
    from crawler.demo.newspaper import SampleArticle

_ATOM = "http://www.w3.org/2005/Atom"
_CONTENT = "http://purl.org/rss/1.0/modules/content/"
_DC = "http://purl.org/dc/elements/1.1/"
_SITEMAP = "http://www.sitemaps.org/schemas/sitemap/0.9"
_NEWS = "http://www.google.com/schemas/sitemap-news/0.9"

FEED_ITEMS = 12
SUMMARY_WORDS = 40


def robots(edition: Edition, *, disallow: Iterable[str], sitemaps: Iterable[str]) -> Document:
    """Return robots.txt."""
    delay = [f"Crawl-delay: {edition.crawl_delay:g}"] if edition.crawl_delay else []
    lines = [
        "User-agent: *",
        *(f"Disallow: {folder}" for folder in disallow),
        *delay,
        "",
        *(f"Sitemap: {edition.url(path)}" for path in sitemaps),
    ]
    body = "\n".join(lines) + "\n"
    return Document(content_type="text/plain; charset=utf-8", body=body.encode())


def rss(edition: Edition, path: str, full_text: Callable[[SampleArticle], str]) -> Document:
    """Return the RSS 2.0 feed of the newest articles, with their full text as HTML."""
    root = etree.Element(
        "rss", {"version": "2.0"}, nsmap={"atom": _ATOM, "content": _CONTENT, "dc": _DC}
    )
    channel = etree.SubElement(root, "channel")
    _text(channel, "title", edition.content.name)
    link = {"href": edition.url(path), "rel": "self", "type": "application/rss+xml"}
    etree.SubElement(channel, f"{{{_ATOM}}}link", link)
    _text(channel, "link", edition.url("/"))
    _text(channel, "description", edition.content.tagline)
    _text(channel, "lastBuildDate", format_datetime(edition.rebuilt_at))
    _text(channel, "language", edition.content.locale.replace("_", "-"))
    for article in edition.posts[:FEED_ITEMS]:
        item = etree.SubElement(channel, "item")
        _text(item, "title", article.title)
        _text(item, "link", edition.url(article.path))
        for author in article.authors:
            _text(item, f"{{{_DC}}}creator", author)
        _text(item, "pubDate", format_datetime(article.listed_at))
        for tag in (article.section, *article.tags):
            _text(item, "category", tag)
        guid = etree.SubElement(item, "guid", {"isPermaLink": "false"})
        guid.text = edition.url(f"/?p={number_of(article)}")
        _text(item, "description", _summary(article))
        _text(item, f"{{{_CONTENT}}}encoded", full_text(article))
    return _xml(root, "application/rss+xml", edition.rebuilt_at)


def atom(edition: Edition, path: str) -> Document:
    """Return the Atom feed of the newest articles, with summaries only."""
    root = etree.Element(f"{{{_ATOM}}}feed", nsmap=_namespaces(_ATOM))
    _text(root, f"{{{_ATOM}}}id", edition.url("/"))
    _text(root, f"{{{_ATOM}}}title", edition.content.name)
    _text(root, f"{{{_ATOM}}}updated", edition.rebuilt_at.isoformat())
    etree.SubElement(root, f"{{{_ATOM}}}link", {"rel": "self", "href": edition.url(path)})
    for article in edition.posts[:FEED_ITEMS]:
        entry = etree.SubElement(root, f"{{{_ATOM}}}entry")
        _text(entry, f"{{{_ATOM}}}id", edition.url(article.path))
        _text(entry, f"{{{_ATOM}}}title", article.title)
        link = {"rel": "alternate", "type": "text/html", "href": edition.url(article.path)}
        etree.SubElement(entry, f"{{{_ATOM}}}link", link)
        _text(entry, f"{{{_ATOM}}}published", edition.local(article.listed_at).isoformat())
        _text(entry, f"{{{_ATOM}}}updated", edition.local(article.changed_at).isoformat())
        for author in article.authors:
            _text(etree.SubElement(entry, f"{{{_ATOM}}}author"), f"{{{_ATOM}}}name", author)
        etree.SubElement(entry, f"{{{_ATOM}}}category", {"term": article.section})
        _text(entry, f"{{{_ATOM}}}summary", _summary(article))
    return _xml(root, "application/atom+xml", edition.rebuilt_at)


def sitemap_index(edition: Edition, paths: Iterable[str]) -> Document:
    """Return a sitemap index."""
    root = etree.Element(f"{{{_SITEMAP}}}sitemapindex", nsmap=_namespaces(_SITEMAP))
    for path in paths:
        entry = etree.SubElement(root, f"{{{_SITEMAP}}}sitemap")
        _text(entry, f"{{{_SITEMAP}}}loc", edition.url(path))
        _text(entry, f"{{{_SITEMAP}}}lastmod", edition.rebuilt_at.isoformat())
    return _xml(root, "application/xml", edition.rebuilt_at)


def urlset(edition: Edition, articles: Iterable[SampleArticle], *, dated: bool) -> Document:
    """Return a sitemap of articles, with or without ``lastmod``."""
    root = etree.Element(f"{{{_SITEMAP}}}urlset", nsmap=_namespaces(_SITEMAP))
    for article in articles:
        entry = etree.SubElement(root, f"{{{_SITEMAP}}}url")
        _text(entry, f"{{{_SITEMAP}}}loc", edition.url(article.path))
        if dated:
            _text(entry, f"{{{_SITEMAP}}}lastmod", article.changed_at.isoformat())
    return _xml(root, "application/xml", edition.rebuilt_at)


def news_sitemap(edition: Edition, articles: Iterable[SampleArticle]) -> Document:
    """Return a news sitemap."""
    root = etree.Element(f"{{{_SITEMAP}}}urlset", nsmap=_namespaces(_SITEMAP, news=_NEWS))
    for article in articles:
        entry = etree.SubElement(root, f"{{{_SITEMAP}}}url")
        _text(entry, f"{{{_SITEMAP}}}loc", edition.url(article.path))
        news = etree.SubElement(entry, f"{{{_NEWS}}}news")
        publication = etree.SubElement(news, f"{{{_NEWS}}}publication")
        _text(publication, f"{{{_NEWS}}}name", edition.content.name)
        _text(publication, f"{{{_NEWS}}}language", article.language)
        published = edition.local(article.listed_at).isoformat()
        _text(news, f"{{{_NEWS}}}publication_date", published)
        _text(news, f"{{{_NEWS}}}title", article.title)
    return _xml(root, "application/xml", edition.rebuilt_at)


def _summary(article: SampleArticle) -> str:
    return first_words(article.opening(), SUMMARY_WORDS, " […]")


def _namespaces(default: str, **prefixes: str) -> dict[Any, str]:
    # lxml takes None for the default namespace; its stubs do not know that.
    return {None: default, **prefixes}


def _text(parent: etree._Element, tag: str, text: str) -> None:
    etree.SubElement(parent, tag).text = text


def _xml(root: etree._Element, content_type: str, last_modified: datetime) -> Document:
    body = etree.tostring(root, encoding="UTF-8", xml_declaration=True, pretty_print=True)
    return Document(
        content_type=f"{content_type}; charset=UTF-8", body=body, last_modified=last_modified
    )
