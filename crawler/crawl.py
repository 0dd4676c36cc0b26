"""Runs one crawl of the configured sources in this process."""

from __future__ import annotations

import logging
import signal
from contextlib import contextmanager
from typing import TYPE_CHECKING

from crawler.session import CrawlSummary, Progress, Reach, Session, SourceSummary
from newsgrain.clock import system_clock
from newsgrain.errors import NewsgrainError

if TYPE_CHECKING:
    from asyncio import Task
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from scrapy import Spider
    from scrapy.crawler import Crawler
    from scrapy.settings import Settings

    from crawler.configuration import Config
    from newsgrain.archive import Archive
    from newsgrain.clock import Clock
    from newsgrain.workspace import Workspace

__all__ = ["CrawlSummary", "Progress", "Reach", "SourceSummary", "crawl", "run_spider"]

_WHAT_IS_NEW = Reach()
_SIGNALS = (signal.SIGINT, signal.SIGTERM)


@contextmanager
def _signals_restored() -> Iterator[None]:
    """Give the signals back to the caller: Scrapy keeps them, and ignores the third one."""
    before = [(number, signal.getsignal(number)) for number in _SIGNALS]
    try:
        yield
    finally:
        for number, handler in before:
            if handler is not None:  # None: not set from Python
                signal.signal(number, handler)


def _settings(overrides: Mapping[str, object]) -> Settings:
    from scrapy.settings import Settings

    settings = Settings()
    settings.setmodule("crawler.settings", priority="project")
    # The caller has set up the handlers; Scrapy's own would print every line twice.
    settings.set("LOG_INSTALL_ROOT_HANDLER", value=False, priority="cmdline")
    settings.update(dict(overrides), priority="cmdline")
    return settings


def _raise_failure(task: Task[None]) -> None:
    error = task.exception() if task.done() and not task.cancelled() else None
    if isinstance(error, NewsgrainError):
        raise error
    if error is not None:
        raise NewsgrainError(f"the crawl could not be started: {error}") from error


def run_spider(
    spider: type[Spider], overrides: Mapping[str, object], **arguments: object
) -> Crawler:
    """Run one spider to its end; once per process, since Twisted's reactor starts only once.

    SIGINT and SIGTERM end it gracefully: what is under way is finished, at most one timeout
    long; a second signal ends it at once.

    Args:
        spider: the class.
        overrides: settings that go before all others, e.g. ``TWISTED_DNS_RESOLVER``.
        **arguments: for the spider.

    Raises:
        NewsgrainError: the crawl could not be started.
    """
    from scrapy.crawler import AsyncCrawlerProcess
    from twisted.internet.error import ReactorNotRestartable

    process = AsyncCrawlerProcess(_settings(overrides))
    # Where nobody set up a log, Python prints warnings to the terminal; `init` says there in one
    # line what it has found.
    logging.getLogger().addHandler(logging.NullHandler())
    # Scrapy tells every request at debug level; the archive has its own line for each.
    logging.getLogger("scrapy").setLevel(logging.WARNING)
    crawler = process.create_crawler(spider)
    task = process.crawl(crawler, **arguments)
    with _signals_restored():
        try:
            process.start()
        except ReactorNotRestartable as exc:
            raise NewsgrainError("a process can crawl only once") from exc
    _raise_failure(task)
    return crawler


def crawl(  # noqa: PLR0913 - everything that a crawl depends on, and nothing hidden
    workspace: Workspace,
    config: Config,
    archive: Archive,
    *,
    run_id: str,
    clock: Clock = system_clock,
    only: Sequence[str] = (),
    reach: Reach = _WHAT_IS_NEW,
    settings: Mapping[str, object] = {},
    on_progress: Callable[[Progress], None] | None = None,
) -> CrawlSummary:
    """Discover and fetch the articles of all sources into the archive; once per process.

    It can be killed at any moment: the same run, begun again, asks only for what is missing.

    Args:
        workspace: its lock is held by the caller.
        config: of newsgrain.toml.
        archive: open for writing.
        run_id: as `Archive.begin_run` gave it.
        clock: the moment that decisions and records are made at.
        only: names of the sources to crawl; empty: all.
        reach: how far back, and what again.
        settings: Scrapy settings that go before newsgrain's own.
        on_progress: called whenever an article request has ended.

    Returns:
        what was done; a source that failed is told there.

    Raises:
        ConfigError: `only` names an unknown source.
        DiskFullError: the disk is full, or nearly; what was archived stays.
        ArchiveError: the archive cannot be written.
    """
    from crawler.spiders.news import NewsSpider

    session = Session(
        workspace=workspace,
        config=config,
        archive=archive,
        run_id=run_id,
        clock=clock,
        only=only,
        reach=reach,
        on_progress=on_progress,
    )
    return _summary(run_spider(NewsSpider, settings, session=session), session)


def _summary(crawler: Crawler, session: Session) -> CrawlSummary:
    from crawler.spiders.news import NewsSpider

    if session.failure is not None:
        raise session.failure
    if isinstance(crawler.spider, NewsSpider):
        return crawler.spider.summary(crawler.stats.get_value("finish_reason"))
    raise NewsgrainError("the crawl could not be started")
