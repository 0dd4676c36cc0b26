"""Pages that crash, hang or kill a worker cost themselves and nothing else."""

from __future__ import annotations

import logging
import multiprocessing
import os
import signal
import subprocess
import sys
import time
from concurrent.futures import Future
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from cleaners.options import MEMORY_BYTES
from cleaners.outcome import Reason, Rejected
from cleaners.text import block_digest
from newsgrain import pool
from newsgrain.archive import Archive
from newsgrain.batches import clean_pages
from newsgrain.errors import ArchiveError, NewsgrainError
from newsgrain.fair_copy import FairCopy
from newsgrain.memory_watch import CAN_WATCH, resident_bytes
from newsgrain.page_work import PageTask
from newsgrain.pool import run_tasks
from newsgrain.sightings import MEMORY_NAME
from newsgrain.site_memory import SiteMemory
from newsgrain.sketches import filed
from newsgrain.workers import Workers
from tests.newsgrain.archive.exchanges import begin, exchange
from tests.newsgrain.batches import poison
from tests.newsgrain.site.sketches import page, sketch

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture
def archived(tmp_path: Path) -> Callable[[Sequence[str]], list[PageTask]]:
    """Return a function that archives pages of these texts and gives the tasks to clean them."""

    def archive_texts(texts: Sequence[str]) -> list[PageTask]:
        with Archive.open(tmp_path) as archive:
            run_id = begin(archive)
            for number, text in enumerate(texts):
                archive.record(exchange(number, run_id, body=text.encode()))
            return [PageTask(page_id=row.page_id, row=row) for row in archive.pages()]

    return archive_texts


def outcomes(
    tasks: Sequence[PageTask], folder: Path, deadline_s: float = 30.0, workers: int = 2, **bounds
) -> list[tuple[Reason, str]]:
    results = clean_pages(
        tasks, folder=folder, workers=workers, deadline_s=deadline_s, clean=poison.clean, **bounds
    )
    found = []
    for task, (given, result) in zip(tasks, results, strict=True):
        assert given is task
        assert isinstance(result, Rejected)
        found.append((result.reason, result.detail))
    return found


def harmless(text: str) -> tuple[Reason, str]:
    return Reason.EMPTY, text


def children() -> set[int]:
    return {child.pid or 0 for child in multiprocessing.active_children()}


def is_running(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return False
    return state not in "ZX"


def is_deaf_to_interrupts(pid: int) -> bool:
    """Say whether a process began with interrupts blocked, as our workers do."""
    status = Path(f"/proc/{pid}/status").read_text()
    (blocked,) = (line.split()[1] for line in status.splitlines() if line.startswith("SigBlk:"))
    return bool(int(blocked, 16) & 1 << signal.SIGINT - 1)


def wait_until(condition: Callable[[], bool], seconds: float = 15.0) -> bool:
    end = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > end:
            return False
        time.sleep(0.02)
    return True


def test_results_come_in_the_order_of_the_tasks(
    archived: Callable[..., list[PageTask]], tmp_path: Path
) -> None:
    texts = [f"sleep {0.3 if number == 2 else 0.001}" for number in range(40)]
    assert outcomes(archived(texts), tmp_path) == [harmless(text) for text in texts]
    assert children() == set()


POISON = {
    "raise": (Reason.CRASHED, "ValueError: a bad page"),
    "sulk": (Reason.CRASHED, "Sulking: one two"),
    "recurse": (Reason.CRASHED, "RecursionError: maximum recursion depth exceeded"),
    "leave": (Reason.CRASHED, "SystemExit: 3"),
    "exit": (Reason.CRASHED, "the worker died: exit code 7"),
    "segfault": (Reason.CRASHED, "the worker died: SIGSEGV"),
    "starve": (Reason.CRASHED, "the worker died: SIGKILL"),
    "lock": (Reason.CRASHED, "TypeError: cannot pickle '_thread.lock' object"),
    "spin": (Reason.TIMED_OUT, "took more than 1 s of processor time"),
    "hold": (Reason.TIMED_OUT, "took more than 1 s of processor time"),
}


def test_poisoned_pages_are_rejected_and_their_neighbours_survive(
    archived: Callable[..., list[PageTask]], tmp_path: Path
) -> None:
    texts = [word for deed in POISON for word in (f"before {deed}", deed)] + ["the last"]
    found = outcomes(archived(texts), tmp_path, deadline_s=1.0)
    assert found == [POISON.get(text, harmless(text)) for text in texts]
    assert children() == set()


@pytest.mark.skipif(not CAN_WATCH, reason="memory is watched on Linux")
@pytest.mark.parametrize("deed", ["grow", "grow_in_c"])
def test_a_page_that_makes_its_worker_grow_costs_itself_and_a_bounded_memory(
    archived: Callable[..., list[PageTask]], tmp_path: Path, deed: str, monkeypatch
) -> None:
    held: list[int] = []

    def look(pid: int) -> int:
        held.append(resident_bytes(pid))
        return held[-1]

    monkeypatch.setattr("newsgrain.memory_watch.resident_bytes", look)
    tasks = archived(["a", deed, "b", "c", deed, "d"])
    found = outcomes(tasks, tmp_path, deadline_s=3.0, memory_bytes=300_000_000)
    fell = (Reason.CRASHED, "took more than 300 MB of memory")
    assert found == [harmless("a"), fell, harmless("b"), harmless("c"), fell, harmless("d")]
    assert 300_000_000 < max(held) < 3_000_000_000
    assert children() == set()


def test_a_single_worker_is_a_process_with_a_deadline_too(
    archived: Callable[..., list[PageTask]], tmp_path: Path
) -> None:
    found = outcomes(archived(["a", "exit", "spin", "b"]), tmp_path, deadline_s=0.5, workers=1)
    reasons = [reason for reason, _ in found]
    assert reasons == [Reason.EMPTY, Reason.CRASHED, Reason.TIMED_OUT, Reason.EMPTY]


def test_a_page_whose_worker_died_by_chance_is_tried_again(
    archived: Callable[..., list[PageTask]], tmp_path: Path
) -> None:
    once = f"once {tmp_path}"
    assert outcomes(archived([once, "a"]), tmp_path) == [harmless(once), harmless("a")]
    assert (tmp_path / "tried").exists()


def test_a_body_that_cannot_be_read_rejects_its_page(
    archived: Callable[..., list[PageTask]], tmp_path: Path
) -> None:
    tasks = archived(["a", "b", "c"])
    segment = tmp_path / "00000001.warc.gz"
    content = bytearray(segment.read_bytes())
    content[(tasks[1].row.archive_offset or 0) + 30] ^= 0xFF
    segment.write_bytes(content)
    found = outcomes(tasks, tmp_path)
    assert [reason for reason, _ in found] == [Reason.EMPTY, Reason.UNREADABLE, Reason.EMPTY]
    assert str(segment) in found[1][1]


def test_a_traceback_of_a_worker_reaches_the_log_of_the_caller_with_the_address(
    archived: Callable[..., list[PageTask]], tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    tasks = archived(["raise", "exit"])
    with caplog.at_level(logging.ERROR, "newsgrain.clean"):
        outcomes(tasks, tmp_path)
    raised, died = (record.getMessage() for record in caplog.records)
    assert "url=https://harbour.example/0" in raised
    assert "raise ValueError(message)\nValueError: a bad page" in raised
    assert "url=https://harbour.example/1 kind=died" in died


def test_tasks_are_taken_as_results_are_asked_for(
    archived: Callable[..., list[PageTask]], tmp_path: Path
) -> None:
    tasks = archived([str(number) for number in range(60)])
    taken = []

    def stream() -> Iterator[PageTask]:
        for task in tasks:
            taken.append(task)
            yield task

    results = clean_pages(stream(), folder=tmp_path, workers=1, clean=poison.clean)
    next(results)
    assert len(taken) <= 10
    assert len(list(results)) == 59


def test_a_memory_that_cannot_be_read_is_no_fault_of_a_page(
    archived: Callable[..., list[PageTask]], tmp_path: Path
) -> None:
    tasks = [replace(task, site_verdicts=None) for task in archived(["a", "b"])]
    (tmp_path / MEMORY_NAME).write_bytes(b"no database" * 500)
    results = clean_pages(tasks, folder=tmp_path, workers=1, clean=poison.clean)
    with pytest.raises(ArchiveError, match=MEMORY_NAME):
        list(results)


def test_a_task_comes_back_with_what_the_memory_said(
    archived: Callable[..., list[PageTask]], tmp_path: Path
) -> None:
    (task,) = (replace(task, site_verdicts=None) for task in archived(["a"]))
    with SiteMemory.open(tmp_path, cleaner_version="1", is_new=True) as memory:
        with memory.writing():
            for number in range(task.page_id, task.page_id + 6):
                memory.add(page(number), filed(sketch(f"article {number}", "blurb")))
        ((told, _),) = clean_pages([task], folder=tmp_path, workers=1, clean=poison.clean)
    assert told == replace(task, site_verdicts={block_digest("blurb"): "repeated_on_site"})


def test_no_tasks_start_no_process(tmp_path: Path) -> None:
    assert list(clean_pages([], folder=tmp_path, workers=2)) == []
    assert children() == set()


def test_a_caller_that_stops_early_leaves_no_process(
    archived: Callable[..., list[PageTask]], tmp_path: Path
) -> None:
    tasks = archived(["a", *["hold"] * 10])
    results = clean_pages(tasks, folder=tmp_path, workers=2, clean=poison.clean)
    next(results)
    assert len(children()) == 2
    start = time.monotonic()
    results.close()  # type: ignore[attr-defined]
    # A worker that has to be asked twice takes three seconds.
    assert time.monotonic() - start < 2.9
    assert children() == set()


def test_real_pages_are_cleaned_by_the_cleaner_of_the_product(tmp_path: Path) -> None:
    sentence = "The harbour was busy on Monday, and the ferries came in late because of the fog."
    text = "".join(f"<p>{sentence} Number {number}.</p>" for number in range(12))
    body = f"<html><body><article><h1>Fog over the quay</h1>{text}</article></body></html>"
    with Archive.open(tmp_path) as archive:
        row = archive.page(archive.record(exchange(1, begin(archive), body=body.encode())))
    ((_, result),) = clean_pages([PageTask(page_id=1, row=row)], folder=tmp_path, workers=1)
    assert isinstance(result, FairCopy)
    assert result.article.title == "Fog over the quay"
    assert sentence in result.article.text


# Whole processes


@contextmanager
def started_program(folder: Path) -> Iterator[tuple[subprocess.Popen[str], set[int]]]:
    """Run a program whose workers hang; give it with its descendants, and leave none of them."""
    command = [sys.executable, "-m", "tests.newsgrain.batches.program", str(folder)]
    program = subprocess.Popen(
        command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    descendants: set[int] = set()
    try:
        assert program.stdout is not None
        assert program.stdout.readline() == "https://harbour.example/0\n"
        listed = Path(f"/proc/{program.pid}/task").glob("*/children")
        descendants.update(int(pid) for path in listed for pid in path.read_text().split())
        assert len(descendants) >= 2
        yield program, descendants
    finally:
        program.kill()
        program.communicate()
        for pid in filter(is_running, descendants):
            os.kill(pid, signal.SIGKILL)


needs_proc = pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="needs /proc")


@needs_proc
@pytest.mark.parametrize("deed", ["spin", "hold", "sleep 600"])
def test_no_worker_outlives_a_parent_that_is_killed(
    archived: Callable[..., list[PageTask]], tmp_path: Path, deed: str
) -> None:
    archived(["a", deed, deed, deed])
    with started_program(tmp_path) as (program, descendants):
        program.kill()
        assert wait_until(lambda: not any(map(is_running, descendants)))


@needs_proc
def test_an_interrupt_ends_the_program_and_its_workers(
    archived: Callable[..., list[PageTask]], tmp_path: Path
) -> None:
    archived(["a", "spin", "spin"])
    with started_program(tmp_path) as (program, descendants):
        assert sum(map(is_deaf_to_interrupts, descendants)) == 2
        for pid in (program.pid, *descendants):  # a terminal sends it to all of them
            os.kill(pid, signal.SIGINT)
        _, said = program.communicate(timeout=20)
        assert said.rstrip().endswith("KeyboardInterrupt")
        assert said.count("Traceback") == 1
        assert wait_until(lambda: not any(map(is_running, descendants)))


# The pool itself

_BOUNDS = {"workers": 2, "deadline_s": 20, "memory_bytes": MEMORY_BYTES}


def test_a_pool_that_breaks_is_replaced_and_loses_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FALLS_ONCE_MARK", str(tmp_path / "mark"))
    preload = ("tests.newsgrain.batches.falls_once",)
    results = list(run_tasks(abs, range(-30, 0), **_BOUNDS, preload=preload))
    assert results == [(number, -number) for number in range(-30, 0)]
    assert (tmp_path / "mark").exists()


def test_workers_that_cannot_start_are_an_error_and_no_endless_loop() -> None:
    preload = ("tests.newsgrain.batches.falls_always",)
    with pytest.raises(NewsgrainError, match="die before they do anything"):
        list(run_tasks(abs, range(30), **_BOUNDS, preload=preload))
    assert children() == set()


class _Unanswered(Future[Any]):
    """What is given for a task by a pool that is gone, and never says so."""

    asked = 0

    def exception(self, timeout: float | None = None) -> BaseException | None:
        _Unanswered.asked += 1
        raise TimeoutError(timeout)


class _Silent(Workers):
    """Workers of which the first ones end without a word, as those of old versions of pebble."""

    made = 0

    def __init__(self, *args: Any) -> None:
        super().__init__(*args)
        _Silent.made += 1
        self._is_silent = _Silent.made == 1

    def schedule(self, function: Any, task: Any, **bounds: float) -> Future[Any]:
        return _Unanswered() if self._is_silent else super().schedule(function, task, **bounds)

    @property
    def is_alive(self) -> bool:
        return not self._is_silent and super().is_alive


def test_a_pool_that_ends_without_a_word_is_replaced_at_once(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(pool, "Workers", _Silent)
    monkeypatch.setattr(_Silent, "made", 0)
    monkeypatch.setattr(_Unanswered, "asked", 0)
    assert list(run_tasks(abs, [-1, -2, -3], **_BOUNDS)) == [(-1, 1), (-2, 2), (-3, 3)]
    assert (_Silent.made, _Unanswered.asked) == (2, 1)
