"""One source during one crawl: its listings first, then its articles, newest first."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import islice
from typing import TYPE_CHECKING

from crawler.scope import Scope
from crawler.session import SourceSummary
from crawler.sitemaps import may_list_articles
from crawler.url_traps import Facets

if TYPE_CHECKING:
    from collections import deque
    from collections.abc import Iterable, Iterator

    from crawler.freshness import Decider
    from crawler.frontier import Planned
    from crawler.listing import Child, Found
    from crawler.session import Tally
    from crawler.sources import CrawlLimits, Source

# One index after the other could otherwise be a night's work. What an archive of decades still
# lists behind these limits comes when the newer part of it has been fetched.
MAX_SITEMAPS = 50
MAX_ENTRIES = 100_000
_LONG_AGO = datetime(1, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """One discovery address to be read.

    Attributes:
        url: the address.
        kind: ``feed``, ``sitemap`` or ``home``.
    """

    url: str
    kind: str


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

    def __init__(self, source: Source, limits: CrawlLimits, decider: Decider) -> None:
        """Take the source and what limits its crawl."""
        self.source = source
        self.scope = Scope(source)
        self.decider = decider
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
        self._listed: set[str] = set()
        self._out_of_scope = 0
        self._unchanged = 0
        self._asked: set[str] = set()

    def opening(self) -> Iterator[Listed]:
        """Give the addresses that newsgrain.toml names; the home page if it names none."""
        listed = [
            *(Listed(url=url, kind="feed") for url in self.source.feeds),
            *(Listed(url=url, kind="sitemap") for url in self.source.sitemaps),
        ]
        for one in listed or [Listed(url=self.source.url, kind="home")]:
            if one.url not in self._seen:
                yield self._opened(one)

    def follow(self, children: Iterable[Child]) -> Iterator[Listed]:
        """Give the sitemaps of an index that are to be read, those changed last first."""
        ordered = sorted(children, key=lambda child: child.modified or _LONG_AGO, reverse=True)
        fresh = [child for child in ordered if child.url not in self._seen]
        fresh = [child for child in fresh if may_list_articles(child.url)] or fresh
        left = MAX_SITEMAPS - len(self._seen) if self._entries < MAX_ENTRIES else 0
        for child in islice(fresh, max(0, left)):
            yield self._opened(Listed(url=child.url, kind="sitemap"))

    def _opened(self, listed: Listed) -> Listed:
        self._seen.add(listed.url)
        self._open.add(listed.url)
        return listed

    def choose(self, found: Iterable[Found]) -> list[Found]:
        """Return what of a listing is in scope."""
        chosen = (one for one in found if self.scope.reason_against(one.url) is None)
        return [one for one in chosen if self._facets.admits(one.url)]

    def answered(self, url: str, entries: int, keys: frozenset[str] | None = None) -> None:
        """Note that a listing was read, or is unchanged (no keys) and had so many entries."""
        self._open.discard(url)
        self._answered += 1
        self._entries += entries
        if keys is None:
            self._unchanged += entries
        else:
            self._out_of_scope += entries - len(keys)
            self._listed |= keys

    def unanswered(self, url: str, reason: str) -> None:
        """Note that a listing could not be used, or not to its end."""
        self._open.discard(url)
        self._errors.append(f"{url}: {reason}")

    @property
    def has_discovered(self) -> bool:
        """Whether every listing has been read or has failed."""
        return not self._open

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
            discovered=len(self._listed) + self._out_of_scope + self._unchanged,
            fetched=tally.fetched,
            not_modified=tally.not_modified,
            failed=tally.failed,
            skipped=len(self._listed - self._asked) + self._out_of_scope,
            bytes=tally.bytes,
            error=error,
            is_silent=self._answered > 0 and self._entries == 0,
            warning=warning,
        )
