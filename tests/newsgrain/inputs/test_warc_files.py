"""Complete HTML answers in WARC files become pages, however the files were written or cut."""

from __future__ import annotations

import gzip
import tracemalloc
from typing import TYPE_CHECKING

import brotli
import pytest

from newsgrain.archive import Archive, read_body
from newsgrain.errors import ArchiveError
from newsgrain.inputs import scan_inputs
from tests.newsgrain.archive.exchanges import START, begin, html
from tests.newsgrain.inputs.files import WHEN, Writer, bodies, read

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize("name", ["pages.warc.gz", "pages.warc", "PAGES.WARC.GZ"])
def test_responses_of_a_warc_become_pages(archive: Archive, tmp_path: Path, name: str) -> None:
    writer = Writer(tmp_path / name, zipped=name.lower().endswith("gz"))
    for number in range(3):
        writer.add(number)
    assert bodies(archive, writer.path) == [html(number) for number in range(3)]
    row = archive.page(2)
    assert (row.kind, row.url, row.status) == ("input", "http://quay.example/1", 200)
    assert (row.fetched_at, row.content_type) == (WHEN, "text/html; charset=utf-8")
    assert row.archive_file == str(writer.path)
    assert row.archive_sha256 is not None
    assert row.source is None


def test_only_complete_html_answers_are_pages_and_the_rest_is_counted(tmp_path: Path) -> None:
    writer = Writer(tmp_path / "a.warc.gz")
    info = writer.warc.create_warcinfo_record("a.warc.gz", {"software": "x"})
    writer.warc.write_record(info)
    writer.add(1)
    writer.add(2, kind="request")
    writer.add(3, status="404 Not Found")
    writer.add(4, headers=[("Content-Type", "image/png")])
    writer.add(5, headers=[])
    writer.add(6, kind="resource", Content_Type="text/html")
    writer.add(7, kind="resource", Content_Type="text/css")
    writer.add(8, kind="metadata", Content_Type="text/html")
    writer.add(9, url="urn:pageinfo:9")
    writer.add(10, body=b"")
    writer.add(11, headers=[("content-type", "Application/XHTML+xml;charset=x")])
    writer.add(12, url="<http://quay.example/12>")
    file, pages = read(writer.path)
    assert [page.url.rpartition("/")[2] for page in pages] == ["1", "6", "11", "12"]
    assert file.skipped == 6
    assert file.error is None


def test_a_body_of_common_crawl_is_read(archive: Archive, tmp_path: Path) -> None:
    """Decoded and joined, with the headers of the wire kept under other names."""
    writer = Writer(tmp_path / "cc.warc.gz")
    renamed = [
        ("Content-Type", "text/html"),
        ("X-Crawl-Content-Encoding", "gzip"),
        ("X-Crawl-Transfer-Encoding", "chunked"),
        ("Content-Length", "17"),
    ]
    writer.add(1, headers=renamed)
    writer.add(2, headers=[("Content-Type", "text/html"), ("Content-Encoding", "br")])
    assert bodies(archive, writer.path) == [html(1), html(2)]


def test_chunks_and_encodings_of_the_wire_are_undone(archive: Archive, tmp_path: Path) -> None:
    writer = Writer(tmp_path / "wire.warc.gz")
    kind = ("Content-Type", "text/html")
    packed = gzip.compress(html(1))
    chunks = b"%x\r\n%s\r\n0\r\n\r\n" % (len(packed), packed)
    wire = [kind, ("Transfer-Encoding", "Chunked"), ("Content-Encoding", "gzip")]
    writer.add(1, headers=wire, body=chunks)
    writer.add(2, headers=[kind, ("Content-Encoding", "br")], body=brotli.compress(html(2)))
    writer.add(3, headers=[kind, ("Transfer-Encoding", "chunked")])
    assert bodies(archive, writer.path) == [html(1), html(2), html(3)]


@pytest.mark.parametrize("name", ["cut.warc.gz", "cut.warc"])
@pytest.mark.parametrize("left", [10, 50, 300, -600, -40, -1])
def test_the_pages_before_a_cut_are_given_and_the_cut_is_reported(
    archive: Archive, tmp_path: Path, name: str, left: int
) -> None:
    """Bytes of the fourth record that are left, from its start or but so many."""
    writer = Writer(tmp_path / name, zipped=name.endswith("gz"))
    for number in range(3):
        writer.add(number)
    start = writer.path.stat().st_size
    writer.add(3)
    content = writer.path.read_bytes()
    writer.path.write_bytes(content[: start + left] if left > 0 else content[:left])
    (file,) = scan_inputs([writer.path])
    assert archive.register(file.pages(), run_id=begin(archive)) == 3
    assert "ends within a record" in str(file.error)
    assert str(writer.path) in str(file.error)
    found = [read_body(row, archive.folder) for row in archive.pages()]
    assert found == [html(number) for number in range(3)]


def test_damage_in_the_middle_is_reported_after_the_pages_before_it(tmp_path: Path) -> None:
    writer = Writer(tmp_path / "bad.warc.gz")
    writer.add(0)
    start = writer.path.stat().st_size
    for number in range(1, 4):
        writer.add(number)
    content = bytearray(writer.path.read_bytes())
    content[start + 40 : start + 200] = b"\xff" * 160
    writer.path.write_bytes(content)
    file, pages = read(writer.path)
    assert [page.url for page in pages] == ["http://quay.example/0"]
    assert "is damaged" in str(file.error)


def test_a_warc_that_is_compressed_as_a_whole_is_refused_with_the_remedy(tmp_path: Path) -> None:
    writer = Writer(tmp_path / "plain.warc", zipped=False)
    for number in range(3):
        writer.add(number)
    whole = tmp_path / "whole.warc.gz"
    whole.write_bytes(gzip.compress(writer.path.read_bytes()))
    file, _ = read(whole)
    assert "warcio recompress" in str(file.error)


@pytest.mark.parametrize(
    "content", [b"", b"not a warc " * 99, gzip.compress(b"nor this " * 99, mtime=0)]
)
def test_a_file_that_is_no_warc_is_an_error(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "no.warc.gz"
    path.write_bytes(content)
    file, pages = read(path)
    assert pages == []
    assert file.error is not None
    assert "\n" not in str(file.error)


def test_a_date_that_is_none_is_replaced_by_the_one_that_is_given(tmp_path: Path) -> None:
    writer = Writer(tmp_path / "dates.warc.gz")
    writer.add(1, WARC_Date="last Tuesday")
    writer.add(2, WARC_Date="2025-03-01T12:00:00.123456789Z")
    _, pages = read(writer.path, fetched_at=START)
    assert [page.fetched_at for page in pages] == [START, WHEN.replace(microsecond=123456)]


def test_a_large_warc_is_read_in_bounded_memory(tmp_path: Path) -> None:
    writer = Writer(tmp_path / "large.warc.gz")
    writer.add(1, body=b"<p>" + b"quay " * 8_000_000)
    tracemalloc.start()
    _, pages = read(writer.path)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert pages[0].body_bytes == 40_000_003
    assert peak < 4_000_000


def test_a_body_beyond_the_bound_is_registered_and_unreadable(
    archive: Archive, tmp_path: Path
) -> None:
    writer = Writer(tmp_path / "large.warc.gz")
    writer.add(1, body=b"<p>" + b"quay " * 8_000_000)
    bomb = gzip.compress(b"<p>" + b"\0" * 30_000_000)
    kind = ("Content-Type", "text/html")
    writer.add(2, headers=[kind, ("Content-Encoding", "gzip")], body=bomb)
    (file,) = scan_inputs([writer.path])
    archive.register(file.pages(), run_id=begin(archive))
    for row in archive.pages():
        with pytest.raises(ArchiveError, match="larger than 20000000 bytes"):
            read_body(row, archive.folder)
