"""The rows of the published table ``site_blocks``: what each site repeats.

A row says what was seen within the window before the last page that showed the block, so that
it is the same whatever the runs were. Only blocks that new or newly judged pages show are
counted again.
"""

from __future__ import annotations

import json
from datetime import UTC, datetime
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from newsgrain.sightings import IS_NEW, WINDOW_S
from newsgrain.sketches import digest_of, number, shown_digests, unpack

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable, Iterator, Mapping

    from newsgrain.sightings import Sighted

MIN_ARTICLES = 3
"""A block of fewer articles has no row."""

_MOST = 1_000_000
_CACHED_PAGES = 64

SCHEMA = """
CREATE TABLE blocks (
    site INTEGER, mark INTEGER, articles INTEGER NOT NULL, templates INTEGER NOT NULL,
    verdict TEXT NOT NULL, first_seen INTEGER NOT NULL, last_seen INTEGER NOT NULL,
    PRIMARY KEY (site, mark)
) WITHOUT ROWID;
"""
RUN_SCHEMA = "CREATE TEMP TABLE new_blocks AS SELECT * FROM blocks WHERE FALSE;"

_NEW_PAGES = f"SELECT page FROM pages WHERE {IS_NEW} AND site IS NOT NULL"  # noqa: S608
_SKETCH = "SELECT site, sketch FROM pages WHERE page = ?"
_RECURRING = f"""
SELECT value FROM json_each(:marks) WHERE EXISTS (
    SELECT 1 FROM shown WHERE site = :site AND mark = value LIMIT 1 OFFSET {MIN_ARTICLES - 1}
)
"""  # noqa: S608 - a number of ours
_SPAN = """
SELECT min(time), max(time) FROM shown WHERE site = ? AND mark = ?
"""
_LAST = """
SELECT page FROM shown JOIN pages USING (page)
WHERE shown.site = ? AND mark = ? AND shown.time = ?
ORDER BY address DESC, page DESC LIMIT 1
"""
_TEMPLATES = """
SELECT count(DISTINCT template) FROM shown WHERE site = ? AND mark = ? AND time BETWEEN ? AND ?
"""
_ROWS = """
SELECT domain, mark, articles, templates, verdict, first_seen, last_seen FROM (
    SELECT * FROM new_blocks
    UNION ALL
    SELECT * FROM blocks WHERE (site, mark) NOT IN (SELECT site, mark FROM new_blocks)
) JOIN sites USING (site)
WHERE articles >= ? ORDER BY domain, mark
"""


class BlockCounts:
    """Counts the repeated blocks of all sites.

    Args:
        connection: to the database of the memory.
        sighted: counts in it.
    """

    def __init__(self, connection: sqlite3.Connection, sighted: Sighted) -> None:
        self._connection = connection
        self._sighted = sighted
        # Most blocks of a site were seen last on one of a few pages.
        self._judged = lru_cache(maxsize=_CACHED_PAGES)(self._judge)

    def renew(self, page_ids: Iterable[int]) -> None:
        """Count the blocks again that new pages and some others show."""
        self._judged.cache_clear()
        execute = self._connection.execute
        execute("CREATE INDEX IF NOT EXISTS temp.new_by_mark ON new_blocks (site, mark)")
        done: set[tuple[int, int]] = set()
        new = (page for (page,) in execute(_NEW_PAGES).fetchall())
        for page_id in (*new, *page_ids):
            row = execute(_SKETCH, (page_id,)).fetchone()
            if row and row[1]:
                found = self._recurring(*row) - done
                for block in found:
                    self._renew(*block)
                done |= found

    def _recurring(self, site: int, packed: bytes) -> set[tuple[int, int]]:
        """Return the blocks of a page's sketch that its site shows often enough for a row."""
        marks = {number(digest) for digest in shown_digests(packed)}
        given = {"site": site, "marks": json.dumps(list(marks))}
        return {(site, mark) for (mark,) in self._connection.execute(_RECURRING, given)}

    def _renew(self, site: int, mark: int) -> None:
        execute = self._connection.execute
        first, last = execute(_SPAN, (site, mark)).fetchone()
        (page_id,) = execute(_LAST, (site, mark, last)).fetchone()
        start = last - WINDOW_S
        articles = self._sighted.articles(site, mark, start, last, cap=_MOST)
        (templates,) = execute(_TEMPLATES, (site, mark, start, last)).fetchone()
        execute("DELETE FROM new_blocks WHERE site = ? AND mark = ?", (site, mark))
        row = (site, mark, articles, templates, self._verdict(page_id, mark), first, last)
        execute("INSERT INTO new_blocks VALUES (?, ?, ?, ?, ?, ?, ?)", row)

    def _verdict(self, page_id: int, mark: int) -> str:
        removed, kept = self._judged(page_id)
        digest = digest_of(mark)
        return removed.get(digest) or kept.get(digest, "page")

    def _judge(self, page_id: int) -> tuple[Mapping[str, str], Mapping[str, str]]:
        """Return why a page's site removes blocks of it, and why the others stay, by digest."""
        (_, packed) = self._connection.execute(_SKETCH, (page_id,)).fetchone()
        kept: dict[str, str] = {}
        for block in unpack(packed).blocks:
            if kept.get(block.digest, "kept") == "kept":
                kept[block.digest] = block.stays or "kept"
        return self._sighted.verdicts(page_id), kept

    def rows(self) -> Iterator[dict[str, Any]]:
        """Yield the rows of the table, in its order."""
        for site, mark, *counts, verdict, first, last in self._connection.execute(
            _ROWS, (MIN_ARTICLES,)
        ):
            yield {
                "site": site,
                "digest": digest_of(mark),
                "articles": counts[0],
                "templates": counts[1],
                "verdict": verdict,
                "first_seen_at": datetime.fromtimestamp(first, UTC),
                "last_seen_at": datetime.fromtimestamp(last, UTC),
            }

    def settle(self) -> None:
        """Keep what was counted: the run is published."""
        self._connection.execute("INSERT OR REPLACE INTO blocks SELECT * FROM new_blocks")
        self._connection.execute("DELETE FROM new_blocks")
