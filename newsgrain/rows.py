"""From records to rows: the one place where field names meet column names."""

from __future__ import annotations

import re
from dataclasses import fields
from typing import TYPE_CHECKING, Any

from cleaners.text import block_digest, lay_out
from newsgrain.schema import FLAT_ITEMS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cleaners.records import Article, Block, Moment
    from newsgrain.schema import Row

OF_DATASETS = frozenset(
    (
        *("article_id", "aliases", "source", "revision", "change_reason"),
        *("first_fetched_at", "fetched_at", "run_id", "cleaner_version"),
        *("duplicate_group", "duplicate_of", "overlap"),
    )
)
"""The columns of ``revisions`` of which a page alone says nothing: identity, history, run."""

_SURROGATE = re.compile(r"[\ud800-\udfff]")
_MOMENT_PARTS = ("raw", "offset_minutes", "zone_source", "precision", "source")
_PLAIN = (
    "url",
    "domain",
    "canonical_url",
    "publisher",
    "title",
    "title_source",
    "byline",
    "agency",
    "agency_source",
    "description",
    "lead",
    "text",
    "language",
    "language_source",
    "section",
    "image_url",
    "image_caption",
    "image_credit",
    "is_accessible_for_free",
    "tdm_reservation",
    "tdm_policy",
    "is_truncated",
    "word_count",
    "recommendations_announced",
    "content_sha256",
)
_NESTED = {
    "speakers": ("name", "honorific", "role", "affiliation", "evidence", "source_text"),
    "quotes": ("text", "speaker", "source_text"),
    "recommendations": ("text", "list_item"),
    "issues": ("code", "field", "evidence"),
}


def _moment(name: str, moment: Moment | None) -> Row:
    row: Row = {name: moment.value if moment else None}
    row |= {f"{name}_{part}": getattr(moment, part, None) for part in _MOMENT_PARTS}
    return row


def _item(record: Any) -> Row:
    row = {field.name: getattr(record, field.name) for field in fields(record)}
    return {name: list(value) if isinstance(value, tuple) else value for name, value in row.items()}


def _flat_rows(article: Article) -> dict[str, list[Row]]:
    rows: dict[str, list[Row]] = {}
    for name, columns in FLAT_ITEMS.items():
        if name == "blocks":
            continue
        names = [column.name for column in columns]
        items = [_item(record) for record in getattr(article, name)]
        rows[f"{name}_rows"] = [{column: item.get(column) for column in names} for item in items]
    names = [speaker.name for speaker in article.speakers]
    for row in rows["quotes_rows"]:
        speaker = row["speaker"]
        row["speaker_ord"] = names.index(speaker) if speaker in names else None
    return rows


def _block_rows(blocks: Sequence[Block]) -> list[Row]:
    names = [column.name for column in FLAT_ITEMS["blocks"]]
    places = {id(line.block): line for line in lay_out(blocks).lines}
    rows = []
    for block in blocks:
        line = places.get(id(block))
        item = _item(block) | {"digest": block_digest(block.text)}
        item |= {"start": line.start, "end": line.end} if line else {}
        rows.append({name: item.get(name) for name in names} | {"kind": str(block.kind)})
    return rows


def article_row(article: Article, blocks: Sequence[Block] = ()) -> dict[str, Any]:
    """Return the columns of ``revisions`` that come from the page itself.

    Missing are those that only a dataset knows, `OF_DATASETS`.

    Args:
        article: the article.
        blocks: of its page, kept and removed (`cleaners.Cleaned.blocks`).
    """
    row: dict[str, Any] = {name: getattr(article, name) for name in _PLAIN}
    row["title_alternatives"] = list(article.title_alternatives)
    row["tags"] = list(article.tags)
    row["robots"] = list(article.robots)
    row["authors"] = [author.name for author in article.authors]
    for name in ("date_published", "date_modified"):
        row |= _moment(name, getattr(article, name))
    for name, parts in _NESTED.items():
        items = getattr(article, name)
        row[name] = [{part: getattr(item, part) for part in parts} for item in items]
    row |= _flat_rows(article)
    row["blocks_rows"] = _block_rows(blocks)
    return {name: _encodable(value) for name, value in row.items()}


def _encodable(value: Any) -> Any:
    """Replace lone surrogates, which pages cut out of emoji and no file can hold."""
    if isinstance(value, str):
        whole = value.isascii() or not _SURROGATE.search(value)
        return value if whole else _SURROGATE.sub("\ufffd", value)
    if isinstance(value, list):
        return [_encodable(item) for item in value]
    if isinstance(value, dict):
        return {name: _encodable(item) for name, item in value.items()}
    return value
