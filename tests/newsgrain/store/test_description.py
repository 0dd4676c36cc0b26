"""What stands beside the tables about their data: true at each commit, and read by others."""

from __future__ import annotations

import hashlib
import json
import subprocess
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pytest

from newsgrain.catalog import Catalog
from newsgrain.nights import cite
from newsgrain.schema import TABLES
from newsgrain.store import Store
from tests.newsgrain.store.nights import START, night, publish, revision, run_id

CHECKOUT = Path(__file__).resolve().parents[3]


@pytest.fixture(scope="module")
def described(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("described") / "datasets"
    store = Store(root)
    night(store, 1, range(5))
    night(store, 2, range(10, 14), speakers=2)
    return root


def croissant(root: Path) -> dict:
    return json.loads((root / "croissant.json").read_text("utf-8"))


def test_the_card_counts_sources_days_and_fields_as_they_are_in_the_tables(described: Path) -> None:
    card = (described / "CARD.md").read_text("utf-8")
    articles = pd.read_parquet(described / "articles")
    assert f"**{len(articles)} articles** of {articles.source.nunique()} sources" in card
    for source, rows in articles.groupby("source"):
        words = f"{rows.word_count.sum():,}"
        first, last = rows.date_published.min(), rows.date_published.max()
        expected = f"| {source} | {len(rows)} | {words} | {first:%Y-%m-%d} | {last:%Y-%m-%d} |"
        assert expected in card
    speaking = pd.read_parquet(described / "speakers").article_id.nunique()
    assert f"| `speakers` | {speaking} | {speaking / len(articles):.0%} |" in card
    sections = articles.section.notna().sum()
    assert f"| `section` | {sections} |" in card


def test_both_name_the_state_by_what_it_is_cited_by(described: Path) -> None:
    citation = cite(described, Catalog())
    assert citation.run_id == run_id(2)
    assert f"sha256 `{citation.manifest_sha256}`" in (described / "CARD.md").read_text("utf-8")
    about = croissant(described)
    assert about["citeAs"] == citation.bibtex()
    (manifest,) = (one for one in about["distribution"] if one["@id"] == "manifest")
    whole = (described / manifest["contentUrl"]).read_bytes()
    assert hashlib.sha256(whole).hexdigest() == manifest["sha256"] == citation.manifest_sha256


def test_every_column_is_described_to_loaders_or_named_as_a_structure(described: Path) -> None:
    records = {one["name"]: one for one in croissant(described)["recordSet"]}
    assert list(records) == list(TABLES)
    for name, table in TABLES.items():
        fields = [one["name"] for one in records[name]["field"]]
        for column in table.columns:
            is_structure = pa.types.is_nested(column.type) and pa.types.is_nested(
                column.type.value_type
            )
            assert (column.name in fields) is not is_structure
            assert column.name in fields or f"`{column.name}`" in records[name]["description"]


@pytest.mark.slow
def test_mlcroissant_validates_it_and_reads_the_rows_that_pandas_reads(described: Path) -> None:
    mlcroissant = pytest.importorskip("mlcroissant", reason="mlcroissant is not installed")
    dataset = mlcroissant.Dataset(described / "croissant.json")  # raises what is not valid
    assert dataset.metadata.issues.errors == set()
    for table, key in (("articles", "article_id"), ("speakers", "name"), ("runs", "run_id")):
        seen = [row[f"{table}/{key}"].decode() for row in dataset.records(table)]
        assert sorted(seen) == sorted(pd.read_parquet(described / table)[key])


def test_a_commit_renews_both_and_a_look_at_the_same_state_writes_nothing(tmp_path: Path) -> None:
    root = tmp_path / "datasets"
    store = Store(root)
    night(store, 1, range(3))
    paths = [root / "CARD.md", root / "croissant.json"]
    before = [path.stat() for path in paths]
    night(store, 1, range(3))  # a retry of a run that has published
    assert [(now := path.stat()).st_ino == then.st_ino and now.st_mtime_ns == then.st_mtime_ns
            for path, then in zip(paths, before, strict=True)] == [True, True]  # fmt: skip
    edit = revision(1, run_id(2), at=START.replace(day=3), first=START, version=2)
    publish(store, run_id(2), {"revisions": [edit]})
    assert [run_id(2) in path.read_text("utf-8") for path in paths] == [True, True]
    assert list((root / ".staging").glob("*")) == []


def test_a_card_that_cannot_be_written_harms_no_commit(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    root = tmp_path / "datasets"
    (root / "CARD.md" / "in the way").mkdir(parents=True)
    store = Store(root)
    night(store, 1, range(3))
    assert len(pd.read_parquet(root / "articles")) == 3
    assert "published, but the data's card could not be written" in caplog.text
    assert not (root / ".staging").exists()


def test_what_the_data_change_is_no_part_of_a_checkout() -> None:
    names = ["datasets/CARD.md", "datasets/croissant.json"]
    done = subprocess.run(
        ["git", "check-ignore", *names],  # noqa: S607 - git as the developer has it
        cwd=CHECKOUT,
        check=False,
        capture_output=True,
        text=True,
    )
    if done.returncode == 128:
        pytest.skip("this is no git checkout")
    assert done.stdout.split() == names
