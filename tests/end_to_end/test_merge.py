"""Three machines crawl a part each; merged, they are what one machine would have made."""

from __future__ import annotations

import subprocess
import sys
import time
from collections import Counter
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from crawler.demo import serve
from newsgrain.archive import Archive
from newsgrain.schema import TABLES
from newsgrain.workspace import Workspace
from tests.end_to_end.conftest import NIGHTS, newsgrain, prepare, rows, step

MACHINE = Path(__file__).with_name("machine.py")
SHARDS = ("1/3", "2/3", "3/3")
_PATIENCE_S = 120
# What tells of the work, not of the newspapers: moments of the day, numbers of pages and runs.
_OF_THE_WORK = frozenset(
    {"run_id", "first_run_id", "page_id", "fetched_at", "first_fetched_at", "gone_at",
     "last_seen_at", "first_seen_at", "at"}
)  # fmt: skip
# Of a block that pages judge differently, the page that was fetched last decides.
_OF_THE_LAST_PAGE = {"site_blocks": frozenset({"verdict"})}
_CONTENT = [name for name in TABLES if name not in {"pages", "verdicts", "runs", "prunings"}]


def machine(*arguments: object, night: Any) -> list[str]:
    return [sys.executable, str(MACHINE), night.isoformat(), *map(str, arguments)]


def run(*arguments: object, night: Any) -> subprocess.CompletedProcess[str]:
    command = machine(*arguments, night=night)
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert "Traceback" not in done.stderr, done.stderr
    return done


def copy_config(source: Path, *workspaces: Path) -> None:
    for workspace in workspaces:
        workspace.mkdir(parents=True)
        (workspace / "newsgrain.toml").write_bytes((source / "newsgrain.toml").read_bytes())


def content(workspace: Path, table: str) -> list[tuple[Any, ...]]:
    """Return the rows of a table in an order of their own, without what tells of the work."""
    left_out = _OF_THE_WORK | _OF_THE_LAST_PAGE.get(table, frozenset())
    return sorted(
        tuple(repr(value) for name, value in sorted(row.items()) if name not in left_out)
        for row in rows(workspace, table)
    )


@pytest.fixture(scope="module")
def machines(tmp_path_factory) -> SimpleNamespace:
    """Two nights of one machine, and of three whose archives are merged each morning."""
    root = tmp_path_factory.mktemp("machines")
    alone, merged = root / "alone", root / "merged"
    shards = [root / f"shard-{number}" for number in (1, 2, 3)]
    printed = []
    with serve(night=1, now=NIGHTS[0]) as server:
        prepare(alone, server)
        copy_config(alone, *shards)
        for number, night in enumerate(NIGHTS, 1):
            server.set_night(number, night)
            step("run", alone, night)
            for shard, part in zip(shards, SHARDS, strict=True):
                done = run("crawl", "--shard", part, "-w", shard, night=night)
                assert done.returncode == 0, done.stderr
            done = run("merge", *shards, "-w", merged, night=night)
            assert done.returncode == 0, done.stderr
            printed.append(done.stdout)
    return SimpleNamespace(alone=alone, merged=merged, shards=shards, printed=printed)


@pytest.mark.slow
@pytest.mark.parametrize("table", _CONTENT)
def test_merged_shards_are_what_one_machine_publishes(machines, table):
    expected = content(machines.alone, table)
    assert expected or table == "site_blocks"
    assert content(machines.merged, table) == expected


@pytest.mark.slow
def test_every_request_of_every_shard_is_on_record_once(machines):
    asked = Counter()
    for shard in machines.shards:
        with Archive.open(shard / "archive") as archive:
            asked.update((page.url, page.status, page.fetched_at) for page in archive.pages())
    merged = rows(machines.merged, "pages")
    assert Counter((row["url"], row["status"], row["fetched_at"]) for row in merged) == asked
    assert len({row["page_id"] for row in merged}) == len(merged)


@pytest.mark.slow
def test_each_merge_is_one_run_with_one_commit(machines):
    runs = sorted(rows(machines.merged, "runs"), key=lambda row: row["run_id"])
    assert [row["command"] for row in runs] == ["merge", "merge"]
    alone = sorted(rows(machines.alone, "runs"), key=lambda row: row["run_id"])
    for name in ("article_fetches", "new", "edited", "unchanged", "not_modified", "failed"):
        assert [row[name] for row in runs] == [row[name] for row in alone], name
    assert [sorted(row["sources"]) for row in runs] == [sorted(row["sources"]) for row in alone]
    assert "took" in machines.printed[0]


@pytest.mark.slow
def test_a_merge_without_anything_new_publishes_nothing(machines):
    before = rows(machines.merged, "runs")
    done = run("merge", *machines.shards, "-w", machines.merged, night=NIGHTS[1])
    assert done.returncode == 0, done.stderr
    assert "took 0 pages of 3 workspaces" in done.stdout
    assert rows(machines.merged, "runs") == before


@pytest.mark.slow
def test_what_was_merged_is_whole(machines):
    done = newsgrain("verify", "-w", machines.merged)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.slow
def test_a_shard_that_is_being_crawled_into_waits_for_the_next_merge(machines, tmp_path):
    busy, *others = sorted(
        machines.shards, key=lambda shard: -(shard / "archive" / "ledger.sqlite").stat().st_size
    )
    with Workspace(busy).lock():
        done = run("merge", *machines.shards, "-w", tmp_path, night=NIGHTS[1])
    assert done.returncode == 3
    assert "another run holds this workspace" in done.stderr
    assert str(busy) in done.stderr
    some = len(rows(tmp_path, "pages"))
    done = run("merge", busy, *others, "-w", tmp_path, night=NIGHTS[1])
    assert done.returncode == 0, done.stderr
    assert len(rows(tmp_path, "pages")) == len(rows(machines.merged, "pages")) > some


@pytest.mark.slow
def test_a_merge_that_is_killed_is_simply_done_again(machines, tmp_path):
    """As soon as the first file is there; later moments are those of every run (test_kill)."""
    process = subprocess.Popen(
        machine("merge", *machines.shards, "-w", tmp_path, night=NIGHTS[1]), stdout=-3, stderr=-3
    )
    deadline = time.monotonic() + _PATIENCE_S
    while not any(tmp_path.glob("archive/*-*.warc.gz")):
        assert process.poll() is None, "the merge ended before it could be killed"
        assert time.monotonic() < deadline
    process.kill()
    process.wait()
    done = run("merge", *machines.shards, "-w", tmp_path, night=NIGHTS[1])
    assert done.returncode == 0, done.stderr
    for table in ("articles", "quotes"):
        assert content(tmp_path, table) == content(machines.merged, table)
    assert len(rows(tmp_path, "pages")) == len(rows(machines.merged, "pages"))


def test_what_is_no_workspace_is_refused_before_anything_is_taken(tmp_path):
    done = newsgrain("merge", tmp_path / "nothing", "-w", tmp_path / "all")
    assert done.returncode == 2
    assert done.stderr.endswith("nothing: holds no archive: is this a workspace?\n")
    assert not (tmp_path / "all").exists()
    done = newsgrain("merge", tmp_path / "all", "-w", tmp_path / "all")
    assert done.returncode == 2
    assert "is the workspace that is merged into" in done.stderr
