"""Old bodies can be given up; what is published, pending or shared with younger pages stays."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from newsgrain.archive import Archive, read_body
from newsgrain.errors import ArchiveError, DiskFullError
from newsgrain.segments import Segments
from tests.newsgrain.archive.exchanges import (
    START,
    begin,
    exchange,
    html,
    passes_warcio_check,
)

if TYPE_CHECKING:
    from pathlib import Path

DAY = timedelta(days=1)
NOW = START + 30 * DAY


def night(archive: Archive, number: int, bodies: list[bytes]) -> None:
    """Archive a run of some pages, a day after the one before."""
    at = START + number * DAY
    run_id = archive.begin_run("run", at, head=None)
    for place, body in enumerate(bodies):
        archive.record(exchange(number * 100 + place, run_id, fetched_at=at, body=body))
    archive.end_run(run_id, at)


def three_nights(archive: Archive) -> None:
    """The first page of the first night comes again in the second and the third."""
    night(archive, 1, [html(1), html(2)])
    night(archive, 2, [html(1), html(3)])
    night(archive, 3, [html(1), html(4)])


def texts(archive: Archive) -> list[bytes | None]:
    """Return the body of every page, None where it was given up."""
    return [None if row.pruned_at else read_body(row, archive.folder) for row in archive.pages()]


def segments(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.glob("*.warc.gz"))


def test_old_nights_go_and_bodies_that_younger_pages_share_stay(
    archive: Archive, capsys: object
) -> None:
    three_nights(archive)
    size = sum(path.stat().st_size for path in archive.folder.glob("*.warc.gz"))
    pruned = archive.prune(START + 3 * DAY, NOW, upto=6)
    assert (pruned.pages, pruned.segments) == (4, 2)
    assert segments(archive.folder) == ["00000003.warc.gz", "00000004.warc.gz"]
    assert texts(archive) == [None] * 4 + [html(1), html(4)]
    assert archive.page(1).pruned_at == NOW
    left = sum(path.stat().st_size for path in archive.folder.glob("*.warc.gz"))
    assert 0 < pruned.bytes <= size - left + 1_000
    assert passes_warcio_check(archive.folder, capsys)
    with pytest.raises(ArchiveError, match="page 1 was pruned"):
        read_body(archive.page(1), archive.folder)


def test_what_was_pruned_can_be_archived_again_and_pruned_again(archive: Archive) -> None:
    three_nights(archive)
    archive.prune(START + 3 * DAY, NOW, upto=6)
    night(archive, 4, [html(1), html(2)])
    assert texts(archive) == [None] * 4 + [html(1), html(4), html(1), html(2)]
    assert archive.page(8).body_file is None
    archive.prune(START + 4 * DAY, NOW, upto=8)
    assert texts(archive) == [None] * 6 + [html(1), html(2)]
    night(archive, 5, [html(5)])
    archive.prune(NOW, NOW, upto=9)
    assert texts(archive) == [None] * 9
    assert len(set(segments(archive.folder))) <= 1
    night(archive, 6, [html(6)])
    assert texts(archive)[-1] == html(6)


@pytest.mark.parametrize(
    ("before", "upto", "pending"),
    [(START, 6, ()), (NOW, 0, ()), (NOW, 1, ()), (NOW, 6, (2, 3, 5))],
)
def test_young_unpublished_and_pending_pages_keep_their_segments(
    archive: Archive, before: object, upto: int, pending: tuple[int, ...]
) -> None:
    three_nights(archive)
    pruned = archive.prune(before, NOW, upto=upto, pending=pending)  # type: ignore[arg-type]
    assert pruned.pages == 0
    assert None not in texts(archive)


def test_a_process_that_dies_before_the_files_are_deleted_is_finished_by_the_next(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def die(_: Segments) -> None:
        raise KeyboardInterrupt

    with Archive.open(tmp_path) as archive:
        three_nights(archive)
        with monkeypatch.context() as patch:
            patch.setattr(Segments, "recover", die)
            with pytest.raises(KeyboardInterrupt):
                archive.prune(START + 3 * DAY, NOW, upto=6)
    assert "00000001.warc.gz" in segments(tmp_path)
    with Archive.open(tmp_path) as archive:
        assert segments(tmp_path) == ["00000003.warc.gz", "00000004.warc.gz"]
        assert texts(archive) == [None] * 4 + [html(1), html(4)]
        night(archive, 4, [html(7)])
        assert texts(archive)[-1] == html(7)


def test_a_full_disk_while_shared_bodies_are_copied_gives_nothing_up(
    archive: Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    three_nights(archive)
    whole = texts(archive)

    def full(*_: object) -> None:
        raise DiskFullError("no space left to write")

    with monkeypatch.context() as patch:
        patch.setattr(Segments, "append", full)
        with pytest.raises(DiskFullError):
            archive.prune(START + 3 * DAY, NOW, upto=6)
    assert texts(archive) == whole
    archive.prune(START + 3 * DAY, NOW, upto=6)
    assert texts(archive) == [None] * 4 + [html(1), html(4)]


def test_pages_of_given_files_are_left_alone(archive: Archive) -> None:
    from tests.newsgrain.archive.exchanges import given

    run_id = begin(archive)
    archive.register([given(1)], run_id=run_id)
    archive.prune(NOW, NOW, upto=10)
    assert archive.page(1).pruned_at is None
    assert run_id
