"""Given files are found and recognised; what is wrong with one is said of that one."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from newsgrain.archive import Archive, read_body
from newsgrain.errors import ArchiveError
from newsgrain.inputs import scan_inputs
from tests.newsgrain.archive.exchanges import begin
from tests.newsgrain.inputs.files import CANONICAL, Writer, bodies, html_file, parquet, read


def test_a_folder_is_walked_in_order_and_what_is_unknown_is_counted(tmp_path: Path) -> None:
    for folder in ("b/deep", "aa", "c"):
        (tmp_path / folder).mkdir(parents=True)
    for name in ("b/deep/1.html", "c/4.html", "aa/3.html", "b/2.html", "a.html", "c.html"):
        html_file(tmp_path, name, CANONICAL)
    for name in ("notes.txt", "b/image.png", ".hidden"):
        (tmp_path / name).touch()
    *files, summary = scan_inputs([tmp_path])
    names = [file.path.relative_to(tmp_path).as_posix() for file in files]
    assert names == [
        *("a.html", "c.html"),
        *("aa/3.html", "b/2.html", "b/deep/1.html", "c/4.html"),
    ]
    assert (summary.path, summary.skipped, summary.error) == (tmp_path, 3, None)
    assert list(summary.pages()) == []


def test_good_files_are_read_beside_bad_ones(archive: Archive, tmp_path: Path) -> None:
    good = Writer(tmp_path / "good.warc.gz")
    good.add(1)
    bad = html_file(tmp_path, "bad.html", b"\0\0")
    unknown = html_file(tmp_path, "notes.txt", b"hello")
    (tmp_path / "empty").mkdir()
    given = [tmp_path / "missing.warc.gz", bad, unknown, tmp_path / "empty", good.path]
    run_id, errors = begin(archive), []
    for file in scan_inputs(given):
        archive.register(file.pages(), run_id=run_id)
        errors.append(str(file.error))
    assert "missing.warc.gz: cannot be read: No such file or directory" in errors[0]
    assert "bad.html: is no HTML" in errors[1]
    assert "notes.txt: is of no known kind (.warc, " in errors[2]
    assert "empty: holds no file that can be cleaned" in errors[3]
    assert errors[4] == "None"
    assert [row.url for row in archive.pages()] == ["http://quay.example/1"]


def test_a_name_that_is_no_text_is_said_of_its_file(tmp_path: Path) -> None:
    html_file(tmp_path, os.fsdecode(b"caf\xe9.html"), CANONICAL)
    file, summary = scan_inputs([tmp_path])
    assert list(file.pages()) == []
    assert str(file.error).endswith(r"has a name that is no text: b'caf\xe9.html'")
    str(file.error).encode()
    assert summary.error is None


@pytest.mark.parametrize("name", ["a.html", "a.warc.gz", "a.parquet"])
def test_a_file_that_goes_away_is_an_error_of_that_file(tmp_path: Path, name: str) -> None:
    html_file(tmp_path, name, CANONICAL)
    (file,) = scan_inputs([tmp_path / name])
    (tmp_path / name).unlink()
    assert list(file.pages()) == []
    assert str(file.error).endswith(f"{name}: cannot be read: No such file or directory")


def test_a_relative_path_is_kept_as_an_absolute_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    html_file(tmp_path, "a.html", CANONICAL)
    monkeypatch.chdir(tmp_path)
    _, pages = read(Path("a.html"))
    assert pages[0].archive_file == str(tmp_path / "a.html")


def test_the_same_content_under_another_name_adds_nothing(archive: Archive, tmp_path: Path) -> None:
    first = Writer(tmp_path / "a.warc.gz")
    for number in range(3):
        first.add(number)
    second = tmp_path / "b.warc.gz"
    second.write_bytes(first.path.read_bytes())
    assert len(bodies(archive, first.path)) == 3
    first.path.unlink()
    with pytest.raises(ArchiveError, match="the file is missing"):
        read_body(archive.page(1), archive.folder)
    assert len(bodies(archive, second)) == 3


@pytest.mark.parametrize("name", ["a.html", "a.warc.gz", "a.parquet"])
def test_a_file_that_was_exchanged_is_seen(archive: Archive, tmp_path: Path, name: str) -> None:
    path = tmp_path / name

    def write(body: bytes) -> None:
        if name == "a.html":
            path.write_bytes(body)
        elif name == "a.parquet":
            parquet(path, url=["https://quay.example/1"], html=[body])
        else:
            Writer(path).add(1, body=body)

    write(CANONICAL)
    assert bodies(archive, path) == [CANONICAL]
    write(CANONICAL.replace(b"Boats", b"Goats"))
    with pytest.raises(ArchiveError, match="was it replaced"):
        read_body(archive.page(1), archive.folder)
    path.write_bytes(b"nothing of the kind")
    with pytest.raises(ArchiveError) as caught:
        read_body(archive.page(1), archive.folder)
    assert "\n" not in str(caught.value)


def test_real_pages_are_read_back(archive: Archive, shared_folder: Path) -> None:
    path = shared_folder / "bench" / "fundus-a.warc.gz"
    found = bodies(archive, path)
    assert len(found) == 135
    assert all(b"<" in body for body in found)
