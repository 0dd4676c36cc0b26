"""An extension for a crawl whose reader of listings is broken."""

from __future__ import annotations

from typing import TYPE_CHECKING, NoReturn, Self

from crawler import listing_reader

if TYPE_CHECKING:
    from scrapy.crawler import Crawler


def _fail(*_: object, **__: object) -> NoReturn:
    raise ZeroDivisionError


class BrokenReader:
    """Puts a reader that fails in place of the real one."""

    @classmethod
    def from_crawler(cls, _: Crawler) -> Self:
        """Break the reader."""
        listing_reader.open_listing = _fail
        return cls()
