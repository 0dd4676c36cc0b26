"""The frontier: what it remembers, plans and settles."""

from __future__ import annotations

import random
import sqlite3
from typing import TYPE_CHECKING

import pytest

from crawler.configuration import Source
from crawler.failures import Failure
from crawler.feeds import read_json_feed
from crawler.freshness import Action, Decider, State
from crawler.frontier import Frontier, Outcome, Validators
from crawler.frontier_rows import known_of
from crawler.scope import Scope
from crawler.source_status import SourceStatus, read_status
from newsgrain.archive import Archive, Exchange
from tests.crawler.frontier_steps import (
    DAY,
    FEED,
    NOW,
    SOURCE,
    TAGS,
    article,
    discover,
    fetch,
    planned,
)

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import timedelta
    from pathlib import Path

    from crawler.listing import Found


@pytest.fixture
def archive(tmp_path: Path) -> Iterator[Archive]:
    with Archive.open(tmp_path / "archive") as opened:
        yield opened


def test_new_addresses_are_planned_newest_first_within_the_limit(archive: Archive) -> None:
    frontier = Frontier(archive)
    discover(
        frontier,
        article("/old", published="2020-01-01"),
        article("/new", published="2026-05-09T10:00:00+02:00"),
        article("/undated"),
        article("/edited", modified="2026-05-08"),
    )
    expected = [("/undated", "fetch"), ("/new", "fetch"), ("/edited", "fetch"), ("/old", "fetch")]
    assert planned(frontier) == expected
    assert planned(frontier, limit=2) == expected[:2]
    assert planned(frontier, limit=0) == []


def test_an_address_with_tracking_is_the_same_address(archive: Archive) -> None:
    frontier = Frontier(archive)
    discover(frontier, article("/a?utm_source=rss"), article("/a"))
    assert planned(frontier) == [("/a?utm_source=rss", "fetch")]


def test_hints_of_feed_and_sitemap_are_kept_together_and_renewed(archive: Archive) -> None:
    frontier = Frontier(archive)
    discover(frontier, article("/a", title="First", author="Ada"))
    discover(frontier, article("/a", source="sitemap", modified="2026-05-08"))
    discover(frontier, article("/a", title="Second"))
    (one,) = frontier.plan("courrier", Decider(run_id="2"), NOW, 9)
    assert [(hint.field, hint.value, hint.source) for hint in one.hints] == [
        ("title", "Second", "feed"),
        ("author", "Ada", "feed"),
        ("date_modified", "2026-05-08", "sitemap"),
    ]


def test_a_fetched_young_article_is_asked_for_with_its_validators(archive: Archive) -> None:
    frontier = Frontier(archive)
    discover(frontier, article("/a", published="2026-05-09T12:00:00Z"))
    fetch(archive, frontier, "/a")
    (one,) = frontier.plan("courrier", Decider(run_id="9"), NOW + DAY, 9)
    assert one.decision.action is Action.REVALIDATE
    assert one.decision.reason == "young: 1 day after publication"
    assert one.validators == TAGS


def test_what_this_run_has_done_is_not_done_again_when_it_is_resumed(archive: Archive) -> None:
    frontier = Frontier(archive)
    discover(frontier, article("/a", published="2026-05-09"), article("/b", published="2026-05-08"))
    run_id = fetch(archive, frontier, "/a")
    assert planned(frontier, run_id=run_id) == [("/b", "fetch")]


def test_a_304_keeps_the_validators_and_a_new_page_replaces_them(archive: Archive) -> None:
    frontier = Frontier(archive)
    discover(frontier, article("/a", published="2026-05-09"))
    fetch(archive, frontier, "/a")
    fetch(archive, frontier, "/a", validators=None)
    later = NOW + 2 * DAY
    (one,) = frontier.plan("courrier", Decider(run_id="9"), later, 9)
    assert one.validators == TAGS
    fetch(archive, frontier, "/a", validators=Validators(etag='"2"'))
    (one,) = frontier.plan("courrier", Decider(run_id="9"), later, 9)
    assert one.validators == Validators(etag='"2"')


def test_failures_are_counted_per_run_and_forgotten_after_a_success(archive: Archive) -> None:
    frontier = Frontier(archive)
    discover(frontier, article("/a", published="2020-01-01"))
    for at in (NOW - 2 * DAY, NOW):
        fetch(archive, frontier, "/a", state=State.FAILED, at=at, validators=None)
    later = NOW + 4 * DAY
    assert planned(frontier, now=later) == [("/a", "fetch")]
    fetch(archive, frontier, "/a", at=later)
    assert planned(frontier, now=later) == []
    rows = archive.connection.execute("SELECT attempts, state FROM frontier_articles").fetchall()
    assert rows == [(0, "fetched")]


def test_after_three_failures_an_address_is_asked_for_only_while_it_is_listed(
    archive: Archive,
) -> None:
    frontier = Frontier(archive)
    discover(frontier, article("/a"), now=NOW - 9 * DAY)
    for days in (6, 4, 0):
        at = NOW - days * DAY
        fetch(archive, frontier, "/a", state=State.FAILED, at=at, validators=None)
    due, decider = NOW + 8 * DAY, Decider(run_id="9")
    assert planned(frontier, now=due - DAY) == []
    assert planned(frontier, now=due) == [("/a", "fetch")]
    assert frontier.plan("courrier", decider, due, 9, is_listed=lambda _: False) == ()


def test_an_address_that_is_gone_stays_gone_when_it_is_listed_again(archive: Archive) -> None:
    frontier = Frontier(archive)
    discover(frontier, article("/a"))
    fetch(archive, frontier, "/a", state=State.GONE)
    discover(frontier, article("/a", published="2026-05-09"))
    assert planned(frontier) == []


@pytest.mark.parametrize(
    "first",
    [
        {"published": "2026-05-09T12:00:00Z"},
        {"modified": "2026-05-09", "source": "sitemap"},
        {"source": "home"},
    ],
)
def test_an_old_article_stays_old_when_it_is_dated_anew(
    archive: Archive, first: dict[str, str]
) -> None:
    frontier = Frontier(archive)
    discover(frontier, article("/a", **first))
    fetch(archive, frontier, "/a")
    assert planned(frontier, now=NOW + DAY) == [("/a", "revalidate")]
    later = NOW + 20 * DAY
    again = {"published": "2026-05-29", "modified": "2026-05-29"}
    fetch(archive, frontier, "/a", at=later - 7 * DAY)
    discover(frontier, article("/a", **again), now=later)
    (one,) = frontier.plan("courrier", Decider(run_id="2"), later, 9)
    assert one.decision.reason == "changed in a listing", "a look, and no young article"


def test_a_date_that_is_told_late_may_make_an_article_old(archive: Archive) -> None:
    frontier = Frontier(archive)
    discover(frontier, article("/a"))
    discover(frontier, article("/a", source="sitemap", modified="2020-01-01"))
    fetch(archive, frontier, "/a")
    assert planned(frontier, now=NOW + DAY) == []


def test_a_text_with_half_a_character_is_kept_in_the_frontier(archive: Archive) -> None:
    frontier = Frontier(archive)
    item = rb'{"url": "https://courrier.example/a", "title": "Joy \ud83d"}'
    (found,) = read_json_feed(rb'{"items": [%s]}' % item, FEED).found
    discover(frontier, found)
    (one,) = frontier.plan("courrier", Decider(run_id="2"), NOW, 9)
    assert [hint.value for hint in one.hints] == ["Joy \N{REPLACEMENT CHARACTER}"]


def test_the_outcome_is_committed_with_the_page_or_not_at_all(archive: Archive) -> None:
    frontier = Frontier(archive)
    discover(frontier, article("/a"))
    run_id = archive.begin_run("crawl", NOW, head=None)
    (one,) = frontier.plan("courrier", Decider(run_id=run_id), NOW, 9)
    settle = frontier.settle(one.key, Outcome(state=State.FETCHED, run_id=run_id, fetched_at=NOW))

    def fail(connection: sqlite3.Connection) -> None:
        settle(connection)
        raise ZeroDivisionError

    exchange = Exchange(
        run_id=run_id, source="courrier", kind="article", url=one.url, fetched_at=NOW, status=200
    )
    with pytest.raises(ZeroDivisionError):
        archive.record(exchange, fail)
    assert list(archive.pages()) == []
    assert planned(frontier, run_id=run_id) == [("/a", "fetch")]
    archive.record(exchange, settle)
    assert frontier.states() == {one.url: State.FETCHED}


def test_entries_and_validators_of_a_listing_are_stored_together(archive: Archive) -> None:
    frontier = Frontier(archive)

    def found() -> Iterator[Found]:
        yield article("/a")
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        frontier.add(SOURCE, found(), NOW)
    assert frontier.discovery_validators(SOURCE, FEED) is None
    assert planned(frontier) == []


def test_validators_of_a_listing_are_forgotten_when_the_source_is_configured_anew(
    archive: Archive,
) -> None:
    frontier = Frontier(archive)
    discover(frontier, article("/a"), article("/b"))
    assert frontier.discovery_validators(SOURCE, FEED) == (TAGS, 2)
    changed = Source(name="courrier", url="https://courrier.example/", exclude=("/x/",))
    assert frontier.discovery_validators(changed, FEED) is None
    frontier.has_read(SOURCE, FEED, NOW, entries=0, validators=Validators())
    assert frontier.discovery_validators(SOURCE, FEED) is None


def test_an_address_belongs_to_the_first_source_for_as_long_as_that_exists(
    archive: Archive,
) -> None:
    second = Source(name="second", url="https://courrier.example/")
    both = Frontier(archive, ("courrier", "second"))
    discover(both, article("/a"))
    discover(both, article("/a"), source=second)
    assert planned(both, source="second") == []
    alone = Frontier(archive, ("second",))
    discover(alone, article("/a"), source=second)
    assert planned(alone, source="second") == [("/a", "fetch")]
    assert planned(alone) == []


def test_the_query_of_a_plan_leaves_out_nothing_that_would_be_asked_for(archive: Archive) -> None:
    chance = random.Random(7)  # noqa: S311 - the same rows each time
    frontier = Frontier(archive)

    def some(*values: timedelta | None) -> str | None:
        value = chance.choice(values)
        return None if value is None else (NOW - value).isoformat(timespec="microseconds")

    for number in range(500):
        archive.connection.execute(
            "INSERT INTO frontier_articles (url_key, source, url, state, first_seen_at, published,"
            " modified, claimed, vain, hints, fetched_at, run_id, attempts)"
            " VALUES (?, 'courrier', ?, ?, ?, ?, ?, ?, ?, '[]', ?, ?, ?)",
            (
                str(number),
                f"https://courrier.example/{number}",
                chance.choice([state.value for state in State]),
                some(DAY, 8 * DAY, 40 * DAY),
                some(None, DAY, 8 * DAY, -DAY),
                some(None, DAY, 8 * DAY),
                some(None, DAY, 30 * DAY),
                chance.randrange(3),
                some(None, 2 * DAY, 9 * DAY),
                chance.choice([None, "1", "2"]),
                chance.randrange(5),
            ),
        )
    cursor = archive.connection.execute("SELECT * FROM frontier_articles")
    names = [column[0] for column in cursor.description]
    decider = Decider(run_id="2")
    rows = [dict(zip(names, row, strict=True)) for row in cursor]
    wanted = {
        row["url_key"]
        for row in rows
        if decider.decide(known_of(row, is_listed=True), NOW).action is not Action.SKIP
    }
    assert {one.key for one in frontier.plan("courrier", decider, NOW, 500)} == wanted
    assert 50 < len(wanted) < 450


def test_the_status_of_each_source_can_be_read_without_writing(archive: Archive) -> None:
    frontier = Frontier(archive)
    discover(frontier, article("/a"), article("/b"), article("/c"))
    fetch(archive, frontier, "/a", at=NOW + DAY)
    fetch(archive, frontier, "/b", state=State.GONE, at=NOW + 2 * DAY)
    reader = sqlite3.connect(f"file:{archive.folder}/ledger.sqlite?mode=ro", uri=True)
    assert read_status(reader, NOW + 2 * DAY) == (
        SourceStatus(
            source="courrier",
            pending=1,
            fetched=1,
            gone=1,
            failed=0,
            requests=2,
            last_fetched_at=NOW + 2 * DAY,
            last_discovered_at=NOW,
            next_look_at=NOW + 3 * DAY,
            due=1,
        ),
    )
    reader.close()


def test_a_ledger_that_was_never_crawled_into_has_no_status(archive: Archive) -> None:
    assert read_status(archive.connection, NOW) == ()


def test_what_has_left_the_scope_is_not_asked_for(archive: Archive) -> None:
    frontier = Frontier(archive)
    discover(frontier, article("/news/a"), article("/live/b"))
    narrow = Scope(Source(name="courrier", url="https://courrier.example/", exclude=("/live/",)))
    plan = frontier.plan("courrier", Decider(run_id="2"), NOW, 9, scope=narrow)
    assert [one.url for one in plan] == ["https://courrier.example/news/a"]
    assert len(planned(frontier)) == 2


def test_the_kind_of_the_last_failure_is_kept_for_each_address(archive: Archive) -> None:
    frontier = Frontier(archive)
    discover(frontier, article("/a"))
    (one,) = frontier.plan("courrier", Decider(run_id="2"), NOW, 9)
    query = "SELECT failure FROM frontier_articles"
    for state, failure in ((State.FAILED, Failure.TEMPORARY), (State.FETCHED, None)):
        outcome = Outcome(state=state, run_id="1", fetched_at=NOW, failure=failure)
        frontier.give_up(one.key, outcome)
        assert archive.connection.execute(query).fetchall() == [(failure,)]


def test_the_frontier_of_an_older_version_is_brought_up_to_date(archive: Archive) -> None:
    discover(Frontier(archive), article("/a"))
    archive.connection.execute("ALTER TABLE frontier_articles DROP COLUMN failure")
    test_the_kind_of_the_last_failure_is_kept_for_each_address(archive)
