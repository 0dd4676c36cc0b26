"""Sends the requests of a source through the proxy that newsgrain.toml names for it."""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:
    from collections.abc import Mapping

    from scrapy import Request
    from scrapy.crawler import Crawler

_VARIABLE = "NEWSGRAIN_PROXY_AUTH"


def proxy_with_credentials(proxy: str, source: str, environment: Mapping[str, str]) -> str:
    """Return a proxy's address with user and password from the environment, if they are there.

    Args:
        proxy: address without credentials.
        source: name of the source; ``NEWSGRAIN_PROXY_AUTH_LITTLE_GAZETTE`` is read for
            ``little-gazette``, then ``NEWSGRAIN_PROXY_AUTH`` for all.
        environment: its values are ``user:password``, percent-encoded where they hold
            ``@``, ``/`` or ``:``.
    """
    own = re.sub(r"\W", "_", source.replace(".", "_")).upper()
    credentials = environment.get(f"{_VARIABLE}_{own}") or environment.get(_VARIABLE)
    scheme, _, place = proxy.partition("://")
    return f"{scheme}://{credentials}@{place}" if credentials else proxy


class Proxies:
    """Names the proxy of each request; Scrapy's own middleware behind it does the rest.

    Credentials never lie in a file of ours: they come from the environment, go into one
    header to the proxy, and `crawler.middlewares.archive` leaves that header out.
    """

    def __init__(self, proxies: Mapping[str, str]) -> None:
        """Take the proxies, credentials included, by source."""
        self._proxies = proxies

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Build it as Scrapy does."""
        named: dict[str, str] = crawler.settings.getdict("NEWSGRAIN_SOURCE_PROXIES")
        return cls(
            {
                source: proxy_with_credentials(proxy, source, os.environ)
                for source, proxy in named.items()
            }
        )

    def process_request(self, request: Request) -> None:
        """Set ``meta["proxy"]``, anew for each attempt: Scrapy takes the credentials out."""
        proxy = self._proxies.get(request.meta.get("source") or "")
        if proxy is not None:
            request.meta["proxy"] = proxy
