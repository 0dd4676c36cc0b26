"""Clean many pages: in a pool of processes, or in whatever engine calls `clean_batch`.

What a worker does with one page is `newsgrain.page_work`.
"""

from __future__ import annotations

import logging
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any, TypeVar

from cleaners.options import DEADLINE_S, MEMORY_BYTES, CleanOptions
from cleaners.outcome import Cleaned, Reason, Rejected
from newsgrain.page_work import (
    Done,
    PageTask,
    Reading,
    bounded,
    clean_with_memory,
    finish_page,
    pack_draft,
    read_page,
)
from newsgrain.pool import Failure, FailureKind, run_tasks

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from pathlib import Path

    import pyarrow as pa

    from cleaners.records import Page
    from newsgrain.fair_copy import FairCopy
    from newsgrain.page_work import Cleaner
    from newsgrain.pool import Crew, Strikes

__all__ = ["PageTask", "Reading", "clean_batch", "clean_one", "clean_pages", "read_pages"]

_log = logging.getLogger("newsgrain.clean")
_REASONS = {
    FailureKind.DIED: Reason.CRASHED,
    FailureKind.RAISED: Reason.CRASHED,
    FailureKind.TIMED_OUT: Reason.TIMED_OUT,
    FailureKind.QUARANTINED: Reason.QUARANTINED,
}
_DEFAULTS = CleanOptions()
_PRELOADED = ("newsgrain.fair_copy",)
_CLEANER = ("cleaners.article", "cleaners.draft", "cleaners.sketch")
R = TypeVar("R")


def clean_one(
    page: Page, options: CleanOptions = _DEFAULTS, clean: Cleaner | None = None
) -> Cleaned | Rejected:
    """Clean one page; if the cleaner raises, log the traceback and reject the page.

    Args:
        page: the page.
        options: bounds and choices.
        clean: the cleaner; None: `cleaners.clean`.
    """
    return _ended(page.url, bounded(partial(clean or _cleaner(), page, options)))


def clean_pages(  # noqa: PLR0913 - how pages are cleaned
    tasks: Iterable[PageTask],
    *,
    folder: Path,
    workers: int,
    deadline_s: float = DEADLINE_S,
    memory_bytes: int = MEMORY_BYTES,
    clean: Cleaner | None = None,
    strikes: Strikes | None = None,
    crew: Crew | None = None,
) -> Iterator[tuple[PageTask, FairCopy | Rejected]]:
    """Clean pages in worker processes and yield the results in the order of the tasks.

    Args:
        tasks: taken as results are asked for.
        folder: the archive.
        workers: how many processes.
        deadline_s: seconds of processor time that one page may take.
        memory_bytes: that a worker may hold, see `newsgrain.memory_watch`.
        clean: the cleaner; None: `cleaners.clean`.
        strikes: remembers which pages killed a worker; None: only for this call.
        crew: keeps the workers for the next call.

    Yields:
        each task, with the verdicts of its site, and what it ended in. A page whose body cannot
        be read, whose cleaner raises, kills its process or does not end is rejected, and no
        other page is touched.

    Raises:
        ArchiveError: the memory of sites cannot be read.
        NewsgrainError: worker processes cannot be started.
    """
    preload = (*_PRELOADED, *_CLEANER) if clean is None else _PRELOADED
    results = run_tasks(
        partial(finish_page, folder=folder, clean=clean),
        tasks,
        workers=workers,
        deadline_s=deadline_s,
        memory_bytes=memory_bytes,
        preload=preload,
        strikes=strikes,
        crew=crew,
    )
    for task, done in results:
        ended = _ended(task.row.url, done)
        yield _told(task, done), ended


def _told(task: PageTask, done: Done[FairCopy] | Failure) -> PageTask:
    """Return a task with what its worker was told by the memory of sites."""
    if task.site_verdicts is not None or isinstance(done, Failure):
        return task
    return replace(task, site_verdicts=done.site_verdicts)


def read_pages(  # noqa: PLR0913 - as clean_pages
    tasks: Iterable[PageTask],
    *,
    folder: Path,
    workers: int,
    deadline_s: float = DEADLINE_S,
    memory_bytes: int = MEMORY_BYTES,
    strikes: Strikes | None = None,
    crew: Crew | None = None,
) -> Iterator[tuple[PageTask, Reading]]:
    """Read pages in worker processes, as far as that needs no other page of their sites.

    Everything else is as in `clean_pages`, which goes on with `Reading.draft`.
    """
    results = run_tasks(
        partial(read_page, folder=folder),
        tasks,
        workers=workers,
        deadline_s=deadline_s,
        memory_bytes=memory_bytes,
        preload=(*_PRELOADED, *_CLEANER),
        strikes=strikes,
        crew=crew,
    )
    for task, done in results:
        ended = _ended(task.row.url, done)
        yield task, Reading(pack_draft(ended)) if isinstance(ended, Rejected) else ended


def _ended(url: str, done: Done[R] | Failure) -> R | Rejected:
    """Return what a page ended in; what went wrong with it is told to the log."""
    if isinstance(done, Failure):
        _log.error("page failed url=%s kind=%s detail=%s", url, done.kind, done.detail)
        return Rejected(reason=_REASONS[done.kind], detail=done.detail)
    if done.traceback:
        _log.error("the cleaner raised url=%s\n%s", url, done.traceback)
    return done.result


def _cleaner() -> Cleaner:
    from cleaners import clean

    return clean


# Arrow


def clean_batch(batch: pa.RecordBatch, memory: Mapping[str, str] | None = None) -> pa.RecordBatch:
    """Clean a batch of pages in this process; runs unchanged in Spark, Dask or Ray.

    Args:
        batch: columns ``url`` (string), ``html`` (string or binary), ``fetched_at``
            (timestamp; without a zone it is UTC), and optionally ``content_type``,
            ``language`` and ``timezone`` (string).
        memory: what was learned of the site: block digest -> reason of its removal.

    Returns:
        one row per page in the same order, with `newsgrain.batch_schema.CLEANED_SCHEMA`.

    Raises:
        InputError: a column is missing, or of another type.
    """
    import pyarrow as pa

    from newsgrain.arrow_rows import rows_of
    from newsgrain.batch_schema import CLEANED_SCHEMA, COLUMNS_IN, verify

    verify(batch.schema)
    rows = rows_of(batch, COLUMNS_IN)
    clean = partial(clean_with_memory, memory=memory or {})
    return pa.RecordBatch.from_pylist([_batch_row(row, clean) for row in rows], CLEANED_SCHEMA)


def _batch_row(row: dict[str, Any], clean: Cleaner) -> dict[str, Any]:
    from newsgrain.batch_schema import page_of, result_row

    page = page_of(row)
    result = page if isinstance(page, Rejected) else clean_one(page, clean=clean)
    return {"url": row["url"]} | result_row(result)
