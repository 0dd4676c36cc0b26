"""Records, rows and schemas name the same things."""

from __future__ import annotations

from dataclasses import fields

import pyarrow as pa
import pytest

from cleaners import records
from newsgrain.rows import article_row
from newsgrain.schema import FLAT_ITEMS, FLAT_KEYS, TABLES
from tests.newsgrain.samples import sample_article

_DATES = ("date_published", "date_modified")
_DATASET_ONLY = {
    "article_id", "aliases", "source", "revision", "change_reason", "first_fetched_at",
    "fetched_at", "run_id", "cleaner_version", "superseded_by", "gone_at", "last_seen_at",
    "duplicate_group", "duplicate_of", "overlap",
}  # fmt: skip
_ITEMS = {
    "authors": records.Author,
    "speakers": records.Speaker,
    "quotes": records.Quote,
    "lists": records.ListBlock,
    "recommendations": records.Recommendation,
}


def _columns(table: str) -> set[str]:
    return {column.name for column in TABLES[table].columns}


def test_every_field_of_an_article_is_a_column_and_the_reverse():
    names = {field.name for field in fields(records.Article)} - {"lists"}
    columns = _columns("articles") - _DATASET_ONLY
    moments = {f"{date}_{field.name}" for date in _DATES for field in fields(records.Moment)}
    assert columns - moments == names
    assert moments - {f"{date}_value" for date in _DATES} <= columns


@pytest.mark.parametrize("table", sorted(_ITEMS))
def test_every_field_of_an_item_is_a_column_of_its_flat_table(table):
    names = {field.name for field in fields(_ITEMS[table])}
    columns = {column.name for column in FLAT_ITEMS[table]} - {"speaker_ord"}
    # Bylines are not part of the text, so authors have no place in it.
    assert columns - names == ({"start", "end"} if table == "authors" else set())
    assert names <= columns
    assert {column.name for column in FLAT_KEYS} | columns <= _columns(table)


def test_a_block_keeps_all_but_its_typography():
    columns = {column.name for column in FLAT_ITEMS["blocks"]}
    of_record = {field.name for field in fields(records.Block)}
    assert columns - of_record == {"digest", "start", "end"}
    assert of_record - columns <= {"bold"}


def test_revisions_hold_all_that_articles_and_flat_tables_are_derived_from():
    rows = {f"{table}_rows" for table in FLAT_ITEMS}
    assert _columns("revisions") == _columns("articles") | rows


def test_a_full_article_makes_a_row_that_fits_the_schema():
    row = article_row(sample_article())
    row |= dict.fromkeys(("article_id", "run_id", "cleaner_version", "change_reason"), "x")
    moment = sample_article().date_published.value
    row |= {"aliases": [], "source": None, "revision": 1, "duplicate_group": "x"}
    row |= {"first_fetched_at": moment, "fetched_at": moment}
    table = pa.Table.from_pylist([row], schema=TABLES["revisions"].schema())
    table.validate(full=True)
    back = table.to_pylist()[0]
    assert back["speakers"][0]["name"] == "Ada Quill"
    assert back["quotes_rows"][0]["speaker_ord"] == 0
    assert back["lists_rows"][0]["items"] == ["Plant more trees", "Sweep the quay"]
    assert back["date_published_offset_minutes"] == 120


def test_every_column_is_described():
    undescribed = [
        f"{table.name}.{column.name}"
        for table in TABLES.values()
        for column in table.columns
        if len(column.description) < 5
    ]
    assert undescribed == []
