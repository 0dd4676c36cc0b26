"""A browser without a network: whatever it asks for is fetched by Scrapy.

    raw page | open in Chromium | its scripts' requests -> Scrapy -> answers | rendered page

So robots.txt, delays, limits, the guard of private addresses and the archive hold for every
request of a page, since no request can be made without them.
"""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING, Any

from playwright.async_api import Error as BrowserError
from scrapy import Request
from scrapy.http.request import NO_CALLBACK
from scrapy_playwright.handler import ScrapyPlaywrightDownloadHandler
from scrapy_playwright.page import PageMethod

from crawler.connections import BoundedDownloadHandler
from crawler.logline import log_line
from crawler.refusal import FETCH_ERRORS, RenderingError, describe
from crawler.shift import refuse_out_of_turn

if TYPE_CHECKING:
    from playwright.async_api import Page, Route
    from playwright.async_api import Request as Asked
    from scrapy.crawler import Crawler
    from scrapy.http import Response

_log = logging.getLogger("newsgrain.crawl")
# What makes a text appear; pictures, styles, fonts, frames and sockets do not.
_NEEDED = frozenset({"script", "xhr", "fetch"})
_MAX_REQUESTS = 100
_MAX_CACHED_BYTES = 50_000_000
# A page with a request under way all the time never comes to rest; what it shows then counts.
_REST_MS = 20_000
_MAX_S = 120.0
# What was undone on the way, or what a browser that is cut off must not act on.
_NOT_HANDED_ON = frozenset(
    {"content-encoding", "content-length", "transfer-encoding", "connection", "set-cookie", "link"}
)


class BrowserHandler(ScrapyPlaywrightDownloadHandler, BoundedDownloadHandler):  # type: ignore[misc]
    """Renders pages, with an end and a limit; what is not rendered is bounded as ever."""

    async def download_request(self, request: Request) -> Response:
        """Download as Scrapy does, or render a page that was downloaded before.

        Raises:
            RenderingError: the browser failed, took too long, or made the page too large.
            Refused: it is another machine's turn at the host.
        """
        if not request.meta.get("playwright"):
            plain: Response = await super().download_request(request)
            return plain
        refuse_out_of_turn(self._crawler, request)
        try:
            async with asyncio.timeout(_MAX_S):
                response: Response = await super().download_request(request)
        except TimeoutError as exc:
            raise RenderingError(f"rendering took more than {_MAX_S:.0f} s") from exc
        except BrowserError as exc:
            reason = " ".join(str(exc).split("Call log")[0].split())[:200]
            raise RenderingError(f"rendering failed: {reason}") from exc
        limit = self._crawler.settings.getint("DOWNLOAD_MAXSIZE")
        if len(response.body) > limit:
            raise RenderingError("the rendered page is too large")
        return response


class Answered:
    """An answer that is handed to the browser."""

    __slots__ = ("body", "headers", "status")

    def __init__(self, response: Response) -> None:
        """Take what Scrapy fetched, decompressed."""
        self.status = response.status
        self.body = response.body
        self.headers: dict[str, str] = {
            str(name): value
            for name, value in response.headers.to_unicode_dict().items()
            if name.lower() not in _NOT_HANDED_ON
        }


class Scripts:
    """The scripts of a crawl: a site's pages share them, and each is fetched once."""

    def __init__(self) -> None:
        """Begin with none."""
        self._kept: dict[str, Answered] = {}
        self._bytes = 0

    def get(self, url: str) -> Answered | None:
        """Return a script that was fetched before."""
        return self._kept.get(url)

    def keep(self, url: str, answered: Answered) -> None:
        """Keep a script, as long as there is room."""
        if self._bytes + len(answered.body) <= _MAX_CACHED_BYTES:
            self._bytes += len(answered.body)
            self._kept[url] = answered


class Gate:
    """Stands between one page and the world."""

    def __init__(self, crawler: Crawler, scripts: Scripts, raw: Response) -> None:
        """Take the page as it was downloaded."""
        self._crawler = crawler
        self._scripts = scripts
        self._raw = raw
        self._opened = False
        self._requests = 0

    def meta(self, source: str | None) -> dict[str, Any]:
        """Return what scrapy-playwright needs to know of a request to render the page."""
        return {
            "playwright": True,
            "playwright_context": f"source {source}",
            "playwright_context_kwargs": {
                "accept_downloads": False,
                "service_workers": "block",
                "user_agent": self._crawler.settings["USER_AGENT"],
            },
            "playwright_page_init_callback": self.guard,
            "playwright_page_goto_kwargs": {"wait_until": "domcontentloaded"},
            "playwright_page_methods": [PageMethod(come_to_rest)],
            # It uses no connection; in the host's slot it would wait for its own scripts.
            "download_slot": f"browser of {source}",
        }

    async def guard(self, page: Page, _: Request) -> None:
        """Let every request of a page come here; sockets find no host anyway."""
        self._opened = False
        await page.route("**/*", self.answer)

    async def answer(self, route: Route, asked: Asked) -> None:
        """Answer one request of the browser, or refuse it."""
        if not self._opened and asked.is_navigation_request():
            self._opened = True
            answered: Answered | None = Answered(self._raw)
        else:
            answered = await self._fetched(asked)
        try:
            if answered is None:
                await route.abort("blockedbyclient")
            else:
                await route.fulfill(
                    status=answered.status, headers=answered.headers, body=answered.body
                )
        except BrowserError as exc:  # the page was closed meanwhile
            _log.debug(log_line("render", error=exc, url=asked.url))

    async def _fetched(self, asked: Asked) -> Answered | None:
        if asked.resource_type not in _NEEDED or asked.method != "GET":
            return None
        kept = self._scripts.get(asked.url)
        if kept is not None:
            return kept
        self._requests += 1
        if self._requests > _MAX_REQUESTS:
            return None
        answered = await self._ask(asked)
        if answered is not None and asked.resource_type == "script":
            self._scripts.keep(asked.url, answered)
        return answered

    async def _ask(self, asked: Asked) -> Answered | None:
        wanted = await asked.all_headers()
        headers: dict[str, Any] = {
            name: wanted[name] for name in ("accept", "origin") if name in wanted
        }
        meta = {"kind": "resource", "source": self._raw.meta.get("source")}
        try:
            request = Request(asked.url, headers=headers, callback=NO_CALLBACK, meta=meta)
            response = await self._crawler.engine.download_async(request)
        except FETCH_ERRORS as exc:
            _log.info(log_line("not_rendered", error=describe(exc), url=asked.url))
            return None
        return Answered(response)


async def come_to_rest(page: Page) -> None:
    """Wait until a page asks for nothing more, or for as long as is reasonable."""
    try:
        await page.wait_for_load_state("networkidle", timeout=_REST_MS)
    except BrowserError as exc:
        _log.debug(log_line("render", error=exc, url=page.url))
