"""All manifests of the datasets: those of the kept states as files, older ones in one archive.

A manifest is never changed: its digest is what a night was cited by. `newsgrain compact` moves
old ones, byte for byte, into ``manifests/older.tar.zst``: nearly all lines of one are those of the
next, so that a year of them takes little more than one.
"""

from __future__ import annotations

import hashlib
import os
import sys
import tarfile
from importlib import import_module
from io import BytesIO
from typing import TYPE_CHECKING, Any

from newsgrain import layout
from newsgrain.disk import sync_folder
from newsgrain.errors import StoreError
from newsgrain.manifest import parse_manifest

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator
    from pathlib import Path

    from newsgrain.manifest import Manifest

PACK = "older.tar.zst"
_LEVEL = 9
# Scrapy depends on the library; 3.14 has its own.
_ZSTD = "compression.zstd" if sys.version_info >= (3, 14) else "backports.zstd"


class Manifests:
    """The manifests in one folder ``datasets``, as they are at one moment.

    Args:
        root: the folder ``datasets``.

    Attributes:
        loose: names of those that are files, in the order of runs and editions.
        names: of all.

    Raises:
        StoreError: the archive of older ones is damaged.
    """

    def __init__(self, root: Path) -> None:
        self._folder = root / layout.MANIFESTS
        self._pack = self._folder / PACK
        self.loose = _ordered(path.stem for path in self._folder.glob("*.json"))
        # In one pass: to look for each of them would read the archive as often.
        self._digests = {
            name: hashlib.sha256(data).hexdigest() for name, data in _unpacked(self._pack)
        }
        self.names = _ordered({*self.loose, *self._digests})
        self._newest = {layout.sequence(name): name for name in self.names}

    def newest(self, run_id: str) -> str | None:
        """Return the name of a run's manifest, that of its last edition; None if it is gone."""
        return self._newest.get(layout.sequence(run_id))

    def last_edition(self) -> int:
        """Return the greatest number of an edition; 0 if there is none."""
        return max(((layout.snapshot_order(name) or (0,))[-1] for name in self.names), default=0)

    def digest(self, name: str) -> str:
        """Return the hex digest of a manifest's bytes.

        Raises:
            StoreError: there is none, or it cannot be read.
        """
        if name in self._digests:
            return self._digests[name]
        return hashlib.sha256(self.data(name)).hexdigest()

    def data(self, name: str) -> bytes:
        """Return the bytes of a manifest.

        Raises:
            StoreError: there is none, or it cannot be read.
        """
        path = self._folder / f"{name}.json"
        if name in self.loose:
            try:
                return path.read_bytes()
            except OSError as exc:
                raise StoreError(exc.strerror or str(exc), path=path) from exc
        for found, data in _unpacked(self._pack):
            if found == name:
                return data
        raise StoreError("is gone", path=path)

    def read(self, name: str) -> Manifest:
        """Return a manifest.

        Raises:
            StoreError: there is none, or it cannot be read.
        """
        return parse_manifest(self.data(name), self._folder / f"{name}.json")

    def all(self) -> Iterator[Manifest]:
        """Yield all manifests: the packed ones, then the others, each in its order."""
        for name, data in _unpacked(self._pack):
            yield parse_manifest(data, self._folder / f"{name}.json")
        yield from (self.read(name) for name in self.loose if name not in self._digests)

    def pack(self, names: Collection[str], staging: Path) -> None:
        """Move manifests into the archive; killed anywhere, each is in one of both places, whole.

        Args:
            names: of loose ones.
            staging: a folder on the same device for the draft.

        Raises:
            OSError: the disk refuses.
        """
        together = dict(_unpacked(self._pack)) | {name: self.data(name) for name in names}
        draft = staging / PACK
        zstd: Any = import_module(_ZSTD)
        with draft.open("wb") as sink:
            with (
                zstd.ZstdFile(sink, "wb", level=_LEVEL) as packed,
                tarfile.open(fileobj=packed, mode="w|") as tar,
            ):
                for name in _ordered(together):
                    member = tarfile.TarInfo(f"{name}.json")
                    member.size = len(together[name])
                    tar.addfile(member, BytesIO(together[name]))
            sink.flush()
            os.fsync(sink.fileno())
        draft.rename(self._pack)
        sync_folder(self._folder)
        for name in names:
            (self._folder / f"{name}.json").unlink()


def _ordered(names: Iterable[str]) -> tuple[str, ...]:
    ranks = {name: layout.snapshot_order(name) for name in names}
    return tuple(name for _, name in sorted((rank, name) for name, rank in ranks.items() if rank))


def _unpacked(pack: Path) -> Iterator[tuple[str, bytes]]:
    """Yield the name and the bytes of each manifest in the archive; nothing without one."""
    if not pack.exists():
        return
    zstd: Any = import_module(_ZSTD)
    try:
        with zstd.ZstdFile(pack, "rb") as packed, tarfile.open(fileobj=packed, mode="r|") as tar:
            for member in tar:
                content = tar.extractfile(member)
                if content is not None:
                    yield member.name.removesuffix(".json"), content.read()
    except (OSError, EOFError, tarfile.TarError, zstd.ZstdError) as exc:
        raise StoreError(f"is damaged: {exc}", path=pack) from exc
