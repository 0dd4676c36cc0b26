"""What is recorded can be read, and the ledger tells where it lies."""

from __future__ import annotations

import gzip
import hashlib
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from typing import TYPE_CHECKING

import pytest

from cleaners.records import Candidate
from newsgrain.archive import Archive, read_body
from newsgrain.errors import ArchiveError
from newsgrain.ledger import UNPUBLISHED
from newsgrain.schema import TABLES
from tests.newsgrain.archive.exchanges import (
    START,
    begin,
    exchange,
    html,
    passes_warcio_check,
    records,
    zipped,
)

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterator
    from pathlib import Path

    from newsgrain.archive import PageRow


def test_a_page_comes_back_byte_for_byte_with_its_row(archive: Archive) -> None:
    run_id = begin(archive)
    hint = Candidate(field="title", value="Le café", source="feed", evidence="item 3")
    page_id = archive.record(exchange(4, run_id, hints=(hint,)))
    row = archive.page(page_id)
    assert read_body(row, archive.folder) == html(4)
    assert row.body_sha256 == hashlib.sha256(html(4)).hexdigest()
    assert (row.run_id, row.source, row.kind, row.is_final) == (run_id, "harbour", "article", True)
    assert (row.url, row.status, row.body_bytes) == ("https://harbour.example/4", 200, len(html(4)))
    assert row.fetched_at == START + timedelta(seconds=4)
    assert (row.content_type, row.etag) == ("text/html; charset=utf-8", '"4"')
    assert row.hints == (hint,)


def test_a_row_has_the_columns_of_the_published_table(archive: Archive) -> None:
    archive.record(exchange(1, begin(archive)))
    published = {column.name for column in TABLES["pages"].columns}
    assert published == {*archive.page(1).__dataclass_fields__} - UNPUBLISHED


def test_request_and_response_are_standard_records(archive: Archive, capsys: object) -> None:
    archive.record(exchange(7, begin(archive), url="https://harbour.example/ä b?q=1#top"))
    info, response, request = records(archive.folder / "00000001.warc.gz")
    assert [info[0], response[0], request[0]] == ["warcinfo", "response", "request"]
    assert request[1]["WARC-Concurrent-To"] == response[1]["WARC-Record-ID"]
    assert response[1]["WARC-Date"] == request[1]["WARC-Date"] == "2026-11-20T06:00:07Z"
    assert response[1]["WARC-Target-URI"] == "https://harbour.example/ä%20b?q=1#top"
    assert response[2].get_header("Content-Length") == str(len(html(7)))
    assert (request[2].protocol, request[2].statusline) == ("GET", "/%C3%A4%20b?q=1 HTTP/1.1")
    assert request[2].get_header("Host") == "harbour.example"
    assert archive.page(1).url == "https://harbour.example/ä b?q=1#top"
    assert passes_warcio_check(archive.folder, capsys)


def test_many_pages_are_given_in_the_order_asked_for(
    archive: Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    run_id = begin(archive)
    last = [archive.record(exchange(number, run_id)) for number in range(12)][-1]
    monkeypatch.setattr("newsgrain.archive._BATCH", 5)
    asked = [*range(last, 0, -1), 3, 3]
    assert [row.page_id for row in archive.pages_of(asked)] == asked
    with pytest.raises(ArchiveError, match=f"no page {last + 1}"):
        list(archive.pages_of([1, last + 1]))


def test_what_came_compressed_is_not_compressed_again(archive: Archive) -> None:
    run_id = begin(archive)
    for received in (zipped(1), exchange(2)):
        row = archive.page(archive.record(replace(received, run_id=run_id)))
        with (archive.folder / str(row.archive_file)).open("rb") as segment:
            segment.seek(row.archive_offset or 0)
            member = segment.read(row.archive_length or 0)
        is_zipped = received.body.startswith(b"\x1f\x8b")
        assert (received.body in member) is is_zipped
        assert (len(member) < len(received.body)) is not is_zipped
        assert received.body in gzip.decompress(member)


def test_a_compressed_body_is_kept_as_received_and_read_decompressed(archive: Archive) -> None:
    received = replace(zipped(1), run_id=begin(archive))
    row = archive.page(archive.record(received))
    (_, response, _) = records(archive.folder / "00000001.warc.gz")
    assert response[3] == received.body
    assert row.body_bytes == len(received.body)
    assert read_body(row, archive.folder) == html(1)


def test_headers_that_lie_about_transport_are_mended(archive: Archive) -> None:
    headers = (("transfer-encoding", "chunked"), ("Content-Length", "3"), ("Content-Type", "a/b"))
    row = archive.page(archive.record(exchange(1, begin(archive), headers=headers)))
    (_, response, _) = records(archive.folder / "00000001.warc.gz")
    assert response[2].get_header("Transfer-Encoding") is None
    assert response[2].get_header("Content-Length") == str(len(html(1)))
    assert read_body(row, archive.folder) == html(1)


@pytest.mark.parametrize(
    "headers",
    [
        (("X-Evil", "a\r\n\r\n<html>not me</html>"),),
        (("Bad name: x", "1"), ("", "2"), ("X\r\n\r\n<p>Y", "3")),
        (("X-Text", "caf\xe9 \u2020 \udcff"), ("Content-Type", "text/html\0")),
        (("X-Long", "x" * 60_000),),
    ],
)
def test_headers_of_hostile_servers_cannot_break_a_record(
    archive: Archive, capsys: object, headers: tuple[tuple[str, str], ...]
) -> None:
    row = archive.page(archive.record(exchange(1, begin(archive), headers=headers, reason="\r\nX")))
    assert read_body(row, archive.folder) == html(1)
    assert passes_warcio_check(archive.folder, capsys)


def test_an_exchange_without_an_answer_is_a_row_without_a_record(archive: Archive) -> None:
    lost = exchange(1, begin(archive), status=None, headers=(), body=b"", error="DNS lookup failed")
    row = archive.page(archive.record(lost))
    assert (row.status, row.error) == (None, "DNS lookup failed")
    assert (row.archive_file, row.body_bytes, row.body_sha256) == (None, None, None)
    assert list(archive.folder.glob("*.warc.gz")) == []
    with pytest.raises(ArchiveError, match="nothing is archived of page 1"):
        read_body(row, archive.folder)


def test_not_modified_is_a_record_without_a_body(archive: Archive, capsys: object) -> None:
    unchanged = exchange(1, begin(archive), status=304, reason="Not Modified", body=b"")
    row = archive.page(archive.record(unchanged))
    assert (row.status, row.body_bytes) == (304, 0)
    assert read_body(row, archive.folder) == b""
    assert passes_warcio_check(archive.folder, capsys)


def test_text_that_sqlite_cannot_hold_is_mended(archive: Archive) -> None:
    row = archive.page(archive.record(exchange(1, begin(archive), error="lone \udcff surrogate")))
    assert row.error == "lone ? surrogate"


def test_a_moment_without_zone_is_refused_and_leaves_nothing(archive: Archive) -> None:
    naive = datetime(2026, 1, 1)  # noqa: DTZ001 - the point
    with pytest.raises(ValueError, match="without time zone"):
        archive.record(exchange(1, begin(archive), fetched_at=naive))
    assert archive.last_page_id() == 0


def test_a_moment_of_another_zone_is_kept_in_utc(archive: Archive) -> None:
    there = datetime(2026, 11, 20, 9, 0, 0, 123, tzinfo=timezone(timedelta(hours=2)))
    row = archive.page(archive.record(exchange(1, begin(archive), fetched_at=there)))
    assert row.fetched_at == there
    assert row.fetched_at.tzinfo == UTC
    (_, response, _) = records(archive.folder / "00000001.warc.gz")
    assert response[1]["WARC-Date"] == "2026-11-20T07:00:00.000123Z"


def test_a_full_segment_is_followed_by_another(tmp_path: Path, capsys: object) -> None:
    with Archive.open(tmp_path, segment_bytes=5_000) as archive:
        run_id = begin(archive)
        for number in range(12):
            archive.record(exchange(number, run_id))
        rows = list(archive.pages())
        assert [read_body(row, tmp_path) for row in rows] == [html(n) for n in range(12)]
    segments = sorted(tmp_path.glob("*.warc.gz"))
    assert len(segments) > 2
    assert all(path.stat().st_size <= 5_000 for path in segments)
    assert all(next(records(path))[0] == "warcinfo" for path in segments)
    assert passes_warcio_check(tmp_path, capsys)


def test_a_record_larger_than_a_segment_gets_its_own(tmp_path: Path) -> None:
    with Archive.open(tmp_path, segment_bytes=100) as archive:
        run_id = begin(archive)
        rows = [archive.page(archive.record(exchange(number, run_id))) for number in range(2)]
        assert [row.archive_file for row in rows] == ["00000001.warc.gz", "00000002.warc.gz"]
        assert [read_body(row, tmp_path) for row in rows] == [html(0), html(1)]


def test_writing_goes_on_in_the_same_segment_after_opening_again(tmp_path: Path) -> None:
    for number in range(3):
        with Archive.open(tmp_path) as archive:
            archive.record(exchange(number, begin(archive)))
    with Archive.open(tmp_path) as archive:
        rows = list(archive.pages())
        assert [row.archive_file for row in rows] == ["00000001.warc.gz"] * 3
        assert [read_body(row, tmp_path) for row in rows] == [html(0), html(1), html(2)]


def test_what_the_caller_adds_is_committed_with_the_page_or_not_at_all(
    archive: Archive, capsys: object
) -> None:
    run_id = begin(archive)
    archive.connection.execute("CREATE TABLE seen (url TEXT)")

    def fine(connection: sqlite3.Connection) -> None:
        connection.execute("INSERT INTO seen SELECT url FROM pages ORDER BY page_id DESC LIMIT 1")

    def broken(connection: sqlite3.Connection) -> None:
        fine(connection)
        connection.execute("INSERT INTO nowhere VALUES (1)")

    archive.record(exchange(1, run_id), fine)
    size = (archive.folder / "00000001.warc.gz").stat().st_size
    with pytest.raises(ArchiveError, match="no such table: nowhere"):
        archive.record(exchange(2, run_id), broken)
    assert (archive.folder / "00000001.warc.gz").stat().st_size == size
    assert archive.record(exchange(3, run_id), fine) == 2
    seen = [url for (url,) in archive.connection.execute("SELECT url FROM seen")]
    assert seen == ["https://harbour.example/1", "https://harbour.example/3"]
    assert passes_warcio_check(archive.folder, capsys)


def test_an_interrupt_in_the_transaction_leaves_nothing(archive: Archive) -> None:
    def interrupted(_: sqlite3.Connection) -> None:
        raise KeyboardInterrupt

    run_id = begin(archive)
    with pytest.raises(KeyboardInterrupt):
        archive.record(exchange(1, run_id), interrupted)
    assert archive.last_page_id() == 0
    assert list(archive.folder.glob("*.warc.gz")) == []
    assert read_body(archive.page(archive.record(exchange(2, run_id))), archive.folder) == html(2)


def test_a_page_of_an_unknown_run_is_refused(archive: Archive) -> None:
    with pytest.raises(ArchiveError, match="FOREIGN KEY"):
        archive.record(exchange(1, "00000009-20260101T000000Z"))


def test_an_attempt_can_become_the_last_one(archive: Archive) -> None:
    first = archive.record(exchange(1, begin(archive), status=503, is_final=False))
    assert list(archive.pages(final_only=True)) == []
    noted: list[str] = []
    archive.mark_final(first, "gave up", lambda connection: noted.append(str(connection)))
    (row,) = archive.pages(final_only=True)
    assert (row.page_id, row.error, len(noted)) == (first, "gave up", 1)
    with pytest.raises(ArchiveError, match="no page 99"):
        archive.mark_final(99)


def test_pages_are_selected_by_number_kind_and_finality(archive: Archive) -> None:
    run_id = begin(archive)
    for number, kind in enumerate(["robots", "article", "article", "feed", "article"], 1):
        archive.record(exchange(number, run_id, kind=kind, is_final=number != 2))

    def numbers(pages: Iterator[PageRow]) -> list[int]:
        return [row.page_id for row in pages]

    assert numbers(archive.pages()) == [1, 2, 3, 4, 5]
    assert numbers(archive.pages(after=1, upto=4)) == [2, 3, 4]
    assert numbers(archive.pages(kinds=("article", "feed"))) == [2, 3, 4, 5]
    assert numbers(archive.pages(kinds=("article",), final_only=True)) == [3, 5]
    assert numbers(archive.pages(kinds=())) == []
    with pytest.raises(ArchiveError, match="no page 6"):
        archive.page(6)
