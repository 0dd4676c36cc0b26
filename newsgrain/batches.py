"""Clean many pages: in a pool of processes, or in whatever engine calls `clean_batch`.

Around each page lies the one boundary of the product at which a crash becomes a value.
"""

from __future__ import annotations

import logging
import pickle
import traceback
import zlib
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Any, Generic, TypeAlias, TypeVar

from cleaners.options import DEADLINE_S, MEMORY_BYTES, CleanOptions
from cleaners.outcome import Cleaned, Reason, Rejected
from cleaners.records import Page
from cleaners.rights import header_candidates
from newsgrain.bodies import read_body
from newsgrain.errors import ArchiveError
from newsgrain.pool import Failure, FailureKind, run_tasks

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping
    from pathlib import Path

    import pyarrow as pa

    from cleaners.records import Draft
    from cleaners.sketch import Sketch
    from newsgrain.fair_copy import FairCopy
    from newsgrain.ledger import PageRow
    from newsgrain.pool import Crew, Strikes

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

Cleaner: TypeAlias = "Callable[[Page, CleanOptions], Cleaned | Rejected]"
"""What cleans one page: `cleaners.clean`, or a function that is found by import."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PageTask:
    """One page to clean.

    Attributes:
        page_id: its number.
        row: its row in the ledger, which says where its body lies.
        language: BCP 47 tag that the source's configuration names.
        timezone: IANA zone that the source's configuration names.
        options: bounds, and what the source's configuration obeys.
        body: its body, where that does not lie in the archive.
        draft: what `read_pages` gave for it, so that it need not be read again.
        is_settled: the draft is a rejection; no worker sees the page's bytes again.
        site_verdicts: which of its blocks its site removes: digest -> reason.
    """

    page_id: int
    row: PageRow
    language: str | None = None
    timezone: str | None = None
    options: CleanOptions = _DEFAULTS
    body: bytes | None = field(default=None, repr=False)
    draft: bytes | None = None
    is_settled: bool = False
    site_verdicts: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Reading:
    """A page that was read but not finished.

    Attributes:
        draft: the draft or the rejection, packed; for `PageTask.draft`.
        sketch: what it shows to the memory of its site; None if it holds no article.
    """

    draft: bytes
    sketch: Sketch | None = None


@dataclass(frozen=True, slots=True)
class _Done(Generic[R]):
    """What a worker sends back: it has no log of its own that anybody reads."""

    result: R | Rejected
    traceback: str = ""


@dataclass(frozen=True, slots=True)
class _Read:
    """The same for a page that was read."""

    reading: Reading
    traceback: str = ""


def clean_one(
    page: Page, options: CleanOptions = _DEFAULTS, clean: Cleaner | None = None
) -> Cleaned | Rejected:
    """Clean one page; if the cleaner raises, log the traceback and reject the page.

    Args:
        page: the page.
        options: bounds and choices.
        clean: the cleaner; None: `cleaners.clean`.
    """
    return _logged(page.url, _bounded(partial(clean or _cleaner(), page, options)))


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
        each task and what it ended in. A page whose body cannot be read, whose cleaner
        raises, kills its process or does not end is rejected, and no other page is touched.

    Raises:
        NewsgrainError: worker processes cannot be started.
    """
    work = partial(_work, folder=folder, clean=clean)
    preload = (*_PRELOADED, *_CLEANER) if clean is None else _PRELOADED
    results = run_tasks(
        work,
        tasks,
        workers=workers,
        deadline_s=deadline_s,
        memory_bytes=memory_bytes,
        preload=preload,
        strikes=strikes,
        crew=crew,
    )
    for task, done in results:
        url = task.row.url
        if isinstance(done, Failure):
            _log.error("page failed url=%s kind=%s detail=%s", url, done.kind, done.detail)
            yield task, Rejected(reason=_REASONS[done.kind], detail=done.detail)
        else:
            ended = _logged(url, done)
            yield task, ended


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
        partial(_read, folder=folder),
        tasks,
        workers=workers,
        deadline_s=deadline_s,
        memory_bytes=memory_bytes,
        preload=(*_PRELOADED, *_CLEANER),
        strikes=strikes,
        crew=crew,
    )
    for task, done in results:
        url = task.row.url
        if isinstance(done, Failure):
            _log.error("page failed url=%s kind=%s detail=%s", url, done.kind, done.detail)
            rejected = Rejected(reason=_REASONS[done.kind], detail=done.detail)
            yield task, Reading(pack_draft(rejected))
        else:
            if done.traceback:
                _log.error("the cleaner raised url=%s\n%s", url, done.traceback)
            yield task, done.reading


def _read(task: PageTask, *, folder: Path) -> _Read:
    done = _bounded(partial(_reading, task, folder))
    reading = Reading(pack_draft(done.result)) if isinstance(done.result, Rejected) else done.result
    return _Read(reading, traceback=done.traceback)


def _reading(task: PageTask, folder: Path) -> Reading | Rejected:
    from cleaners import read
    from cleaners.sketch import sketch

    page = _page(task, folder)
    draft = page if isinstance(page, Rejected) else read(page, task.options)
    if isinstance(draft, Rejected):
        return draft
    return Reading(pack_draft(draft), sketch(draft))


def pack_draft(draft: Draft | Rejected) -> bytes:
    """Return what `Reading.draft` holds; for a worker of the same run, never kept beyond it."""
    return zlib.compress(pickle.dumps(draft, pickle.HIGHEST_PROTOCOL), 1)


def _work(task: PageTask, *, folder: Path, clean: Cleaner | None) -> _Done[FairCopy]:
    if task.draft is not None:
        draft: Draft | Rejected = pickle.loads(zlib.decompress(task.draft))  # noqa: S301 - our own
        if isinstance(draft, Rejected):
            return _Done(draft)
        return _bounded(partial(_finish, draft, task.site_verdicts, task.options))
    page = _page(task, folder)
    if isinstance(page, Rejected):
        return _Done(page)
    if clean is None:
        clean = partial(clean_with_memory, memory=task.site_verdicts)
    return _bounded(lambda: _copied(clean(page, task.options)))


def _finish(
    draft: Draft, site_verdicts: Mapping[str, str], options: CleanOptions
) -> FairCopy | Rejected:
    from cleaners import finish

    return _copied(finish(draft, site_verdicts, options))


def _copied(result: Cleaned | Rejected) -> FairCopy | Rejected:
    from newsgrain.fair_copy import fair_copy

    return fair_copy(result)


def _page(task: PageTask, folder: Path) -> Page | Rejected:
    row = task.row
    try:
        body = read_body(row, folder) if task.body is None else task.body
    except ArchiveError as error:
        return Rejected(reason=Reason.UNREADABLE, detail=str(error))
    return Page(
        url=row.url,
        html=body,
        fetched_at=row.fetched_at,
        content_type=row.content_type,
        language=task.language,
        timezone=task.timezone,
        hints=(
            *row.hints,
            *header_candidates(
                x_robots_tag=row.x_robots_tag,
                tdm_reservation=row.tdm_reservation,
                tdm_policy=row.tdm_policy,
            ),
        ),
    )


def _bounded(work: Callable[[], R | Rejected]) -> _Done[R]:
    """Do what can go wrong with a page; this is the boundary."""
    try:
        return _Done(work())
    except Exception as exc:  # noqa: BLE001 - one page must never end a run
        detail = " ".join(f"{type(exc).__name__}: {exc}".split())[:500]
        rejected = Rejected(reason=Reason.CRASHED, detail=detail)
        return _Done(rejected, traceback=traceback.format_exc())


def _cleaner() -> Cleaner:
    from cleaners import clean

    return clean


def _logged(url: str, done: _Done[R]) -> R | Rejected:
    if done.traceback:
        _log.error("the cleaner raised url=%s\n%s", url, done.traceback)
    return done.result


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


def clean_with_memory(
    page: Page, options: CleanOptions, *, memory: Mapping[str, str]
) -> Cleaned | Rejected:
    """Clean a page with what was learned of its site: block digest -> reason of removal."""
    from cleaners import finish, read

    draft = read(page, options)
    return draft if isinstance(draft, Rejected) else finish(draft, memory, options)


def _batch_row(row: dict[str, Any], clean: Cleaner) -> dict[str, Any]:
    from newsgrain.batch_schema import read_page, result_row

    page = read_page(row)
    result = page if isinstance(page, Rejected) else clean_one(page, clean=clean)
    return {"url": row["url"]} | result_row(result)
