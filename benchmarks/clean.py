"""What cleaning a page costs, as a share of what trafilatura takes for text and metadata.

Both clean the same pages in one process, in turns, and are measured in CPU time: machines
differ, and other processes disturb, but hardly the ratio. The pages belong to their publishers
and are no part of the project; without their folder nothing is measured.

    .venv/bin/python benchmarks/clean.py [SET ...] [--limit PAGES] [--json]
"""

from __future__ import annotations

import argparse
import gc
import importlib
import json
import logging
import os
import statistics
import sys
import time
from collections import defaultdict
from dataclasses import dataclass, field
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any

from fastwarc.warc import ArchiveIterator, WarcRecordType
from rich.console import Console
from rich.table import Table
from trafilatura import bare_extraction

from cleaners import clean
from cleaners.records import Page

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

ROOT = Path(__file__).resolve().parent.parent
SETS = ("fundus-a", "zyte", "wcxb-dev")
# Pages cleaned before the measuring begins: patterns are compiled once in a process.
WARM_UP = 20
GOAL, MARK = 0.75, 1.0

# The steps of cleaning, by the functions that begin them. A step's time is its own: what
# another step takes inside it is counted there.
STEPS = {
    "parse": ("cleaners.draft:parse",),
    "outline": ("cleaners.metadata:Outline",),
    "structured": ("cleaners.metadata:structured_candidates",),
    "title": ("cleaners.metadata:title_candidates", "cleaners.metadata:resolve_title"),
    "authors": ("cleaners.metadata:byline_candidates", "cleaners.metadata:resolve_authors"),
    "dates": ("cleaners.metadata:date_candidates", "cleaners.metadata:resolve_dates"),
    "other fields": ("cleaners.draft:extract_metadata",),
    "pruning": (
        "cleaners.metadata:drop_machinery",
        "cleaners.body:drop_controls",
        "cleaners.body:drop_sides",
        "cleaners.body:drop_empty",
    ),
    "trafilatura": ("trafilatura:bare_extraction",),
    "blocks": ("cleaners.body:page_pieces",),
    "alignment": ("cleaners.body:keep_aligned",),
    "judging": ("cleaners.draft:extract_blocks",),
    "finish": ("cleaners:finish",),
    "lists": ("cleaners.article:find_lists", "cleaners.article:find_recommendations"),
    "people and quotes": ("cleaners.article:read_speech",),
}


class Stopwatch:
    """CPU time by step, each step without the steps inside it."""

    def __init__(self) -> None:
        """Start with nothing measured."""
        self.spent: defaultdict[str, float] = defaultdict(float)
        self._inside: list[float] = []

    def timed(self, step: str, function: Callable[..., Any]) -> Callable[..., Any]:
        """Return `function`, its time counted for `step`."""

        @wraps(function, updated=())
        def measured(*args: Any, **kwargs: Any) -> Any:
            self._inside.append(0.0)
            start = time.process_time()
            try:
                result = function(*args, **kwargs)
                # A generator does its work when it is read.
                return list(result) if hasattr(result, "send") else result
            finally:
                taken = time.process_time() - start
                self.spent[step] += taken - self._inside.pop()
                if self._inside:
                    self._inside[-1] += taken

        return measured

    def install(self) -> None:
        """Put the watch around the functions of every step."""
        for step, places in STEPS.items():
            for place in places:
                module_name, _, name = place.partition(":")
                module = importlib.import_module(module_name)
                setattr(module, name, self.timed(step, getattr(module, name)))


@dataclass(slots=True, kw_only=True)
class Cost:
    """CPU milliseconds of the pages of one set."""

    ours: list[float] = field(default_factory=list)
    theirs: list[float] = field(default_factory=list)
    steps: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))

    def figures(self) -> dict[str, Any]:
        """Return the ratios and medians, and the median and share of every step."""
        whole = sum(self.ours)
        return {
            "pages": len(self.ours),
            "ratio_of_totals": round(whole / sum(self.theirs), 3),
            "ratio_of_medians": round(
                statistics.median(self.ours) / statistics.median(self.theirs), 3
            ),
            "ours_ms": round(statistics.median(self.ours), 1),
            "theirs_ms": round(statistics.median(self.theirs), 1),
            "steps": {
                step: {
                    "median_ms": round(statistics.median(spent), 2),
                    "share": round(sum(spent) / whole, 3),
                }
                for step, spent in self.steps.items()
            },
        }


def pages_of(bench: Path, benchmark: str, limit: int | None) -> list[Page]:
    """Return the pages of a set, at most `limit`."""
    found: list[Page] = []
    with (bench / f"{benchmark}.warc.gz").open("rb") as stream:
        for record in ArchiveIterator(
            stream, record_types=WarcRecordType.response, parse_http=True
        ):
            if limit is not None and len(found) >= limit:
                break
            headers = record.http_headers
            found.append(
                Page(
                    url=record.headers["WARC-Target-URI"],
                    html=record.reader.read(),
                    fetched_at=record.record_date,
                    content_type=headers.get("Content-Type") if headers else None,
                )
            )
    return found


def _taken(call: Callable[[], object]) -> float:
    start = time.process_time()
    call()
    return (time.process_time() - start) * 1000


def measure(pages: list[Page], watch: Stopwatch) -> Cost:
    """Clean each page with both, in turns; who begins changes from page to page."""
    cost = Cost()
    for number, page in enumerate(pages):

        def theirs(page: Page = page) -> object:
            return extract(page.html, url=page.url, include_comments=False, with_metadata=True)

        def ours(page: Page = page) -> object:
            return clean(page)

        gc.collect()
        watch.spent.clear()
        if number % 2:
            own, other = _taken(ours), _taken(theirs)
        else:
            other, own = _taken(theirs), _taken(ours)
        cost.ours.append(own)
        cost.theirs.append(other)
        for step in STEPS:
            cost.steps[step].append(watch.spent[step] * 1000)
    return cost


# The watch is put around the name inside trafilatura that the cleaner imports.
extract = bare_extraction


def _tables(costs: dict[str, Cost]) -> Iterator[Table]:
    ratios = Table("set", "pages", "ratio", "of medians", "newsgrain ms", "trafilatura ms")
    steps = Table("step (median ms / share)", *costs)
    figures = {name: cost.figures() for name, cost in costs.items()}
    for name, got in figures.items():
        ratios.add_row(
            name,
            str(got["pages"]),
            f"{got['ratio_of_totals']:.3f}",
            f"{got['ratio_of_medians']:.3f}",
            f"{got['ours_ms']:.1f}",
            f"{got['theirs_ms']:.1f}",
        )
    for step in STEPS:
        row = (got["steps"][step] for got in figures.values())
        steps.add_row(step, *(f"{one['median_ms']:.2f} / {one['share']:.0%}" for one in row))
    yield ratios
    yield steps


def read_arguments() -> argparse.Namespace:
    """Return the command line."""
    parser = argparse.ArgumentParser(description="Measure what cleaning costs.")
    parser.add_argument("sets", nargs="*", default=SETS, help=f"of {', '.join(SETS)}")
    parser.add_argument("--limit", type=int, help="so many pages of each set")
    parser.add_argument("--json", action="store_true", help="print JSON")
    return parser.parse_args()


def main() -> int:
    """Measure; return 1 where a set costs more than trafilatura's text and metadata."""
    arguments = read_arguments()
    shared = Path(os.environ.get("NEWSGRAIN_SHARED", ROOT.parent / "shared"))
    bench = shared.resolve() / "bench"
    if not bench.is_dir():
        print(f"clean: not measured, the benchmark pages are not here: {bench}")
        return 0
    logging.disable(logging.CRITICAL)
    watch = Stopwatch()
    watch.install()
    costs = {}
    for name in arguments.sets:
        pages = pages_of(bench, name, arguments.limit)
        measure(pages[:WARM_UP], watch)
        costs[name] = measure(pages, watch)
    if arguments.json:
        print(json.dumps({name: cost.figures() for name, cost in costs.items()}))
    else:
        for table in _tables(costs):
            Console(width=100).print(table)
    return 0 if all(cost.figures()["ratio_of_totals"] <= MARK for cost in costs.values()) else 1


if __name__ == "__main__":
    sys.exit(main())
