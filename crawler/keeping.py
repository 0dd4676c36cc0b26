"""``newsgrain backup``, ``restore`` and ``compact``: what they print."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crawler.display import Display
from newsgrain.backup import back_up, restore
from newsgrain.catalog import Catalog
from newsgrain.clock import system_clock
from newsgrain.compact import compact
from newsgrain.nights import keep_night
from newsgrain.report import size
from newsgrain.store import Store

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from newsgrain.workspace import Workspace


def show_backup(workspace: Workspace, target: Path) -> None:
    """Back up, and print how large a plain copy would have been.

    Raises:
        NewsgrainError: the lock is held, `target` exists, or the disk failed.
    """
    with workspace.lock():
        done = back_up(workspace, target, system_clock())
    display = Display()
    display.line(f"{target}: {size(done.bytes)}, {done.files} files of {size(done.own_bytes)}")
    display.line(f"a plain copy would take {size(done.plain_bytes)}")


def show_restoring(source: Path, workspace: Workspace) -> None:
    """Restore, and print what was proved of it.

    Raises:
        NewsgrainError: the folder is not empty, or the backup is damaged.
    """
    display = Display()
    display.lines(f"ok    {line}" for line in restore(source, workspace.root))
    display.line(str(workspace.root.resolve()))


def show_compacting(workspace: Workspace, keep: Sequence[str]) -> None:
    """Compact, and print what became fewer.

    Raises:
        NewsgrainError: the lock is held, a night to keep is not kept any more, or the disk failed.
    """
    with workspace.lock():
        Store(workspace.datasets).recover()
        for name in keep:
            keep_night(workspace.datasets, Catalog(), name)
        done = compact(workspace, system_clock)
    display = Display()
    display.line(f"{'files':<12}{done.before} -> {done.after}")
    display.line(f"{'manifests':<12}{done.manifests} packed")
    display.line(f"{'logs':<12}{done.logs} compressed")
