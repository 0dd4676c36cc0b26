"""What a listing claims of known articles, and what is looked at beside what is young."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from crawler.freshness import Decider
from crawler.frontier import Frontier
from crawler.source_status import read_status
from newsgrain.archive import Archive
from newsgrain.ledger import stamp
from tests.crawler.frontier_steps import (
    DAY,
    HOUR,
    NOW,
    article,
    discover,
    fetch,
    planned,
)

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_TABLES_OF_0_1 = """
CREATE TABLE frontier_articles (
    url_key TEXT PRIMARY KEY, source TEXT NOT NULL, url TEXT NOT NULL, state TEXT NOT NULL,
    first_seen_at TEXT NOT NULL, published TEXT, modified TEXT, hints TEXT NOT NULL,
    etag TEXT, last_modified TEXT, fetched_at TEXT, run_id TEXT,
    attempts INTEGER NOT NULL DEFAULT 0
) WITHOUT ROWID;
CREATE TABLE frontier_discovery (
    source TEXT NOT NULL, url TEXT NOT NULL, rules TEXT NOT NULL, etag TEXT, last_modified TEXT,
    entries INTEGER NOT NULL, fetched_at TEXT NOT NULL, PRIMARY KEY (source, url)
) WITHOUT ROWID;
"""


@pytest.fixture
def archive(tmp_path: Path) -> Iterator[Archive]:
    with Archive.open(tmp_path / "archive") as opened:
        yield opened


def test_a_date_in_the_future_says_nothing(archive: Archive) -> None:
    frontier = Frontier(archive)
    discover(frontier, article("/a", published="3000-01-01", modified="3000-01-01"))
    fetch(archive, frontier, "/a")
    assert planned(frontier, now=NOW + 20 * DAY) == []
    discover(frontier, article("/a", modified="3000-01-01"), now=NOW + 20 * DAY)
    assert planned(frontier, now=NOW + 20 * DAY) == []


def test_a_change_that_is_claimed_in_vain_is_believed_less_and_less(archive: Archive) -> None:
    frontier = Frontier(archive)
    discover(frontier, article("/a", published="2020-01-01"))
    fetch(archive, frontier, "/a")
    looks = []
    for night in range(1, 20):
        now = NOW + night * DAY
        discover(frontier, article("/a", modified=now.isoformat()), now=now - HOUR)
        if planned(frontier, now=now, run_id=f"night {night}"):
            looks.append(night)
            fetch(archive, frontier, "/a", at=now)
    assert looks == [1, 3, 7, 15]
    frontier.found_changed(["http://courrier.example/a#top"])
    again = NOW + 20 * DAY
    discover(frontier, article("/a", modified=again.isoformat()), now=again)
    assert planned(frontier, now=again) == [("/a", "revalidate")]


def test_addresses_that_are_hardly_articles_come_last(archive: Archive) -> None:
    frontier = Frontier(archive)
    discover(
        frontier,
        article("/tag/a", published="2026-05-09"),
        article("/news/b", published="2026-05-08"),
        article("/news/c", published="2026-05-07"),
    )

    def paths(limit: int) -> list[str]:
        plan = frontier.plan(
            "courrier", Decider(run_id="2"), NOW, limit, is_unlikely=lambda url: "/tag/" in url
        )
        return [one.url.removeprefix("https://courrier.example") for one in plan]

    assert paths(9) == ["/news/b", "/news/c", "/tag/a"]
    assert paths(2) == ["/news/b", "/news/c"]


def test_a_refetch_begins_with_what_was_not_looked_at_for_longest(archive: Archive) -> None:
    frontier = Frontier(archive)
    discover(frontier, *(article(f"/{name}", published="2020-01-01") for name in "abc"))
    for days, name in enumerate("bca"):
        fetch(archive, frontier, f"/{name}", at=NOW + days * DAY)
    plan = frontier.plan("courrier", Decider(run_id="9", refetch=True), NOW + 9 * DAY, 2)
    assert [one.url[-2:] for one in plan] == ["/b", "/c"]
    assert {one.validators for one in plan} == {None}, "whole, not only if it changed"


def test_the_tables_of_the_first_release_get_their_later_columns(archive: Archive) -> None:
    archive.connection.executescript(_TABLES_OF_0_1)
    archive.connection.execute(
        "INSERT INTO frontier_articles"
        " (url_key, source, url, state, first_seen_at, hints, fetched_at) VALUES"
        " ('k', 'courrier', 'https://courrier.example/a', 'fetched', ?, '[]', ?)",
        (stamp(NOW - DAY), stamp(NOW - DAY)),
    )
    assert read_status(archive.connection, NOW)[0].next_look_at == NOW - DAY + HOUR
    assert planned(Frontier(archive)) == [("/a", "revalidate")]
