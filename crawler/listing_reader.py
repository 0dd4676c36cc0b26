"""Reads what discovery addresses answer into the frontier, without holding up the crawl.

answer | open_listing (lazy) | a few hundred entries at a time: scope, frontier | what to read next
"""

from __future__ import annotations

import asyncio
import logging
from dataclasses import replace
from itertools import islice
from typing import TYPE_CHECKING, Any

from crawler.answers import Worth, header
from crawler.discovery import open_listing, read_home
from crawler.frontier import Added, Validators
from crawler.logline import log_line
from crawler.visit import KNOWN_STREAK

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import timedelta

    from scrapy.http import Response

    from crawler.listing import Child, Listing, Reading
    from crawler.session import Session
    from crawler.visit import Listed, Visit

_log = logging.getLogger("newsgrain.crawl")
_BATCH = 500
_LINKED = frozenset({"home", "section"})
_EMPTY_SECTION_DAYS = 30
NO_LISTING = "neither feed nor sitemap nor page"


class Unusable(Exception):  # noqa: N818 - says what the answer is
    """An answer that lists nothing; its text says why."""


class ListingReader:
    """Puts what listings name into the frontier, and says which listings follow."""

    def __init__(self, session: Session) -> None:
        """Take the session whose frontier is filled."""
        self._session = session
        self._frontier = session.frontier

    def is_known(self, visit: Visit) -> bool:
        """Tell whether a source's posts were walked to their end before."""
        posts = visit.source.posts
        return bool(posts) and all(self._frontier.was_read(visit.source, url) for url in posts)

    async def read(self, visit: Visit, response: Response, listed: Listed) -> list[Listed]:
        """Read one answer; return the listings that are to be read next.

        Raises:
            Unusable: it is a failure, or no listing.
        """
        answer = response.meta["answer"]
        if answer.worth is Worth.UNCHANGED:
            visit.answered(listed.url, response.meta["entries"])
            self._tell(visit, listed, "unchanged", entries=response.meta["entries"])
            return []
        if answer.worth is Worth.FAILURE:
            raise Unusable(answer.reason)
        if listed.kind in _LINKED:
            listing = await asyncio.to_thread(self._links, response, listed)
            if listing.kind == "unknown":
                raise Unusable(NO_LISTING)
            added, entries = await self._add(visit, listed, iter(listing.found))
        else:
            reading = await self._open(response)
            added, entries = await self._add(visit, listed, reading.found)
            listing = reading.finish()
        if listing.cut:
            # The rest of the listing counts as not read; the reason stands with its page.
            self._session.archive.mark_final(
                response.meta["page_id"], f"read in part: {listing.cut}"
            )
        visit.answered(listed.url, entries, added)
        following = list(self._following(visit, response, listed, listing, added, entries))
        self._tell(
            visit,
            listed,
            None,
            entries=entries,
            new=len(added.new),
            sitemaps=len(listing.children) or None,
            broken="yes" if listing.is_broken else None,
            cut=listing.cut,
        )
        return following

    async def _open(self, response: Response) -> Reading:
        # In a thread: a feed of megabytes takes its parser seconds.
        content_type = header(response, "Content-Type") or ""
        reading = await asyncio.to_thread(open_listing, response.body, response.url, content_type)
        if reading.kind == "unknown":
            raise Unusable(NO_LISTING)
        return reading

    def _links(self, response: Response, listed: Listed) -> Listing:
        learned = self._session.reach.patterns.is_article
        return read_home(response.body, response.url, learned=learned, source=listed.kind)

    async def _add(self, visit: Visit, listed: Listed, found: Iterator[Any]) -> tuple[Added, int]:
        keys: dict[str, None] = {}
        new: set[str] = set()
        settled: set[str] = set()
        entries = 0
        while batch := list(islice(found, _BATCH)):
            entries += len(batch)
            chosen = visit.choose(batch, listed)
            added = self._frontier.add(visit.source, chosen, self._session.clock())
            keys.update(dict.fromkeys(added.keys))
            new |= added.new
            settled |= added.settled
            await asyncio.sleep(0)  # let the downloads of other hosts go on
        return Added(keys=tuple(keys), new=frozenset(new), settled=frozenset(settled)), entries

    def _following(  # noqa: PLR0913, PLR0917 - what one answer says
        self,
        visit: Visit,
        response: Response,
        listed: Listed,
        listing: Listing,
        added: Added,
        entries: int,
    ) -> Iterator[Listed]:
        validators = listed.first or Validators(
            etag=header(response, "ETag"), last_modified=header(response, "Last-Modified")
        )
        listed = replace(listed, first=validators)
        following = self._next_page(visit, response, listed, listing, added, entries)
        if following is None:
            # The sitemaps of an index change without it: it is always read again.
            validators = Validators() if listing.children else validators
            self._frontier.has_read(
                visit.source,
                listed.root if listed.order == "date" else listed.url,
                self._session.clock(),
                entries=listed.entries + entries,
                validators=validators,
            )
        else:
            yield following
        if listed.kind == "home":
            yield from (one for one in visit.sections(listing) if self._is_worth(visit, one))
        yield from visit.sitemaps(self._changed(visit, listing.children), listed)

    def _next_page(  # noqa: PLR0913, PLR0917 - what one answer says
        self,
        visit: Visit,
        response: Response,
        listed: Listed,
        listing: Listing,
        added: Added,
        entries: int,
    ) -> Listed | None:
        if listed.kind not in {"posts", *_LINKED}:
            return None
        # A walk that was never ended is not shortened: behind its known part may be new ones.
        was_walked = self._frontier.was_read(visit.source, listed.root) is not None
        streak = visit.streak(listed, added)
        is_back_fill = visit.decider.since is not None
        if was_walked and not is_back_fill and streak >= KNOWN_STREAK:
            _log.info(
                log_line(
                    "known_from_here",
                    source=visit.source.name,
                    streak=streak,
                    url=listed.url,
                )
            )
            return None
        total_pages = header(response, "X-WP-TotalPages")
        return visit.following(listed, listing, added, total_pages, entries)

    def _changed(self, visit: Visit, children: tuple[Child, ...]) -> Iterator[Child]:
        """Give the sitemaps of an index, without those that have not changed since we read them."""
        for child in children:
            read_at = self._frontier.was_read(visit.source, child.url) if child.modified else None
            if read_at is None or child.modified is None or child.modified > read_at:
                yield child
            else:
                entries = self._frontier.entries_of(visit.source, child.url) or 0
                visit.answered(child.url, entries)
                _log.info(
                    log_line(
                        "listing",
                        source=visit.source.name,
                        kind="sitemap",
                        skipped="unchanged since it was read",
                        url=child.url,
                    )
                )

    def _is_worth(self, visit: Visit, section: Listed) -> bool:
        """Tell whether to read a page that the home page links: not if it listed nothing lately."""
        if self._frontier.entries_of(visit.source, section.url) != 0:
            return True
        read_at = self._frontier.was_read(visit.source, section.url)
        age = self._session.clock() - read_at if read_at else None
        if age is None or _is_long(age):
            return True
        visit.answered(section.url, 0)
        return False

    def _tell(self, visit: Visit, listed: Listed, answer: str | None, **counts: object) -> None:
        _log.info(
            log_line(
                "listing",
                source=visit.source.name,
                kind=listed.kind,
                answer=answer,
                page=listed.page if listed.page > 1 else None,
                **counts,
                url=listed.url,
            )
        )


def _is_long(age: timedelta) -> bool:
    return age.days >= _EMPTY_SECTION_DAYS
