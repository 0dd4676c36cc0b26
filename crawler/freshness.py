"""Fetch, fetch again or leave alone? A pure decision with a reason that is logged."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum


class State(StrEnum):
    """What became of an article's address; the value is what the ledger holds."""

    PENDING = "pending"
    """Discovered, not yet fetched."""
    FETCHED = "fetched"
    """Its page is in the archive."""
    GONE = "gone"
    """The site says that there is no such page: 404 or 410."""
    FAILED = "failed"
    """The last attempt gave no page; worth another one on another night."""


class Action(StrEnum):
    """What is to be done with an article's address in this run."""

    FETCH = "fetch"
    """Ask for it."""
    REVALIDATE = "revalidate"
    """Ask for it if it has changed: a conditional request."""
    SKIP = "skip"
    """Leave it alone."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What the frontier knows of one article's address; times are aware, UTC.

    Attributes:
        state: what became of it.
        first_seen_at: when discovery first named it.
        published: first date of publication that discovery gave, if any.
        modified: first date of change that discovery gave, if any; later ones, which a
            sitemap renews for every comment, make no article young again.
        fetched_at: when its last request ended, if there was one.
        run_id: the run that last dealt with it, if any.
        attempts: failures in a row.
        has_validators: whether a page of it came with validators for a conditional request.
        is_listed: whether a feed, sitemap or home page may still name it.
    """

    state: State
    first_seen_at: datetime
    published: datetime | None = None
    modified: datetime | None = None
    fetched_at: datetime | None = None
    run_id: str | None = None
    attempts: int = 0
    has_validators: bool = False
    is_listed: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """What to do with an address, and why, in a few words for the log."""

    action: Action
    reason: str


def _skip(reason: str) -> Decision:
    return Decision(action=Action.SKIP, reason=reason)


@dataclass(frozen=True, slots=True, kw_only=True)
class Decider:
    """Decides by what is known and by the present moment, and by nothing else.

    An address that fails is asked for again after 2 days, then 4, 8, 16 and 30, so that a site
    which shuts us out for a while loses no article and a dead address costs little. From the
    third failure on, only for as long as it is still listed: what is dead is delisted, and a
    feed of a few hours forgets young articles sooner than they are asked for again.

    Attributes:
        run_id: the present run; what it has dealt with already (before it was killed and
            resumed) is left alone.
        young: how long after publication an article is asked for again: newspapers edit
            their articles for about a week.
        max_wait: the longest time between a failure and the next attempt.
        max_attempts: failures in a row after which an address must still be listed.
        max_age: articles that were older when they were discovered are not fetched; None:
            all are.
    """

    run_id: str
    young: timedelta = timedelta(days=7)
    max_wait: timedelta = timedelta(days=30)
    max_attempts: int = 3
    max_age: timedelta | None = None

    def decide(self, known: Known, now: datetime) -> Decision:
        """Return what to do with an address at the moment `now`."""
        if known.run_id == self.run_id:
            return _skip("done in this run")
        if known.state is State.GONE:
            return _skip("gone")
        if known.state is State.FAILED:
            return self._after_failure(known, now)
        if known.state is State.PENDING:
            return self._first(known)
        return self._again(known, now)

    def _first(self, known: Known) -> Decision:
        published = known.published or known.modified
        if self.max_age is not None and published is not None:
            age = known.first_seen_at - published
            if age > self.max_age:
                return _skip(f"older than {self.max_age.days} days when discovered")
        return Decision(action=Action.FETCH, reason="new")

    def _after_failure(self, known: Known, now: datetime) -> Decision:
        if known.attempts >= self.max_attempts and not known.is_listed:
            return _skip(f"given up after {known.attempts} failed runs")
        if known.fetched_at is not None and now - known.fetched_at < self._wait(known.attempts):
            return _skip(f"waits after {known.attempts} failed runs")
        action = Action.REVALIDATE if known.has_validators else Action.FETCH
        return Decision(action=action, reason="failed before")

    def _wait(self, attempts: int) -> timedelta:
        doublings = min(attempts, self.max_wait.days.bit_length())  # no power beyond the limit
        return min(timedelta(days=2**doublings), self.max_wait)

    def _again(self, known: Known, now: datetime) -> Decision:
        # A date in the future makes an article young until a week after it: hence no abs().
        # Where only the last change is dated (sitemaps), it tells old articles, seen today for
        # the first time, from new ones.
        if now - (known.published or known.modified or known.first_seen_at) < self.young:
            return Decision(action=Action.REVALIDATE, reason="young")
        return _skip("known")
