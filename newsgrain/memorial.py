"""What was forgotten stays forgotten: what a run does when it comes again.

A page of a forgotten address is taken out of the archive before anything is made of it. A page
under a new address that declares a forgotten one is rejected. Where an article names a forgotten
person, its rows are published without the name, and its archived body is given up; also when it
says what it said before, and no row is published.

Feeds, sitemaps, front pages and pages that give no article are archived as they come and not
searched here: who forgets the person again overwrites those that name them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from newsgrain.archive_erasure import blank_pages, erase_bodies
from newsgrain.catalog import Catalog
from newsgrain.identity import canonical_key
from newsgrain.parquet import to_arrow
from newsgrain.removal import Removal
from newsgrain.schema import TABLES
from newsgrain.table_erasure import Namings, TableErasure, note_naming
from newsgrain.tombstones import Tombstones, people_in

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import datetime

    import pyarrow as pa

    from cleaners.records import Article
    from newsgrain.archive import Archive
    from newsgrain.ledger import PageRow

REASON = "forgotten"
"""The column ``verdicts.reason`` of a page that is another address of a forgotten article."""

_NO_TOMBSTONES = Tombstones()
_PLAIN = ("title", "byline", "description", "lead", "image_caption", "image_credit", "text")


class Memorial:
    """Keeps the promise of tombstones in one run.

    Args:
        tombstones: of the workspace.

    Attributes:
        refused: addresses that turned out to be a forgotten article's, too.
    """

    def __init__(self, tombstones: Tombstones = _NO_TOMBSTONES) -> None:
        self._tombstones = tombstones
        self._named: list[int] = []
        self.refused: list[str] = []

    def withhold(self, archive: Archive, *, after: int, upto: int) -> None:
        """Take new pages of forgotten addresses out of the archive."""
        if self._tombstones:
            pages = archive.pages(after=after, upto=upto)
            found = [page.page_id for page in pages if self._tombstones.holds_any(_urls(page))]
            self.refused += blank_pages(archive, found)

    def refuses(self, page: PageRow, article: Article) -> bool:
        """Say whether a page is a forgotten article under a new address."""
        declared = canonical_key(article.canonical_url, article.domain)
        if declared is None or not self._tombstones.holds_key(declared):
            return False
        self.refused.append(page.url)
        return True

    @property
    def knows_people(self) -> bool:
        """Say whether a person was forgotten."""
        return bool(self._tombstones.people)

    def note(self, row: Mapping[str, Any], page: PageRow) -> set[str]:
        """Return the forgotten people that an article names; if any, its body is given up."""
        names = {name for text in _texts(row) for name in people_in(text, self._tombstones)}
        if names:
            self._named.append(page.page_id)
        return names

    def redacted(self, row: dict[str, Any], page: PageRow) -> dict[str, Any]:
        """Return a row of ``revisions`` that names no forgotten person."""
        names = self.note(row, page)
        if not names:
            return row
        removal = Removal(kind="person", reason="", day="", digests=(), names=tuple(sorted(names)))
        namings = Namings()
        note_naming(row, removal, namings)
        table = TABLES["revisions"]
        rows: pa.Table = to_arrow([row], table)
        masked: list[dict[str, Any]] = (
            TableErasure(Catalog(), removal, namings, {}).rows(table, rows).to_pylist()
        )
        return masked[0]

    def finish(self, archive: Archive, now: datetime) -> None:
        """Give up the bodies that name a forgotten person; their rows are published."""
        erase_bodies(archive, self._named, now)


def _urls(page: PageRow) -> Iterator[str]:
    yield page.url
    yield from (hint.value for hint in page.hints if hint.field == "requested_url")


def _texts(row: Mapping[str, Any]) -> Iterator[str]:
    yield from (row[name] for name in _PLAIN if row[name])
    yield from (*row["authors"], *row["title_alternatives"])
    yield from (block["text"] for block in row["blocks_rows"] or () if block["removed"])
