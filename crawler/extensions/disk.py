"""Ends a crawl before the disk is full."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from scrapy import signals
from scrapy.exceptions import NotConfigured

from newsgrain.disk import require_free
from newsgrain.errors import DiskLowError

if TYPE_CHECKING:
    from scrapy.crawler import Crawler

    from crawler.session import Session

_EVERY = 20  # answers: asking the file system is cheap, but not free


class FreeDisk:
    """Stops the crawl when less is free than newsgrain.toml asks for.

    What was archived stays, and is cleaned and published in the room that is left.
    """

    def __init__(self, crawler: Crawler, session: Session, minimum_mb: float) -> None:
        """Take the least number of free megabytes."""
        self._crawler = crawler
        self._session = session
        self._minimum_mb = minimum_mb
        self._answers = 0

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Build it as Scrapy does; off for spiders without an archive."""
        session = getattr(crawler.spider, "session", None)
        minimum_mb = crawler.settings.getfloat("NEWSGRAIN_MIN_FREE_DISK_MB")
        if session is None or not minimum_mb:
            raise NotConfigured
        watch = cls(crawler, session, minimum_mb)
        crawler.signals.connect(watch.look, signal=signals.response_downloaded)
        return watch

    def look(self) -> None:
        """Stop the crawl if the disk is nearly full."""
        self._answers += 1
        if self._answers % _EVERY != 1 or self._session.failure is not None:
            return
        try:
            require_free(self._session.workspace.archive, self._minimum_mb)
        except DiskLowError as exc:
            self._session.abort(self._crawler, exc)
