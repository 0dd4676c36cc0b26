"""A commit that is repeated, refused or short of space harms nothing."""

from __future__ import annotations

import errno
import logging
import os
import resource
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from newsgrain import layout, parquet
from newsgrain.errors import DiskFullError, StoreError
from newsgrain.schema import TABLES
from newsgrain.store import Store
from tests.newsgrain.store.killing import leftovers
from tests.newsgrain.store.nights import (
    START,
    files,
    night,
    page,
    publish,
    read,
    revision,
    run_id,
    url_of,
)

if TYPE_CHECKING:
    from pathlib import Path

DAY = timedelta(days=1)


def test_the_same_run_committed_again_changes_nothing(store: Store, root: Path) -> None:
    first = night(store, 1, range(3))
    before = {table: files(root, table) for table in TABLES}
    again = night(store, 1, range(3))
    assert again == first
    assert {table: files(root, table) for table in TABLES} == before
    assert leftovers(root) == []


def test_a_clock_that_steps_back_loses_nothing(store: Store, root: Path) -> None:
    night(store, 1, range(3))
    run = run_id(2, START - 40 * DAY)
    manifest = publish(store, run, {"revisions": [revision(7, run, at=START - 40 * DAY)]})
    assert manifest.run_id == run
    assert len(read(root)) == 4
    assert Store(root).head() == manifest


def test_leaving_without_a_commit_leaves_nothing(store: Store, root: Path) -> None:
    night(store, 1, range(3))
    with store.stage(run_id(2)) as staging:
        staging.append("revisions", [revision(9, run_id(2))])
    assert leftovers(root) == []
    assert len(read(root, "revisions")) == 3


@pytest.mark.parametrize(
    ("table", "change", "named"),
    [
        ("revisions", {"text": None}, "revisions, column text: a value is missing"),
        ("revisions", {"word_count": "six"}, "revisions, column word_count"),
        ("revisions", {"recommendations_announced": 40_000}, "column recommendations_announced"),
        ("revisions", {"title": "\ud800"}, "column title"),
        ("revisions", {"speakers_rows": [{"name": None}]}, "column speakers_rows"),
        ("revisions", {"headline": "no such column"}, "revisions has no column headline"),
        ("articles", {}, "articles is no table of the kind log"),
        ("nothing", {}, "nothing is no table"),
    ],
)
def test_a_row_that_does_not_fit_names_table_and_column(
    store: Store, root: Path, table: str, change: dict[str, Any], named: str
) -> None:
    night(store, 1, range(3))
    row = revision(9, run_id(2)) | change
    with pytest.raises(StoreError, match=named), store.stage(run_id(2)) as staging:
        staging.append(table, [row])
    assert leftovers(root) == []
    assert len(read(root)) == 3


def test_a_large_run_is_split_into_row_groups_and_files(
    store: Store, root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(parquet, "ROW_GROUP_ROWS", 10)
    monkeypatch.setattr(parquet, "FILE_BYTES", 20_000)
    rows = [revision(n, run_id(1)) for n in range(95)]
    with store.stage(run_id(1)) as staging:
        for start in range(0, 95, 7):
            staging.append("revisions", rows[start : start + 7])
        staging.commit(archive_sequence=95, pending=(5, 6), cleaner_version="1")
    names = sorted(files(root, "revisions"))
    assert names[:2] == [f"{run_id(1)}-002.parquet", f"{run_id(1)}-003.parquet"]
    assert f"{run_id(1)}.parquet" in names
    assert sorted(read(root, "revisions")["url"]) == sorted(read(root)["url"])
    assert sorted(read(root)["url"]) == sorted(url_of(n) for n in range(95))
    head = store.head()
    assert head is not None
    assert (head.archive_sequence, head.pending) == (95, (5, 6))


def test_only_the_newest_states_are_kept(
    store: Store, root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(layout, "KEPT_SNAPSHOTS", 3)
    for number in range(1, 6):
        night(store, number, [number])
    kept = sorted(path.name for path in (root / ".snapshots").iterdir())
    assert kept == [run_id(3), run_id(4), run_id(5)]
    assert len(list((root / "manifests").iterdir())) == 5
    assert leftovers(root) == []
    assert len(read(root, "revisions")) == 5


def test_without_hard_links_files_are_copied_and_one_warning_is_given(
    store: Store,
    root: Path,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise OSError(errno.EPERM, os.strerror(errno.EPERM))

    monkeypatch.setattr(os, "link", refuse)
    with caplog.at_level(logging.WARNING, "newsgrain"):
        for number in (1, 2, 3):
            night(store, number, [number])
    assert [record.getMessage() for record in caplog.records] == [
        "hard links do not work here (Operation not permitted): each snapshot is a full copy"
    ]
    assert len(read(root)) == 3
    assert leftovers(root) == []


def test_a_full_disk_is_one_error_and_the_published_state_stays(store: Store, root: Path) -> None:
    night(store, 1, range(3))
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    rows = [page(n, run_id(2)) | {"url": os.urandom(64).hex()} for n in range(20_000)]
    try:
        resource.setrlimit(resource.RLIMIT_FSIZE, (200_000, hard))
        with pytest.raises(DiskFullError, match="no space left") as caught:
            publish(store, run_id(2), {"pages": rows})
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert caught.value.__cause__ is not None
    assert leftovers(root) == []
    assert len(read(root)) == 3
    assert len(read(root, "pages")) == 3
    assert publish(store, run_id(2), {"pages": rows}).rows("pages") == 20_003


@pytest.mark.parametrize("call", ["link", "rename", "symlink", "fsync", "mkdir"])
def test_any_refusal_of_the_file_system_is_a_store_error_and_nothing_is_published(
    store: Store, root: Path, monkeypatch: pytest.MonkeyPatch, call: str
) -> None:
    before = night(store, 1, range(3))

    def fail(*_: object, **__: object) -> None:
        raise OSError(errno.EIO, os.strerror(errno.EIO), str(root / "somewhere"))

    def commit() -> None:
        with store.stage(run_id(2)) as staging, monkeypatch.context() as patch:
            staging.append("revisions", [revision(9, run_id(2))])
            patch.setattr(os, call, fail)
            staging.commit(archive_sequence=9, pending=(), cleaner_version="1")

    with pytest.raises(StoreError, match="somewhere: Input/output error"):
        commit()
    assert store.head() == before
    assert leftovers(root) == []


def test_a_folder_in_the_place_of_a_tables_link_is_named(store: Store, root: Path) -> None:
    (root / "articles").mkdir(parents=True)
    with pytest.raises(StoreError, match="articles: is in the way"):
        night(store, 1, range(3))


def test_a_lost_link_to_the_current_state_deletes_nothing(store: Store, root: Path) -> None:
    night(store, 1, range(3))
    night(store, 2, [5])
    (root / "current").unlink()
    with pytest.raises(StoreError, match="the link `current` is missing"):
        Store(root).recover()
    assert len(list((root / ".snapshots").iterdir())) == 2


@pytest.mark.parametrize("nights_before", [0, 1])
def test_everything_is_on_the_disk_before_the_link_is_turned(
    store: Store, root: Path, monkeypatch: pytest.MonkeyPatch, nights_before: int
) -> None:
    for number in range(1, nights_before + 1):
        night(store, number, range(3))
    run = run_id(nights_before + 1)
    synced: set[tuple[int, int]] = set()
    lacking: list[Path] = []
    sync, rename = os.fsync, os.rename

    def mark(found: os.stat_result) -> tuple[int, int]:
        return found.st_ino, found.st_mtime_ns

    def fsync(descriptor: int) -> None:
        sync(descriptor)
        synced.add(mark(os.fstat(descriptor)))

    def watched(source: Any, target: Any) -> None:
        if str(target).endswith("/current"):
            snapshot = root / ".snapshots" / run
            new = [path for path in snapshot.rglob("*") if path.is_dir() or run in path.name]
            new += [snapshot, snapshot.parent, root / "manifests", root / f"manifests/{run}.json"]
            new += [root] if nights_before == 0 else []
            lacking.extend(path for path in new if mark(path.stat()) not in synced)
            assert len(new) > 20
        rename(source, target)

    monkeypatch.setattr(os, "fsync", fsync)
    monkeypatch.setattr(os, "rename", watched)
    night(store, nights_before + 1, range(10, 12))
    assert lacking == []
