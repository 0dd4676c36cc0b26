"""The kept states once more, with other files: what is forgotten leaves all of them at one moment.

kept snapshots | each file that changes, written once | new snapshots | flip | old ones deleted

An edition gives the rows of the runs that it stands for, without some of them or in fewer files.
Before the flip nothing of it counts; after it, the next process deletes what is left of the old.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Protocol

from newsgrain import layout
from newsgrain.disk import remove_tree
from newsgrain.head import head_name
from newsgrain.manifest import read_manifest
from newsgrain.manifests import Manifests
from newsgrain.published import Published
from newsgrain.snapshot import kept_snapshots, with_placeholders
from newsgrain.version import __version__

if TYPE_CHECKING:
    from collections.abc import Collection
    from pathlib import Path

    from newsgrain.catalog import Catalog
    from newsgrain.clock import Clock
    from newsgrain.manifest import FileEntry, Manifest
    from newsgrain.snapshot import Publisher

_log = logging.getLogger("newsgrain.store")


class Rewrite(Protocol):
    """Writes one file anew."""

    def __call__(
        self, source: Path, entry: FileEntry, staging: Path, path: str
    ) -> FileEntry | None:
        """Write a file's rows as they shall be.

        Args:
            source: the file.
            entry: what its manifest says of it.
            staging: where the new file goes.
            path: its name there.

        Returns:
            `entry` itself if nothing changes, None if no row is left.
        """


@dataclass(frozen=True, slots=True, kw_only=True)
class Edition:
    """How the kept states become those of a new edition.

    Attributes:
        rewrite: gives each file.
        tombstones: are added to those of every state.
        without_pages: pages that no state waits for any more.
    """

    rewrite: Rewrite
    tombstones: Collection[str] = ()
    without_pages: Collection[int] = ()

    def publish(self, publisher: Publisher, catalog: Catalog, clock: Clock) -> None:
        """Write the edition and publish it; snapshots of an older schema are given up.

        Args:
            publisher: of the datasets.
            catalog: the schema.
            clock: gives ``created_at``.
        """
        head = head_name(publisher.root)
        if head is None:
            return
        _discard_unfinished(publisher.root, head)
        names = (*kept_snapshots(publisher.root), *Manifests(publisher.root).names)
        number = max(map(_edition, names)) + 1
        staging = publisher.root / layout.STAGING / f"edition{number}"
        staging.mkdir(parents=True)
        writing = _Writing(self, staging, number)
        kept = [name for name in _newest(kept_snapshots(publisher.root)) if name != head]
        for name in (*kept, head):
            published = _published(publisher.root, name)
            manifest = published.manifest
            if manifest is None or manifest.schema_version != catalog.version:
                continue
            tables = with_placeholders(writing.tables(published), catalog, staging, f"{name}-new")
            fresh = self._manifest(manifest, number, tables, clock)
            _log.info("edition %s of %s", fresh.snapshot, name)
            if name == head:
                publisher.publish(fresh, published, staging)
            else:
                publisher.lay_out(fresh, published, staging, is_last=False)
        give_up_replaced(publisher, catalog)

    def _manifest(
        self,
        manifest: Manifest,
        number: int,
        tables: dict[str, tuple[FileEntry, ...]],
        clock: Clock,
    ) -> Manifest:
        gone = set(self.without_pages)
        return replace(
            manifest,
            snapshot=layout.edition_name(manifest.snapshot, number),
            created_at=clock(),
            newsgrain_version=__version__,
            tables=tables,
            pending=tuple(page for page in manifest.pending if page not in gone),
            tombstones=tuple(dict.fromkeys((*manifest.tombstones, *self.tombstones))),
        )


@dataclass(slots=True)
class _Writing:
    """Writes each file once, however many states have it."""

    edition: Edition
    staging: Path
    number: int
    done: dict[str, FileEntry | None] = field(default_factory=dict)

    def tables(self, published: Published) -> dict[str, list[FileEntry]]:
        manifest = published.manifest
        tables = manifest.tables if manifest else {}
        return {
            name: [new for entry in entries if (new := self._file(published, entry)) is not None]
            for name, entries in tables.items()
        }

    def _file(self, published: Published, entry: FileEntry) -> FileEntry | None:
        if entry.path not in self.done:
            path = layout.edition_path(entry.path, self.number)
            source = published.file(entry.path)
            self.done[entry.path] = self.edition.rewrite(source, entry, self.staging, path)
        return self.done[entry.path]


def _edition(name: str) -> int:
    return (layout.snapshot_order(name) or (0, 0, 0))[2]


def _discard_unfinished(root: Path, head: str) -> None:
    """Delete what an edition left that was never published: its staging folder tells of it."""
    for staging in (root / layout.STAGING).glob("edition*"):
        number = int(staging.name.removeprefix("edition"))
        for path in (*(root / layout.SNAPSHOTS).iterdir(), *(root / layout.MANIFESTS).iterdir()):
            name = path.name.removesuffix(".json")
            if _edition(name) == number and name != head:
                remove_tree(path) if path.is_dir() else path.unlink()
    remove_tree(root / layout.STAGING)


def _published(root: Path, name: str) -> Published:
    manifest = read_manifest(root / layout.MANIFESTS / f"{name}.json")
    return Published(folder=root / layout.SNAPSHOTS / name, manifest=manifest)


def _newest(names: list[str]) -> list[str]:
    """Return the newest snapshot of each run."""
    return list({layout.sequence(name): name for name in names}.values())


def give_up_replaced(publisher: Publisher, catalog: Catalog) -> None:
    """Delete what the published edition stands for, and describe it.

    Those are the snapshots that it holds a newer one of, and those of an older schema, which
    nobody reads: their nights are derived.
    """
    head = head_name(publisher.root)
    if head is None:
        return
    names = kept_snapshots(publisher.root)
    staging = publisher.root / layout.STAGING
    staging.mkdir(exist_ok=True)
    newest = set(_newest(names))
    for name in names:
        manifest = _published(publisher.root, name).manifest
        is_old = manifest is None or manifest.schema_version != catalog.version
        if name != head and (is_old or name not in newest):
            publisher.retire(name, staging)
    publisher.describe(catalog, staging)
    remove_tree(staging)
