"""Records leave the archive: their bytes are overwritten where they lie.

    record | found? | its page is forgotten, or a masked copy is appended | filled with nothing

A record is replaced by an empty one that is exactly as long, so that no other record moves and
every other place in the ledger stays true. First the ledger gives a record up, in a transaction,
then it is overwritten: a process that is killed in between leaves a record that nothing refers
to, which the next pass over the file overwrites.
"""

from __future__ import annotations

import hashlib
import os
import re
import struct
import zlib
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from newsgrain.bodies import MAX_BODY_BYTES, read_body
from newsgrain.content_encoding import UndecodableError, undo_content_encoding
from newsgrain.docket import JUDGED_KINDS
from newsgrain.errors import ArchiveError
from newsgrain.exchange import Exchange
from newsgrain.ledger import select_pages
from newsgrain.needles import mask
from newsgrain.segments import list_segments
from newsgrain.warc import encode_exchange

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterator
    from pathlib import Path

    from newsgrain.archive import Archive
    from newsgrain.ledger import PageRow
    from newsgrain.removal import Removal

FORGOTTEN_KIND = "forgotten"
FORGOTTEN_URL = "urn:newsgrain:forgotten"
"""What stands in a page's row instead of its kind and its address."""

_CHUNK = 1 << 20
_CHARSET = re.compile(rb"charset=[\"']?([\w-]+)", re.IGNORECASE)
_DECLARED = 4096  # bytes within which a page declares its encoding
_GZIP_HEAD = struct.Struct("<BBBBLBB")
_COMMENT = 16  # the flag: a comment follows the head, of any length
_FILLING = (
    b"WARC/1.1\r\nWARC-Type: metadata\r\nWARC-Record-ID: <urn:uuid:"
    b"00000000-0000-4000-8000-000000000000>\r\nWARC-Date: 1970-01-01T00:00:00Z\r\n"
    b"Content-Length: 0\r\n\r\n\r\n\r\n"
)
_NOT_HERE = {
    "content_type": None, "etag": None, "last_modified": None, "body_sha256": None,
    "archive_file": None, "archive_offset": None, "archive_length": None,
    "body_file": None, "body_offset": None, "body_length": None, "hints": "[]",
}  # fmt: skip
_BLANK = _NOT_HERE | {
    "kind": FORGOTTEN_KIND, "url": FORGOTTEN_URL, "error": None, "archive_sha256": None,
    "x_robots_tag": None, "tdm_policy": None, "body_bytes": None,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Record:
    """One answer in a segment, with the request that follows it.

    Attributes:
        offset: where it starts.
        answer: bytes of the answer's member.
        length: bytes of both members.
        parts: the two records, decompressed.
    """

    offset: int
    answer: int
    length: int
    parts: tuple[bytes, ...]


def filling(length: int) -> bytes:
    """Return a WARC record without content as a gzip member of exactly so many bytes.

    Its size is made up by a comment in the member's head (RFC 1952), which readers skip.

    Raises:
        ArchiveError: the space is too small to hold one.
    """
    deflate = zlib.compressobj(9, zlib.DEFLATED, -zlib.MAX_WBITS)
    content = deflate.compress(_FILLING) + deflate.flush()
    tail = struct.pack("<LL", zlib.crc32(_FILLING), len(_FILLING))
    comment = length - _GZIP_HEAD.size - 1 - len(content) - len(tail)
    if comment < 0:
        raise ArchiveError(f"a record of {length} bytes is too small to be overwritten")
    head = _GZIP_HEAD.pack(0x1F, 0x8B, 8, _COMMENT, 0, 2, 255)
    return head + b" " * comment + b"\0" + content + tail


def read_members(path: Path) -> Iterator[tuple[int, int, bytes]]:
    """Yield offset, length and contents of each gzip member; a torn end is left out."""
    with path.open("rb") as file:
        offset, data = 0, file.read(_CHUNK)
        while data:
            stream, parts, used = zlib.decompressobj(31), [], 0
            while data and not stream.eof:
                try:
                    parts.append(stream.decompress(data))
                except zlib.error:
                    return
                used += len(data) - len(stream.unused_data)
                data = stream.unused_data or file.read(_CHUNK)
            if not stream.eof:
                return
            yield offset, used, b"".join(parts)
            offset += used


def read_answers(path: Path) -> Iterator[Record]:
    """Yield the answers in a segment, each with its request."""
    waiting: Record | None = None
    for offset, length, content in read_members(path):
        kind = _warc_type(content)
        if kind == b"request" and waiting is not None:
            size, parts = waiting.length + length, (*waiting.parts, content)
            yield Record(waiting.offset, waiting.answer, size, parts)
            waiting = None
            continue
        if waiting is not None:
            yield waiting
            waiting = None
        if kind in {b"response", b"revisit", b"request"}:
            waiting = Record(offset, length, length, (content,))
    if waiting is not None:
        yield waiting


def _warc_type(content: bytes) -> bytes:
    head = content.partition(b"\r\n\r\n")[0].lower()
    return head.partition(b"warc-type:")[2].split(b"\r\n")[0].strip()


def text_of(raw: bytes, head: bytes = b"") -> tuple[str, str]:
    """Return bytes as text, and the encoding that turns it back into the same bytes.

    Args:
        raw: the bytes.
        head: what may declare their encoding beside them.
    """
    declared = (match[1].decode() for match in _CHARSET.finditer(head + b"\r\n" + raw[:_DECLARED]))
    for encoding in ("utf-8", *dict.fromkeys(declared)):
        with suppress(LookupError, ValueError):
            text = raw.decode(encoding)
            if text.encode(encoding) == raw:
                return text, encoding
    return raw.decode("latin-1"), "latin-1"


def _readable(record: Record) -> Iterator[str]:
    """Yield what can be read in a record: its heads, and its body without encoding."""
    for part in record.parts:
        head, _, rest = part.partition(b"\r\n\r\n")
        yield text_of(head)[0]
        http, _, body = rest.partition(b"\r\n\r\n")
        yield text_of(http)[0]
        encoding = _header(http, b"content-encoding")
        with suppress(UndecodableError):
            body = undo_content_encoding(body.removesuffix(b"\r\n\r\n"), encoding, MAX_BODY_BYTES)
        yield text_of(body, http)[0]


def _header(head: bytes, name: bytes) -> str | None:
    for line in head.split(b"\r\n"):
        key, _, value = line.partition(b":")
        if key.strip().lower() == name:
            return value.strip().decode("latin-1")
    return None


def _headers(head: bytes) -> tuple[tuple[str, str], ...]:
    lines = (text_of(line)[0] for line in head.split(b"\r\n")[1:])
    pairs = (line.partition(":") for line in lines if line)
    return tuple((name.strip(), value.strip()) for name, _, value in pairs)


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
        segments = list_segments(self._archive.folder)
        for name in segments:
            self._segment(self._archive.folder / name)
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

    def _segment(self, path: Path) -> None:
        doomed = []
        for record in read_answers(path):
            pages = self._pages(path.name, record.offset)
            is_gone = any(page.page_id in self._gone for page in pages)
            if is_gone or self._is_found(record, pages):
                self._give_up(path.name, record, pages)
                doomed.append((record.offset, record.length))
        if doomed:
            _overwrite(path, doomed)

    def _pages(self, name: str, offset: int) -> list[PageRow]:
        condition = "archive_file = ? AND archive_offset = ? AND archive_sha256 IS NULL"
        return select_pages(self._connection, condition, (name, offset))

    def _is_found(self, record: Record, pages: list[PageRow]) -> bool:
        return any(self._mask(text, pages) != text for text in _readable(record))

    def _mask(self, text: str, pages: list[PageRow]) -> str:
        """Return a text of a page, masked; what holds on one site alone is not asked elsewhere."""
        needles, site = self._removal.needles, self._removal.site
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
            return tuple((name, self._mask(value, pages)) for name, value in _headers(head))

        answer = record.parts[0].partition(b"\r\n\r\n")[2].partition(b"\r\n\r\n")[0]
        asked = record.parts[1].partition(b"\r\n\r\n")[2] if len(record.parts) > 1 else b""
        headers = (pair for pair in masked(answer) if pair[0].lower() != "content-encoding")
        return Exchange(
            run_id=page.run_id,
            source=page.source,
            kind=page.kind,
            url=page.url,
            request_headers=masked(asked.partition(b"\r\n\r\n")[0]),
            fetched_at=page.fetched_at,
            status=page.status,
            headers=tuple(headers),
            body=body,
        )

    def _change(self, page_id: int, columns: dict[str, Any]) -> None:
        names = ", ".join(f"{name} = :{name}" for name in columns)
        self._connection.execute(
            f"UPDATE pages SET {names} WHERE page_id = :page_id",  # noqa: S608 - own names
            columns | {"page_id": page_id},
        )
        self._connection.execute("INSERT OR IGNORE INTO touched VALUES (?)", (page_id,))


def _overwrite(path: Path, doomed: list[tuple[int, int]]) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CLOEXEC)
    try:
        for offset, length in doomed:
            data = memoryview(filling(length))
            while data:
                written = os.pwrite(descriptor, data, offset)
                offset, data = offset + written, data[written:]  # noqa: PLW2901
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
