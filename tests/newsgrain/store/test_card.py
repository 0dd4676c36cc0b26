"""The data card and the dictionary are the schema, in words and in JSON."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from newsgrain.card import card, dictionary
from newsgrain.catalog import Catalog
from newsgrain.errors import StoreError
from newsgrain.manifest import read_manifest
from newsgrain.schema import TABLES
from tests.newsgrain.store.nights import night

if TYPE_CHECKING:
    from newsgrain.store import Store

FOLDER = Path(__file__).resolve().parents[3] / "datasets"


@pytest.mark.parametrize(("name", "make"), [("README.md", card), ("schema.json", dictionary)])
def test_the_committed_files_are_up_to_date(name: str, make: object) -> None:
    """Renew them with ``python -m newsgrain.card datasets``."""
    assert (FOLDER / name).read_text() == make(Catalog())  # type: ignore[operator]


def test_every_column_stands_in_both_with_its_description() -> None:
    tables = json.loads(dictionary(Catalog()))["tables"]
    text = card(Catalog())
    for name, table in TABLES.items():
        assert f"\n## {name}\n" in text
        assert [entry["name"] for entry in tables[name]["columns"]] == table.schema().names
        for column, entry in zip(table.columns, tables[name]["columns"], strict=True):
            assert entry["description"] == column.description
            assert entry["nullable"] == column.nullable
            assert f"| `{column.name}` |" in text
            assert column.description in text


def test_a_commit_puts_both_beside_the_tables(store: Store, root: Path) -> None:
    night(store, 1, range(2))
    assert (root / "README.md").read_text() == card(Catalog())
    (root / "schema.json").unlink()
    (root / "README.md").write_text("of an older version")
    night(store, 2, range(5, 6))
    assert (root / "README.md").read_text() == card(Catalog())
    assert (root / "schema.json").read_text() == dictionary(Catalog())


def test_a_manifest_is_read_as_it_was_written(store: Store, root: Path) -> None:
    manifest = night(store, 1, range(2))
    path = root / "manifests" / f"{manifest.snapshot}.json"
    assert read_manifest(path) == manifest
    path.write_bytes(path.read_bytes()[:-40])
    with pytest.raises(StoreError, match="not a manifest"):
        read_manifest(path)
