"""The pace of hosts: what they ask for, and what they get."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from tests.crawler.hostile.conftest import crawl
from tests.crawler.hostile.site import absent, story
from tests.crawler.hostile.traps import once, status, to

if TYPE_CHECKING:
    from tests.crawler.hostile.site import Call, Site

# The moment that the crawls of these tests believe in.
NIGHT = datetime(2026, 5, 4, 2, tzinfo=UTC)


def gaps(site: Site, name: str) -> list[float]:
    times = [call.at for call in site.asked(name)]
    return [after - before for before, after in pairwise(times)]


def robots(text: str) -> Any:
    return lambda call: call.reply(text.encode(), Content_Type="text/plain")


def test_a_busy_host_is_left_alone_for_as_long_as_it_asks(bench: Any, site: Site) -> None:
    date = format_datetime(NIGHT + timedelta(seconds=2), usegmt=True)
    busy = {
        "seconds": status(503, Retry_After="2"),
        "date": status(429, Retry_After=date),
        "silent": status(429),
    }
    for name, handler in busy.items():
        site.add(name, {"/trap/": once(handler), "/good/": story})
    site.add(
        "busy-robots", {"/robots.txt": once(status(503, Retry_After="2"), absent), "/a/": story}
    )
    sources = map(site.source, (*busy, "busy-robots"))
    night = crawl(bench, site, *sources, delay_s=0.05)
    for name in busy:
        first = site.paths(name).index("/trap/")
        assert gaps(site, name)[first] >= (0.5 if name == "silent" else 2.0)
        assert night.summary[name]["fetched"] == 2
    assert gaps(site, "busy-robots")[0] >= 2.0
    assert night.summary["busy-robots"]["fetched"] == 1


def test_a_host_that_asks_for_too_long_a_pause_rests_until_the_next_night(
    bench: Any, site: Site
) -> None:
    site.add("rest", {"/trap/": status(503, Retry_After="301"), "/good/": story})
    night = crawl(bench, site, site.source("rest"))
    assert site.paths("rest")[-1] == "/trap/"
    assert site.paths("rest").count("/trap/") == 1
    reason = "left for the next run: rest.example asks to be left alone for 301 s"
    assert night.summary["rest"]["warning"] == reason
    assert night.article("rest", "/trap/") == ("pending", None)


def test_robots_redirects_and_retries_count_in_the_gap(bench: Any, site: Site) -> None:
    pages = {"/a/": to("/a/1"), "/a/1": story, "/b/": once(status(500)), "/c/": story}
    site.add("slow", {"/robots.txt": robots("User-agent: *\nCrawl-delay: 0.4"), **pages})
    crawl(bench, site, site.source("slow"))
    assert len(site.calls) >= 8
    assert min(gaps(site, "slow")) >= 0.4


def test_a_redirect_to_another_host_is_paced_by_that_host(bench: Any, site: Site) -> None:
    site.add("shared", {"/robots.txt": robots("User-agent: *\nCrawl-delay: 0.4"), "/x/": story})
    names = ["first", "second", "third"]
    for name in names:
        site.add(
            name, {f"/{number}/": to(site.url("shared.example", "/x/")) for number in range(2)}
        )
    shared = site.source("shared")
    crawl(bench, site, *map(site.source, names), shared)
    # The first gap may be shorter: it lies before robots.txt was read.
    assert len(gaps(site, "shared")) >= 7
    assert min(gaps(site, "shared")[1:]) >= 0.4
    assert site.most_at_once["shared.example"] == 1


def test_the_delay_counts_from_the_answer(bench: Any, site: Site) -> None:
    def slow(call: Call) -> None:
        call.site.is_closed.wait(0.5)
        call.reply()

    site.add("slow", {f"/{number}/": slow for number in range(3)})
    crawl(bench, site, site.source("slow"), delay_s=0.3)
    first = site.paths("slow").index("/0/")
    assert min(gaps(site, "slow")[first:]) >= 0.8


def test_a_host_that_takes_too_long_in_all_is_left_for_the_next_night(
    bench: Any, site: Site
) -> None:
    def slow(call: Call) -> None:
        call.site.is_closed.wait(0.7)
        call.reply()

    site.add("slow", {f"/{number}/": slow for number in range(9)})
    night = crawl(bench, site, site.source("slow"), max_host_s=1)
    assert 2 <= night.summary["slow"]["fetched"] <= 4
    reason = "left for the next run: slow.example took 1 s of this run"
    assert night.summary["slow"]["warning"] == reason


def test_a_crawl_ends_at_its_deadline(bench: Any, site: Site) -> None:
    def slow(call: Call) -> None:
        call.site.is_closed.wait(0.3)
        call.reply()

    site.add("slow", {f"/{number}/": slow for number in range(50)})
    night = crawl(bench, site, site.source("slow"), max_crawl_s=2)
    assert night.summary["slow"]["fetched"] < 20
    assert night.timed_out


def test_an_end_does_not_wait_for_the_pauses_of_hosts(bench: Any, site: Site) -> None:
    site.add("slow", {"/robots.txt": robots("User-agent: *\nCrawl-delay: 25"), "/a/": story})
    night = crawl(bench, site, site.source("slow"), max_crawl_s=2)
    assert site.paths("slow") == ["/robots.txt"]
    assert night.timed_out
