"""The workspace's lock: two runs cannot overlap, and a dead one holds nothing."""

from __future__ import annotations

import subprocess
import sys

import pytest

from newsgrain.errors import LockedError, NewsgrainError
from newsgrain.workspace import Workspace

_HOLD = """
import sys, pathlib
from newsgrain.workspace import Workspace
with Workspace(pathlib.Path(sys.argv[1])).lock():
    print("held", flush=True)
    sys.stdin.read()
"""


@pytest.fixture
def holder(tmp_path):
    command = [sys.executable, "-c", _HOLD, str(tmp_path)]
    with subprocess.Popen(command, stdin=-1, stdout=-1, text=True) as process:
        assert process.stdout.readline() == "held\n"
        yield process
        process.kill()


def test_a_second_run_is_refused_and_told_who_holds_it(tmp_path, holder):
    with pytest.raises(LockedError, match=f"process {holder.pid}"), Workspace(tmp_path).lock():
        pass


def test_the_lock_ends_with_its_process(tmp_path, holder):
    holder.kill()
    holder.wait()
    with Workspace(tmp_path).lock():
        pass


def test_locking_makes_the_folders(tmp_path):
    workspace = Workspace(tmp_path / "new")
    with workspace.lock():
        assert workspace.archive.is_dir()
        assert workspace.datasets.is_dir()
        assert workspace.logs.is_dir()


def test_a_workspace_that_is_a_file_is_one_clear_error(tmp_path):
    path = tmp_path / "file"
    path.write_text("")
    with pytest.raises(NewsgrainError, match="cannot create the workspace"):
        Workspace(path).make()
