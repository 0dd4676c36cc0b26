"""Kills `newsgrain compact` before every call that changes the disk, and looks what is left.

Run as a program with a workspace that is to be compacted, a scratch folder and a stride.
"""

from __future__ import annotations

import json
import shutil
import sys
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pyarrow.dataset as ds

from newsgrain import layout
from newsgrain.catalog import Catalog
from newsgrain.compact import compact
from newsgrain.store import Store
from newsgrain.verify import verify
from newsgrain.workspace import Workspace
from tests.newsgrain.killing import Trace, in_child
from tests.newsgrain.store.nights import START

_NOW = START + timedelta(days=105)
_WATCHED = ("open", "link", "rename", "replace", "symlink", "unlink", "rmdir", "mkdir", "fsync")


def _compact(root: Path, deadly: int = 0) -> list[str]:
    trace = Trace(_WATCHED, deadly)
    trace.arm()
    compact(Workspace(root), lambda: _NOW)
    return trace.calls


def _rows(root: Path) -> dict[str, list[str]]:
    tables = {
        path.name: path for path in (root / "datasets" / "current").iterdir() if path.is_dir()
    }
    return {
        name: sorted(map(repr, ds.dataset(path, partitioning="hive").to_table().to_pylist()))
        for name, path in tables.items()
    }


def _look(root: Path) -> tuple[Any, Any, list[str]]:
    """Return the rows after the kill, those after a second try, and what is wrong then."""
    store = Store(root / "datasets")
    store.recover()
    left = _rows(root)
    compact(Workspace(root), lambda: _NOW)
    wrong = ["staging is left"] if (root / "datasets" / layout.STAGING).exists() else []
    wrong += [one.detail for one in verify(root / "datasets", Catalog()) if not one.is_good]
    return left, _rows(root), wrong


def kill_everywhere(workspace: Path, scratch: Path, stride: int) -> dict[str, Any]:
    """Kill before every `stride`-th call; return what was found wrong, and counts."""

    def copy() -> Path:
        shutil.rmtree(scratch, ignore_errors=True)
        return Path(shutil.copytree(workspace, scratch, symlinks=True))

    before = in_child(partial(_rows, workspace))
    calls = in_child(partial(_compact, copy()))
    result: dict[str, Any] = {"calls": len(calls), "kills": 0, "wrong": []}
    for deadly in sorted({*range(1, len(calls) + 1, stride), len(calls)}):
        copy()
        where = f"{deadly} {calls[deadly - 1]}"
        if in_child(partial(_compact, scratch, deadly)) is not None:
            result["wrong"].append(f"{where}: was not killed")
        left, after, wrong = in_child(partial(_look, scratch))
        result["kills"] += 1
        result["wrong"] += [f"{where}: {what}" for what in wrong]
        if not before == left == after:
            result["wrong"].append(f"{where}: other rows")
    return result


if __name__ == "__main__":
    print(json.dumps(kill_everywhere(Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3]))))  # noqa: T201
