"""Shells complete what the command line knows."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest


def complete(words: str, shell: str = "complete_bash") -> list[str]:
    """Return what a shell is offered behind some words."""
    environment = os.environ | {
        "_NEWSGRAIN_COMPLETE": shell,
        "COMP_WORDS": words,
        "COMP_CWORD": str(len(words.split(" ")) - 1),
    }
    command = [sys.executable, "-m", "crawler.cli"]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    return done.stdout.split()


@pytest.mark.parametrize(
    ("words", "offered"),
    [
        ("newsgrain sched", ["schedule"]),
        ("newsgrain rep", ["report"]),
        ("newsgrain report --as", ["--as-of"]),
        ("newsgrain export here --format sq", ["sqlite"]),
    ],
)
def test_commands_options_and_values_are_completed(words: str, offered: list[str]) -> None:
    assert complete(words) == offered


def test_the_shells_script_calls_newsgrain() -> None:
    assert "_NEWSGRAIN_COMPLETE=complete_bash" in " ".join(complete("", "source_bash"))
