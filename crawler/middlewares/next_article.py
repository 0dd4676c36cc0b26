"""Goes from one article of a source to the next without the way through the spider."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol, Self

from scrapy.exceptions import IgnoreRequest, NotConfigured

from newsgrain.errors import NewsgrainError

if TYPE_CHECKING:
    from scrapy import Request
    from scrapy.crawler import Crawler
    from scrapy.http import Response

    from crawler.session import Session


class Reader(Protocol):
    """The spider whose articles are asked for one after the other."""

    session: Session

    def keep_article(self, request: Request) -> Request | None:
        """Count an article, and return the request of the next one."""


class NextArticle:
    """Answers an article that is archived with the request of the next one.

    Nothing is extracted from a page in a crawl, and what Scrapy has for that, three tasks and as
    many turns of the event loop for each answer, was a tenth of the cost of a page: so its callback
    is called for the last article of a source alone. It is the last to see an answer.
    """

    def __init__(self, crawler: Crawler, spider: Reader) -> None:
        """Take the crawler that is to be stopped when the archive cannot be written."""
        self._crawler = crawler
        self._spider = spider

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Build it as Scrapy does; off for spiders that have no articles to follow."""
        spider: Any = crawler.spider
        if not hasattr(spider, "keep_article"):
            raise NotConfigured
        return cls(crawler, spider)

    def process_response(self, request: Request, response: Response) -> Request | Response:
        """Return the next request, or the answer if there is none."""
        if request.meta.get("kind") != "article":
            return response
        try:
            return self._spider.keep_article(request) or response
        except NewsgrainError as exc:
            self._spider.session.abort(self._crawler, exc)
            raise IgnoreRequest("the archive cannot be written") from exc
