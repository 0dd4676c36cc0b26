"""`newsgrain.load` gives a researcher the rows that were asked for, in one line."""

from __future__ import annotations

import subprocess
import sys
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

import newsgrain
from newsgrain.errors import StoreError
from newsgrain.schema import TABLES
from newsgrain.store import Store
from tests.newsgrain.store.nights import START, night, publish, revision, run_id, url_of

CHECKOUT = Path(__file__).resolve().parents[3]
DAY = timedelta(days=1)


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Articles 10-13, 20-23 and 30-33 of 1, 2 and 3 November; 11 is edited on the 4th."""
    folder = tmp_path_factory.mktemp("workspace")
    store = Store(folder / "datasets")
    for number in (1, 2, 3):
        night(store, number, range(number * 10, number * 10 + 4), speakers=number)
    edit = revision(11, run_id(4), at=START + 3 * DAY, first=START, version=2, speakers=5)
    publish(store, run_id(4), {"revisions": [edit]})
    return folder


def numbers(frame: pd.DataFrame) -> list[int]:
    return sorted({int(url.rpartition("/")[2]) for url in frame["url"]})


@pytest.mark.parametrize("table", TABLES)
def test_every_table_loads_with_the_columns_of_the_schema(workspace: Path, table: str) -> None:
    frame = newsgrain.load(table, workspace=workspace)
    assert [*frame.columns] == [column.name for column in TABLES[table].columns]
    assert len(frame) == len(pd.read_parquet(workspace / "datasets" / table))


@pytest.mark.parametrize(
    ("since", "until", "expected"),
    [
        ("2026-11-02", None, {2, 3}),
        (None, "2026-11-02", {1, 2}),
        ("2026-11-02", "2026-11-02", {2}),
        (date(2026, 11, 3), None, {3}),
        (datetime(2026, 11, 1, 22, 0, 1, tzinfo=UTC), None, {2, 3}),
        (None, "2026-11-02T22:00:00", {1}),
        ("2026-11-03T00:30:00+05:00", "2026-11-03", {2, 3}),
    ],
)
@pytest.mark.parametrize("table", ["articles", "speakers", "pages", "verdicts"])
def test_since_and_until_count_days_from_the_first_fetch(
    workspace: Path, table: str, since: Any, until: Any, expected: set[int]
) -> None:
    frame = newsgrain.load(table, since=since, until=until, workspace=workspace)
    assert {number // 10 for number in numbers(frame)} == expected


def test_an_edit_makes_an_article_no_younger_but_is_a_young_revision(workspace: Path) -> None:
    since = "2026-11-04"
    assert len(newsgrain.load("articles", since=since, workspace=workspace)) == 0
    assert len(newsgrain.load("speakers", since=since, workspace=workspace)) == 0
    revisions = newsgrain.load("revisions", since=since, workspace=workspace)
    assert revisions["url"].tolist() == [url_of(11)]


@pytest.mark.parametrize("table", ["articles", "revisions", "speakers", "pages", "verdicts"])
def test_a_source_is_selected_in_every_table(workspace: Path, table: str) -> None:
    frame = newsgrain.load(table, source="site2", workspace=workspace)
    assert set(numbers(frame)) == {11, 20, 23, 32}


def test_a_run_has_no_single_source(workspace: Path) -> None:
    with pytest.raises(ValueError, match="a run has many sources"):
        newsgrain.load("runs", source="site2", workspace=workspace)


def test_runs_are_selected_by_their_start(workspace: Path) -> None:
    frame = newsgrain.load("runs", since="2026-11-02", until="2026-11-02", workspace=workspace)
    assert frame["run_id"].tolist() == [run_id(2)]


def test_columns_are_given_in_the_order_asked_for(workspace: Path) -> None:
    frame = newsgrain.load(
        "speakers", columns=["name", "article_id"], since="2026-11-03", workspace=workspace
    )
    assert [*frame.columns] == ["name", "article_id"]
    assert len(frame) == 12


def test_each_engine_gives_the_same_rows(workspace: Path) -> None:
    arrow = newsgrain.load("speakers", workspace=workspace, engine="arrow")
    polars = newsgrain.load("speakers", workspace=workspace, engine="polars")
    relation = newsgrain.load("speakers", workspace=workspace, engine="duckdb")
    pandas = newsgrain.load("speakers", workspace=str(workspace), engine="pandas")
    assert isinstance(arrow, pa.Table)
    assert isinstance(polars, pl.DataFrame)
    assert isinstance(relation, duckdb.DuckDBPyRelation)
    assert isinstance(pandas, pd.DataFrame)
    names = arrow["name"].to_pylist()
    assert len(names) == 4 * 1 + 4 * 2 + 4 * 3 + 4
    assert names == polars["name"].to_list() == pandas["name"].tolist()
    assert names == [row[0] for row in relation.project("name").fetchall()]


@pytest.mark.parametrize(
    ("wrong", "named"),
    [
        ({"table": "speaker"}, "no table 'speaker'; there are: revisions, articles, authors"),
        ({"columns": ["nom"]}, "no column 'nom'; there are: article_id, revision, ord"),
        ({"engine": "spark"}, "no engine 'spark'; there are: pandas, polars, arrow, duckdb"),
        ({"since": "yesterday"}, "yesterday"),
    ],
)
def test_a_wrong_argument_names_what_there_is(
    workspace: Path, wrong: dict[str, Any], named: str
) -> None:
    arguments = {"table": "speakers", "workspace": workspace} | wrong
    with pytest.raises(ValueError, match=named):
        newsgrain.load(**arguments)


def test_without_datasets_the_error_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="nothing has been published here yet"):
        newsgrain.load("articles", workspace=tmp_path)


@pytest.mark.parametrize("engine", ["pandas", "polars", "duckdb"])
def test_a_missing_engine_names_the_extra(
    workspace: Path, monkeypatch: pytest.MonkeyPatch, engine: str
) -> None:
    monkeypatch.setitem(sys.modules, engine, None)
    with pytest.raises(ImportError, match=rf"pip install 'newsgrain\[{engine}\]'"):
        newsgrain.load("speakers", workspace=workspace, engine=engine)


def test_the_public_names_are_there_and_a_wrong_one_is_an_attribute_error() -> None:
    code = """
import sys, newsgrain
names = ["__version__", "clean_batch", "inspect_page", "load", "people"]
assert sorted(newsgrain.__all__) == dir(newsgrain) == names
assert "pyarrow" not in sys.modules
assert newsgrain.load.__module__ == "newsgrain.reading"
import newsgrain.reading
assert callable(newsgrain.load)
try:
    newsgrain.laod
except AttributeError as exc:
    print(exc)
"""
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=CHECKOUT, check=False, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout == "module 'newsgrain' has no attribute 'laod'\n"
