"""What one crawl works with, and what it has counted so far."""

from __future__ import annotations

import asyncio
import logging
from contextlib import ExitStack
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from crawler.frontier import Frontier
from crawler.logline import log_line
from crawler.redis_server import open_server
from crawler.shards import sources_of
from crawler.shared_frontier import SharedFrontier
from crawler.shift import Shift, lease_s
from crawler.url_patterns import UrlPatterns
from newsgrain.clock import system_clock
from newsgrain.errors import ConfigError
from newsgrain.tombstones import read_tombstones

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime

    from scrapy.crawler import Crawler

    from crawler.configuration import Config, Source
    from crawler.shards import Shard
    from newsgrain.archive import Archive
    from newsgrain.clock import Clock
    from newsgrain.errors import NewsgrainError
    from newsgrain.tombstones import Tombstones
    from newsgrain.workspace import Workspace

_log = logging.getLogger("newsgrain.crawl")


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """How far a source is, for a progress bar.

    Attributes:
        source: its name.
        done: article requests that have ended.
        queued: article requests that are still to be made.
    """

    source: str
    done: int
    queued: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceSummary:
    """What a crawl did for one source.

    Attributes:
        name: of the source.
        requests: of all kinds, with retries and redirects.
        discovered: articles that its feeds, sitemaps or home page list; those of listings that
            answered 304 as counted when they were last read.
        fetched: article pages received.
        not_modified: articles answered by 304.
        failed: article requests that ended without a page.
        skipped: articles that are listed and were not asked for: known, out of scope, or
            beyond a limit.
        bytes: bytes of all bodies, as received.
        error: one line, if the source failed: no discovery address could be used, or the crawl
            ended before one was.
        is_silent: discovery answered and listed nothing.
        warning: one line, if a part of its discovery failed or a limit ended its crawl.
    """

    name: str
    requests: int = 0
    discovered: int = 0
    fetched: int = 0
    not_modified: int = 0
    failed: int = 0
    skipped: int = 0
    bytes: int = 0
    error: str | None = None
    is_silent: bool = False
    warning: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CrawlSummary:
    """What a crawl did.

    Attributes:
        sources: in the order of the configuration.
        interrupted: a signal ended it; the next run goes on where it stopped.
        timed_out: `CrawlLimits.max_crawl_s` ended it; what is left waits for the next run.
    """

    sources: tuple[SourceSummary, ...]
    interrupted: bool = False
    timed_out: bool = False


@dataclass(slots=True)
class Tally:
    """The counts of one source while the crawl runs; fields as in `SourceSummary`."""

    requests: int = 0
    fetched: int = 0
    not_modified: int = 0
    failed: int = 0
    bytes: int = 0


def _choose(config: Config, only: Sequence[str], shard: Shard | None) -> tuple[Source, ...]:
    unknown = sorted(set(only) - {source.name for source in config.sources})
    if unknown:
        known = ", ".join(source.name for source in config.sources)
        raise ConfigError(f'no source is named "{unknown[0]}"; there are: {known}')
    # Which part a source is in depends on all of them, not on those that are asked for.
    part = sources_of(shard, config.sources) if shard else config.sources
    return tuple(source for source in part if not only or source.name in only)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reach:
    """How far a crawl reaches, and what it knows of the sites' addresses beforehand.

    Attributes:
        since: fill archives back to this moment; None: take what is new.
        refetch: fetch known articles again, whole.
        shard: the part of the sources that is crawled here; None: all.
        frontier: address of the server that several machines share; None: there is one machine.
        patterns: which addresses of a site are articles.
    """

    since: datetime | None = None
    refetch: bool = False
    shard: Shard | None = None
    frontier: str | None = None
    patterns: UrlPatterns = field(default_factory=UrlPatterns)


@dataclass(slots=True, weakref_slot=True, kw_only=True)
class Session:
    """One crawl: its surroundings, handed to every component through the spider.

    Attributes:
        workspace: where the archive lies; its disk is watched.
        config: all of newsgrain.toml.
        archive: where every exchange is written.
        run_id: the run.
        clock: the present moment.
        only: names of the sources to crawl; empty: all.
        reach: how far back, and what again.
        on_progress: called whenever an article request has ended.
        tombstones: what was forgotten and is never asked for.
        failure: what ended the crawl early, e.g. a full disk; raised when Scrapy has stopped.
        sources: those that are crawled, by this machine or by all that share the frontier.
        frontier: their addresses.
        shift: this machine's part, where several share the frontier.
        tallies: what was counted, by source.
    """

    workspace: Workspace
    config: Config
    archive: Archive
    run_id: str
    clock: Clock = system_clock
    only: Sequence[str] = ()
    reach: Reach = field(default_factory=Reach)
    on_progress: Callable[[Progress], None] | None = None
    failure: NewsgrainError | None = None
    sources: tuple[Source, ...] = field(init=False)
    tombstones: Tombstones = field(init=False)
    frontier: Frontier = field(init=False)
    shift: Shift | None = field(init=False, default=None)
    tallies: dict[str, Tally] = field(init=False)
    _stopping: asyncio.Future[None] | None = field(init=False, default=None)
    _closing: ExitStack = field(init=False, default_factory=ExitStack)

    def __post_init__(self) -> None:
        """Choose the sources and open the frontier."""
        self.sources = _choose(self.config, self.only, self.reach.shard)
        names = [source.name for source in self.config.sources]
        self.tombstones = read_tombstones(self.workspace.root)
        if self.reach.frontier and self.reach.shard:
            raise ConfigError("--shard and --frontier divide the sites each by itself: choose one")
        if self.reach.frontier is None:
            self.frontier = Frontier(self.archive, names, self.tombstones)
        else:
            server, place = open_server(self.reach.frontier)
            self.frontier = SharedFrontier(
                self.archive, names, self.tombstones, server=server, place=place
            )
            self.shift = Shift(server, place, self.sources, lease_s=lease_s(self.config.crawl))
        self.tallies = {source.name: Tally() for source in self.sources}

    @property
    def night(self) -> str:
        """What the outcomes of this night are told from earlier ones by.

        The run; where several machines crawl, their round: what one of them did is not done
        again by the next.
        """
        return self.run_id if self.shift is None else f"round {self.shift.round}"

    def abort(self, crawler: Crawler, error: NewsgrainError) -> None:
        """Stop a crawl that cannot go on, and remember why."""
        if self.failure is None:
            self.failure = error
            _log.error(log_line("stopped", error=error))
            closing = crawler.engine.close_spider_async(reason="environment")
            self._stopping = asyncio.ensure_future(closing)

    def close(self) -> None:
        """Release what `open_session` has opened."""
        self._closing.close()


def open_session(
    workspace: Workspace, *, only: Sequence[str] = (), shard: Shard | None = None
) -> Session:
    """Open a workspace for ``scrapy crawl news``: lock, archive and a run of its own.

    Raises:
        NewsgrainError: the configuration is wrong, another run holds the workspace, or the
            archive cannot be opened.
    """
    from crawler.sources import load_config
    from newsgrain.archive import Archive
    from newsgrain.head import head_manifest

    config = load_config(workspace.config)
    _choose(config, only, shard)
    with ExitStack() as stack:
        stack.enter_context(workspace.lock())
        archive = stack.enter_context(Archive.open(workspace.archive))
        head = head_manifest(workspace.datasets)
        run_id = archive.begin_run(
            "crawl",
            system_clock(),
            head=head.run_id if head else None,
            floor=head.archive_sequence if head else 0,
        )
        stack.callback(lambda: archive.end_run(run_id, system_clock()))
        session = Session(
            workspace=workspace,
            config=config,
            archive=archive,
            run_id=run_id,
            only=only,
            reach=Reach(shard=shard),
        )
        session._closing = stack.pop_all()  # noqa: SLF001 - the maker of the session
    return session
