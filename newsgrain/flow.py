"""Cleaning many pages as steps on streams of Arrow batches, for engines that shuffle between them.

    read_pages | number pages | remember, by site | finish_pages | judge, by site, in order

Each step takes an iterator of batches and gives one, as Spark's ``mapInArrow`` calls it, and
needs neither a ledger nor a store. The steps are those of `newsgrain.publish`, made of the same
functions, so that the rows they give are the same. What is held in memory does not grow with the
number of pages. `newsgrain.engines.spark` puts them together.
"""

from __future__ import annotations

import itertools
import pickle
import tempfile
import zlib
from array import array
from collections import deque
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from cleaners.options import DEADLINE_S, CleanOptions
from cleaners.outcome import Reason, Rejected
from cleaners.urls import is_address, registrable_domain
from newsgrain import batches as pool_work
from newsgrain.flow_schema import (
    FINISHED_SCHEMA,
    JUDGED_SCHEMA,
    MEMORY_SCHEMA,
    PAGE_FIELDS,
    READ_SCHEMA,
    page_row,
)
from newsgrain.page_work import PageTask, Reading, pack_draft
from newsgrain.pool import Crew
from newsgrain.site_memory import SiteMemory
from newsgrain.verdicts import Court

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping

    from newsgrain.duplicates import Text
    from newsgrain.fair_copy import FairCopy
    from newsgrain.ledger import PageRow
    from newsgrain.store import Known
    from newsgrain.verdicts import Verdict

BATCH_ROWS = 50
"""Pages in one batch: with their HTML, some megabytes."""

_SITE_BATCH = 200
_DEFAULTS = CleanOptions()


@cache
def _crew() -> Crew:
    """Return the one child of this process that pages are cleaned in; it ends with it."""
    return Crew()


def _batched(rows: Iterable[dict[str, Any]], schema: pa.Schema) -> Iterator[pa.RecordBatch]:
    rest = iter(rows)
    while batch := list(itertools.islice(rest, BATCH_ROWS)):
        yield pa.RecordBatch.from_pylist(batch, schema)


def _rows(batches: Iterable[pa.RecordBatch]) -> Iterator[dict[str, Any]]:
    for batch in batches:
        for start in range(0, len(batch), BATCH_ROWS):
            yield from batch.slice(start, BATCH_ROWS).to_pylist()


# Read


def read_pages(
    batches: Iterable[pa.RecordBatch],
    *,
    options: CleanOptions = _DEFAULTS,
    deadline_s: float = DEADLINE_S,
) -> Iterator[pa.RecordBatch]:
    """Read pages, each in a process beside this one, which it may kill without harm.

    Args:
        batches: `newsgrain.flow_schema.RAW_SCHEMA`.
        options: bounds and choices of the cleaner.
        deadline_s: seconds of processor time for a page.

    Yields:
        `newsgrain.flow_schema.READ_SCHEMA`, one row a page.
    """
    yield from _batched(_read_rows(batches, options, deadline_s), READ_SCHEMA)


def _read_rows(
    batches: Iterable[pa.RecordBatch], options: CleanOptions, deadline_s: float
) -> Iterator[dict[str, Any]]:
    waiting: deque[dict[str, Any]] = deque()
    readings = pool_work.read_pages(
        _tasks_to_read(batches, waiting, options),
        folder=Path(),
        workers=1,
        deadline_s=deadline_s,
        crew=_crew(),
    )
    for _, reading in readings:
        # Those without a body were never given to the process.
        while (row := waiting.popleft())["html"] is None:
            yield _unreadable(row)
        yield _read_row(row, reading)
    yield from map(_unreadable, waiting)


def _tasks_to_read(
    batches: Iterable[pa.RecordBatch], waiting: deque[dict[str, Any]], options: CleanOptions
) -> Iterator[PageTask]:
    for row in _rows(batches):
        if row["url"] is not None and not is_address(row["url"]):
            continue  # as of given files, such rows are no pages
        waiting.append(row)
        if row["html"] is not None:
            page = page_row(row | {"page_id": row["position"]}, "")
            yield _task(page, row, options=options, body=row["html"])


def _task(page: PageRow, row: Mapping[str, Any], **prepared: Any) -> PageTask:
    return PageTask(
        page_id=page.page_id,
        row=page,
        language=row.get("language"),
        timezone=row.get("timezone"),
        **prepared,
    )


def _read_row(row: dict[str, Any], reading: Reading) -> dict[str, Any]:
    del row["html"]
    sketch = reading.sketch
    return row | {
        "domain": registrable_domain(row["url"]),
        "draft": reading.draft,
        "sketch": zlib.compress(pickle.dumps(sketch), 1) if sketch else None,
    }


def _unreadable(row: dict[str, Any]) -> dict[str, Any]:
    if row["url"] is None:  # it says what is wrong with a file
        del row["html"]
        return row | {"domain": "", "draft": b"", "sketch": None}
    rejected = Rejected(reason=Reason.UNREADABLE, detail=row["error"] or "")
    return _read_row(row | {"error": None}, Reading(pack_draft(rejected)))


# Site memory


def remember(
    batches: Iterable[pa.RecordBatch], *, cleaner_version: str
) -> Iterator[pa.RecordBatch]:
    """Tell what sites remove from their pages, and what they repeat.

    Args:
        batches: columns ``page_id``, ``fetched_at`` and ``sketch`` of `READ_SCHEMA`; all
            pages of some sites, in any order. They are kept on disk meanwhile.
        cleaner_version: the version that read them.

    Yields:
        `newsgrain.flow_schema.MEMORY_SCHEMA`.
    """
    with (
        tempfile.TemporaryDirectory(prefix="newsgrain-") as folder,
        SiteMemory.open(Path(folder), cleaner_version=cleaner_version, is_new=True) as memory,
    ):
        page_ids = array("q")
        rows = _rows(batches)
        while chunk := list(itertools.islice(rows, _SITE_BATCH)):
            with memory.writing():
                for row in chunk:
                    # Packed by `_read_row` in a worker of the same run.
                    sketch = pickle.loads(zlib.decompress(row["sketch"]))  # noqa: S301
                    memory.add_sketch(row["page_id"], row["fetched_at"], sketch)
                    page_ids.append(row["page_id"])
        memory.stale()  # counts the blocks of what is new, which is everything
        verdicts = ((page_id, memory.verdicts(page_id)) for page_id in page_ids)
        removed = (
            {"page_id": page_id, "site_verdicts": sorted(found.items())}
            for page_id, found in verdicts
            if found
        )
        blocks = ({"site_block": block} for block in memory.site_blocks())
        yield from _batched(itertools.chain(removed, blocks), MEMORY_SCHEMA)


# Finish


def finish_pages(
    batches: Iterable[pa.RecordBatch],
    *,
    options: CleanOptions = _DEFAULTS,
    deadline_s: float = DEADLINE_S,
) -> Iterator[pa.RecordBatch]:
    """Make articles of what was read, without what their sites repeat.

    Args:
        batches: `READ_SCHEMA` with ``page_id``, and ``site_verdicts`` of `MEMORY_SCHEMA`.
        options: bounds and choices of the cleaner.
        deadline_s: seconds of processor time for a page.

    Yields:
        `newsgrain.flow_schema.FINISHED_SCHEMA`, one row a page.
    """
    waiting: deque[dict[str, Any]] = deque()
    results = pool_work.clean_pages(
        _tasks_to_finish(batches, waiting, options),
        folder=Path(),
        workers=1,
        deadline_s=deadline_s,
        crew=_crew(),
    )
    rows = (_finished_row(waiting.popleft(), result) for _, result in results)
    yield from _batched(rows, FINISHED_SCHEMA)


def _tasks_to_finish(
    batches: Iterable[pa.RecordBatch], waiting: deque[dict[str, Any]], options: CleanOptions
) -> Iterator[PageTask]:
    for row in _rows(batches):
        draft, removed = row.pop("draft"), dict(row.pop("site_verdicts") or ())
        waiting.append(row)
        yield _task(page_row(row, ""), row, options=options, draft=draft, site_verdicts=removed)


def _finished_row(row: dict[str, Any], result: FairCopy | Rejected) -> dict[str, Any]:
    packed = zlib.compress(pickle.dumps(result, pickle.HIGHEST_PROTOCOL), 1)
    return {name: row[name] for name in ("page_id", "domain", *PAGE_FIELDS)} | {"result": packed}


# Judge


class _NothingPublished:
    """What a `Court` asks of the datasets, before there are any."""

    def known(self, keys: Collection[str], *, full: bool = False) -> dict[str, Known]:  # noqa: ARG002
        """Return no article."""
        return {}


def judge(
    batches: Iterable[pa.RecordBatch], *, run_id: str, cleaner_version: str
) -> Iterator[pa.RecordBatch]:
    """Give every page its verdict, and every article its revisions.

    Args:
        batches: `FINISHED_SCHEMA`; all pages of some domains, sorted by ``domain`` and then
            ``page_id``, which is the order in which they are judged.
        run_id: the run that publishes.
        cleaner_version: the version that cleaned.

    Yields:
        `newsgrain.flow_schema.JUDGED_SCHEMA`, one row a page.
    """
    for _, rows in itertools.groupby(_rows(batches), key=lambda row: row["domain"]):
        court = Court(_NothingPublished(), run_id=run_id, cleaner_version=cleaner_version)
        # Packed by `_finished_row` in a worker of the same run.
        results = (
            (page_row(row, run_id), pickle.loads(zlib.decompress(row["result"])))  # noqa: S301
            for row in rows
        )
        verdicts = itertools.chain.from_iterable(court.judge(results))
        judged = (_judged_row(verdict, run_id, cleaner_version) for verdict in verdicts)
        yield from _batched(judged, JUDGED_SCHEMA)


def _judged_row(verdict: Verdict, run_id: str, cleaner_version: str) -> dict[str, Any]:
    return {
        "page_id": verdict.page.page_id,
        "verdict": verdict.row(run_id, cleaner_version),
        "revision": verdict.revision_row,
        "events": list(verdict.events),
        "text": _text_row(verdict.text) if verdict.text else None,
    }


def _text_row(text: Text) -> dict[str, Any]:
    fetched, number = text.version
    return {
        "article_id": text.article_id,
        "first_seen": text.first_seen,
        "fetched": fetched,
        "revision": number,
        "signature": text.signature,
        "declared": text.declared,
    }
