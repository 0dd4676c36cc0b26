"""Which state of the datasets is published: told without pyarrow, which a crawl does without."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from newsgrain import layout
from newsgrain.disk import remove_tree, translated
from newsgrain.errors import SchemaError, StoreError
from newsgrain.manifest import read_manifest
from newsgrain.version import SCHEMA_VERSION

if TYPE_CHECKING:
    from pathlib import Path

    from newsgrain.manifest import Manifest


def head_name(root: Path) -> str | None:
    """Return the name of the published snapshot; None before the first commit.

    Raises:
        StoreError: ``current`` is no link to a snapshot.
    """
    current = root / layout.CURRENT
    if not os.path.lexists(current):
        return None
    name = current.readlink().name if current.is_symlink() else ""
    if layout.snapshot_order(name) is None or not current.is_dir():
        raise StoreError("does not point to a snapshot of the datasets", path=current)
    return name


def manifest_of(root: Path, name: str, version: int = SCHEMA_VERSION) -> Manifest:
    """Return the manifest of a snapshot.

    Args:
        root: the folder ``datasets``.
        name: of the snapshot.
        version: the newest schema that is understood.

    Raises:
        StoreError: it cannot be read.
        SchemaError: a newer version of newsgrain wrote it.
    """
    manifest = read_manifest(root / layout.MANIFESTS / f"{name}.json")
    if manifest.schema_version > version:
        message = (
            f"the datasets have schema {manifest.schema_version}, this newsgrain knows "
            f"{version}: install newsgrain {manifest.newsgrain_version} or newer"
        )
        raise SchemaError(message, path=root)
    return manifest


def head_manifest(root: Path) -> Manifest | None:
    """Return the manifest of the published state; None before the first commit.

    Raises:
        StoreError: it cannot be read.
        SchemaError: a newer version of newsgrain wrote it.
    """
    with translated(root):
        name = head_name(root)
        return manifest_of(root, name) if name else None


def recovered_head(root: Path) -> Manifest | None:
    """Delete what interrupted runs left, and return the manifest of the published state.

    Raises:
        StoreError: the datasets cannot be read or written.
        SchemaError: they have a newer schema.
    """
    manifest = head_manifest(root)
    with translated(root):
        discard_unpublished(root)
    return manifest


def _is_newer(name: str, head: str | None) -> bool:
    order, mark = layout.snapshot_order(name), layout.snapshot_order(head) if head else (-1,)
    return order is not None and mark is not None and name != head and order >= mark


def discard_unpublished(root: Path) -> None:
    """Delete everything that is newer than the published state; may be killed and repeated.

    Raises:
        StoreError: there are published states, but ``current`` is gone: nothing is deleted.
    """
    head = head_name(root)
    manifests = [path for path in listed(root / layout.MANIFESTS) if _is_newer(path.stem, head)]
    folders = [path for path in listed(root / layout.SNAPSHOTS) if _is_newer(path.name, head)]
    # The first commit alone is without `current`, and it has one snapshot without a parent.
    if head is None and (len(folders) > 1 or len(manifests) > 1):
        message = "the link `current` is missing; let it point to the newest of .snapshots again"
        raise StoreError(message, path=root)
    remove_tree(root / layout.STAGING)
    for folder in folders:
        remove_tree(folder)
    for path in manifests:
        path.unlink()


def listed(folder: Path) -> list[Path]:
    """Return what is in a folder, by name; nothing if there is none."""
    return sorted(folder.iterdir()) if folder.is_dir() else []
