"""The errors of newsgrain: what the environment can do to a run.

    NewsgrainError
    ├── ConfigError        newsgrain.toml or a command line is wrong (exit code 2)
    ├── LockedError        another run holds the workspace (exit code 4)
    ├── DiskFullError      no space left
    │   └── DiskLowError   less than the minimum that newsgrain.toml asks for
    ├── ArchiveError       a WARC segment or the ledger cannot be read or written
    ├── FrontierError      the frontier that several machines share cannot be reached
    ├── InputError         a file given to `newsgrain clean` cannot be read
    └── StoreError         the published datasets cannot be read or written
        └── SchemaError    written by a newer newsgrain than this one

Absence of a value and rejection of a page are no errors: they are data (`cleaners.records.Issue`,
`cleaners.outcome.Rejected`). Foreign exceptions are translated where they enter, ``from exc``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path


class NewsgrainError(Exception):
    """Base of all errors that newsgrain raises on purpose.

    Attributes:
        message: one line that says what is wrong and what to do.
        path: the file or folder concerned, if any.
        exit_code: what the command line ends with.
    """

    exit_code = 1

    def __init__(self, message: str, *, path: Path | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.path = path

    def __str__(self) -> str:
        """Return one line: the path, if any, and the message."""
        return f"{self.path}: {self.message}" if self.path else self.message


class ConfigError(NewsgrainError):
    """The configuration or the command line is wrong; names file, line and key."""

    exit_code = 2


class LockedError(NewsgrainError):
    """Another run holds the lock of the workspace."""

    exit_code = 4


class DiskFullError(NewsgrainError):
    """There is no space left on the device; what was committed stays."""


class DiskLowError(DiskFullError):
    """Less space is free than a run may leave; nothing failed yet."""


class ArchiveError(NewsgrainError):
    """The archive or its ledger cannot be read or written."""


class InputError(NewsgrainError):
    """A file or folder given as input cannot be read, or holds nothing that can be cleaned."""


class FrontierError(NewsgrainError):
    """The frontier that several machines share cannot be reached."""


class StoreError(NewsgrainError):
    """The datasets cannot be read or written."""


class SchemaError(StoreError):
    """The datasets have a newer schema than this version of newsgrain."""
