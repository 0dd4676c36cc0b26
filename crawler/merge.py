"""Merge the archives of other workspaces, as shards and workers leave them, into one."""

from __future__ import annotations

import logging
from contextlib import contextmanager
from typing import TYPE_CHECKING

from crawler.frontier import Frontier
from crawler.redis_server import open_server
from crawler.shared_frontier import tell_changed as tell_machines
from newsgrain.archive import Archive
from newsgrain.errors import ArchiveError, ConfigError, FrontierError, LockedError
from newsgrain.ledger import LEDGER_NAME
from newsgrain.merging import Taken, take_pages
from newsgrain.workspace import Workspace

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path

    from newsgrain.ledger import PageRow
    from newsgrain.tombstones import Tombstones

_log = logging.getLogger("newsgrain.merge")


def shards_of(target: Workspace, folders: Sequence[Path]) -> tuple[Workspace, ...]:
    """Return the workspaces in some folders, each once.

    Raises:
        ConfigError: one of them is the target, or holds no archive.
    """
    found = {folder.resolve(): Workspace(folder) for folder in folders}
    for place, shard in found.items():
        if place == target.root.resolve():
            raise ConfigError("is the workspace that is merged into", path=shard.root)
        if not (shard.archive / LEDGER_NAME).exists():
            raise ConfigError("holds no archive: is this a workspace?", path=shard.root)
    return tuple(found.values())


@contextmanager
def _opened(shard: Workspace) -> Iterator[Archive]:
    """Open a shard's archive; while it is open, nobody crawls into it."""
    with shard.lock(), Archive.open(shard.archive) as archive:
        yield archive


def merge(
    target: Archive,
    shards: Iterable[Workspace],
    run_id: str,
    troubles: list[str],
    tombstones: Tombstones,
) -> Taken:
    """Take from each shard what was not taken before.

    Args:
        target: takes the pages.
        shards: give them.
        run_id: the run of the target.
        troubles: is given a line for each shard that is being crawled into, or damaged; nothing
            is taken of it, and all of it the next time.
        tombstones: what the target has forgotten is not taken.

    Returns:
        the sum of what was taken.

    Raises:
        NewsgrainError: the disk is full.
    """
    parts = []
    for shard in shards:
        try:
            with _opened(shard) as archive:
                taken = take_pages(target, archive, run_id=run_id, is_forgotten=tombstones.holds)
                parts.append(taken)
        except (LockedError, ArchiveError) as exc:
            troubles.append(f"{exc}; nothing was merged of it")
    return Taken(
        pages=sum(part.pages for part in parts),
        sources=tuple(sorted({source for part in parts for source in part.sources})),
        linked=sum(part.linked for part in parts),
        copied=sum(part.copied for part in parts),
    )


def tell_changed(
    shards: Iterable[Workspace],
    frontier: str | None,
    pages: Sequence[PageRow],
    names: Sequence[str],
) -> None:
    """Tell the frontiers of shards and workers which articles were seen to have changed.

    Who cannot be told, because its next crawl has begun, looks again a little later.

    Args:
        shards: those that were merged.
        frontier: address of the frontier that they share, if they do.
        pages: those that were found edited.
        names: of all sources of newsgrain.toml.
    """
    urls = [page.url for page in pages]
    for shard in shards:
        try:
            with _opened(shard) as archive:
                Frontier(archive, names).found_changed(urls)
        except (LockedError, ArchiveError) as exc:
            _log.warning("not told what changed shard=%s: %s", shard.root, exc)
    if frontier is not None:
        by_source: dict[str, list[str]] = {}
        for page in pages:
            by_source.setdefault(page.source or "", []).append(page.url)
        server, place = open_server(frontier)
        try:
            tell_machines(server, place, by_source)
        except FrontierError as exc:
            _log.warning("not told what changed: %s", exc)
