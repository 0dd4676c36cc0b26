"""robots.txt by RFC 9309, which Scrapy's own middleware keeps only in part.

A robots.txt that answers with a server error, or not at all, closes the host for this run
(section 2.3.1.4); one that is not there opens it (2.3.1.3), also one that is redirected more
often than is followed (2.3.1.2).
"""

from __future__ import annotations

import asyncio
import logging
from dataclasses import dataclass
from typing import TYPE_CHECKING, Self
from urllib.parse import urljoin

from scrapy import Request, signals
from scrapy.exceptions import CannotResolveHostError, DownloadConnectionRefusedError
from scrapy.http.request import NO_CALLBACK

from crawler.addresses import Origin
from crawler.answers import SUCCESSES
from crawler.failures import Failure, failure_of_error
from crawler.logline import log_line
from crawler.refusal import FETCH_ERRORS, Refused, TooManyRedirects, describe
from crawler.robots_file import RobotsFile, read_robots

if TYPE_CHECKING:
    from scrapy.crawler import Crawler
    from scrapy.http import Response

    from crawler.answers import Damage

_log = logging.getLogger("newsgrain.crawl")
_TOO_MANY_REQUESTS = 429
_SERVER_ERRORS = range(500, 1000)
_OF_HOST = (CannotResolveHostError, DownloadConnectionRefusedError)
_MAX_RULES = 200_000  # some 50 MB
# Before everything else that waits for the host.
_PRIORITY = 1000


@dataclass(frozen=True, slots=True)
class _Rules:
    file: RobotsFile | None = None
    closed: str | None = None


class Robots:
    """Refuses what a host's robots.txt forbids; asks for each robots.txt once a run.

    Redirects may lead to thousands of hosts, each with a file of forty thousand rules: those
    that were read first are forgotten, and read again if need be.
    """

    def __init__(self, crawler: Crawler) -> None:
        """Take the crawler whose engine fetches."""
        self._crawler = crawler
        self._agent: str = crawler.settings["ROBOTSTXT_USER_AGENT"]
        self._rules: dict[Origin, asyncio.Task[_Rules]] = {}
        self._count = 0

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Build it as Scrapy does."""
        return cls(crawler)

    async def process_request(self, request: Request) -> None:
        """Raise `Refused` if the host does not want this address to be fetched."""
        if request.meta.get("kind") == "robots":
            return
        origin = Origin.of(request.url)
        if origin not in self._rules:
            self._rules[origin] = asyncio.ensure_future(self._read(request))
        rules = await asyncio.shield(self._rules[origin])
        self._forget()
        if rules.closed:
            # The host may answer tomorrow, and what it lists waits. But what it was led to from
            # elsewhere waits no longer than all else that fails.
            raise Refused(rules.closed, is_lasting=_came_from_elsewhere(request))
        if rules.file and not rules.file.allows(request.url):
            raise Refused("forbidden by robots.txt", is_lasting=True)

    def _forget(self) -> None:
        """Drop the oldest files while there are too many rules in all."""
        if self._count <= _MAX_RULES:
            return
        for origin, reading in list(self._rules.items()):
            file = reading.result().file if reading.done() else None
            if file is not None and file.rules:
                self._count -= len(file.rules)
                del self._rules[origin]
            if self._count <= _MAX_RULES:
                return

    async def _read(self, asked_by: Request) -> _Rules:
        request = Request(
            urljoin(asked_by.url, "/robots.txt"),
            priority=_PRIORITY,
            callback=NO_CALLBACK,
            meta={"kind": "robots", "source": asked_by.meta.get("source")},
        )
        try:
            response = await self._crawler.engine.download_async(request)
        except TooManyRedirects:
            return _Rules()
        except FETCH_ERRORS as exc:
            return _closed(request, _of_file(exc))
        damage: Damage | None = response.meta.get("damage")
        if damage is not None:
            return _closed(request, f"robots.txt: {damage.reason}")
        if response.status in _SERVER_ERRORS or response.status == _TOO_MANY_REQUESTS:
            return _closed(request, f"robots.txt: HTTP {response.status}")
        if response.status not in SUCCESSES:
            return _Rules()
        return await self._parse(response, asked_by)

    async def _parse(self, response: Response, asked_by: Request) -> _Rules:
        file = read_robots(response.body, self._agent)
        self._count += len(file.rules)
        await self._crawler.signals.send_catch_log_async(
            signal=signals.robots_parsed, robotparser=file, request=asked_by
        )
        return _Rules(file=file)


def _came_from_elsewhere(request: Request) -> bool:
    redirected: list[str] = request.meta.get("redirect_urls", [])
    return bool(redirected) and Origin.of(redirected[0]) != Origin.of(request.url)


def _closed(request: Request, reason: str) -> _Rules:
    _log.warning(log_line("robots_closed", url=request.url, reason=reason))
    return _Rules(closed=reason)


def _of_file(error: Exception) -> str:
    """Return why there is no robots.txt; that there is no such host is said of the host."""
    is_of_host = isinstance(error, _OF_HOST) or failure_of_error(error) is not Failure.TEMPORARY
    return describe(error) if is_of_host else f"robots.txt: {describe(error)}"
