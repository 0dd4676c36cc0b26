"""Pages of Common Crawl's CC-NEWS, chosen by host, language and day, entered into the archive.

    list of WARC files | streamed one by one | filter | excerpt | ledger | done

A file on this machine is referred to where it lies. Of one that comes through the network, the
records that are wanted are copied, byte for byte, into an excerpt beside the archive. A file is
entered as a whole or not at all, and what is done is noted in a small file of its own: a run that
was killed goes on with the next one.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from newsgrain.errors import InputError
from newsgrain.ledger import NewInput, translated
from newsgrain.remote import is_remote, open_address
from newsgrain.warc_stream import read_warc

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from newsgrain.archive import Archive
    from newsgrain.cc_list import NewsList, Wanted
    from newsgrain.warc_stream import Source, WarcPage

FOLDER = "cc-news"
"""Folder of the excerpts, in the archive."""

_PIECE = 1 << 20
_NAME = 100
_NO_NAME = re.compile(r"[^\w.-]", re.ASCII)


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
        return Taken(file=shelf.file, error=error.message.removeprefix(f"{shelf.file}: "))
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

    def __init__(self, file: Source) -> None:
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
        # Of an address that may be none: what a file may be called, here and in messages.
        name = _NO_NAME.sub("_", re.split("[?#]", file)[0].rpartition("/")[2])
        self._excerpt = folder / f"{key}-{name[-_NAME:]}"
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
