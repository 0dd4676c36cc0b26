"""Rows leave the tables: an article's rows go, a person's items go, and what names them is masked.

one file | rows dropped | references undone | items dropped | masks | the new file, if it differs
"""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from newsgrain.archive_erasure import FORGOTTEN_URL
from newsgrain.masking import mask_rows, rows_holding
from newsgrain.migrations import conform
from newsgrain.parquet import ParquetSink

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from pathlib import Path

    from newsgrain.catalog import Catalog
    from newsgrain.manifest import FileEntry
    from newsgrain.needles import Needle
    from newsgrain.published import Published
    from newsgrain.removal import Removal
    from newsgrain.schema import Table

_OWNED = frozenset({"revisions", "articles", "events"})
"""Whose rows go with their article; so do those of flat tables."""
_BLANK = {"url": FORGOTTEN_URL, "article_id": None, "revision": None, "detail": None}
_PEOPLE = ("authors", "speakers", "quotes")
_NAMING = frozenset({"revisions", "articles", *_PEOPLE})


@dataclass(slots=True)
class Namings:
    """Where a person is named.

    Attributes:
        articles: ids; True where the last name alone means the person, too.
        dropped: which of a revision's speakers, by their place, were the person.
    """

    articles: dict[str, bool] = field(default_factory=dict)
    dropped: dict[tuple[str, int], frozenset[int]] = field(default_factory=dict)


def find_namings(published: Published, removal: Removal) -> Namings:
    """Return where a person is named in any published revision; of an article, nowhere."""
    found = Namings()
    if not removal.names or published.manifest is None:
        return found
    for entry in published.manifest.tables["revisions"]:
        with pq.ParquetFile(published.file(entry.path)) as file:
            for number in range(file.num_row_groups):
                rows = file.read_row_group(number)
                here = rows.filter(rows_holding(rows, removal.needles))
                for row in here.select(_READ).to_pylist():
                    note_naming(row, removal, found)
    return found


_READ = ["article_id", "revision", "authors_rows", "speakers_rows"]


def note_naming(row: Mapping[str, Any], removal: Removal, found: Namings) -> None:
    """Note that a row of ``revisions`` names the person."""
    name = row["article_id"]
    people = [item["name"] for item in (*row["authors_rows"], *row["speakers_rows"])]
    is_alone = not any(map(removal.is_namesake, people)) and found.articles.get(name, True)
    found.articles[name] = is_alone
    found.dropped[name, row["revision"]] = frozenset(
        place
        for place, item in enumerate(row["speakers_rows"])
        if removal.is_person(item["name"], is_named=is_alone)
    )


class TableErasure:
    """Writes files without what is forgotten; see `newsgrain.edition.Rewrite`.

    Args:
        catalog: the schema.
        removal: what is forgotten.
        namings: where a person is named.
        pages: rows of the ledger that changed, by their number, in the columns of ``pages``.
    """

    def __init__(
        self,
        catalog: Catalog,
        removal: Removal,
        namings: Namings,
        pages: Mapping[int, Mapping[str, Any]],
    ) -> None:
        self._catalog = catalog
        self._removal = removal
        self._namings = namings
        self._pages = pages
        self._ids = pa.array(removal.article_ids, pa.string())
        self._gone = pa.array(removal.page_ids, pa.int64())
        self._named = pa.array(namings.articles, pa.string())
        self._alone = pa.array([n for n, alone in namings.articles.items() if alone], pa.string())

    def __call__(
        self, source: Path, entry: FileEntry, staging: Path, path: str
    ) -> FileEntry | None:
        """Write a file anew, if a row of it is not what it shall be."""
        table = self._catalog.tables[entry.path.partition("/")[0]]
        with pq.ParquetFile(source) as file, ExitStack() as undo:
            groups = range(file.num_row_groups)
            if all(self._is_clean(table, _read(file, number, table)) for number in groups):
                return entry
            sink = ParquetSink(staging, path, table)
            undo.callback(sink.abort)
            for number in groups:
                sink.write(conform(self.rows(table, _read(file, number, table)), table))
            metadata = file.metadata.metadata.items()
            kept = {key.decode(): value.decode() for key, value in metadata if b":" not in key}
            written = sink.close(kept)
            undo.pop_all()
        return written if written.rows else None

    def _is_clean(self, table: Table, rows: pa.Table) -> bool:
        return self.rows(table, rows) is rows

    def rows(self, table: Table, rows: pa.Table) -> pa.Table:
        """Return rows without what is forgotten; the very same ones if there is nothing."""
        rows = self._without_articles(table, rows)
        if "duplicate_group" in rows.column_names:
            rows = self._unlinked(rows)
        if "page_id" in rows.column_names:
            rows = self._renewed(rows) if table.name == "pages" else self._blanked(rows)
        if self._removal.names and "article_id" in rows.column_names:
            rows = self._without_person(table, rows)
        return self._masked(rows)

    def _without_articles(self, table: Table, rows: pa.Table) -> pa.Table:
        if table.kind != "flat" and table.name not in _OWNED:
            return rows
        return _without(rows, pc.is_in(rows["article_id"], value_set=self._ids))

    def _unlinked(self, rows: pa.Table) -> pa.Table:
        """Let articles that repeated a forgotten one stand alone; the next run links them anew."""
        for name, others in (
            ("duplicate_group", rows["article_id"]),
            ("duplicate_of", pa.scalar(None, pa.string())),
            ("superseded_by", pa.scalar(None, pa.string())),
        ):
            is_lost = pc.fill_null(pc.is_in(rows[name], value_set=self._ids), fill_value=False)
            if pc.any(is_lost).as_py():
                place = rows.schema.get_field_index(name)
                fresh = pc.if_else(is_lost, others, rows[name])
                rows = rows.set_column(place, rows.schema.field(name), fresh)
                if name == "duplicate_of":
                    none = pc.if_else(is_lost, pa.scalar(None, pa.float32()), rows["overlap"])
                    place = rows.schema.get_field_index("overlap")
                    rows = rows.set_column(place, rows.schema.field("overlap"), none)
        return rows

    def _renewed(self, rows: pa.Table) -> pa.Table:
        """Give rows of ``pages`` what the ledger says of them now."""
        numbers = rows["page_id"].to_pylist()
        changed = [number for number in numbers if number in self._pages]
        if not changed:
            return rows
        fresh = [self._pages[number] for number in changed]
        kept = _without(rows, pc.is_in(rows["page_id"], value_set=pa.array(changed, pa.int64())))
        renewed = pa.Table.from_pylist(fresh, schema=rows.schema)
        if renewed.equals(rows.filter(pc.is_in(rows["page_id"], value_set=pa.array(changed)))):
            return rows
        return pa.concat_tables([kept, renewed])

    def _blanked(self, rows: pa.Table) -> pa.Table:
        """Leave of a forgotten page's verdict what it was counted as, and no more."""
        is_gone = pc.is_in(rows["page_id"], value_set=self._gone)
        if "article_id" in rows.column_names:
            ours = pc.fill_null(pc.is_in(rows["article_id"], value_set=self._ids), False)  # noqa: FBT003
            is_gone = pc.or_(is_gone, ours)
        if not pc.any(is_gone).as_py():
            return rows
        for name in _BLANK.keys() & set(rows.column_names):
            field_ = rows.schema.field(name)
            blank = pa.scalar(_BLANK[name], field_.type)
            fresh = pc.if_else(is_gone, blank, rows[name])
            rows = rows.set_column(rows.schema.get_field_index(name), field_, fresh)
        return rows

    def _without_person(self, table: Table, rows: pa.Table) -> pa.Table:
        is_named = pc.fill_null(pc.is_in(rows["article_id"], value_set=self._named), False)  # noqa: FBT003
        if table.name not in _NAMING or not pc.any(is_named).as_py():
            return rows
        before = rows.filter(is_named).to_pylist()
        if table.kind == "flat":
            after = list(self._items(table.name, before))
            is_same = len(after) == len(before)
        else:
            after = [self._row(row) for row in before]
            is_same = after == before
        if is_same:
            return rows
        changed = pa.Table.from_pylist(after, schema=rows.schema)
        return pa.concat_tables([_without(rows, is_named), changed])

    def _items(self, name: str, rows: Sequence[dict[str, Any]]) -> Iterable[dict[str, Any]]:
        """Yield the items of a flat table that are not the person's, counted anew."""
        counts: dict[str, int] = {}
        for row in sorted(rows, key=lambda row: (row["article_id"], row["ord"])):
            key = row["article_id"]
            for kept in self._kept(name, [row], key, row["revision"]):
                place = counts.get(key, 0)
                counts[key] = place + 1
                yield kept | {"ord": place}

    def _row(self, row: dict[str, Any]) -> dict[str, Any]:
        """Return a row of ``articles`` or ``revisions`` without the person's items."""
        key, number = row["article_id"], row.get("revision", 0)
        changes: dict[str, Any] = {}
        if "authors" in row:
            is_person = self._removal.is_person
            changes["authors"] = [one for one in row["authors"] if not is_person(one)]
        for column in (*_PEOPLE[1:], *(f"{name}_rows" for name in _PEOPLE)):
            if row.get(column):
                name = column.removesuffix("_rows")
                changes[column] = self._kept(name, row[column], key, number)
        return row | changes

    def _kept(
        self, name: str, items: Sequence[dict[str, Any]], article: str, revision: int
    ) -> list[dict[str, Any]]:
        is_named = self._namings.articles.get(article, False)
        dropped = self._namings.dropped.get((article, revision), frozenset())
        kept = []
        for item in items:
            owner = item["speaker"] if name == "quotes" else item["name"]
            number = item.get("speaker_ord")
            if self._removal.is_person(owner, is_named=is_named) or number in dropped:
                continue
            if number is not None:
                item = item | {"speaker_ord": number - sum(one < number for one in dropped)}  # noqa: PLW2901
            kept.append(item)
        return kept

    def _masked(self, rows: pa.Table) -> pa.Table:
        """Mask what names the forgotten; phrases on their own site, last names beside the whole."""
        needles = self._removal.needles
        everywhere = [needle for needle in needles if needle.site is None]
        if "domain" in rows.column_names and len(everywhere) < len(needles):
            is_here = pc.equal(rows["domain"], self._removal.site)
            return _by_part(rows, is_here, needles, everywhere)
        if "article_id" in rows.column_names and len(self._alone):
            is_alone = pc.fill_null(pc.is_in(rows["article_id"], value_set=self._alone), False)  # noqa: FBT003
            return _by_part(rows, is_alone, [*needles, *self._removal.last_names], everywhere)
        return mask_rows(rows, everywhere)


def _by_part(
    rows: pa.Table, is_first: Any, first: Sequence[Needle], others: Sequence[Needle]
) -> pa.Table:
    """Mask some rows with some needles, and the others with others."""
    one, other = rows.filter(is_first), rows.filter(pc.invert(is_first))
    masked_one, masked_other = mask_rows(one, first), mask_rows(other, others)
    if masked_one is one and masked_other is other:
        return rows
    return pa.concat_tables([masked_one, masked_other])


def _read(file: pq.ParquetFile, number: int, table: Table) -> pa.Table:
    return conform(file.read_row_group(number), table)


def _without(rows: pa.Table, is_out: Any) -> pa.Table:
    return rows.filter(pc.invert(is_out)) if pc.any(is_out).as_py() else rows
