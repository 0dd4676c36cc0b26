"""What one archive takes of another: all of it, once, and without touching it."""

from __future__ import annotations

import errno
import gzip
import shutil
import sqlite3
from contextlib import closing, contextmanager
from typing import TYPE_CHECKING, Any

import pytest

from newsgrain import merging
from newsgrain.archive import Archive, read_body
from newsgrain.archive_erasure import erase_bodies
from newsgrain.errors import ArchiveError
from newsgrain.merging import Taken, take_pages
from newsgrain.segments import list_segments
from newsgrain.verify import verify_archive
from tests.newsgrain.archive.exchanges import START, exchange, given, html

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


def fill(folder: Path, *numbers: int, ends: bool = True, **changes: Any) -> None:
    """Let a run of a shard archive some pages."""
    with Archive.open(folder) as shard:
        run_id = shard.begin_run("crawl", START, head=None)
        for number in numbers:
            shard.record(exchange(number, run_id, **changes))
        if ends:
            shard.end_run(run_id, START)


@contextmanager
def opened(*folders: Path) -> Iterator[list[Archive]]:
    archives = [Archive.open(folder) for folder in folders]
    try:
        yield archives
    finally:
        for archive in archives:
            archive.close()


def merge(target: Path, *shards: Path) -> list[Taken]:
    with opened(target, *shards) as (into, *others):
        run_id = into.begin_run("merge", START, head=None)
        taken = [take_pages(into, other, run_id=run_id) for other in others]
        into.end_run(run_id, START)
    return taken


def bodies(folder: Path) -> dict[int, tuple[str, bytes]]:
    with Archive.open(folder) as archive:
        return {page.page_id: (page.url, read_body(page, folder)) for page in archive.pages()}


def expected(*numbers: int) -> dict[int, tuple[str, bytes]]:
    return {
        place: (f"https://harbour.example/{number}", html(number))
        for place, number in enumerate(numbers, 1)
    }


@pytest.fixture
def target(tmp_path: Path) -> Path:
    return tmp_path / "target"


@pytest.fixture
def shard(tmp_path: Path) -> Path:
    return tmp_path / "shard"


@pytest.fixture(params=["hard links", "another disk"])
def _disk(request, monkeypatch) -> None:
    def refuse(*_: object) -> None:
        raise OSError(errno.EXDEV, "another disk")

    if request.param == "another disk":
        monkeypatch.setattr(merging.os, "link", refuse)


@pytest.mark.usefixtures("_disk")
def test_each_merge_takes_what_the_one_before_did_not(target, shard, tmp_path) -> None:
    other = tmp_path / "other"
    fill(shard, 1, 2)
    fill(other, 11)
    assert [one.pages for one in merge(target, shard, other)] == [2, 1]
    assert [one.pages for one in merge(target, shard, other)] == [0, 0]
    fill(shard, 3)
    fill(other, 12)
    assert [one.pages for one in merge(target, other, shard)] == [1, 1]
    assert bodies(target) == expected(1, 2, 11, 12, 3)


@pytest.mark.usefixtures("_disk")
def test_a_run_that_goes_on_after_a_merge_is_taken_to_its_end(target, shard) -> None:
    """Its segment would grow, while another archive has it under a second name."""
    fill(shard, 1, ends=False)
    merge(target, shard)
    fill(shard, 2, ends=False)
    merge(target, shard)
    fill(shard, 3)
    assert bodies(target) == expected(1, 2)
    merge(target, shard)
    assert bodies(target) == expected(1, 2, 3)
    assert bodies(shard) == expected(1, 2, 3)


def test_what_the_target_archives_itself_goes_to_segments_of_its_own(target, shard) -> None:
    fill(shard, 1)
    size = (shard / "00000001.warc.gz").stat().st_size
    merge(target, shard)
    fill(target, 21)
    assert (shard / "00000001.warc.gz").stat().st_size == size
    assert bodies(target) == expected(1, 21)
    assert [name[-16:] for name in list_segments(target)] == ["00000001.warc.gz"] * 2


def test_segments_are_one_file_with_two_names(target, shard) -> None:
    fill(shard, 1)
    (taken,) = merge(target, shard)
    assert (taken.linked, taken.copied) == (1, 0)
    (name,) = list_segments(target)
    assert (target / name).samefile(shard / "00000001.warc.gz")


def test_a_body_that_was_archived_before_is_read_from_its_first_record(target, shard) -> None:
    fill(shard, 1)
    fill(shard, 2, body=html(1))
    merge(target, shard)
    assert bodies(target)[2] == ("https://harbour.example/2", html(1))
    with Archive.open(target) as archive:
        assert archive.page(2).body_file != archive.page(2).archive_file


def test_rows_are_what_they_were_but_for_number_run_and_segment(target, shard) -> None:
    fill(shard, 1)
    merge(target, shard)
    with opened(target, shard) as (into, other):
        mine, theirs = into.page(1), other.page(1)
        differing = {
            name
            for name in type(mine).__dataclass_fields__
            if getattr(mine, name) != getattr(theirs, name)
        }
        assert differing <= {"run_id", "archive_file"}
        assert mine.run_id.startswith("00000001-")


def test_a_file_that_was_given_to_both_is_one_page(target, shard) -> None:
    for folder in (target, shard):
        with Archive.open(folder) as archive:
            run_id = archive.begin_run("clean", START, head=None)
            archive.register([given(1), given(2)][: 1 if folder == target else 2], run_id=run_id)
            archive.end_run(run_id, START)
    (taken,) = merge(target, shard)
    assert taken.pages == 1
    with Archive.open(target) as archive:
        assert [page.archive_file for page in archive.pages()] == ["/data/one.warc.gz"] * 2


def test_what_a_shard_prunes_after_a_merge_stays_in_the_target(target, shard) -> None:
    fill(shard, 1)
    merge(target, shard)
    with Archive.open(shard) as archive:
        archive.prune(START.replace(year=2030), START, upto=1)
    assert list_segments(shard) == []
    assert bodies(target) == expected(1)


def test_what_the_target_prunes_stays_in_the_shard(target, shard) -> None:
    fill(shard, 1)
    merge(target, shard)
    with Archive.open(target) as archive:
        assert archive.prune(START.replace(year=2030), START, upto=1).segments == 1
    assert list_segments(target) == []
    assert bodies(shard) == expected(1)
    assert [one.pages for one in merge(target, shard)] == [0]


@pytest.mark.usefixtures("_disk")
@pytest.mark.parametrize("moment", ["_note", "sync_folder", "_segments"])
def test_a_merge_that_is_cut_short_is_done_again(target, shard, monkeypatch, moment) -> None:
    """A process that dies leaves what an exception leaves: files, and no transaction."""
    fill(shard, 1)
    merge(target, shard)
    fill(shard, 2, 3)

    def die(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(merging, moment, die)
        with pytest.raises(KeyboardInterrupt):
            merge(target, shard)
    assert bodies(target) == expected(1)
    assert [one.pages for one in merge(target, shard)] == [2]
    assert bodies(target) == expected(1, 2, 3)


def test_an_archive_is_not_merged_into_itself_nor_into_its_copy(target, shard) -> None:
    fill(shard, 1)
    shutil.copytree(shard, target)
    with pytest.raises(ArchiveError, match="into itself"):
        merge(target, shard)


def test_an_old_copy_of_what_was_merged_is_refused(target, shard, tmp_path) -> None:
    fill(shard, 1)
    shutil.copytree(shard, tmp_path / "old")
    fill(shard, 2)
    merge(target, shard)
    with pytest.raises(ArchiveError, match="up to page 2 before, and ends at 1: is this an old"):
        merge(target, tmp_path / "old")
    assert bodies(target) == expected(1, 2)


def test_a_copy_that_went_its_own_way_is_refused(target, shard, tmp_path) -> None:
    fill(shard, 1)
    shutil.copytree(shard, tmp_path / "copy")
    fill(shard, 2)
    fill(tmp_path / "copy", 5, 6)
    merge(target, shard)
    with pytest.raises(ArchiveError, match="has gone its own way"):
        merge(target, tmp_path / "copy")
    assert bodies(target) == expected(1, 2)


def test_an_archive_that_was_moved_is_the_same_one(target, shard, tmp_path) -> None:
    fill(shard, 1)
    merge(target, shard)
    shard.rename(tmp_path / "moved")
    fill(tmp_path / "moved", 2)
    assert [one.pages for one in merge(target, tmp_path / "moved")] == [1]


def test_copies_of_a_ledger_from_before_have_one_identity(shard, tmp_path) -> None:
    fill(shard, 1)
    with closing(sqlite3.connect(shard / "ledger.sqlite")) as old:
        old.executescript("DROP TABLE identity; DROP TABLE merged; PRAGMA user_version = 3")
    shutil.copytree(shard, tmp_path / "copy")
    with opened(shard, tmp_path / "copy") as (one, other):
        assert merging.identity_of(one) == merging.identity_of(other)


def test_a_missing_segment_costs_its_own_pages_only(target, shard) -> None:
    fill(shard, 1)
    fill(shard, 2)
    (shard / "00000001.warc.gz").unlink()
    merge(target, shard)
    with Archive.open(target) as archive:
        with pytest.raises(ArchiveError, match="the file is missing"):
            read_body(archive.page(1), target)
        assert read_body(archive.page(2), target) == html(2)


def test_what_was_merged_can_be_merged_on(target, shard, tmp_path) -> None:
    fill(shard, 1)
    merge(target, shard)
    fill(target, 2)
    merge(tmp_path / "third", target)
    assert bodies(tmp_path / "third") == expected(1, 2)


@pytest.mark.usefixtures("_disk")
def test_what_the_target_has_forgotten_does_not_come_back(target, shard) -> None:
    """Not as a row, not as bytes; and the shard, which has not forgotten it, keeps it."""
    fill(shard, 1, 2, 3)
    with opened(target, shard) as (into, other):
        run_id = into.begin_run("merge", START, head=None)
        taken = take_pages(into, other, run_id=run_id, is_forgotten=lambda url: url.endswith("/2"))
    assert taken.pages == 2
    assert bodies(target) == expected(1, 3)
    assert bodies(shard) == expected(1, 2, 3)
    (name,) = list_segments(target)
    with gzip.open(target / name) as segment:
        content = segment.read()
    assert b"harbour.example/3" in content
    assert b"harbour.example/2" not in content
    assert html(2) not in content


def test_a_record_that_the_shard_overwrote_itself_costs_no_neighbour(target, shard) -> None:
    fill(shard, 1, 2, 3)
    with Archive.open(shard) as archive:
        erase_bodies(archive, [1], START)
    with opened(target, shard) as (into, other):
        run_id = into.begin_run("merge", START, head=None)
        take_pages(into, other, run_id=run_id, is_forgotten=lambda url: url.endswith("/1"))
    assert bodies(target) == expected(2, 3)


@pytest.mark.usefixtures("_disk")
def test_a_page_that_comes_after_the_target_pruned_has_its_body(target, shard) -> None:
    """It is one that was archived before; of the others in its segment no byte comes back."""
    fill(shard, 1, 2)
    merge(target, shard)
    with Archive.open(target) as archive:
        assert archive.prune(START.replace(year=2030), START, upto=2).segments == 1
    fill(shard, 3, body=html(1))
    merge(target, shard)
    with Archive.open(target) as archive:
        assert read_body(archive.page(3), target) == html(1)
        assert archive.page(1).pruned_at is not None
        assert verify_archive(archive).detail == "1 records can be read"
    with gzip.open(target / list_segments(target)[0]) as segment:
        content = segment.read()
    assert html(1) in content
    assert b"harbour.example/2" not in content
    assert bodies(shard)[2] == ("https://harbour.example/2", html(2))
