"""Asks again for what failed for a reason that may pass."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from scrapy.downloadermiddlewares.retry import get_retry_request

from crawler.answers import judge
from crawler.failures import Failure, failure_of_error
from crawler.refusal import describe

if TYPE_CHECKING:
    from scrapy import Request
    from scrapy.crawler import Crawler
    from scrapy.http import Response


def will_retry(request: Request, failure: Failure | None, most: int) -> bool:
    """Tell whether a request that has failed is made again.

    Args:
        request: with the number of attempts that it has behind it.
        failure: of what kind, if it has failed at all.
        most: attempts after the first one.
    """
    return failure is Failure.TEMPORARY and request.meta.get("retry_times", 0) < most


class Retries:
    """Makes temporary failures anew; how long to wait first is the affair of the host's pace.

    Scrapy's own also asks again where the answer will be the same, e.g. for a certificate
    that is not valid.
    """

    def __init__(self, crawler: Crawler) -> None:
        """Take the number of attempts from the settings."""
        self._crawler = crawler
        self._most = crawler.settings.getint("RETRY_TIMES")

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Build it as Scrapy does."""
        return cls(crawler)

    def process_response(self, request: Request, response: Response) -> Request | Response:
        """Return the request to make again, or the response if it is to stay."""
        answer = judge(request, response)
        return self._again(request, answer.failure, answer.reason) or response

    def process_exception(self, request: Request, exception: Exception) -> Request | None:
        """Return the request to make again, if any."""
        return self._again(request, failure_of_error(exception), describe(exception))

    def _again(self, request: Request, failure: Failure | None, reason: str) -> Request | None:
        if not will_retry(request, failure, self._most) or self._crawler.spider is None:
            return None
        return get_retry_request(
            request, reason=reason, spider=self._crawler.spider, max_retry_times=self._most
        )
