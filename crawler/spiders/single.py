"""Fetches one page, under the same rules as a crawl, and keeps nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import scrapy
from scrapy import Request
from scrapy.http.request import NO_CALLBACK

from crawler.answers import SUCCESSES
from crawler.refusal import FETCH_ERRORS, describe

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from scrapy.http import Response


class SingleSpider(scrapy.Spider):
    """Asks for one address.

    Attributes:
        response: what came back, decompressed, after redirects.
        error: why there is nothing, in a few words.
    """

    name = "single"

    def __init__(self, url: str, **kwargs: Any) -> None:
        """Take the address."""
        super().__init__(**kwargs)
        self._url = url
        self.response: Response | None = None
        self.error: str | None = None

    async def start(self) -> AsyncIterator[Request]:
        """Fetch the page."""
        request = Request(self._url, callback=NO_CALLBACK, meta={"kind": "article"})
        try:
            response = await self.crawler.engine.download_async(request)
        except FETCH_ERRORS as exc:
            self.error = describe(exc)
        else:
            if response.status in SUCCESSES:
                self.response = response
            else:
                self.error = f"HTTP {response.status}"
        nothing: tuple[Request, ...] = ()  # it was awaited
        for one in nothing:
            yield one
