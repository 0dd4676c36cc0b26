"""Killed before any change of the disk, the archive holds what it confirmed and can go on."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.newsgrain.archive.killing import SCENARIOS

CHECKOUT = Path(__file__).resolve().parents[3]


def kill(folder: Path, scenario: str, stride: int) -> dict[str, Any]:
    command = [sys.executable, "-m", "tests.newsgrain.archive.killing"]
    done = subprocess.run(
        [*command, str(folder), scenario, str(stride)],
        cwd=CHECKOUT,
        check=False,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    result: dict[str, Any] = json.loads(done.stdout)
    return result


@pytest.mark.parametrize("scenario", ["the first page", "pruning"])
def test_killed_at_some_changes_of_the_disk_no_page_is_lost_or_doubled(
    tmp_path: Path, scenario: str
) -> None:
    result = kill(tmp_path, scenario, stride=7)
    assert result["wrong"] == []
    assert result["killed"] > 5


@pytest.mark.slow
@pytest.mark.parametrize("scenario", SCENARIOS)
def test_killed_at_every_change_of_the_disk_no_page_is_lost_or_doubled(
    tmp_path: Path, scenario: str
) -> None:
    result = kill(tmp_path, scenario, stride=1)
    assert result["wrong"] == []
    assert result["killed"] == result["calls"] > 5
