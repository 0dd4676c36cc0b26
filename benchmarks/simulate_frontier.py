"""A night of 10,000 hosts in virtual time: how long, with how many machines, and what limits it.

    python benchmarks/simulate_frontier.py                 # the table of docs/scale.md
    python benchmarks/simulate_frontier.py --hosts 1000 --crawlers 1 2 --seed 7

The politeness is the program's own: its delay and jitter (`crawler.settings.paced`), one request
at a time per host, its limits of requests under way and of groups per machine, its division into
shards (`crawler.shards`). What a night holds and what a request costs are options; their defaults
are measured, or assumed, in docs/scale.md. The same seed gives the same figures on every machine.

A crawler is one process and one core: every answer costs it CPU, during which it handles no other.
"""

from __future__ import annotations

import argparse
import heapq
import random
from collections import deque
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from crawler.configuration import CrawlLimits, Source
from crawler.settings import CONCURRENT_REQUESTS, paced
from crawler.shards import Shard, sources_of
from crawler.shift import GROUPS_A_LOOK, GROUPS_AT_ONCE, LOOK_EVERY_S

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

_WINDOW = 2  # requests of a source under way, as in the spider
_HOUR = 3600.0


@dataclass(slots=True, eq=False)
class Host:
    """One site of the night.

    Attributes:
        name: its registrable domain.
        left: requests that it is still to be asked.
        delay_s: least seconds between two of them.
        answer_s: seconds that it takes for an answer, in the middle.
        open: requests that were begun and have not ended.
        ready: when it may be asked next.
        waiting: requests in its slot.
        is_busy: one is under way.
    """

    name: str
    left: int
    delay_s: float
    answer_s: float
    open: int = 0
    ready: float = 0.0
    waiting: int = 0
    is_busy: bool = False


@dataclass(slots=True)
class Night:
    """What came of a simulated night.

    Attributes:
        ends: when each crawler's last answer was handled, seconds.
        busy: CPU seconds of each crawler.
        requests: answers.
        host_ends: when each host's last answer came.
        shortest_gap: least seconds between two requests to one host, by its delay.
    """

    ends: list[float] = field(default_factory=list)
    busy: list[float] = field(default_factory=list)
    requests: int = 0
    host_ends: list[float] = field(default_factory=list)
    shortest_gap: float = float("inf")


class Crawler:
    """One crawler: a queue, a bounded number of requests under way, one core.

    Args:
        night: is told what happens.
        source: gives the next host, where hosts are taken in turns; None: all are there at once.
        cpu_s: of one answer.
        draw: the random numbers of the night.
    """

    def __init__(
        self, night: Night, hosts: Iterable[Host], cpu_s: float, draw: random.Random
    ) -> None:
        self.night = night
        self.queue: deque[Host] = deque()
        self.active = 0
        self.free_at = 0.0
        self.busy = 0.0
        self.held = 0
        self._cpu_s = cpu_s
        self._draw = draw
        for host in hosts:
            self.begin(host)

    def begin(self, host: Host) -> None:
        """Take a host, and queue its first requests."""
        self.held += 1
        for _ in range(min(_WINDOW, host.left)):
            host.left -= 1
            host.open += 1
            self.queue.append(host)

    def pull(self, now: float) -> list[tuple[float, Host]]:
        """Bring requests under way; return when those that can be sent will be answered."""
        begun = []
        while self.queue and self.active < CONCURRENT_REQUESTS:
            host = self.queue.popleft()
            host.waiting += 1
            self.active += 1
            if (answered := self.send(host, now)) is not None:
                begun.append((answered, host))
        return begun

    def send(self, host: Host, now: float) -> float | None:
        """Send a host's next request, if none is under way; return when it will be answered."""
        if host.is_busy or not host.waiting:
            return None
        host.waiting -= 1
        host.is_busy = True
        slot = paced(host.delay_s)
        jitter = self._draw.uniform(1 - slot["jitter"], 1 + slot["jitter"])
        sent = max(now, host.ready)
        if host.ready:
            gap = sent - host.ready + slot["delay"] * (1 - slot["jitter"])
            self.night.shortest_gap = min(self.night.shortest_gap, gap / host.delay_s)
        answered = sent + host.answer_s * self._draw.lognormvariate(0, 0.6)
        host.ready = answered + slot["delay"] * jitter  # counts from the headers: `Pace`
        return answered

    def handle(self, host: Host, now: float) -> float:
        """Handle an answer when the core is free; return when that is done."""
        self.free_at = max(now, self.free_at) + self._cpu_s
        self.busy += self._cpu_s
        self.active -= 1
        host.is_busy = False
        self.night.requests += 1
        if host.left:
            host.left -= 1
            self.queue.append(host)
            return self.free_at
        host.open -= 1
        if not host.open:
            self.held -= 1
            self.night.host_ends.append(self.free_at)
        return self.free_at


def simulate(
    parts: Sequence[Sequence[Host]], stock: deque[Host], cpu_s: float, draw: random.Random
) -> Night:
    """Return a night.

    Args:
        parts: the hosts that each crawler has from the beginning.
        stock: hosts that crawlers take as they have room (the shared frontier).
        cpu_s: CPU seconds of one answer.
        draw: random numbers.
    """
    night = Night()
    crawlers = [Crawler(night, part, cpu_s, draw) for part in parts]
    events: list[tuple[float, int, int, Host | None]] = []
    count = 0

    def push(at: float, number: int, host: Host | None) -> None:
        nonlocal count
        count += 1
        heapq.heappush(events, (at, count, number, host))

    for number in range(len(crawlers)):
        push(0.0, number, None)
    while events:
        now, _, number, host = heapq.heappop(events)
        crawler = crawlers[number]
        if host is None:
            for _ in range(min(GROUPS_A_LOOK, GROUPS_AT_ONCE - crawler.held, len(stock))):
                crawler.begin(stock.popleft())
            if stock:
                push(now + LOOK_EVERY_S, number, None)
        else:
            now = crawler.handle(host, now)
            if (following := crawler.send(host, now)) is not None:
                push(following, number, host)
        for answered, begun in crawler.pull(now):
            push(answered, number, begun)
    night.ends = [crawler.free_at for crawler in crawlers]
    night.busy = [crawler.busy for crawler in crawlers]
    return night


def draw_hosts(count: int, given: argparse.Namespace) -> list[Host]:
    """Return the hosts of a night: many small ones, few large ones."""
    draw = random.Random(given.seed)  # noqa: S311 - a simulation
    most = CrawlLimits().max_articles_per_source
    hosts = []
    for number in range(count):
        articles = min(most, round(draw.lognormvariate(0, given.spread) * given.median))
        delay = 1.0
        if draw.random() < given.crawl_delay_share:
            delay = draw.choice((2.0, 5.0, 10.0, 30.0))
        answer = given.answer_s * draw.lognormvariate(0, 0.7)
        hosts.append(
            Host(
                name=f"paper{number}.example",
                left=articles + given.listings,
                delay_s=delay,
                answer_s=answer,
            )
        )
    return hosts


def divide(hosts: Sequence[Host], count: int) -> list[list[Host]]:
    """Return the hosts of each shard, as ``--shard`` divides them."""
    by_name = {host.name: host for host in hosts}
    sources = tuple(Source(name=name, url=f"https://{name}/") for name in by_name)
    return [
        [by_name[source.name] for source in sources_of(Shard(number=n, count=count), sources)]
        for n in range(1, count + 1)
    ]


def least_s(hosts: Sequence[Host]) -> float:
    """Return how long the largest host takes by itself: no number of machines is faster."""
    return max(host.left * (paced(host.delay_s)["delay"] + host.answer_s) for host in hosts)


def quantile(values: Sequence[float], share: float) -> float:
    """Return the value below which a share of all lies."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


def row(way: str, count: int, night: Night) -> str:
    """Return one line of the table."""
    end = max(night.ends)
    idle = 1 - sum(night.busy) / (end * count)
    uneven = end / (sum(night.ends) / count)
    tail = 1 - quantile(night.host_ends, 0.99) / end
    return (
        f"| {way} | {count} | {night.requests / 1e3:.0f} | {end / _HOUR:.2f} | {idle:.2f} | "
        f"{quantile(night.host_ends, 0.5) / _HOUR:.2f} | "
        f"{quantile(night.host_ends, 0.99) / _HOUR:.2f} | {tail:.2f} | {uneven:.2f} | "
        f"{night.requests / end:.0f} | {night.shortest_gap:.3f} |"
    )


def parse() -> argparse.Namespace:
    """Return the options."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--hosts", type=int, default=10_000)
    parser.add_argument("--crawlers", type=int, nargs="+", default=[1, 2, 4])
    parser.add_argument("--median", type=float, default=20.0, help="articles of a host in a night")
    parser.add_argument("--spread", type=float, default=1.2, help="sigma of their logarithm")
    parser.add_argument("--listings", type=int, default=6, help="requests beside articles")
    parser.add_argument("--answer-s", type=float, default=0.4, help="seconds until an answer")
    parser.add_argument("--crawl-delay-share", type=float, default=0.1)
    parser.add_argument("--cpu-ms", type=float, default=14.0, help="of the crawler, per answer")
    parser.add_argument("--seed", type=int, default=1)
    return parser.parse_args()


def main() -> None:
    """Print the table."""
    given = parse()
    hosts = draw_hosts(given.hosts, given)
    print(
        f"{len(hosts)} hosts, {sum(host.left for host in hosts)} requests; the largest host alone "
        f"takes {least_s(hosts) / _HOUR:.2f} h"
    )
    print(
        "| way | crawlers | thousand requests | hours | idle share of the cores | half of the "
        "hosts done | 99 % done | share of the night for the last 1 % | longest / mean crawler | "
        "requests/s | shortest gap / delay |"
    )
    print("|" + " --- |" * 11)
    for count in given.crawlers:
        for way in ("shards", "shared"):
            fresh = draw_hosts(given.hosts, given)
            draw = random.Random(given.seed)  # noqa: S311 - a simulation
            is_shared = way == "shared"
            parts = [[] for _ in range(count)] if is_shared else divide(fresh, count)
            # As from the second round on: what takes longest comes first.
            fresh.sort(key=lambda host: -least_s([host]))
            stock = deque(fresh) if is_shared else deque()
            print(row(way, count, simulate(parts, stock, given.cpu_ms / 1000, draw)), flush=True)


if __name__ == "__main__":
    main()
