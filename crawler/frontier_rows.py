"""What the frontier takes and gives, and what it makes of an entry of a listing. Pure."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from typing import TYPE_CHECKING, Any, NamedTuple, Self

from cleaners.records import Candidate
from crawler.freshness import Action, Known, State
from crawler.listing import end_of_lastmod, parse_date
from newsgrain.ledger import pack_hints, stamp

if TYPE_CHECKING:
    from collections.abc import Callable

    from crawler.failures import Failure
    from crawler.freshness import Decision
    from crawler.listing import Found

# Clocks of servers are wrong by minutes and zones by hours; what is dated later than this is
# dated wrongly, and says nothing.
_AHEAD = timedelta(days=1)
_PENDING = State.PENDING.value
_stamp = lru_cache(maxsize=16)(stamp)  # the same moment for all that one listing names


@dataclass(frozen=True, slots=True, kw_only=True)
class Validators:
    """What a server gave to recognise an unchanged answer by.

    Attributes:
        etag: header ETag, byte for byte.
        last_modified: header Last-Modified, byte for byte.
    """

    etag: str | None = None
    last_modified: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Planned:
    """One article request of a run.

    Attributes:
        key: its `url_key`.
        url: the address to ask for.
        decision: fetch or revalidate, and why.
        hints: what discovery said of the article.
        validators: for a conditional request; None for a plain one.
        last_seen_at: when the site last served its page, if it ever did.
    """

    key: str
    url: str
    decision: Decision
    hints: tuple[Candidate, ...] = ()
    validators: Validators | None = None
    last_seen_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """How the request of an article ended.

    Attributes:
        state: what the address is now; never pending.
        run_id: the run that asked.
        fetched_at: when.
        validators: of a page that was received; None leaves those that are known.
        failure: of what kind, if it is one.
    """

    state: State
    run_id: str
    fetched_at: datetime
    validators: Validators | None = None
    failure: Failure | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Added:
    """What became of a listing's entries in the frontier.

    Attributes:
        keys: of all entries, in their order, each once.
        new: those that were not known before.
        settled: those that were fetched and have no later date of change.
    """

    keys: tuple[str, ...] = ()
    new: frozenset[str] = frozenset()
    settled: frozenset[str] = frozenset()


def moment_of(text: str | None) -> datetime | None:
    """Return the moment that a column holds."""
    return datetime.fromisoformat(text) if text else None


def _unpack(text: str) -> tuple[Candidate, ...]:
    names = ("field", "value", "source", "evidence")
    return tuple(Candidate(**dict(zip(names, row, strict=True))) for row in json.loads(text))


def _merged(old: str, new: tuple[Candidate, ...]) -> str:
    """Return the hints with new values instead of old ones of the same field and source."""
    packed = pack_hints(new)
    if old in {packed, "[]"}:  # nearly always: a listing says what it said before
        return packed
    hints = {(hint.field, hint.source): hint for hint in (*_unpack(old), *new)}
    return pack_hints(hints.values())


@lru_cache(maxsize=4096)  # a sitemap gives the same day to hundreds of articles
def _believable(
    text: str | None, read: Callable[[str], datetime | None], now: datetime
) -> str | None:
    """Return a date that a listing gives, unless it lies in the future: nobody edits there."""
    moment = read(text) if text else None
    return stamp(moment) if moment is not None and moment <= now + _AHEAD else None


class Row(NamedTuple):
    """What discovery reads and writes of one row; columns of the table."""

    source: str
    url: str
    state: str
    first_seen_at: str
    published: str | None
    modified: str | None
    claimed: str | None
    hints: str
    fetched_at: str | None

    @classmethod
    def first(cls, source: str, found: Found, now: datetime) -> Self:
        """Return the row of an address that is named for the first time, without what is said."""
        return cls(source, found.url, _PENDING, _stamp(now), None, None, None, "[]", None)

    def told(self, found: Found, source: str, now: datetime) -> Self:
        """Return the row with what a listing says now."""
        published = _believable(found.published, parse_date, now)
        modified = _believable(found.modified, end_of_lastmod, now)
        is_first = self.hints == "[]" and self.state == _PENDING
        basis = "~" if is_first else self.published or self.modified or self.first_seen_at
        claimed = max(self.claimed or "", modified or "", published or "") or None
        return type(self)(
            source,
            self.url,
            self.state,
            self.first_seen_at,
            _settled(self.published, published, basis),
            _settled(self.modified, modified, basis),
            claimed,
            _merged(self.hints, found.hints),
            self.fetched_at,
        )


def _settled(known: str | None, told: str | None, basis: str) -> str | None:
    """Return the date to keep: the first one, and one told later only if it makes no younger.

    Otherwise a ``lastmod`` that rises with every comment would make old articles new.
    """
    return known or (told if told and told <= basis else None)


def known_of(row: dict[str, Any], *, is_listed: bool) -> Known:
    """Return what the decider is told of a row."""
    first_seen_at = moment_of(row["first_seen_at"])
    assert first_seen_at is not None  # noqa: S101 - NOT NULL in the table
    return Known(
        state=State(row["state"]),
        first_seen_at=first_seen_at,
        published=moment_of(row["published"]),
        modified=moment_of(row["modified"]),
        claimed=moment_of(row["claimed"]),
        vain=row["vain"],
        fetched_at=moment_of(row["fetched_at"]),
        run_id=row["run_id"],
        attempts=row["attempts"],
        has_validators=bool(row["etag"] or row["last_modified"]),
        is_listed=is_listed,
    )


def planned_of(row: dict[str, Any], decision: Decision) -> Planned:
    """Return the request that a decision makes of a row."""
    is_conditional = decision.action is Action.REVALIDATE
    validators = Validators(etag=row["etag"], last_modified=row["last_modified"])
    return Planned(
        key=row["url_key"],
        url=row["url"],
        decision=decision,
        hints=_unpack(row["hints"]),
        validators=validators if is_conditional else None,
        last_seen_at=moment_of(row["last_seen_at"]),
    )
