"""HTML files and rows of Parquet become pages, with the address they declare or are given."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pytest

from newsgrain.archive import Archive, read_body
from newsgrain.errors import ConfigError
from newsgrain.inputs import scan_inputs
from tests.newsgrain.archive.exchanges import START, html
from tests.newsgrain.inputs.files import CANONICAL, WHEN, Writer, bodies, html_file, parquet, read

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize("name", ["a.html", "a.htm", "a.html.gz", "A.HTM.GZ".lower()])
def test_an_html_file_is_one_page(archive: Archive, tmp_path: Path, name: str) -> None:
    path = html_file(tmp_path, name, CANONICAL)
    assert bodies(archive, path) == [CANONICAL]
    row = archive.page(1)
    assert (row.url, row.status, row.content_type) == ("https://quay.example/story", None, None)


@pytest.mark.parametrize(
    ("content", "url"),
    [
        (CANONICAL, "https://quay.example/story"),
        (
            b'<meta property="og:url" content=" https://quay.example/og "><p>x',
            "https://quay.example/og",
        ),
        (b'<link rel="canonical" href="/relative">' + CANONICAL, "https://quay.example/story"),
        (
            b'<meta property="og:url" content="https://quay.example/og">' + CANONICAL,
            "https://quay.example/story",
        ),
        ("<html>\u00e9".encode("utf-16"), None),
        (b"<html><p>anonymous</p></html>", None),
        (b"<!-- nothing but a comment -->", None),
        (b"", None),
    ],
)
def test_the_address_is_the_one_that_the_page_declares(
    tmp_path: Path, content: bytes, url: str | None
) -> None:
    file, pages = read(html_file(tmp_path, "a.html", content))
    assert [page.url for page in pages] == ([url] if url else [])
    if not url:
        assert "--url" in str(file.error)
        assert "a.html" in str(file.error)


def test_an_address_that_is_given_goes_before_the_declared_one(tmp_path: Path) -> None:
    path = html_file(tmp_path, "a.html", CANONICAL)
    _, pages = read(path, url="https://mirror.example/x")
    assert [page.url for page in pages] == ["https://mirror.example/x"]
    with pytest.raises(ConfigError, match="not an absolute http"):
        read(path, url="mirror.example")


def test_one_address_cannot_name_several_pages(tmp_path: Path) -> None:
    first, second = (html_file(tmp_path, name, CANONICAL) for name in ("a.html", "b.html"))
    warc = Writer(tmp_path / "c.warc.gz").path
    for given in ([first, second], [tmp_path], [warc], []):
        with pytest.raises(ConfigError, match="--url names the page of one HTML file"):
            scan_inputs(given, url="https://quay.example/x")


def test_the_time_of_an_html_file_is_the_given_one_or_its_last_change(tmp_path: Path) -> None:
    path = html_file(tmp_path, "a.html", CANONICAL)
    os.utime(path, (WHEN.timestamp(), WHEN.timestamp()))
    assert read(path)[1][0].fetched_at == WHEN
    assert read(path, fetched_at=START)[1][0].fetched_at == START


@pytest.mark.parametrize(
    "content",
    [b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n", b"<html>\0\0\0</html>"],
)
def test_binary_data_is_no_html(tmp_path: Path, content: bytes) -> None:
    path = html_file(tmp_path, "a.html", content)
    file, pages = read(path, url="https://quay.example/x")
    assert pages == []
    assert "is no HTML" in str(file.error)


def test_a_damaged_or_huge_html_file_is_an_error(tmp_path: Path) -> None:
    damaged = html_file(tmp_path, "a.html.gz", CANONICAL)
    damaged.write_bytes(damaged.read_bytes()[:-9])
    bomb = html_file(tmp_path, "b.html.gz", b" " * 30_000_000)
    huge = html_file(tmp_path, "c.html", b" " * 20_000_001)
    errors = [str(read(path)[0].error) for path in (damaged, bomb, huge)]
    assert "ends early" in errors[0]
    assert all("larger than 20000000 bytes" in error for error in errors[1:])


@pytest.mark.parametrize("is_text", [True, False])
def test_rows_of_parquet_become_pages(archive: Archive, tmp_path: Path, is_text: bool) -> None:  # noqa: FBT001
    cells: list[Any] = [html(number).decode() if is_text else html(number) for number in range(10)]
    times = pa.array([WHEN.replace(tzinfo=None)] * 10, pa.timestamp("ns"))
    path = parquet(
        tmp_path / "pages.parquet",
        url=[f"https://quay.example/{number}" for number in range(10)],
        html=cells,
        fetched_at=times,
        content_type=["text/html; charset=latin-1"] * 10,
        other=list(range(10)),
    )
    assert bodies(archive, path) == [html(number) for number in range(10)]
    row = archive.page(5)
    assert (row.url, row.fetched_at) == ("https://quay.example/4", WHEN)
    # Text is UTF-8 now, whatever it was on the wire.
    assert row.content_type == f"text/html; charset={'utf-8' if is_text else 'latin-1'}"
    backwards = [read_body(archive.page(number), archive.folder) for number in (10, 1, 9, 2)]
    assert backwards == [html(9), html(0), html(8), html(1)]


def test_rows_without_address_or_page_are_counted(tmp_path: Path) -> None:
    urls = ["https://quay.example/0", None, "ftp://quay.example/2", "https://quay.example/3"]
    path = parquet(tmp_path / "p.parquet", url=urls, html=["<p>a", "<p>b", "<p>c", None])
    file, pages = read(path, fetched_at=START)
    assert [(page.archive_offset, page.fetched_at) for page in pages] == [(0, START)]
    assert file.skipped == 3


def test_parquet_with_other_columns_or_none_is_an_error(tmp_path: Path) -> None:
    other = parquet(tmp_path / "a.parquet", link=["x"], html=["<p>"])
    broken = tmp_path / "b.parquet"
    broken.write_bytes(b"PAR1" + b"\0" * 50 + b"PAR1")
    empty = tmp_path / "c.parquet"
    empty.touch()
    errors = [str(read(path)[0].error) for path in (other, broken, empty)]
    assert "has no column url" in errors[0]
    assert all("is damaged or no Parquet" in error for error in errors[1:])
    assert all("\n" not in error for error in errors)
