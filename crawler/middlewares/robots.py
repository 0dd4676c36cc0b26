"""robots.txt by RFC 9309, which Scrapy's own middleware keeps only in part.

A robots.txt that answers with a server error, or not at all, closes the host for this run
(section 2.3.1.4); one that is not there opens it (2.3.1.3).
"""

from __future__ import annotations

import asyncio
import logging
from dataclasses import dataclass
from typing import TYPE_CHECKING, Self
from urllib.parse import urlsplit

from scrapy import Request, signals
from scrapy.exceptions import IgnoreRequest
from scrapy.http.request import NO_CALLBACK
from scrapy.robotstxt import ProtegoRobotParser

from crawler.answers import SUCCESSES
from crawler.logline import log_line
from crawler.refusal import FETCH_ERRORS, Refused, describe

if TYPE_CHECKING:
    from scrapy.crawler import Crawler
    from scrapy.http import Response
    from scrapy.robotstxt import RobotParser

_log = logging.getLogger("newsgrain.crawl")
# Section 2.5 asks for at least 500 kibibytes; what stands behind them is not read.
_MAX_BYTES = 512_000
_TOO_MANY_REQUESTS = 429
_SERVER_ERRORS = range(500, 600)
# Before everything else that waits for the host.
_PRIORITY = 1000


@dataclass(frozen=True, slots=True)
class _Rules:
    parser: RobotParser | None = None
    closed: str | None = None


class Robots:
    """Refuses what a host's robots.txt forbids; asks for each robots.txt once a run."""

    def __init__(self, crawler: Crawler) -> None:
        """Take the crawler whose engine fetches."""
        self._crawler = crawler
        self._agent: str = crawler.settings["ROBOTSTXT_USER_AGENT"]
        self._rules: dict[str, asyncio.Task[_Rules]] = {}

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Build it as Scrapy does."""
        return cls(crawler)

    async def process_request(self, request: Request) -> None:
        """Raise `Refused` if the host does not want this address to be fetched."""
        if request.meta.get("kind") == "robots":
            return
        parts = urlsplit(request.url)
        origin = f"{parts.scheme}://{parts.netloc}"
        if origin not in self._rules:
            self._rules[origin] = asyncio.ensure_future(self._read(origin, request))
        rules = await asyncio.shield(self._rules[origin])
        if rules.closed:
            raise Refused(rules.closed, is_lasting=False)
        if rules.parser and not rules.parser.allowed(request.url, self._agent):
            raise Refused("forbidden by robots.txt", is_lasting=True)

    async def _read(self, origin: str, asked_by: Request) -> _Rules:
        request = Request(
            f"{origin}/robots.txt",
            priority=_PRIORITY,
            callback=NO_CALLBACK,
            meta={"kind": "robots", "source": asked_by.meta.get("source")},
        )
        try:
            response = await self._crawler.engine.download_async(request)
        except Refused as exc:
            return _Rules(closed=exc.reason)
        except IgnoreRequest:
            return _Rules()  # more redirects than the five that section 2.3.1.2 asks for
        except FETCH_ERRORS as exc:
            return _Rules(closed=describe(exc))
        return await self._judge(response, asked_by)

    async def _judge(self, response: Response, asked_by: Request) -> _Rules:
        if response.status in _SERVER_ERRORS or response.status == _TOO_MANY_REQUESTS:
            _log.warning(log_line("robots_closed", url=response.url, status=response.status))
            return _Rules(closed=f"robots.txt: HTTP {response.status}")
        if response.status not in SUCCESSES:
            return _Rules()
        parser = ProtegoRobotParser.from_crawler(self._crawler, response.body[:_MAX_BYTES])
        await self._crawler.signals.send_catch_log_async(
            signal=signals.robots_parsed, robotparser=parser, request=asked_by
        )
        return _Rules(parser=parser)
