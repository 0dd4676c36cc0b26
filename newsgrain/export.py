"""Published tables for programs that read no folder of Parquet files.

state | a table's batches | writer of a format | part file | target
"""

from __future__ import annotations

import csv
import json
import sqlite3
from contextlib import closing
from datetime import datetime
from importlib import import_module
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.parquet as pq

from newsgrain.disk import translated
from newsgrain.errors import ConfigError
from newsgrain.export_format import ExportFormat
from newsgrain.protection import Protected
from newsgrain.state import open_state

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

    from newsgrain.catalog import Catalog
    from newsgrain.protection import Protection

_BATCH_ROWS = 1_000
_COMPRESSION = "zstd"


def export(  # noqa: PLR0913 - what, whence, whither and how
    root: Path,
    catalog: Catalog,
    target: Path,
    *,
    to: ExportFormat,
    tables: Sequence[str] = (),
    as_of: str | None = None,
    protection: Protection | None = None,
) -> dict[str, int]:
    """Write published tables in another format, whole or not at all.

    Args:
        root: the folder ``datasets``.
        catalog: the schema.
        target: a folder, or a database file; must not exist.
        to: the format.
        tables: their names; all if empty.
        as_of: what `newsgrain.state.resolve` takes; None: the present.
        protection: what is left out; None: nothing.

    Returns:
        the number of rows by table.

    Raises:
        ConfigError: there is no such table, `target` exists, or duckdb is not installed.
        StoreError: there is no such state, or the disk failed.
    """
    unknown = [table for table in tables if table not in catalog.tables]
    if unknown:
        known = ", ".join(catalog.tables)
        raise ConfigError(f"no table {', '.join(unknown)}; there are: {known}")
    if target.exists():
        raise ConfigError("exists already; name another place", path=target)
    part = target.with_name(f".{target.name}.part")
    with translated(target):
        state = open_state(root, catalog, as_of)
        target.parent.mkdir(parents=True, exist_ok=True)
        _remove(part)
        contents = {name: state.dataset(name) for name in tables or catalog.tables}
        if protection is not None:
            contents = {
                name: Protected(protection, name, dataset) for name, dataset in contents.items()
            }
        try:
            counts = _WRITERS[to](part, contents)
            part.rename(target)
        finally:
            _remove(part)
    return counts


def _remove(part: Path) -> None:
    if part.is_dir():
        for path in part.iterdir():
            path.unlink()
        part.rmdir()
    else:
        part.unlink(missing_ok=True)


def _batches(dataset: Any) -> Iterator[pa.RecordBatch]:
    yield from dataset.to_batches(batch_size=_BATCH_ROWS)


def _plain(value: Any) -> Any:
    """Return a value as JSON has it: moments in ISO 8601."""
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, dict):
        return {key: _plain(one) for key, one in value.items()}
    if isinstance(value, list):
        return [_plain(one) for one in value]
    return value


def _scalar(value: Any) -> Any:
    """Return a value as one cell: nested ones as JSON."""
    plain = _plain(value)
    return json.dumps(plain, ensure_ascii=False) if isinstance(plain, dict | list) else plain


def _rows(dataset: Any) -> Iterator[dict[str, Any]]:
    for batch in _batches(dataset):
        yield from batch.to_pylist()


def _write_parquet(folder: Path, contents: dict[str, Any]) -> dict[str, int]:
    folder.mkdir()
    counts = {}
    for name, dataset in contents.items():
        path, count = folder / f"{name}.parquet", 0
        with pq.ParquetWriter(path, dataset.schema, compression=_COMPRESSION) as writer:
            for batch in _batches(dataset):
                writer.write_batch(batch)
                count += len(batch)
        counts[name] = count
    return counts


def _write_csv(folder: Path, contents: dict[str, Any]) -> dict[str, int]:
    folder.mkdir()
    counts = {}
    for name, dataset in contents.items():
        count = 0
        with (folder / f"{name}.csv").open("w", encoding="utf-8", newline="") as sink:
            writer = csv.writer(sink)
            writer.writerow(dataset.schema.names)
            for count, row in enumerate(_rows(dataset), 1):  # noqa: B007 - counts after the loop
                writer.writerow(map(_scalar, row.values()))
        counts[name] = count
    return counts


def _write_jsonl(folder: Path, contents: dict[str, Any]) -> dict[str, int]:
    folder.mkdir()
    counts = {}
    for name, dataset in contents.items():
        count = 0
        with (folder / f"{name}.jsonl").open("w", encoding="utf-8") as sink:
            for count, row in enumerate(_rows(dataset), 1):  # noqa: B007 - counts after the loop
                sink.write(json.dumps(_plain(row), ensure_ascii=False) + "\n")
        counts[name] = count
    return counts


def _write_sqlite(path: Path, contents: dict[str, Any]) -> dict[str, int]:
    counts = {}
    with closing(sqlite3.connect(path)) as connection, connection:
        for name, dataset in contents.items():
            columns = ", ".join(f'"{field.name}" {_sqlite_type(field)}' for field in dataset.schema)
            connection.execute(f'CREATE TABLE "{name}" ({columns}) STRICT')
            marks = ", ".join("?" * len(dataset.schema))
            rows = (tuple(map(_scalar, row.values())) for row in _rows(dataset))
            statement = f'INSERT INTO "{name}" VALUES ({marks})'  # noqa: S608 - the schema's names
            counts[name] = connection.executemany(statement, rows).rowcount
    return {name: max(count, 0) for name, count in counts.items()}


def _sqlite_type(field: pa.Field) -> str:
    if pa.types.is_integer(field.type) or pa.types.is_boolean(field.type):
        return "INTEGER"
    return "REAL" if pa.types.is_floating(field.type) else "TEXT"


def _write_duckdb(path: Path, contents: dict[str, Any]) -> dict[str, int]:
    try:
        duckdb: Any = import_module("duckdb")
    except ImportError as exc:
        raise ConfigError("this needs duckdb: pip install 'newsgrain[duckdb]'") from exc
    counts = {}
    with duckdb.connect(str(path)) as connection:
        for name, dataset in contents.items():
            reader = pa.RecordBatchReader.from_batches(dataset.schema, _batches(dataset))
            connection.register("incoming", reader)
            # Fetched to the end: a connection with a result under way takes no other work.
            connection.execute(f'CREATE TABLE "{name}" AS FROM incoming').fetchall()
            connection.unregister("incoming")
            count = f'SELECT count(*) FROM "{name}"'  # noqa: S608 - the schema's names
            ((counts[name],),) = connection.execute(count).fetchall()
    return counts


_WRITERS: dict[ExportFormat, Callable[[Path, dict[str, Any]], dict[str, int]]] = {
    ExportFormat.PARQUET: _write_parquet,
    ExportFormat.CSV: _write_csv,
    ExportFormat.JSONL: _write_jsonl,
    ExportFormat.DUCKDB: _write_duckdb,
    ExportFormat.SQLITE: _write_sqlite,
}
