"""Redirects (RFC 9110, section 15.4), a few of them, each as a request of its own."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self
from urllib.parse import urlsplit

from scrapy import Request
from scrapy.downloadermiddlewares.redirect import RedirectMiddleware
from scrapy.exceptions import IgnoreRequest

from crawler.refusal import Refused, TooManyRedirects
from crawler.scope import MAX_URL_LENGTH

if TYPE_CHECKING:
    from scrapy import Spider
    from scrapy.crawler import Crawler
    from scrapy.http import Response
    from scrapy.settings import BaseSettings

# RFC 9309, section 2.3.1.2.
_ROBOTS_HOPS = 5


class Redirects(RedirectMiddleware):
    """Follows redirects; each step is paced, and passes robots.txt and the guards, anew.

    Other than Scrapy's own it paces a request that was led to another host by that host's
    pace, and follows robots.txt as far as its RFC asks, whatever newsgrain.toml says.
    """

    def __init__(self, settings: BaseSettings) -> None:
        """Take the number of redirects to follow."""
        super().__init__(settings)
        self._most = self.max_redirect_times

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Build it without Scrapy's search for what sets a Referer: nothing does."""
        redirects = cls(crawler.settings)
        redirects.crawler = crawler
        return redirects

    def process_response(
        self,
        request: Request,
        response: Response,
        spider: Spider | None = None,  # noqa: ARG002 - Scrapy's interface, without use since 2.14
    ) -> Request | Response:
        """Return the request to make next, or the response if it is no redirect.

        Raises:
            TooManyRedirects: more than are followed.
            Refused: to an address that is never asked for.
        """
        is_robots = request.meta.get("kind") == "robots"
        self.max_redirect_times = max(self._most, _ROBOTS_HOPS) if is_robots else self._most
        try:
            following = super().process_response(request, response)
        except IgnoreRequest as exc:
            raise TooManyRedirects(str(exc)) from exc
        except ValueError as exc:  # a Location that is no address
            raise Refused("redirected to no address", is_lasting=True) from exc
        if isinstance(following, Request):
            _check(following)
            self._refuse_forgotten(following)
            if _host(following) != _host(request):
                following.meta.pop("download_slot", None)
        return following

    def _refuse_forgotten(self, request: Request) -> None:
        session = getattr(self.crawler.spider, "session", None)
        if session is not None and session.tombstones.holds(request.url):
            raise Refused("redirected to what was forgotten", is_lasting=True)


def _host(request: Request) -> str | None:
    return urlsplit(request.url).hostname


def _check(request: Request) -> None:
    parts = urlsplit(request.url)
    if len(request.url) > MAX_URL_LENGTH:
        raise Refused("redirected to an address that is too long", is_lasting=True)
    if parts.username is not None or parts.password is not None:
        raise Refused("redirected to an address with credentials", is_lasting=True)
