"""All manifests of the datasets: those of the kept states as files, older ones in one archive.

A manifest is never changed: its digest is what a night was cited by. `newsgrain compact` moves
old ones, byte for byte, into ``manifests/older.zip``.
"""

from __future__ import annotations

import zipfile
from typing import TYPE_CHECKING

from newsgrain import layout
from newsgrain.errors import StoreError
from newsgrain.manifest import parse_manifest

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from newsgrain.manifest import Manifest

PACK = "older.zip"


class Manifests:
    """The manifests in one folder ``datasets``, as they are at one moment.

    Args:
        root: the folder ``datasets``.
    """

    def __init__(self, root: Path) -> None:
        self._folder = root / layout.MANIFESTS
        names = {path.stem for path in self._folder.glob("*.json")}
        self._packed = frozenset(_packed(self._folder / PACK)) - names
        ranks = {name: layout.snapshot_order(name) for name in names | self._packed}
        known = sorted((rank, name) for name, rank in ranks.items() if rank)
        self.names = tuple(name for _, name in known)
        self._newest = {rank[0]: name for rank, name in known}

    def newest(self, run_id: str) -> str | None:
        """Return the name of a run's manifest, that of its last edition; None if it is gone."""
        return self._newest.get(layout.sequence(run_id))

    def data(self, name: str) -> bytes:
        """Return the bytes of a manifest.

        Raises:
            StoreError: there is none, or it cannot be read.
        """
        try:
            if name not in self._packed:
                return (self._folder / f"{name}.json").read_bytes()
            with zipfile.ZipFile(self._folder / PACK) as pack:
                return pack.read(f"{name}.json")
        except (OSError, KeyError, zipfile.BadZipFile) as exc:
            raise StoreError(f"cannot be read: {exc}", path=self._folder / f"{name}.json") from exc

    def read(self, name: str) -> Manifest:
        """Return a manifest.

        Raises:
            StoreError: there is none, or it cannot be read.
        """
        return parse_manifest(self.data(name), self._folder / f"{name}.json")

    def all(self) -> Iterator[Manifest]:
        """Yield all manifests, in the order of runs and editions."""
        yield from map(self.read, self.names)


def _packed(pack: Path) -> Iterator[str]:
    if pack.exists():
        with zipfile.ZipFile(pack) as archive:
            yield from (name.removesuffix(".json") for name in archive.namelist())
