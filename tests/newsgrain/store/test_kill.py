"""Killed anywhere, a commit has happened or has not; done again, it is complete."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.newsgrain.store.killing import SCENARIOS

CHECKOUT = Path(__file__).resolve().parents[3]


def kill(folder: Path, scenario: str, stride: int) -> dict[str, Any]:
    command = [sys.executable, "-m", "tests.newsgrain.store.killing"]
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


@pytest.mark.parametrize("scenario", ["first commit", "second commit"])
def test_a_commit_killed_at_some_calls_is_before_or_after_and_its_retry_completes(
    tmp_path: Path, scenario: str
) -> None:
    result = kill(tmp_path, scenario, stride=23)
    assert result["wrong"] == []
    assert result["before"]
    assert result["after"]


@pytest.mark.slow
@pytest.mark.parametrize("scenario", SCENARIOS)
def test_killed_at_every_call_the_state_is_before_or_after_and_a_retry_completes(
    tmp_path: Path, scenario: str
) -> None:
    result = kill(tmp_path, scenario, stride=1)
    assert result["wrong"] == []
    assert result["before"] + result["after"] == result["calls"]
    assert result["after"]
