"""Fetch, revalidate or skip: the whole table of decisions."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from crawler.freshness import Action, Decider, Known, State

NOW = datetime(2026, 5, 10, 2, tzinfo=UTC)
DAY = timedelta(days=1)
RUN = "00000009-20260510T020000Z"


def known(state: State, **values: Any) -> Known:
    return Known(**{"state": state, "first_seen_at": NOW - 30 * DAY, **values})


@pytest.mark.parametrize(
    ("what", "action", "reason"),
    [
        (known(State.PENDING), Action.FETCH, "new"),
        (known(State.PENDING, published=NOW - 1000 * DAY), Action.FETCH, "new"),
        (known(State.PENDING, published=NOW + 1000 * DAY), Action.FETCH, "new"),
        (known(State.FETCHED, published=NOW - 6.9 * DAY), Action.REVALIDATE, "young"),
        (known(State.FETCHED, published=NOW - 7 * DAY), Action.SKIP, "known"),
        (known(State.FETCHED, published=NOW + 2 * DAY), Action.REVALIDATE, "young"),
        (known(State.FETCHED, first_seen_at=NOW - 6.9 * DAY), Action.REVALIDATE, "young"),
        (known(State.FETCHED), Action.SKIP, "known"),
        (
            known(State.FETCHED, first_seen_at=NOW - DAY, published=NOW - 400 * DAY),
            Action.SKIP,
            "known",
        ),
        (
            known(State.FETCHED, fetched_at=NOW - 20 * DAY, modified=NOW - 8 * DAY),
            Action.SKIP,
            "known",
        ),
        (
            known(State.FETCHED, fetched_at=NOW - 8 * DAY, modified=NOW - 20 * DAY),
            Action.SKIP,
            "known",
        ),
        (known(State.FETCHED, modified=NOW - DAY), Action.REVALIDATE, "young"),
        (
            known(State.FETCHED, first_seen_at=NOW, fetched_at=NOW, modified=NOW - 400 * DAY),
            Action.SKIP,
            "known",
        ),
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
    fresh = known(State.FETCHED, first_seen_at=NOW + DAY, published=NOW + DAY)
    assert Decider(run_id=RUN).decide(fresh, NOW).action is Action.REVALIDATE
