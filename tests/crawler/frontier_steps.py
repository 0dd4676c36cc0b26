"""What tests do with a frontier: discover, plan and fetch."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from crawler.configuration import Source
from crawler.freshness import Decider, State
from crawler.frontier import Frontier, Outcome, Validators
from crawler.listing import Found
from newsgrain.archive import Archive, Exchange

NOW = datetime(2026, 5, 10, 2, tzinfo=UTC)
DAY, HOUR = timedelta(days=1), timedelta(hours=1)
SOURCE = Source(name="courrier", url="https://courrier.example/")
FEED = "https://courrier.example/feed/"
TAGS = Validators(etag='"1"', last_modified="Sun, 03 May 2026 10:00:00 GMT")


def article(path: str, **values: Any) -> Found:
    return Found(**{"url": f"https://courrier.example{path}", "source": "feed", **values})


def discover(
    frontier: Frontier, *found: Found, now: datetime = NOW, source: Source = SOURCE
) -> None:
    frontier.add(source, found, now)
    frontier.has_read(source, FEED, now, entries=len(found), validators=TAGS)


def planned(
    frontier: Frontier,
    run_id: str = "2",
    now: datetime = NOW,
    limit: int = 100,
    source: str = "courrier",
) -> list[tuple[str, str]]:
    plan = frontier.plan(source, Decider(run_id=run_id), now, limit)
    return [
        (one.url.removeprefix("https://courrier.example"), one.decision.action.value)
        for one in plan
    ]


def fetch(
    archive: Archive,
    frontier: Frontier,
    path: str,
    *,
    state: State = State.FETCHED,
    run_id: str | None = None,
    at: datetime = NOW,
    validators: Validators | None = TAGS,
) -> str:
    """Settle one address as the archive middleware does, in a run of its own."""
    run_id = run_id or archive.begin_run("crawl", at, head=None)
    url = f"https://courrier.example{path}"
    (one,) = [
        p
        for p in frontier.plan("courrier", Decider(run_id="?", refetch=True), at, 99)
        if p.url == url
    ]
    outcome = Outcome(state=state, run_id=run_id, fetched_at=at, validators=validators)
    exchange = Exchange(
        run_id=run_id, source="courrier", kind="article", url=url, fetched_at=at, status=200
    )
    archive.record(exchange, frontier.settle(one.key, outcome))
    archive.end_run(run_id, at)
    return run_id
