"""Keeps to the pace that a host asks for: delay, Crawl-delay and Retry-After."""

from __future__ import annotations

import logging
from collections import Counter
from time import monotonic
from typing import TYPE_CHECKING, Self

from scrapy import signals

from crawler.logline import log_line
from crawler.retry_after import is_busy, pause_s
from crawler.settings import paced

if TYPE_CHECKING:
    from scrapy import Request
    from scrapy.core.downloader import Downloader, Slot
    from scrapy.crawler import Crawler
    from scrapy.http import Response

    from crawler.robots_file import RobotsFile
    from newsgrain.clock import Clock

_log = logging.getLogger("newsgrain.crawl")
# A busy host that names no time is left alone for this many of its delays, then for twice as
# many, and so on.
_PAUSE_IN_DELAYS = 10
_MAX_DOUBLINGS = 16


class Pace:
    """Sets the delay of a host's download slot, and moves the moment it counts from.

    Scrapy counts from the moment that a request is begun. A first one reaches its host later
    than that by the making of a connection, the next one over the same connection does not,
    so that the host would see less than the delay between the two. Here it counts from the
    moment that the headers of the answer are there. Robots.txt, redirects and retries pass
    through the same slot.

    A Crawl-delay longer than the cap counts as the cap: ``Crawl-delay: 86400`` would be one
    article a day. For a longer Retry-After, `crawler.middlewares.limits` ends the host's night.
    """

    def __init__(self, crawler: Crawler, clock: Clock) -> None:
        """Take the crawler whose slots are paced."""
        self._crawler = crawler
        self._clock = clock
        self._cap = crawler.settings.getfloat("NEWSGRAIN_CRAWL_DELAY_CAP", 30.0)
        self._longest_pause = crawler.settings.getfloat("NEWSGRAIN_RETRY_AFTER_CAP", 300.0)
        self._delay = crawler.settings.getfloat("DOWNLOAD_DELAY")
        self._busy: Counter[str] = Counter()

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Build it as Scrapy does."""
        from newsgrain.clock import system_clock

        session = getattr(crawler.spider, "session", None)
        pace = cls(crawler, session.clock if session else system_clock)
        crawler.signals.connect(pace.read_robots, signal=signals.robots_parsed)
        crawler.signals.connect(pace.note_answer, signal=signals.headers_received)
        crawler.signals.connect(pace.read_response, signal=signals.response_downloaded)
        return pace

    @property
    def _downloader(self) -> Downloader:
        downloader: Downloader = self._crawler.engine.downloader
        return downloader

    def _slot(self, request: Request) -> tuple[str, Slot | None]:
        key = self._downloader.get_slot_key(request)
        return key, self._downloader.slots.get(key)

    def read_robots(self, robotparser: RobotsFile, request: Request) -> None:
        """Follow a Crawl-delay."""
        if robotparser.crawl_delay_s:
            self._slow_down(request, robotparser.crawl_delay_s)

    def note_answer(self, request: Request) -> None:
        """Let the delay count from now."""
        _, slot = self._slot(request)
        if slot is not None:
            slot.lastseen = max(slot.lastseen, monotonic())

    def read_response(self, response: Response, request: Request) -> None:
        """Leave a host alone for a while that says that it is busy."""
        key, slot = self._slot(request)
        if not is_busy(response) or slot is None:
            del self._busy[key]
            return
        asked_s = pause_s(response, self._clock())
        if asked_s is None:
            doublings = min(self._busy[key], _MAX_DOUBLINGS)
            asked_s = slot.delay * _PAUSE_IN_DELAYS * 2.0**doublings
        self._busy[key] += 1
        if asked_s > self._longest_pause and response.headers.get("Retry-After"):
            return  # the host rests until the next night
        pause = min(asked_s, self._longest_pause)
        # Scrapy waits for the slot's delay, jittered, from this moment on.
        slot.lastseen = monotonic() + max(0.0, pause - slot.delay * (1 - slot.jitter))
        _log.info(log_line("pause", host=key, seconds=round(pause, 1), status=response.status))

    def _slow_down(self, request: Request, delay_s: float) -> None:
        key, slot = self._slot(request)
        wanted = paced(min(delay_s, self._cap))
        known = self._downloader.per_slot_settings.get(key, {})
        present = slot.delay if slot else known.get("delay", self._delay)
        if wanted["delay"] <= present:
            return
        # The slot may be made anew when it was idle for a minute, so both are set.
        self._downloader.per_slot_settings[key] = {**known, **wanted}
        if slot is not None:
            slot.delay, slot.jitter = wanted["delay"], wanted["jitter"]
        _log.info(log_line("pace", host=key, delay_s=delay_s, why="Crawl-delay"))
