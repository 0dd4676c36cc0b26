"""What discovery costs: 100,000 sitemap entries and 1,000 known feeds, decided.

Everything that a night does with them but the network: read, scope, frontier, plan. Prints CPU
seconds of this process and its peak memory; run it on an otherwise idle machine.

    python benchmarks/discovery.py [--entries 100000] [--feeds 1000]
"""

from __future__ import annotations

import argparse
import resource
import tempfile
import time
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from rich.console import Console
from rich.table import Table

from crawler.configuration import Source
from crawler.discovery import open_listing
from crawler.freshness import Decider
from crawler.frontier import Frontier, Validators
from crawler.scope import Scope
from newsgrain.archive import Archive
from newsgrain.ledger import stamp

if TYPE_CHECKING:
    from collections.abc import Iterator

NOW = datetime(2026, 11, 20, 2, tzinfo=UTC)
SITE = "https://www.courrier.example"
PER_SITEMAP, PER_FEED = 50_000, 40
PLAN = 1_000


def sitemap(first: int, count: int) -> bytes:
    """Return a sitemap of so many articles, a day apart each hundred."""
    entries = "".join(
        f"<url><loc>{SITE}/{2020 + n % 7}/{1 + n % 12:02}/story-of-a-quay-number-{n}/</loc>"
        f"<lastmod>{(NOW - timedelta(days=n // 100)).date()}</lastmod></url>"
        for n in range(first, first + count)
    )
    return (
        f'<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{entries}</urlset>'.encode()
    )


def feed(number: int) -> bytes:
    """Return an RSS feed with the full text of its articles."""
    text = "The quay was swept, and the gulls went on as before. " * 20
    items = "".join(
        f"<item><title>Quay {number}.{n}</title><link>{SITE}/{number}/quay-{n}/</link>"
        f"<pubDate>Wed, {1 + n % 18:02} Nov 2026 10:00:00 GMT</pubDate>"
        f"<description>{text}</description></item>"
        for n in range(PER_FEED)
    )
    return f'<?xml version="1.0"?><rss version="2.0"><channel>{items}</channel></rss>'.encode()


def discover(frontier: Frontier, source: Source, body: bytes, url: str) -> int:
    """Read one listing as a night does; return how many of its articles are new."""
    scope = Scope(source)
    found = open_listing(body, url).found
    chosen = (one for one in found if scope.reason_against(one.url) is None)
    added = frontier.add(source, chosen, NOW)
    frontier.has_read(source, url, NOW, entries=len(added.keys), validators=Validators())
    return len(added.new)


def mark_fetched(archive: Archive) -> None:
    """Make everything known, as after many nights."""
    archive.connection.execute(
        "UPDATE frontier_articles SET state = 'fetched', fetched_at = ?, run_id = '1'",
        (stamp(NOW),),
    )


class Clock:
    """Rows of the table: what was measured, and its CPU seconds."""

    def __init__(self) -> None:
        """Begin with no row."""
        self.rows: list[tuple[str, str]] = []

    @contextmanager
    def measure(self, name: str) -> Iterator[None]:
        """Measure a block."""
        began = time.process_time()
        yield
        self.rows.append((name, f"{time.process_time() - began:.1f}"))


def run(entries: int, feeds: int) -> list[tuple[str, str]]:
    """Measure in a workspace of its own."""
    clock, source = Clock(), Source(name="courrier", url=f"{SITE}/")
    maps = [
        (f"{SITE}/{first}.xml", sitemap(first, min(PER_SITEMAP, entries - first)))
        for first in range(0, entries, PER_SITEMAP)
    ]
    bodies = [(f"{SITE}/{number}/feed", feed(number)) for number in range(feeds)]
    with tempfile.TemporaryDirectory() as folder, Archive.open(Path(folder)) as archive:
        frontier = Frontier(archive, ("courrier",))
        with clock.measure(f"{entries} sitemap entries, new"):
            new = sum(discover(frontier, source, body, url) for url, body in maps)
        assert new == entries  # noqa: S101 - a benchmark that measured something else
        with clock.measure(f"plan of the first {PLAN} of them"):
            plan = frontier.plan("courrier", Decider(run_id="1"), NOW, PLAN)
        assert len(plan) == min(PLAN, entries)  # noqa: S101
        mark_fetched(archive)
        with clock.measure(f"{entries} sitemap entries, known"):
            assert not sum(discover(frontier, source, body, url) for url, body in maps)  # noqa: S101
        for url, body in bodies:
            discover(frontier, source, body, url)
        mark_fetched(archive)
        with clock.measure(f"{feeds} feeds of {PER_FEED} articles, known"):
            assert not sum(discover(frontier, source, body, url) for url, body in bodies)  # noqa: S101
        with clock.measure("plan of a night on which nothing is new"):
            frontier.plan("courrier", Decider(run_id="2"), NOW + timedelta(days=1), PLAN)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    size = sum(len(body) for _, body in (*maps, *bodies)) / 1e6
    return [*clock.rows, (f"peak memory, with {size:.0f} MB of listings in it", f"{peak:.0f} MiB")]


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--entries", type=int, default=100_000)
    parser.add_argument("--feeds", type=int, default=1_000)
    arguments = parser.parse_args()
    table = Table("what", "CPU seconds")
    for row in run(arguments.entries, arguments.feeds):
        table.add_row(*row)
    Console(width=100).print(table)


if __name__ == "__main__":
    main()
