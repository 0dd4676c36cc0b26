"""Opens the pages of some sources in a browser, after they were downloaded like all others."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from scrapy.exceptions import NotConfigured

from crawler.answers import header

if TYPE_CHECKING:
    from scrapy import Request
    from scrapy.crawler import Crawler
    from scrapy.http import Response

_OK = 200
_PAGES = frozenset({"", "text/html", "application/xhtml+xml"})


def is_to_be_rendered(request: Request, response: Response) -> bool:
    """Tell whether an answer is a page that is to be opened in a browser next.

    ``meta["render"]`` asks for it; redirects, errors, pictures, and what a browser has already
    rendered are as they are.
    """
    if not request.meta.get("render") or request.meta.get("playwright"):
        return False
    kind = (header(response, "Content-Type") or "").partition(";")[0].strip().lower()
    return response.status == _OK and bool(response.body) and kind in _PAGES


class Rendering:
    """Sends a downloaded page on to the browser; what comes back then is the page."""

    def __init__(self, crawler: Crawler) -> None:
        """Take the crawler whose engine answers the browser."""
        from crawler.browser import Scripts

        self._crawler = crawler
        self._scripts = Scripts()

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Build it as Scrapy does; off where no source is rendered."""
        if not crawler.settings.get("PLAYWRIGHT_LAUNCH_OPTIONS"):
            raise NotConfigured
        return cls(crawler)

    def process_response(self, request: Request, response: Response) -> Request | Response:
        """Ask for the same page again, from the browser."""
        if not is_to_be_rendered(request, response):
            return response
        from crawler.browser import Gate

        gate = Gate(self._crawler, self._scripts, response.replace(request=request))
        source = request.meta.get("source")
        return request.replace(meta=request.meta | gate.meta(source), dont_filter=True)
