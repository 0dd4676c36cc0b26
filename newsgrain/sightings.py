"""What a site showed around one page, read from the database of `newsgrain.site_memory`."""

from __future__ import annotations

import json
from collections import OrderedDict
from typing import TYPE_CHECKING, NamedTuple

from cleaners.site import LEVELS, Sightings, bar, level_of, site_verdicts
from cleaners.sketch import heart_beside
from newsgrain.sketches import number, unpack

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable, Mapping

    from cleaners.sketch import Sketch

MEMORY_NAME = "site_memory.sqlite"
"""The file beside the archive."""

DAY_S = 86_400
WINDOW_S = 90 * DAY_S
"""How far before and after a page its site is looked at, by the time of fetching."""

IS_NEW = "pages.applied IS NULL AND pages.level IS NULL"
"""Condition: no verdict on the page is published, and it is more than context of others."""

_CACHED_DAYS = 10_000

_PAGE = "SELECT site, time, address, sketch FROM pages WHERE page = ?"
_WHEN = "SELECT site, time FROM pages WHERE page = ?"
# One seek a heart: thousands of copies of one article cost no more than one of them.
_NEXT_HEART = """
SELECT shown.heart, pages.address, pages.title
FROM shown JOIN pages USING (page)
WHERE shown.site = ? AND mark = ? AND heart > ? AND shown.time BETWEEN ? AND ?
ORDER BY heart LIMIT 1
"""
_ARTICLES = """
SELECT pages.address, pages.title FROM shown JOIN pages USING (page)
WHERE shown.site = ? AND mark = ? AND shown.time BETWEEN ? AND ?
"""
_OF_ALL = (_NEXT_HEART, _ARTICLES)
_WITHOUT_NEW = tuple(
    query.replace("BETWEEN ? AND ?", f"BETWEEN ? AND ? AND NOT ({IS_NEW})") for query in _OF_ALL
)
_CLAIMED = """
SELECT page FROM claimed JOIN pages USING (page)
WHERE claimed.site = :site AND mark = {mark}
AND claimed.time BETWEEN :first AND :last AND pages.address != :address
LIMIT 1
"""
# Of all blocks or marks of a page in one statement: most stand nowhere else.
_RECURRING = """
SELECT value FROM json_each(:marks) WHERE EXISTS (
    SELECT 1 FROM shown
    WHERE site = :site AND mark = value AND time BETWEEN :first AND :last AND heart > (
        SELECT heart FROM shown
        WHERE site = :site AND mark = value AND time BETWEEN :first AND :last
        ORDER BY heart LIMIT 1
    )
)
"""
_ALL_CLAIMED = f"""
SELECT value FROM json_each(:marks) WHERE EXISTS ({_CLAIMED.format(mark="value")})
"""  # noqa: S608 - a statement of ours
_SEEN_ADDRESS = "SELECT 1 FROM pages WHERE site = ? AND address = ? AND time >= ? AND time < ?"
_VOLUME = f"""
SELECT count(*) FROM (
    SELECT DISTINCT address FROM pages WHERE site = ? AND time >= ? AND time < ?
    LIMIT {LEVELS[-1]}
)
"""  # noqa: S608 - a number of ours
_LOWEST = -(2**63)


class Moment(NamedTuple):
    """Where and when a page was seen: its site and address by number, seconds since 1970."""

    site: int
    time: int
    address: int


class Copy(NamedTuple):
    """What tells a page that shows a block from copies of its article."""

    address: int
    title: int
    heart: int


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
        moment, sketch = Moment(*row[:3]), unpack(row[3])
        level = self.level_at(moment.site, moment.time)
        return site_verdicts(sketch, self._seen(sketch, moment, level))

    def verdicts_on(self, sketch: Sketch, moment: Moment) -> dict[str, str]:
        """Return what `verdicts` would return of a page that was added, without adding it."""
        level = level_of(self.volume(moment))
        return site_verdicts(sketch, self._seen(sketch, moment, level, is_added=False))

    def volume(self, moment: Moment) -> int:
        """Return how many articles a site showed around a page, this one included.

        Counted up to the last of `cleaners.site.LEVELS`.
        """
        site, time, address = moment
        start, end = _days_around(time)
        found = self._articles_between(site, start, end)
        is_known = self._connection.execute(_SEEN_ADDRESS, (site, address, start, end)).fetchone()
        return found + (is_known is None)

    def level(self, page_id: int) -> int | None:
        """Return the level of a page's site around it; None for a page without an article."""
        row = self._connection.execute(_WHEN, (page_id,)).fetchone()
        return None if row is None or row[0] is None else self.level_at(*row)

    def level_at(self, site: int, time: int) -> int:
        """Return the level of a site around the day of a time."""
        key = (site, time // DAY_S)
        if key not in self._levels:
            self._levels[key] = level_of(self._articles_between(site, *_days_around(time)))
            if len(self._levels) > _CACHED_DAYS:
                self._levels.popitem(last=False)
        return self._levels[key]

    def _articles_between(self, site: int, start: int, end: int) -> int:
        (articles,) = self._connection.execute(_VOLUME, (site, start, end)).fetchone()
        return int(articles)

    def _seen(
        self, sketch: Sketch, moment: Moment, level: int, *, is_added: bool = True
    ) -> Sightings:
        caps = _caps(sketch, level)
        marks = {mark for block in sketch.blocks for mark in block.marks}
        return Sightings(
            level=level,
            articles=self._counted(caps, moment)
            if is_added
            else self._counted_with(sketch, caps, moment),
            claimed=frozenset(self._among(_ALL_CLAIMED, marks, moment)),
        )

    def _counted(self, caps: Mapping[str, int], moment: Moment) -> Mapping[str, int]:
        recurring = self._among(_RECURRING, caps, moment)
        return dict.fromkeys(caps, 1) | {
            digest: self.articles_around(digest, moment, cap=caps[digest]) for digest in recurring
        }

    def _counted_with(
        self, sketch: Sketch, caps: Mapping[str, int], moment: Moment
    ) -> Mapping[str, int]:
        """Return the same as if the page were there."""
        return {
            digest: self.articles_around(digest, moment, cap=cap, also=copy_of(sketch, digest))
            for digest, cap in caps.items()
        }

    def _among(self, query: str, marks: Iterable[str], moment: Moment) -> list[str]:
        """Return those of digests or marks that a query about all of them returns."""
        names = {number(mark): mark for mark in marks}
        given = {"marks": json.dumps(list(names)), **_around(moment)}
        return [names[found] for (found,) in self._connection.execute(query, given)]

    def articles_around(
        self, digest: str, moment: Moment, *, cap: int, also: Copy | None = None
    ) -> int:
        """Return in how many articles a block stands around a page, counted up to `cap`."""
        first, last = moment.time - WINDOW_S, moment.time + WINDOW_S
        return self.articles(moment.site, number(digest), first, last, cap=cap, also=also)

    def claiming(self, mark: str, moment: Moment) -> int | None:
        """Return a page of another article that claims a mark around this one, None: no such."""
        query = _CLAIMED.format(mark=":mark")
        given = {"mark": number(mark), **_around(moment)}
        row = self._connection.execute(query, given).fetchone()
        return None if row is None else int(row[0])

    def articles(  # noqa: PLR0913 - which block, when, and how far to count
        self,
        site: int,
        mark: int,
        first: int,
        last: int,
        *,
        cap: int,
        without_new: bool = False,
        also: Copy | None = None,
    ) -> int:
        """Return in how many articles of a site a block stands, counted up to `cap`.

        Pages are one article if they have one address, one title or one heart
        (`cleaners.sketch.heart_beside`): the least of these three numbers counts. So it
        never falls when a page is added.

        Args:
            site: the site.
            mark: number of the block's digest.
            first: from when, seconds since 1970.
            last: until when.
            cap: count no further.
            without_new: leave out pages of which no verdict is published.
            also: a page that counts as if it were there.
        """
        next_heart, all_articles = _WITHOUT_NEW if without_new else _OF_ALL
        addresses, titles, hearts = ({one} for one in also) if also else (set(), set(), set())
        heart = _LOWEST
        while len(hearts) < cap:
            row = self._connection.execute(next_heart, (site, mark, heart, first, last)).fetchone()
            if row is None:
                break
            heart, address, title = row
            hearts.add(heart)
            addresses.add(address)
            titles.add(title)
        if min(len(addresses), len(titles)) < len(hearts):
            for address, title in self._connection.execute(all_articles, (site, mark, first, last)):
                addresses.add(address)
                titles.add(title)
                if min(len(addresses), len(titles)) >= len(hearts):
                    break
        return min(len(addresses), len(titles), len(hearts))


def _caps(sketch: Sketch, level: int) -> dict[str, int]:
    """Return how far the articles that show each block of a page need to be counted."""
    caps: dict[str, int] = {}
    for block in sketch.blocks:
        caps[block.digest] = max(caps.get(block.digest, 0), bar(block, level))
    return caps


def _around(moment: Moment) -> dict[str, int]:
    site, time, address = moment
    return {"site": site, "first": time - WINDOW_S, "last": time + WINDOW_S, "address": address}


def _days_around(time: int) -> tuple[int, int]:
    """Return the days within the window of any page of the same day, first and last."""
    day = time // DAY_S
    return day * DAY_S - WINDOW_S, (day + 1) * DAY_S + WINDOW_S


def copy_of(sketch: Sketch, digest: str) -> Copy:
    """Return what tells a page that shows a block from copies of its article."""
    return Copy(
        address=number(sketch.address),
        title=number(sketch.title or sketch.address),
        heart=number(heart_beside(sketch, digest)),
    )
