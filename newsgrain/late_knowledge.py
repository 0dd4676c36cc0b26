"""Which published pages do new ones shed light on?

New pages are those whose verdicts are not published yet. A published page is affected if it
shows a block that new ones show, too, and that was not seen so often before that it is beyond
doubt; if new ones claim what it shows; or if its site has reached a new level around it. What
an affected page then gets is decided by counting anew; here nothing is decided.

The cost is that of the new pages: a block that all pages of a site show is looked at until
it is beyond doubt, and no further.
"""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING, Any

from cleaners.site import HIGHEST_BAR, LEVELS
from newsgrain.sightings import DAY_S, IS_NEW, WINDOW_S
from newsgrain.sketches import number, unpack

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable, Iterator, Sequence

    from newsgrain.sightings import Sighted

_CHUNK = 2000

_NEW = f"""
SELECT site, time, sketch FROM pages WHERE {IS_NEW} AND site IS NOT NULL ORDER BY site, time, page
"""  # noqa: S608 - conditions of ours, here and below
_SHOWING = f"""
SELECT page, applied IS NOT NULL FROM shown JOIN pages USING (page)
WHERE shown.site = ? AND mark = ? AND shown.time BETWEEN ? AND ? AND NOT ({IS_NEW})
LIMIT ?
"""  # noqa: S608
_TO_RISE = f"""
SELECT page, time, level FROM pages
WHERE site = ? AND time BETWEEN ? AND ? AND applied IS NOT NULL AND level < {len(LEVELS)}
"""  # noqa: S608
_ANY_PUBLISHED = "SELECT 1 FROM pages WHERE applied IS NOT NULL AND site IS NOT NULL LIMIT 1"
_ALL = -1


def affected(connection: sqlite3.Connection, sighted: Sighted) -> set[int]:
    """Return the published pages that new pages may shed light on.

    Args:
        connection: to the database of the memory.
        sighted: counts in it.
    """
    if connection.execute(_ANY_PUBLISHED).fetchone() is None:
        return set()
    found: set[int] = set()
    new: Iterator[tuple[Any, ...]] = connection.execute(_NEW)
    while chunk := list(itertools.islice(new, _CHUNK)):
        for site, pages in itertools.groupby(chunk, key=lambda row: row[0]):
            times_shown, times_claimed = _times(pages)
            search = _Search(connection, sighted, site)
            for mark, times in times_shown.items():
                found.update(search.showing_too(mark, *times))
            for mark, (first, last) in times_claimed.items():
                found.update(search.showing(mark, first - WINDOW_S, last + WINDOW_S))
            found.update(search.risen(list(times_shown.values())))
    return found


_Times = dict[int, tuple[int, int]]


def _times(pages: Iterable[tuple[Any, ...]]) -> tuple[_Times, _Times]:
    """Return when new pages of a site show and claim each mark: the first time and the last."""
    shown: _Times = {}
    claimed: _Times = {}
    for _, time, packed in pages:
        sketch = unpack(packed)
        for marks, times in (
            ([one.digest for one in sketch.shown], shown),
            (sketch.claims, claimed),
        ):
            for mark in map(number, marks):
                times[mark] = (times.get(mark, (time,))[0], time)
    return shown, claimed


class _Search:
    """Looks for the published pages of one site."""

    def __init__(self, connection: sqlite3.Connection, sighted: Sighted, site: int) -> None:
        self._connection = connection
        self._sighted = sighted
        self._site = site

    def showing(self, mark: int, first: int, last: int, *, most: int = _ALL) -> list[int]:
        """Return published pages that show a mark within a time."""
        rows = self._connection.execute(_SHOWING, (self._site, mark, first, last, most))
        return [page for page, is_published in rows if is_published]

    def showing_too(self, mark: int, first: int, last: int) -> Iterator[int]:
        """Yield published pages that show a block which new pages show from `first` to `last`.

        A page before `first` sees all that lies between it and `first`: where that is beyond
        doubt already, new pages change nothing. So it is behind `last`, and in between.
        """
        start, end = first - WINDOW_S, last + WINDOW_S
        known = self._connection.execute(
            _SHOWING, (self._site, mark, start, end, HIGHEST_BAR)
        ).fetchall()
        if len(known) < HIGHEST_BAR:
            yield from (page for page, is_published in known if is_published)
            return
        parts = [((start, first), (start, first)), ((last, end), (last, end))]
        if last - first <= WINDOW_S:
            parts.append(((first, last), (last - WINDOW_S, first + WINDOW_S)))
        else:
            parts.append(((first, last), (first, first)))
        for pages, witnesses in parts:
            if not self._is_beyond_doubt(mark, *witnesses):
                yield from self.showing(mark, *pages)

    def _is_beyond_doubt(self, mark: int, first: int, last: int) -> bool:
        before = self._sighted.articles(
            self._site, mark, first, last, cap=HIGHEST_BAR, without_new=True
        )
        return before >= HIGHEST_BAR

    def risen(self, times: Sequence[tuple[int, int]]) -> Iterator[int]:
        """Yield the published pages around which the site has reached a new level."""
        if not times:
            return
        start = min(first for first, _ in times) - WINDOW_S - DAY_S
        end = max(last for _, last in times) + WINDOW_S + DAY_S
        for page, time, level in self._connection.execute(_TO_RISE, (self._site, start, end)):
            if self._sighted.level_at(self._site, time) != level:
                yield page
