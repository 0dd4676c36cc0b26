"""What every site has shown: the blocks of its pages, counted around each of them.

    sketches in | sightings within 90 days of a page | `cleaners.site` | verdicts out

One SQLite database beside the archive. It holds facts of pages, each a function of its page
and the cleaner alone, so that the order, the batches and the runs in which pages came leave no
trace in it; it can be deleted, and is then built again. What is published is known to the
manifest only; `SiteMemory.head` says for which one the memory is up to date.
"""

from __future__ import annotations

import itertools
import logging
import sqlite3
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Self

from newsgrain import site_blocks
from newsgrain.late_knowledge import affected
from newsgrain.ledger import translated
from newsgrain.sightings import IS_NEW, MEMORY_NAME, Sighted
from newsgrain.site_blocks import BlockCounts
from newsgrain.sketches import verdicts_number

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from datetime import datetime
    from pathlib import Path
    from types import TracebackType

    from newsgrain.ledger import PageRow
    from newsgrain.sketches import FiledSketch

_log = logging.getLogger("newsgrain.site_memory")
_MEMORY_VERSION = 1
_APPLICATION_ID = 0x6E676D65

# `applied` is null until a verdict on the page is published; `level` is that of the site then,
# or -1 for a page that is only context of others.
_SCHEMA = f"""
BEGIN IMMEDIATE;
CREATE TABLE state (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE sites (site INTEGER PRIMARY KEY, domain TEXT NOT NULL UNIQUE);
CREATE TABLE pages (
    page INTEGER PRIMARY KEY, site INTEGER, time INTEGER NOT NULL, address INTEGER,
    title INTEGER, sketch BLOB, applied INTEGER, level INTEGER
);
CREATE INDEX pages_by_time ON pages (site, time, address) WHERE site IS NOT NULL;
CREATE INDEX pages_by_address ON pages (site, address, time) WHERE site IS NOT NULL;
CREATE INDEX pages_to_rise ON pages (site, time) WHERE applied IS NOT NULL AND level < 3;
CREATE INDEX pages_new ON pages (site, time, page) WHERE applied IS NULL AND level IS NULL;
CREATE TABLE shown (
    site INTEGER, mark INTEGER, heart INTEGER, time INTEGER, page INTEGER, template INTEGER,
    PRIMARY KEY (site, mark, heart, time, page)
) WITHOUT ROWID;
CREATE TABLE claimed (
    site INTEGER, mark INTEGER, time INTEGER, page INTEGER,
    PRIMARY KEY (site, mark, time, page)
) WITHOUT ROWID;
CREATE TABLE unsettled (page INTEGER PRIMARY KEY);
{site_blocks.SCHEMA}
PRAGMA application_id = {_APPLICATION_ID};
PRAGMA user_version = {_MEMORY_VERSION};
COMMIT;
"""
# What the present run judged; it becomes true when the run is published.
_RUN_SCHEMA = f"""
CREATE TEMP TABLE judged (page INTEGER PRIMARY KEY, applied INTEGER NOT NULL, level INTEGER);
{site_blocks.RUN_SCHEMA}
"""
_CHUNK = 500
_CONTEXT = -1


class SiteMemory:
    """The memory of all sites of one archive, open for writing.

    Only one process may have it open: the caller holds the workspace's lock. Use as a context
    manager. Verdicts are asked for after all pages of a run were added.

    Attributes:
        is_whole: it was begun with the archive, so that no older page is missing in it.
    """

    def __init__(self, path: Path, connection: sqlite3.Connection) -> None:
        """Store what `open` has opened."""
        self._path = path
        self._connection = connection
        self._sites: dict[str, int] = dict(connection.execute("SELECT domain, site FROM sites"))
        self._sighted = Sighted(connection)
        self._counts = BlockCounts(connection, self._sighted)
        self.is_whole = self._state("is_whole") == "yes"

    @classmethod
    def open(cls, folder: Path, *, cleaner_version: str, is_new: bool) -> SiteMemory:
        """Open the memory beside an archive; one that is lost or outdated is begun anew.

        Args:
            folder: the archive.
            cleaner_version: what another cleaner saw in a page says nothing to this one.
            is_new: nothing was published of the archive yet.

        Raises:
            DiskFullError: no space to create it.
            ArchiveError: it cannot be opened.
        """
        path = folder / MEMORY_NAME
        with translated(path):
            connection = _connect(path, cleaner_version)
            if connection is None:
                for name in (path.name, f"{path.name}-wal", f"{path.name}-shm"):
                    path.with_name(name).unlink(missing_ok=True)
                connection = _create(path, cleaner_version, is_new=is_new)
            connection.execute("PRAGMA synchronous = NORMAL")
            connection.executescript(_RUN_SCHEMA)
            return cls(path, connection)

    def __enter__(self) -> Self:
        """Return itself."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Close the database."""
        self._connection.close()

    def _state(self, name: str) -> str | None:
        row = self._connection.execute("SELECT value FROM state WHERE name = ?", (name,)).fetchone()
        return row[0] if row else None

    @property
    def head(self) -> str | None:
        """The run of the manifest that the memory is up to date with."""
        return self._state("head")

    @contextmanager
    def writing(self) -> Iterator[None]:
        """Commit what the block writes at its end, or nothing of it."""
        with translated(self._path), self._connection:
            self._connection.execute("BEGIN IMMEDIATE")
            yield

    # Pages

    def missing(self, page_ids: Iterable[int], *, published: bool = False) -> list[int]:
        """Return those pages that were never added, in the order given.

        Args:
            page_ids: pages.
            published: return also those whose verdict was not published, as far as known.
        """
        condition = "applied IS NOT NULL" if published else "TRUE"
        given, missing = iter(page_ids), []
        while chunk := list(itertools.islice(given, _CHUNK)):
            known = self._known(chunk, condition)
            missing += [page_id for page_id in chunk if page_id not in known]
        return missing

    def _known(self, page_ids: Sequence[int], condition: str) -> set[int]:
        marks = ", ".join("?" * len(page_ids))
        query = f"SELECT page FROM pages WHERE page IN ({marks}) AND {condition}"  # noqa: S608
        with translated(self._path):
            return {row[0] for row in self._connection.execute(query, tuple(page_ids))}

    def add(self, page: PageRow, sketch: FiledSketch | None, *, is_context: bool = False) -> None:
        """Remember what a page shows; None for a page without an article.

        Adding a page again changes nothing. To be called within `writing`.

        Args:
            page: the page.
            sketch: what it shows.
            is_context: it is not going to be judged, it only stands around those that are.
        """
        if sketch is not None:
            self.add_sketch(page.page_id, page.fetched_at, sketch, is_context=is_context)
            return
        time, level = int(page.fetched_at.timestamp()), _CONTEXT if is_context else None
        self._connection.execute(
            "INSERT OR IGNORE INTO pages (page, time, level) VALUES (?, ?, ?)",
            (page.page_id, time, level),
        )

    def add_sketch(
        self, page_id: int, fetched_at: datetime, sketch: FiledSketch, *, is_context: bool = False
    ) -> None:
        """Remember what a page with an article shows; else as `add`."""
        time, level = int(fetched_at.timestamp()), _CONTEXT if is_context else None
        site = self._site(sketch.domain)
        cursor = self._connection.execute(
            "INSERT OR IGNORE INTO pages (page, site, time, address, title, sketch, level)"
            " VALUES (?, ?, ?, ?, ?, ?, ?)",
            (page_id, site, time, sketch.address, sketch.title, sketch.packed, level),
        )
        if cursor.rowcount:
            self._sighted.forget_levels()
            self._remember(page_id, site, time, sketch)

    def _site(self, domain: str) -> int:
        if domain not in self._sites:
            cursor = self._connection.execute("INSERT INTO sites (domain) VALUES (?)", (domain,))
            self._sites[domain] = int(cursor.lastrowid or 0)
        return self._sites[domain]

    def _remember(self, page_id: int, site: int, time: int, sketch: FiledSketch) -> None:
        many = self._connection.executemany
        many(
            "INSERT INTO shown VALUES (?, ?, ?, ?, ?, ?)",
            [(site, mark, heart, time, page_id, layout) for mark, heart, layout in sketch.shown],
        )
        many(
            "INSERT INTO shown VALUES (?, ?, 0, ?, ?, 0)",
            [(site, mark, time, page_id) for mark in sketch.marks],
        )
        many(
            "INSERT INTO claimed VALUES (?, ?, ?, ?)",
            [(site, mark, time, page_id) for mark in sketch.claims],
        )

    # Verdicts

    def verdicts(self, page_id: int) -> dict[str, str]:
        """Return which blocks of a page its site removes: digest -> reason.

        Nothing for a page that was not added, or that holds no article.
        """
        with translated(self._path):
            return self._sighted.verdicts(page_id)

    def note(self, page_id: int, verdicts: Mapping[str, str] | None) -> None:
        """Note the verdicts with which a page is going to be published; None: those of now."""
        with translated(self._path):
            if verdicts is None:
                verdicts = self._sighted.verdicts(page_id)
            self._note(page_id, verdicts_number(verdicts))

    def _note(self, page_id: int, applied: int) -> None:
        row = (page_id, applied, self._sighted.level(page_id))
        self._connection.execute("INSERT OR REPLACE INTO judged VALUES (?, ?, ?)", row)

    def doubt(self, page_ids: Iterable[int]) -> None:
        """Note published pages of which it is not known with what verdicts they were."""
        with self.writing():
            rows = [(page_id,) for page_id in page_ids]
            self._connection.executemany("INSERT OR IGNORE INTO unsettled VALUES (?)", rows)

    def waiting(self) -> list[int]:
        """Return the pages that earlier runs left to be judged again."""
        with translated(self._path):
            rows = self._connection.execute("SELECT page FROM unsettled ORDER BY page")
            return [row[0] for row in rows]

    def stale(self) -> list[int]:
        """Return the published pages whose verdicts would now be others.

        Of each address the newest page alone: what older ones said is not published any more.
        Those that were fetched again come first, so that what their site has learned is not
        taken for an edit of theirs.
        """
        with translated(self._path):
            candidates = {*self.waiting(), *affected(self._connection, self._sighted)}
            stale = [page_id for page_id in sorted(candidates) if self._is_stale(page_id)]
            self._counts.renew(candidates)
            return sorted(stale, key=self._is_alone)

    def _is_stale(self, page_id: int) -> bool:
        known = self._connection.execute(_APPLIED, (page_id,)).fetchone()
        if known is None or known[0] is None:
            return known is not None
        newest = self._connection.execute(_NEWEST, (page_id,)).fetchone()
        if newest is None or newest[0] != page_id:
            return False
        if known[0] != verdicts_number(self._sighted.verdicts(page_id)):
            return True
        self._note(page_id, known[0])
        return False

    def _is_alone(self, page_id: int) -> bool:
        return self._connection.execute(_FETCHED_AGAIN, (page_id,)).fetchone() is None

    def site_blocks(self) -> Iterator[dict[str, Any]]:
        """Yield the rows of the table ``site_blocks``, in its order."""
        with translated(self._path):
            yield from self._counts.rows()

    def settle(self, head: str, unsettled: Iterable[int]) -> None:
        """Note that a run was published: its verdicts hold.

        Args:
            head: the run.
            unsettled: pages that are to be judged again by later runs.
        """
        with self.writing():
            execute = self._connection.execute
            execute(
                "UPDATE pages SET applied = judged.applied, level = judged.level"
                " FROM judged WHERE judged.page = pages.page"
            )
            execute("DELETE FROM judged")
            execute("DELETE FROM unsettled")
            self._counts.settle()
            rows = [(page,) for page in unsettled]
            self._connection.executemany("INSERT INTO unsettled VALUES (?)", rows)
            execute("INSERT OR REPLACE INTO state VALUES ('head', ?)", (head,))


_APPLIED = "SELECT applied FROM pages WHERE page = ?"
_NEWEST = """
SELECT newest.page FROM pages AS given JOIN pages AS newest
    ON newest.site = given.site AND newest.address = given.address
WHERE given.page = ? AND newest.applied IS NOT NULL
ORDER BY newest.time DESC, newest.page DESC LIMIT 1
"""
_FETCHED_AGAIN = f"""
SELECT 1 FROM pages AS given JOIN pages
    ON pages.site = given.site AND pages.address = given.address
WHERE given.page = ? AND {IS_NEW} LIMIT 1
"""  # noqa: S608 - a condition of ours


def _connect(path: Path, cleaner_version: str) -> sqlite3.Connection | None:
    """Return a memory that can be gone on with; None if it must be begun anew."""
    if not path.exists():
        return None
    connection = sqlite3.connect(path, isolation_level=None)
    try:
        if is_usable(connection, cleaner_version):
            return connection
    except sqlite3.DatabaseError as exc:
        _log.warning("the memory of sites is damaged and is built again: %s", exc)
    connection.close()
    return None


def is_usable(connection: sqlite3.Connection, cleaner_version: str) -> bool:
    """Say whether a database is a memory of this version that this cleaner has filled."""
    (application,) = connection.execute("PRAGMA application_id").fetchone()
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    if (application, version) != (_APPLICATION_ID, _MEMORY_VERSION):
        return False
    query = "SELECT value FROM state WHERE name = 'cleaner_version'"
    return bool(connection.execute(query).fetchone() == (cleaner_version,))


def _create(path: Path, cleaner_version: str, *, is_new: bool) -> sqlite3.Connection:
    connection = sqlite3.connect(path, isolation_level=None)
    connection.execute("PRAGMA journal_mode = WAL")
    connection.executescript(_SCHEMA)
    state = {"cleaner_version": cleaner_version, "is_whole": "yes" if is_new else "no"}
    connection.executemany("INSERT INTO state VALUES (?, ?)", state.items())
    return connection
