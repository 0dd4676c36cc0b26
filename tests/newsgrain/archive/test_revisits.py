"""A body that was archived before is not written again, and is never lost by that."""

from __future__ import annotations

import base64
import hashlib
from typing import TYPE_CHECKING

import pytest

from newsgrain.archive import Archive, read_body
from newsgrain.errors import ArchiveError
from tests.newsgrain.archive.exchanges import (
    begin,
    exchange,
    html,
    passes_warcio_check,
    records,
    zipped,
)

if TYPE_CHECKING:
    from pathlib import Path

URL = "https://harbour.example/again"


def test_an_identical_body_becomes_a_revisit_record_of_warc_1_1(
    archive: Archive, capsys: object
) -> None:
    run_id = begin(archive)
    archive.record(exchange(1, run_id))
    again = exchange(1, run_id, url=URL, body=html(1), headers=(("X-Second", "yes"),))
    row = archive.page(archive.record(again))
    written = list(records(archive.folder / "00000001.warc.gz"))
    assert [kind for kind, *_ in written] == [
        "warcinfo",
        "response",
        "request",
        "revisit",
        "request",
    ]
    _, first, _, body = written[1]
    _, headers, http, nothing = written[3]
    digest = base64.b32encode(hashlib.sha1(html(1)).digest()).decode()  # noqa: S324 - WARC's
    assert headers["WARC-Profile"] == (
        "http://netpreserve.org/warc/1.1/revisit/identical-payload-digest"
    )
    assert headers["WARC-Payload-Digest"] == first["WARC-Payload-Digest"] == f"sha1:{digest}"
    assert headers["WARC-Refers-To-Target-URI"] == first["WARC-Target-URI"]
    assert headers["WARC-Refers-To-Date"] == first["WARC-Date"]
    assert written[4][1]["WARC-Concurrent-To"] == headers["WARC-Record-ID"]
    assert http.get_header("X-Second") == "yes"
    assert (body, nothing) == (html(1), b"")
    assert read_body(row, archive.folder) == html(1)
    assert passes_warcio_check(archive.folder, capsys)


def test_a_hundred_identical_nights_cost_less_than_three_pages(tmp_path: Path) -> None:
    with Archive.open(tmp_path) as archive:
        run_id = begin(archive)
        archive.record(exchange(1, run_id, body=html(1, 20_000)))
        first = (tmp_path / "00000001.warc.gz").stat().st_size
        for number in range(2, 102):
            archive.record(exchange(number, run_id, body=html(1, 20_000)))
        assert (tmp_path / "00000001.warc.gz").stat().st_size < 3 * first
        assert {read_body(row, tmp_path) for row in archive.pages()} == {html(1, 20_000)}


def test_a_compressed_body_is_read_by_the_headers_it_came_with(archive: Archive) -> None:
    run_id = begin(archive)
    first = zipped(1)
    archive.record(exchange(1, run_id, body=first.body, headers=()))
    second = exchange(2, run_id, body=first.body, headers=first.headers)
    plain, unzipped = (
        read_body(archive.page(n), archive.folder) for n in (1, archive.record(second))
    )
    assert (plain, unzipped) == (first.body, html(1))


def test_an_earlier_body_that_the_disk_lost_is_written_again(tmp_path: Path) -> None:
    with Archive.open(tmp_path) as archive:
        run_id = begin(archive)
        row = archive.page(archive.record(exchange(1, run_id)))
    segment = tmp_path / "00000001.warc.gz"
    content = bytearray(segment.read_bytes())
    content[(row.archive_offset or 0) + 40] ^= 0x55
    segment.write_bytes(content)
    with Archive.open(tmp_path) as archive:
        again = archive.page(archive.record(exchange(2, run_id, body=html(1))))
        assert again.body_file is None
        assert read_body(again, tmp_path) == html(1)
        with pytest.raises(ArchiveError):
            read_body(row, tmp_path)


def test_answers_without_a_body_are_no_revisits_of_each_other(archive: Archive) -> None:
    run_id = begin(archive)
    for number in (1, 2):
        archive.record(exchange(number, run_id, status=304, body=b""))
    kinds = [kind for kind, *_ in records(archive.folder / "00000001.warc.gz")]
    assert "revisit" not in kinds


def test_a_torn_revisit_is_cut_off_and_two_are_refused(tmp_path: Path) -> None:
    with Archive.open(tmp_path) as archive:
        run_id = begin(archive)
        archive.record(exchange(1, run_id))
        copy = (tmp_path / "ledger.sqlite").with_name("copy")
        archive.connection.execute(f"VACUUM INTO '{copy}'")
        for number in (2, 3):
            archive.record(exchange(number, run_id, body=html(1)))
    copy.rename(tmp_path / "ledger.sqlite")
    with pytest.raises(ArchiveError, match="is the ledger an old copy"):
        Archive.open(tmp_path)


def test_each_run_begins_a_segment_and_a_resumed_one_goes_on_in_its_own(tmp_path: Path) -> None:
    with Archive.open(tmp_path) as archive:
        first = begin(archive)
        archive.record(exchange(1, first))
        archive.end_run(first, exchange().fetched_at)
        second = begin(archive)
        archive.record(exchange(2, second))
    with Archive.open(tmp_path) as archive:
        assert begin(archive) == second
        archive.record(exchange(3, second))
        files = [row.archive_file for row in archive.pages()]
    assert files == ["00000001.warc.gz", "00000002.warc.gz", "00000002.warc.gz"]
