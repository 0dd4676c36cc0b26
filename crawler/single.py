"""Fetches one page for a person who waits for it: ``newsgrain inspect URL``."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from crawler.answers import header
from crawler.checks import check_url
from crawler.crawl import run_spider
from crawler.settings import settings_for
from newsgrain.clock import system_clock
from newsgrain.errors import ConfigError, NewsgrainError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from crawler.configuration import Config
    from newsgrain.clock import Clock


@dataclass(frozen=True, slots=True, kw_only=True)
class Fetched:
    """One page as it came.

    Attributes:
        url: after redirects.
        body: decompressed, undecoded.
        content_type: the header, if there is one.
        fetched_at: when, UTC.
    """

    url: str
    body: bytes
    content_type: str | None
    fetched_at: datetime


def fetch_page(
    url: str,
    config: Config,
    *,
    clock: Clock = system_clock,
    settings: Mapping[str, object] = {},
) -> Fetched:
    """Fetch one page: robots.txt, the limits and the guard of private addresses hold.

    The address itself may be private, since a person typed it in; where it redirects to may
    not. Works once per process. Nothing is archived.

    Args:
        url: absolute.
        config: its contact and limits hold.
        clock: gives the moment of the fetch.
        settings: Scrapy settings that go before newsgrain's own.

    Raises:
        ConfigError: `url` is no http(s) address.
        NewsgrainError: there is no page there, or it may not be fetched; says why.
    """
    from crawler.spiders.single import SingleSpider

    try:
        check_url(url)
    except ValueError as exc:
        raise ConfigError(str(exc)) from exc
    own = settings_for(config.crawl, config.sources)
    own["NEWSGRAIN_CONFIGURED"] = [*own["NEWSGRAIN_CONFIGURED"], url]
    own["RETRY_TIMES"] = 1  # somebody is waiting at a terminal
    spider = run_spider(SingleSpider, {**own, **settings}, url=url).spider
    response = spider.response if isinstance(spider, SingleSpider) else None
    if response is None:
        error = spider.error if isinstance(spider, SingleSpider) else None
        raise NewsgrainError(f"{url}: {error or 'nothing was fetched'}")
    return Fetched(
        url=response.url,
        body=response.body,
        content_type=header(response, "Content-Type"),
        fetched_at=clock(),
    )
