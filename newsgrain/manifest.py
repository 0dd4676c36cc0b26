"""The manifest: what one snapshot holds, and up to where the archive is in it."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from newsgrain.errors import StoreError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path


@dataclass(frozen=True, slots=True, kw_only=True)
class FileEntry:
    """One published file.

    Attributes:
        path: in the snapshot, with the table's folder.
        rows: number of rows.
        bytes: size.
        sha256: hex digest of its bytes.
    """

    path: str
    rows: int
    bytes: int
    sha256: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """One published state of all tables.

    Attributes:
        run_id: the run that published it.
        snapshot: its folder in ``.snapshots``: the run id, with the schema for a migration.
        parent_run_id: the run published before.
        schema_version: the schema of every file.
        created_at: when, UTC.
        archive_sequence: every page of the archive up to this ``page_id`` is judged ...
        pending: ... except these.
        cleaner_version: the cleaner of the run; older rows name theirs.
        newsgrain_version: what wrote it.
        tables: the files by table.
        tombstones: articles that were removed and must not come back.
        unsettled: articles that later runs clean again, since the memory of their sites has
            learned more than is published, or compare with others.
    """

    run_id: str
    snapshot: str
    parent_run_id: str | None
    schema_version: int
    created_at: datetime
    archive_sequence: int
    pending: tuple[int, ...]
    cleaner_version: str
    newsgrain_version: str
    tables: Mapping[str, tuple[FileEntry, ...]]
    tombstones: tuple[str, ...] = ()
    unsettled: int = 0

    def rows(self, table: str) -> int:
        """Return the number of rows of a table."""
        return sum(entry.rows for entry in self.tables.get(table, ()))

    def to_json(self) -> bytes:
        """Return the bytes of the manifest's file, one line a published file."""
        plain = asdict(self) | {"created_at": self.created_at.isoformat()}
        tables = plain.pop("tables")
        head = json.dumps(plain, indent=1)[:-2]
        bodies = (
            f" {json.dumps(name)}: [\n  " + ",\n  ".join(map(json.dumps, entries)) + "\n ]"
            for name, entries in tables.items()
        )
        return (head + ',\n "tables": {\n' + ",\n".join(bodies) + "\n }\n}\n").encode()


def _manifest(plain: dict[str, Any]) -> Manifest:
    tables = {
        name: tuple(FileEntry(**entry) for entry in entries)
        for name, entries in plain.pop("tables").items()
    }
    created_at = datetime.fromisoformat(plain.pop("created_at"))
    pending, tombstones = tuple(plain.pop("pending")), tuple(plain.pop("tombstones"))
    return Manifest(
        **plain, created_at=created_at, tables=tables, pending=pending, tombstones=tombstones
    )


def read_manifest(path: Path) -> Manifest:
    """Read a manifest.

    Raises:
        StoreError: it is missing or is none.
    """
    try:
        data = path.read_bytes()
    except OSError as exc:
        raise StoreError(exc.strerror or str(exc), path=path) from exc
    return parse_manifest(data, path)


def parse_manifest(data: bytes, path: Path) -> Manifest:
    """Return the manifest that some bytes are.

    Args:
        data: the bytes.
        path: where they come from, for the message.

    Raises:
        StoreError: they are none.
    """
    try:
        return _manifest(json.loads(data))
    except (ValueError, KeyError, TypeError, AttributeError) as exc:
        raise StoreError(f"not a manifest: {exc}", path=path) from exc
