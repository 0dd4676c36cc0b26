"""Runs are numbered upward, resumed until they are published, and given files are entered once."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from newsgrain.archive import Archive, NewInput
from newsgrain.errors import ArchiveError
from tests.newsgrain.archive.exchanges import START, begin, exchange, given

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


def test_a_run_is_named_by_sequence_and_start(archive: Archive) -> None:
    assert archive.begin_run("run", START, head=None) == "00000001-20261120T060000Z"


def test_a_run_that_was_not_published_is_resumed(tmp_path: Path) -> None:
    with Archive.open(tmp_path) as archive:
        first = begin(archive)
    with Archive.open(tmp_path) as archive:
        assert archive.begin_run("crawl", START + timedelta(days=1), head=None) == first
        archive.end_run(first, START + timedelta(days=1))
        second = archive.begin_run("run", START + timedelta(days=2), head=first)
    assert second == "00000002-20261122T060000Z"


def test_a_run_that_was_published_but_not_ended_is_not_resumed(archive: Archive) -> None:
    first = begin(archive)
    second = archive.begin_run("run", START + timedelta(hours=1), head=first)
    assert second == "00000002-20261120T070000Z"
    unfinished = "SELECT run_id FROM runs WHERE finished_at IS NULL"
    assert archive.connection.execute(unfinished).fetchall() == [(second,)]


def test_a_clock_that_steps_back_gives_a_greater_sequence_all_the_same(archive: Archive) -> None:
    archive.end_run(begin(archive), START)
    assert archive.begin_run("run", START - timedelta(days=400), head=None).startswith("00000002-")


def test_a_lost_ledger_gives_no_number_twice(archive: Archive) -> None:
    run_id = archive.begin_run("run", START, head="00000041-20261119T060000Z", floor=900)
    assert run_id == "00000042-20261120T060000Z"
    assert archive.last_page_id() == 900
    assert archive.record(exchange(1, run_id)) == 901
    assert archive.begin_run("run", START, head=None, floor=5) == run_id
    assert archive.last_page_id() == 901


def test_an_old_unfinished_run_is_not_resumed_behind_a_newer_manifest(archive: Archive) -> None:
    begin(archive)
    run_id = archive.begin_run("run", START, head="00000007-20261119T060000Z")
    assert run_id.startswith("00000008-")


def test_ending_an_unknown_run_is_an_error(archive: Archive) -> None:
    with pytest.raises(ArchiveError, match="no run 00000003"):
        archive.end_run("00000003-20261120T060000Z", START)


def test_the_same_file_twice_adds_nothing(archive: Archive) -> None:
    run_id = begin(archive)
    assert archive.register([given(1), given(2)], run_id=run_id) == 2
    assert archive.register([given(1), given(2)], run_id=run_id) == 0
    assert archive.register([given(1), given(2), given(3)], run_id=run_id) == 1
    assert [row.kind for row in archive.pages()] == ["input"] * 3


def test_a_file_that_was_moved_adds_nothing_and_is_read_from_its_new_place(
    archive: Archive,
) -> None:
    run_id = begin(archive)
    archive.register([given(1)], run_id=run_id)
    assert archive.register([given(1, archive_file="/new/two.warc.gz")], run_id=run_id) == 0
    assert archive.page(1).archive_file == "/new/two.warc.gz"


def test_a_file_is_entered_as_a_whole_or_not_at_all(archive: Archive) -> None:
    def failing() -> Iterator[NewInput]:
        yield given(1)
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        archive.register(failing(), run_id=begin(archive))
    assert list(archive.pages()) == []


def test_pages_stream_while_others_are_added(archive: Archive) -> None:
    run_id = begin(archive)
    archive.register([given(number) for number in range(1_200)], run_id=run_id)
    seen = []
    for row in archive.pages():
        seen.append(row.page_id)
        if row.page_id % 100 == 0:
            archive.register([given(row.page_id, archive_sha256="c" * 64)], run_id=run_id)
    assert seen == list(range(1, 1_201))
    assert archive.last_page_id() == 1_212
