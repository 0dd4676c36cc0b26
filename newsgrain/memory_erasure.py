"""What the databases and files beside the datasets remember, without what is forgotten."""

from __future__ import annotations

import gzip
import os
import shutil
import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING, Any

from newsgrain import layout
from newsgrain.copies import exports_of
from newsgrain.disk import remove_tree
from newsgrain.duplicate_store import NAME as DUPLICATES_NAME
from newsgrain.ledger import LEDGER_NAME, translated
from newsgrain.needles import mask
from newsgrain.sightings import MEMORY_NAME

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from newsgrain.archive import Archive
    from newsgrain.needles import Needle
    from newsgrain.removal import Removal
    from newsgrain.workspace import Workspace

_TEXTS = {
    "pages": ("url", "error", "etag", "last_modified", "x_robots_tag", "tdm_policy", "hints"),
    "frontier_articles": ("url", "hints", "etag"),
    "frontier_discovery": ("url", "etag"),
    "quarantine": ("detail",),
}
"""Columns of the ledger that hold what pages and listings said."""


def clear_ledger(archive: Archive, removal: Removal) -> None:
    """Take what is forgotten out of the ledger's rows, and out of its free pages.

    Raises:
        ArchiveError: the ledger cannot be written.
        DiskFullError: there is no space for a copy of it.
    """
    connection = archive.connection
    tables = {name for (name,) in connection.execute("SELECT name FROM sqlite_master")}
    with archive.changing():
        if "frontier_articles" in tables:
            rows = [(key,) for key in removal.keys]
            connection.executemany("DELETE FROM frontier_articles WHERE url_key = ?", rows)
        connection.execute(
            "DELETE FROM quarantine WHERE body_sha256 NOT IN"
            " (SELECT body_sha256 FROM pages WHERE body_sha256 IS NOT NULL)"
        )
        for table in _TEXTS.keys() & tables:
            for column in _TEXTS[table]:
                _mask_column(connection, table, column, removal.needles)
    with translated(archive.folder / LEDGER_NAME):
        _scrub(connection)


def _mask_column(
    connection: sqlite3.Connection, table: str, column: str, needles: Sequence[Needle]
) -> None:
    hinted = " OR ".join(f"instr(lower({column}), ?)" for _ in needles)
    hints = [needle.hint for needle in needles]
    query = f"SELECT DISTINCT {column} FROM {table} WHERE {hinted}"  # noqa: S608 - own names
    for (old,) in connection.execute(query, hints).fetchall():
        new = mask(old, needles)
        if new != old:
            update = f"UPDATE {table} SET {column} = ? WHERE {column} = ?"  # noqa: S608 - own names
            connection.execute(update, (new, old))


def _scrub(connection: sqlite3.Connection) -> None:
    """Write a database anew, so that nothing is left in free pages or in its log."""
    connection.execute("VACUUM")
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def clear_site_memory(folder: Path, removal: Removal) -> None:
    """Take an article's pages out of the memory of its site; a person leaves no trace in it.

    Raises:
        ArchiveError: it cannot be written.
        DiskFullError: there is no space for a copy of it.
    """
    path = folder / MEMORY_NAME
    if not path.exists() or not removal.page_ids:
        return
    with translated(path), closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute("PRAGMA secure_delete = ON")
        with connection:
            connection.execute("BEGIN IMMEDIATE")
            rows = [(page_id,) for page_id in removal.page_ids]
            for table in ("shown", "claimed", "unsettled", "pages"):
                connection.executemany(f"DELETE FROM {table} WHERE page = ?", rows)  # noqa: S608
            connection.execute(
                "DELETE FROM blocks WHERE NOT EXISTS (SELECT 1 FROM shown"
                " WHERE shown.site = blocks.site AND shown.mark = blocks.mark)"
            )
        _scrub(connection)


def clear_caches(workspace: Workspace) -> None:
    """Delete what is built again from the datasets: it holds traces of what is gone."""
    for end in ("", "-wal", "-shm"):
        (workspace.archive / f"{DUPLICATES_NAME}{end}").unlink(missing_ok=True)
    remove_tree(workspace.datasets / layout.LOOKUP)


def clear_files(workspace: Workspace, removal: Removal) -> list[Path]:
    """Mask what logs say, and delete reports and inspections that show it.

    Exports are deleted, too: they were made of what is gone now, and can be made again.

    Returns:
        the files and folders that were deleted.
    """
    for path in _files(workspace.logs, "*.jsonl*"):
        _mask_lines(path, removal)
    deleted = []
    for path in (*_files(workspace.reports), *_files(workspace.inspections)):
        text = path.read_text("utf-8", "replace")
        if mask(text, removal.page_needles) != text:
            path.unlink()
            deleted.append(path)
    for path in exports_of(workspace):
        shutil.rmtree(path) if path.is_dir() else path.unlink()
        deleted.append(path)
    return deleted


def _files(folder: Path, pattern: str = "*") -> Iterable[Path]:
    return sorted(p for p in folder.glob(pattern) if p.is_file()) if folder.is_dir() else ()


def _mask_lines(path: Path, removal: Removal) -> None:
    """Write a log again without what is forgotten, if it says anything of it."""
    draft = path.with_name(f".{path.name}.draft")
    is_changed = False
    opened: Any = gzip.open if path.suffix == ".gz" else open
    how = {"encoding": "utf-8", "errors": "surrogateescape", "newline": ""}
    with opened(path, "rt", **how) as source, opened(draft, "wt", **how) as sink:
        for line in source:
            masked = mask(line, removal.page_needles)
            masked = mask(masked, removal.last_names) if masked != line else line
            is_changed |= masked != line
            sink.write(masked)
    with draft.open("rb") as written:
        os.fsync(written.fileno())
    if is_changed:
        shutil.copymode(path, draft)
        draft.rename(path)
    else:
        draft.unlink()
