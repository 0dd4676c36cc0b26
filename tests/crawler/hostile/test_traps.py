"""Every trap of the hostile site: what comes of it, and that the crawl goes on behind it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.crawler.hostile.traps import BORNE, FAILING

if TYPE_CHECKING:
    from tests.crawler.hostile.conftest import Night


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
