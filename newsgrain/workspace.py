"""The workspace: one folder with newsgrain.toml, archive/, datasets/, logs/ and reports/."""

from __future__ import annotations

import fcntl
import os
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

from newsgrain.errors import LockedError, NewsgrainError

REMOVAL_NAME = ".forgetting.json"
"""What is being forgotten is written down here until it is done (`newsgrain.removal`)."""

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@dataclass(frozen=True, slots=True)
class Workspace:
    """Where everything of one project lies.

    Attributes:
        root: the folder; created when a command first writes.
    """

    root: Path

    @property
    def config(self) -> Path:
        """The configuration, written by ``newsgrain init``."""
        return self.root / "newsgrain.toml"

    @property
    def archive(self) -> Path:
        """WARC segments and the ledger."""
        return self.root / "archive"

    @property
    def datasets(self) -> Path:
        """The published tables."""
        return self.root / "datasets"

    @property
    def logs(self) -> Path:
        """One JSON-lines file a run."""
        return self.root / "logs"

    @property
    def inspections(self) -> Path:
        """The pages that ``newsgrain inspect`` writes."""
        return self.root / "inspections"

    @property
    def reports(self) -> Path:
        """One HTML page a night."""
        return self.root / "reports"

    def make(self) -> None:
        """Create the folders.

        Raises:
            NewsgrainError: the file system refuses.
        """
        try:
            for folder in (self.archive, self.datasets, self.logs):
                folder.mkdir(parents=True, exist_ok=True)
        except OSError as exc:
            raise NewsgrainError(f"cannot create the workspace: {exc}", path=self.root) from exc

    @contextmanager
    def lock(self) -> Iterator[None]:
        """Hold the workspace for one run; the lock ends with the process, however it ends.

        What an interrupted `newsgrain forget` left undone is finished first.

        Raises:
            LockedError: another process holds it.
            NewsgrainError: what was begun cannot be finished.
        """
        self.make()
        path = self.root / ".lock"
        try:
            descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
        except OSError as exc:
            raise NewsgrainError(f"cannot be opened: {exc.strerror}", path=path) from exc
        try:
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError as exc:
                holder = os.pread(descriptor, 32, 0).decode(errors="replace").strip()
                message = f"another run holds this workspace (process {holder or 'unknown'})"
                raise LockedError(message, path=self.root) from exc
            with suppress(OSError):  # a full disk; the number is for people only
                os.ftruncate(descriptor, 0)
                os.pwrite(descriptor, f"{os.getpid()}\n".encode(), 0)
            if (self.root / REMOVAL_NAME).exists():
                from newsgrain.forget import finish_forgetting

                finish_forgetting(self)
            yield
        finally:
            os.close(descriptor)
