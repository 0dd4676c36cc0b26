"""Files that are given to be cleaned: found, recognised, and read for the pages they hold.

A given file is referred to by its path and digest and never copied. What is wrong with one
file is said of that file; the others are read all the same.
"""

from __future__ import annotations

import hashlib
import os
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from cleaners.urls import is_address
from newsgrain.errors import ConfigError, InputError
from newsgrain.formats import KNOWN_SUFFIXES, Format, format_of
from newsgrain.input_pages import Origin, read_pages

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from newsgrain.ledger import NewInput


@dataclass(slots=True, kw_only=True)
class InputFile:
    """One given file or folder.

    Attributes:
        path: as it was found, absolute.
        format: what it holds; None for a folder, and for what cannot be read.
        found: pages in it; counted while they are read.
        skipped: records, rows or files in it that are no pages; counted while pages are read.
        error: why it could not be read, or not to its end. Known after the pages are read.
    """

    path: Path
    format: Format | None = None
    found: int = 0
    skipped: int = 0
    error: InputError | None = None
    _origin: Origin | None = field(default=None, repr=False)

    def pages(self) -> Iterator[NewInput]:
        """Yield the pages; a file that is damaged gives those before the damage."""
        if self.format is None or self._origin is None:
            return
        self.found, self.skipped, self.error = 0, 0, None
        try:
            for page in read_pages(self.format, self._origin):
                if page is None:
                    self.skipped += 1
                else:
                    self.found += 1
                    yield page
        except InputError as error:
            self.error = error
        except OSError as exc:
            self.error = _unreadable(self.path, exc)


def scan_inputs(
    paths: Iterable[Path],
    *,
    url: str | None = None,
    fetched_at: datetime | None = None,
    exclude: Iterable[Path] = (),
) -> Iterator[InputFile]:
    """Yield the files that are given, folders with everything below them, in sorted order.

    Args:
        paths: WARC, HTML and Parquet files, and folders of them.
        url: the address of the page, for a single HTML file that does not name its own.
        fetched_at: when the pages were fetched, where a file does not say; else the time of
            the file's last change.
        exclude: folders below the given ones that are passed over.

    Raises:
        ConfigError: `url` is given for anything but one HTML file.
    """
    given = [Path(path).absolute() for path in paths]
    if url and (len(given) != 1 or given[0].is_dir() or format_of(given[0]) is not Format.HTML):
        raise ConfigError("--url names the page of one HTML file; give that file alone")
    if url and not is_address(url):
        raise ConfigError(f"--url {url}: not an absolute http(s) address")
    return _scan(given, url, fetched_at, frozenset(path.resolve() for path in exclude))


def _scan(
    given: Iterable[Path],
    url: str | None,
    fetched_at: datetime | None,
    exclude: frozenset[Path],
) -> Iterator[InputFile]:
    for path in given:
        try:
            is_folder = path.is_dir()
        except OSError as exc:
            yield InputFile(path=path, error=_unreadable(path, exc))
            continue
        if is_folder:
            yield from _scan_folder(path, fetched_at, exclude)
        else:
            yield _open(path, url, fetched_at)


def _scan_folder(
    folder: Path, fetched_at: datetime | None, exclude: frozenset[Path]
) -> Iterator[InputFile]:
    summary = InputFile(path=folder)
    found = 0

    def refuse(error: OSError) -> None:
        summary.error = _unreadable(Path(error.filename), error)

    for parent, folders, names in os.walk(folder, onerror=refuse):
        folders[:] = sorted(name for name in folders if Path(parent, name).resolve() not in exclude)
        for name in sorted(names):
            path = Path(parent, name)
            if format_of(path) is None:
                summary.skipped += 1
                continue
            found += 1
            yield _open(path, None, fetched_at)
    if not found and summary.error is None:
        reason = f"holds no file that can be cleaned ({', '.join(KNOWN_SUFFIXES)})"
        summary.error = InputError(reason, path=folder)
    yield summary


def _open(path: Path, url: str | None, fetched_at: datetime | None) -> InputFile:
    kind = format_of(path)
    try:
        str(path).encode()  # the ledger keeps the path as text
        stat = path.stat()
        if kind is None:
            reason = f"is of no known kind ({', '.join(KNOWN_SUFFIXES)})"
            return InputFile(path=path, error=InputError(reason, path=path))
        with path.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
    except UnicodeEncodeError:
        reason = f"has a name that is no text: {os.fsencode(path.name)!r}"
        return InputFile(path=path, error=InputError(reason, path=path.parent))
    except OSError as exc:
        return InputFile(path=path, error=_unreadable(path, exc))
    changed_at = datetime.fromtimestamp(stat.st_mtime, UTC)
    origin = Origin(path=path, sha256=digest, url=url, fetched_at=fetched_at or changed_at)
    return InputFile(path=path, format=kind, _origin=origin)


def _unreadable(path: Path, error: OSError) -> InputError:
    # What pyarrow says repeats the path and goes over several lines.
    reason = os.strerror(error.errno) if error.errno else str(error)
    return InputError(f"cannot be read: {reason}", path=path)
