"""All benchmarks in one run, each figure against its mark.

    python -m benchmarks.bench [--quick] [--json FILE] [--only PART ...]

Ratios are of CPU time, measured side by side: machines differ, and what else runs on them
disturbs, but hardly the ratio. Returns 1 if a mark is missed.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import sys
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from rich.console import Console

from benchmarks import archiving, cleaning, crawling, publishing, starting
from benchmarks.figures import table

if TYPE_CHECKING:
    from collections.abc import Iterator

    from benchmarks.figures import Figure

PARTS = ("clean", "peers", "archive", "crawl", "start", "publish", "bulk", "soak")
_NAMED = ("newsgrain", "trafilatura", "scrapy", "lxml", "pyarrow")


@dataclass(frozen=True, slots=True)
class Sizes:
    """How much is measured: pages of each kind, and how often a crawl is made."""

    clean: int | None = None
    peers: int = 135
    archive: int = 135
    crawl: int = 1_000
    crawls: int = 3
    publish: int = 20_000
    bulk: int = 600
    soak: int = 20_000


QUICK = Sizes(
    clean=40, peers=30, archive=30, crawl=220, crawls=1, publish=2_000, bulk=120, soak=600
)


def figures(sizes: Sizes, parts: tuple[str, ...], workspace: Path) -> Iterator[Figure]:
    """Yield every figure of the parts asked for."""
    if "clean" in parts:
        yield from cleaning.against_trafilatura(sizes.clean)
    if "peers" in parts:
        yield from cleaning.against_peers(sizes.peers)
    if "archive" in parts:
        yield from archiving.measure(sizes.archive)
    if {"crawl", "start"} & set(parts):
        crawls = list(crawling.measure(sizes.crawl, workspace, times=sizes.crawls))
        yield from crawls if "crawl" in parts else ()
    if "start" in parts:
        yield from starting.measure(workspace)
    if "publish" in parts:
        yield from publishing.measure(sizes.publish)
    if "bulk" in parts:
        yield from cleaning.in_bulk(sizes.bulk)
    if "soak" in parts:
        yield from crawling.soak(sizes.soak)
        yield from cleaning.soak(sizes.soak)


def machine() -> str:
    """Return what the figures were measured on."""
    names = ", ".join(f"{name} {version(name)}" for name in _NAMED)
    python = f"Python {platform.python_version()}"
    cores = f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}"
    return f"{platform.system()} {platform.machine()}, {cores}, {python}; {names}"


def main() -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(description="Measure newsgrain.")
    parser.add_argument("--quick", action="store_true", help="fewer pages of everything")
    parser.add_argument("--json", type=Path, help="also write the figures to this file")
    parser.add_argument("--only", nargs="+", choices=PARTS, default=PARTS)
    arguments = parser.parse_args()
    sizes = QUICK if arguments.quick else Sizes()
    found = []
    console = Console(width=120)
    with TemporaryDirectory() as folder:
        for figure in figures(sizes, tuple(arguments.only), Path(folder) / "workspace"):
            found.append(figure)
            console.print(f"{figure.name}: {figure.value:.3g} {figure.unit}", highlight=False)
    console.print(table(found))
    console.print(machine(), highlight=False)
    if arguments.json:
        rows = {"machine": machine(), "figures": [figure.row() for figure in found]}
        arguments.json.write_text(json.dumps(rows, indent=1))
    return 1 if any(figure.holds is False for figure in found) else 0


if __name__ == "__main__":
    sys.exit(main())
