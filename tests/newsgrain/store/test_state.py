"""The state of an earlier night can be read, whether its snapshot is kept or not."""

from __future__ import annotations

import shutil
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

import newsgrain
from newsgrain.errors import StoreError
from newsgrain.layout import SNAPSHOTS
from newsgrain.schema import TABLES
from newsgrain.state import resolve
from newsgrain.store import Store
from tests.newsgrain.store.nights import START, night, publish, revision, run_id, run_row

if TYPE_CHECKING:
    from pathlib import Path

    import pyarrow as pa

DAY = timedelta(days=1)
NIGHTS = (1, 2, 3, 4)


def _tables(workspace: Path, as_of: str | None = None) -> dict[str, pa.Table]:
    tables = {}
    for name, table in TABLES.items():
        if table.kind == "whole":
            continue  # kept in the snapshots alone
        rows = newsgrain.load(name, as_of=as_of, workspace=workspace, engine="arrow")
        tables[name] = rows.sort_by([(column, "ascending") for column in table.sort])
    return tables


@pytest.fixture(scope="module")
def seen(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[int, dict[str, pa.Table]]]:
    """Four nights, and each table as it was loaded after each; on the third, 11 is edited."""
    folder = tmp_path_factory.mktemp("workspace")
    store, states = Store(folder / "datasets"), {}
    for number in NIGHTS:
        if number == 3:
            edit = revision(11, run_id(3), at=START + 2 * DAY, first=START, version=2, speakers=5)
            rows = {"revisions": [edit], "runs": [run_row(run_id(3), at=START + 2 * DAY)]}
            publish(store, run_id(3), rows)
        else:
            night(store, number, range(number * 10, number * 10 + 4), speakers=number)
        states[number] = _tables(folder)
    return folder, states


@pytest.mark.parametrize("number", NIGHTS)
def test_a_kept_night_is_read_as_it_was(seen, number: int) -> None:
    folder, states = seen
    assert _tables(folder, run_id(number)) == states[number]


@pytest.mark.parametrize("number", NIGHTS)
def test_a_night_without_its_snapshot_is_derived_again(seen, tmp_path, number: int) -> None:
    folder, states = seen
    shutil.copytree(folder, tmp_path, symlinks=True, dirs_exist_ok=True)
    for earlier in NIGHTS[:-1]:
        shutil.rmtree(tmp_path / "datasets" / SNAPSHOTS / run_id(earlier))
    assert _tables(tmp_path, run_id(number)) == states[number]


def test_rows_are_selected_in_an_earlier_night_too(seen, tmp_path) -> None:
    folder, _ = seen
    shutil.copytree(folder, tmp_path, symlinks=True, dirs_exist_ok=True)
    shutil.rmtree(tmp_path / "datasets" / SNAPSHOTS / run_id(2))
    for workspace in (folder, tmp_path):
        rows = newsgrain.load(
            "speakers", as_of="2", since="2026-11-02", columns=["name"], workspace=workspace
        )
        assert sorted(rows["name"]) == sorted(f"Speaker {n}" for n in range(20, 24) for _ in "ab")


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        (run_id(2), 2),
        ("2", 2),
        ("00000003", 3),
        ("2026-11-02", 2),
        ("2027-01-01", 4),
    ],
)
def test_a_run_is_named_by_id_number_or_day(name: str, expected: int) -> None:
    assert resolve([run_id(number) for number in NIGHTS], name) == run_id(expected)


@pytest.mark.parametrize("name", ["5", "2026-10-31", "night", run_id(9)])
def test_an_unknown_run_is_refused_in_one_line(name: str) -> None:
    with pytest.raises(StoreError, match=rf"no published run '{name}'; they go from {run_id(1)}"):
        resolve([run_id(number) for number in NIGHTS], name)
