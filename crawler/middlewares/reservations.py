"""Asks each host once a run for its ``tdmrep.json``, before the first article of it."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Self
from urllib.parse import urlsplit

from scrapy import Request
from scrapy.exceptions import NotConfigured
from scrapy.http.request import NO_CALLBACK

from crawler.answers import SUCCESSES
from crawler.refusal import FETCH_ERRORS, TooManyRedirects
from crawler.tdmrep import MAX_BYTES, PATH, read_tdmrep, reservation_for

if TYPE_CHECKING:
    from collections.abc import Collection

    from scrapy.crawler import Crawler

    from crawler.tdmrep import Reservation

# After robots.txt, before everything else that waits for the host.
_PRIORITY = 900


class Reservations:
    """Gives ``meta["reservation"]`` to article requests: what the site's file says of them.

    Only for sources whose reservations are obeyed: elsewhere the file would decide nothing.

    Nothing is refused here. What a page or its headers say goes before the file, and a page that
    is left out of the datasets is still told of in ``verdicts``.
    """

    def __init__(self, crawler: Crawler, sources: Collection[str]) -> None:
        """Take the crawler whose engine fetches, and the names of the sources that obey."""
        self._crawler = crawler
        self._sources = sources
        self._files: dict[str, asyncio.Task[tuple[Reservation, ...]]] = {}

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Build it as Scrapy does; off for spiders without an archive."""
        session = getattr(crawler.spider, "session", None)
        if session is None:
            raise NotConfigured
        limits = session.config.crawl
        obeying = [
            source.name
            for source in session.sources
            if (limits.obey_tdm if source.obey_tdm is None else source.obey_tdm)
        ]
        return cls(crawler, obeying)

    async def process_request(self, request: Request) -> None:
        """Note what the host's file says of the address."""
        if request.meta.get("kind") != "article" or request.meta["source"] not in self._sources:
            return
        parts = urlsplit(request.url)
        origin = f"{parts.scheme}://{parts.netloc}"
        if origin not in self._files:
            self._files[origin] = asyncio.ensure_future(self._read(origin, request))
        reservations = await asyncio.shield(self._files[origin])
        request.meta["reservation"] = reservation_for(request.url, reservations)

    async def _read(self, origin: str, asked_by: Request) -> tuple[Reservation, ...]:
        request = Request(
            origin + PATH,
            priority=_PRIORITY,
            callback=NO_CALLBACK,
            meta={
                "kind": "tdmrep",
                "source": asked_by.meta.get("source"),
                "download_maxsize": MAX_BYTES,
            },
        )
        try:
            response = await self._crawler.engine.download_async(request)
        except TooManyRedirects:
            return ()
        except FETCH_ERRORS:
            return ()
        is_whole = response.meta.get("damage") is None and response.status in SUCCESSES
        return read_tdmrep(response.body) if is_whole else ()
