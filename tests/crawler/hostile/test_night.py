"""One crawl over every trap and every robots.txt of the hostile site: what comes of each.

In one file, so that workers of the test runner do not make the same crawl twice.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.crawler.hostile.robots_modes import CLOSED, OPEN, REDIRECTED, RULED
from tests.crawler.hostile.traps import BORNE, FAILING

if TYPE_CHECKING:
    from tests.crawler.hostile.conftest import Night

pytestmark = pytest.mark.slow
EVERY = [*CLOSED, *OPEN, *RULED, *REDIRECTED]


@pytest.mark.parametrize("mode", CLOSED)
def test_a_host_without_an_answer_for_robots_is_left_alone_and_reported(
    night: Night, mode: str
) -> None:
    name = f"robots-{mode}"
    assert set(night.site.paths(name)) == {"/robots.txt"}
    feed = night.site.url(f"{name}.example", "/feed.xml")
    assert night.summary[name]["error"] == f"{feed}: {CLOSED[mode][1]}"


@pytest.mark.parametrize("mode", OPEN)
def test_a_host_without_rules_is_open(night: Night, mode: str) -> None:
    assert night.summary[f"robots-{mode}"]["fetched"] == 2


@pytest.mark.parametrize("mode", [*RULED, "five-hops"])
def test_the_rules_of_a_file_hold_however_it_is_served(night: Night, mode: str) -> None:
    name = f"robots-{mode}"
    assert "/private/a/" not in night.site.paths(name)
    assert night.article(name, "/private/a/") == ("failed", "refused")
    assert night.article(name, "/open/b/") == ("fetched", None)


def test_a_file_behind_more_redirects_than_are_followed_is_absent(night: Night) -> None:
    assert night.summary["robots-seven-hops"]["fetched"] == 2
    assert night.site.paths("robots-seven-hops").count("/hop/5") == 1
    assert "/hop/6" not in night.site.paths("robots-seven-hops")


@pytest.mark.parametrize("mode", EVERY)
def test_robots_comes_before_everything_else(night: Night, mode: str) -> None:
    assert night.site.paths(f"robots-{mode}")[0] == "/robots.txt"


def test_of_an_endless_file_no_more_is_taken_than_counts(night: Night) -> None:
    (call,) = (call for call in night.site.asked("robots-huge") if call.path == "/robots.txt")
    # What is in the sockets' buffers on both sides was sent, and never read.
    assert call.sent < 30_000_000


@pytest.mark.parametrize("trap", FAILING)
def test_a_trap_costs_what_it_may_and_no_more(night: Night, trap: str) -> None:
    _, error, kind, requests = FAILING[trap]
    assert night.errors(trap) == [error]
    assert night.article(trap, "/trap/") == ("failed", kind)
    asked = [path for path in night.site.paths(trap) if path.startswith("/trap/")]
    assert len(asked) == requests


@pytest.mark.parametrize("trap", [*FAILING, *BORNE, "five-redirects"])
def test_the_page_behind_a_trap_is_fetched(night: Night, trap: str) -> None:
    assert night.article(trap, "/good/") == ("fetched", None)


@pytest.mark.parametrize("trap", [*BORNE, "five-redirects"])
def test_what_is_odd_and_harmless_is_fetched(night: Night, trap: str) -> None:
    assert night.article(trap, "/trap/") == ("fetched", None)


def test_nothing_that_was_cut_is_kept_as_a_page(night: Night) -> None:
    query = "SELECT count(*) FROM pages WHERE error IS NULL AND is_final AND status = 200"
    query += " AND kind = 'article' AND url LIKE '%cut-%' AND url NOT LIKE '%once%'"
    assert night.bench.rows(query + " AND url LIKE '%/trap/'") == [(0,)]


def test_no_cookie_and_no_referrer_is_ever_sent(night: Night) -> None:
    assert not [call for call in night.site.calls if {"cookie", "referer"} & call.headers.keys()]


def test_a_host_is_asked_one_thing_at_a_time(night: Night) -> None:
    assert max(night.site.most_at_once.values()) == 1


def test_the_memory_of_the_crawl_is_bounded(night: Night) -> None:
    assert night.peak_mb < 500


def test_an_article_that_leads_to_a_closed_host_has_failed(night: Night) -> None:
    assert night.article("led-away", "/trap/") == ("failed", "refused")
    assert night.article("led-away", "/missing/") == ("gone", None)
