"""Section and keywords of an article."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cleaners.outline import comparable

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cleaners.records import Candidate

_LONGEST = 80
_MOST_TAGS = 50


def resolve_section(candidates: Sequence[Candidate]) -> str | None:
    """Return the section that the page declares; JSON-LD before ``<meta>``."""
    return next(
        (c.value for c in candidates if c.field == "section" and 0 < len(c.value) <= _LONGEST), None
    )


def resolve_tags(candidates: Sequence[Candidate]) -> tuple[str, ...]:
    """Return the keywords in the page's order, each once, from the first source that has any.

    ``meta[keywords]`` is asked last: on many sites it is the same for every page.
    """
    found = [c for c in candidates if c.field == "tags" and 0 < len(c.value) <= _LONGEST]
    if not found:
        return ()
    source = found[0].source
    distinct: dict[str, str] = {}
    for candidate in found:
        if candidate.source == source:
            distinct.setdefault(comparable(candidate.value), candidate.value)
    return tuple(distinct.values())[:_MOST_TAGS]
