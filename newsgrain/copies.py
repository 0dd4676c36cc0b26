"""What left the workspace by a command: exports and backups, so that they are not forgotten.

A file ``copies.json`` with a line for each; it says where a copy lies, not what is in it.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

from newsgrain.errors import NewsgrainError
from newsgrain.tombstones import write_whole

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from newsgrain.workspace import Workspace

NAME = "copies.json"


def note_copy(workspace: Workspace, kind: str, path: Path, now: datetime) -> None:
    """Remember that a copy was written.

    Args:
        workspace: what was copied.
        kind: ``export`` or ``backup``.
        path: the copy.
        now: the present.

    Raises:
        NewsgrainError: the disk refuses.
    """
    entry = {"kind": kind, "path": str(path.resolve()), "at": now.isoformat()}
    others = [one for one in _entries(workspace.root) if one["path"] != entry["path"]]
    write_whole(workspace.root / NAME, json.dumps([*others, entry], indent=1).encode())


def exports_of(workspace: Workspace) -> list[Path]:
    """Return the exports that are still there."""
    return list(_existing(workspace.root, "export"))


def backups_of(workspace: Workspace) -> list[Path]:
    """Return the backups that are still there."""
    return list(_existing(workspace.root, "backup"))


def _existing(root: Path, kind: str) -> Iterator[Path]:
    for entry in _entries(root):
        path = Path(entry["path"])
        if entry["kind"] == kind and path.exists():
            yield path


def _entries(root: Path) -> list[dict[str, str]]:
    path = root / NAME
    try:
        found: list[dict[str, str]] = json.loads(path.read_bytes())
    except FileNotFoundError:
        return []
    except (OSError, ValueError) as exc:
        raise NewsgrainError(f"cannot be read: {exc}", path=path) from exc
    return found
