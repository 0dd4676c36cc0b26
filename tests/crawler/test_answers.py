"""What answers are worth in a crawl: pages, failures, and listings that cannot be read."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

DATE = "Sun, 03 May 2026 10:00:00 +0200"


def test_a_listing_that_brings_its_reader_down_is_a_failure(
    newspaper: Any, bench: Any, source_of: Callable[..., str]
) -> None:
    newspaper.feed("/feed/", {newspaper.article("/a/"): DATE})
    bench.configure(source_of(newspaper, more=f'feeds = ["{newspaper.url("/feed/")}"]'))
    process = bench.start(settings={"EXTENSIONS": {"breaking.BrokenReader": 0}})
    out, err = process.communicate(timeout=30)
    (source,) = json.loads(out)["sources"]
    reason = "could not be read: ZeroDivisionError"
    assert source["error"] == f"{newspaper.url('/feed/')}: {reason}"
    assert "Traceback" in err
    assert "event=listing_failed" in err


def test_what_is_no_page_is_neither_counted_nor_kept_as_one(
    newspaper: Any, bench: Any, reply: Any, source_of: Callable[..., str]
) -> None:
    newspaper.article("/", "front page")
    newspaper.article("/live/ticker/")
    answers = {
        "/home/": reply(status=302, headers={"Location": "/"}),
        "/live/": reply(status=302, headers={"Location": "/live/ticker/"}),
        "/same/": reply(status=304),
        "/empty/": reply(headers={"ETag": '"e"'}),
        "/proxy/": reply(status=203, body=b"<p>story</p>"),
    }
    for path, answer in answers.items():
        newspaper.set(path, answer)
    newspaper.feed("/feed/", {newspaper.url(path): DATE for path in answers})
    feed = f'feeds = ["{newspaper.url("/feed/")}"]\nexclude = ["/live/ticker"]'
    bench.configure(source_of(newspaper, more=feed))
    (source,) = bench.crawl()["sources"]
    assert (source["fetched"], source["not_modified"], source["failed"]) == (1, 0, 4)
    states = bench.states()
    assert [path for path, state in states.items() if state == "fetched"] == ["/proxy/"]
    assert sorted(set(states.values())) == ["failed", "fetched"]
    rows = bench.rows("SELECT url, error FROM pages WHERE kind = 'article' AND is_final")
    assert {"/" + url.split("/", 3)[3]: error for url, error in rows} == {
        "/": "redirected out of scope",
        "/live/ticker/": "redirected out of scope",
        "/same/": "304 to an unconditional request",
        "/empty/": "an answer without a body",
        "/proxy/": None,
    }
    assert bench.rows("SELECT count(*) FROM frontier_articles WHERE etag IS NOT NULL") == [(0,)]
