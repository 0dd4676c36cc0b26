"""Limits per host: requests and seconds of a run, and an end when a host only fails or rests."""

from __future__ import annotations

import logging
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Self
from urllib.parse import urlsplit

from scrapy.exceptions import DownloadCancelledError

from crawler.extensions.closing import let_go
from crawler.logline import log_line
from crawler.refusal import Refused
from crawler.retry_after import pause_s

if TYPE_CHECKING:
    from scrapy import Request
    from scrapy.crawler import Crawler
    from scrapy.http import Response

    from newsgrain.clock import Clock

_log = logging.getLogger("newsgrain.crawl")
# Three requests with all their retries: without an end, a thousand articles of a dead host
# would wait for 15 seconds each, three times.
_FAILURES_IN_A_ROW = 9
_TOO_MANY_REQUESTS = 429
_SERVER_ERRORS = range(500, 600)


@dataclass(frozen=True, slots=True, kw_only=True)
class HostBudget:
    """What one host gets in a run.

    Attributes:
        requests: of all kinds.
        seconds: of waiting for its answers; delays between requests do not count.
        pause_s: longest Retry-After that is waited for.
        has_contact: whether the user agent names one.
    """

    requests: int = 100
    seconds: float = 3600.0
    pause_s: float = 300.0
    has_contact: bool = False


class HostLimits:
    """Refuses requests to a host that has had its share, rests, or has stopped answering.

    What is refused waits for the next run.
    """

    def __init__(self, crawler: Crawler, budget: HostBudget, clock: Clock) -> None:
        """Take what each host gets."""
        self._crawler = crawler
        self._budget = budget
        self._clock = clock
        self._sent: Counter[str] = Counter()
        self._took_s: Counter[str] = Counter()
        self._failures: Counter[str] = Counter()
        self._ended: dict[str, str] = {}

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Build it as Scrapy does."""
        from newsgrain.clock import system_clock

        settings = crawler.settings
        session = getattr(crawler.spider, "session", None)
        budget = HostBudget(
            requests=settings.getint("NEWSGRAIN_MAX_REQUESTS_PER_HOST", 100),
            seconds=settings.getfloat("NEWSGRAIN_MAX_HOST_S", 3600.0),
            pause_s=settings.getfloat("NEWSGRAIN_RETRY_AFTER_CAP", 300.0),
            has_contact=settings.getbool("NEWSGRAIN_HAS_CONTACT"),
        )
        return cls(crawler, budget, session.clock if session else system_clock)

    def process_request(self, request: Request) -> None:
        """Raise `Refused` if the host is not to be asked again in this run."""
        host = urlsplit(request.url).hostname or ""
        if self._sent[host] >= self._budget.requests:
            advice = "" if self._budget.has_contact else "; set crawl.contact to allow more"
            self._end(host, f"{self._budget.requests} requests to {host} in this run{advice}")
        if host in self._ended:
            raise Refused(self._ended[host], is_lasting=False)
        self._sent[host] += 1

    def _end(self, host: str, reason: str) -> None:
        if host in self._ended:
            return
        self._ended[host] = reason
        _log.warning(log_line("host_stopped", host=host, reason=reason))
        # What waits for its turn has passed this middleware already.
        slot = self._crawler.engine.downloader.slots.get(host)
        if slot is not None:
            let_go(slot, reason)

    def process_response(self, request: Request, response: Response) -> Response:
        """Count server errors in a row, and the seconds; obey a long Retry-After."""
        host = urlsplit(request.url).hostname or ""
        is_failure = response.status in _SERVER_ERRORS or response.status == _TOO_MANY_REQUESTS
        self._failures[host] = self._failures[host] + 1 if is_failure else 0
        pause = pause_s(response, self._clock())
        if pause is not None and pause > self._budget.pause_s:
            self._end(host, f"{host} asks to be left alone for {pause:.0f} s")
        self._count(host, request)
        return response

    def process_exception(self, request: Request, exception: Exception) -> None:
        """Count requests without an answer, and their seconds."""
        host = urlsplit(request.url).hostname or ""
        if not isinstance(exception, Refused | DownloadCancelledError):  # the latter: too large
            self._failures[host] += 1
        self._count(host, request)

    def _count(self, host: str, request: Request) -> None:
        self._took_s[host] += request.meta.pop("took_s", 0.0)
        if self._failures[host] >= _FAILURES_IN_A_ROW:
            self._end(host, f"{host} failed {_FAILURES_IN_A_ROW} times in a row")
        if self._took_s[host] > self._budget.seconds:
            self._end(host, f"{host} took {self._budget.seconds:.0f} s of this run")
