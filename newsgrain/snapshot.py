"""Publishing: a folder of hard links, a manifest, and one symbolic link that is turned.

    staged files, unchanged files | .snapshots/<name> | manifests/<name>.json | current

Everything before the last step can be thrown away; the last step is one rename.
"""

from __future__ import annotations

import logging
import os
from dataclasses import dataclass
from typing import TYPE_CHECKING

from newsgrain import layout
from newsgrain.card import write_card
from newsgrain.disk import Linker, point, remove_tree, sync_folder, sync_tree, write_file
from newsgrain.errors import StoreError
from newsgrain.head import head_name, listed, manifest_of
from newsgrain.parquet import write_rows
from newsgrain.published import Published

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from newsgrain.catalog import Catalog
    from newsgrain.derive import Changes
    from newsgrain.manifest import FileEntry, Manifest

_log = logging.getLogger("newsgrain.store")


def read_head(root: Path, catalog: Catalog) -> Published:
    """Return the published state, empty before the first commit.

    Raises:
        StoreError: it cannot be read.
        SchemaError: a newer version of newsgrain wrote it.
    """
    name = head_name(root)
    if name is None:
        return Published()
    manifest = manifest_of(root, name, catalog.version)
    return Published(folder=root / layout.SNAPSHOTS / name, manifest=manifest)


def kept_snapshots(root: Path) -> list[str]:
    """Return the names of the snapshots that are kept, oldest first, editions after each other."""
    names = [path.name for path in listed(root / layout.SNAPSHOTS)]
    ranks = {name: layout.snapshot_order(name) for name in names}
    return [name for _, name in sorted((rank, name) for name, rank in ranks.items() if rank)]


def pinned_runs(root: Path) -> set[int]:
    """Return the numbers of the runs whose snapshots are kept for good."""
    names = (path.name for path in listed(root / layout.PINNED))
    return {layout.sequence(name) for name in names if layout.snapshot_order(name)}


def retired_snapshots(root: Path) -> list[str]:
    """Return the snapshots that are given up: old ones, and those with a newer edition."""
    names, pinned = kept_snapshots(root), pinned_runs(root)
    newest = {layout.sequence(name): name for name in names}
    old = [name for name in newest.values() if layout.sequence(name) not in pinned]
    return [*set(names).difference(newest.values()), *old[: -layout.KEPT_SNAPSHOTS]]


def snapshot_of(root: Path, run_id: str) -> str | None:
    """Return the newest snapshot of a run's state; None if none is kept."""
    number = layout.sequence(run_id)
    return next((n for n in reversed(kept_snapshots(root)) if layout.sequence(n) == number), None)


def with_placeholders(
    tables: Mapping[str, list[FileEntry]], catalog: Catalog, staging: Path, snapshot: str
) -> dict[str, tuple[FileEntry, ...]]:
    """Return the files by table, so that each table has one: without rows if need be."""
    filled = {}
    for name, table in catalog.tables.items():
        entries = tables.get(name, [])
        real = [entry for entry in entries if not layout.is_placeholder(entry.path)]
        if not entries:
            path = f"{name}/{layout.placeholder_path(snapshot)}"
            provenance = {"schema_version": str(catalog.version)}
            real = [write_rows(staging, path, table, table.schema().empty_table(), provenance)]
        filled[name] = tuple(sorted(real or entries, key=lambda entry: entry.path))
    return filled


def merge(published: Published, changes: Changes) -> dict[str, list[FileEntry]]:
    """Return the files by table after changes."""
    before = published.manifest.tables if published.manifest else {}
    return {
        name: [
            *(entry for entry in before.get(name, ()) if entry.path not in changes.dropped[name]),
            *changes.added[name],
        ]
        for name in {*before, *changes.added}
    }


@dataclass(frozen=True, slots=True, kw_only=True)
class Publisher:
    """Makes staged files the published state.

    Attributes:
        root: the folder ``datasets``.
        linker: links unchanged files.
    """

    root: Path
    linker: Linker

    def publish(self, manifest: Manifest, published: Published, staging: Path) -> None:
        """Publish a manifest's files.

        Args:
            manifest: names the files; those that are not in `staging` are in `published`.
            published: the state before.
            staging: the run's staging folder.
        """
        self.lay_out(manifest, published, staging)
        self._link_tables(manifest)
        sync_folder(self.root)
        target = f"{layout.SNAPSHOTS}/{manifest.snapshot}"
        point(self.root / layout.CURRENT, target, staging=staging)

    def lay_out(
        self, manifest: Manifest, published: Published, staging: Path, *, is_last: bool = True
    ) -> None:
        """Make the folder and the manifest of a state, without publishing it.

        Args:
            manifest: names the files; those that are not in `staging` are in `published`.
            published: the state before.
            staging: where new files lie.
            is_last: no other state is laid out of the same staging folder after it.
        """
        snapshot = self.root / layout.SNAPSHOTS / manifest.snapshot
        before = published.manifest.tables if published.manifest else {}
        old = {entry.path for entries in before.values() for entry in entries}
        for path in (entry.path for entries in manifest.tables.values() for entry in entries):
            (snapshot / path).parent.mkdir(parents=True, exist_ok=True)
            if path in old:
                self.linker.link(published.file(path), snapshot / path)
            elif is_last:
                (staging / path).rename(snapshot / path)
            else:
                self.linker.link(staging / path, snapshot / path)
        sync_tree(snapshot)
        sync_folder(snapshot.parent)
        manifests = self.root / layout.MANIFESTS
        manifests.mkdir(exist_ok=True)
        write_file(manifests / f"{manifest.snapshot}.json", manifest.to_json(), staging=staging)

    def _link_tables(self, manifest: Manifest) -> None:
        for name in manifest.tables:
            link, target = self.root / name, f"{layout.CURRENT}/{name}"
            if not os.path.lexists(link):
                link.symlink_to(target)
            elif not link.is_symlink() or str(link.readlink()) != target:
                raise StoreError(f"is in the way: expected a link to {target}", path=link)

    def tidy(self, catalog: Catalog) -> None:
        """Renew what describes the data and give up snapshots beyond the newest.

        It comes after the commit, so that a failure is only logged: the next run does it again.
        """
        try:
            staging = self.root / layout.STAGING
            staging.mkdir(exist_ok=True)
            write_card(self.root, catalog, staging=staging)
            for name in retired_snapshots(self.root):
                self.retire(name, staging)
            self.describe(catalog, staging)
            remove_tree(staging)
        except OSError as exc:
            _log.warning("published, but old files could not be deleted: %s", exc)

    def retire(self, name: str, staging: Path) -> None:
        """Give up a snapshot; its files go with `staging`."""
        # Under another name first: nobody ever sees half a snapshot.
        (self.root / layout.SNAPSHOTS / name).rename(staging / f"retired-{name}")

    def describe(self, catalog: Catalog, staging: Path) -> None:
        """Renew what is written of the data; a failure is only logged."""
        from newsgrain.description import describe

        try:
            describe(self.root, read_head(self.root, catalog), catalog, staging=staging)
        except StoreError as exc:
            _log.warning("published, but the data's card could not be written: %s", exc)
