"""Bounds what all answers that are under way hold in memory together."""

from __future__ import annotations

import gc
from collections import Counter
from typing import TYPE_CHECKING, Self

from scrapy import signals
from scrapy.exceptions import StopDownload

if TYPE_CHECKING:
    from scrapy import Request
    from scrapy.crawler import Crawler

_MOST = 96_000_000
# An answer of this size or less is never given up for the sake of others.
_SMALL = 2_000_000


class BytesInFlight:
    """Gives up large answers while too much is being received at once.

    Every answer has its own bound, but a few dozen sitemaps of 50 MiB at the same time would
    be gigabytes. One that is given up is a temporary failure, and is asked for again.
    """

    def __init__(self, most: int = _MOST, small: int = _SMALL) -> None:
        """Take the bytes of all answers together, and of one that is always let through."""
        self._most = most
        self._small = small
        self._held: Counter[Request] = Counter()
        self._total = 0
        self._left = 0

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Build it as Scrapy does."""
        memory = cls()
        crawler.signals.connect(memory.hold, signal=signals.bytes_received)
        crawler.signals.connect(memory.release, signal=signals.request_left_downloader)
        return memory

    def hold(self, data: bytes, request: Request) -> None:
        """Count what has come.

        Raises:
            StopDownload: it is too much, and this answer is a large one.
        """
        self._held[request] += len(data)
        self._total += len(data)
        if self._total > self._most and self._held[request] > self._small:
            self.release(request)  # at once: the others need not be given up as well
            raise StopDownload(fail=True)

    def release(self, request: Request) -> None:
        """Forget an answer that is complete, or has failed."""
        held = self._held.pop(request, 0)
        self._total -= held
        if held > self._small:
            self._left += held
        if self._left > self._most / 2:
            # What Twisted and Scrapy leave behind of an answer refers to itself, and Python
            # counts objects, not bytes, before it looks for such things.
            self._left = 0
            gc.collect()
