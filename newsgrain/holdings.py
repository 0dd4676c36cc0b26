"""What the published data hold: sources, days, languages and fields, counted at each commit.

Few narrow columns are read and, for the rest, what Parquet's footers say of missing values, so
that a commit pays little for it however long the texts are.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.dataset as ds
import pyarrow.parquet as pq

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import datetime

    from newsgrain.catalog import Catalog
    from newsgrain.manifest import Manifest
    from newsgrain.published import Published

_FIELDS = ("date_published", "section", "description", "language", "image_url", "publisher")
_ITEMS = ("authors", "speakers", "quotes", "lists", "recommendations")
_COLUMNS = ["source", "language", "date_published", "first_fetched_at", "word_count"]


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceHoldings:
    """The articles of one source.

    Attributes:
        name: the column ``source``; None: of files that were given.
        articles: how many.
        words: in their texts.
        first, last: earliest and latest ``date_published``; None: no article has one.
        first_fetched, last_fetched: when the first and the newest article were first fetched.
        languages: tags, the most frequent first.
    """

    name: str | None
    articles: int
    words: int
    first: datetime | None
    last: datetime | None
    first_fetched: datetime
    last_fetched: datetime
    languages: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Holdings:
    """All of one state.

    Attributes:
        manifest: of the state.
        manifest_sha256: hex digest of its bytes, by which it is cited.
        sources: the largest first.
        coverage: by column or table, how many articles have it.
    """

    manifest: Manifest
    manifest_sha256: str
    sources: tuple[SourceHoldings, ...]
    coverage: Mapping[str, int]

    @property
    def articles(self) -> int:
        """Number of articles."""
        return self.manifest.rows("articles")

    @property
    def days(self) -> tuple[datetime, datetime] | None:
        """Earliest and latest ``date_published``; None: no article has one."""
        found = [day for one in self.sources for day in (one.first, one.last) if day]
        return (min(found), max(found)) if found else None

    @property
    def languages(self) -> tuple[str, ...]:
        """All languages, those of the largest sources first."""
        return tuple(dict.fromkeys(tag for one in self.sources for tag in one.languages))


def is_countable(catalog: Catalog) -> bool:
    """Tell whether a schema has all that is counted; one in which a change is tried may not."""
    wanted = {"articles": {*_COLUMNS, *_FIELDS}, **{name: {"ord"} for name in _ITEMS}}
    return all(
        name in catalog.tables and columns <= {one.name for one in catalog.tables[name].columns}
        for name, columns in wanted.items()
    )


def count_holdings(published: Published, manifest: Manifest, digest: str) -> Holdings:
    """Count what a published state holds.

    Args:
        published: the state.
        manifest: of the state.
        digest: hex sha256 of the manifest's bytes.

    Raises:
        OSError: its files can't be read; pyarrow's errors, if one of them is no Parquet.
    """
    return Holdings(
        manifest=manifest,
        manifest_sha256=digest,
        sources=tuple(_sources(_read(published, "articles", _COLUMNS))),
        coverage={**_given(published), **_with_items(published)},
    )


def _read(published: Published, table: str, columns: list[str]) -> pa.Table:
    files = [str(path) for path in _files(published, table)]
    return ds.dataset(files, format="parquet").to_table(columns=columns)


def _files(published: Published, table: str) -> Iterator[Any]:
    entries = published.manifest.tables[table] if published.manifest else ()
    return (published.file(entry.path) for entry in entries)


def _sources(rows: pa.Table) -> Iterator[SourceHoldings]:
    counted = rows.group_by("source").aggregate(
        [
            ([], "count_all"),
            ("word_count", "sum"),
            ("date_published", "min_max"),
            ("first_fetched_at", "min_max"),
        ]
    )
    tags = rows.group_by(["source", "language"]).aggregate([([], "count_all")])
    ordered = sorted(tags.to_pylist(), key=lambda row: (-row["count_all"], str(row["language"])))
    for row in sorted(
        counted.to_pylist(), key=lambda row: (-row["count_all"], row["source"] or "")
    ):
        published, fetched = row["date_published_min_max"], row["first_fetched_at_min_max"]
        yield SourceHoldings(
            name=row["source"],
            articles=row["count_all"],
            words=row["word_count_sum"] or 0,
            first=published["min"],
            last=published["max"],
            first_fetched=fetched["min"],
            last_fetched=fetched["max"],
            languages=tuple(
                tag["language"]
                for tag in ordered
                if tag["source"] == row["source"] and tag["language"]
            ),
        )


def _given(published: Published) -> dict[str, int]:
    """Return how many articles have each of the plain fields."""
    given = dict.fromkeys(_FIELDS, 0)
    for path in _files(published, "articles"):
        footer = pq.read_metadata(path)
        places = {footer.schema.column(n).path: n for n in range(footer.num_columns)}
        for number in range(footer.num_row_groups):
            group = footer.row_group(number)
            for name in _FIELDS:
                missing = group.column(places[name]).statistics.null_count
                given[name] += group.num_rows - missing
    return given


def _with_items(published: Published) -> dict[str, int]:
    """Return how many articles have rows in each of the tables of items."""
    return {
        name: pc.sum(pc.equal(_read(published, name, ["ord"])["ord"], 0)).as_py() or 0
        for name in _ITEMS
    }
