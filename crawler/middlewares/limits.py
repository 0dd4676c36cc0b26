"""Limits per host: so many requests a run, and an end when a host only fails."""

from __future__ import annotations

import logging
from collections import Counter
from typing import TYPE_CHECKING, Self
from urllib.parse import urlsplit

from scrapy.exceptions import DownloadCancelledError

from crawler.logline import log_line
from crawler.refusal import Refused

if TYPE_CHECKING:
    from scrapy import Request
    from scrapy.crawler import Crawler
    from scrapy.http import Response

_log = logging.getLogger("newsgrain.crawl")
# Three requests with all their retries: without an end, a thousand articles of a dead host
# would wait for 15 seconds each, three times.
_FAILURES_IN_A_ROW = 9
_TOO_MANY_REQUESTS = 429
_SERVER_ERRORS = range(500, 600)


class HostLimits:
    """Refuses requests to a host that has had its share, or has stopped answering.

    What is refused waits for the next run.
    """

    def __init__(self, most: int, *, has_contact: bool) -> None:
        """Take the largest number of requests per host and run."""
        self._most = most
        self._has_contact = has_contact
        self._sent: Counter[str] = Counter()
        self._failures: Counter[str] = Counter()
        self._warned: set[str] = set()

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Build it as Scrapy does."""
        settings = crawler.settings
        return cls(
            settings.getint("NEWSGRAIN_MAX_REQUESTS_PER_HOST", 100),
            has_contact=settings.getbool("NEWSGRAIN_HAS_CONTACT"),
        )

    def process_request(self, request: Request) -> None:
        """Raise `Refused` if the host is not to be asked again in this run."""
        host = urlsplit(request.url).hostname or ""
        if self._failures[host] >= _FAILURES_IN_A_ROW:
            self._refuse(host, f"{host} failed {_FAILURES_IN_A_ROW} times in a row")
        if self._sent[host] >= self._most:
            advice = "" if self._has_contact else "; set crawl.contact to allow more"
            self._refuse(host, f"{self._most} requests to {host} in this run{advice}")
        self._sent[host] += 1

    def _refuse(self, host: str, reason: str) -> None:
        if host not in self._warned:
            self._warned.add(host)
            _log.warning(log_line("host_stopped", host=host, reason=reason))
        raise Refused(reason, is_lasting=False)

    def process_response(self, request: Request, response: Response) -> Response:
        """Count server errors in a row."""
        host = urlsplit(request.url).hostname or ""
        is_failure = response.status in _SERVER_ERRORS or response.status == _TOO_MANY_REQUESTS
        self._failures[host] = self._failures[host] + 1 if is_failure else 0
        return response

    def process_exception(self, request: Request, exception: Exception) -> None:
        """Count requests without an answer."""
        if not isinstance(exception, Refused | DownloadCancelledError):  # the latter: too large
            self._failures[urlsplit(request.url).hostname or ""] += 1
