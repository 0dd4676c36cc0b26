"""A ledger is refused, in one line, if it is damaged, foreign or too new."""

from __future__ import annotations

import re
import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING

import pytest

from newsgrain import ledger
from newsgrain.archive import Archive, read_body
from newsgrain.errors import ArchiveError
from newsgrain.ledger import read_ledger
from tests.newsgrain.archive.exchanges import begin, exchange, given, html

if TYPE_CHECKING:
    from pathlib import Path


def test_a_foreign_file_is_no_ledger(tmp_path: Path) -> None:
    (tmp_path / "ledger.sqlite").write_bytes(b"These are my notes, not a database. " * 100)
    with pytest.raises(ArchiveError, match="file is not a database") as caught:
        Archive.open(tmp_path)
    assert "\n" not in str(caught.value)


def test_a_database_of_another_program_is_no_ledger(tmp_path: Path) -> None:
    with sqlite3.connect(tmp_path / "ledger.sqlite") as foreign:
        foreign.execute("CREATE TABLE recipes (name TEXT)")
    with pytest.raises(ArchiveError, match="no ledger of newsgrain"):
        Archive.open(tmp_path)
    with sqlite3.connect(tmp_path / "ledger.sqlite") as foreign:
        assert foreign.execute("SELECT count(*) FROM sqlite_master").fetchone() == (1,)


def test_a_damaged_ledger_is_one_line(tmp_path: Path) -> None:
    with Archive.open(tmp_path) as archive:
        run_id = begin(archive)
        archive.register([given(number) for number in range(500)], run_id=run_id)
    path = tmp_path / "ledger.sqlite"
    content = bytearray(path.read_bytes())
    content[4096:] = b"\xff" * (len(content) - 4096)
    path.write_bytes(content)
    with (
        pytest.raises(ArchiveError, match="the ledger failed") as caught,
        Archive.open(tmp_path) as archive,
    ):
        list(archive.pages())
    assert "\n" not in str(caught.value)


def test_a_ledger_of_a_newer_version_is_refused_and_left_alone(tmp_path: Path) -> None:
    Archive.open(tmp_path).close()
    with sqlite3.connect(tmp_path / "ledger.sqlite") as connection:
        connection.execute("PRAGMA user_version = 99")
    with pytest.raises(ArchiveError, match="version 99, written by a newer newsgrain"):
        Archive.open(tmp_path)
    with (
        pytest.raises(ArchiveError, match="written by a newer newsgrain"),
        read_ledger(tmp_path),
    ):
        pass


def test_the_ledger_can_be_read_while_it_is_written(tmp_path: Path) -> None:
    with read_ledger(tmp_path) as nothing:
        assert nothing is None
    with Archive.open(tmp_path) as archive:
        archive.record(exchange(1, begin(archive)))
        with read_ledger(tmp_path) as reader:
            assert reader is not None
            count = "SELECT count(*) FROM pages"
            assert reader.execute(count).fetchone() == (1,)
            archive.record(exchange(2, archive.page(1).run_id))
            assert reader.execute(count).fetchone() == (2,)
            with pytest.raises(sqlite3.OperationalError, match="readonly"):
                reader.execute("DELETE FROM pages")


def test_a_power_cut_cannot_take_back_a_commit(archive: Archive) -> None:
    assert archive.connection.execute("PRAGMA journal_mode").fetchone() == ("wal",)
    assert archive.connection.execute("PRAGMA synchronous").fetchone() == (2,)


def test_a_ledger_of_version_1_is_brought_up_to_date_and_keeps_its_pages(tmp_path: Path) -> None:
    path = tmp_path / "ledger.sqlite"
    with Archive.open(tmp_path) as archive:
        archive.record(exchange(1, begin(archive)))
        before = archive.page(1)
    with closing(sqlite3.connect(path)) as old:
        take_back_to_version_1(old)
    for _ in range(2):
        with Archive.open(tmp_path) as archive:
            assert archive.page(1) == before
            assert read_body(archive.page(1), tmp_path) == html(1)
            assert archive.connection.execute("PRAGMA user_version").fetchone() == (
                ledger.LEDGER_VERSION,
            )
    with Archive.open(tmp_path) as archive:
        again = archive.page(archive.record(exchange(2, begin(archive), body=html(1))))
    assert again.body_file == before.archive_file


def test_an_update_of_the_ledger_that_fails_leaves_the_old_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "ledger.sqlite"
    with Archive.open(tmp_path) as archive:
        archive.record(exchange(1, begin(archive)))
    with closing(sqlite3.connect(path)) as old:
        take_back_to_version_1(old)
        layout = old.execute("SELECT sql FROM sqlite_master ORDER BY name").fetchall()
    with monkeypatch.context() as patch:
        patch.setattr(ledger, "_STEPS", (*ledger._STEPS, "CREATE TABLE pages (x)"))
        with pytest.raises(ArchiveError, match="already exists"):
            Archive.open(tmp_path)
    with closing(sqlite3.connect(path)) as old:
        assert old.execute("SELECT sql FROM sqlite_master ORDER BY name").fetchall() == layout
        assert old.execute("PRAGMA user_version").fetchone() == (1,)


def take_back_to_version_1(connection: sqlite3.Connection) -> None:
    """Make a ledger what version 1 of the layout would have written."""
    step = "".join(ledger._STEPS[1:])
    for name in re.findall(r"CREATE INDEX (\w+)", step):
        connection.execute(f"DROP INDEX {name}")
    for table, column in re.findall(r"ALTER TABLE (\w+) ADD COLUMN (\w+)", step):
        connection.execute(f"ALTER TABLE {table} DROP COLUMN {column}")
    for name in ("quarantine", "identity", "merged"):
        connection.execute(f"DROP TABLE {name}")
    connection.execute("PRAGMA user_version = 1")
    connection.commit()
