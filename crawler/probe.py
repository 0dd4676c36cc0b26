"""Finds out what sites offer, for `newsgrain init`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crawler.checks import check_contact, check_url
from crawler.configuration import CrawlLimits
from crawler.crawl import run_spider
from crawler.proposals import Proposal
from crawler.settings import settings_for
from newsgrain.clock import system_clock
from newsgrain.errors import ConfigError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from newsgrain.clock import Clock

__all__ = ["Proposal", "probe"]


def _check(contact: str | None, addresses: Sequence[str]) -> None:
    try:
        if contact is not None:
            check_contact(contact)
        for address in addresses:
            check_url(address)
    except ValueError as exc:
        raise ConfigError(str(exc)) from exc


def probe(  # noqa: PLR0913 - all that it depends on, and nothing hidden
    urls: Sequence[str],
    *,
    contact: str | None = None,
    feeds: Mapping[str, Sequence[str]] = {},
    previews: int = 0,
    clock: Clock = system_clock,
    settings: Mapping[str, object] = {},
) -> tuple[Proposal, ...]:
    """Look at robots.txt, home page, feeds and sitemaps of some sites, politely.

    Works once per process, and not in one that has crawled. Nothing is written.

    Args:
        urls: home pages (or feeds); ``https://`` may be left out.
        contact: mail address or web page, part of the user agent.
        feeds: feeds that are known of some of them.
        previews: so many of the newest articles of each site are fetched.
        clock: dates of entries that lie after its moment are not counted as the newest.
        settings: Scrapy settings that go before newsgrain's own.

    Returns:
        One proposal per address, in their order; those with an `error` are no sources.

    Raises:
        ConfigError: an address or the contact is none.
        NewsgrainError: the crawl could not be started.
    """
    from crawler.spiders.probe import ProbeSpider, home_addresses

    _check(contact, [home_addresses(url)[0] for url in urls])
    own = settings_for(CrawlLimits(contact=contact), ())
    own["NEWSGRAIN_CONFIGURED"] = [address for url in urls for address in home_addresses(url)]
    own["RETRY_TIMES"] = 1  # somebody is waiting at a terminal
    arguments = {"urls": urls, "feeds": feeds, "previews": previews, "clock": clock}
    crawler = run_spider(ProbeSpider, {**own, **settings}, **arguments)
    spider = crawler.spider
    return tuple(spider.proposals[url] for url in urls) if isinstance(spider, ProbeSpider) else ()
