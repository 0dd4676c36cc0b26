"""Whether an article is free to read: as its publisher declares it, and as the page shows it."""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING

from cleaners.rules import load_rules

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cleaners.records import Candidate


def resolve_free(candidates: Sequence[Candidate]) -> bool | None:
    """Return the declaration (schema.org ``isAccessibleForFree``, content tier); None: none."""
    rules = load_rules("paywall")
    for candidate in candidates:
        if candidate.field == "is_accessible_for_free":
            value = candidate.value.strip().lower().rpartition("/")[2]
            if value in rules["free"]:
                return True
            if value in rules["paid"]:
                return False
    return None


def says_that_it_goes_on(text: str) -> bool:
    """Tell whether a line says that the text before it goes on for subscribers only."""
    small = text.lower()
    return any(pattern.search(small) for pattern in _truncated())


@cache
def _truncated() -> tuple[re.Pattern[str], ...]:
    """Return a pattern for the phrases that begin with a number, and one for the others.

    One where every phrase begins with a letter passes over all places that have another.
    """
    # Bounded: a line of digits or letters alone would be tried from each of them to its end.
    number = r"\d{1,6}(?:[.,]\d{1,3})?"
    phrases: dict[bool, list[str]] = {}
    for phrase in load_rules("paywall")["truncated"]:
        written = re.escape(phrase.lower()).replace(r"\*", r"\w{0,40}").replace(r"\#", number)
        phrases.setdefault(phrase.startswith("#"), []).append(written)
    return tuple(re.compile("|".join(some)) for some in phrases.values())
