"""A look at published columns gives the rows of every file, or the latest of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from newsgrain import parquet
from newsgrain.errors import StoreError
from newsgrain.glance import Glance
from tests.newsgrain.store.nights import night, run_id, url_of

if TYPE_CHECKING:
    from pathlib import Path

    from newsgrain.store import Store


@pytest.fixture
def published(store: Store, root: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Two nights of seven verdicts, in groups of three rows."""
    monkeypatch.setattr(parquet, "ROW_GROUP_ROWS", 3)
    night(store, 1, range(7))
    night(store, 2, range(10, 17))
    return root


def test_all_rows_come_in_the_order_of_runs(published: Path) -> None:
    rows = list(Glance(published).rows("verdicts", ("run_id", "url")))
    assert [run for run, _ in rows] == [run_id(1)] * 7 + [run_id(2)] * 7
    assert {url for _, url in rows} == {url_of(n) for n in (*range(7), *range(10, 17))}


def test_the_latest_rows_come_from_the_latest_files_and_groups(published: Path) -> None:
    columns = ("page_id", "run_id")
    eight = list(Glance(published).latest("verdicts", columns, 8))
    assert [run for _, run in eight] == [run_id(2)] * 7 + [run_id(1)]
    assert eight[-1][0] == 6, "the last group of the first night is read first"
    assert len(list(Glance(published).latest("verdicts", columns, 99))) == 14


def test_no_more_is_read_than_is_asked_for(published: Path) -> None:
    for file in (published / "verdicts").resolve().rglob(f"*{run_id(1)}*.parquet"):
        file.unlink()
    assert len(list(Glance(published).latest("verdicts", ("url",), 7))) == 7
    with pytest.raises(StoreError):
        list(Glance(published).latest("verdicts", ("url",), 8))


def test_before_the_first_commit_there_are_no_rows(tmp_path: Path) -> None:
    assert list(Glance(tmp_path / "datasets").latest("verdicts", ("url",), 9)) == []
