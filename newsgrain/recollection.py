"""What the memory of sites says of one page, without adding it: for people who look at a page.

The memory is read only, also while a run writes it.
"""

from __future__ import annotations

from contextlib import closing
from dataclasses import dataclass
from typing import TYPE_CHECKING

from cleaners.site import EVIDENCE, LEVELS, REPEATED
from cleaners.sketch import sketch as sketch_of
from newsgrain.ledger import read_ledger, read_only, select_pages, translated
from newsgrain.sightings import MEMORY_NAME, Moment, Sighted, copy_of
from newsgrain.site_memory import is_usable
from newsgrain.sketches import number

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterator, Mapping
    from datetime import datetime
    from pathlib import Path

    from cleaners.records import Draft
    from cleaners.sketch import Sketch

_COUNTED = LEVELS[-1]


@dataclass(frozen=True, slots=True, kw_only=True)
class Recollection:
    """What a site has shown beside one page of it.

    Attributes:
        others: articles that it showed within the window, without this one; counted up to 1000.
        verdicts: which blocks of the page it removes: digest -> reason.
        evidence: by the same digests, what shows it, for people.
    """

    others: int
    verdicts: Mapping[str, str]
    evidence: Mapping[str, str]


def recall(
    folder: Path, draft: Draft, fetched_at: datetime, *, cleaner_version: str
) -> Recollection | None:
    """Return what the memory beside an archive says of a page, whether or not it holds the page.

    Args:
        folder: the archive.
        draft: the page as it was read.
        fetched_at: when it was fetched; its site is looked at 90 days to either side.
        cleaner_version: what another cleaner saw in pages says nothing to this one.

    Returns:
        None if there is no memory, it is another cleaner's, or it knows no page of this site.

    Raises:
        ArchiveError: the memory or the ledger cannot be read.
    """
    sketch = sketch_of(draft)
    path = folder / MEMORY_NAME
    if sketch is None or not path.exists():
        return None
    with translated(path), closing(read_only(path)) as connection:
        site = _site(connection, sketch, cleaner_version)
        if site is None:
            return None
        sighted = Sighted(connection)
        moment = Moment(site, int(fetched_at.timestamp()), number(sketch.address))
        verdicts = sighted.verdicts_on(sketch, moment)
        return Recollection(
            others=sighted.volume(moment) - 1,
            verdicts=verdicts,
            evidence=dict(_evidence(sighted, sketch, moment, verdicts, folder)),
        )


def _site(connection: sqlite3.Connection, sketch: Sketch, cleaner_version: str) -> int | None:
    if not is_usable(connection, cleaner_version):
        return None
    query = "SELECT site FROM sites WHERE domain = ?"
    row = connection.execute(query, (sketch.domain,)).fetchone()
    return row[0] if row else None


def _evidence(
    sighted: Sighted,
    sketch: Sketch,
    moment: Moment,
    verdicts: Mapping[str, str],
    folder: Path,
) -> Iterator[tuple[str, str]]:
    marks = {block.digest: block.marks for block in sketch.blocks}
    for digest, reason in verdicts.items():
        if reason == REPEATED:
            also = copy_of(sketch, digest)
            count = sighted.articles_around(digest, moment, cap=_COUNTED, also=also)
            yield digest, f"site: stands in {count} articles, this one included"
        else:
            pages = (sighted.claiming(mark, moment) for mark in marks[digest])
            page = next((page for page in pages if page is not None), None)
            address = _address(folder, page)
            yield digest, f"{EVIDENCE[reason]}{f': {address}' if address else ''}"


def _address(folder: Path, page: int | None) -> str | None:
    if page is None:
        return None
    with read_ledger(folder) as ledger:
        rows = select_pages(ledger, "page_id = ?", (page,)) if ledger else []
    return rows[0].url if rows else None
