"""Every way in which a robots.txt is served, at real sockets."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.crawler.hostile.robots_modes import CLOSED, OPEN, REDIRECTED, RULED

if TYPE_CHECKING:
    from tests.crawler.hostile.conftest import Night

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
