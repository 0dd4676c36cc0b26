"""What a worker does with one page: reads it, or finishes what was read.

    PageTask | read_page | its draft | PageTask | finish_page | its fair copy

Around each page lies the one boundary of the product at which a crash becomes a value.
"""

from __future__ import annotations

import pickle
import traceback
import zlib
from dataclasses import dataclass, field, replace
from functools import cache, partial
from typing import TYPE_CHECKING, Generic, TypeAlias, TypeVar

from cleaners.options import CleanOptions
from cleaners.outcome import Cleaned, Reason, Rejected
from cleaners.records import Page
from cleaners.rights import header_candidates
from newsgrain.bodies import read_body
from newsgrain.errors import ArchiveError
from newsgrain.ledger import read_only, translated

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from cleaners.records import Draft
    from newsgrain.fair_copy import FairCopy
    from newsgrain.ledger import PageRow
    from newsgrain.sightings import Sighted
    from newsgrain.sketches import FiledSketch

_DEFAULTS = CleanOptions()
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
        draft: what `read_page` gave for it, so that it need not be read again.
        is_settled: the draft is a rejection; no worker sees the page's bytes again.
        site_verdicts: which of its blocks its site removes: digest -> reason. None: the worker
            asks the memory of sites that lies beside the archive.
    """

    page_id: int
    row: PageRow
    language: str | None = None
    timezone: str | None = None
    options: CleanOptions = _DEFAULTS
    body: bytes | None = field(default=None, repr=False)
    draft: bytes | None = None
    is_settled: bool = False
    site_verdicts: Mapping[str, str] | None = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Reading:
    """A page that was read but not finished.

    Attributes:
        draft: the draft or the rejection, packed; for `PageTask.draft`.
        sketch: what it shows to the memory of its site; None if it holds no article.
    """

    draft: bytes
    sketch: FiledSketch | None = None


@dataclass(frozen=True, slots=True)
class Done(Generic[R]):
    """What a worker sends back: it has no log of its own that anybody reads.

    Attributes:
        result: what a page ended in.
        traceback: of what was raised on the way, for the log.
        site_verdicts: those that it was finished with.
    """

    result: R | Rejected
    traceback: str = ""
    site_verdicts: Mapping[str, str] = field(default_factory=dict)


def read_page(task: PageTask, *, folder: Path) -> Done[Reading]:
    """Read a page, as far as that needs no other page of its site.

    Args:
        task: the page.
        folder: the archive.
    """
    return bounded(partial(_reading, task, folder))


def _reading(task: PageTask, folder: Path) -> Reading | Rejected:
    from cleaners import read
    from cleaners.sketch import sketch
    from newsgrain.sketches import filed

    page = _page(task, folder)
    draft = page if isinstance(page, Rejected) else read(page, task.options)
    if isinstance(draft, Rejected):
        return draft
    shown = sketch(draft)
    return Reading(pack_draft(draft), filed(shown) if shown else None)


def pack_draft(draft: Draft | Rejected) -> bytes:
    """Return what `Reading.draft` holds; for a worker of the same run, never kept beyond it."""
    return zlib.compress(pickle.dumps(draft, pickle.HIGHEST_PROTOCOL), 1)


def _unpacked(draft: bytes) -> Draft | Rejected:
    found: Draft | Rejected = pickle.loads(zlib.decompress(draft))  # noqa: S301 - our own
    return found


def finish_page(task: PageTask, *, folder: Path, clean: Cleaner | None = None) -> Done[FairCopy]:
    """Make an article of a page, without what its site repeats.

    Args:
        task: the page; one that was not read yet is read.
        folder: the archive.
        clean: the cleaner; None: `cleaners.clean`.

    Raises:
        ArchiveError: the memory of sites cannot be read, which is no fault of the page.
    """
    draft = None if task.draft is None else _unpacked(task.draft)
    if isinstance(draft, Rejected):
        return Done(draft)
    site_verdicts = task.site_verdicts
    if site_verdicts is None:
        site_verdicts = _asked(task.page_id, folder)
    if draft is None:
        done = _whole(task, site_verdicts, folder, clean)
    else:
        done = bounded(partial(_finish, draft, site_verdicts, task.options))
    return replace(done, site_verdicts=site_verdicts)


def _whole(
    task: PageTask, site_verdicts: Mapping[str, str], folder: Path, clean: Cleaner | None
) -> Done[FairCopy]:
    """Clean a page that was not read before."""
    page = _page(task, folder)
    if isinstance(page, Rejected):
        return Done(page)
    if clean is None:
        clean = partial(clean_with_memory, memory=site_verdicts)
    return bounded(lambda: _copied(clean(page, task.options)))


def _asked(page_id: int, folder: Path) -> dict[str, str]:
    """Return what the memory beside an archive says of a page."""
    from newsgrain.sightings import MEMORY_NAME

    path = folder / MEMORY_NAME
    with translated(path):
        return _memory(path).verdicts(page_id)


@cache
def _memory(path: Path) -> Sighted:
    """Return a memory of sites: as long as a worker lives, no page is added to it."""
    from newsgrain.sightings import Sighted

    return Sighted(read_only(path))


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


def bounded(work: Callable[[], R | Rejected]) -> Done[R]:
    """Do what can go wrong with a page; this is the boundary."""
    try:
        return Done(work())
    except Exception as exc:  # noqa: BLE001 - one page must never end a run
        detail = " ".join(f"{type(exc).__name__}: {exc}".split())[:500]
        rejected = Rejected(reason=Reason.CRASHED, detail=detail)
        return Done(rejected, traceback=traceback.format_exc())


def clean_with_memory(
    page: Page, options: CleanOptions, *, memory: Mapping[str, str]
) -> Cleaned | Rejected:
    """Clean a page with what was learned of its site: block digest -> reason of removal."""
    from cleaners import finish, read

    draft = read(page, options)
    return draft if isinstance(draft, Rejected) else finish(draft, memory, options)
