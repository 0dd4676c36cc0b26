"""Give up old bodies: delete the segments that hold nothing but old, published pages.

    bodies that younger pages refer to are copied | one transaction: given up | files are deleted

Can be killed anywhere: until the transaction nothing is lost, and after it the next process that
opens the archive deletes the files.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from newsgrain.bodies import read_member
from newsgrain.ledger import stamp

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Collection, Iterator
    from datetime import datetime
    from pathlib import Path

    from newsgrain.segments import Segments


@dataclass(frozen=True, slots=True, kw_only=True)
class Pruned:
    """What was given up.

    Attributes:
        pages: pages that cannot be cleaned again.
        segments: files that were deleted.
        bytes: their size, without what was copied.
    """

    pages: int = 0
    segments: int = 0
    bytes: int = 0


def old_segments(
    connection: sqlite3.Connection, *, before: datetime, upto: int, pending: Collection[int]
) -> list[str]:
    """Return the segments all of whose pages are older than a moment, published and not pending.

    Args:
        connection: of the ledger.
        before: the moment.
        upto: the last page that the published manifest covers.
        pending: pages up to it that it leaves for later.
    """
    rows = connection.execute(
        "SELECT archive_file, max(fetched_at) < ? AND max(page_id) <= ? FROM pages"
        " WHERE archive_sha256 IS NULL AND archive_file IS NOT NULL AND pruned_at IS NULL"
        " GROUP BY archive_file ORDER BY archive_file",
        (stamp(before), upto),
    )
    old = [name for name, is_old in rows if is_old]
    return [name for name in old if not pending or not _holds(connection, name, pending)]


def _holds(connection: sqlite3.Connection, name: str, pages: Collection[int]) -> bool:
    rows = connection.execute("SELECT page_id FROM pages WHERE archive_file = ?", (name,))
    return not {page_id for (page_id,) in rows}.isdisjoint(pages)


def shared_bodies(
    connection: sqlite3.Connection, name: str, given_up: Collection[str]
) -> Iterator[tuple[int, int]]:
    """Yield offset and length of a segment's records that pages of other segments refer to."""
    rows = connection.execute(
        "SELECT body_offset, body_length, archive_file FROM pages"
        " WHERE body_file = ? AND pruned_at IS NULL ORDER BY body_offset",
        (name,),
    ).fetchall()
    yield from dict.fromkeys((at, length) for at, length, file in rows if file not in given_up)


def move_body(
    connection: sqlite3.Connection, segments: Segments, folder: Path, place: tuple[str, int, int]
) -> int:
    """Copy a record to the newest segment, and let pages refer to the copy.

    To be called in a transaction that is undone with `Segments.recover`.

    Returns:
        bytes that were copied.
    """
    name, offset, length = place
    target, at = segments.append(read_member(folder / name, offset, length))
    connection.execute(
        "UPDATE pages SET body_file = ?, body_offset = ?"
        " WHERE body_file = ? AND body_offset = ? AND pruned_at IS NULL",
        (target, at, name, offset),
    )
    return length


def give_up(connection: sqlite3.Connection, names: Collection[str], now: datetime) -> Pruned:
    """Mark segments and their pages as pruned; to be called in a transaction."""
    pages = size = 0
    for name in names:
        pages += connection.execute(
            "UPDATE pages SET pruned_at = ? WHERE archive_file = ? AND archive_sha256 IS NULL"
            " AND pruned_at IS NULL",
            (stamp(now), name),
        ).rowcount
        row = connection.execute("SELECT size FROM segments WHERE name = ?", (name,)).fetchone()
        size += row[0] if row else 0
        connection.execute("UPDATE segments SET pruned_at = ? WHERE name = ?", (stamp(now), name))
    return Pruned(pages=pages, segments=len(names), bytes=size)
