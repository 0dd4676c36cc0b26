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
    return bool(_truncated().search(text))


@cache
def _truncated() -> re.Pattern[str]:
    phrases = (re.escape(p) for p in load_rules("paywall")["truncated"])
    # Bounded: a line of digits or letters alone would be tried from each of them to its end.
    number = r"(?<!\d)\d{1,6}(?:[.,]\d{1,3})?"
    written = (p.replace(r"\*", r"\w{0,40}").replace(r"\#", number) for p in phrases)
    return re.compile("|".join(f"(?:{p})" for p in written), re.IGNORECASE)
