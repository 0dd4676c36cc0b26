"""The quality gate: clean the benchmark pages, score them, compare with the floors.

The pages belong to their publishers and are no part of the project; where their folder is not
beside the checkout (or named by NEWSGRAIN_SHARED), nothing is compared and nothing fails.
The gate on pinned floors with a digest of the corpus is trafilatura's idea.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import math
import os
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import tomlkit
from rich.console import Console
from rich.table import Table

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from tomlkit import TOMLDocument

ROOT = Path(__file__).resolve().parent.parent
FLOORS = Path(__file__).with_suffix(".toml")
CONFIGURATION = """\
[crawl]
obey_tdm = false

[[source]]
name = "benchmark"
url = "https://benchmark.example/"
"""
# A floor stands this far below what was reached, so that a change of a dependency that moves
# one page in five hundred is no failure.
MARGIN = 0.002


class GateError(Exception):
    """The gate cannot measure: other pages than the floors hold for, or a failing command."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """One figure of one set: its limit, and what was reached (None: score.py gives none).

    Attributes:
        kind: ``floors`` for what shall be high, ``ceilings`` for what shall be low.
    """

    benchmark: str
    name: str
    kind: str
    limit: float
    reached: float | None

    @property
    def is_met(self) -> bool:
        """Whether the figure keeps to its limit."""
        if self.reached is None:
            return False
        is_floor = self.kind == "floors"
        return self.reached >= self.limit if is_floor else self.reached <= self.limit


def digest(bench: Path, benchmark: str) -> str:
    """Return the sha256 over the pages and the gold of a set, in hex."""
    found = hashlib.sha256()
    for suffix in ("warc.gz", "gold.jsonl"):
        found.update((bench / f"{benchmark}.{suffix}").read_bytes())
    return found.hexdigest()


def run(*command: str | Path) -> str:
    """Run a command in the checkout and return what it prints.

    Raises:
        GateError: it does not end with 0.
    """
    words = [str(part) for part in command]
    done = subprocess.run(words, cwd=ROOT, check=False, capture_output=True, text=True)
    if done.returncode:
        raise GateError(
            f"{' '.join(words)} ended with {done.returncode}\n{done.stdout}{done.stderr}"
        )
    return done.stdout


def figure_of(figures: Mapping[str, Any], name: str) -> float | None:
    """Return a figure that score.py gives; a dotted name leads into its tables."""
    found: Any = figures
    for part in name.split("."):
        found = found.get(part) if isinstance(found, dict) else None
    return found if isinstance(found, float | int) else None


def measure(bench: Path, benchmark: str) -> dict[str, Any]:
    """Clean one set as a user would, and return the figures of score.py."""
    with tempfile.TemporaryDirectory(prefix="newsgrain-quality-") as folder:
        pages = bench / f"{benchmark}.warc.gz"
        # What is measured is extraction: also of pages whose publishers reserve their mining.
        (Path(folder) / "newsgrain.toml").write_text(CONFIGURATION, "utf-8")
        run(sys.executable, "-m", "crawler.cli", "clean", pages, "-w", folder)
        printed = run(sys.executable, bench / "score.py", benchmark, Path(folder) / "datasets")
    figures: dict[str, Any] = json.loads(printed)
    return figures


def compare(bench: Path, floors: TOMLDocument, *, any_pages: bool) -> list[Figure]:
    """Return every figure that has a floor, measured.

    Raises:
        GateError: the pages are not those that the floors hold for, unless `any_pages`.
    """
    found: list[Figure] = []
    for benchmark, entry in floors.unwrap().items():
        if not any_pages and digest(bench, benchmark) != entry["sha256"]:
            raise GateError(f"{benchmark}: other pages than the floors hold for; see --update")
        reached = measure(bench, benchmark)
        found.extend(
            Figure(
                benchmark=benchmark,
                name=name,
                kind=kind,
                limit=limit,
                reached=figure_of(reached, name),
            )
            for kind in ("floors", "ceilings")
            for name, limit in entry.get(kind, {}).items()
        )
    return found


def print_table(figures: Iterable[Figure]) -> None:
    """Print set, figure, limit and what was reached."""
    table = Table("set", "figure", "limit", "reached", "")
    for figure in figures:
        reached = "none" if figure.reached is None else f"{figure.reached:.4f}"
        is_floor = figure.kind == "floors"
        verdict = "" if figure.is_met else "BELOW" if is_floor else "ABOVE"
        limit = f"{'>=' if is_floor else '<='} {figure.limit:.3f}"
        table.add_row(figure.benchmark, figure.name, limit, reached, verdict)
    Console(width=100).print(table)


def new_limit(figure: Figure, *, allow_lower: bool) -> float:
    """Return the limit that the reached figure gives: a margin from it, in thousandths."""
    if figure.reached is None:
        return figure.limit
    if figure.kind == "floors":
        offered = math.floor((figure.reached - MARGIN) * 1000 + 1e-6) / 1000
        return offered if allow_lower else max(offered, figure.limit)
    offered = math.ceil((figure.reached + MARGIN) * 1000 - 1e-6) / 1000
    return offered if allow_lower else min(offered, figure.limit)


def update(
    bench: Path, floors: TOMLDocument, figures: Iterable[Figure], *, allow_lower: bool
) -> str:
    """Return the floors file with the floors raised, and lowered only where that is allowed."""
    for figure in figures:
        entry = floors[figure.benchmark]
        entry["sha256"] = digest(bench, figure.benchmark)
        entry[figure.kind][figure.name] = new_limit(figure, allow_lower=allow_lower)
    return tomlkit.dumps(floors)


def read_arguments() -> argparse.Namespace:
    """Return the command line."""
    parser = argparse.ArgumentParser(description="Compare extraction quality with its floors.")
    parser.add_argument("--update", action="store_true", help="raise the floors to what is reached")
    parser.add_argument(
        "--allow-lower",
        action="store_true",
        help="with --update: lower floors and raise ceilings, too",
    )
    return parser.parse_args()


def main() -> int:
    """Compare; return 1 below a floor or when nothing can be measured."""
    arguments = read_arguments()
    shared = Path(os.environ.get("NEWSGRAIN_SHARED", ROOT.parent / "shared"))
    bench = shared.resolve() / "bench"
    if not bench.is_dir():
        print(f"quality: not compared, the benchmark pages are not here: {bench}")
        return 0
    floors = tomlkit.parse(FLOORS.read_text("utf-8"))
    try:
        figures = compare(bench, floors, any_pages=arguments.update)
    except GateError as exc:
        print(f"quality: {exc}", file=sys.stderr)
        return 1
    print_table(figures)
    if arguments.update:
        text = update(bench, floors, figures, allow_lower=arguments.allow_lower)
        FLOORS.write_text(text, "utf-8")
        if arguments.allow_lower:
            return 0
    return 0 if all(figure.is_met for figure in figures) else 1


if __name__ == "__main__":
    sys.exit(main())
