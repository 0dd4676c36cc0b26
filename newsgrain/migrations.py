"""An older schema becomes the present one: every file of every table, in one commit.

Readers drop or refuse columns that only newer files have, so that a column which is added
is added everywhere. The run that is published stays the same; its snapshot gets a new name.
"""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.parquet as pq

from newsgrain import layout
from newsgrain.errors import StoreError
from newsgrain.parquet import ParquetSink
from newsgrain.snapshot import with_placeholders
from newsgrain.version import __version__

if TYPE_CHECKING:
    from pathlib import Path

    from newsgrain.catalog import Catalog
    from newsgrain.clock import Clock
    from newsgrain.manifest import FileEntry
    from newsgrain.published import Published
    from newsgrain.schema import Table
    from newsgrain.snapshot import Publisher


def conform(rows: pa.Table, table: Table) -> pa.Table:
    """Return rows in a table's schema, nulls in columns that they do not have.

    Raises:
        StoreError: a column that must have values is missing, or cannot be converted.
    """
    schema, columns = table.schema(), []
    for field in schema:
        if field.name in rows.schema.names:
            columns.append(rows[field.name].cast(field.type))
        elif field.nullable:
            columns.append(pa.nulls(len(rows), field.type))
        else:
            raise StoreError(
                f"no migration gives {table.name}.{field.name}, which must not be null"
            )
    return pa.table(columns, schema=schema)


def migrate(publisher: Publisher, published: Published, catalog: Catalog, clock: Clock) -> None:
    """Publish the published state again in the catalog's schema.

    Args:
        publisher: of the datasets.
        published: a state with an older schema.
        catalog: the present schema.
        clock: gives ``created_at``.
    """
    head = published.manifest
    if head is None:
        return
    name = layout.migrated_name(head.run_id, catalog.version)
    staging = publisher.root / layout.STAGING / name
    staging.mkdir(parents=True)
    tables = {
        table: [
            _rewrite(published.file(entry.path), entry.path, staging, catalog, head.schema_version)
            for entry in head.tables.get(table, ())
        ]
        for table in catalog.tables
    }
    manifest = replace(
        head,
        snapshot=name,
        schema_version=catalog.version,
        created_at=clock(),
        newsgrain_version=__version__,
        tables=with_placeholders(tables, catalog, staging, name),
    )
    publisher.publish(manifest, published, staging)


def _rewrite(source: Path, path: str, staging: Path, catalog: Catalog, version: int) -> FileEntry:
    name = path.partition("/")[0]
    table = catalog.tables[name]
    steps = [catalog.migrations.get(step) for step in range(version + 1, catalog.version + 1)]
    with pq.ParquetFile(source) as file, ExitStack() as cleanup:
        sink = ParquetSink(staging, layout.migrated_path(path, catalog.version), table)
        cleanup.callback(sink.abort)
        for number in range(file.num_row_groups):
            rows = file.read_row_group(number)
            for step in steps:
                rows = step(name, rows) if step else rows
            sink.write(conform(rows, table))
        entry = sink.close(_provenance(file.metadata.metadata, catalog))
        cleanup.pop_all()
    return entry


def _provenance(before: dict[bytes, bytes], catalog: Catalog) -> dict[str, Any]:
    kept = {key.decode(): value.decode() for key, value in before.items() if b":" not in key}
    return kept | {"schema_version": str(catalog.version)}
