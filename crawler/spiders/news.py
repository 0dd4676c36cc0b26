"""The one spider of all newspapers: sites differ by data, not by code.

    start | listings (feeds, sitemaps, posts, sections) | frontier | plan | articles

Nothing is cleaned here: pages go to the archive, in `crawler.middlewares.archive`.
"""

from __future__ import annotations

import logging
from collections import deque
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self
from urllib.parse import urljoin

import scrapy
from scrapy import Request, signals
from scrapy.exceptions import DontCloseSpider, IgnoreRequest

from crawler.answers import Worth
from crawler.failures import Failure as FailureKind
from crawler.failures import failure_of_error
from crawler.freshness import Decider, State
from crawler.frontier import Outcome
from crawler.listing_reader import NO_LISTING, ListingReader, Unusable
from crawler.logline import log_line
from crawler.refusal import Refused, describe
from crawler.session import CrawlSummary, Progress, SourceSummary, open_session
from crawler.settings import settings_for
from crawler.shards import parse_shard
from crawler.shift import GIVEN_UP
from crawler.visit import Listed, Visit
from newsgrain.errors import NewsgrainError
from newsgrain.workspace import Workspace

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator

    from scrapy.crawler import Crawler
    from scrapy.http import Response
    from twisted.python.failure import Failure

    from crawler.configuration import Source
    from crawler.frontier import Planned
    from crawler.robots_file import RobotsFile
    from crawler.session import Session

_log = logging.getLogger("newsgrain.crawl")
# Article requests of one source that are under way: one at the host, one that waits for the
# delay. More would only fill the engine's queue with one site.
_WINDOW = 2
_LISTINGS_FIRST = 10


class NewsSpider(scrapy.Spider):
    """Crawls the sources of a session.

    Arguments of ``scrapy crawl news``: ``-a source=NAME`` (one source; default: all),
    ``-a shard=2/8`` (a part of them) and ``-a workspace=FOLDER`` (default: the current folder).
    """

    name = "news"

    def __init__(self, session: Session, **kwargs: Any) -> None:
        """Take everything the crawl works with."""
        super().__init__(**kwargs)
        self.session = session
        self._reader = ListingReader(session)
        alone = session.sources if session.shift is None else ()
        self.visits = {source.name: self._visit(source) for source in alone}

    @classmethod
    def from_crawler(
        cls,
        crawler: Crawler,
        *,
        session: Session | None = None,
        source: str | None = None,
        shard: str | None = None,
        workspace: str = ".",
    ) -> Self:
        """Build the spider as Scrapy does, with the settings that newsgrain.toml asks for.

        Raises:
            NewsgrainError: the workspace cannot be opened.
        """
        opened = session
        if opened is None:
            opened = open_session(
                Workspace(Path(workspace)),
                only=(source,) if source else (),
                shard=parse_shard(shard) if shard else None,
            )
        settings = settings_for(opened.config.crawl, opened.sources)
        crawler.settings.update(settings, priority="spider")
        spider = super().from_crawler(crawler, session=opened)
        crawler.signals.connect(spider.go_on, signal=signals.spider_idle)
        crawler.signals.connect(spider.fail, signal=signals.spider_error)
        crawler.signals.connect(spider.read_robots, signal=signals.robots_parsed)
        if session is None:
            crawler.signals.connect(opened.close, signal=signals.engine_stopped)
        return spider

    def _visit(self, source: Source) -> Visit:
        days = source.limits.max_age_days
        max_age = None if days is None else timedelta(days=days)
        reach = self.session.reach
        decider = Decider(
            run_id=self.session.night,
            max_age=max_age,
            since=reach.since,
            refetch=reach.refetch,
        )
        return Visit(source, self.session.config.crawl, decider, self.session.clock())

    async def start(self) -> AsyncIterator[Request]:
        """Ask for the listings of all sources; on a shared frontier, as their turns come."""
        for visit in self.visits.values():
            for request in self._opening(visit):
                yield request
        if self.session.shift is None:
            return
        self.session.shift.join()
        async for group in self.session.shift.groups(self.session.frontier, self):
            for source in group.sources:
                visit = self.visits[source.name] = self._visit(source)
                for request in self._opening(visit):
                    yield request

    def _opening(self, visit: Visit) -> Iterator[Request]:
        for listed in visit.opening(is_known=self._reader.is_known(visit)):
            yield self._listing_request(visit, listed)

    def go_on(self) -> None:
        """Go on where an answer got lost, so that no source waits for it; else end."""
        if self.resume():
            raise DontCloseSpider

    # What `crawler.shift` asks

    def resume(self) -> bool:
        """Ask for what is left, since nothing is under way; return False if nothing is left."""
        requests: list[Request] = []
        for visit in self.visits.values():
            if visit.plan is None:
                visit.plan = deque(self._plan(visit))
            following = list(self._articles(visit, _WINDOW))
            if not following:
                visit.end()
            requests.extend(following)
        for request in requests:
            self.crawler.engine.crawl(request)
        return bool(requests)

    def is_at_rest(self) -> bool:
        """Say whether nothing is under way, nor waits for its turn."""
        engine = self.crawler.engine
        slot = engine._slot  # noqa: SLF001 - engine.spider_is_idle() waits for `start`, too
        if slot is None or slot.inprogress or slot.scheduler.has_pending_requests():
            return False
        return engine.scraper.slot is not None and engine.scraper.slot.is_idle()

    def is_over(self, source: str) -> bool:
        """Say whether everything of a source is archived."""
        return self.visits[source].is_over

    def drop(self, source: str, reason: str) -> None:
        """Ask nothing more of a source."""
        if source in self.visits:
            self.visits[source].end(reason)

    def fail(self, failure: Failure, response: Response | Failure) -> None:
        """Deal with what a callback raised; Scrapy has logged it with its traceback.

        If the disk or the ledger failed, the crawl ends. A listing that brings its reader down
        counts as one that could not be used, and its source goes on without it.
        """
        error = failure.value
        if isinstance(error, NewsgrainError):
            self.session.abort(self.crawler, error)
            return
        request: Request = response.request  # type: ignore[assignment,union-attr]
        listed: Listed | None = request.cb_kwargs.get("listed")
        if listed is None:
            return  # an article, archived before its callback; `go_on` asks for the next one
        visit = self.visits[request.meta["source"]]
        self._miss(visit, request.meta, listed, f"could not be read: {type(error).__name__}")
        for following in self._after_listing(visit):
            self.crawler.engine.crawl(following)

    # Listings

    def _listing_request(self, visit: Visit, listed: Listed) -> Request:
        known = self.session.frontier.discovery_validators(visit.source, listed.url)
        meta: dict[str, Any] = {
            "kind": listed.kind,
            "source": visit.source.name,
            "validators": known[0] if known else None,
            "entries": known[1] if known else 0,
        }
        return Request(
            listed.url,
            callback=self.read_listing,
            errback=self.miss_listing,
            priority=_LISTINGS_FIRST,
            cb_kwargs={"listed": listed},
            meta=meta,
        )

    def read_robots(self, robotparser: RobotsFile, request: Request) -> None:
        """Read the sitemaps that a source's robots.txt names, too."""
        visit = self.visits.get(request.meta.get("source", ""))
        if visit is None or visit.plan is not None or not visit.is_home_of(request.url):
            return
        urls = [urljoin(request.url, url) for url in robotparser.sitemaps]
        for listed in visit.robots_sitemaps(urls):
            self.crawler.engine.crawl(self._listing_request(visit, listed))

    async def read_listing(self, response: Response, listed: Listed) -> AsyncIterator[Request]:
        """Put what a feed, sitemap, page of posts or home page lists into the frontier."""
        visit = self.visits[response.meta["source"]]
        following: list[Listed] = []
        try:
            following = await self._reader.read(visit, response, listed)
        except Unusable as exc:
            self._miss(visit, response.meta, listed, str(exc))
        for one in following:
            yield self._listing_request(visit, one)
        for request in self._after_listing(visit):
            yield request

    def miss_listing(self, failure: Failure) -> Iterator[Request]:
        """Note that a listing brought no answer."""
        request: Request = failure.request  # type: ignore[attr-defined]
        visit = self.visits[request.meta["source"]]
        reason = describe(failure.value)
        self._miss(visit, request.meta, request.cb_kwargs["listed"], reason)
        yield from self._after_listing(visit)

    def _miss(self, visit: Visit, meta: dict[str, Any], listed: Listed, reason: str) -> None:
        if reason == NO_LISTING and meta.get("page_id") is not None:
            self.session.archive.mark_final(meta["page_id"], reason)
        self._make_final(meta, reason)
        visit.unanswered(listed, reason)
        _log.log(
            logging.INFO if listed.is_guess else logging.WARNING,
            log_line("listing_failed", source=visit.source.name, error=reason, url=listed.url),
        )

    # Articles

    def _after_listing(self, visit: Visit) -> Iterator[Request]:
        """Plan and begin, if this listing was the last one: newest first needs all of them."""
        if visit.has_discovered and visit.plan is None:
            visit.plan = deque(self._plan(visit))
            yield from self._articles(visit, _WINDOW)

    def _articles(self, visit: Visit, count: int) -> Iterator[Request]:
        for _ in range(count):
            planned = visit.ask()
            if planned is not None:
                yield self._article_request(visit, planned)

    def _plan(self, visit: Visit) -> tuple[Planned, ...]:
        name = visit.source.name
        now = self.session.clock()
        planned = self.session.frontier.plan(
            name,
            visit.decider,
            now,
            visit.limit,
            scope=visit.scope,
            is_listed=visit.may_list,
            is_unlikely=self._is_unlikely,
        )
        _log.info(log_line("plan", source=name, articles=len(planned), limit=visit.limit))
        return planned

    def _is_unlikely(self, url: str) -> bool:
        return self.session.reach.patterns.is_article(url) is False

    def _article_request(self, visit: Visit, planned: Planned) -> Request:
        return Request(
            planned.url,
            callback=self.end_articles,
            errback=self.miss_article,
            meta={
                "kind": "article",
                "source": visit.source.name,
                "url_key": planned.key,
                "scope": visit.scope,
                "render": visit.source.render,
                "validators": planned.validators,
                "hints": planned.hints,
                "last_seen_at": planned.last_seen_at,
                "why": planned.decision.reason,
            },
        )

    def keep_article(self, request: Request) -> Request | None:
        """Count an article that the archive has stored, and return the request of the next one."""
        visit = self.visits[request.meta["source"]]
        tally = self.session.tallies[visit.source.name]
        answer = request.meta["answer"]
        if not request.meta["page_is_final"]:
            self._settle_failed(request.meta, answer.reason, answer.failure)
        if answer.worth is Worth.PAGE:
            tally.fetched += 1
        elif answer.worth is Worth.UNCHANGED:
            tally.not_modified += 1
        else:
            tally.failed += 1
        return self._next(visit)

    def end_articles(self, response: Response) -> None:
        """Do nothing after the last article, which `keep_article` has counted."""

    def miss_article(self, failure: Failure) -> Request | None:
        """Settle an article that brought no page, and ask for the next one."""
        request: Request = failure.request  # type: ignore[attr-defined]
        visit = self.visits[request.meta["source"]]
        error = failure.value
        reason = describe(error)
        if isinstance(error, Refused) and not error.is_lasting:
            visit.warning = visit.warning or f"left for the next run: {reason}"
        elif self.session.failure is None:
            self.session.tallies[visit.source.name].failed += 1
            if isinstance(error, IgnoreRequest) or not request.meta.get("page_is_final"):
                self._settle_failed(request.meta, reason, failure_of_error(error))
            _log.info(log_line("failed", source=visit.source.name, error=reason, url=request.url))
        return self._next(visit)

    def _next(self, visit: Visit) -> Request | None:
        visit.done += 1
        following = next(self._articles(visit, 1), None)
        if self.session.on_progress is not None:
            queued = len(visit.plan or ())
            progress = Progress(source=visit.source.name, done=visit.done, queued=queued)
            self.session.on_progress(progress)
        return following

    # The archive

    def _settle_failed(self, meta: dict[str, Any], reason: str, kind: FailureKind | None) -> None:
        """Mark an article as failed, and its last attempt, if there was one, as final."""
        outcome = Outcome(
            state=State.FAILED,
            run_id=self.session.night,
            fetched_at=self.session.clock(),
            failure=kind,
        )
        if meta.get("page_id") is None:
            self.session.frontier.give_up(meta["url_key"], outcome)
        else:
            settle = self.session.frontier.settle(meta["url_key"], outcome)
            self.session.archive.mark_final(meta["page_id"], reason, settle)
            self.session.frontier.share()

    def _make_final(self, meta: dict[str, Any], reason: str) -> None:
        if meta.get("page_id") is not None and not meta["page_is_final"]:
            self.session.archive.mark_final(meta["page_id"], reason)

    def summary(self, finish_reason: str | None) -> CrawlSummary:
        """Return what the crawl did; `finish_reason` is Scrapy's."""
        tallies = self.session.tallies
        shift = self.session.shift
        given_up = [] if shift is None else shift.given_up
        return CrawlSummary(
            sources=(
                *(v.summary(tallies[name]) for name, v in self.visits.items()),
                *(SourceSummary(name=name, error=GIVEN_UP) for name in given_up),
            ),
            interrupted=finish_reason not in {"finished", "closespider_timeout"},
            timed_out=finish_reason == "closespider_timeout",
        )
