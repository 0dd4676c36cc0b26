"""One source during one crawl: its listings first, then its articles, newest first."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from crawler.listing import end_of_lastmod, parse_date
from crawler.posts import has_more, posts_address
from crawler.proposals import ARCHIVE_MAX_AGE_DAYS
from crawler.scope import Scope
from crawler.session import SourceSummary
from crawler.sitemaps import may_list_articles
from crawler.url_traps import Facets

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from crawler.configuration import CrawlLimits, Source
    from crawler.freshness import Decider
    from crawler.frontier import Added, Planned, Validators
    from crawler.listing import Child, Found, Listing
    from crawler.session import Tally

# One index after the other could otherwise be a night's work. What an archive of decades lists
# behind these limits is for a back-fill, which has wider ones.
MAX_SITEMAPS, MAX_SITEMAPS_BACK = 50, 2_000
MAX_ENTRIES, MAX_ENTRIES_BACK = 100_000, 2_000_000
MAX_PAGES = 10  # of a section; what is further back is older than the last run
KNOWN_STREAK = 20
"""So many known articles in a row, and a list in the order of time holds nothing new."""

_SITEMAPS_WITHOUT_DATES = 4
_LONG_AGO = datetime(1, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """One discovery address to be read.

    Attributes:
        url: the address.
        kind: ``feed``, ``sitemap``, ``posts``, ``section`` or ``home``.
        walk: the address of the first page, for a list of many pages; else `url`.
        page: which of them.
        first: validators of the first page, if it came with any.
        entries: articles on the pages before.
        streak: known articles in a row that the pages before end with.
        order: of posts: ``date`` or ``modified``.
        recent_only: only what is dated, and was published or changed lately, is taken.
        is_guess: a link of the home page that looks like a section; nobody named it.
    """

    url: str
    kind: str
    walk: str = ""
    page: int = 1
    first: Validators | None = None
    entries: int = 0
    streak: int = 0
    order: str = "date"
    recent_only: bool = False
    is_guess: bool = False

    @property
    def root(self) -> str:
        """The address that the walk is remembered by."""
        return self.walk or self.url


class Visit:
    """What is known, in this crawl, of one source.

    Attributes:
        source: the source.
        scope: which addresses are its own.
        decider: fetch, revalidate or skip.
        limit: article requests of this run.
        plan: articles still to be asked for; None until discovery has ended.
        done: article requests that have ended.
    """

    def __init__(
        self, source: Source, limits: CrawlLimits, decider: Decider, now: datetime
    ) -> None:
        """Take the source, what limits its crawl, and the moment that ages count from."""
        self.source = source
        self.scope = Scope(source)
        self.decider = decider
        self._now = now
        own = source.limits.max_articles
        self.limit = limits.max_articles_per_source if own is None else own
        self.plan: deque[Planned] | None = None
        self.done = 0
        self.warning: str | None = None
        self._facets = Facets()
        self._open: set[str] = set()
        self._answered = 0
        self._entries = 0
        self._errors: list[str] = []
        self._seen: set[str] = set()
        self._sitemaps = 0
        self._listed: set[str] = set()
        self._left_out = 0
        self._unchanged = 0
        self._new = 0
        self._asked: set[str] = set()

    # What to read

    def opening(self, *, is_known: bool) -> Iterator[Listed]:
        """Give the addresses that newsgrain.toml names; the home page if it names none.

        Args:
            is_known: the source was read before: edited posts are worth a request of their own.
        """
        source = self.source
        listed = [
            *(Listed(url=url, kind="feed") for url in source.feeds),
            *(Listed(url=url, kind="sitemap") for url in source.sitemaps),
            *(one for url in source.posts for one in self._posts(url, is_known=is_known)),
            *(Listed(url=url, kind="section") for url in source.sections),
        ]
        for one in listed or [Listed(url=source.url, kind="home")]:
            if one.url not in self._seen:
                yield self._opened(one)

    def _posts(self, endpoint: str, *, is_known: bool) -> Iterator[Listed]:
        since = self.decider.since
        yield Listed(url=posts_address(endpoint, since=since), kind="posts", walk=endpoint)
        if is_known and since is None:
            url = posts_address(endpoint, order="modified")
            yield Listed(url=url, kind="posts", walk=endpoint, order="modified")

    def is_home_of(self, url: str) -> bool:
        """Tell whether an address lies on the host of the source's home page."""
        return urlsplit(url).netloc == urlsplit(self.source.url).netloc

    def robots_sitemaps(self, urls: Iterable[str]) -> Iterator[Listed]:
        """Give the sitemaps of robots.txt that newsgrain.toml does not name.

        A source that lists nothing else is read whole by them. Else `newsgrain init` has left
        them out, as an archive, or they are new: what they say is new counts.
        """
        has_others = bool(self.source.listings) and self.decider.since is None
        for url in urls if self.source.robots_sitemaps else ():
            if url not in self._seen and may_list_articles(url):
                yield self._opened(Listed(url=url, kind="sitemap", recent_only=has_others))

    def sitemaps(self, children: Iterable[Child], parent: Listed) -> Iterator[Listed]:
        """Give the sitemaps of an index that are to be read, those changed last first."""
        ordered = sorted(children, key=lambda child: child.modified or _LONG_AGO, reverse=True)
        fresh = [child for child in ordered if child.url not in self._seen]
        fresh = [child for child in fresh if may_list_articles(child.url)] or fresh
        oldest = self._oldest(parent)
        if oldest is not None:
            is_small = len(fresh) <= _SITEMAPS_WITHOUT_DATES or not parent.recent_only
            fresh = [
                child
                for child in fresh
                if (is_small if child.modified is None else child.modified >= oldest)
            ]
        is_back_fill = self.decider.since is not None
        most = MAX_SITEMAPS_BACK if is_back_fill else MAX_SITEMAPS
        for child in fresh:
            if self._sitemaps >= most or self._is_full():
                return
            one = Listed(url=child.url, kind="sitemap", recent_only=parent.recent_only)
            yield self._opened(one)

    def sections(self, listing: Listing) -> Iterator[Listed]:
        """Give the sections that a home page links."""
        for url in listing.sections:
            if url not in self._seen and self.scope.reason_against_page(url) is None:
                yield self._opened(Listed(url=url, kind="section", is_guess=True))

    def following(
        self,
        listed: Listed,
        listing: Listing,
        added: Added,
        total_pages: str | None,
        entries: int,
    ) -> Listed | None:
        """Return the next page of a list, unless what it holds is known or enough was found.

        Args:
            listed: the page that was read.
            listing: what stands on it.
            added: what of that is new.
            total_pages: header X-WP-TotalPages, if it came.
            entries: how many articles stand on it.
        """
        if self._is_full() or (self.decider.since is None and self._new >= self.limit):
            return None
        if listed.kind == "posts":
            if not has_more(total_pages, listed.page, entries):
                return None
            since, page = self.decider.since, listed.page + 1
            url = posts_address(listed.root, page=page, order=listed.order, since=since)
        else:
            url = listing.following or ""
            if not url or url in self._seen or listed.page >= MAX_PAGES or not added.new:
                return None
        following = replace(
            listed,
            url=url,
            walk=listed.root,
            page=listed.page + 1,
            entries=listed.entries + entries,
            streak=self.streak(listed, added),
        )
        return self._opened(following)

    def streak(self, listed: Listed, added: Added) -> int:
        """Return how many known articles in a row a list in the order of time ends with so far."""
        is_news = (
            (lambda key: key not in added.settled)
            if listed.order == "modified"
            else added.new.__contains__
        )
        for number, key in enumerate(reversed(added.keys)):
            if is_news(key):
                return number
        return listed.streak + len(added.keys)

    def _opened(self, listed: Listed) -> Listed:
        self._seen.add(listed.url)
        self._open.add(listed.url)
        self._sitemaps += listed.kind == "sitemap"
        return listed

    def _is_full(self) -> bool:
        is_back_fill = self.decider.since is not None
        return self._entries >= (MAX_ENTRIES_BACK if is_back_fill else MAX_ENTRIES)

    def _oldest(self, listed: Listed) -> datetime | None:
        """Return the date that entries of a listing must not be older than."""
        if listed.recent_only:
            days = self.source.limits.max_age_days or ARCHIVE_MAX_AGE_DAYS
            return self._now - timedelta(days=days)
        return self.decider.since

    # What was read

    def choose(self, found: Iterable[Found], listed: Listed) -> list[Found]:
        """Return what of a listing is in scope, and young enough for the listing."""
        oldest = self._oldest(listed)
        return [
            one
            for one in found
            if self.scope.reason_against(one.url) is None
            and (oldest is None or self._is_since(one, oldest, listed))
            and self._facets.admits(one.url)
        ]

    def _is_since(self, found: Found, oldest: datetime, listed: Listed) -> bool:
        moment = parse_date(found.published) or end_of_lastmod(found.modified or "")
        return not listed.recent_only if moment is None else moment >= oldest

    def answered(self, url: str, entries: int, added: Added | None = None) -> None:
        """Note that a listing was read, or is unchanged (None) and had so many entries."""
        self._open.discard(url)
        self._answered += 1
        self._entries += entries
        if added is None:
            self._unchanged += entries
        else:
            self._left_out += entries - len(added.keys)
            self._listed.update(added.keys)
            self._new += len(added.new)

    def unanswered(self, listed: Listed, reason: str) -> None:
        """Note that a listing could not be used, or not to its end; a wrong guess is no error."""
        self._open.discard(listed.url)
        if not listed.is_guess:
            self._errors.append(f"{listed.url}: {reason}")

    @property
    def has_discovered(self) -> bool:
        """Whether every listing has been read or has failed."""
        return not self._open

    @property
    def is_over(self) -> bool:
        """Whether all that was planned has been asked for, and has ended."""
        is_asked = self.plan is not None and not self.plan
        return is_asked and self.has_discovered and self.done >= len(self._asked)

    def end(self, reason: str | None = None) -> None:
        """Ask for nothing more, and wait for nothing that has not come."""
        self.plan = deque()
        self._open.clear()
        self.done = len(self._asked)
        self.warning = self.warning or reason

    def may_list(self, key: str) -> bool:
        """Tell whether a listing may still name an address: one that is unchanged may."""
        return self._unchanged > 0 or key in self._listed

    def ask(self) -> Planned | None:
        """Return the next article to ask for."""
        if not self.plan:
            return None
        planned = self.plan.popleft()
        self._asked.add(planned.key)
        return planned

    def summary(self, tally: Tally) -> SourceSummary:
        """Return what the crawl did."""
        error = None
        if not self._answered:  # also where the crawl was ended before the first answer
            error = self._errors[0] if self._errors else "none of its listings was read"
        warning = self._errors[0] if self._errors and error is None else self.warning
        return SourceSummary(
            name=self.source.name,
            requests=tally.requests,
            discovered=len(self._listed) + self._left_out + self._unchanged,
            fetched=tally.fetched,
            not_modified=tally.not_modified,
            failed=tally.failed,
            skipped=len(self._listed - self._asked) + self._left_out,
            bytes=tally.bytes,
            error=error,
            is_silent=self._answered > 0 and self._entries == 0,
            warning=warning,
        )
