"""Whether the publisher declares the article as free to read."""

from __future__ import annotations

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
