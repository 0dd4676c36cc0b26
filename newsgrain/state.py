"""One published state of all tables: the present one, or that of an earlier run.

The newest states lie in ``.snapshots`` and are read from there. An older one is derived again:
``revisions`` and the logs keep every row, and each row names its run.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.dataset as ds

from newsgrain import layout
from newsgrain.derive import derived_rows, latest_of_each
from newsgrain.errors import StoreError
from newsgrain.events import amend
from newsgrain.manifest import read_manifest
from newsgrain.published import Published
from newsgrain.snapshot import read_head, snapshot_of

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from newsgrain.catalog import Catalog

_NUMBER = re.compile(r"\d{1,8}")
_RANK = ["article_id", "fetched_at", "revision"]


def published_runs(head: Published) -> list[str]:
    """Return the ids of all runs that published, oldest first."""
    runs = _files(head, "runs").to_table(columns=["run_id"])["run_id"].to_pylist()
    return sorted(runs, key=layout.sequence)


def resolve(runs: Sequence[str], name: str) -> str:
    """Return the run that a name means.

    Args:
        runs: ids of the published runs, oldest first.
        name: a run's id, its number, or a day ``YYYY-MM-DD`` (UTC): the last run that started
            on it or before it.

    Raises:
        StoreError: there is no such run.
    """
    found = [run for run in runs if _is_meant(run, name)]
    if not found:
        known = f"they go from {runs[0]} to {runs[-1]}" if runs else "there is none"
        raise StoreError(f"no published run {name!r}; {known}")
    return found[-1]


def _is_meant(run: str, name: str) -> bool:
    if _NUMBER.fullmatch(name):
        return layout.sequence(run) == int(name)
    try:
        return layout.started_at(run).date() <= date.fromisoformat(name)
    except ValueError:
        return run == name


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """All tables as one run left them.

    Attributes:
        run_id: the run.
        files: the files that the state is read from.
        catalog: the schema.
        is_derived: the run's snapshot is not kept any more (or has an older schema), and its
            tables are derived from the present files.
    """

    run_id: str
    files: Published
    catalog: Catalog
    is_derived: bool = False

    def dataset(self, table: str, columns: Sequence[str] | None = None) -> Any:
        """Return a table as a pyarrow dataset.

        Args:
            table: its name.
            columns: what is going to be read of it; None: everything.

        Raises:
            StoreError: the table of this run is not kept any more and can't be derived.
        """
        if not self.is_derived:
            return _files(self.files, table)
        return ds.dataset(self._derived(table, columns))

    def _derived(self, name: str, columns: Sequence[str] | None) -> pa.Table:
        table = self.catalog.tables[name]
        if table.kind == "log":
            return _files(self.files, name).to_table(filter=self._is_in(), columns=columns)
        if table.kind not in {"current", "flat"}:
            raise StoreError(f"the table {name} of run {self.run_id} is not kept any more")
        own = [column.name for column in table.columns if columns is None or column.name in columns]
        rows = self._current(own if table.kind == "current" else [f"{name}_rows"])
        if table.kind == "current":
            events = _files(self.files, "events").to_table(filter=self._is_in())
            return amend(rows, events.sort_by("run_id")).select(own)
        return derived_rows(rows, table).select(own)

    def _current(self, columns: Sequence[str]) -> pa.Table:
        """Return columns of each article's current revision, and the keys of flat tables."""
        revisions = _files(self.files, "revisions")
        light = latest_of_each(revisions.to_table(columns=_RANK, filter=self._is_in()))
        wanted = list(dict.fromkeys([*_RANK, "domain", "url", "date_published", *columns]))
        parts = [
            batch.take(_places(batch, light))
            for batch in revisions.to_batches(columns=wanted, filter=self._is_in(), batch_size=5000)
        ]
        schema = revisions.schema
        return pa.Table.from_batches(parts, pa.schema([schema.field(name) for name in wanted]))

    def _is_in(self) -> Any:
        # Only the sequence counts, and it is as wide in every run id.
        return pc.field("run_id") < f"{layout.sequence(self.run_id) + 1:08}"


def _places(batch: pa.RecordBatch, chosen: pa.Table) -> pa.Array:
    """Return where in a batch the chosen revisions stand."""
    places = pa.array(range(len(batch)), pa.int64())
    rows = pa.table({"place": places, "article_id": batch["article_id"], "n": batch["revision"]})
    keys = pa.table({"article_id": chosen["article_id"], "n": chosen["revision"]})
    found = rows.join(keys, ["article_id", "n"], join_type="left semi")["place"]
    return found.combine_chunks().sort()


def _files(published: Published, table: str) -> Any:
    entries = published.manifest.tables[table] if published.manifest else ()
    return ds.dataset([str(published.file(entry.path)) for entry in entries], format="parquet")


def open_state(root: Path, catalog: Catalog, as_of: str | None = None) -> State:
    """Open the present state, or that of an earlier run.

    Args:
        root: the folder ``datasets``.
        catalog: the schema.
        as_of: what `resolve` takes; None: the present.

    Raises:
        StoreError: nothing has been published yet, there is no such run, or its files can't be
            read.
    """
    head = read_head(root, catalog)
    if head.manifest is None:
        raise StoreError("nothing has been published here yet: run newsgrain first", path=root)
    present = State(run_id=head.manifest.run_id, files=head, catalog=catalog)
    if as_of is None:
        return present
    run_id = resolve(published_runs(head), as_of)
    if run_id == present.run_id:
        return present
    kept = _kept(root, run_id, catalog)
    return State(run_id=run_id, files=kept or head, catalog=catalog, is_derived=kept is None)


def _kept(root: Path, run_id: str, catalog: Catalog) -> Published | None:
    """Return a run's snapshot, if it is there in the present schema."""
    name = snapshot_of(root, run_id)
    if name is None:
        return None
    manifest = read_manifest(root / layout.MANIFESTS / f"{name}.json")
    if manifest.schema_version != catalog.version:
        return None
    return Published(folder=root / layout.SNAPSHOTS / name, manifest=manifest)
