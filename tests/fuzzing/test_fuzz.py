"""A few pages of `make fuzz` with every run of the tests, always the same ones."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings

from cleaners.outcome import Cleaned
from tests.fuzzing import checks, fuzz
from tests.fuzzing.pages import PAGES


@settings(
    max_examples=60,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
@given(PAGES)
def test_no_page_breaks_a_promise_of_the_cleaner(page):
    checks.check(page)


def test_a_broken_promise_ends_the_fuzzing(monkeypatch):
    honest = checks.clean
    calls = []

    def moody(page, options):
        calls.append(page)
        outcome = honest(page, options)
        return outcome if len(calls) % 2 or not isinstance(outcome, Cleaned) else None

    monkeypatch.setattr(checks, "clean", moody)
    with pytest.raises(AssertionError):
        fuzz.fuzz(60, 1)
