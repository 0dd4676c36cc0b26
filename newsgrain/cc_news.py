"""Pages of Common Crawl's CC-NEWS, chosen by host, language and day, entered into the archive.

    list of WARC files | streamed one by one | filter | excerpt | ledger | done

A file on this machine is referred to where it lies. Of one that comes through the network, the
records that are wanted are copied, byte for byte, into an excerpt beside the archive. A file is
entered as a whole or not at all, and what is done is noted in a small file of its own: a run that
was killed goes on with the next one.
"""

from __future__ import annotations

import gzip
import hashlib
import json
import os
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, BinaryIO
from urllib.parse import urlsplit

from newsgrain.errors import ConfigError, InputError
from newsgrain.ledger import NewInput, translated
from newsgrain.page_language import speaks
from newsgrain.remote import is_remote, open_address
from newsgrain.warc_stream import read_warc

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from newsgrain.archive import Archive
    from newsgrain.warc_stream import WarcPage

FOLDER = "cc-news"
"""Folder of the excerpts, in the archive."""

COMMON_CRAWL = "https://data.commoncrawl.org/"
"""Where the paths lead that Common Crawl publishes in its lists (``warc.paths.gz``)."""

_CC_PATH = "crawl-data/"
_PIECE = 1 << 20
_GZIP_MAGIC = b"\x1f\x8b"


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Which pages are wanted; what is empty or None does not matter.

    Attributes:
        hosts: host names; each stands for those below it, too.
        language: primary language, e.g. ``fr``; pages whose language cannot be told are not.
        since: first moment of fetching.
        until: first moment of fetching that is too late.
    """

    hosts: frozenset[str] = frozenset()
    language: str | None = None
    since: datetime | None = None
    until: datetime | None = None

    def digest(self) -> str:
        """Return what is the same for the same filter."""
        moments = [str(moment and moment.isoformat()) for moment in (self.since, self.until)]
        return " ".join([*sorted(self.hosts), str(self.language), *moments])

    def address(self, url: str, fetched_at: datetime | None) -> bool:
        """Say whether a page may be wanted, by what stands in front of its body."""
        if self.hosts and not self._hosts_of(url) & self.hosts:
            return False
        if fetched_at is None:
            return self.since is None and self.until is None
        too_early = self.since is not None and fetched_at < self.since
        return not too_early and (self.until is None or fetched_at < self.until)

    @staticmethod
    def _hosts_of(url: str) -> set[str]:
        labels = (urlsplit(url).hostname or "").split(".")
        return {".".join(labels[place:]) for place in range(len(labels))}

    def page(self, page: WarcPage) -> bool:
        """Say whether a page is wanted, by its body."""
        if self.language is None:
            return True
        try:
            return speaks(page.body(), self.language)
        except ValueError:
            return False  # it cannot be decoded


@dataclass(frozen=True, slots=True, kw_only=True)
class NewsList:
    """A list of WARC files, and what is wanted of them.

    Attributes:
        files: paths or addresses.
        wanted: the filter.
        fetched_at: for records that do not say when they were fetched; aware.
    """

    files: tuple[str, ...]
    wanted: Wanted = field(default_factory=Wanted)
    fetched_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """What was found in one file.

    Attributes:
        file: its path or address.
        pages: that are wanted.
        skipped: responses that are no pages, or not wanted.
        error: what is wrong with it; the pages before that were taken.
        is_new: it was read now, and not by an earlier run.
    """

    file: str
    pages: int = 0
    skipped: int = 0
    error: str | None = None
    is_new: bool = True


def read_list(place: str) -> tuple[str, ...]:
    """Return the WARC files that a list names, one a line.

    Args:
        place: path or address of the list, which may be gzipped. Its lines are addresses or
            paths; those that Common Crawl publishes lead to `COMMON_CRAWL` unless there is
            such a file beside the list.

    Raises:
        InputError: the list cannot be read.
        ConfigError: it names no file.
    """
    with open_address(place) as file:
        content = file.read()
    try:
        text = gzip.decompress(content) if content.startswith(_GZIP_MAGIC) else content
        lines = text.decode().splitlines()
    except (OSError, EOFError, ValueError) as exc:
        raise InputError(f"{place}: is no list of files: {exc}") from exc
    folder = Path() if is_remote(place) else Path(place).absolute().parent
    named = (line.strip() for line in lines)
    files = tuple(_place(name, folder) for name in named if name and not name.startswith("#"))
    if not files:
        raise ConfigError(f"{place}: names no file")
    return files


def _place(name: str, folder: Path) -> str:
    if is_remote(name):
        return name
    path = folder / name
    return COMMON_CRAWL + name if name.startswith(_CC_PATH) and not path.exists() else str(path)


def take(archive: Archive, news: NewsList, *, run_id: str) -> Iterator[Taken]:
    """Enter the wanted pages of each file into the archive, and say what was found in it.

    Args:
        archive: where the excerpts and the rows go; open for writing.
        news: the files.
        run_id: the run that takes them.

    Raises:
        NewsgrainError: the disk, the ledger, or a package that is missing. What is wrong with
            one file is `Taken.error`; one that could not be read to its end for the network's
            or the disk's sake is read again by the next run.
    """
    for file in news.files:
        shelf = _Shelf(archive.folder / FOLDER, file, news.wanted)
        yield shelf.noted() or _take_file(archive, news, shelf, run_id)


def _take_file(archive: Archive, news: NewsList, shelf: _Shelf, run_id: str) -> Taken:
    rows: list[NewInput] = []
    skipped, damage = 0, None
    try:
        with open_address(shelf.file) as opened, shelf.open() as place:
            source = _Digested(opened)
            try:
                for page in read_warc(source, wanted=news.wanted.address):
                    if page is None or not page.member or not news.wanted.page(page):
                        skipped += 1
                    else:
                        rows.append(_row(page, shelf.file, place.put(page), news.fetched_at))
            except InputError as error:
                damage = error.message
            sha256 = place.finish() or source.finish()
    except InputError as error:  # it could not be read for reasons that may pass
        return Taken(file=shelf.file, error=error.message)
    archive.register((replace(row, archive_sha256=sha256) for row in rows), run_id=run_id)
    taken = Taken(file=shelf.file, pages=len(rows), skipped=skipped, error=damage)
    shelf.note(taken)
    return taken


def _row(page: WarcPage, file: str, at: tuple[str, int], fetched_at: datetime) -> NewInput:
    return NewInput(
        url=page.url,
        fetched_at=page.fetched_at or fetched_at,
        status=page.status,
        content_type=page.content_type,
        body_bytes=page.body_bytes,
        body_sha256=page.body_sha256,
        archive_file=at[0],
        archive_offset=at[1],
        archive_length=page.length,
        archive_sha256="",  # known at the end
        warc_file=file,
        warc_offset=page.offset,
        warc_length=page.length,
    )


class _Digested:
    """A file of which the digest is taken while it is read."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._digest = hashlib.sha256()

    def read(self, size: int = -1, /) -> bytes:
        piece = self._file.read(size)
        self._digest.update(piece)
        return piece

    def finish(self) -> str:
        """Return the digest, the bytes behind a damage included."""
        while self.read(_PIECE):
            pass
        return self._digest.hexdigest()


class _Place:
    """Where the wanted records of a file lie: in the file itself."""

    def __init__(self, file: str) -> None:
        self._file = file

    def put(self, page: WarcPage) -> tuple[str, int]:
        """Return path and offset of a record."""
        return self._file, page.offset

    def finish(self) -> str | None:
        """Return the digest of the place, if it is not that of the file."""
        return None


class _Excerpt(_Place):
    """The same, copied: a file beside the archive that is there when it is whole."""

    def __init__(self, path: Path, out: BinaryIO) -> None:
        super().__init__(f"{FOLDER}/{path.name}")
        self._path = path
        self._out = out
        self._digest = hashlib.sha256()

    def put(self, page: WarcPage) -> tuple[str, int]:
        offset = self._out.tell()
        with translated(self._path):
            self._out.write(page.member)
        self._digest.update(page.member)
        return self._file, offset

    def finish(self) -> str | None:
        with translated(self._path):
            self._out.flush()
            os.fsync(self._out.fileno())
            draft_of(self._path).replace(self._path)
        return self._digest.hexdigest()


def draft_of(path: Path) -> Path:
    """Return the name of a file as long as it is not whole."""
    return path.with_name(f"{path.name}.part")


class _Shelf:
    """The excerpt of one file, and the note that it is done.

    Args:
        folder: of all excerpts.
        file: the path or address.
        wanted: another filter makes another excerpt.
    """

    def __init__(self, folder: Path, file: str, wanted: Wanted) -> None:
        self.file = file
        self._folder = folder
        key = hashlib.sha256(f"{file} {wanted.digest()}".encode()).hexdigest()[:16]
        name = PurePosixPath(urlsplit(file).path).name if is_remote(file) else Path(file).name
        self._excerpt = folder / f"{key}-{name}"
        self._note = folder / f"{key}.json"

    def noted(self) -> Taken | None:
        """Return what an earlier run found in the file; None if it was not read to its end."""
        try:
            with translated(self._note):
                if not self._note.exists():
                    return None
                return Taken(**json.loads(self._note.read_text("utf-8"))["taken"], is_new=False)
        except (ValueError, TypeError, KeyError):
            return None  # a damaged note costs reading the file again

    def note(self, taken: Taken) -> None:
        """Note that the file is done; to be called when its pages are in the ledger."""
        found = asdict(taken)
        del found["is_new"]
        with translated(self._note):
            self._folder.mkdir(parents=True, exist_ok=True)
            draft = draft_of(self._note)
            draft.write_text(json.dumps({"taken": found}), "utf-8")
            draft.replace(self._note)

    @contextmanager
    def open(self) -> Iterator[_Place]:
        """Open the place for wanted records; an excerpt that is not finished is given up."""
        if not is_remote(self.file):
            yield _Place(str(Path(self.file).absolute()))
            return
        with translated(self._excerpt):
            self._folder.mkdir(parents=True, exist_ok=True)
            out = draft_of(self._excerpt).open("wb")
        try:
            with out:
                yield _Excerpt(self._excerpt, out)
        finally:
            draft_of(self._excerpt).unlink(missing_ok=True)
