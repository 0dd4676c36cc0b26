"""What each way into a site offers today, and which of them to read every night. Pure."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING

from crawler.listing import end_of_lastmod, parse_date

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    from crawler.listing import Found

_WEEK = 7
# Room for a busy day, and for looks at what is young.
_TIMES_A_DAY, _LEAST, _MOST = 6, 100, 1_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """One way into a site, as it answers today.

    Attributes:
        kind: ``feed``, ``sitemap``, ``news-sitemap``, ``wp-json`` or ``home``.
        url: its address.
        entries: articles that it names, as far as it was read.
        newest: latest date among them, if any is dated.
        oldest: earliest date among them.
        only_here: articles that no other way names.
        is_chosen: it is to be read every night.
    """

    kind: str
    url: str
    entries: int
    newest: datetime | None = None
    oldest: datetime | None = None
    only_here: int = 0
    is_chosen: bool = False


def moment_of(found: Found) -> datetime | None:
    """Return when an article was published, or last changed, as discovery has it."""
    return parse_date(found.published) or end_of_lastmod(found.modified or "")


def offer(kind: str, url: str, found: Sequence[Found], now: datetime) -> Offer:
    """Return what a listing offers; dates that lie ahead say nothing."""
    moments = [moment for one in found if (moment := moment_of(one)) and moment <= now]
    return Offer(
        kind=kind,
        url=url,
        entries=len(found),
        newest=max(moments, default=None),
        oldest=min(moments, default=None),
    )


def compare(ways: Sequence[tuple[Offer, frozenset[str]]], chosen: Iterable[str]) -> list[Offer]:
    """Return offers with what only they name, and whether they are chosen.

    Args:
        ways: each with the keys of the articles that it names.
        chosen: addresses of the chosen ones.
    """
    wanted = set(chosen)
    compared = []
    for number, (one, keys) in enumerate(ways):
        others = (other for place, (_, other) in enumerate(ways) if place != number)
        only_here = len(keys.difference(*others))
        compared.append(replace(one, only_here=only_here, is_chosen=one.url in wanted))
    return compared


def worth_reading(ways: Sequence[tuple[str, frozenset[str]]]) -> tuple[str, ...]:
    """Return the addresses of those that name something that the ones before do not.

    Args:
        ways: address and keys of each, the cheapest first.
    """
    seen: set[str] = set()
    chosen = []
    for url, keys in ways:
        if keys - seen:
            chosen.append(url)
        seen |= keys
    return tuple(chosen)


def articles_a_day(found: Iterable[Found], now: datetime) -> float | None:
    """Return how many articles a site publishes a day; None: too few of them are dated."""
    ages = [now - moment for one in found if (moment := moment_of(one)) and moment <= now]
    recent = [age for age in ages if age <= timedelta(days=_WEEK)]
    if not recent:
        return None
    # A feed that holds less than a week tells by its own length.
    days = max(age / timedelta(days=1) for age in recent) if len(recent) == len(ages) else _WEEK
    return len(recent) / max(days, 1.0)


def budget(a_day: float | None) -> int | None:
    """Return the article requests that a night of a site needs at most; None: the usual."""
    if a_day is None:
        return None
    rounded = 50 * math.ceil(_TIMES_A_DAY * a_day / 50)
    return None if rounded >= _MOST else max(_LEAST, rounded)
