"""Each export format gives the rows that are published, whole or not at all."""

from __future__ import annotations

import csv
import json
import sqlite3
from typing import TYPE_CHECKING, Any

import duckdb
import pyarrow.parquet as pq
import pytest

import newsgrain
from newsgrain import export as export_module
from newsgrain.catalog import Catalog
from newsgrain.errors import ConfigError
from newsgrain.export import export
from newsgrain.export_format import ExportFormat
from newsgrain.schema import TABLES
from newsgrain.store import Store
from tests.newsgrain.store.nights import night

if TYPE_CHECKING:
    from pathlib import Path

NAMES = [f"Speaker {number}" for number in range(10, 14) for _ in range(2)]


@pytest.fixture
def root(tmp_path: Path) -> Path:
    store = Store(tmp_path / "datasets")
    night(store, 1, range(10, 14), speakers=2)
    night(store, 2, range(20, 24))
    return tmp_path / "datasets"


def _parquet(target: Path) -> list[str]:
    return pq.read_table(target / "speakers.parquet")["name"].to_pylist()


def _csv(target: Path) -> list[str]:
    with (target / "speakers.csv").open(newline="", encoding="utf-8") as source:
        return [row["name"] for row in csv.DictReader(source)]


def _jsonl(target: Path) -> list[str]:
    lines = (target / "speakers.jsonl").read_text("utf-8").splitlines()
    return [json.loads(line)["name"] for line in lines]


def _sqlite(target: Path) -> list[str]:
    return [name for (name,) in sqlite3.connect(target).execute("select name from speakers")]


def _duckdb(target: Path) -> list[str]:
    with duckdb.connect(str(target), read_only=True) as connection:
        return [name for (name,) in connection.execute("select name from speakers").fetchall()]


READERS = {
    ExportFormat.PARQUET: _parquet,
    ExportFormat.CSV: _csv,
    ExportFormat.JSONL: _jsonl,
    ExportFormat.SQLITE: _sqlite,
    ExportFormat.DUCKDB: _duckdb,
}


@pytest.mark.parametrize("to", ExportFormat)
def test_every_format_holds_the_rows_of_the_night_asked_for(root: Path, tmp_path, to) -> None:
    counts = export(root, Catalog(), tmp_path / "out", to=to, as_of="1")
    assert sorted(READERS[to](tmp_path / "out")) == sorted(NAMES)
    assert counts.keys() == TABLES.keys()
    assert (counts["articles"], counts["speakers"], counts["lists"]) == (4, 8, 0)


def test_only_the_tables_asked_for_are_written(root: Path, tmp_path: Path) -> None:
    export(root, Catalog(), tmp_path / "out", to=ExportFormat.CSV, tables=["runs"])
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["runs.csv"]


def test_nested_values_and_moments_survive_as_json_and_iso_8601(root: Path, tmp_path) -> None:
    export(root, Catalog(), tmp_path / "out", to=ExportFormat.CSV, tables=["articles"])
    with (tmp_path / "out" / "articles.csv").open(newline="", encoding="utf-8") as source:
        row: dict[str, Any] = next(csv.DictReader(source))
    expected = newsgrain.load("articles", workspace=root.parent, engine="arrow").to_pylist()[0]
    assert json.loads(row["speakers"]) == expected["speakers"]
    assert row["date_published"] == expected["date_published"].isoformat()
    assert row["canonical_url"] == ""


def test_what_exists_is_not_overwritten(root: Path, tmp_path: Path) -> None:
    (tmp_path / "out").write_text("mine")
    with pytest.raises(ConfigError, match="exists already"):
        export(root, Catalog(), tmp_path / "out", to=ExportFormat.SQLITE)
    assert (tmp_path / "out").read_text() == "mine"


def test_an_unknown_table_is_named(root: Path, tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="no table speaker; there are: revisions"):
        export(root, Catalog(), tmp_path / "out", to=ExportFormat.CSV, tables=["speaker"])


@pytest.mark.parametrize("to", ExportFormat)
def test_an_export_that_fails_leaves_nothing(root: Path, tmp_path, monkeypatch, to) -> None:
    def batches(dataset: Any) -> Any:
        yield from dataset.to_batches()
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(export_module, "_batches", batches)
    with pytest.raises(Exception, match=r"(?i)no space left"):
        export(root, Catalog(), tmp_path / "out", to=to)
    assert [path.name for path in tmp_path.iterdir()] == ["datasets"]
