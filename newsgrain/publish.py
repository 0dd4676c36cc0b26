"""From pages that no manifest covers to one commit.

    ledger | tasks -> pool (cleaners.clean) | identify | judge | revisions, verdicts | commit

Nothing is published before the commit and everything at it, so that a run that is killed
anywhere is simply done again.
"""

from __future__ import annotations

import itertools
import logging
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pyarrow.compute as pc

from cleaners import CLEANER_VERSION
from cleaners.options import DEADLINE_S, CleanOptions
from cleaners.outcome import Reason
from newsgrain.batches import PageTask, clean_pages
from newsgrain.docket import new_pages, old_pages
from newsgrain.errors import StoreError
from newsgrain.linking import Linker
from newsgrain.quarantine import Quarantine
from newsgrain.revisions import Outcome
from newsgrain.schema import TABLES
from newsgrain.verdicts import Court, Verdict, holds_body
from newsgrain.version import __version__

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from datetime import datetime

    from cleaners.outcome import Cleaned, Rejected
    from newsgrain.archive import Archive
    from newsgrain.clock import Clock
    from newsgrain.ledger import PageRow
    from newsgrain.manifest import Manifest
    from newsgrain.store import Staging, Store

_log = logging.getLogger("newsgrain.publish")
_BATCH = 1000
_MAX_REJECTIONS = 100
_PAGE_COLUMNS = tuple(column.name for column in TABLES["pages"].columns)


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceDefaults:
    """What the configuration knows of a source's pages.

    Attributes:
        language: BCP 47 tag.
        timezone: IANA zone for dates without one.
        options: what of its publisher's wishes is obeyed.
    """

    language: str | None = None
    timezone: str | None = None
    options: CleanOptions = field(default_factory=CleanOptions)


@dataclass(frozen=True, slots=True, kw_only=True)
class PublishOptions:
    """How one run publishes.

    Attributes:
        run_id: the run.
        command: the command that was given.
        started_at: when it started, UTC.
        workers: processes that clean.
        deadline_s: seconds of processor time that one page may take to clean.
        defaults: per source.
        others: for pages of no configured source.
        sources: names of the sources that were crawled.
        sources_failed: names of those that failed or were silent.
        reclean: clean the latest page of every address again, not only new pages.
        is_partial: a source or an input failed.
        on_page: called after each judged page.
    """

    run_id: str
    command: str
    started_at: datetime
    workers: int
    deadline_s: float = DEADLINE_S
    defaults: Mapping[str, SourceDefaults] = field(default_factory=dict)
    others: SourceDefaults = field(default_factory=SourceDefaults)
    sources: tuple[str, ...] = ()
    sources_failed: tuple[str, ...] = ()
    reclean: bool = False
    is_partial: bool = False
    on_page: Callable[[Verdict], None] = lambda _: None


@dataclass(frozen=True, slots=True, kw_only=True)
class Published:
    """What a run published.

    Attributes:
        manifest: the new state; None if there was nothing to publish.
        row: the run's row in ``runs``.
        rejections: the first hundred pages that were rejected.
        reasons: how many pages were rejected for each reason.
        recleaned_pages: old pages that were cleaned again.
        unreadable: those of them that are not there any more.
        interrupted: cleaning was interrupted; the rest is pending in the manifest.
    """

    manifest: Manifest | None
    row: Mapping[str, Any]
    rejections: tuple[Verdict, ...] = ()
    reasons: Mapping[str, int] = field(default_factory=dict)
    recleaned_pages: int = 0
    unreadable: int = 0
    interrupted: bool = False


def publish(archive: Archive, store: Store, options: PublishOptions, clock: Clock) -> Published:
    """Clean what the archive holds and no manifest covers, and commit it.

    Args:
        archive: pages and their ledger; the caller holds the workspace's lock.
        store: the datasets.
        options: of this run.
        clock: gives ``finished_at``.

    Returns:
        what was published; without a manifest if there was nothing to do.

    Raises:
        NewsgrainError: the archive, the store or the disk failed; nothing was published.
    """
    head = store.head()
    after, upto = head.archive_sequence if head else 0, archive.last_page_id()
    pending = head.pending if head else ()
    # Numbers may be given to no page, so that the last one alone says nothing.
    has_new = next(archive.pages(after=after, upto=upto), None) is not None
    given_up = _unpublished_prunings(archive, store)
    if not (has_new or pending or options.reclean or given_up):
        return Published(manifest=None, row={})
    with (
        store.stage(options.run_id) as staging,
        Linker.open(archive.folder, store, options.run_id) as linker,
    ):
        run = _Run(archive, store, staging, linker, options)
        run.log_pages(archive.pages(after=after, upto=upto))
        first_time = new_pages(archive, pending, after=after, upto=upto)
        run.judge_new(first_time)
        if options.reclean and not run.interrupted:
            run.judge_again(old_pages(archive, store, upto=after, without=set(first_time)))
        staging.append("prunings", [_pruning_row(page, options.run_id) for page in given_up])
        run.link()
        row = run.summary_row(head, clock())
        staging.append("runs", [row])
        manifest = staging.commit(
            archive_sequence=upto, pending=run.pending, cleaner_version=CLEANER_VERSION
        )
        linker.commit()
    return Published(
        manifest=manifest,
        row=row,
        rejections=tuple(run.rejections),
        reasons=run.reasons,
        recleaned_pages=run.counts["judged again"],
        unreadable=run.counts["unreadable"],
        interrupted=run.interrupted,
    )


def _unpublished_prunings(archive: Archive, store: Store) -> list[PageRow]:
    """Return the pages whose records were deleted, where no published row says so."""
    pruned = list(archive.pruned_pages())
    told = set(store.columns("prunings", ["page_id"])["page_id"].to_pylist()) if pruned else set()
    return [page for page in pruned if page.page_id not in told]


def _pruning_row(page: PageRow, run_id: str) -> dict[str, Any]:
    return {
        "page_id": page.page_id,
        "run_id": run_id,
        "url": page.url,
        "pruned_at": page.pruned_at,
    }


class _Run:
    """One pass over the archive: what is staged, counted and left for later."""

    def __init__(
        self,
        archive: Archive,
        store: Store,
        staging: Staging,
        linker: Linker,
        options: PublishOptions,
    ) -> None:
        self._archive = archive
        self._store = store
        self._staging = staging
        self._linker = linker
        self._options = options
        # One for new pages and old ones: what the former gave is known to the latter.
        self._court = Court(store, run_id=options.run_id, cleaner_version=CLEANER_VERSION)
        self._quarantine = Quarantine(archive, CLEANER_VERSION)
        self.counts: Counter[str] = Counter()
        self.article_fetches = 0
        self.pending: list[int] = []
        self.rejections: list[Verdict] = []
        self.reasons: Counter[str] = Counter()
        self.interrupted = False

    def log_pages(self, pages: Iterator[PageRow]) -> None:
        """Copy the ledger's new rows to the table ``pages``."""
        while batch := list(itertools.islice(pages, _BATCH)):
            requests = [page for page in batch if page.kind != "input"]
            self.counts["requests"] += len(requests)
            self.counts["bytes_received"] += sum(page.body_bytes or 0 for page in requests)
            rows = [{name: getattr(page, name) for name in _PAGE_COLUMNS} for page in batch]
            self._staging.append("pages", rows)

    def judge_new(self, page_ids: Sequence[int]) -> None:
        """Give pages their first verdict; what an interrupt leaves becomes pending."""
        left = dict.fromkeys(page_ids)
        for verdict in self._verdicts(page_ids, recleaned=False):
            del left[verdict.page.page_id]
            self.counts[verdict.outcome.value] += 1
            if verdict.outcome is Outcome.REJECTED:
                self._report(verdict)
        self.pending = list(left)
        self.article_fetches = len(page_ids) - len(left)

    def judge_again(self, page_ids: Sequence[int]) -> None:
        """Clean pages again that earlier manifests cover."""
        for verdict in self._verdicts(page_ids, recleaned=True):
            self.counts["recleaned"] += verdict.revision_row is not None
            self.counts["found"] += verdict.outcome is Outcome.NEW
            self.counts["judged again"] += 1
            if verdict.reason == Reason.UNREADABLE.value:
                self.counts["unreadable"] += 1
                _log.warning("unreadable url=%s detail=%s", verdict.page.url, verdict.detail)

    def _verdicts(self, page_ids: Sequence[int], *, recleaned: bool) -> Iterator[Verdict]:
        options = self._options
        # One verdict a page and cleaner version: the second of the same is no news.
        judged = self._judged_before() if recleaned else set()
        for batch in self._court.judge(self._results(page_ids), recleaned=recleaned):
            revisions = [verdict.revision_row for verdict in batch if verdict.revision_row]
            self._staging.append("revisions", revisions)
            events = [event for verdict in batch for event in verdict.events]
            self._staging.append("events", events)
            self._linker.add(revisions)
            rows = [
                verdict.row(options.run_id, CLEANER_VERSION)
                for verdict in batch
                if verdict.page.page_id not in judged
            ]
            self._staging.append("verdicts", rows)
            for verdict in batch:
                options.on_page(verdict)
                yield verdict

    def link(self) -> None:
        """Say of every article of the run what it repeats, and of older ones what changed."""
        for revisions in self._linker.relinked():
            self._staging.append("revisions", revisions)
        self._staging.amend("revisions", self._linker.late)

    def _judged_before(self) -> set[int]:
        verdicts = self._store.verdicts()
        same = verdicts.filter(pc.field("cleaner_version") == CLEANER_VERSION)
        return set(same["page_id"].to_pylist())

    def _results(
        self, page_ids: Sequence[int]
    ) -> Iterator[tuple[PageRow, Cleaned | Rejected | None]]:
        # The order of the archive: a page that is "not modified" follows the one it refers to.
        pages, ahead = itertools.tee(map(self._archive.page, page_ids))
        results = clean_pages(
            map(self._task, filter(holds_body, ahead)),
            folder=self._archive.folder,
            workers=self._options.workers,
            deadline_s=self._options.deadline_s,
            strikes=self._quarantine,
        )
        try:
            for page in pages:
                yield page, next(results)[1] if holds_body(page) else None
        except KeyboardInterrupt:
            self.interrupted = True

    def _task(self, page: PageRow) -> PageTask:
        defaults = self._options.defaults.get(page.source or "", self._options.others)
        return PageTask(
            page_id=page.page_id,
            row=page,
            language=defaults.language,
            timezone=defaults.timezone,
            options=defaults.options,
        )

    def _report(self, verdict: Verdict) -> None:
        url, reason, detail = verdict.page.url, verdict.reason, verdict.detail
        _log.info("rejected url=%s reason=%s detail=%s", url, reason, detail)
        self.reasons[str(reason)] += 1
        if len(self.rejections) < _MAX_REJECTIONS:
            self.rejections.append(verdict)

    def summary_row(self, head: Manifest | None, finished_at: datetime) -> dict[str, Any]:
        """Return the run's row of ``runs``."""
        options, counts = self._options, self.counts
        outcomes = [outcome.value for outcome in Outcome if outcome is not Outcome.RECLEANED]
        if self.article_fetches != sum(counts[outcome] for outcome in outcomes):
            raise StoreError("a page has no verdict, or more than one; nothing was published")
        status = "partial" if options.is_partial else "complete"
        return {
            "run_id": options.run_id,
            "parent_run_id": head.run_id if head else None,
            "command": options.command,
            "started_at": options.started_at,
            "finished_at": finished_at,
            "requests": counts["requests"],
            "bytes_received": counts["bytes_received"],
            "article_fetches": self.article_fetches,
            **{outcome: counts[outcome] for outcome in outcomes},
            "recleaned": counts["recleaned"],
            "pending": len(self.pending),
            "articles_total": (head.rows("articles") if head else 0)
            + counts[Outcome.NEW.value]
            + counts["found"],
            "sources": list(options.sources),
            "sources_failed": list(options.sources_failed),
            "status": "interrupted" if self.interrupted else status,
            "newsgrain_version": __version__,
            "cleaner_version": CLEANER_VERSION,
        }
