"""Records leave the archive: their bytes are overwritten where they lie.

    record | found? | its page is forgotten, or a masked copy is appended | filled with nothing

A record is replaced by an empty one that is exactly as long, so that no other record moves and
every other place in the ledger stays true. First the ledger gives a record up, in a transaction,
then it is overwritten: a process that is killed in between leaves a record that nothing refers
to, which the next pass over the file overwrites.

Excerpts of Common Crawl's files (`newsgrain.cc_news`) are treated alike. The ledger goes on knowing
them by the digest that they were taken with: taken again, they add what was forgotten and nothing
else, and that is withheld.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any

from newsgrain.bodies import read_body
from newsgrain.cc_news import FOLDER as EXCERPTS
from newsgrain.errors import ArchiveError
from newsgrain.exchange import Exchange
from newsgrain.ledger import JUDGED_KINDS, select_pages, stamp
from newsgrain.needles import mask
from newsgrain.record_files import RecordFile, is_excerpt, list_record_files
from newsgrain.warc import encode_exchange
from newsgrain.warc_members import headers_of, overwrite, read_answers, readable, text_of

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterator, Sequence
    from datetime import datetime

    from newsgrain.archive import Archive
    from newsgrain.ledger import PageRow
    from newsgrain.removal import Removal
    from newsgrain.warc_members import Record

FORGOTTEN_KIND = "forgotten"
FORGOTTEN_URL = "urn:newsgrain:forgotten"
"""What stands in a page's row instead of its kind and its address."""

_OK = 200
_NOT_HERE = {
    "content_type": None, "etag": None, "last_modified": None, "body_sha256": None,
    "archive_file": None, "archive_offset": None, "archive_length": None,
    "body_file": None, "body_offset": None, "body_length": None, "hints": "[]",
    "archive_sha256": None,
}  # fmt: skip
_BLANK = _NOT_HERE | {
    "kind": FORGOTTEN_KIND, "url": FORGOTTEN_URL, "error": None, "x_robots_tag": None,
    "tdm_policy": None, "body_bytes": None, "warc_file": None, "warc_offset": None,
    "warc_length": None,
}  # fmt: skip


class ArchiveErasure:
    """Takes one removal out of an archive.

    Args:
        archive: open; the caller holds the workspace's lock.
        removal: what is forgotten.
    """

    def __init__(self, archive: Archive, removal: Removal) -> None:
        self._archive = archive
        self._connection: sqlite3.Connection = archive.connection
        self._removal = removal
        self._gone = frozenset(removal.page_ids)

    def run(self) -> None:
        """Do it; done again, it finishes what was begun.

        Raises:
            ArchiveError: the archive cannot be read or written.
            DiskFullError: no space for masked copies; nothing that counts is lost.
        """
        self._connection.execute("PRAGMA secure_delete = ON")
        self._connection.execute("CREATE TABLE IF NOT EXISTS touched (page_id INTEGER PRIMARY KEY)")
        for draft in (self._archive.folder / EXCERPTS).glob("*.part"):
            draft.unlink()  # of a process that was killed
        for name in list_record_files(self._archive):
            file = RecordFile(self._archive, name)
            damaged = list(file.damaged(self._gone))
            # The damaged ones last: their rows, which tell of them, stay until all is done.
            if doomed := [*self._doomed(file, damaged), *damaged]:
                overwrite(file.path, doomed)
        with self._archive.changing():
            for page_id in self._gone:
                self._change(page_id, _BLANK)

    def touched(self) -> list[int]:
        """Return the pages whose rows changed since the removal began."""
        return [page_id for (page_id,) in self._connection.execute("SELECT page_id FROM touched")]

    def end(self) -> None:
        """Forget which rows changed: the datasets show them."""
        with self._archive.changing():
            self._connection.execute("DROP TABLE IF EXISTS touched")

    def _doomed(
        self, file: RecordFile, damaged: Sequence[tuple[int, int]]
    ) -> Iterator[tuple[int, int]]:
        """Yield the records that can be read and must go; no page refers to them any more."""
        requests = {offset + length for offset, length in damaged}
        for record in file.answers():
            pages = file.pages_at(record.offset)
            is_gone = any(page.page_id in self._gone for page in pages)
            if is_gone or record.offset in requests or self._is_found(record, pages):
                self._give_up(file.name, record, pages)
                yield record.offset, record.length

    def _is_found(self, record: Record, pages: list[PageRow]) -> bool:
        return any(self._mask(text, pages) != text for text in readable(record))

    def _mask(self, text: str, pages: list[PageRow]) -> str:
        """Return a text of a page, masked; what holds on one site alone is not asked elsewhere."""
        needles, site = self._removal.page_needles, self._removal.site
        if site and pages and not any(site in page.url for page in pages):
            needles = tuple(needle for needle in needles if needle.site is None)
        masked = mask(text, needles)
        return mask(masked, self._removal.last_names) if masked != text else masked

    def _give_up(self, name: str, record: Record, pages: list[PageRow]) -> None:
        """Let no page refer to a record any more."""
        borrowers = select_pages(
            self._connection, "body_file = ? AND body_offset = ?", (name, record.offset)
        )
        for page in pages:
            if page.page_id in self._gone:
                with self._archive.changing():
                    self._change(page.page_id, _BLANK)
            elif page.kind in JUDGED_KINDS and page.body_bytes and page.pruned_at is None:
                self._move(page, record, pages, borrowers)
                borrowers = []
            else:
                with self._archive.changing():
                    url = self._mask(page.url, pages)
                    self._change(page.page_id, _NOT_HERE | {"url": url})
        with self._archive.changing():
            for page in borrowers:
                self._change(page.page_id, _BLANK if page.page_id in self._gone else _NOT_HERE)

    def _move(
        self, page: PageRow, record: Record, pages: list[PageRow], borrowers: list[PageRow]
    ) -> None:
        """Append a masked copy of a record, to which its page and those that share it refer."""
        try:
            body = read_body(page, self._archive.folder)
        except ArchiveError:  # damaged before: there is nothing to keep
            with self._archive.changing():
                self._change(page.page_id, _NOT_HERE)
            return
        text, encoding = text_of(body, (page.content_type or "").encode())
        body = self._mask(text, pages).encode(encoding, "xmlcharrefreplace")
        exchange = self._exchange(page, record, pages, body)
        members = encode_exchange(exchange)
        digest = hashlib.sha256(body).hexdigest()
        length = len(members.response)
        with self._archive.rewriting() as segments:
            file, offset = segments.append(members.response, members.request)
            own = {"archive_file": file, "archive_offset": offset, "archive_length": length}
            own |= {"archive_sha256": None}  # no part of an excerpt any more
            new = {"body_sha256": digest, "body_bytes": len(body)}
            nowhere = {"body_file": None, "body_offset": None, "body_length": None}
            self._change(page.page_id, own | new | nowhere | {"etag": None})
            place = {"body_file": file, "body_offset": offset, "body_length": length}
            for other in borrowers:
                if other.page_id not in self._gone:
                    self._change(other.page_id, new | place | {"etag": None})

    def _exchange(
        self, page: PageRow, record: Record, pages: list[PageRow], body: bytes
    ) -> Exchange:
        def masked(head: bytes) -> tuple[tuple[str, str], ...]:
            return tuple((name, self._mask(value, pages)) for name, value in headers_of(head))

        answer = record.parts[0].partition(b"\r\n\r\n")[2].partition(b"\r\n\r\n")[0]
        if page.status is None:  # it came by no HTTP: what follows the record's head is its body
            answer = f"\r\nContent-Type: {page.content_type}".encode()
        asked = record.parts[1].partition(b"\r\n\r\n")[2] if len(record.parts) > 1 else b""
        headers = (pair for pair in masked(answer) if pair[0].lower() != "content-encoding")
        return Exchange(
            run_id=page.run_id,
            source=page.source,
            kind=page.kind,
            url=page.url,
            request_headers=masked(asked.partition(b"\r\n\r\n")[0]),
            fetched_at=page.fetched_at,
            status=page.status or _OK,
            headers=tuple(headers),
            body=body,
        )

    def _change(self, page_id: int, columns: dict[str, Any]) -> None:
        _change(self._connection, page_id, columns)
        self._connection.execute("INSERT OR IGNORE INTO touched VALUES (?)", (page_id,))


def _change(connection: sqlite3.Connection, page_id: int, columns: dict[str, Any]) -> None:
    names = ", ".join(f"{name} = :{name}" for name in columns)
    connection.execute(
        f"UPDATE pages SET {names} WHERE page_id = :page_id",  # noqa: S608 - own names
        columns | {"page_id": page_id},
    )


def blank_pages(archive: Archive, page_ids: Sequence[int]) -> list[str]:
    """Take pages out of an archive that nothing was made of yet: row and records.

    A body that another page archived before stays that page's.

    Returns:
        the addresses of pages that had the very same bodies, and are taken out, too.
    """
    others: dict[int, str] = {}
    for page_id in page_ids:
        page = archive.page(page_id)
        place = (page.archive_file, page.archive_offset)
        same = select_pages(archive.connection, "body_file = ? AND body_offset = ?", place)
        with archive.changing():
            for one in (page, *same):
                _change(archive.connection, one.page_id, _BLANK)
        for one in (page, *same):
            _erase(archive, one, shared=False)
        others |= {one.page_id: one.url for one in same if one.page_id not in page_ids}
    return [url for url in others.values() if url != FORGOTTEN_URL]


def erase_bodies(archive: Archive, page_ids: Sequence[int], now: datetime) -> None:
    """Give up the archived bodies of pages, as `newsgrain archive prune` does.

    Args:
        archive: open.
        page_ids: pages; those that share their bodies lose them, too.
        now: when they are given up.
    """
    for page_id in page_ids:
        page = archive.page(page_id)
        file, offset = page.body_file or page.archive_file, page.body_offset
        place = (stamp(now), file, page.archive_offset if offset is None else offset)
        with archive.changing():
            for where in ("archive_file = ? AND archive_offset", "body_file = ? AND body_offset"):
                update = f"UPDATE pages SET pruned_at = ? WHERE {where} = ?"  # noqa: S608 - ours
                archive.connection.execute(update, place)
        _erase(archive, page)


def _erase(archive: Archive, page: PageRow, *, shared: bool = True) -> None:
    """Overwrite a page's records, and, if it is `shared`, the one that holds its body."""
    for file, offset in (
        (page.archive_file, page.archive_offset),
        (page.body_file if shared else None, page.body_offset),
    ):
        if file is None or offset is None:
            continue
        if page.archive_sha256 is None or is_excerpt(file):
            path = archive.folder / file
            record = next(read_answers(path, offset), None)
            if record and record.offset == offset:  # else it is overwritten already
                overwrite(path, [(record.offset, record.length)])
