"""From a run's revisions to the files of ``articles`` and the flat tables that change.

    staged revisions | latest of each article | where it lives | rows by file | rewritten files

Memory holds light columns of the run's revisions, one row group, or one file of a slot.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from newsgrain.events import amend
from newsgrain.layout import Slot
from newsgrain.parquet import read_rows, write_rows
from newsgrain.schema import FLAT_KEYS
from newsgrain.slots import Housing, settled_homes

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from datetime import datetime
    from pathlib import Path

    from newsgrain.catalog import Catalog
    from newsgrain.manifest import FileEntry
    from newsgrain.published import Published
    from newsgrain.schema import Table

_RANK = ("article_id", "fetched_at", "revision")
_FLAT_KEYS = tuple(column.name for column in FLAT_KEYS)


@dataclass(frozen=True, slots=True, kw_only=True)
class Changes:
    """What a commit changes in the derived tables, by table.

    Attributes:
        added: new files, in the staging folder.
        dropped: paths of published files that they replace.
    """

    added: dict[str, list[FileEntry]] = field(default_factory=lambda: defaultdict(list))
    dropped: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))


def latest_of_each(rows: pa.Table) -> pa.Table:
    """Return the current revision of each article: the greatest (fetched_at, revision)."""
    keys = [(_RANK[0], "ascending"), (_RANK[1], "descending"), (_RANK[2], "descending")]
    rows = rows.take(pc.sort_indices(rows, sort_keys=keys))
    ids = rows["article_id"].combine_chunks()
    if len(ids) == 0:
        return rows
    is_first = pc.not_equal(ids.slice(1), ids.slice(0, len(ids) - 1))
    return rows.filter(pa.concat_arrays([pa.array([True]), is_first]))


def _light(files: Sequence[Path]) -> pa.Table:
    parts = []
    for number, path in enumerate(files):
        rows = read_rows(path, [*_RANK, "first_fetched_at"])
        rows = rows.append_column("file", pa.repeat(pa.scalar(number, pa.int32()), len(rows)))
        parts.append(rows.append_column("row", pa.array(range(len(rows)), pa.int64())))
    return pa.concat_tables(parts)


def flat_rows(revisions: pa.Table, table: Table) -> pa.Table:
    """Return the rows of a flat table that revisions hold in ``<table>_rows``."""
    lists = revisions[f"{table.name}_rows"].combine_chunks()
    parents, items = pc.list_parent_indices(lists), pc.list_flatten(lists)
    lengths = pc.list_value_length(lists).to_pylist()
    columns = {name: revisions[name].take(parents) for name in _FLAT_KEYS if name != "ord"}
    columns["ord"] = pa.array([n for count in lengths for n in range(count or 0)], pa.int16())
    columns |= dict(zip((item.name for item in items.type), items.flatten(), strict=True))
    schema = table.schema()
    return pa.table({name: columns[name].cast(schema.field(name).type) for name in schema.names})


def derived_rows(revisions: pa.Table, table: Table) -> pa.Table:
    """Return what the current revisions give for a derived table, in its schema."""
    if table.kind == "flat":
        return flat_rows(revisions, table).cast(table.schema())
    return revisions.select(table.schema().names).cast(table.schema())


class Derivation:
    """One run's changes to the derived tables.

    Args:
        catalog: the schema.
        published: the state that the run builds on.
        staging: where files are written.
        run_id: the run; also names the files.
        provenance: key-value metadata of the files.
    """

    def __init__(
        self,
        catalog: Catalog,
        published: Published,
        *,
        staging: Path,
        run_id: str,
        provenance: Mapping[str, str],
    ) -> None:
        self._catalog = catalog
        self._published = published
        self._staging = staging
        self._spill = staging / "spill"
        self._run_id = run_id
        self._provenance = provenance
        self._articles = published.slots("articles")
        # What earlier events said stands in the published rows.
        self._events: pa.Table | None = None

    def derive(self, revisions: Sequence[Path], events: Sequence[Path] = ()) -> Changes:
        """Write the files that change.

        Args:
            revisions: the run's files of ``revisions``, completed.
            events: the run's files of ``events``, completed.
        """
        sizes = {slot: self._size(path) for slot, path in self._articles.items()}
        homes = settled_homes(sizes, self._run_id)
        fresh: set[Slot] = set()
        if revisions:
            fresh = self._sort_out(revisions, sizes, homes)
        if events:
            self._events = pa.concat_tables([read_rows(path) for path in events])
            for slot, _, _ in self._residence(self._events["article_id"]).values():
                fresh.add(homes.get(slot, slot))
        changes = Changes()
        sources: dict[Slot, list[Slot]] = defaultdict(list)
        for slot in sorted(self._articles):
            sources[homes.get(slot, slot)].append(slot)
        for target in sorted(fresh | set(homes.values())):
            self._rewrite(target, sources[target], changes)
        return changes

    def _size(self, path: str) -> int:
        metadata = pq.read_metadata(self._published.file(path))
        groups = range(metadata.num_row_groups)
        return sum(metadata.row_group(number).total_byte_size for number in groups)

    def _sort_out(
        self, revisions: Sequence[Path], sizes: Mapping[Slot, int], homes: Mapping[Slot, Slot]
    ) -> set[Slot]:
        """Copy each current revision to a pile for the slot it goes to; return the slots."""
        merged: dict[Slot, int] = defaultdict(int)
        for slot, size in sizes.items():
            merged[homes.get(slot, slot)] += size
        housing = Housing(merged, self._run_id)
        latest = latest_of_each(_light(revisions)).sort_by([("file", "ascending")])
        residence = self._residence(latest["article_id"])
        wanted: dict[int, dict[int, Slot | tuple[str, int]]] = defaultdict(dict)
        for row in latest.to_pylist():
            known = residence.get(row["article_id"])
            if known is None:
                wanted[row["file"]][row["row"]] = housing.bucket(row["first_fetched_at"])
            elif (row["fetched_at"], row["revision"]) > known[1:]:
                wanted[row["file"]][row["row"]] = homes.get(known[0], known[0])
        return {
            slot
            for number, places in wanted.items()
            for slot in self._pile_up(revisions[number], places, housing)
        }

    def _residence(self, ids: pa.ChunkedArray) -> dict[str, tuple[Slot, datetime, int]]:
        found = {}
        for slot, path in self._articles.items():
            rows = read_rows(self._published.file(path), _RANK)
            for row in rows.filter(pc.is_in(rows["article_id"], value_set=ids)).to_pylist():
                found[row["article_id"]] = (slot, row["fetched_at"], row["revision"])
        return found

    def _pile_up(
        self, path: Path, places: Mapping[int, Slot | tuple[str, int]], housing: Housing
    ) -> Iterator[Slot]:
        first = 0
        with pq.ParquetFile(path) as file:
            for number in range(file.num_row_groups):
                rows = file.read_row_group(number)
                piles: dict[Slot | tuple[str, int], list[int]] = defaultdict(list)
                for row in range(len(rows)):
                    if first + row in places:
                        piles[places[first + row]].append(row)
                first += len(rows)
                for place, indices in piles.items():
                    pile = rows.take(indices)
                    slot = place if isinstance(place, Slot) else housing.place(place, pile.nbytes)
                    self._add_to_pile(slot, pile)
                    yield slot

    def _pile(self, slot: Slot) -> Path:
        return self._spill / f"{slot.month}-{slot.day:02}-{slot.part}"

    def _add_to_pile(self, slot: Slot, rows: pa.Table) -> None:
        folder = self._pile(slot)
        folder.mkdir(parents=True, exist_ok=True)
        path = folder / f"{len(list(folder.iterdir()))}.arrow"
        with path.open("xb") as sink, pa.ipc.new_stream(sink, rows.schema) as writer:
            writer.write_table(rows)

    def _read_pile(self, slot: Slot) -> pa.Table | None:
        folder = self._pile(slot)
        if not folder.is_dir():
            return None
        parts = []
        for path in sorted(folder.iterdir()):
            with path.open("rb") as source, pa.ipc.open_stream(source) as reader:
                parts.append(reader.read_all())
        return pa.concat_tables(parts)

    def _rewrite(self, target: Slot, sources: Sequence[Slot], changes: Changes) -> None:
        pile = self._read_pile(target)
        replaced = pile["article_id"] if pile else pa.array([], pa.string())
        for table in self._catalog.derived:
            published = self._published.slots(table.name)
            paths = [published[slot] for slot in sources if slot in published]
            parts = list(self._kept(paths, replaced, table))
            if pile:
                parts.append(derived_rows(pile, table))
            rows = (
                pa.concat_tables(parts).combine_chunks() if parts else table.schema().empty_table()
            )
            if table.kind == "current" and self._events is not None:
                rows = amend(rows, self._events)
            changes.dropped[table.name].update(paths)
            if len(rows):
                path = f"{table.name}/{target.path(self._run_id)}"
                entry = write_rows(self._staging, path, table, rows, self._provenance)
                changes.added[table.name].append(entry)

    def _kept(self, paths: Iterable[str], replaced: Any, table: Table) -> Iterator[pa.Table]:
        for path in paths:
            rows = read_rows(self._published.file(path)).cast(table.schema())
            yield rows.filter(pc.invert(pc.is_in(rows["article_id"], value_set=replaced)))
