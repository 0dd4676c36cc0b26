"""Everybody's readers open a published table through its link and see the same rows."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import duckdb
import pandas as pd
import polars as pl
import pyarrow.parquet as pq
import pytest

from newsgrain import parquet
from newsgrain.schema import SCHEMA_VERSION, TABLES
from newsgrain.store import Store
from tests.newsgrain.store.nights import START, night, publish, revision, run_id

CHECKOUT = Path(__file__).resolve().parents[3]

LOAD_DATASET = """
import os, sys
os.environ["HF_HOME"] = sys.argv[2]
os.environ["HF_HUB_OFFLINE"] = "1"
import datasets
assert hasattr(datasets, "load_dataset"), datasets
def rows(**how):
    return datasets.load_dataset("parquet", **how, split="train")
by_folder = rows(data_dir=sys.argv[1] + "/articles")
by_glob = rows(data_files=sys.argv[1] + "/articles/**/*.parquet")
by_card = datasets.load_dataset(sys.argv[1], "speakers", split="train")
print(len(by_folder), len(by_glob), len(by_card))
print(*sorted(by_folder["article_id"]))
print(sorted(max(by_folder["speakers"], key=len)[0]))
"""


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two months and an edit, with nested columns of different lengths."""
    root = tmp_path_factory.mktemp("workspace") / "datasets"
    store = Store(root)
    old = START.replace(month=8)
    rows = [revision(n, run_id(1), at=old, speakers=n % 3) for n in range(5)]
    publish(store, run_id(1), {"revisions": rows})
    night(store, 2, range(10, 14), speakers=2)
    edit = revision(11, run_id(3), at=START.replace(day=3), first=START.replace(day=2), version=2)
    publish(store, run_id(3), {"revisions": [edit]})
    return root


def plain(rows: list[dict[str, Any]]) -> list[tuple[Any, ...]]:
    return sorted(
        (
            row["article_id"],
            row["revision"],
            str(row["month"]),
            len(row["tags"]),
            [speaker["name"] for speaker in row["speakers"]],
            row["date_published"].timestamp(),
        )
        for row in rows
    )


def test_pandas_polars_and_duckdb_see_the_same_rows(published: Path) -> None:
    pandas = plain(pd.read_parquet(published / "articles").to_dict("records"))
    folder = published / "articles"
    polars = plain(pl.scan_parquet(folder, hive_partitioning=True).collect().to_dicts())
    by_duckdb = duckdb.sql(f"from '{folder}/**/*.parquet'").to_arrow_table().to_pylist()
    assert len(pandas) == 9
    assert {row[2] for row in pandas} == {"2026-08", "2026-11"}
    assert pandas == polars == plain(by_duckdb)


def test_a_glob_and_a_nested_column_work_in_polars_and_duckdb(published: Path) -> None:
    glob = f"{published}/articles/**/*.parquet"
    names = pl.scan_parquet(glob).select(pl.col("speakers").explode()).drop_nulls().collect()
    unnested = duckdb.sql(f"select unnest(speakers).name from '{glob}'").fetchall()  # noqa: S608
    flat = pd.read_parquet(published / "speakers")
    assert len(names) == len(unnested) == len(flat) == 0 + 1 + 2 + 0 + 1 + 2 * 3 + 1


@pytest.mark.parametrize("table", TABLES)
def test_every_table_has_the_schema_of_the_schema(published: Path, table: str) -> None:
    seen = pq.read_table(published / table).schema
    expected = TABLES[table].schema()
    assert seen.names == [*expected.names, "month"]
    for field in expected:
        assert seen.field(field.name).nullable == field.nullable
        assert seen.field(field.name).metadata == field.metadata
        assert str(seen.field(field.name).type).replace("element:", "item:") == str(field.type)


def test_a_file_has_the_measured_settings_and_says_where_it_comes_from(published: Path) -> None:
    (path,) = (published / "articles").rglob("day02-*.parquet")
    metadata = pq.read_metadata(path)
    group = metadata.row_group(0)
    assert {group.column(n).compression for n in range(group.num_columns)} == {"ZSTD"}
    assert group.column(0).has_offset_index
    names = [metadata.schema.column(part.column_index).path for part in group.sorting_columns]
    assert names == ["domain", "date_published", "article_id"]
    said = {key.decode(): value.decode() for key, value in metadata.metadata.items()}
    assert said["schema_version"] == str(SCHEMA_VERSION)
    assert said["cleaner_version"] == "1"
    assert said["run_id"] == run_id(3)


@pytest.mark.parametrize("table", ["articles", "revisions", "speakers"])
def test_row_groups_are_sorted_as_they_claim_to_be(
    store: Store, root: Path, monkeypatch: pytest.MonkeyPatch, table: str
) -> None:
    monkeypatch.setattr(parquet, "ROW_GROUP_ROWS", 8)
    night(store, 1, range(30))
    sort = list(TABLES[table].sort)
    (path,) = (root / table).rglob("*.parquet")
    with pq.ParquetFile(path) as file:
        assert file.num_row_groups == 4
        for number in range(4):
            frame = file.read_row_group(number, columns=sort).to_pandas()
            assert frame.equals(frame.sort_values(sort, ignore_index=True))


def test_a_reader_that_resolved_the_link_keeps_its_state_while_nights_pass(
    store: Store, root: Path
) -> None:
    night(store, 1, range(5))
    pinned = (root / "articles").resolve()
    before = pd.read_parquet(pinned)
    for number in (2, 3):
        night(store, number, [number * 100])
    edit = revision(1, run_id(4), at=START.replace(day=4), first=START, version=2)
    publish(store, run_id(4), {"revisions": [edit]})
    assert pd.read_parquet(pinned).equals(before)
    assert len(pd.read_parquet(root / "articles")) == len(before) + 2


@pytest.mark.slow
def test_hugging_faces_datasets_reads_folders_globs_and_the_card(
    published: Path, tmp_path: Path
) -> None:
    """Started in the checkout, so that our folder of the same name could be in the way."""
    pytest.importorskip("datasets.arrow_dataset", reason="Hugging Face's datasets is not here")
    done = subprocess.run(
        [sys.executable, "-c", LOAD_DATASET, str(published), str(tmp_path / "cache")],
        cwd=CHECKOUT,
        check=False,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    counts, ids, speaker = done.stdout.splitlines()
    assert counts == "9 9 11"
    assert ids.split() == sorted(pd.read_parquet(published / "articles")["article_id"])
    assert "source_text" in speaker


def test_there_is_no_code_in_the_folder_datasets() -> None:
    assert (CHECKOUT / "datasets" / "README.md").is_file()
    assert list((CHECKOUT / "datasets").rglob("*.py")) == []
