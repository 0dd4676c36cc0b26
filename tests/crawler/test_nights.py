"""Three nights at one newspaper: what is asked for, archived and remembered."""

from __future__ import annotations

import gzip
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest

from newsgrain.archive import Archive, PageRow, read_body

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

DATE = "Sun, 03 May 2026 10:00:00 +0200"
GZIPPED = gzip.compress(b"<html><body><p>packed story</p></body></html>")
LISTED = (
    "/story/?utm_source=rss",
    "/edited/",
    "/moved/",
    "/gone/",
    "/flaky/",
    "/cut/",
    "/large/",
    "/private/memo",
    "/packed/",
    "/photo.jpg",
)


def print_first_edition(paper: Any, reply: Any) -> None:
    paper.set("/robots.txt", reply(body=b"User-agent: *\nDisallow: /private/\n"))
    paper.article("/story/?utm_source=rss", ETag='"s1"', Set_Cookie="id=1")
    paper.article("/edited/", "first words", Last_Modified="Sun, 03 May 2026 08:00:00 GMT")
    paper.set("/moved/", reply(status=301, headers={"Location": "/moved-here/"}))
    paper.article("/moved-here/")
    paper.set("/gone/", reply(status=410))
    html = {"Content-Type": "text/html"}
    paper.set("/flaky/", reply(status=500), reply(body=b"<p>at last</p>", headers=html))
    paper.set("/cut/", reply(body=b"x" * 1000, cut=100, headers=html))
    paper.set("/large/", reply(body=b"x" * 300_000, headers=html))
    paper.set("/packed/", reply(body=GZIPPED, headers={**html, "Content-Encoding": "gzip"}))
    addresses = [*map(paper.url, LISTED), paper.url("/x", host="elsewhere.example")]
    paper.feed("/feed/", dict.fromkeys(addresses, DATE), ETag='"f1"')


@pytest.fixture(scope="module")
def nights(
    kit: Any, source_of: Callable[..., str], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[SimpleNamespace]:
    paper, bench = kit.Newspaper(), kit.Bench(tmp_path_factory.mktemp("workspace"))
    print_first_edition(paper, kit.Reply)
    feed = f'feeds = ["{paper.url("/feed/")}"]'
    bench.configure(source_of(paper, more=feed), crawl="max_body_mb = 0.2")
    result = SimpleNamespace(paper=paper, bench=bench)

    def night(now: str) -> SimpleNamespace:
        before = len(paper.asked)
        summary = bench.crawl(now=now)
        asked = paper.asked[before:]
        return SimpleNamespace(
            summary=summary,
            source=summary["sources"][0],
            asked=asked,
            paths=[one.path for one in asked],
            rows=bench.pages(),
            states=bench.states(),
        )

    result.first = night("2026-05-04T02:00:00+00:00")
    paper.article("/edited/", "second words", Last_Modified="Mon, 04 May 2026 08:00:00 GMT")
    paper.article("/new/")
    addresses = [*map(paper.url, LISTED), paper.url("/new/")]
    paper.feed("/feed/", dict.fromkeys(addresses, DATE), ETag='"f2"')
    result.second = night("2026-05-05T02:00:00+00:00")
    result.third = night("2026-05-07T02:00:00+00:00")
    result.much_later = night("2026-06-06T02:00:00+00:00")
    yield result
    paper.close()


def test_every_request_has_one_row_in_the_order_of_the_answers(nights: Any) -> None:
    assert sorted(path for _, path, _, _ in nights.first.rows) == sorted(nights.first.paths)
    assert nights.first.source["requests"] == len(nights.first.paths)
    assert [kind for kind, *_ in nights.first.rows[:2]] == ["robots", "feed"]
    assert {kind for kind, *_ in nights.first.rows[2:]} == {"article"}


def rows_of(night: Any, *paths: str) -> list[tuple[int | None, bool]]:
    return [(status, is_final) for _, path, status, is_final in night.rows if path in paths]


@pytest.mark.parametrize(
    ("paths", "rows", "state"),
    [
        (("/story/?utm_source=rss",), [(200, True)], "fetched"),
        (("/moved/", "/moved-here/"), [(301, False), (200, True)], "fetched"),
        (("/gone/",), [(410, True)], "gone"),
        (("/flaky/",), [(500, False), (200, True)], "fetched"),
        (("/cut/",), [(None, False), (None, False), (None, True)], "failed"),
        (("/large/",), [(None, True)], "failed"),
        (("/private/memo",), [], "failed"),
    ],
)
def test_each_kind_of_answer_has_its_rows_and_its_state(
    nights: Any, paths: tuple[str, ...], rows: list[Any], state: str
) -> None:
    assert rows_of(nights.first, *paths) == rows
    assert nights.first.states[paths[0]] == state


def test_only_pages_of_the_site_are_asked_for(nights: Any) -> None:
    assert "/photo.jpg" not in nights.first.paths
    assert {one.host.partition(":")[0] for one in nights.first.asked} == {"courrier.example"}


def test_errors_are_told_in_words(nights: Any) -> None:
    rows = nights.bench.rows(
        "SELECT DISTINCT error FROM pages WHERE error IS NOT NULL ORDER BY error"
    )
    assert rows == [("the answer is too large",), ("the answer was cut short",)]


def first_row(nights: Any, archive: Archive, path: str) -> PageRow:
    """Return the only request for a path in the first night."""
    rows = archive.pages(upto=len(nights.first.rows))
    (row,) = [one for one in rows if one.url.endswith(path)]
    return row


def test_bodies_are_archived_as_received_and_read_back_decoded(nights: Any) -> None:
    with Archive.open(nights.bench.root / "archive") as archive:
        row = first_row(nights, archive, "/packed/")
        assert row.body_bytes == len(GZIPPED)
        assert read_body(row, archive.folder) == gzip.decompress(GZIPPED)


def test_what_the_feed_said_stands_with_the_page(nights: Any) -> None:
    with Archive.open(nights.bench.root / "archive") as archive:
        row = first_row(nights, archive, "/moved-here/")
    moved = nights.paper.url("/moved/")
    assert [(hint.field, hint.value, hint.source) for hint in row.hints] == [
        ("title", f"About {moved}", "feed"),
        ("date_published", DATE, "feed"),
        ("requested_url", moved, "redirect"),
    ]


def test_the_crawler_says_who_it_is_and_carries_nothing_else(nights: Any) -> None:
    for one in nights.first.asked:
        assert one.headers["User-Agent"].startswith("newsgrain/")
        assert one.headers["User-Agent"].endswith("(+desk@example.org)")
        assert one.headers["Accept-Encoding"] == "gzip, deflate"
        assert not {"Cookie", "Referer", "If-None-Match", "If-Modified-Since"} & set(one.headers)


def test_the_summary_counts_what_happened(nights: Any) -> None:
    first = nights.first.source
    assert (first["discovered"], first["fetched"], first["failed"]) == (11, 5, 4)
    assert first["skipped"] == 2  # another site's page, and a photo
    assert first["bytes"] > len(GZIPPED)
    assert (first["error"], first["is_silent"], first["warning"]) == (None, False, None)
    assert not nights.first.summary["interrupted"]


def test_the_second_night_asks_only_for_what_may_be_new(nights: Any) -> None:
    paths = nights.second.paths
    assert {"/robots.txt", "/feed/", "/new/"} <= set(paths)
    assert not {"/gone/", "/private/memo"} & set(paths)
    assert paths.count("/story/?utm_source=rss") == 1


def test_unchanged_articles_answer_304_and_edited_ones_come_again(nights: Any) -> None:
    rows = nights.second.rows[len(nights.first.rows) :]
    status = {path: status for _, path, status, _ in rows}
    assert status["/story/?utm_source=rss"] == 304
    assert status["/edited/"] == 200
    assert nights.second.source["not_modified"] == 1
    asked = {one.path: one.headers for one in nights.second.asked}
    assert asked["/story/?utm_source=rss"]["If-None-Match"] == '"s1"'
    assert asked["/edited/"]["If-Modified-Since"] == "Sun, 03 May 2026 08:00:00 GMT"


def test_an_unchanged_feed_still_has_its_young_articles_looked_at(nights: Any) -> None:
    rows = {path: status for _, path, status, _ in nights.third.rows[len(nights.second.rows) :]}
    assert rows["/feed/"] == 304
    assert rows["/story/?utm_source=rss"] == rows["/edited/"] == 304
    assert nights.third.source["discovered"] == 11
    assert not nights.third.source["is_silent"]


def test_old_articles_are_left_alone(nights: Any) -> None:
    assert set(nights.much_later.paths) == {"/feed/", "/robots.txt", "/cut/", "/large/"}


def test_an_address_that_failed_waits_and_is_asked_for_again(nights: Any) -> None:
    assert "/cut/" not in nights.second.paths
    assert "/cut/" in nights.third.paths
    assert "/cut/" in nights.much_later.paths


def test_the_crawl_process_loads_nothing_that_cleans(nights: Any) -> None:
    assert nights.first.summary["heavy"] == []


def test_log_lines_are_pairs_without_bodies(nights: Any) -> None:
    lines = [line for line in nights.first.summary["log"].splitlines() if "newsgrain.crawl" in line]
    assert all(" event=" in line for line in lines)
    assert "first words" not in nights.first.summary["log"]


def test_the_archive_passes_the_reference_check(nights: Any, tmp_path: Path) -> None:
    from warcio.checker import Checker

    class Options:
        inputs = tuple(map(str, (nights.bench.root / "archive").glob("*.warc.gz")))
        verbose = True

    assert Options.inputs
    checker = Checker(Options)
    assert checker.process_all() == 0
    assert tmp_path.exists()
