"""Scrapy's scheduler for a crawl that keeps nothing in it: what was asked for, the frontier knows.

Scrapy's own makes queues, and a digest of the host's name, whenever a request comes to a host of
which none waits; and the plan of a source has hardly ever more than one here.
"""

from __future__ import annotations

from heapq import heappop, heappush
from itertools import count
from typing import TYPE_CHECKING, Self

from scrapy.core.scheduler import BaseScheduler

if TYPE_CHECKING:
    from scrapy import Request
    from scrapy.core.downloader import Downloader
    from scrapy.crawler import Crawler


class Waiting(BaseScheduler):
    """Gives the requests of the host that has the fewest under way; equal hosts take turns.

    Of one host those of a higher priority come first, and others in the order in which they came:
    a plan is made newest first. Nothing is dropped as a duplicate: two articles may redirect to one
    address, and Scrapy's filter would drop the second without a word.
    """

    def __init__(self, crawler: Crawler) -> None:
        """Take the crawler whose downloader knows what is under way."""
        self._crawler = crawler
        self._numbers = count()
        self._hosts: dict[str, list[tuple[int, int, Request]]] = {}

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Build it as Scrapy does."""
        return cls(crawler)

    @property
    def _downloader(self) -> Downloader:
        downloader: Downloader = self._crawler.engine.downloader
        return downloader

    def has_pending_requests(self) -> bool:
        """Say whether a request waits."""
        return bool(self._hosts)

    def enqueue_request(self, request: Request) -> bool:
        """Let a request wait."""
        waiting = self._hosts.setdefault(self._downloader.get_slot_key(request), [])
        heappush(waiting, (-request.priority, next(self._numbers), request))
        return True

    def next_request(self) -> Request | None:
        """Return the request whose turn it is."""
        if not self._hosts:
            return None
        host = min(self._hosts, key=self._under_way)
        waiting = self._hosts.pop(host)
        *_, request = heappop(waiting)
        if waiting:
            self._hosts[host] = waiting  # the last in the dictionary: others come before it
        return request

    def _under_way(self, host: str) -> int:
        slot = self._downloader.slots.get(host)
        return len(slot.active) if slot else 0
