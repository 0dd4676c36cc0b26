"""Processes that are killed, disks that are full, files that are cut: what was confirmed stays."""

from __future__ import annotations

import logging
import random
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

import pytest

from newsgrain.archive import Archive, PageRow, read_body
from newsgrain.errors import ArchiveError, DiskFullError
from tests.newsgrain.archive.exchanges import begin, exchange, html, passes_warcio_check

ROOT = Path(__file__).resolve().parents[3]


def writer(folder: Path, *arguments: int) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "tests.newsgrain.archive.writer", str(folder)]
    numbers = [str(number) for number in arguments]
    return subprocess.Popen(
        [*command, *numbers], cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )


def killed_after(process: subprocess.Popen[str], pages: int, wait_s: float) -> list[int]:
    """Kill a writer a moment after it has confirmed so many pages; return all it confirmed."""
    assert process.stdout is not None
    confirmed = [int(process.stdout.readline()) for _ in range(pages)]
    time.sleep(wait_s)
    process.send_signal(signal.SIGKILL)
    left, _ = process.communicate()
    # The last line may be cut by the kill itself.
    return confirmed + [int(line) for line in left.splitlines(keepends=True) if line[-1] == "\n"]


@pytest.mark.parametrize("kills", [4, pytest.param(16, marks=pytest.mark.slow)])
def test_every_confirmed_page_survives_kills_at_any_moment(
    tmp_path: Path, capsys: object, kills: int
) -> None:
    chance = random.Random(kills)  # noqa: S311 - no secret
    confirmed: list[int] = []
    for kill in range(kills):
        process = writer(tmp_path, kill * 10_000, 20_000, 0)
        confirmed += killed_after(process, chance.randint(1, 25), chance.uniform(0, 0.03))
    with Archive.open(tmp_path) as archive:
        rows = list(archive.pages())
        bodies = {row.url: read_body(row, tmp_path) for row in rows}
    assert len(list(tmp_path.glob("*.warc.gz"))) > 2
    assert len(bodies) == len(rows) >= len(confirmed) > kills
    for number in confirmed:
        assert bodies[f"https://harbour.example/{number}"] == html(number)
    assert passes_warcio_check(tmp_path, capsys)


@pytest.mark.parametrize("torn", [b"\x1f\x8b\x08 half a member", b"\0" * 5_000])
def test_a_torn_tail_is_cut_off(
    tmp_path: Path, capsys: object, caplog: pytest.LogCaptureFixture, torn: bytes
) -> None:
    with Archive.open(tmp_path) as archive:
        archive.record(exchange(1, begin(archive)))
    segment = tmp_path / "00000001.warc.gz"
    size = segment.stat().st_size
    with segment.open("ab") as file:
        file.write(torn)
    with caplog.at_level(logging.WARNING), Archive.open(tmp_path) as archive:
        assert segment.stat().st_size == size
        assert f"bytes={len(torn)}" in caplog.text
        archive.record(exchange(2, begin(archive)))
        assert [read_body(row, tmp_path) for row in archive.pages()] == [html(1), html(2)]
    assert passes_warcio_check(tmp_path, capsys)


def test_a_segment_that_was_never_committed_is_removed(tmp_path: Path) -> None:
    with Archive.open(tmp_path) as archive:
        archive.record(exchange(1, begin(archive)))
    stray = tmp_path / "00000002.warc.gz"
    stray.write_bytes(b"begun and never committed")
    with Archive.open(tmp_path, segment_bytes=10) as archive:
        assert not stray.exists()
        row = archive.page(archive.record(exchange(2, begin(archive))))
    assert row.archive_file == "00000002.warc.gz"
    assert read_body(row, tmp_path) == html(2)


def test_a_missing_ledger_never_costs_the_segments(tmp_path: Path) -> None:
    with Archive.open(tmp_path) as archive:
        archive.record(exchange(1, begin(archive)))
    (tmp_path / "ledger.sqlite").unlink()
    with pytest.raises(ArchiveError, match=r"1 WARC segments, but no ledger\.sqlite"):
        Archive.open(tmp_path)
    assert (tmp_path / "00000001.warc.gz").exists()
    assert not (tmp_path / "ledger.sqlite").exists()


@pytest.mark.parametrize(
    ("segment_bytes", "pages"), [(10, 3), (3_600, 3), (3_600, 4), (1_000_000, 3)]
)
def test_an_old_copy_of_the_ledger_never_costs_newer_pages(
    tmp_path: Path, segment_bytes: int, pages: int
) -> None:
    with Archive.open(tmp_path, segment_bytes=segment_bytes) as archive:
        run_id = begin(archive)
        archive.record(exchange(1, run_id))
    shutil.copy(tmp_path / "ledger.sqlite", tmp_path / "copy")
    with Archive.open(tmp_path, segment_bytes=segment_bytes) as archive:
        for number in range(2, 1 + pages):
            archive.record(exchange(number, run_id))
    shutil.move(tmp_path / "copy", tmp_path / "ledger.sqlite")
    sizes = {path.name: path.stat().st_size for path in tmp_path.glob("*.warc.gz")}
    with pytest.raises(ArchiveError, match="is the ledger an old copy"):
        Archive.open(tmp_path)
    assert {path.name: path.stat().st_size for path in tmp_path.glob("*.warc.gz")} == sizes


def test_a_segment_that_lost_bytes_costs_its_own_pages_only(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with Archive.open(tmp_path) as archive:
        run_id = begin(archive)
        for number in (1, 2):
            archive.record(exchange(number, run_id))
    segment = tmp_path / "00000001.warc.gz"
    with segment.open("r+b") as file:
        file.truncate(segment.stat().st_size - 900)
    with Archive.open(tmp_path) as archive:
        assert "segment is damaged" in caplog.text
        archive.record(exchange(3, run_id))
        first, second, third = archive.pages()
        assert third.archive_file == "00000002.warc.gz"
        assert [read_body(row, tmp_path) for row in (first, third)] == [html(1), html(3)]
        with pytest.raises(ArchiveError):
            read_body(second, tmp_path)
    with Archive.open(tmp_path) as archive:
        assert archive.last_page_id() == 3


def attempt(row: PageRow, folder: Path) -> bytes | None:
    """Return the body, None if that is an error of one line."""
    try:
        return read_body(row, folder)
    except ArchiveError as error:
        return None if "\n" not in str(error) else b"several lines"


def test_a_flipped_byte_is_an_error_and_never_another_text(tmp_path: Path) -> None:
    with Archive.open(tmp_path) as archive:
        row = archive.page(archive.record(exchange(1, begin(archive))))
    segment = tmp_path / "00000001.warc.gz"
    whole = segment.read_bytes()
    assert row.archive_offset is not None
    assert row.archive_length is not None
    for position in range(row.archive_offset + 20, row.archive_offset + row.archive_length, 97):
        content = bytearray(whole)
        content[position] ^= 0x55
        segment.write_bytes(content)
        assert attempt(row, tmp_path) in {html(1), None}
    segment.unlink()
    with pytest.raises(ArchiveError, match="the file is missing"):
        read_body(row, tmp_path)


@pytest.mark.parametrize(("words", "full_file"), [(200, "ledger.sqlite"), (30_000, "archive")])
def test_a_file_that_may_not_grow_is_a_full_disk_and_space_heals_it(
    tmp_path: Path, capsys: object, words: int, full_file: str
) -> None:
    """With small pages the ledger's log is the first to grow too large, else the segment."""
    folder = tmp_path / "archive"
    process = writer(folder, 0, 0, 60_000, words)
    said, errors = process.communicate(timeout=60)
    assert said, errors
    full, size, after = (line.split() for line in said.splitlines())
    assert (full[0], full[2]) == ("full", full_file)
    assert size[1] == size[2]
    confirmed = int(full[1])
    assert after == ["after", str(confirmed + 1), "True"]
    with Archive.open(folder) as archive:
        bodies = [read_body(row, folder) for row in archive.pages()]
    assert bodies == [*(html(number, words) for number in range(confirmed)), html(confirmed)]
    assert passes_warcio_check(folder, capsys)


def test_a_full_ledger_is_a_full_disk(tmp_path: Path, capsys: object) -> None:
    with Archive.open(tmp_path) as archive:
        run_id = begin(archive)
        archive.record(exchange(0, run_id))
        (pages,) = archive.connection.execute("PRAGMA page_count").fetchone()
        archive.connection.execute(f"PRAGMA max_page_count = {pages}")
        size = (tmp_path / "00000001.warc.gz").stat().st_size
        with pytest.raises(DiskFullError) as caught:
            archive.record(exchange(1, run_id, error="x" * 100_000))
        assert isinstance(caught.value.__cause__, sqlite3.OperationalError)
        assert (tmp_path / "00000001.warc.gz").stat().st_size == size
        archive.connection.execute("PRAGMA max_page_count = 1000000")
        row = archive.page(archive.record(exchange(1, run_id)))
        assert read_body(row, tmp_path) == html(1)
    assert passes_warcio_check(tmp_path, capsys)


def test_a_folder_that_cannot_be_written_is_one_line(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(ArchiveError) as caught:
        Archive.open(tmp_path / "file")
    assert str(caught.value) == f"{tmp_path / 'file'}: File exists"
