"""What the store does to the file system, in the order that survives a loss of power."""

from __future__ import annotations

import errno
import logging
import os
import shutil
import sys
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from newsgrain.errors import DiskFullError, DiskLowError, StoreError

if TYPE_CHECKING:
    from collections.abc import Iterator

_log = logging.getLogger("newsgrain.store")
_MEGABYTE = 1_000_000
_FULL = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})
NO_LINKS = frozenset(
    {errno.EPERM, errno.EACCES, errno.EXDEV, errno.EMLINK, errno.ENOSYS, errno.EOPNOTSUPP}
)
"""How a file system says that a file cannot get a second name."""


@contextmanager
def translated(root: Path) -> Iterator[None]:
    """Turn what the file system and pyarrow raise into errors of newsgrain.

    Args:
        root: named where the error itself names no path.

    Raises:
        DiskFullError: no space, quota or file size left.
        StoreError: any other failure of reading or writing.
    """
    try:
        yield
    except OSError as exc:
        path = Path(os.fsdecode(exc.filename)) if exc.filename else root
        if exc.errno in _FULL:
            message = "no space left; nothing that was published is harmed"
            raise DiskFullError(message, path=path) from exc
        raise StoreError(exc.strerror or str(exc), path=path) from exc
    except _arrow_errors() as exc:
        raise StoreError(str(exc).splitlines()[0], path=root) from exc


def _arrow_errors() -> tuple[type[Exception], ...]:
    """Return what pyarrow raises, if it is loaded: what only looks at the disk does without."""
    arrow = sys.modules.get("pyarrow")
    return (arrow.ArrowException,) if arrow else ()


def require_free(folder: Path, minimum_mb: float) -> None:
    """Raise if the disk of a folder is nearly full.

    Raises:
        DiskLowError: less than so many megabytes are free.
    """
    free_mb = shutil.disk_usage(folder).free / _MEGABYTE
    if free_mb < minimum_mb:
        message = (
            f"only {free_mb:.0f} MB are free, crawl.min_free_disk_mb asks for {minimum_mb:.0f}"
        )
        raise DiskLowError(message, path=folder)


def sync_folder(folder: Path) -> None:
    """Make the names in a folder survive a loss of power."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def sync_tree(folder: Path) -> None:
    """Do `sync_folder` to a folder and all folders in it, innermost first."""
    for path, _, _ in os.walk(folder, topdown=False):
        sync_folder(Path(path))


def write_file(path: Path, data: bytes, *, staging: Path) -> None:
    """Put a small file in place whole, or not at all, and make it survive a loss of power."""
    draft = staging / f"{path.name}.draft"
    with draft.open("wb") as sink:
        sink.write(data)
        sink.flush()
        os.fsync(sink.fileno())
    draft.rename(path)
    sync_folder(path.parent)


def separate(path: Path) -> None:
    """Make a file with more than one name one of its own; the other names keep the old one."""
    draft = path.with_name(f".{path.name}.draft")
    with path.open("rb") as source, draft.open("wb") as sink:
        shutil.copyfileobj(source, sink, 1 << 20)
        sink.flush()
        os.fsync(sink.fileno())
    draft.rename(path)
    sync_folder(path.parent)


def remove_tree(folder: Path) -> None:
    """Delete a folder with everything in it, if it is there."""
    if folder.is_dir() and not folder.is_symlink():
        shutil.rmtree(folder)


def point(link: Path, target: str, *, staging: Path) -> None:
    """Let a symbolic link point to `target` from one moment to the next."""
    draft = staging / link.name
    draft.symlink_to(target)
    draft.rename(link)
    sync_folder(link.parent)


class Linker:
    """Gives unchanged files a second name; copies them where hard links do not work."""

    def __init__(self) -> None:
        self._copies = False

    def link(self, source: Path, target: Path) -> None:
        """Let `target` be the same file as `source`, or a durable copy of it.

        Raises:
            OSError: neither works.
        """
        if not self._copies:
            try:
                os.link(source, target)
            except OSError as exc:
                if exc.errno not in NO_LINKS:
                    raise
                self._copies = True
                _log.warning(
                    "hard links do not work here (%s): each snapshot is a full copy", exc.strerror
                )
            else:
                return
        self._copy(source, target)

    @staticmethod
    def _copy(source: Path, target: Path) -> None:
        with source.open("rb") as whence, target.open("xb") as sink:
            shutil.copyfileobj(whence, sink, 1 << 20)
            sink.flush()
            os.fsync(sink.fileno())
