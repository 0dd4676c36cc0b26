"""The files of an archive that hold records: its segments, and excerpts of Common Crawl's files."""

from __future__ import annotations

from typing import TYPE_CHECKING

from newsgrain.cc_news import FOLDER as EXCERPTS
from newsgrain.ledger import select_pages
from newsgrain.segments import list_segments
from newsgrain.warc_members import read_answers, read_members

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from newsgrain.archive import Archive
    from newsgrain.ledger import PageRow
    from newsgrain.warc_members import Record


def is_excerpt(name: str) -> bool:
    """Say whether a file of the ledger is an excerpt, which lies in the archive."""
    return name.startswith(f"{EXCERPTS}/")


def list_record_files(archive: Archive) -> list[str]:
    """Return the names of all segments and excerpts of an archive, as the ledger has them."""
    found = sorted((archive.folder / EXCERPTS).glob("*"))
    excerpts = [f"{EXCERPTS}/{path.name}" for path in found if path.suffix != ".json"]
    return [*list_segments(archive.folder), *excerpts]


class RecordFile:
    """One of them, as it is now: what is appended later is not seen.

    Args:
        archive: open.
        name: as the ledger has it.

    Attributes:
        name: the same.
        path: where it lies.
    """

    def __init__(self, archive: Archive, name: str) -> None:
        self.name = name
        self.path = archive.folder / name
        self._connection = archive.connection
        self._bytes = self.path.stat().st_size
        self._pages: dict[int, list[int]] = {}
        self._lengths: dict[int, int] = {}
        # The ledger has an index of segments, with this condition.
        condition = f"archive_file = ? AND archive_sha256 IS {'NOT ' * is_excerpt(name)}NULL"
        query = f"SELECT page_id, archive_offset, archive_length FROM pages WHERE {condition}"  # noqa: S608
        rows = self._connection.execute(query, (name,))
        for page_id, offset, length in rows:
            self._pages.setdefault(offset, []).append(page_id)
            self._lengths[offset] = length

    def pages_at(self, offset: int) -> list[PageRow]:
        """Return the pages whose record starts at an offset, as the ledger has them now."""
        ids = self._pages.get(offset, ())
        rows = [row for one in ids for row in select_pages(self._connection, "page_id = ?", (one,))]
        return [row for row in rows if row.archive_file == self.name]

    def answers(self) -> Iterator[Record]:
        """Yield the answers that can be read, each with its request.

        Behind damage, it goes on where the ledger says that the next record starts.
        """
        starts = sorted({place for pair in self._lengths.items() for place in (pair[0], sum(pair))})
        for record in read_answers(self.path, places=starts):
            if record.offset >= self._bytes:
                return
            yield record

    def damaged(self, page_ids: Collection[int]) -> Iterator[tuple[int, int]]:
        """Yield offset and length of the records of pages that cannot be read."""
        for offset, pages in self._pages.items():
            if not any(page_id in page_ids for page_id in pages):
                continue
            length = min(self._lengths[offset], self._bytes - offset)  # its end may be lost
            if length > 0 and next(read_members(self.path, offset), None) is None:
                yield offset, length
