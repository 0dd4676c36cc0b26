"""The benchmark of cost: what it measures is there, and a step's time is its own."""

from __future__ import annotations

import importlib
import time
from typing import TYPE_CHECKING

from benchmarks import clean

if TYPE_CHECKING:
    import pytest


def test_every_step_names_functions_that_exist() -> None:
    for places in clean.STEPS.values():
        for place in places:
            module, _, name = place.partition(":")
            assert hasattr(importlib.import_module(module), name), place


def test_the_time_of_an_inner_step_is_not_counted_twice(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = iter([0.0, 1.0, 4.0, 9.0])  # outer begins, inner begins, inner ends, outer ends
    monkeypatch.setattr(time, "process_time", lambda: next(clock))
    watch = clean.Stopwatch()
    inner = watch.timed("inner", lambda: None)
    watch.timed("outer", inner)()
    assert dict(watch.spent) == {"inner": 3.0, "outer": 6.0}
