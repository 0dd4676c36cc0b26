"""Which of the addresses that discovery names belong to a source. Pure."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from cleaners.urls import registrable_domain
from crawler.url_traps import reason_against as traps_reason

if TYPE_CHECKING:
    from crawler.configuration import Source

MAX_URL_LENGTH = 2_000
# Files that no article is served as. Addresses ending in .php, .asp, .html, .cms ... stay.
_NO_PAGE = re.compile(
    r"\.(?:jpe?g|png|gif|webp|avif|svg|ico|bmp|tiff?|pdf|docx?|xlsx?|pptx?|odt|epub|zip|gz|rar|7z"
    r"|tar|mp3|m4a|ogg|wav|aac|mp4|m4v|webm|avi|mov|mkv|css|js|json|xml|rss|atom|txt|csv|ics|exe"
    r"|apk|dmg|woff2?|ttf)$",
    re.IGNORECASE,
)


class Scope:
    """The addresses of one source: its registrable domains, and its regular expressions."""

    def __init__(self, source: Source) -> None:
        """Take the source whose addresses and expressions count."""
        addresses = (source.url, *source.listings)
        # A feed on a feed service's domain says where the feed is, not where the articles
        # are; but a site may well have moved its articles to the domain of its feed.
        self._domains = frozenset(registrable_domain(url) for url in addresses)
        self._include = [re.compile(pattern) for pattern in source.include]
        self._exclude = [re.compile(pattern) for pattern in source.exclude]

    def reason_against(self, url: str) -> str | None:
        """Return why an absolute address is none of the source's articles, or None if it may be."""
        parts = urlsplit(url)
        return self.reason_against_page(url) or self._reason_against_path(
            url, parts.path, parts.query
        )

    def reason_against_page(self, url: str) -> str | None:
        """Return why an absolute address is no page of the source at all, or None if it is."""
        parts = urlsplit(url)
        if len(url) > MAX_URL_LENGTH:
            return "address too long"
        if registrable_domain(url) not in self._domains:
            return "other domain"
        if parts.username or parts.password:
            return "credentials in the address"
        return traps_reason(parts.path, parts.query)

    def _reason_against_path(self, url: str, path: str, query: str) -> str | None:
        if path in {"", "/"} and not query:
            return "home page"
        if _NO_PAGE.search(path):
            return "no page"
        if self._include and not any(pattern.search(url) for pattern in self._include):
            return "not included"
        if any(pattern.search(url) for pattern in self._exclude):
            return "excluded"
        return None
