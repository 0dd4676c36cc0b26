"""Addresses that only a machine makes: paths without end, and one page under many queries. Pure.

A listing may name them by mistake (relative links that pile up), by its nature (a shop's
filters) or on purpose; each would be another page, and none a new article.
"""

from __future__ import annotations

from collections import Counter
from urllib.parse import urlsplit

_MAX_SEGMENTS = 20
_MAX_REPETITIONS = 2  # as Heritrix's PathologicalPathDecideRule
_LONGEST_PERIOD = 3
_MAX_PARAMETERS = 8
# Addresses of one path that differ in their queries alone. Where one parameter tells the
# article (?id=7, ?p=7&lang=fr), there is no limit.
_FACETS = 3
_MAX_FACETED = 20


def reason_against(path: str, query: str) -> str | None:
    """Return why a path with its query is a trap, or None if it is none that can be told."""
    segments = [segment for segment in path.split("/") if segment]
    if len(segments) > _MAX_SEGMENTS:
        return "path too deep"
    if _repeats(segments):
        return "path repeats itself"
    if len(_parameters(query)) > _MAX_PARAMETERS:
        return "too many parameters"
    return None


def _parameters(query: str) -> list[str]:
    return [part for part in query.split("&") if part]


def _repeats(segments: list[str]) -> bool:
    """Tell whether some segments follow upon themselves more than twice: /a/b/a/b/a/b."""
    longest = min(_LONGEST_PERIOD, len(segments) // (_MAX_REPETITIONS + 1))
    for period in range(1, longest + 1):
        run = 0
        for segment, earlier in zip(segments[period:], segments, strict=False):
            run = run + 1 if segment == earlier else 0
            if run >= period * _MAX_REPETITIONS:
                return True
    return False


class Facets:
    """Counts, over one crawl of a source, the queries under which one path is listed."""

    def __init__(self) -> None:
        """Begin with none."""
        self._queries: Counter[tuple[str, str]] = Counter()

    def admits(self, url: str) -> bool:
        """Tell whether an address is one of the first of its path; counts it."""
        parts = urlsplit(url)
        if len(_parameters(parts.query)) < _FACETS:
            return True
        place = (parts.netloc, parts.path)
        self._queries[place] += 1
        return self._queries[place] <= _MAX_FACETED
