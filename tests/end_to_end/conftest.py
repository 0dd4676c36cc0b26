"""Runs of the product as its users start them, each in a process of its own."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pyarrow.dataset as ds

from crawler.demo import DemoServer, SampleArticle, serve

NIGHTS = (datetime(2026, 11, 20, 2, 0, tzinfo=UTC), datetime(2026, 11, 21, 2, 0, tzinfo=UTC))
CHECKOUT = Path(__file__).resolve().parents[2]
_CONFIG = '[crawl]\ncontact = "tests@courrier.example"\ndelay_s = 0.0\nworkers = 2\n'


def newsgrain(*arguments: object, cwd: Path | None = None) -> subprocess.CompletedProcess[str]:
    """Run the command line."""
    command = [sys.executable, "-m", "crawler.cli", *map(str, arguments)]
    return subprocess.run(command, cwd=cwd, capture_output=True, text=True, check=False)


def step_command(step: str, workspace: Path, night: datetime, *urls: str) -> list[str]:
    """Return the command of one step of the demo: the same code under a simulated clock."""
    return [sys.executable, "-m", "crawler.demo.nights", step, str(workspace), night.isoformat(),
            *urls]  # fmt: skip


def step(name: str, workspace: Path, night: datetime, *urls: str) -> str:
    """Run one step of the demo to its good end and return what it printed."""
    done = subprocess.run(
        step_command(name, workspace, night, *urls), capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
    return done.stdout


def rows(workspace: Path, table: str) -> list[dict[str, Any]]:
    """Return a published table as any reader sees it."""
    folder = workspace / "datasets" / table
    return ds.dataset(folder, format="parquet", partitioning="hive").to_table().to_pylist()


def prepare(workspace: Path, server: DemoServer) -> None:
    """Make a workspace for the sample newspapers."""
    workspace.mkdir(parents=True, exist_ok=True)
    (workspace / "newsgrain.toml").write_text(_CONFIG)
    step("init", workspace, NIGHTS[0], *server.urls)


@dataclass
class Nights:
    """Two nights, as they were left.

    Attributes:
        workspace: after both.
        expected: the articles that the newspapers showed, per night.
        printed: what each run printed.
        requests: what each run asked the newspapers for.
        files: size and inode of every published file after the first night.
    """

    workspace: Path
    expected: list[tuple[SampleArticle, ...]] = field(default_factory=list)
    printed: list[str] = field(default_factory=list)
    requests: list[tuple[Any, ...]] = field(default_factory=list)
    files: dict[str, tuple[int, int]] = field(default_factory=dict)


def published_files(workspace: Path) -> dict[str, tuple[int, int]]:
    """Return inode and size of every published file by its name."""
    folder = (workspace / "datasets" / "current").resolve()
    stats = ((path, path.stat()) for path in folder.rglob("*.parquet"))
    return {str(path.relative_to(folder)): (stat.st_ino, stat.st_size) for path, stat in stats}


def run_two_nights(workspace: Path) -> Nights:
    """Run two nights in a new workspace."""
    nights = Nights(workspace=workspace)
    with serve(night=1, now=NIGHTS[0]) as server:
        prepare(nights.workspace, server)
        for number, moment in enumerate(NIGHTS, 1):
            server.set_night(number, moment)
            server.forget_requests()
            nights.expected.append(server.articles)
            nights.printed.append(step("run", nights.workspace, moment))
            # Plain mappings: what two nights left is handed on to other processes.
            plain = (replace(one, headers=dict(one.headers)) for one in server.requests)
            nights.requests.append(tuple(plain))
            if number == 1:
                nights.files = published_files(nights.workspace)
    return nights
