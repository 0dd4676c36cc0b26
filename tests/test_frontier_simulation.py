"""The simulated night of docs/scale.md: polite, complete, and the same at each run."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

PROGRAM = Path(__file__).resolve().parents[1] / "benchmarks" / "simulate_frontier.py"


def simulated(*arguments: str) -> list[list[str]]:
    """Return the lines of the table, without its head, cell by cell."""
    command = [sys.executable, str(PROGRAM), "--hosts", "60", *arguments]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    lines = [line for line in done.stdout.splitlines() if line.startswith("| sha")]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]


def test_no_simulated_host_is_asked_faster_than_its_delay() -> None:
    rows = simulated("--crawlers", "1", "3")
    assert [row[:2] for row in rows] == [
        ["shards", "1"], ["shared", "1"], ["shards", "3"], ["shared", "3"],
    ]  # fmt: skip
    assert all(1.0 <= float(row[-1]) < 1.5 for row in rows)


def test_every_way_asks_for_the_same_and_a_seed_decides_everything() -> None:
    rows = simulated("--crawlers", "2", "--median", "400", "--seed", "7")
    assert len({row[2] for row in rows}) == 1
    assert rows == simulated("--crawlers", "2", "--median", "400", "--seed", "7")
    assert rows != simulated("--crawlers", "2", "--median", "400", "--seed", "8")


def test_a_night_that_is_bound_by_one_core_takes_half_as_long_with_two() -> None:
    """60 hosts that answer at once, and a second of CPU for each answer."""
    one, two = (
        simulated("--crawlers", count, "--cpu-ms", "1000", "--spread", "0")[1]
        for count in ("1", "2")
    )
    assert 0.45 < float(two[3]) / float(one[3]) < 0.6
    assert float(one[4]) < 0.05
