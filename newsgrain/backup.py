"""A workspace as one file, and back: a tar archive, compressed, that keeps hard and symbolic links.

    lock | databases checkpointed | .NAME.part | NAME
    NAME | unpacked beside the folder, or in it if it is there | proved | folder

The kept states share their files by hard links. A plain copy holds each of them many times;
`Backup.plain_bytes` says how many bytes that would be.
"""

from __future__ import annotations

import json
import os
import posixpath
import shutil
import sqlite3
import sys
import tarfile
from contextlib import closing
from dataclasses import dataclass
from importlib import import_module
from io import BytesIO
from typing import TYPE_CHECKING, Any

from newsgrain.archive import Archive
from newsgrain.catalog import Catalog
from newsgrain.copies import note_copy
from newsgrain.disk import sync_folder, translated
from newsgrain.errors import ConfigError, StoreError
from newsgrain.head import head_name
from newsgrain.ledger import LEDGER_NAME
from newsgrain.verify import verify, verify_archive
from newsgrain.version import __version__
from newsgrain.workspace import Workspace

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime
    from pathlib import Path

_FIRST = "newsgrain-backup.json"
_VERSION = 1
_LEVEL = 3
_PATIENCE_S = 5.0
_PART = ".restoring"
# Scrapy depends on the library; 3.14 has its own.
_ZSTD = "compression.zstd" if sys.version_info >= (3, 14) else "backports.zstd"
_LEFT_OUT = frozenset({".lock", ".staging", ".venv"})
_OWN = (
    *("newsgrain.toml", "archive", "datasets", "logs", "reports", "inspections", "rules"),
    *("forgotten.json", "copies.json", ".newsgrain.key"),
)
"""What of a folder is the workspace; it may be a checkout, too."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Backup:
    """What was backed up.

    Attributes:
        files: names of files.
        plain_bytes: what they would take if each name were a file of its own.
        own_bytes: what they take, shared files counted once.
        bytes: size of the backup.
    """

    files: int
    plain_bytes: int
    own_bytes: int
    bytes: int


def back_up(workspace: Workspace, target: Path, now: datetime) -> Backup:
    """Write a workspace to one file, whole or not at all.

    Args:
        workspace: its lock is held by the caller.
        target: must not exist.
        now: the present.

    Raises:
        ConfigError: `target` exists.
        StoreError: something cannot be read or written, another process reads a database, or a
            link leads out of the workspace.
        DiskFullError: there is no space.
    """
    if target.exists():
        raise ConfigError("exists already; name another file", path=target)
    part = target.with_name(f".{target.name}.part")
    with translated(target):
        for path in workspace.archive.glob("*.sqlite"):
            _checkpoint(path)
        names = list(_names(workspace.root))
        try:
            with part.open("wb") as sink:
                _write(workspace, sink, names, now)
                sink.flush()
                os.fsync(sink.fileno())
            part.rename(target)
            sync_folder(target.resolve().parent)
        finally:
            part.unlink(missing_ok=True)
        note_copy(workspace, "backup", target, now)
        return _measured(names, target)


def _checkpoint(path: Path) -> None:
    """Bring everything into the database's own file.

    Raises:
        StoreError: another process reads it, and what came since is not in that file.
    """
    try:
        with closing(sqlite3.connect(path, timeout=_PATIENCE_S)) as connection:
            busy, _, _ = connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
    except sqlite3.Error as exc:
        raise StoreError(f"cannot be read: {exc}", path=path) from exc
    if busy:
        raise StoreError("is being read by another process; end it and try again", path=path)


def _names(root: Path) -> Iterator[tuple[Path, str]]:
    """Yield everything that belongs to a workspace, with its name in the backup.

    What the workspace has by a link, as a configuration that many share, is packed itself.

    Raises:
        StoreError: a link leads nowhere, or out of the workspace.
    """
    for name in _OWN:
        top = root / name
        if top.is_dir():
            yield from _below(top.resolve(), name)
        elif top.exists():
            yield top.resolve(), name
        elif top.is_symlink():
            raise StoreError(f"leads nowhere: {top.readlink()}", path=top)


def _below(folder: Path, name: str) -> Iterator[tuple[Path, str]]:
    yield folder, name
    for path in sorted(folder.iterdir()):
        if path.name in _LEFT_OUT or path.name.endswith(("-wal", "-shm")):
            continue
        inner = f"{name}/{path.name}"
        if path.is_dir() and not path.is_symlink():
            yield from _below(path, inner)
            continue
        if path.is_symlink() and _leads_out(path.readlink(), name):
            message = "leads out of the workspace; put there what it leads to"
            raise StoreError(message, path=path)
        yield path, inner


def _leads_out(target: Path, folder: str) -> bool:
    """Say whether a link in a folder of the backup would not be unpacked."""
    whole = posixpath.normpath(posixpath.join(folder, target.as_posix()))
    return target.is_absolute() or whole.partition("/")[0] == ".."


def _write(workspace: Workspace, sink: Any, names: list[tuple[Path, str]], now: datetime) -> None:
    about = {
        "version": _VERSION,
        "newsgrain_version": __version__,
        "created_at": now.isoformat(),
        "snapshot": head_name(workspace.datasets),
        "files": len(names),
    }
    zstd: Any = import_module(_ZSTD)
    with (
        zstd.ZstdFile(sink, "wb", level=_LEVEL) as packed,
        tarfile.open(fileobj=packed, mode="w|", format=tarfile.PAX_FORMAT) as tar,
    ):
        data = json.dumps(about).encode()
        first = tarfile.TarInfo(_FIRST)
        first.size = len(data)
        tar.addfile(first, BytesIO(data))
        for path, name in names:
            tar.add(path, name, recursive=False)


def _measured(names: list[tuple[Path, str]], target: Path) -> Backup:
    stats = [path.stat() for path, _ in names if path.is_file() and not path.is_symlink()]
    once = {(stat.st_dev, stat.st_ino): stat.st_size for stat in stats}
    return Backup(
        files=len(stats),
        plain_bytes=sum(stat.st_size for stat in stats),
        own_bytes=sum(once.values()),
        bytes=target.stat().st_size,
    )


def restore(source: Path, folder: Path) -> list[str]:
    """Make a workspace of a backup and prove that it is whole.

    Args:
        source: of `back_up`.
        folder: the workspace to make; must not exist, or be empty.

    Returns:
        what was proved, a line each.

    Raises:
        ConfigError: `folder` is not empty.
        StoreError: `source` is no backup, or damaged or incomplete; `folder` is as it was.
        DiskFullError: there is no space.
    """
    folder = folder.resolve()  # "." has no name
    is_there = folder.is_dir()
    part = folder / _PART if is_there else folder.with_name(f".{folder.name}.part")
    if folder.exists() and (not is_there or any(path != part for path in folder.iterdir())):
        raise ConfigError("is not empty; name another folder", path=folder)
    with translated(source):
        shutil.rmtree(part, ignore_errors=True)
        try:
            part.mkdir(parents=True)
            _unpack(source, part)
            proof = list(_proof(Workspace(part), source))
            if is_there:  # somebody may stand in it, or a disk hang there: it cannot be replaced
                for path in part.iterdir():
                    path.rename(folder / path.name)
            else:
                part.rename(folder)
        finally:
            shutil.rmtree(part, ignore_errors=True)
    return proof


def _unpack(source: Path, folder: Path) -> None:
    zstd: Any = import_module(_ZSTD)
    try:
        with (
            zstd.ZstdFile(source, "rb") as packed,
            tarfile.open(fileobj=packed, mode="r|") as tar,
        ):
            members = iter(tar)
            about = _about(tar, next(members, None), source)
            count = 0
            for count, member in enumerate(members, 1):  # noqa: B007 - counts after the loop
                tar.extract(member, folder, filter="data")
    except (tarfile.TarError, EOFError, zstd.ZstdError) as exc:
        raise StoreError(f"the backup is damaged: {exc}", path=source) from exc
    if count != about["files"]:
        raise StoreError(f"holds {count} of {about['files']} files", path=source)


def _about(tar: tarfile.TarFile, first: tarfile.TarInfo | None, source: Path) -> dict[str, Any]:
    data = tar.extractfile(first) if first and first.name == _FIRST else None
    about: dict[str, Any] = json.loads(data.read()) if data else {}
    if about.get("version") != _VERSION:
        raise StoreError("is no backup that this newsgrain can read", path=source)
    return about


def _proof(workspace: Workspace, source: Path) -> Iterator[str]:
    findings = list(verify(workspace.datasets, Catalog())) if head_name(workspace.datasets) else []
    if (workspace.archive / LEDGER_NAME).exists():
        with Archive.open(workspace.archive) as archive:
            findings.append(verify_archive(archive))
    for finding in findings:
        if not finding.is_good:
            message = f"what it holds is not whole: {finding.check}: {finding.detail}"
            raise StoreError(message, path=source)
        yield f"{finding.check:<10}{finding.detail}"
