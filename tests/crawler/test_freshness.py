"""Fetch, revalidate or skip: the whole table of decisions."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from crawler.freshness import Action, Decider, Known, State

NOW = datetime(2026, 5, 10, 2, tzinfo=UTC)
DAY, HOUR = timedelta(days=1), timedelta(hours=1)
RUN = "00000009-20260510T020000Z"


def known(state: State, **values: Any) -> Known:
    return Known(**{"state": state, "first_seen_at": NOW - 30 * DAY, **values})


def seen(*, age: timedelta, ago: timedelta, **values: Any) -> Known:
    """Return an article of some age that was fetched some time ago."""
    return known(State.FETCHED, published=NOW - age, fetched_at=NOW - ago, **values)


def claimed(*, after: timedelta, state: State = State.FETCHED, **values: Any) -> Known:
    """Return an old article that a listing says to have changed some time after its fetch."""
    fetched_at = values.pop("fetched_at", NOW - 20 * DAY)
    old = NOW - 400 * DAY
    return known(state, published=old, fetched_at=fetched_at, claimed=fetched_at + after, **values)


@pytest.mark.parametrize(
    ("what", "action", "reason"),
    [
        (known(State.PENDING), Action.FETCH, "new"),
        (known(State.PENDING, published=NOW - 1000 * DAY), Action.FETCH, "new"),
        (known(State.PENDING, published=NOW + 1000 * DAY), Action.FETCH, "new"),
        (
            seen(age=1.5 * HOUR, ago=1.4 * HOUR),
            Action.REVALIDATE,
            "young: 1 hour after publication",
        ),
        (seen(age=0.9 * HOUR, ago=0.5 * HOUR), Action.SKIP, "young, due 2026-05-10 02:06"),
        (seen(age=7 * HOUR, ago=2 * HOUR), Action.REVALIDATE, "young: 6 hours after publication"),
        (seen(age=8 * HOUR, ago=HOUR), Action.SKIP, "young, due 2026-05-10 18:00"),
        (seen(age=1.5 * DAY, ago=DAY), Action.REVALIDATE, "young: 1 day after publication"),
        (seen(age=2.5 * DAY, ago=DAY), Action.SKIP, "young, due 2026-05-10 14:00"),
        (seen(age=3.5 * DAY, ago=DAY), Action.REVALIDATE, "young: 3 days after publication"),
        (seen(age=6 * DAY, ago=DAY), Action.SKIP, "young, due 2026-05-11 02:00"),
        (seen(age=7.5 * DAY, ago=DAY), Action.REVALIDATE, "young: 7 days after publication"),
        (seen(age=13 * DAY, ago=12 * DAY), Action.REVALIDATE, "young: 7 days after publication"),
        (seen(age=14 * DAY, ago=13.5 * DAY), Action.SKIP, "young, due 2026-04-27 02:00"),
        (seen(age=8 * DAY, ago=DAY), Action.SKIP, "known"),
        (seen(age=400 * DAY, ago=DAY, first_seen_at=NOW - DAY), Action.SKIP, "known"),
        (known(State.FETCHED, fetched_at=NOW - DAY), Action.SKIP, "known"),
        (claimed(after=DAY), Action.REVALIDATE, "changed in a listing"),
        (claimed(after=-DAY), Action.SKIP, "known"),
        (
            claimed(after=DAY, vain=1, fetched_at=NOW - 1.9 * DAY),
            Action.SKIP,
            "changed in a listing, in vain 1 times before",
        ),
        (
            claimed(after=DAY, vain=1, fetched_at=NOW - 2.1 * DAY),
            Action.REVALIDATE,
            "changed in a listing",
        ),
        (
            claimed(after=DAY, state=State.GONE),
            Action.FETCH,
            "gone, but listed with a later date",
        ),
        (claimed(after=DAY, state=State.GONE, is_listed=False), Action.SKIP, "gone"),
        (known(State.GONE), Action.SKIP, "gone"),
        (known(State.GONE, published=NOW, modified=NOW), Action.SKIP, "gone"),
        (known(State.FAILED, attempts=1), Action.FETCH, "failed before"),
        (known(State.FAILED, attempts=2, has_validators=True), Action.REVALIDATE, "failed before"),
        (
            known(State.FAILED, attempts=3, is_listed=False),
            Action.SKIP,
            "given up after 3 failed runs",
        ),
        (known(State.FAILED, attempts=2, is_listed=False), Action.FETCH, "failed before"),
        (known(State.PENDING, run_id=RUN), Action.SKIP, "done in this run"),
        (known(State.FETCHED, published=NOW, run_id=RUN), Action.SKIP, "done in this run"),
        (known(State.FAILED, attempts=1, run_id=RUN), Action.SKIP, "done in this run"),
        (known(State.FAILED, attempts=1, run_id="00000008-x"), Action.FETCH, "failed before"),
    ],
)
def test_what_is_done_with_an_address(what: Known, action: Action, reason: str) -> None:
    decision = Decider(run_id=RUN).decide(what, NOW)
    assert (decision.action, decision.reason) == (action, reason)


@pytest.mark.parametrize(
    ("attempts", "days"), [(1, 2), (2, 4), (3, 8), (4, 16), (5, 30), (6, 30), (5000, 30)]
)
def test_an_address_that_fails_is_asked_for_less_and_less_often(attempts: int, days: int) -> None:
    decider = Decider(run_id=RUN)
    due = known(State.FAILED, attempts=attempts, fetched_at=NOW - days * DAY)
    early = known(State.FAILED, attempts=attempts, fetched_at=NOW - 0.999 * days * DAY)
    assert decider.decide(due, NOW).reason == "failed before"
    assert decider.decide(early, NOW).action is Action.SKIP
    assert decider.decide(early, NOW).reason == f"waits after {attempts} failed runs"


def test_a_limit_of_age_counts_from_discovery_and_only_where_there_is_a_date() -> None:
    decider = Decider(run_id=RUN, max_age=30 * DAY)
    seen = NOW - 100 * DAY
    old = known(State.PENDING, first_seen_at=seen, published=seen - 31 * DAY)
    waiting = known(State.PENDING, first_seen_at=seen, published=seen - 29 * DAY)
    undated = known(State.PENDING, first_seen_at=seen)
    only_modified = known(State.PENDING, first_seen_at=seen, modified=seen - 31 * DAY)
    assert decider.decide(old, NOW).reason == "older than 30 days when discovered"
    assert decider.decide(waiting, NOW).action is Action.FETCH
    assert decider.decide(undated, NOW).action is Action.FETCH
    assert decider.decide(only_modified, NOW).action is Action.SKIP


def test_a_clock_that_steps_back_makes_nothing_old() -> None:
    ahead = known(State.FETCHED, first_seen_at=NOW + DAY, published=NOW + DAY, fetched_at=NOW + DAY)
    decider = Decider(run_id=RUN)
    assert decider.decide(ahead, NOW).reason == "young, due 2026-05-11 03:00"
    assert decider.decide(ahead, NOW + 2.1 * DAY).action is Action.REVALIDATE


def test_nightly_runs_look_three_times_and_then_never_again() -> None:
    fetched_at = published = NOW - 6 * HOUR - DAY
    looks = []
    for night in range(30):
        now = NOW + night * DAY
        what = known(State.FETCHED, published=published, fetched_at=fetched_at)
        if Decider(run_id=RUN).decide(what, now).action is Action.REVALIDATE:
            looks.append(night)
            fetched_at = now
    assert looks == [0, 2, 6], "after 30 hours, after 78, after 174"


def test_a_back_fill_takes_what_is_new_since_its_date_whatever_its_age() -> None:
    decider = Decider(run_id=RUN, max_age=30 * DAY, since=NOW - 400 * DAY)
    inside = known(State.PENDING, published=NOW - 399 * DAY)
    outside = known(State.PENDING, published=NOW - 401 * DAY)
    assert decider.decide(inside, NOW).action is Action.FETCH
    assert decider.decide(outside, NOW).action is Action.SKIP
    assert decider.decide(known(State.PENDING), NOW).action is Action.FETCH, "without a date"


def test_a_refetch_asks_for_everything_again_and_whole() -> None:
    decider = Decider(run_id=RUN, refetch=True, since=NOW - 10 * DAY)
    assert decider.decide(seen(age=9 * DAY, ago=HOUR), NOW).action is Action.FETCH
    assert decider.decide(seen(age=11 * DAY, ago=HOUR), NOW).action is Action.SKIP
    gone = known(State.GONE, published=NOW - DAY)
    assert decider.decide(gone, NOW).reason == "asked for by --refetch"
