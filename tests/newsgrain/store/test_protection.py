"""What leaves the house protected holds no text, no name, and nothing that leads to one."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from newsgrain.catalog import Catalog
from newsgrain.contents import CONTENTS, content_of
from newsgrain.errors import ConfigError
from newsgrain.export import export
from newsgrain.export_format import ExportFormat
from newsgrain.protection import Protection
from newsgrain.schema import TABLES
from newsgrain.store import Store
from newsgrain.workspace_key import NAME, workspace_key
from tests.newsgrain.store.nights import night, publish, revision, run_id

if TYPE_CHECKING:
    from pathlib import Path

_WORDS = ("Paragraph", "The end", "said so")
_NAMES = ("Speaker 1", "A. Writer", "ZOË", "Zoë", "site1.example/news", "Headline")


@pytest.fixture(scope="module")
def root(tmp_path_factory) -> Path:
    root = tmp_path_factory.mktemp("protected") / "datasets"
    store = Store(root)
    night(store, 1, range(10, 14), speakers=2)
    row = revision(20, run_id(2)) | {"authors": ["Zoë Writer", "ZOE WRITER"]}
    publish(store, run_id(2), {"revisions": [row]})
    return root


def written(root: Path, target: Path, **options: object) -> dict[str, pa.Table]:
    key = workspace_key(root.parent) if options.pop("key", False) else None
    protection = Protection(**options, key=key)  # type: ignore[arg-type]
    export(root, Catalog(), target, to=ExportFormat.PARQUET, protection=protection)
    return {path.stem: pq.read_table(path) for path in target.iterdir()}


def holding(tables: dict[str, pa.Table], words: tuple[str, ...]) -> set[tuple[str, str]]:
    texts = {name: str(table.to_pylist()) for name, table in tables.items()}
    return {(name, word) for name, text in texts.items() for word in words if word in text}


def text_columns(owner: str, name: str, type_: pa.DataType) -> set[tuple[str, str]]:
    """Return a column, or those inside it, that hold text."""
    if pa.types.is_string(type_):
        return {(owner, name)}
    if pa.types.is_list(type_):
        return text_columns(owner, name, type_.value_type)
    if pa.types.is_struct(type_):
        return {found for one in type_ for found in text_columns(name, one.name, one.type)}
    return set()


def test_of_every_column_of_text_it_is_decided_what_it_holds():
    columns = {
        found
        for table in TABLES.values()
        for column in table.columns
        for found in text_columns(table.name, column.name, column.type)
    }
    for owner, name in sorted(columns):
        assert content_of(owner, name), f"say in newsgrain/contents.py what {owner}.{name} holds"
    names = {name for _, name in columns}
    assert {name for name in CONTENTS if name.rpartition(".")[2] not in names} == set()


def test_without_text_everything_else_is_there(root, tmp_path):
    plain = written(root, tmp_path / "plain")
    assert holding(plain, _WORDS)
    tables = written(root, tmp_path / "out", no_text=True)
    assert holding(tables, _WORDS) == set()
    assert {name: len(table) for name, table in tables.items()} == {
        name: len(table) for name, table in plain.items()
    }
    (first,) = [row for row in tables["articles"].to_pylist() if row["title"] == "Headline 10"]
    assert first["speakers"][0] == {
        "name": "Speaker 10", "honorific": None, "role": "mayor", "affiliation": None,
        "evidence": "quote",
    }  # fmt: skip


def test_pseudonyms_hide_names_and_addresses_and_still_join(root, tmp_path):
    tables = written(root, tmp_path / "out", no_text=True, key=True)
    assert holding(tables, (*_WORDS, *_NAMES)) == set()
    ids = set(tables["articles"]["article_id"].to_pylist())
    assert len(ids) == 5
    assert set(tables["speakers"]["article_id"].to_pylist()) <= ids
    assert not ids & {revision(n, "x")["article_id"] for n in (10, 11, 12, 13, 20)}
    names = [row["authors"] for row in tables["articles"].to_pylist() if len(row["authors"]) > 1]
    assert names[0][0] == names[0][1]
    assert "site1.example" in tables["articles"]["domain"].to_pylist()


def test_pseudonyms_are_the_same_in_every_export_of_a_workspace_and_in_no_other(root, tmp_path):
    one = written(root, tmp_path / "one", no_text=True, key=True)
    two = written(root, tmp_path / "two", no_text=True, key=True)
    assert one["speakers"].equals(two["speakers"])
    (root.parent / NAME).unlink()
    other = written(root, tmp_path / "other", no_text=True, key=True)
    names = [set(tables["speakers"]["name"].to_pylist()) for tables in (one, other)]
    assert not names[0] & names[1]


def test_the_key_is_no_part_of_an_export_and_only_its_owner_can_read_it(root, tmp_path):
    written(root, tmp_path / "out", no_text=True, key=True)
    key = (root.parent / NAME).read_text().strip()
    assert all(key.encode() not in path.read_bytes() for path in (tmp_path / "out").iterdir())
    assert (root.parent / NAME).stat().st_mode & 0o077 == 0


def test_pseudonyms_beside_texts_would_protect_nobody():
    with pytest.raises(ConfigError, match="together with --no-text"):
        Protection(key=b"0" * 32)
