"""Kills `newsgrain forget` before calls that change the disk, and looks what the next one leaves.

Run as a program with a workspace, a scratch folder and a stride; prints one JSON object.
"""

from __future__ import annotations

import json
import os
import shutil
import sys
from pathlib import Path
from typing import Any

from newsgrain.archive import Archive
from newsgrain.catalog import Catalog
from newsgrain.finding import find_article
from newsgrain.forget import forget
from newsgrain.tombstones import Reason
from newsgrain.verify import verify, verify_archive
from newsgrain.workspace import Workspace
from tests.newsgrain.forgetting.papers import OPENING, START, TITLE, URL, traces
from tests.newsgrain.killing import Trace, in_child

_WATCHED = ("link", "rename", "replace", "symlink", "unlink", "rmdir", "mkdir", "pwrite", "write")


def _forget(root: Path, deadly: int = 0) -> list[str]:
    trace = Trace(_WATCHED, deadly)
    trace.arm()
    workspace = Workspace(root)
    with workspace.lock():
        removal = find_article(workspace, URL, Reason.ERASURE, START).removal
        forget(workspace, removal, clock=lambda: START)
    return trace.calls


def _look(root: Path) -> list[str]:
    """Take the lock, as any command does, and return what is wrong then."""
    workspace = Workspace(root)
    with workspace.lock():
        is_begun = (root / "forgotten.json").exists()
        wrong = [f"{n.check}: {n.detail}" for n in verify(workspace.datasets, Catalog())
                 if not n.is_good]  # fmt: skip
        with Archive.open(workspace.archive) as archive:
            finding = verify_archive(archive)
            wrong += [] if finding.is_good else [finding.detail]
            wrong += ["touched is left"] if "touched" in {
                name for (name,) in archive.connection.execute("SELECT name FROM sqlite_master")
            } else []  # fmt: skip
    if not is_begun:
        _forget(root)
    wrong += [f"{name} holds {what}" for name, what in traces(root, URL, TITLE, OPENING)]
    names = [path.name for path in (workspace.datasets / ".snapshots").iterdir()]
    wrong += [f"{name} is left" for name in names if "edition1" not in name]
    return wrong


def kill_everywhere(workspace: Path, scratch: Path, stride: int) -> dict[str, Any]:
    def copy() -> Path:
        shutil.rmtree(scratch, ignore_errors=True)
        return Path(shutil.copytree(workspace, scratch, symlinks=True))

    calls = in_child(lambda: _forget(copy()))
    result: dict[str, Any] = {"calls": len(calls), "wrong": [], "kills": 0}
    for deadly in range(1, len(calls) + 1, stride):
        root = copy()
        if in_child(lambda: _forget(root, deadly)) is not None:  # noqa: B023
            result["wrong"].append(f"{deadly}: was not killed")
        wrong = in_child(lambda: _look(root))  # noqa: B023
        result["wrong"] += [f"{deadly} {calls[deadly - 1]}: {what}" for what in wrong]
        result["kills"] += 1
    return result


if __name__ == "__main__":
    os.fsync = lambda _: None  # a kill loses nothing that was written; only time
    print(json.dumps(kill_everywhere(Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3]))))  # noqa: T201
