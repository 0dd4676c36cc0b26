"""The frontier: every article address that was ever discovered, and what became of it.

Its tables lie in the ledger's database, so that the outcome of a request is committed in the
same transaction as the page it brought: a killed run loses nothing and asks for nothing twice.
The class is the whole interface; another store can stand behind the same methods.
"""

from __future__ import annotations

import hashlib
import json
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from cleaners.records import Candidate
from cleaners.urls import url_key
from crawler.freshness import Action, Known, State
from crawler.listing import end_of_lastmod, parse_date
from newsgrain.ledger import LEDGER_NAME, pack_hints, stamp, translated

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Callable, Collection, Iterable, Iterator

    from crawler.failures import Failure
    from crawler.freshness import Decider, Decision
    from crawler.listing import Found
    from crawler.scope import Scope
    from crawler.sources import Source
    from newsgrain.archive import Archive

_TABLES = """
CREATE TABLE IF NOT EXISTS frontier_articles (
    url_key TEXT PRIMARY KEY, source TEXT NOT NULL, url TEXT NOT NULL, state TEXT NOT NULL,
    first_seen_at TEXT NOT NULL, published TEXT, modified TEXT, hints TEXT NOT NULL,
    etag TEXT, last_modified TEXT, fetched_at TEXT, run_id TEXT,
    attempts INTEGER NOT NULL DEFAULT 0, failure TEXT
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS frontier_by_state ON frontier_articles (source, state);
CREATE TABLE IF NOT EXISTS frontier_discovery (
    source TEXT NOT NULL, url TEXT NOT NULL, rules TEXT NOT NULL, etag TEXT, last_modified TEXT,
    entries INTEGER NOT NULL, fetched_at TEXT NOT NULL, PRIMARY KEY (source, url)
) WITHOUT ROWID;
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Validators:
    """What a server gave to recognise an unchanged answer by.

    Attributes:
        etag: header ETag, byte for byte.
        last_modified: header Last-Modified, byte for byte.
    """

    etag: str | None = None
    last_modified: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Planned:
    """One article request of a run.

    Attributes:
        key: its `url_key`.
        url: the address to ask for.
        decision: fetch or revalidate, and why.
        hints: what discovery said of the article.
        validators: for a conditional request; None for a plain one.
    """

    key: str
    url: str
    decision: Decision
    hints: tuple[Candidate, ...] = ()
    validators: Validators | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """How the request of an article ended.

    Attributes:
        state: what the address is now; never pending.
        run_id: the run that asked.
        fetched_at: when.
        validators: of a page that was received; None leaves those that are known.
        failure: of what kind, if it is one.
    """

    state: State
    run_id: str
    fetched_at: datetime
    validators: Validators | None = None
    failure: Failure | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceStatus:
    """What the frontier holds of one source.

    Attributes:
        source: its name.
        pending: addresses discovered and not yet fetched.
        fetched: addresses whose page is in the archive.
        gone: addresses answered by 404 or 410.
        failed: addresses whose last attempt failed.
        last_fetched_at: latest answer to an article request, if any.
        last_discovered_at: latest successful reading of a feed, sitemap or home page, if any.
    """

    source: str
    pending: int = 0
    fetched: int = 0
    gone: int = 0
    failed: int = 0
    last_fetched_at: datetime | None = None
    last_discovered_at: datetime | None = None


def _stamp(moment: datetime | None) -> str | None:
    return stamp(moment) if moment else None


def _moment(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None


def _unpack(text: str) -> tuple[Candidate, ...]:
    names = ("field", "value", "source", "evidence")
    return tuple(Candidate(**dict(zip(names, row, strict=True))) for row in json.loads(text))


def _merged(old: str, new: Iterable[Candidate]) -> str:
    """Return the hints with new values instead of old ones of the same field and source."""
    hints = {(hint.field, hint.source): hint for hint in (*_unpack(old), *new)}
    return pack_hints(hints.values())


def _settled(known: str | None, told: str | None, basis: str) -> str | None:
    """Return the date to keep: the first one, and one told later only if it makes no younger.

    Otherwise a ``lastmod`` that rises with every comment would make old articles new.
    """
    return known or (told if told and told <= basis else None)


def _rules(source: Source) -> str:
    """Return a digest of what decides which entries of a listing are taken.

    A listing that has not changed must be read again when this has.
    """
    text = json.dumps([source.url, source.feeds, source.sitemaps, source.include, source.exclude])
    return hashlib.sha256(text.encode()).hexdigest()[:16]


class Frontier:
    """The article addresses of all sources, in the ledger's database.

    An address belongs to the source that named it first, for as long as that source exists.
    """

    def __init__(self, archive: Archive, active: Collection[str] = ()) -> None:
        """Take the archive and the names of the sources in newsgrain.toml.

        Raises:
            DiskFullError: no space, here and in every method that writes.
            ArchiveError: the database cannot be read or written, here and in every method.
        """
        self._connection = archive.connection
        self._path = archive.folder / LEDGER_NAME
        self._active = frozenset(active)
        with translated(self._path):
            self._connection.executescript(_TABLES)
            self._add_missing_columns()

    def _add_missing_columns(self) -> None:
        """Bring the tables of an older version up to date."""
        columns = self._connection.execute("PRAGMA table_info(frontier_articles)")
        if "failure" not in {column[1] for column in columns}:
            self._connection.execute("ALTER TABLE frontier_articles ADD COLUMN failure TEXT")

    @contextmanager
    def _transaction(self) -> Iterator[None]:
        with translated(self._path), self._connection:
            self._connection.execute("BEGIN IMMEDIATE")
            yield

    def discovery_validators(self, source: Source, url: str) -> tuple[Validators, int] | None:
        """Return a listing's validators and number of entries, if it need not be read again."""
        query = "SELECT etag, last_modified, entries FROM frontier_discovery"
        query += " WHERE source = ? AND url = ? AND rules = ?"
        row = self._connection.execute(query, (source.name, url, _rules(source))).fetchone()
        if row is None or not (row[0] or row[1]):
            return None
        return Validators(etag=row[0], last_modified=row[1]), row[2]

    def discovered(  # noqa: PLR0913 - one transaction needs all of it
        self,
        source: Source,
        url: str,
        found: Iterable[Found],
        now: datetime,
        *,
        entries: int,
        validators: Validators,
    ) -> frozenset[str]:
        """Add what a listing names, and remember the listing's validators, in one transaction.

        Were the validators stored before the entries, a run killed between the two would be
        answered 304 the next time and never see the entries.

        Returns:
            the keys of all that is listed, new or known.
        """
        listing = (source.name, url, _rules(source), validators.etag, validators.last_modified)
        with self._transaction():
            keys = frozenset([self._add(source.name, one, now) for one in found])
            self._connection.execute(
                "REPLACE INTO frontier_discovery (source, url, rules, etag, last_modified, entries,"
                " fetched_at) VALUES (?, ?, ?, ?, ?, ?, ?)",
                (*listing, entries, stamp(now)),
            )
        return keys

    def _add(self, source: str, found: Found, now: datetime) -> str:
        key = url_key(found.url)
        published = _stamp(parse_date(found.published))
        modified = _stamp(end_of_lastmod(found.modified or ""))
        query = "SELECT source, published, modified, hints, first_seen_at FROM frontier_articles"
        query += " WHERE url_key = ?"
        old = self._connection.execute(query, (key,)).fetchone()
        if old is None:
            self._connection.execute(
                "INSERT INTO frontier_articles (url_key, source, url, state, first_seen_at,"
                " published, modified, hints) VALUES (?, ?, ?, 'pending', ?, ?, ?, ?)",
                (key, source, found.url, stamp(now), published, modified, pack_hints(found.hints)),
            )
            return key
        owner = old[0] if old[0] in self._active else source
        basis = old[1] or old[2] or old[4]
        dates = (_settled(old[1], published, basis), _settled(old[2], modified, basis))
        new = (owner, *dates, _merged(old[3], found.hints))
        if new != old[:4]:
            self._connection.execute(
                "UPDATE frontier_articles SET source = ?, published = ?, modified = ?, hints = ?"
                " WHERE url_key = ?",
                (*new, key),
            )
        return key

    def plan(  # noqa: PLR0913 - what is known, and what bounds the plan
        self,
        source: str,
        decider: Decider,
        now: datetime,
        limit: int,
        *,
        scope: Scope | None = None,
        is_listed: Callable[[str], bool] = lambda _: True,
    ) -> tuple[Planned, ...]:
        """Return what to ask for in this run, newest first, at most `limit`.

        What has left the scope since it was discovered is left out, not forgotten. `is_listed`
        tells by its key whether an address may still be named by a listing of the source.

        The query leaves out what no decider would ask for, so that a plan does not read the
        hundreds of thousands of old articles of a large site.
        """
        young = stamp(now - decider.young)
        rows = self._connection.execute(
            "SELECT * FROM frontier_articles WHERE source = ? AND (state IN ('pending', 'failed')"
            " OR (state = 'fetched' AND coalesce(published, modified, first_seen_at) > ?))"
            " ORDER BY coalesce(published, modified, first_seen_at) DESC, url_key",
            (source, young),
        )
        names = [column[0] for column in rows.description]
        planned: list[Planned] = []
        for values in rows:
            if len(planned) >= limit:
                break
            row = dict(zip(names, values, strict=True))
            if scope is not None and scope.reason_against(row["url"]) is not None:
                continue
            decision = decider.decide(_known(row, is_listed=is_listed(row["url_key"])), now)
            if decision.action is not Action.SKIP:
                planned.append(_planned(row, decision))
        rows.close()
        return tuple(planned)

    def settle(self, key: str, outcome: Outcome) -> Callable[[sqlite3.Connection], None]:
        """Return what `Archive.record` is to run in the transaction of the page's row."""

        def write(connection: sqlite3.Connection) -> None:
            validators = outcome.validators
            is_failure = outcome.state is State.FAILED
            connection.execute(
                "UPDATE frontier_articles SET state = ?, run_id = ?, fetched_at = ?,"
                " attempts = CASE WHEN ? THEN attempts + 1 ELSE 0 END, failure = ?,"
                " etag = CASE WHEN ? THEN ? ELSE etag END,"
                " last_modified = CASE WHEN ? THEN ? ELSE last_modified END"
                " WHERE url_key = ?",
                (
                    outcome.state.value,
                    outcome.run_id,
                    stamp(outcome.fetched_at),
                    is_failure,
                    outcome.failure and outcome.failure.value,
                    validators is not None,
                    validators and validators.etag,
                    validators is not None,
                    validators and validators.last_modified,
                    key,
                ),
            )

        return write

    def give_up(self, key: str, outcome: Outcome) -> None:
        """Settle an address for which no request was made at all, e.g. for robots.txt."""
        with self._transaction():
            self.settle(key, outcome)(self._connection)

    def states(self) -> dict[str, State]:
        """Return the state of every address by its first spelling; for tests and small sites."""
        rows = self._connection.execute("SELECT url, state FROM frontier_articles")
        return {url: State(state) for url, state in rows}


def read_status(connection: sqlite3.Connection) -> tuple[SourceStatus, ...]:
    """Return what the frontier holds of each source; works on a read-only connection.

    A ledger that no crawl has written to gives nothing.
    """
    tables = "SELECT count(*) FROM sqlite_master WHERE name LIKE 'frontier_%' AND type = 'table'"
    if not connection.execute(tables).fetchone()[0]:
        return ()
    found: dict[str, dict[str, Any]] = {}
    counts = "SELECT source, state, count(*), max(fetched_at) FROM frontier_articles GROUP BY 1, 2"
    for source, state, count, fetched_at in connection.execute(counts):
        row = found.setdefault(source, {})
        row[state] = count
        stamps = (row.get("last_fetched_at"), _moment(fetched_at))
        row["last_fetched_at"] = max(filter(None, stamps), default=None)
    discovered = "SELECT source, max(fetched_at) FROM frontier_discovery GROUP BY 1"
    for source, fetched_at in connection.execute(discovered):
        found.setdefault(source, {})["last_discovered_at"] = _moment(fetched_at)
    return tuple(SourceStatus(source=source, **row) for source, row in sorted(found.items()))


def _known(row: dict[str, Any], *, is_listed: bool) -> Known:
    first_seen_at = _moment(row["first_seen_at"])
    assert first_seen_at is not None  # noqa: S101 - NOT NULL in the table
    return Known(
        state=State(row["state"]),
        first_seen_at=first_seen_at,
        published=_moment(row["published"]),
        modified=_moment(row["modified"]),
        fetched_at=_moment(row["fetched_at"]),
        run_id=row["run_id"],
        attempts=row["attempts"],
        has_validators=bool(row["etag"] or row["last_modified"]),
        is_listed=is_listed,
    )


def _planned(row: dict[str, Any], decision: Decision) -> Planned:
    is_conditional = decision.action is Action.REVALIDATE
    validators = Validators(etag=row["etag"], last_modified=row["last_modified"])
    return Planned(
        key=row["url_key"],
        url=row["url"],
        decision=decision,
        hints=_unpack(row["hints"]),
        validators=validators if is_conditional else None,
    )
