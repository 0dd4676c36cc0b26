"""A page that killed workers is remembered, also by the next run."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from cleaners.outcome import Reason, Rejected
from newsgrain.archive import Archive
from newsgrain.batches import clean_pages
from newsgrain.page_work import PageTask
from newsgrain.quarantine import Quarantine
from tests.newsgrain.archive.exchanges import begin, exchange
from tests.newsgrain.batches import poison

if TYPE_CHECKING:
    from pathlib import Path


def run(archive: Archive, version: str, deadline_s: float = 20.0) -> list[tuple[Reason, str]]:
    """Clean all pages of an archive as one run does; return the rejections."""
    tasks = [PageTask(page_id=row.page_id, row=row) for row in archive.pages()]
    results = clean_pages(
        tasks,
        folder=archive.folder,
        workers=1,
        deadline_s=deadline_s,
        clean=poison.clean,
        strikes=Quarantine(archive, version),
    )
    found = []
    for _, result in results:
        assert isinstance(result, Rejected)
        found.append((result.reason, result.detail))
    return found


def archive_texts(archive: Archive, *texts: str) -> None:
    run_id = begin(archive)
    for number, text in enumerate(texts, archive.last_page_id()):
        archive.record(exchange(number, run_id, body=text.encode()))


HELD = (Reason.QUARANTINED, "the same page has killed workers before")


def test_a_page_that_killed_two_workers_is_not_given_to_a_third(tmp_path: Path) -> None:
    with Archive.open(tmp_path) as archive:
        archive_texts(archive, "a", "exit", "b")
        died = (Reason.CRASHED, "the worker died: exit code 7")
        assert run(archive, "1") == [(Reason.EMPTY, "a"), died, (Reason.EMPTY, "b")]
    with Archive.open(tmp_path) as archive:  # another process, and the page fetched once more
        archive_texts(archive, "exit")
        assert run(archive, "1") == [(Reason.EMPTY, "a"), HELD, (Reason.EMPTY, "b"), HELD]


def test_a_newer_cleaner_tries_again(tmp_path: Path) -> None:
    with Archive.open(tmp_path) as archive:
        archive_texts(archive, "exit")
        run(archive, "1")
        assert run(archive, "2")[0][0] is Reason.CRASHED
        assert run(archive, "2") == run(archive, "1") == [HELD]


def test_one_strike_of_an_earlier_run_leaves_one_attempt(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    attempts: list[int] = []
    remember = Quarantine.add

    def add(self: Quarantine, task: PageTask, count: int, detail: str) -> None:
        attempts.append(count)
        remember(self, task, count, detail)
        if len(attempts) == 1:
            raise KeyboardInterrupt  # the run ends right after the first worker died

    monkeypatch.setattr(Quarantine, "add", add)
    with Archive.open(tmp_path) as archive:
        archive_texts(archive, "exit")
        with pytest.raises(KeyboardInterrupt):
            run(archive, "1")
    with Archive.open(tmp_path) as archive:
        assert run(archive, "1")[0][0] is Reason.CRASHED
    assert attempts == [1, 2]


def test_the_deadline_of_processor_time_is_final_at_once(tmp_path: Path) -> None:
    with Archive.open(tmp_path) as archive:
        archive_texts(archive, "hold", "a")
        timed_out = (Reason.TIMED_OUT, "took more than 0.5 s of processor time")
        assert run(archive, "1", deadline_s=0.5) == [timed_out, (Reason.EMPTY, "a")]
        assert run(archive, "1", deadline_s=0.5) == [HELD, (Reason.EMPTY, "a")]


def test_a_page_that_only_raises_is_no_danger_and_is_tried_again(tmp_path: Path) -> None:
    with Archive.open(tmp_path) as archive:
        archive_texts(archive, "raise")
        for _ in range(3):
            assert run(archive, "1") == [(Reason.CRASHED, "ValueError: a bad page")]
