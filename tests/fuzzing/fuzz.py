"""Throw pages at the cleaner for some seconds: ``make fuzz``, ``make fuzz FUZZ_SECONDS=3600``.

Every round has its own seed. What fails is made small, printed, and kept by hypothesis in
``.hypothesis``, so that the next call begins with it.
"""

# ruff: noqa: T201 - a program that prints
from __future__ import annotations

import sys
import time

from hypothesis import HealthCheck, Phase, given, seed, settings

from tests.fuzzing.checks import check
from tests.fuzzing.pages import PAGES

_ROUND = 200


def fuzz(seconds: float, first_seed: int) -> int:
    """Check pages until the time is over; return how many."""
    checked, end, number = 0, time.monotonic() + seconds, first_seed
    while time.monotonic() < end:

        @seed(number)
        @settings(
            max_examples=_ROUND,
            deadline=None,
            suppress_health_check=list(HealthCheck),
            phases=[Phase.reuse, Phase.generate, Phase.shrink],
        )
        @given(PAGES)
        def one_round(page):
            nonlocal checked
            if time.monotonic() < end:
                checked += 1
                check(page)

        one_round()
        number += 1
    return checked


if __name__ == "__main__":
    start = time.time_ns() % 1_000_000
    print(f"seeds from {start}", flush=True)
    print(f"{fuzz(float(sys.argv[1]), start)} pages cleaned, none of them broke a promise")
