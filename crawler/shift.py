"""The work of one of several machines on a shared frontier: take sites, crawl them, take others."""

from __future__ import annotations

import asyncio
import hashlib
import logging
import os
import secrets
import socket
from typing import TYPE_CHECKING, Protocol

from crawler.logline import log_line
from crawler.refusal import Refused
from crawler.shards import groups_of
from crawler.turns import MAX_DELIVERIES, Turns

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Sequence

    from redis import Redis
    from scrapy import Request
    from scrapy.crawler import Crawler

    from crawler.configuration import CrawlLimits, Source
    from crawler.frontier import Frontier
    from crawler.shards import Group

_log = logging.getLogger("newsgrain.crawl")
GROUPS_AT_ONCE = 512
"""Most of them wait for their hosts' delays; `crawler.settings` bounds what is under way."""
GROUPS_A_LOOK = 8
"""Machines that start within seconds of each other get a share each, also of few groups."""

LOOK_EVERY_S = 0.5
_LEASE_S = 120.0
_RENEWALS = 8
"""In the time of one lease, so that some may fail."""

TAKEN_OVER = "taken over by another machine"
GIVEN_UP = f"given up for this round: {MAX_DELIVERIES} machines ended over it"


class Crew(Protocol):
    """What a shift asks of the spider."""

    def is_over(self, source: str) -> bool:
        """Say whether everything of a source is archived."""

    def drop(self, source: str, reason: str) -> None:
        """Ask nothing more of a source."""

    def resume(self) -> bool:
        """Go on where an answer got lost; return False if nothing is left."""

    def is_at_rest(self) -> bool:
        """Say whether nothing is under way."""


def lease_s(limits: CrawlLimits) -> float:
    """Return how long a lease lasts without a renewal.

    What is begun in its first half must have ended with its second half, and between the last
    request of one machine and the first of the next lies at least a half.
    """
    longest = max(limits.timeout_s, limits.delay_s, limits.crawl_delay_cap_s)
    return max(_LEASE_S, 4 * longest)


class Shift:
    """One worker's part in a round.

    Args:
        server: with ``decode_responses``.
        place: the server's address for messages, without credentials.
        sources: all that the round is about.
        lease_s: of a group of sites, see `crawler.turns`.
        at_once: groups that this worker has at most at a time.

    Attributes:
        round: what it is called; empty before `join`.
        given_up: sources that no machine could end.
    """

    def __init__(
        self,
        server: Redis,
        place: str,
        sources: Sequence[Source],
        *,
        lease_s: float,
        at_once: int = GROUPS_AT_ONCE,
    ) -> None:
        self._groups = {group.name: group for group in groups_of(sources)}
        self._group_of = {
            source.name: name for name, group in self._groups.items() for source in group.sources
        }
        self._digest = hashlib.sha256(repr(sorted(map(repr, sources))).encode()).hexdigest()
        worker = f"{socket.gethostname()}-{os.getpid()}-{secrets.token_hex(4)}"
        self._turns = Turns(server, place=place, worker=worker, lease_s=lease_s)
        self._lease_s = lease_s
        self._at_once = at_once
        self._refused: set[str] = set()
        self.round = ""
        self.given_up: list[str] = []

    def join(self) -> None:
        """Join the round.

        Raises:
            ConfigError: it was begun with another newsgrain.toml.
            FrontierError: the server failed.
        """
        self.round = self._turns.join(tuple(self._groups), self._digest)
        _log.info(log_line("round", name=self.round, groups=len(self._groups)))

    def may_ask(self, source: str | None) -> bool:
        """Say whether a request of a source may be sent at this moment; one of none may.

        Where the answer is no, the source is gone through again when it is yes: a renewal may
        only have come late.
        """
        group = self._group_of.get(source or "")
        if source is None or group is None or self._turns.may_ask(group):
            return True
        self._refused.add(source)
        return False

    async def groups(self, frontier: Frontier, crew: Crew) -> AsyncIterator[Group]:
        """Yield the groups of sites whose turn it is, until none is left with any machine.

        Raises:
            FrontierError: the server failed.
        """
        renewing = asyncio.ensure_future(self._renew(crew))
        try:
            while not renewing.done():
                again = self._finish(frontier, crew)
                for group in (*again, *self._take()):
                    for source in group.sources:
                        await frontier.load(source.name)
                    yield group
                if self._turns.is_over():
                    return
                await asyncio.sleep(LOOK_EVERY_S)
            renewing.result()
        finally:
            renewing.cancel()

    def _take(self) -> list[Group]:
        room = self._at_once - len(self._turns.held)
        taken, given_up = self._turns.take(min(room, GROUPS_A_LOOK))
        for name in given_up:
            _log.error(log_line("given_up", group=name, reason=GIVEN_UP))
            self.given_up += [source.name for source in self._groups[name].sources]
        for name in taken:
            _log.info(log_line("taken", group=name, sources=len(self._groups[name].sources)))
        return [self._groups[name] for name in taken]

    def _finish(self, frontier: Frontier, crew: Crew) -> list[Group]:
        """Finish the groups that are done; return those that are to be gone through again."""
        if crew.is_at_rest():
            crew.resume()
        again = []
        for name in self._turns.held:
            sources = {source.name for source in self._groups[name].sources}
            if not all(map(crew.is_over, sources)):
                continue
            if sources.isdisjoint(self._refused):
                frontier.share()
                self._turns.finish(name)
                _log.info(log_line("finished", group=name))
            elif self._turns.may_ask(name):
                self._refused -= sources
                again.append(self._groups[name])
        return again

    async def _renew(self, crew: Crew) -> None:
        while True:
            await asyncio.sleep(self._lease_s / _RENEWALS)
            for name in self._turns.renew():
                _log.warning(log_line("lost", group=name, reason=TAKEN_OVER))
                for source in self._groups[name].sources:
                    crew.drop(source.name, TAKEN_OVER)


def refuse_out_of_turn(crawler: Crawler, request: Request) -> None:
    """Raise if, at this last moment before a request is sent, its host is another machine's.

    Raises:
        Refused: for now.
    """
    session = getattr(crawler.spider, "session", None)
    shift: Shift | None = getattr(session, "shift", None)
    if shift is not None and not shift.may_ask(request.meta.get("source")):
        raise Refused("it is not this machine's turn", is_lasting=False)
