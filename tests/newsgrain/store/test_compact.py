"""Compaction gives the same rows in fewer files, and every night stays readable and citable."""

from __future__ import annotations

import gzip
import hashlib
import json
import shutil
import subprocess
import sys
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from newsgrain import layout, load
from newsgrain.catalog import Catalog
from newsgrain.compact import compact
from newsgrain.errors import StoreError
from newsgrain.manifests import PACK, Manifests
from newsgrain.nights import cite, keep_night, list_nights
from newsgrain.snapshot import kept_snapshots
from newsgrain.store import Store
from newsgrain.verify import verify
from newsgrain.workspace import Workspace
from tests.newsgrain.store.nights import (
    START,
    page,
    publish,
    revision,
    run_id,
    run_row,
    url_of,
    verdict,
)

_NIGHTS = 20
_STEP = timedelta(days=5)


def _moment(number: int) -> datetime:
    return START + (number - 1) * _STEP


def _night(root: Path, number: int) -> None:
    """Publish two new articles, and an edit of one that is three nights old."""
    at = _moment(number)
    run = run_id(number, at)
    fresh = [10 * number, 10 * number + 1]
    rows = [revision(n, run, at=at) for n in fresh]
    if number > 3:
        old = 10 * (number - 3)
        rows.append(revision(old, run, at=at, first=_moment(number - 3), version=2))
    content = {
        "revisions": rows,
        "pages": [page(n, run, at=at) for n in fresh],
        "verdicts": [verdict(n, run) for n in fresh],
        "runs": [run_row(run, at=at)],
    }
    publish(Store(root, clock=lambda: at), run, content, upto=max(fresh))


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    workspace = Workspace(tmp_path_factory.mktemp("compact") / "made")
    workspace.make()
    for number in range(1, _NIGHTS + 1):
        _night(workspace.datasets, number)
    return workspace.root


@pytest.fixture
def workspace(made: Path, tmp_path: Path) -> Workspace:
    return Workspace(Path(shutil.copytree(made, tmp_path / "work", symlinks=True)))


def everything(workspace: Workspace, as_of: str | None = None) -> dict[str, list[dict[str, Any]]]:
    tables = ("articles", "revisions", "speakers", "pages", "verdicts", "runs")
    return {
        table: sorted(
            load(table, workspace=workspace.root, as_of=as_of, engine="arrow").to_pylist(), key=repr
        )
        for table in tables
    }


def log_files(workspace: Workspace, table: str) -> list[Path]:
    return sorted((workspace.datasets / layout.CURRENT / table).rglob("*.parquet"))


def test_closed_months_of_logs_become_one_file_each_of_the_same_rows(workspace):
    before, files = everything(workspace), len(log_files(workspace, "revisions"))
    done = compact(workspace, lambda: _moment(21))
    assert (files, len(log_files(workspace, "revisions"))) == (20, 4)
    assert done.after < done.before / 2
    assert everything(workspace) == before
    findings = list(verify(workspace.datasets, Catalog()))
    assert all(finding.is_good for finding in findings)
    again = compact(workspace, lambda: _moment(21))
    assert (again.before, again.manifests) == (again.after, 0)


def test_every_night_reads_as_before_and_is_cited_by_the_same_digest(workspace):
    root = workspace.datasets
    names = [night.run_id for night in list_nights(root, Catalog())]
    states = {name: everything(workspace, name) for name in names[::4]}
    digests = {night.run_id: night.manifest_sha256 for night in list_nights(root, Catalog())}
    compact(workspace, lambda: _moment(21))
    assert {name: everything(workspace, name) for name in states} == states
    after = {night.run_id: night.manifest_sha256 for night in list_nights(root, Catalog())}
    assert {**after, names[-1]: None} == {**digests, names[-1]: None}
    old = cite(root, Catalog(), names[0])
    assert not old.is_kept
    assert "derived from the revisions" in old.text()
    assert "derived" not in cite(root, Catalog()).text()


def test_old_manifests_are_packed_byte_for_byte_and_cost_little(workspace):
    folder = workspace.datasets / layout.MANIFESTS
    loose = {path.stem: path.read_bytes() for path in folder.glob("*.json")}
    done = compact(workspace, lambda: _moment(21))
    kept = set(kept_snapshots(workspace.datasets))
    assert {path.stem for path in folder.glob("*.json")} <= kept
    packed = Manifests(workspace.datasets)
    assert {name: packed.data(name) for name in loose} == loose
    assert packed.digest(run_id(1)) == hashlib.sha256(loose[run_id(1)]).hexdigest()
    size = sum(len(data) for name, data in loose.items() if name not in kept)
    assert done.manifests == len(loose.keys() - kept) > 5
    assert (folder / PACK).stat().st_size < size / 5


def test_runs_go_on_after_it_and_know_every_article(workspace):
    compact(workspace, lambda: _moment(21))
    _night(workspace.datasets, 21)
    rows = [row for row in everything(workspace)["articles"] if row["url"] == url_of(180)]
    assert [row["revision"] for row in rows] == [2]
    known = Store(workspace.datasets).known({revision(30, "x")["article_id"]}, full=True)
    (found,) = known.values()
    assert (found.revision, found.row["text"][:12]) == (2, "Paragraph 30")
    compact(workspace, lambda: _moment(22))
    assert all(finding.is_good for finding in verify(workspace.datasets, Catalog()))


def test_a_night_that_is_kept_for_good_keeps_its_files(workspace, monkeypatch):
    root = workspace.datasets
    kept = keep_night(root, Catalog(), "10")
    monkeypatch.setattr(layout, "KEPT_SNAPSHOTS", 3)
    _night(root, 21)
    assert [name[:8] for name in kept_snapshots(root)] == [
        kept[:8], "00000019", "00000020", "00000021"
    ]  # fmt: skip
    assert cite(root, Catalog(), "10").is_kept
    with pytest.raises(StoreError, match="not kept any more; its rows still are"):
        keep_night(root, Catalog(), "11")


def test_logs_but_the_newest_are_compressed(workspace):
    for number in range(1, 11):
        (workspace.logs / f"{run_id(number)}.jsonl").write_text(f"line {number}\n")
    assert compact(workspace, lambda: _moment(21)).logs == 3
    with gzip.open(workspace.logs / f"{run_id(1)}.jsonl.gz", "rt") as log:
        assert log.read() == "line 1\n"
    assert len(list(workspace.logs.glob("*.jsonl"))) == 7


def test_killed_before_the_flip_it_changes_nothing_and_is_done_by_the_next(workspace, monkeypatch):
    before = everything(workspace)

    def die(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr("newsgrain.snapshot.point", die)
        with pytest.raises(KeyboardInterrupt):
            compact(workspace, lambda: _moment(21))
    Store(workspace.datasets).recover()
    assert all(finding.is_good for finding in verify(workspace.datasets, Catalog()))
    assert everything(workspace) == before
    compact(workspace, lambda: _moment(21))
    assert everything(workspace) == before
    assert len(log_files(workspace, "revisions")) == 4


@pytest.mark.slow
def test_killed_before_a_call_it_changes_no_row_and_is_done_by_the_next(made, tmp_path):
    command = [sys.executable, "-m", "tests.newsgrain.store.compact_killing", str(made)]
    done = subprocess.run(
        [*command, str(tmp_path / "scratch"), "23"],
        cwd=Path(__file__).resolve().parents[3],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    result = json.loads(done.stdout)
    assert result["wrong"] == []
    assert result["kills"] > 3
