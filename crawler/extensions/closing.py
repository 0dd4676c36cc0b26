"""Lets a crawl that is ending go of what only waits for its turn."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Self

from scrapy import signals
from twisted.python.failure import Failure

from crawler.refusal import Refused

if TYPE_CHECKING:
    from scrapy.core.downloader import Slot
    from scrapy.crawler import Crawler

_LOOK_EVERY_S = 0.5


def let_go(slot: Slot, reason: str) -> None:
    """Refuse, for now, every request that waits in a host's slot."""
    while slot.queue:
        _, waiting = slot.queue.popleft()
        waiting.errback(Failure(Refused(reason, is_lasting=False)))  # type: ignore[no-untyped-call]


class Closing:
    """Keeps a deadline, or a signal, from waiting for pauses of minutes.

    Scrapy ends a crawl when everything is done that was begun, and counts among that what
    waits for a Crawl-delay or a Retry-After. It tells nobody that the end has begun, so one
    has to look.
    """

    def __init__(self, crawler: Crawler) -> None:
        """Take the crawler whose end is watched for."""
        self._crawler = crawler
        self._watch: asyncio.Task[None] | None = None

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Build it as Scrapy does."""
        closing = cls(crawler)
        crawler.signals.connect(closing.begin, signal=signals.spider_opened)
        crawler.signals.connect(closing.end, signal=signals.spider_closed)
        return closing

    def begin(self) -> None:
        """Begin to look."""
        self._watch = asyncio.ensure_future(self._look())

    def end(self) -> None:
        """Look no more."""
        if self._watch is not None:
            self._watch.cancel()

    async def _look(self) -> None:
        engine = self._crawler.engine
        while True:
            await asyncio.sleep(_LOOK_EVERY_S)
            if engine._slot is not None and engine._slot.closing is not None:  # noqa: SLF001 - see above
                for slot in list(engine.downloader.slots.values()):
                    let_go(slot, "the crawl is ending")
