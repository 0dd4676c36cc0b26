"""What a site showed around one page, read from the database of `newsgrain.site_memory`."""

from __future__ import annotations

from collections import OrderedDict
from typing import TYPE_CHECKING

from cleaners.site import LEVELS, Sightings, bar, level_of, site_verdicts
from newsgrain.sketches import number, unpack

if TYPE_CHECKING:
    import sqlite3

    from cleaners.sketch import Sketch

DAY_S = 86_400
WINDOW_S = 90 * DAY_S
"""How far before and after a page its site is looked at, by the time of fetching."""

IS_NEW = "pages.applied IS NULL AND pages.level IS NULL"
"""Condition: no verdict on the page is published, and it is more than context of others."""

_CACHED_DAYS = 10_000

_PAGE = "SELECT site, time, address, sketch FROM pages WHERE page = ?"
# One seek a heart: thousands of copies of one article cost no more than one of them.
_NEXT_HEART = """
SELECT shown.heart, pages.address, pages.title
FROM shown JOIN pages USING (page)
WHERE shown.site = ? AND mark = ? AND heart > ? AND shown.time BETWEEN ? AND ? {condition}
ORDER BY heart LIMIT 1
"""
_ARTICLES = """
SELECT pages.address, pages.title FROM shown JOIN pages USING (page)
WHERE shown.site = ? AND mark = ? AND shown.time BETWEEN ? AND ? {condition}
"""
_CLAIMED = """
SELECT 1 FROM claimed JOIN pages USING (page)
WHERE claimed.site = ? AND mark = ? AND claimed.time BETWEEN ? AND ? AND pages.address != ?
LIMIT 1
"""
_VOLUME = f"""
SELECT count(*) FROM (
    SELECT DISTINCT address FROM pages WHERE site = ? AND time >= ? AND time < ?
    LIMIT {LEVELS[-1]}
)
"""  # noqa: S608 - a number of ours
_LOWEST = -(2**63)


class Sighted:
    """Counts what a site showed; of the same pages always the same.

    Args:
        connection: to the database of the memory.
    """

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self._levels: OrderedDict[tuple[int, int], int] = OrderedDict()

    def forget_levels(self) -> None:
        """Count the articles of sites again: pages were added."""
        self._levels.clear()

    def verdicts(self, page_id: int) -> dict[str, str]:
        """See `newsgrain.site_memory.SiteMemory.verdicts`."""
        row = self._connection.execute(_PAGE, (page_id,)).fetchone()
        if row is None or row[3] is None:
            return {}
        site, time, address, packed = row
        sketch = unpack(packed)
        level = self.level_at(site, time)
        seen = Sightings(
            level=level,
            articles=self._counted(sketch, level, site, time),
            claimed=self._claimed(sketch, site, time, address),
        )
        return site_verdicts(sketch, seen)

    def level(self, page_id: int) -> int | None:
        """Return the level of a page's site around it; None for a page without an article."""
        row = self._connection.execute(_PAGE, (page_id,)).fetchone()
        return None if row is None or row[0] is None else self.level_at(row[0], row[1])

    def level_at(self, site: int, time: int) -> int:
        """Return the level of a site around the day of a time."""
        day = time // DAY_S
        key = (site, day)
        if key not in self._levels:
            start, end = day * DAY_S - WINDOW_S, (day + 1) * DAY_S + WINDOW_S
            (articles,) = self._connection.execute(_VOLUME, (site, start, end)).fetchone()
            self._levels[key] = level_of(articles)
            if len(self._levels) > _CACHED_DAYS:
                self._levels.popitem(last=False)
        return self._levels[key]

    def _counted(self, sketch: Sketch, level: int, site: int, time: int) -> dict[str, int]:
        caps: dict[str, int] = {}
        for block in sketch.blocks:
            caps[block.digest] = max(caps.get(block.digest, 0), bar(block, level))
        first, last = time - WINDOW_S, time + WINDOW_S
        return {
            digest: self.articles(site, number(digest), first, last, cap=cap)
            for digest, cap in caps.items()
        }

    def _claimed(self, sketch: Sketch, site: int, time: int, address: int) -> frozenset[str]:
        marks = {mark for block in sketch.blocks for mark in block.marks}
        first, last = time - WINDOW_S, time + WINDOW_S
        return frozenset(
            mark
            for mark in marks
            if self._connection.execute(
                _CLAIMED, (site, number(mark), first, last, address)
            ).fetchone()
        )

    def articles(  # noqa: PLR0913 - which block, when, and how far to count
        self, site: int, mark: int, first: int, last: int, *, cap: int, without_new: bool = False
    ) -> int:
        """Return in how many articles of a site a block stands, counted up to `cap`.

        Pages are one article if they have one address, one title or one heart
        (`cleaners.sketch.heart_beside`): the least of these three numbers counts. So it
        never falls when a page is added.
        """
        condition = f"AND NOT ({IS_NEW})" if without_new else ""
        next_heart, all_articles = (
            query.format(condition=condition) for query in (_NEXT_HEART, _ARTICLES)
        )
        addresses, titles, hearts = set(), set(), 0
        heart = _LOWEST
        while hearts < cap:
            row = self._connection.execute(next_heart, (site, mark, heart, first, last)).fetchone()
            if row is None:
                break
            heart, address, title = row
            hearts += 1
            addresses.add(address)
            titles.add(title)
        if min(len(addresses), len(titles)) < hearts:
            for address, title in self._connection.execute(all_articles, (site, mark, first, last)):
                addresses.add(address)
                titles.add(title)
                if min(len(addresses), len(titles)) >= hearts:
                    break
        return min(len(addresses), len(titles), hearts)
