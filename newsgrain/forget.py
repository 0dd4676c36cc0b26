"""Forget an article or a person: everywhere, for good, and so that it can be finished.

    find | write down | tombstone | archive | datasets | memories | files | strike out

Each step can be done again. What was begun is finished by whoever takes the lock next, before
anything else is done (`Workspace.lock`).
"""

from __future__ import annotations

import logging
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from newsgrain.archive import Archive
from newsgrain.archive_erasure import ArchiveErasure
from newsgrain.catalog import Catalog
from newsgrain.clock import system_clock
from newsgrain.disk import Linker, translated
from newsgrain.edition import Edition, give_up_replaced
from newsgrain.errors import ConfigError
from newsgrain.head import head_name
from newsgrain.ledger import LEDGER_NAME
from newsgrain.memory_erasure import clear_caches, clear_files, clear_ledger, clear_site_memory
from newsgrain.removal import drop_removal, read_removal, write_removal
from newsgrain.schema import TABLES
from newsgrain.snapshot import Publisher, read_head
from newsgrain.table_erasure import TableErasure, find_namings
from newsgrain.tombstones import add_tombstone

if TYPE_CHECKING:
    from pathlib import Path

    from newsgrain.clock import Clock
    from newsgrain.removal import Removal
    from newsgrain.workspace import Workspace

_log = logging.getLogger("newsgrain.forget")
_PAGE_COLUMNS = tuple(column.name for column in TABLES["pages"].columns)


@dataclass(frozen=True, slots=True, kw_only=True)
class Forgotten:
    """What a removal did beside what it says itself.

    Attributes:
        pages: rows of the ledger that changed.
        deleted: reports, inspections and exports that are gone.
    """

    pages: int
    deleted: tuple[Path, ...]


def forget(workspace: Workspace, removal: Removal, *, clock: Clock = system_clock) -> Forgotten:
    """Remove an article or a person from everything in a workspace.

    Args:
        workspace: its lock is held by the caller.
        removal: of `newsgrain.finding`.
        clock: gives the moment of the new edition.

    Raises:
        ConfigError: an address is none; nothing was done.
        NewsgrainError: the disk, the archive or the datasets failed; the next command that
            takes the lock goes on.
    """
    try:  # once written down, it has to be finished
        _ = (removal.needles, removal.last_names)
    except ValueError as exc:
        raise ConfigError(f"cannot be searched for: {exc}") from exc
    write_removal(workspace.root, removal)
    return _carry_out(workspace, removal, clock)


def finish_forgetting(workspace: Workspace, *, clock: Clock = system_clock) -> None:
    """Finish what an interrupted `forget` began; nothing if nothing was.

    Raises:
        NewsgrainError: as `forget` does.
    """
    removal = read_removal(workspace.root)
    if removal is not None:
        _log.warning("finishing what was being forgotten when a process ended")
        _carry_out(workspace, removal, clock)


def _carry_out(workspace: Workspace, removal: Removal, clock: Clock) -> Forgotten:
    add_tombstone(workspace.root, removal.tombstone)
    pages: dict[int, dict[str, Any]] = {}
    if (workspace.archive / LEDGER_NAME).exists():
        with Archive.open(workspace.archive) as archive:
            erasure = ArchiveErasure(archive, removal)
            erasure.run()
            pages = {number: _published_row(archive, number) for number in erasure.touched()}
            _datasets(workspace, removal, pages, clock)
            clear_ledger(archive, removal)
            erasure.end()
    else:
        _datasets(workspace, removal, pages, clock)
    clear_site_memory(workspace.archive, removal)
    clear_caches(workspace)
    deleted = clear_files(workspace, removal)
    drop_removal(workspace.root)
    return Forgotten(pages=len(pages), deleted=tuple(deleted))


def _published_row(archive: Archive, page_id: int) -> dict[str, Any]:
    page = archive.page(page_id)
    return {name: getattr(page, name) for name in _PAGE_COLUMNS}


def _datasets(
    workspace: Workspace, removal: Removal, pages: dict[int, dict[str, Any]], clock: Clock
) -> None:
    root, catalog = workspace.datasets, Catalog()
    publisher = Publisher(root=root, linker=Linker())
    with translated(root):
        if head_name(root) != removal.base:  # published before the process ended
            give_up_replaced(publisher, catalog)
            return
        if removal.base is None:
            return
        head = read_head(root, catalog)
        rewrite = TableErasure(catalog, removal, find_namings(head, removal), pages)
        edition = Edition(
            rewrite=rewrite, tombstones=removal.digests, without_pages=removal.page_ids
        )
        edition.publish(publisher, catalog, clock)
