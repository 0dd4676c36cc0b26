"""Pages that killed workers, remembered from run to run.

Noted at once, before anything is published: a run that is killed right after has not forgotten
it. What is noted are the bytes, so that the same page under another address, or fetched again,
is known too; and the version of the cleaner, so that a better one tries again.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from newsgrain.ledger import LEDGER_NAME, translated

if TYPE_CHECKING:
    from newsgrain.archive import Archive
    from newsgrain.page_work import PageTask


class Quarantine:
    """The strikes of all pages against one version of the cleaner; see `newsgrain.pool.Strikes`.

    Args:
        archive: keeps them in its ledger.
        cleaner_version: of the cleaner that is killed.
    """

    def __init__(self, archive: Archive, cleaner_version: str) -> None:
        self._connection = archive.connection
        self._path = archive.folder / LEDGER_NAME
        self._cleaner_version = cleaner_version
        with translated(self._path):
            self._strikes: dict[str, int] = dict(
                self._connection.execute(
                    "SELECT body_sha256, strikes FROM quarantine WHERE cleaner_version = ?",
                    (cleaner_version,),
                )
            )

    def count(self, task: PageTask) -> int:
        """Return how many workers a page's bytes have killed, if one is to see them again."""
        if task.is_settled:  # what it ended in when it was read is said, not that it did
            return 0
        return self._strikes.get(task.row.body_sha256 or "", 0)

    def add(self, task: PageTask, count: int, detail: str) -> None:
        """Note how many workers a page's bytes have killed.

        Raises:
            NewsgrainError: the ledger cannot be written.
        """
        digest = task.row.body_sha256
        if digest is None:
            return
        self._strikes[digest] = count
        with translated(self._path):
            self._connection.execute(
                "INSERT INTO quarantine (body_sha256, cleaner_version, strikes, detail)"
                " VALUES (?, ?, ?, ?) ON CONFLICT DO UPDATE"
                " SET strikes = excluded.strikes, detail = excluded.detail",
                (digest, self._cleaner_version, count, detail),
            )
