"""Groups of sites belong to one worker at a time, and to none for ever."""

from __future__ import annotations

from typing import Any

import pytest

from crawler.turns import MAX_DELIVERIES, Turns
from newsgrain.errors import ConfigError, FrontierError

GROUPS = ("a.example", "b.example", "c.example")
LEASE_S = 100.0


class Workers:
    """Workers with a clock of their own, on a server whose clock is moved by moving its entries."""

    def __init__(self, server: Any) -> None:
        self.server = server
        self.now = 1000.0

    def new(self, name: str) -> Turns:
        return Turns(
            self.server, place="redis://x", worker=name, lease_s=LEASE_S, clock=lambda: self.now
        )

    def wait(self, seconds: float) -> None:
        """Let time pass, for the workers and for what is pending on the server."""
        self.now += seconds
        for one in self.server.xpending_range("newsgrain:turns", "crawlers", "-", "+", 1000):
            idle = int(one["time_since_delivered"] + seconds * 1000)
            self.server.xclaim(
                "newsgrain:turns", "crawlers", one["consumer"], 0, [one["message_id"]],
                idle=idle, justid=True,
            )  # fmt: skip


@pytest.fixture
def workers(server) -> Workers:
    return Workers(server)


def test_each_group_is_taken_by_one_worker(workers) -> None:
    one, other = workers.new("one"), workers.new("other")
    assert one.join(GROUPS, "d") == other.join(GROUPS, "d")
    assert one.take(2) == (["a.example", "b.example"], [])
    assert other.take(2) == (["c.example"], [])
    assert other.take(2) == ([], [])
    assert (one.held, other.held) == (("a.example", "b.example"), ("c.example",))


def test_a_round_is_over_when_all_is_finished_and_the_stream_is_empty_then(workers, server) -> None:
    one = workers.new("one")
    one.join(GROUPS, "d")
    one.take(9)
    for group in GROUPS:
        assert not one.is_over()
        assert one.finish(group)
    assert one.is_over()
    assert server.xlen("newsgrain:turns") == 0
    assert server.xpending("newsgrain:turns", "crawlers")["pending"] == 0


def test_who_comes_late_has_nothing_to_do_and_the_next_night_is_a_round_of_its_own(
    workers, server
) -> None:
    one, late, next_night = workers.new("one"), workers.new("late"), workers.new("next")
    first = one.join(GROUPS, "d")
    one.take(9)
    for group in GROUPS:
        one.finish(group)
    assert late.join(GROUPS, "d") == first
    assert late.is_over()
    server.hincrby("newsgrain:round", "began", -11 * 60_000)
    assert next_night.join(GROUPS, "d") > first
    assert next_night.take(9) == (list(GROUPS), [])


def test_a_round_begins_with_what_is_new_and_then_with_what_took_longest(workers, server) -> None:
    one = workers.new("one")
    one.join(GROUPS, "d")
    one.take(9)
    for group, seconds in (("b.example", 5), ("a.example", 300), ("c.example", 20)):
        workers.now += seconds
        one.finish(group)
    server.hincrby("newsgrain:round", "began", -11 * 60_000)
    one.join((*GROUPS, "new.example"), "e")
    assert one.take(9)[0] == ["new.example", "c.example", "a.example", "b.example"]


def test_a_worker_that_joins_does_not_begin_anew(workers) -> None:
    one, other = workers.new("one"), workers.new("other")
    one.join(GROUPS, "d")
    one.take(1)
    one.finish("a.example")
    other.join(GROUPS, "d")
    assert other.take(9) == (["b.example", "c.example"], [])


def test_another_configuration_is_refused_while_a_round_is_under_way(workers) -> None:
    workers.new("one").join(GROUPS, "d")
    with pytest.raises(ConfigError, match="all machines need the same one"):
        workers.new("other").join(GROUPS[:1], "e")


def test_a_lease_that_is_renewed_is_kept(workers) -> None:
    one, other = workers.new("one"), workers.new("other")
    one.join(GROUPS, "d")
    one.take(9)
    for _ in range(5):
        workers.wait(LEASE_S * 0.4)
        assert one.renew() == []
        assert other.take(9) == ([], [])
        assert all(map(one.may_ask, GROUPS))


def test_a_worker_that_is_silent_is_relieved_and_takes_nothing_back(workers) -> None:
    one, other = workers.new("one"), workers.new("other")
    one.join(GROUPS, "d")
    one.take(2)
    workers.wait(LEASE_S * 0.99)
    assert other.take(1) == (["c.example"], [])
    workers.wait(LEASE_S * 0.02)
    assert other.take(1) == (["a.example"], [])
    assert one.renew() == ["a.example"]
    assert one.held == ("b.example",)
    workers.wait(LEASE_S * 0.5)
    assert other.renew() == []


def test_a_group_that_was_taken_over_cannot_be_finished_by_who_had_it(workers) -> None:
    one, other = workers.new("one"), workers.new("other")
    one.join(GROUPS, "d")
    one.take(1)
    workers.wait(LEASE_S + 1)
    assert other.take(1) == (["a.example"], [])
    assert one.finish("a.example") is False
    assert not one.is_over()
    assert other.finish("a.example") is True


def test_a_paused_worker_stops_asking_before_another_may_begin(workers) -> None:
    """Half a lease lies between the two, for what was begun and for the delay of the host."""
    one, other = workers.new("one"), workers.new("other")
    one.join(GROUPS, "d")
    one.take(1)
    workers.wait(LEASE_S * 0.49)
    assert one.may_ask("a.example")
    workers.wait(LEASE_S * 0.02)
    assert not one.may_ask("a.example")
    assert other.take(1) != (["a.example"], [])
    assert one.renew() == []
    assert one.may_ask("a.example"), "nobody took over, so it may go on"


def test_a_renewal_counts_from_before_it_was_sent(workers, server) -> None:
    """Whatever the way to the server takes is the worker's loss."""
    one = workers.new("one")
    one.join(GROUPS, "d")
    one.take(1)
    slow = server.eval

    def eval_slowly(*arguments: object) -> object:
        answer = slow(*arguments)
        workers.now += LEASE_S * 0.6
        return answer

    server.eval = eval_slowly
    one.renew()
    assert not one.may_ask("a.example")


def test_a_group_that_ends_workers_is_given_up_for_the_round(workers) -> None:
    workers.new("first").join(GROUPS[:1], "d")
    for number in range(MAX_DELIVERIES):
        assert workers.new(f"worker {number}").take(9) == (["a.example"], [])
        workers.wait(LEASE_S + 1)
    last = workers.new("last")
    assert last.take(9) == ([], ["a.example"])
    assert last.held == ()
    assert last.is_over()


def test_a_silent_worker_is_found_behind_many_live_ones(workers) -> None:
    groups = [f"g{number:03}.example" for number in range(200)]
    dead, live, other = workers.new("dead"), workers.new("live"), workers.new("other")
    live.join(groups, "d")
    live.take(199)
    dead.take(1)
    for _ in range(3):
        workers.wait(LEASE_S * 0.4)
        live.renew()
    found = [group for _ in range(40) for group in other.take(1)[0]]
    assert found == ["g199.example"]


def test_a_server_that_cannot_be_reached_is_named_without_its_password() -> None:
    from crawler.redis_server import open_server

    server, place = open_server("redis://ada:secret@127.0.0.1:1/0")
    server.connection_pool.connection_kwargs["retry"] = None
    turns = Turns(server, place=place, worker="w", lease_s=1)
    with pytest.raises(FrontierError) as caught:
        turns.is_over()
    assert "redis://127.0.0.1:1/0" in str(caught.value)
    assert "secret" not in str(caught.value)
    assert "ada" not in str(caught.value)
    assert "\n" not in str(caught.value)
