"""A new schema reaches every file of every table in one commit."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import pandas as pd
import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from newsgrain.catalog import Catalog
from newsgrain.errors import SchemaError, StoreError
from newsgrain.schema import SCHEMA_VERSION, TABLES, Column
from newsgrain.store import Store
from newsgrain.version import __version__
from tests.newsgrain.store.killing import leftovers, next_catalog
from tests.newsgrain.store.nights import (
    START,
    files,
    night,
    publish,
    read,
    revision,
    run_id,
    verdict,
)

if TYPE_CHECKING:
    from pathlib import Path

DAY = timedelta(days=1)
NEXT = Catalog().version + 1


@pytest.fixture
def populated(store: Store, root: Path) -> Path:
    for number in (1, 2, 3):
        night(store, number, range(number * 10, number * 10 + 4))
    edit = revision(11, run_id(4), at=START + 3 * DAY, first=START, version=2)
    publish(store, run_id(4), {"revisions": [edit]})
    return root


def test_an_older_schema_is_migrated_when_a_run_recovers(populated: Path) -> None:
    before = {name: read(populated, name) for name in TABLES}
    old_files = {name: files(populated, name) for name in TABLES}
    store = Store(populated, catalog=next_catalog(Catalog()))
    store.recover()
    head = store.head()
    assert head is not None
    assert (head.schema_version, head.run_id) == (NEXT, run_id(4))
    assert head.snapshot == f"{run_id(4)}-schema{NEXT}"
    for name, frame in before.items():
        after = read(populated, name)
        pd.testing.assert_frame_equal(after[frame.columns], frame)
        assert not old_files[name].keys() & files(populated, name).keys()
        assert not {*old_files[name].values()} & {*files(populated, name).values()}
    articles = read(populated)
    assert articles["characters"].tolist() == articles["text"].str.len().tolist()
    assert articles["mood"].isna().all()
    assert leftovers(populated) == []
    versions = {
        pq.read_metadata(path).metadata[b"schema_version"]
        for path in (populated / "current").rglob("*.parquet")
    }
    assert versions == {str(NEXT).encode()}


def test_a_migration_is_done_once_and_the_next_night_builds_on_it(populated: Path) -> None:
    catalog = next_catalog(Catalog())
    Store(populated, catalog=catalog).recover()
    migrated = files(populated, "articles")
    store = Store(populated, catalog=catalog)
    store.recover()
    assert files(populated, "articles") == migrated
    at = START + 4 * DAY
    rows = [
        revision(12, run_id(5), at=at, first=START, version=2) | {"characters": 7},
        revision(50, run_id(5), at=at) | {"characters": 9, "mood": "calm"},
    ]
    manifest = publish(store, run_id(5), {"revisions": rows})
    assert manifest.parent_run_id == run_id(4)
    lazy = pl.scan_parquet(f"{populated}/articles/**/*.parquet").collect()
    assert lazy.height == 13
    assert sorted(lazy["characters"].to_list())[:2] == [7, 9]
    assert leftovers(populated) == []


def test_the_run_that_was_migrated_stays_committed(populated: Path) -> None:
    store = Store(populated, catalog=next_catalog(Catalog()))
    manifest = publish(store, run_id(4), {"verdicts": [verdict(1, run_id(4))]})
    assert manifest.schema_version == NEXT
    assert len(read(populated, "verdicts")) == 12


def test_a_new_table_and_its_link_come_with_the_migration(populated: Path) -> None:
    tables = dict(Catalog().tables)
    tables["corrections"] = replace(TABLES["verdicts"], name="corrections")
    store = Store(populated, catalog=Catalog(tables=tables, version=NEXT))
    store.recover()
    assert len(read(populated, "corrections")) == 0
    publish(store, run_id(5), {"corrections": [verdict(1, run_id(5))]})
    assert len(read(populated, "corrections")) == 1


def test_a_column_that_must_have_values_needs_a_migration(populated: Path) -> None:
    catalog = replace(next_catalog(Catalog()), migrations={})
    before = read(populated)
    with pytest.raises(StoreError, match=r"no migration gives revisions\.characters"):
        Store(populated, catalog=catalog).recover()
    pd.testing.assert_frame_equal(read(populated), before)
    Store(populated).recover()
    assert leftovers(populated) == []


def test_migrations_that_were_skipped_are_made_up_in_order(populated: Path) -> None:
    second = next_catalog(Catalog())
    third = Column("characters_halved", pa.int32(), "half of it")
    tables = dict(second.tables)
    tables["articles"] = replace(tables["articles"], columns=(*tables["articles"].columns, third))

    def halve(table: str, rows: pa.Table) -> pa.Table:
        if table != "articles":
            return rows
        halves = [count // 2 for count in rows["characters"].to_pylist()]
        return rows.append_column(third.name, pa.array(halves, third.type))

    migrations = {**second.migrations, NEXT + 1: halve}
    catalog = Catalog(tables=tables, version=NEXT + 1, migrations=migrations)
    Store(populated, catalog=catalog).recover()
    frame = read(populated)
    assert frame["characters_halved"].tolist() == (frame["characters"] // 2).tolist()


@pytest.mark.parametrize("ask", [Store.head, Store.recover, lambda store: store.stage(run_id(9))])
def test_a_newer_schema_is_refused_in_one_line(populated: Path, ask: object) -> None:
    Store(populated, catalog=next_catalog(Catalog())).recover()
    with pytest.raises(SchemaError) as caught:
        ask(Store(populated))  # type: ignore[operator]
    assert str(caught.value) == (
        f"{populated}: the datasets have schema {SCHEMA_VERSION + 1}, "
        f"this newsgrain knows {SCHEMA_VERSION}: install newsgrain {__version__} or newer"
    )
