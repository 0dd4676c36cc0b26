"""Duplicates in a run: what it publishes is linked, and what that means for older articles.

    index, brought up to the published state | rows of the run | links | late columns, revisions

The index beside the archive is committed after the datasets are. A run that is killed between
the two, or an index that was lost, is made good by reading the published articles again: the
oldest first, since later ones repeat them, and not more in one run than a night can bear.
"""

from __future__ import annotations

import itertools
import logging
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Self

from newsgrain.duplicate_store import DuplicateStore
from newsgrain.duplicates import Duplicates, Link, Text, microseconds
from newsgrain.layout import sequence
from newsgrain.shingles import signature

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from pathlib import Path

    from newsgrain.store import Store

_log = logging.getLogger("newsgrain.publish")
_BATCH = 256
_READ_AT_ONCE = 1000
MOST_CAUGHT_UP = 20_000
"""Published articles that one run compares at most: their signatures take five seconds."""
_NEVER = -(2**63)
# Overlaps are kept with three digits, and published as float32.
_ROUNDED = 0.0005


class Linker:
    """Links the articles of one run; made by `open`.

    Attributes:
        left: published articles that later runs compare.

    Args:
        index: of the articles.
        store: the datasets.
        run_id: the run.
    """

    def __init__(self, index: DuplicateStore, store: Store, run_id: str) -> None:
        self._index = index
        self._store = store
        self._run_id = run_id
        self._duplicates = Duplicates(index)
        self._revisions: dict[str, int] = {}
        self._overdue: dict[str, Link] = {}
        self.left = 0

    @classmethod
    @contextmanager
    def open(cls, folder: Path, store: Store, run_id: str) -> Iterator[Self]:
        """Open the index in the archive's folder and bring it up to the published state.

        Args:
            folder: the archive.
            store: the datasets.
            run_id: the run.

        Raises:
            NewsgrainError: the index or the datasets cannot be read.
        """
        with DuplicateStore.open(folder) as index:
            linker = cls(index, store, run_id)
            linker._catch_up()
            yield linker

    def _catch_up(self) -> None:
        head = self._store.head()
        published, known = head.run_id if head else None, self._index.run_id
        if published == known and self._index.is_whole:
            return
        if known and (published is None or sequence(published) < sequence(known)):
            self._index.clear()  # the datasets were taken back to an earlier state
        waiting = self._waiting()
        now = waiting[:MOST_CAUGHT_UP]
        self.left = len(waiting) - len(now)
        _log.info("duplicates: %d articles are compared, %d later", len(now), self.left)
        for first in range(0, len(now), _READ_AT_ONCE):
            names = now[first : first + _READ_AT_ONCE]
            known_now = self._store.known(names, full=True)
            rows = (known_now[name].row for name in names)
            self._duplicates.add(Text.of(row, signature(row["text"])) for row in rows)
        changed = self._duplicates.settle()
        # While some are missing, what is published may rest on one of them.
        self._overdue = self._disagreeing(changed if self.left else dict(self._duplicates.links()))

    def _waiting(self) -> list[str]:
        """Return the published articles that the index does not know as they are, oldest first."""
        columns = ["article_id", "first_fetched_at", "fetched_at", "revision"]
        known = self._index.versions()
        table = self._store.columns("articles", columns).sort_by(
            [("first_fetched_at", "ascending"), ("article_id", "ascending")]
        )
        return [
            row["article_id"]
            for batch in table.to_batches()
            for row in batch.to_pylist()
            if known.get(bytes.fromhex(row["article_id"]), (_NEVER, 0))
            < (microseconds(row["fetched_at"]), row["revision"])
        ]

    def _disagreeing(self, links: Mapping[str, Link]) -> dict[str, Link]:
        """Return those of links that are published otherwise."""
        columns = ["article_id", *Link._fields]
        return {
            row["article_id"]: links[row["article_id"]]
            for batch in self._store.columns("articles", columns).to_batches()
            for row in batch.to_pylist()
            if row["article_id"] in links and not _agrees(links[row["article_id"]], row)
        }

    def add(self, texts: Iterable[Text]) -> None:
        """Take the texts of revisions that the run will publish."""
        for text in texts:
            name, (_, revision) = text.article_id, text.version
            self._revisions[name] = max(revision, self._revisions.get(name, 0))
            self._duplicates.add([text])

    def relinked(self) -> Iterator[list[dict[str, Any]]]:
        """Link everything, and yield the revisions that this gives to older articles.

        Those that the run itself publishes are told by `late`.
        """
        changed = self._overdue | self._duplicates.settle()
        older = iter(sorted(changed.keys() - self._revisions.keys()))
        while names := list(itertools.islice(older, _BATCH)):
            known = self._store.known(names, full=True)
            found = [known[name] for name in names if name in known]
            rows = [
                {
                    **one.row,
                    **changed[one.article_id]._asdict(),
                    "revision": one.last_revision + 1,
                    "change_reason": "relinked",
                    "run_id": self._run_id,
                }
                for one in found
                if not _agrees(changed[one.article_id], one.row)
            ]
            yield rows

    def late(self, article_ids: Sequence[str]) -> dict[str, dict[str, Any]]:
        """Return the columns of articles of the run that repeat others (`newsgrain.amend.Late`)."""
        mine = [name for name in article_ids if name in self._revisions]
        return {
            name: link._asdict()
            for name, link in self._duplicates.links_of(mine)
            if link.duplicate_of is not None
        }

    def commit(self) -> None:
        """Keep the index as it is now: the run is published."""
        self._index.commit(self._run_id, left=self.left)


def _agrees(link: Link, row: Mapping[str, Any]) -> bool:
    """Tell whether a published row says of its duplicates what is known now."""
    same = link[:2] == (row["duplicate_group"], row["duplicate_of"])
    return same and abs((link.overlap or 0.0) - (row["overlap"] or 0.0)) < _ROUNDED
