"""A backup is one whole file or none; what is restored of it is proved to be the workspace."""

from __future__ import annotations

import os
import sqlite3
import subprocess
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from newsgrain import backup as backup_module
from newsgrain import layout
from newsgrain.archive import Archive
from newsgrain.backup import back_up, restore
from newsgrain.copies import backups_of
from newsgrain.errors import ConfigError, StoreError
from newsgrain.store import Store
from newsgrain.workspace import Workspace
from newsgrain.workspace_key import workspace_key
from tests.newsgrain.archive.exchanges import START, exchange
from tests.newsgrain.store.nights import night

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture
def workspace(made: Path, tmp_path: Path) -> Workspace:
    subprocess.run(["/bin/cp", "-a", made, tmp_path / "work"], check=True)  # keeps links
    return Workspace(tmp_path / "work")


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Sixteen nights, of which fourteen are kept."""
    workspace = Workspace(tmp_path_factory.mktemp("backup") / "made")
    workspace.make()
    (workspace.root / "newsgrain.toml").write_text("[crawl]\n")
    for number in range(1, 17):
        night(Store(workspace.datasets), number, range(number * 10, number * 10 + 5))
    with Archive.open(workspace.archive) as archive:
        run = archive.begin_run("run", START, head=None)
        archive.record(exchange(1, run))
        archive.end_run(run, START)
    (workspace.logs / "one.jsonl").write_text("{}\n")
    workspace_key(workspace.root)
    return workspace.root


def contents(root: Path) -> dict[str, bytes | str]:
    """Return every file with its bytes, and every symbolic link with its target."""
    left_out = {".lock", "copies.json"}
    return {
        str(path.relative_to(root)): (
            str(path.readlink()) if path.is_symlink() else path.read_bytes()
        )
        for path in root.rglob("*")
        if (path.is_symlink() or path.is_file()) and path.name not in left_out
        and not path.name.endswith(("-shm", "-wal"))
    }  # fmt: skip


def bytes_on_disk(root: Path) -> int:
    stats = [p.stat() for p in root.rglob("*") if p.is_file() and not p.is_symlink()]
    return sum({stat.st_ino: stat.st_size for stat in stats}.values())


def test_what_is_restored_is_the_workspace_byte_for_byte(workspace, tmp_path):
    with workspace.lock():
        back_up(workspace, tmp_path / "b.tar.zst", START)
    proof = restore(tmp_path / "b.tar.zst", tmp_path / "new")
    assert contents(tmp_path / "new") == contents(workspace.root)
    assert (tmp_path / "new" / ".newsgrain.key").stat().st_mode & 0o077 == 0
    assert [line.split()[0] for line in proof] == [
        "files", "keys", "articles", "items", "pages", "runs", "archive"
    ]  # fmt: skip
    night(Store(tmp_path / "new" / "datasets"), 17, range(170, 175))
    assert backups_of(workspace) == [tmp_path / "b.tar.zst"]


def test_kept_states_still_share_their_files_where_a_plain_copy_holds_each_of_them(
    workspace, tmp_path
):
    done = back_up(workspace, tmp_path / "b.tar.zst", START)
    restore(tmp_path / "b.tar.zst", tmp_path / "new")
    assert bytes_on_disk(tmp_path / "new") <= 1.05 * bytes_on_disk(workspace.root)
    assert done.plain_bytes > 4 * done.own_bytes
    assert done.bytes < done.own_bytes
    snapshots = list((tmp_path / "new" / "datasets" / layout.SNAPSHOTS).iterdir())
    assert len(snapshots) == layout.KEPT_SNAPSHOTS


def test_nothing_is_overwritten(workspace, tmp_path):
    (tmp_path / "b").write_text("mine")
    with pytest.raises(ConfigError, match="exists already"):
        back_up(workspace, tmp_path / "b", START)
    back_up(workspace, tmp_path / "c", START)
    with pytest.raises(ConfigError, match="is not empty"):
        restore(tmp_path / "c", workspace.root)
    assert (tmp_path / "b").read_text() == "mine"


def test_an_interrupted_backup_leaves_no_file(workspace, tmp_path, monkeypatch):
    def half(*arguments: object) -> None:
        arguments[1].write(b"half")  # type: ignore[attr-defined]
        raise KeyboardInterrupt

    monkeypatch.setattr(backup_module, "_write", half)
    with pytest.raises(KeyboardInterrupt):
        back_up(workspace, tmp_path / "b", START)
    assert [path.name for path in tmp_path.iterdir()] == ["work"]


@pytest.mark.parametrize("damage", ["cut", "flipped", "foreign"])
def test_a_damaged_backup_restores_nothing(workspace, tmp_path, damage):
    target = tmp_path / "b"
    back_up(workspace, target, START)
    data = bytearray(target.read_bytes())
    if damage == "cut":
        data = data[: len(data) // 2]
    elif damage == "flipped":
        data[len(data) // 2] ^= 0xFF
    else:
        data = bytearray(b"no backup")
    target.write_bytes(data)
    with pytest.raises(StoreError):
        restore(target, tmp_path / "new")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["b", "work"]


def test_what_is_not_whole_is_not_restored(workspace, tmp_path):
    victim = max((workspace.datasets / layout.CURRENT / "articles").rglob("*.parquet"))
    stat = victim.stat()
    data = bytearray(victim.read_bytes())
    data[len(data) // 2] ^= 0xFF
    victim.write_bytes(data)
    os.utime(victim, ns=(stat.st_atime_ns, stat.st_mtime_ns))
    back_up(workspace, tmp_path / "b", START)
    with pytest.raises(StoreError, match="has other bytes than the manifest says"):
        restore(tmp_path / "b", tmp_path / "new")
    assert not (tmp_path / "new").exists()


@contextmanager
def reader(path: Path) -> Iterator[None]:
    """Read a database, and hold on to what it was then."""
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute("BEGIN")
        connection.execute("SELECT count(*) FROM pages").fetchone()
        yield


def test_what_a_reader_keeps_out_of_the_ledgers_own_file_is_not_left_out_of_a_backup(
    workspace, tmp_path, monkeypatch
):
    monkeypatch.setattr(backup_module, "_PATIENCE_S", 0.0)
    with reader(workspace.archive / "ledger.sqlite"):
        with Archive.open(workspace.archive) as archive:
            archive.record(exchange(2, archive.begin_run("run", START, head=None)))
        with pytest.raises(StoreError, match="is being read by another process; end it"):
            back_up(workspace, tmp_path / "b", START)
    assert [path.name for path in tmp_path.iterdir()] == ["work"]
    back_up(workspace, tmp_path / "b", START)
    restore(tmp_path / "b", tmp_path / "new")
    with Archive.open(tmp_path / "new" / "archive") as archive:
        assert archive.last_page_id() == 2


def test_a_configuration_and_an_archive_that_lie_elsewhere_are_packed_themselves(
    workspace, tmp_path
):
    before = contents(workspace.root)
    for name in ("newsgrain.toml", "archive"):
        (workspace.root / name).rename(tmp_path / name)
        (workspace.root / name).symlink_to(f"../{name}")
    back_up(workspace, tmp_path / "b", START)
    restore(tmp_path / "b", tmp_path / "new")
    assert contents(tmp_path / "new") == before


@pytest.mark.parametrize(
    ("link", "target"),
    [("rules/mine.toml", "../../mine.toml"), ("rules/mine.toml", "/mine"), ("reports", "none")],
)
def test_a_link_that_a_restored_workspace_could_not_have_is_refused_at_once(
    workspace, tmp_path, link, target
):
    (workspace.root / link).parent.mkdir(exist_ok=True)
    subprocess.run(["/bin/rm", "-rf", workspace.root / link], check=True)
    (workspace.root / link).symlink_to(target)
    with pytest.raises(StoreError, match=r"leads out of the workspace|leads nowhere"):
        back_up(workspace, tmp_path / "b", START)


def test_a_link_within_the_workspace_stays_one(workspace, tmp_path):
    (workspace.root / "rules").mkdir(exist_ok=True)
    (workspace.root / "rules" / "shared.toml").symlink_to("../newsgrain.toml")
    back_up(workspace, tmp_path / "b", START)
    restore(tmp_path / "b", tmp_path / "new")
    assert (tmp_path / "new/rules/shared.toml").readlink() == Path("../newsgrain.toml")


def test_who_stands_in_the_empty_folder_has_the_workspace_there(workspace, tmp_path, monkeypatch):
    back_up(workspace, tmp_path / "b", START)
    (tmp_path / "new").mkdir()
    monkeypatch.chdir(tmp_path / "new")
    restore(tmp_path / "b", Path())
    assert Path("newsgrain.toml").read_text() == "[crawl]\n"  # where the process stands
    assert contents(tmp_path / "new") == contents(workspace.root)


def test_a_restoring_that_was_killed_is_begun_again(workspace, tmp_path):
    back_up(workspace, tmp_path / "b", START)
    (tmp_path / "new" / ".restoring" / "datasets").mkdir(parents=True)
    restore(tmp_path / "b", tmp_path / "new")
    assert contents(tmp_path / "new") == contents(workspace.root)
