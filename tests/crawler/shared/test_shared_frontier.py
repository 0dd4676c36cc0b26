"""What one machine knows of a site, the next one knows."""

from __future__ import annotations

import asyncio
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest
from typer.testing import CliRunner

from crawler.cli import app
from crawler.freshness import State
from crawler.frontier import Frontier
from crawler.redis_server import address_of
from crawler.shared_frontier import SharedFrontier, tell_changed
from newsgrain.archive import Archive
from newsgrain.errors import ConfigError
from tests.crawler.frontier_steps import (
    DAY,
    FEED,
    HOUR,
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


@pytest.fixture
def machine(tmp_path, server):
    @contextmanager
    def opened(name: str) -> Iterator[tuple[Archive, SharedFrontier]]:
        with Archive.open(tmp_path / name) as archive:
            yield archive, SharedFrontier(archive, ["courrier"], server=server, place="redis://x")

    return opened


def load(frontier: Frontier) -> None:
    asyncio.run(frontier.load("courrier"))


def test_what_one_machine_discovered_the_next_one_plans(machine) -> None:
    with machine("one") as (_, frontier):
        load(frontier)
        discover(frontier, article("/a"), article("/b"))
    with machine("other") as (_, frontier):
        assert planned(frontier) == []
        load(frontier)
        assert sorted(planned(frontier)) == [("/a", "fetch"), ("/b", "fetch")]
        assert frontier.discovery_validators(SOURCE, FEED) == (TAGS, 2)


def test_what_one_machine_archived_the_next_one_does_not_ask_for(machine) -> None:
    with machine("one") as (archive, frontier):
        load(frontier)
        discover(frontier, article("/a"), article("/b"), article("/c"))
        fetch(archive, frontier, "/a")
        frontier.share()
        fetch(archive, frontier, "/c", state=State.GONE)
        frontier.share()
    with machine("other") as (_, frontier):
        load(frontier)
        assert planned(frontier) == [("/b", "fetch")]
        assert ("/a", "revalidate") in planned(frontier, now=NOW + 30 * HOUR)


def test_what_was_committed_before_a_process_was_killed_is_shared_by_the_next(machine) -> None:
    with machine("one") as (archive, frontier):
        load(frontier)
        discover(frontier, article("/a"))
        fetch(archive, frontier, "/a")  # and killed before `share`
    with machine("one"):
        pass
    with machine("other") as (_, frontier):
        load(frontier)
        assert planned(frontier) == []


def test_a_site_comes_back_to_a_machine_with_what_others_did(machine) -> None:
    with machine("one") as (_, frontier):
        load(frontier)
        discover(frontier, article("/a"))
    with machine("other") as (archive, frontier):
        load(frontier)
        fetch(archive, frontier, "/a")
        frontier.share()
        discover(frontier, article("/new"), now=NOW + DAY)
    with machine("one") as (_, frontier):
        load(frontier)
        assert ("/new", "fetch") in planned(frontier, now=NOW + DAY)
        assert ("/a", "fetch") not in planned(frontier, now=NOW + DAY)


def test_a_site_that_stayed_with_a_machine_is_not_sent_again(machine, server) -> None:
    with machine("one") as (_, frontier):
        load(frontier)
        discover(frontier, article("/a"))
        server.delete("newsgrain:articles:courrier")
        load(frontier)
        assert planned(frontier) == [("/a", "fetch")]


def test_what_a_machine_knew_alone_is_shared_when_others_join(machine, tmp_path) -> None:
    with Archive.open(tmp_path / "one") as archive:
        frontier = Frontier(archive, ["courrier"])
        discover(frontier, article("/a"), article("/b"))
        fetch(archive, frontier, "/a")
    with machine("one") as (_, frontier):
        load(frontier)
    with machine("other") as (_, frontier):
        load(frontier)
        assert planned(frontier) == [("/b", "fetch")]


def test_many_rows_are_shared(machine) -> None:
    with machine("one") as (_, frontier):
        load(frontier)
        discover(frontier, *(article(f"/{number}") for number in range(2500)))
    with machine("other") as (_, frontier):
        load(frontier)
        assert len(planned(frontier, limit=9999)) == 2500


def test_a_transaction_that_is_undone_is_not_shared(machine, server) -> None:
    with machine("one") as (archive, frontier):
        load(frontier)
        discover(frontier, article("/a"))
        before = server.hgetall("newsgrain:articles:courrier")

        def fail(_: object) -> None:
            raise RuntimeError

        with pytest.raises(RuntimeError):
            fetch_with(archive, frontier, fail)
        frontier.share()
        assert server.hgetall("newsgrain:articles:courrier") == before


def fetch_with(archive: Archive, frontier: Frontier, fail) -> None:
    settle = frontier.settle

    def both(key, outcome):
        write = settle(key, outcome)

        def run(connection):
            write(connection)
            fail(connection)

        return run

    frontier.settle = both
    try:
        fetch(archive, frontier, "/a")
    finally:
        frontier.settle = settle


def test_what_a_merge_saw_changed_every_machine_hears_of(machine, server) -> None:
    url = "https://courrier.example/a"
    with machine("one") as (archive, frontier):
        load(frontier)
        discover(frontier, article("/a"))
        fetch(archive, frontier, "/a")
        discover(frontier, article("/a", modified="2026-05-10T08:00:00Z"), now=NOW + DAY)
        fetch(archive, frontier, "/a", at=NOW + DAY)
        frontier.share()
        assert vain(archive) == 1
        tell_changed(server, "redis://x", {"courrier": [url, "https://courrier.example/unknown"]})
        load(frontier)
        assert vain(archive) == 0


def vain(archive: Archive) -> int:
    (row,) = archive.connection.execute("SELECT vain FROM frontier_articles").fetchall()
    return int(row[0])


def test_the_address_comes_from_the_command_line_or_from_the_environment() -> None:
    variable = {"NEWSGRAIN_FRONTIER": "redis://ada:secret@queue.example/0"}
    assert address_of(None, {}) is None
    assert address_of("redis://queue.example/1", variable) == "redis://queue.example/1"
    assert address_of(None, variable) == variable["NEWSGRAIN_FRONTIER"]


@pytest.mark.parametrize(
    "option",
    [
        "redis://ada:secret@queue.example/0",
        "redis://queue.example/0?password=secret",
        "http://ada:secret@queue.example/",
        "redis:///",
    ],
)
def test_an_address_that_cannot_be_used_is_refused_without_its_password(option) -> None:
    with pytest.raises(ConfigError) as caught:
        address_of(option, {})
    assert "secret" not in str(caught.value)


@pytest.mark.parametrize("address", ["http://ada:secret@queue.example/", "redis:///", "queue"])
def test_what_is_no_address_is_refused_in_the_environment_too(address) -> None:
    with pytest.raises(ConfigError, match="is an address such as") as caught:
        address_of(None, {"NEWSGRAIN_FRONTIER": address})
    assert "secret" not in str(caught.value)


_CONFIG = """
[crawl]
contact = "desk@example.org"
[[source]]
name = "courrier"
url = "https://courrier.example/"
"""


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--frontier", "redis://ada:secret@queue.example/0"], "belongs into NEWSGRAIN_FRONTIER"),
        (["--frontier", "redis://queue.example/0", "--shard", "1/2"], "choose one"),
    ],
)
def test_the_command_refuses_what_cannot_be_in_one_line(tmp_path, options, message) -> None:
    pytest.importorskip("redis", reason="the extra redis is not installed")
    (tmp_path / "newsgrain.toml").write_text(_CONFIG)
    done = CliRunner().invoke(app, ["crawl", *options, "--workspace", str(tmp_path)])
    assert done.exit_code == 2
    assert message in done.stderr
    assert "secret" not in done.output
    assert done.stderr.count("\n") == 1
