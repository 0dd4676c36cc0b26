"""Time is passed in wherever it matters, so that a night can be simulated."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import TypeAlias

Clock: TypeAlias = Callable[[], datetime]
"""A function that returns the present moment, aware, in UTC."""


def system_clock() -> datetime:
    """Return the machine's present moment in UTC."""
    return datetime.now(UTC)
