"""A disk that is full at any moment: real ones, of a few megabytes, where root may mount them."""

from __future__ import annotations

import shutil
import subprocess
from typing import TYPE_CHECKING

import pytest

from newsgrain.archive import Archive, read_body
from newsgrain.errors import DiskFullError
from newsgrain.store import Store
from tests.newsgrain.archive.exchanges import begin, exchange, html, passes_warcio_check
from tests.newsgrain.store.killing import leftovers, state
from tests.newsgrain.store.nights import night

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_MEGABYTE = 1_000_000


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of four megabytes."""
    place = tmp_path / "disk"
    place.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", "size=4m", "tmpfs", str(place)]
    try:
        mounted = subprocess.run(command, check=False, capture_output=True)
    except FileNotFoundError:
        pytest.skip("there is no mount")
    if mounted.returncode:
        pytest.skip("only root may mount a small disk")
    yield place
    subprocess.run(["umount", "-l", str(place)], check=True)  # noqa: S607 - as mount


def leave(disk: Path, free: int) -> Path:
    """Fill a disk so that so many bytes are left; return the file to delete."""
    ballast = disk / "ballast"
    with ballast.open("wb") as file:
        left = shutil.disk_usage(disk).free - free
        file.write(b"\0" * max(0, left))
    return ballast


def test_an_archive_on_a_full_disk_keeps_what_it_confirmed_and_goes_on_with_space(
    disk: Path, capsys: object
) -> None:
    folder = disk / "archive"
    confirmed, failures = 0, 0
    for free in range(40_000, 400_000, 24_000):
        with Archive.open(folder) as archive:
            run_id = begin(archive)
        ballast = leave(disk, free)
        try:
            with Archive.open(folder) as archive:
                for _ in range(20):
                    archive.record(exchange(confirmed, run_id, body=html(confirmed, 4_000)))
                    confirmed += 1
        except DiskFullError:
            failures += 1
        ballast.unlink()
        with Archive.open(folder) as archive:
            bodies = [read_body(row, folder) for row in archive.pages()]
        assert bodies == [html(number, 4_000) for number in range(confirmed)]
    assert failures > 5
    assert confirmed > 5
    assert passes_warcio_check(folder, capsys)


def test_a_commit_on_a_full_disk_has_happened_or_not_and_its_retry_completes(
    disk: Path, tmp_path: Path
) -> None:
    prepared = tmp_path / "prepared"
    night(Store(prepared), 1, range(6))
    before = state(prepared)
    expected = shutil.copytree(prepared, tmp_path / "expected", symlinks=True)
    night(Store(expected), 2, range(6, 12))
    after = state(expected)
    seen = set()
    for free in (0, 4_096, 20_000, 60_000, 100_000, 140_000, 180_000, 220_000, 260_000, 300_000):
        root = shutil.copytree(prepared, disk / "datasets", symlinks=True)
        ballast = leave(disk, free)
        try:
            night(Store(root), 2, range(6, 12))
            seen.add("done")
        except DiskFullError:
            seen.add("full")
        assert state(root) in (before, after)
        ballast.unlink()
        night(Store(root), 2, range(6, 12))
        assert state(root) == after
        assert leftovers(root) == []
        shutil.rmtree(root)
    assert "full" in seen
