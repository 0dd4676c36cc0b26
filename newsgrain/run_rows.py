"""The runs of a ledger, and the numbers that their pages get."""

from __future__ import annotations

from typing import TYPE_CHECKING

from newsgrain.ledger import stamp

if TYPE_CHECKING:
    import sqlite3
    from datetime import datetime


def last_run(connection: sqlite3.Connection) -> tuple[int, str, str | None] | None:
    """Return sequence, identity and end of the last run, if there was one."""
    query = "SELECT sequence, run_id, finished_at FROM runs ORDER BY sequence DESC LIMIT 1"
    row: tuple[int, str, str | None] | None = connection.execute(query).fetchone()
    return row


def finish_run(connection: sqlite3.Connection, run_id: str, finished_at: datetime) -> bool:
    """Note when a run ended; False: there is no such run."""
    update = "UPDATE runs SET finished_at = ? WHERE run_id = ?"
    return bool(connection.execute(update, (stamp(finished_at), run_id)).rowcount)


def last_number(connection: sqlite3.Connection) -> int:
    """Return the highest number that a page was ever given, 0 if none."""
    query = "SELECT coalesce(max(seq), 0) FROM sqlite_sequence WHERE name = 'pages'"
    return int(connection.execute(query).fetchone()[0])


def raise_page_numbers(connection: sqlite3.Connection, floor: int) -> None:
    """Let the next page have a number above `floor`."""
    if floor <= last_number(connection):
        return
    connection.execute("DELETE FROM sqlite_sequence WHERE name = 'pages'")
    row = ("pages", floor)
    connection.execute("INSERT INTO sqlite_sequence (name, seq) VALUES (?, ?)", row)
