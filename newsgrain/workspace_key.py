"""The secret of a workspace: what it is named by outside, nobody can guess back.

One file of 32 random bytes, made when it is first needed, readable by its owner only. It never
leaves the workspace but in a backup. Without it, pseudonyms cannot be told from each other's
names, and nobody can try addresses or names against a tombstone.
"""

from __future__ import annotations

import hmac
import os
import secrets
from typing import TYPE_CHECKING

from newsgrain.errors import NewsgrainError

if TYPE_CHECKING:
    from pathlib import Path

NAME = ".newsgrain.key"
_BYTES = 32


def workspace_key(root: Path, *, is_new: bool = True) -> bytes:
    """Return a workspace's key; make it if there is none.

    Args:
        root: the workspace.
        is_new: there may be none yet; if not, its absence is an error.

    Raises:
        NewsgrainError: it is missing or damaged, or cannot be written.
    """
    path = root / NAME
    try:
        if not path.exists() and is_new:
            _make(path)
        key = bytes.fromhex(path.read_text("ascii").strip())
    except FileNotFoundError as exc:
        message = "is missing: without it nobody can tell what was forgotten; restore it"
        raise NewsgrainError(message, path=path) from exc
    except OSError as exc:
        raise NewsgrainError(exc.strerror or str(exc), path=path) from exc
    except ValueError as exc:
        raise NewsgrainError("is no key: restore it from a backup", path=path) from exc
    if len(key) != _BYTES:
        raise NewsgrainError("is no key: restore it from a backup", path=path)
    return key


def _make(path: Path) -> None:
    """Write a new key, whole or not at all."""
    draft = path.with_name(f"{path.name}.draft")
    draft.unlink(missing_ok=True)
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="ascii") as sink:
        sink.write(secrets.token_hex(_BYTES) + "\n")
        sink.flush()
        os.fsync(sink.fileno())
    draft.rename(path)


def keyed_digest(key: bytes, kind: str, value: str) -> str:
    """Return the 32 hex digits that stand for a value: HMAC-SHA256 (RFC 2104), shortened.

    Args:
        key: of the workspace.
        kind: what the value is; the same value gives another digest for another kind.
        value: any text.
    """
    text = f"{kind}\0{value}".encode("utf-8", "surrogatepass")
    return hmac.digest(key, text, "sha256").hex()[:32]
