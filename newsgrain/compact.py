"""Fewer files of the same rows: logs of closed months, old manifests, old run logs.

    logs of each closed month -> one file | a new edition of the present state | flip
    manifests of states that are not kept -> one archive, byte for byte
    run logs but the newest -> gzip

Nothing that can be read or cited before is lost. The derived tables need no compaction: each run
merges the files of closed months (`newsgrain.slots`).
"""

from __future__ import annotations

import gzip
import os
import shutil
from collections import defaultdict
from contextlib import ExitStack
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import pyarrow.parquet as pq

from newsgrain import layout
from newsgrain.catalog import Catalog
from newsgrain.disk import Linker, remove_tree, translated
from newsgrain.manifests import Manifests
from newsgrain.parquet import FILE_BYTES, ParquetSink
from newsgrain.snapshot import Publisher, kept_snapshots, read_head
from newsgrain.version import __version__

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path

    from newsgrain.clock import Clock
    from newsgrain.manifest import FileEntry
    from newsgrain.published import Published
    from newsgrain.schema import Table
    from newsgrain.workspace import Workspace

_PLAIN_LOGS = 7
"""Logs of so many newest runs stay as they are: people read them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Compacted:
    """What became fewer.

    Attributes:
        before, after: files of the present state.
        manifests: that were packed.
        logs: that were compressed.
    """

    before: int
    after: int
    manifests: int
    logs: int


def compact(workspace: Workspace, clock: Clock) -> Compacted:
    """Compact a workspace.

    Args:
        workspace: its lock is held by the caller; its datasets are recovered.
        clock: gives the moment of the new edition.

    Raises:
        StoreError: the datasets cannot be read or written; they are as they were.
        DiskFullError: there is no space.
    """
    root = workspace.datasets
    with translated(root):
        before, after = _compact_tables(root, clock)
        packed = _pack_manifests(root)
    with translated(workspace.logs):
        logs = _compress_logs(workspace.logs)
    return Compacted(before=before, after=after, manifests=packed, logs=logs)


def _compact_tables(root: Path, clock: Clock) -> tuple[int, int]:
    catalog = Catalog()
    head = read_head(root, catalog)
    manifest = head.manifest
    if manifest is None:
        return 0, 0
    publisher = Publisher(root=root, linker=Linker())
    staging = root / layout.STAGING / "compact"
    remove_tree(staging)
    staging.mkdir(parents=True)
    open_month = layout.month_of(layout.started_at(manifest.run_id))
    tables = {
        name: tuple(_merged(head, catalog.tables[name], entries, open_month, staging))
        for name, entries in manifest.tables.items()
    }
    before, after = (sum(map(len, one.values())) for one in (manifest.tables, tables))
    if tables != manifest.tables:
        fresh = replace(
            manifest,
            snapshot=layout.edition_name(manifest.snapshot, Manifests(root).last_edition() + 1),
            created_at=clock(),
            newsgrain_version=__version__,
            tables=tables,
        )
        publisher.publish(fresh, head, staging)
        publisher.tidy(catalog)
    remove_tree(staging.parent)
    return before, after


def _merged(
    head: Published, table: Table, entries: Sequence[FileEntry], open_month: str, staging: Path
) -> Iterator[FileEntry]:
    """Yield a table's files, those of each closed month merged if it is a log."""
    months: dict[str, list[FileEntry]] = defaultdict(list)
    for entry in entries:
        month = layout.month_in(entry.path)
        if table.kind == "log" and month < open_month and not layout.is_placeholder(entry.path):
            months[month].append(entry)
        else:
            yield entry
    for found in months.values():
        runs = sorted(found, key=lambda entry: layout.log_span(entry.path))
        yield from runs if len(runs) == 1 else _rewritten(head, table, runs, staging)


def _rewritten(
    head: Published, table: Table, entries: Sequence[FileEntry], staging: Path
) -> Iterator[FileEntry]:
    """Write some files as one, or as few, where it would be larger than a log file may be."""
    part: list[FileEntry] = []
    size = 0
    for entry in entries:
        with pq.ParquetFile(head.file(entry.path)) as file:
            groups = range(file.metadata.num_row_groups)
            own = sum(file.metadata.row_group(n).total_byte_size for n in groups)
        if part and size + own > FILE_BYTES:
            yield _joined(head, table, part, staging)
            part, size = [], 0
        part.append(entry)
        size += own
    yield part[0] if len(part) == 1 else _joined(head, table, part, staging)


def _joined(
    head: Published, table: Table, entries: Sequence[FileEntry], staging: Path
) -> FileEntry:
    """Write files one behind the other: each run keeps row groups of its own."""
    name = layout.merged_path([entry.path for entry in entries])
    with ExitStack() as undo:
        sink = ParquetSink(staging, name, table)
        undo.callback(sink.abort)
        provenance: dict[str, str] = {}
        for entry in entries:
            with pq.ParquetFile(head.file(entry.path)) as file:
                for number in range(file.num_row_groups):
                    sink.write(file.read_row_group(number))
                metadata = file.metadata.metadata.items()
                provenance = {k.decode(): v.decode() for k, v in metadata if b":" not in k}
        written = sink.close(provenance)
        undo.pop_all()
    return written


def _pack_manifests(root: Path) -> int:
    """Move the manifests of states that are not kept into one archive."""
    manifests = Manifests(root)
    kept = set(kept_snapshots(root))
    loose = [name for name in manifests.loose if name not in kept]
    if not loose:
        return 0
    staging = root / layout.STAGING
    staging.mkdir(exist_ok=True)
    manifests.pack(loose, staging)
    remove_tree(staging)
    return len(loose)


def _compress_logs(folder: Path) -> int:
    done = 0
    for path in _old(sorted(folder.glob("*.jsonl")) if folder.is_dir() else ()):
        draft = folder / f".{path.name}.gz.draft"
        with path.open("rb") as source, draft.open("wb") as raw:
            with gzip.GzipFile(fileobj=raw, mode="wb", mtime=0) as sink:
                shutil.copyfileobj(source, sink)
            raw.flush()
            os.fsync(raw.fileno())
        draft.rename(folder / f"{path.name}.gz")
        path.unlink()
        done += 1
    return done


def _old(paths: Iterable[Path]) -> Sequence[Path]:
    return list(paths)[:-_PLAIN_LOGS]
