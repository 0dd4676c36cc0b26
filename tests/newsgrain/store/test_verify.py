"""`newsgrain verify` proves that a state is whole, and sees each way in which it is not."""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from newsgrain.catalog import Catalog
from newsgrain.errors import StoreError
from newsgrain.layout import CURRENT, MANIFESTS
from newsgrain.parquet import read_rows
from newsgrain.store import Store
from newsgrain.verify import Finding, verify
from tests.newsgrain.store.nights import night, publish, revision, run_id, run_row

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


@pytest.fixture
def root(tmp_path: Path) -> Path:
    store = Store(tmp_path / "datasets")
    night(store, 1, range(10, 14), speakers=2)
    night(store, 2, range(20, 24))
    return tmp_path / "datasets"


def findings(root: Path) -> dict[str, Finding]:
    return {finding.check: finding for finding in verify(root, Catalog())}


def first_file(root: Path, table: str) -> Path:
    return max((root / CURRENT / table).rglob("*.parquet"))


def rewrite(root: Path, table: str, change: Callable[[pa.Table], pa.Table]) -> None:
    """Change a file's rows, and let the manifest agree with the new bytes."""
    path = first_file(root, table)
    rows = change(read_rows(path))
    pq.write_table(rows, path)
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    manifest = root / MANIFESTS / f"{run_id(2)}.json"
    plain = json.loads(manifest.read_bytes())
    for entry in plain["tables"][table]:
        if entry["path"].endswith(path.name):
            entry |= {"sha256": digest, "rows": len(rows), "bytes": path.stat().st_size}
    manifest.write_text(json.dumps(plain))


def test_a_whole_state_passes_every_check(root: Path) -> None:
    found = findings(root)
    assert list(found) == ["files", "keys", "articles", "items", "pages", "runs"]
    assert all(finding.is_good for finding in found.values())
    assert found["pages"].detail == "8 pages, each with its verdict"


def test_a_byte_that_changed_is_seen(root: Path) -> None:
    path = first_file(root, "speakers")
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.unlink()
    path.write_bytes(data)
    (found,) = findings(root).values()
    assert not found.is_good
    assert f"{path.name}: has other bytes than the manifest says" in found.detail


def test_a_missing_and_a_foreign_file_are_seen(root: Path) -> None:
    path = first_file(root, "quotes")
    path.rename(path.with_name("other.parquet"))
    (found,) = findings(root).values()
    assert f"{path.name}: is missing" in found.detail
    assert "other.parquet: not in the manifest" in found.detail


def _twice(rows: pa.Table) -> pa.Table:
    return pa.concat_tables([rows, rows.slice(0, 1)])


def _fewer(rows: pa.Table) -> pa.Table:
    return rows.slice(1)


def _older(rows: pa.Table) -> pa.Table:
    values = pa.array(["0" * 64] * len(rows))
    return rows.set_column(rows.schema.get_field_index("content_sha256"), "content_sha256", values)


def _stray(rows: pa.Table) -> pa.Table:
    values = pa.array([7] * len(rows), pa.int32())
    return rows.set_column(rows.schema.get_field_index("revision"), "revision", values)


@pytest.mark.parametrize(
    ("table", "change", "check", "detail"),
    [
        ("articles", _twice, "keys", "articles: 1 rows share article_id"),
        ("speakers", _twice, "keys", "speakers: 1 rows share article_id, ord"),
        ("verdicts", _twice, "keys", "verdicts: 1 rows share page_id, cleaner_version"),
        ("articles", _fewer, "articles", "not the latest revisions"),
        ("articles", _older, "articles", "not the latest revisions"),
        ("speakers", _stray, "items", "speakers: 4 rows of no current article"),
        ("verdicts", _fewer, "pages", "page 20 has no verdict"),
    ],
)
def test_each_fault_is_named_by_its_check(
    root: Path, table: str, change: Any, check: str, detail: str
) -> None:
    rewrite(root, table, change)
    found = findings(root)[check]
    assert not found.is_good
    assert detail in found.detail


def test_a_run_whose_outcomes_do_not_add_up_is_named(root: Path) -> None:
    row = run_row(run_id(3)) | {"article_fetches": 2, "new": 1}
    publish(Store(root), run_id(3), {"revisions": [revision(30, run_id(3))], "runs": [row]})
    found = findings(root)["runs"]
    assert not found.is_good
    assert found.detail.startswith(f"{run_id(3)}: 2 pages")


def test_without_datasets_nothing_can_be_proved(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="nothing has been published"):
        list(verify(tmp_path / "datasets", Catalog()))
