"""kill -9 in the middle of a run, then the run again: no row lost, none doubled."""

from __future__ import annotations

import subprocess
import time
from collections import Counter
from typing import TYPE_CHECKING

import pytest

from crawler.demo import serve
from tests.end_to_end.conftest import NIGHTS, prepare, rows, step, step_command

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from crawler.demo import DemoServer

_PATIENCE_S = 60


def _run_until(condition: Callable[[], bool], workspace: Path) -> None:
    """Start a run and kill it as soon as the condition holds."""
    process = subprocess.Popen(
        step_command("run", workspace, NIGHTS[0]),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    deadline = time.monotonic() + _PATIENCE_S
    while not condition():
        assert process.poll() is None, "the run ended before it could be killed"
        assert time.monotonic() < deadline
        time.sleep(0.005)
    process.kill()
    process.wait()


def _moments(server: DemoServer, workspace: Path) -> dict[str, Callable[[], bool]]:
    datasets = workspace / "datasets"
    return {
        "at the first request": lambda: len(server.requests) > 0,
        "while listings are read": lambda: len(server.requests) > 6,
        "while articles are fetched": lambda: len(server.requests) > 25,
        "while pages are cleaned": lambda: any(datasets.glob(".staging/*/*/*/*")),
        "while the commit is made": lambda: any(datasets.glob(".snapshots/*")),
    }


_NAMES = (
    "at the first request",
    "while listings are read",
    "while articles are fetched",
    "while pages are cleaned",
    "while the commit is made",
)


@pytest.fixture(scope="module")
def server():
    with serve(night=1, now=NIGHTS[0]) as running:
        yield running


@pytest.mark.parametrize("moment", _NAMES)
def test_a_killed_run_is_simply_run_again(server, tmp_path, moment):
    prepare(tmp_path, server)
    server.forget_requests()
    _run_until(_moments(server, tmp_path)[moment], tmp_path)
    step("run", tmp_path, NIGHTS[0])
    published = Counter((row["url"], row["revision"]) for row in rows(tmp_path, "revisions"))
    expected = {one.url(server.port) for one in server.articles}
    assert {url for url, _ in published} == expected
    assert set(published.values()) == {1}
    assert len(rows(tmp_path, "articles")) == len(expected)
    asked = Counter(one.path for one in server.requests if one.status == 200)
    articles = {one.path for one in server.articles}
    again = sum(asked[path] - 1 for path in articles)
    assert again <= 2, "what was archived before the kill is not fetched again"
    pages = Counter(row["page_id"] for row in rows(tmp_path, "pages"))
    assert set(pages.values()) == {1}
    runs = rows(tmp_path, "runs")
    assert sum(row["article_fetches"] for row in runs) == len(rows(tmp_path, "verdicts"))


def test_two_runs_cannot_overlap(server, tmp_path):
    prepare(tmp_path, server)
    command = step_command("run", tmp_path, NIGHTS[0])
    with subprocess.Popen(command, stdout=-3, stderr=-3) as first:
        while not (tmp_path / ".lock").exists() or not (tmp_path / ".lock").read_text():
            assert first.poll() is None
            time.sleep(0.01)
        second = subprocess.run(command, capture_output=True, text=True, check=False)
        assert second.returncode == 4
        assert f"process {first.pid}" in second.stderr
        assert len(second.stderr.splitlines()) == 1
    assert first.returncode == 0


def test_an_interrupted_run_ends_with_130_and_goes_on(server, tmp_path):
    import signal

    prepare(tmp_path, server)
    server.forget_requests()
    with subprocess.Popen(
        step_command("run", tmp_path, NIGHTS[0]), stdout=-3, stderr=subprocess.PIPE, text=True
    ) as process:
        while len(server.requests) < 20:
            assert process.poll() is None
            time.sleep(0.01)
        process.send_signal(signal.SIGINT)
        _, errors = process.communicate(timeout=_PATIENCE_S)
    assert process.returncode == 130
    assert "Traceback" not in errors
    step("run", tmp_path, NIGHTS[0])
    assert len(rows(tmp_path, "articles")) == len(server.articles)
