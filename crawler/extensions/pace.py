"""Keeps to the pace that a host asks for: Crawl-delay and Retry-After."""

from __future__ import annotations

import logging
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Self

from scrapy import signals

from crawler.logline import log_line
from crawler.settings import paced

if TYPE_CHECKING:
    from datetime import datetime

    from scrapy import Request
    from scrapy.core.downloader import Downloader
    from scrapy.crawler import Crawler
    from scrapy.http import Response
    from scrapy.robotstxt import RobotParser

    from newsgrain.clock import Clock

_log = logging.getLogger("newsgrain.crawl")
_BUSY = frozenset({429, 503})


def retry_after_s(value: str, now: datetime) -> float | None:
    """Return the seconds that a header Retry-After asks for (RFC 9110, section 10.2.3)."""
    if value.strip().isdecimal():
        return float(value)
    try:
        return max(0.0, (parsedate_to_datetime(value) - now).total_seconds())
    except (ValueError, TypeError):
        return None


class Pace:
    """Raises the delay of a host's download slot; never lowers it below the configured one.

    A delay longer than the cap counts as the cap: ``Crawl-delay: 86400`` would be one article
    a day.
    """

    def __init__(self, crawler: Crawler, clock: Clock) -> None:
        """Take the crawler whose slots are paced."""
        self._crawler = crawler
        self._clock = clock
        self._cap = crawler.settings.getfloat("NEWSGRAIN_CRAWL_DELAY_CAP", 30.0)
        self._delay = crawler.settings.getfloat("DOWNLOAD_DELAY")
        self._agent: str = crawler.settings["ROBOTSTXT_USER_AGENT"]

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Build it as Scrapy does."""
        from newsgrain.clock import system_clock

        session = getattr(crawler.spider, "session", None)
        pace = cls(crawler, session.clock if session else system_clock)
        crawler.signals.connect(pace.read_robots, signal=signals.robots_parsed)
        crawler.signals.connect(pace.read_response, signal=signals.response_downloaded)
        return pace

    def read_robots(self, robotparser: RobotParser, request: Request) -> None:
        """Follow a Crawl-delay."""
        delay_s = robotparser.crawl_delay(self._agent)
        if delay_s:
            self._slow_down(request, delay_s, "Crawl-delay")

    def read_response(self, response: Response, request: Request) -> None:
        """Slow down for the rest of the run when a host says that it is busy."""
        if response.status in _BUSY:
            value = response.headers.get("Retry-After") or b""
            delay_s = retry_after_s(value.decode("latin-1"), self._clock())
            self._slow_down(request, delay_s or 0.0, "Retry-After")

    def _slow_down(self, request: Request, delay_s: float, why: str) -> None:
        downloader: Downloader = self._crawler.engine.downloader
        key = downloader.get_slot_key(request)
        wanted = paced(min(delay_s, self._cap))
        slot = downloader.slots.get(key)
        known = downloader.per_slot_settings.get(key, {})
        present = slot.delay if slot else known.get("delay", self._delay)
        if wanted["delay"] <= present:
            return
        # The slot may be made anew when it was idle for a minute, so both are set.
        downloader.per_slot_settings[key] = {**known, **wanted}
        if slot is not None:
            slot.delay, slot.jitter = wanted["delay"], wanted["jitter"]
        _log.info(log_line("pace", host=key, delay_s=delay_s, why=why))
