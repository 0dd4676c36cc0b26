"""Fetch, fetch again or leave alone? A pure decision with a reason that is logged."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

_HOUR, _DAY = timedelta(hours=1), timedelta(days=1)
MARKS: tuple[tuple[timedelta, str], ...] = (
    (_HOUR, "1 hour"),
    (6 * _HOUR, "6 hours"),
    (_DAY, "1 day"),
    (3 * _DAY, "3 days"),
    (7 * _DAY, "7 days"),
)
"""How long after its publication an article is looked at again, as far as runs happen.

Newspapers correct most of what they correct within hours, and hardly anything after a week.
"""
LAST_LOOK = timedelta(days=14)
"""What was due and is older than this, because no run happened, is not looked at any more."""


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
        claimed: latest date of change that discovery gave, if any.
        vain: looks in a row at a claimed change that found none.
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
    claimed: datetime | None = None
    vain: int = 0
    fetched_at: datetime | None = None
    run_id: str | None = None
    attempts: int = 0
    has_validators: bool = False
    is_listed: bool = True

    @property
    def born_at(self) -> datetime:
        """The moment that its age counts from.

        Where only the last change is dated (sitemaps), that tells old articles, seen today
        for the first time, from new ones.
        """
        return self.published or self.modified or self.first_seen_at


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """What to do with an address, and why, in a few words for the log."""

    action: Action
    reason: str


def _skip(reason: str) -> Decision:
    return Decision(action=Action.SKIP, reason=reason)


def _look(reason: str) -> Decision:
    return Decision(action=Action.REVALIDATE, reason=reason)


def next_look(known: Known) -> datetime | None:
    """Return when a fetched article is next due by its age; None: never."""
    last = known.fetched_at or known.born_at
    moments = (known.born_at + mark for mark, _ in MARKS)
    return next((moment for moment in moments if moment > last), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Decider:
    """Decides by what is known and by the present moment, and by nothing else.

    An address that fails is asked for again after 2 days, then 4, 8, 16 and 30, so that a site
    which shuts us out for a while loses no article and a dead address costs little. From the
    third failure on, only for as long as it is still listed: what is dead is delisted, and a
    feed of a few hours forgets young articles sooner than they are asked for again. A change
    that is claimed again and again and never found is believed as seldom.

    Attributes:
        run_id: the present run; what it has dealt with already (before it was killed and
            resumed) is left alone.
        max_wait: the longest time between a failure and the next attempt.
        max_attempts: failures in a row after which an address must still be listed.
        max_age: articles that were older when they were discovered are not fetched; None:
            all are.
        since: a back-fill: what was published after this moment is fetched, whatever its age.
        refetch: known articles are fetched again, whole.
    """

    run_id: str
    max_wait: timedelta = timedelta(days=30)
    max_attempts: int = 3
    max_age: timedelta | None = None
    since: datetime | None = None
    refetch: bool = False

    def decide(self, known: Known, now: datetime) -> Decision:
        """Return what to do with an address at the moment `now`."""
        if known.run_id == self.run_id:
            return _skip("done in this run")
        if self.refetch and known.state in {State.FETCHED, State.GONE}:
            return self._refetched(known)
        if known.state is State.GONE:
            return self._gone(known)
        if known.state is State.FAILED:
            return self._after_failure(known, now)
        if known.state is State.PENDING:
            return self._first(known)
        return self._again(known, now)

    def _refetched(self, known: Known) -> Decision:
        if self.since is not None and known.born_at < self.since:
            return _skip("older than --since")
        return Decision(action=Action.FETCH, reason="asked for by --refetch")

    def _gone(self, known: Known) -> Decision:
        is_back = known.claimed is not None and known.fetched_at is not None
        if is_back and known.is_listed and self._is_claimed(known):
            return Decision(action=Action.FETCH, reason="gone, but listed with a later date")
        return _skip("gone")

    def _first(self, known: Known) -> Decision:
        published = known.published or known.modified
        if published is None:
            return Decision(action=Action.FETCH, reason="new")
        if self.since is not None:
            is_wanted = published >= self.since
            reason = "new since the date asked for"
            return Decision(action=Action.FETCH, reason=reason) if is_wanted else _skip("older")
        if self.max_age is not None and known.first_seen_at - published > self.max_age:
            return _skip(f"older than {self.max_age.days} days when discovered")
        return Decision(action=Action.FETCH, reason="new")

    def _after_failure(self, known: Known, now: datetime) -> Decision:
        if known.attempts >= self.max_attempts and not known.is_listed:
            return _skip(f"given up after {known.attempts} failed runs")
        if known.fetched_at is not None and now - known.fetched_at < self._wait(known.attempts):
            return _skip(f"waits after {known.attempts} failed runs")
        action = Action.REVALIDATE if known.has_validators else Action.FETCH
        return Decision(action=action, reason="failed before")

    def _wait(self, times: int) -> timedelta:
        doublings = min(times, self.max_wait.days.bit_length())  # no power beyond the limit
        return min(timedelta(days=2**doublings), self.max_wait)

    def _is_claimed(self, known: Known) -> bool:
        last = known.fetched_at or known.born_at
        return known.claimed is not None and known.claimed > last

    def _again(self, known: Known, now: datetime) -> Decision:
        last = known.fetched_at or known.born_at
        for mark, name in reversed(MARKS):
            if last < known.born_at + mark <= now < known.born_at + LAST_LOOK:
                return _look(f"young: {name} after publication")
        if self._is_claimed(known):
            if known.vain and now - last < self._wait(known.vain):
                return _skip(f"changed in a listing, in vain {known.vain} times before")
            return _look("changed in a listing")
        due = next_look(known)
        return _skip(f"young, due {due:%Y-%m-%d %H:%M}" if due is not None else "known")
