"""From pages that no manifest covers to one commit.

    ledger | read | site memory | finish | identify | judge | revisions, verdicts | commit

Nothing is published before the commit and everything at it, so that a run that is killed
anywhere is simply done again.
"""

from __future__ import annotations

import itertools
import logging
from collections import Counter, defaultdict
from typing import TYPE_CHECKING, Any

import pyarrow.compute as pc

from cleaners import CLEANER_VERSION
from cleaners.outcome import Reason
from cleaners.urls import registrable_domain
from newsgrain.batches import clean_pages
from newsgrain.desk import Desk
from newsgrain.docket import judged_pages, new_pages, old_pages
from newsgrain.errors import StoreError
from newsgrain.linking import Linker
from newsgrain.memorial import Memorial
from newsgrain.precedents import precedents
from newsgrain.publication import Published, PublishOptions, SourceDefaults
from newsgrain.quarantine import Quarantine
from newsgrain.revisions import Outcome
from newsgrain.schema import TABLES
from newsgrain.site_memory import SiteMemory
from newsgrain.verdicts import Court, Verdict, holds_body
from newsgrain.version import __version__

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence
    from datetime import datetime

    from cleaners.outcome import Rejected
    from newsgrain.archive import Archive
    from newsgrain.clock import Clock
    from newsgrain.fair_copy import FairCopy
    from newsgrain.ledger import PageRow
    from newsgrain.manifest import Manifest
    from newsgrain.staging import Staging
    from newsgrain.store import Store

__all__ = ["PublishOptions", "Published", "SourceDefaults", "publish"]

_log = logging.getLogger("newsgrain.publish")
_BATCH = 1000
_MAX_REJECTIONS = 100
_PAGE_COLUMNS = tuple(column.name for column in TABLES["pages"].columns)


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
    memorial = Memorial(options.tombstones)
    memorial.withhold(archive, after=after, upto=upto)
    # Numbers may be given to no page, so that the last one alone says nothing.
    has_new = next(archive.pages(after=after, upto=upto), None) is not None
    given_up = _unpublished_prunings(archive, store)
    is_left = head is not None and (head.pending or head.unsettled)
    if not (has_new or is_left or options.reclean or given_up):
        return Published(manifest=None, row={})
    with (
        store.stage(options.run_id) as staging,
        SiteMemory.open(
            archive.folder, cleaner_version=CLEANER_VERSION, is_new=head is None
        ) as memory,
        Linker.open(archive.folder, store, options.run_id) as linker,
    ):
        run = _Run(archive, store, staging, memory, linker, options, memorial)
        run.log_pages(archive.pages(after=after, upto=upto))
        run.judge(after=after, upto=upto)
        staging.append("prunings", [_pruning_row(page, options.run_id) for page in given_up])
        run.link()
        row = run.summary_row(head, clock())
        staging.append("runs", [row])
        manifest = staging.commit(
            archive_sequence=upto,
            pending=run.pending,
            cleaner_version=CLEANER_VERSION,
            unsettled=len(run.unsettled) + linker.left,
        )
        linker.commit()
        memory.settle(options.run_id, run.unsettled)
        memorial.finish(archive, clock())
    return run.published(manifest, row)


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

    def __init__(  # noqa: PLR0913, PLR0917 - all that a run writes to
        self,
        archive: Archive,
        store: Store,
        staging: Staging,
        memory: SiteMemory,
        linker: Linker,
        options: PublishOptions,
        memorial: Memorial,
    ) -> None:
        self._archive = archive
        self._store = store
        self._staging = staging
        self._memory = memory
        self._linker = linker
        self._options = options
        self._memorial = memorial
        # One for new pages and old ones: what the former gave is known to the latter.
        self._court = Court(
            store, run_id=options.run_id, cleaner_version=CLEANER_VERSION, memorial=memorial
        )
        self._quarantine = Quarantine(archive, CLEANER_VERSION)
        self.counts: Counter[str] = Counter()
        self.article_fetches = 0
        self.pending: list[int] = []
        self.unsettled: list[int] = []
        self.rejections: list[Verdict] = []
        self.reasons: Counter[str] = Counter()
        self.classes: dict[str, Counter[str]] = defaultdict(Counter)
        self.interrupted = False

    def log_pages(self, pages: Iterator[PageRow]) -> None:
        """Copy the ledger's new rows to the table ``pages``."""
        while batch := list(itertools.islice(pages, _BATCH)):
            requests = [page for page in batch if page.kind != "input"]
            self.counts["requests"] += len(requests)
            self.counts["bytes_received"] += sum(page.body_bytes or 0 for page in requests)
            rows = [{name: getattr(page, name) for name in _PAGE_COLUMNS} for page in batch]
            self._staging.append("pages", rows)

    def judge(self, *, after: int, upto: int) -> None:
        """Judge pages; what an interrupt leaves of the new ones becomes pending.

        Args:
            after: the last page that the published manifest covers.
            upto: the last page of the archive.
        """
        head = self._store.head()
        again: Sequence[int] = ()
        first_time = new_pages(self._archive, head.pending if head else (), after=after, upto=upto)
        if self._options.reclean:
            without = set(first_time)
            again = old_pages(self._archive, self._store, upto=after, without=without)
        earlier = precedents(self._archive, self._store, first_time, CLEANER_VERSION)
        with Desk(self._archive, self._memory, self._quarantine, self._options) as desk:
            stale = self._read(desk, first_time, again, earlier=list(earlier))
            for page, result in self._results(desk, list(earlier), is_published=False):
                if result is not None:
                    self._court.learn(earlier[page.page_id], result)
            # First what was learned of old pages, or their next fetch would look like an edit.
            late = [] if again else stale[: self._options.max_recleaned]
            judged = self._judge_again(desk, late, judged_before=late)
            self._judge_new(desk, first_time)
            # One verdict a page and cleaner version: the second of the same is no news.
            judged |= self._judge_again(desk, again, judged_before=self._judged_before(again))
        self.unsettled = [page_id for page_id in stale if page_id not in judged]
        self._staging.replace("site_blocks", [])
        rows = self._memory.site_blocks()
        while batch := list(itertools.islice(rows, _BATCH)):
            self._staging.replace("site_blocks", batch)

    def _read(
        self,
        desk: Desk,
        first_time: Sequence[int],
        again: Sequence[int],
        *,
        earlier: Sequence[int],
    ) -> list[int]:
        """Let the memory see all pages, and return those that it would judge otherwise now."""
        head = self._store.head()
        lost: list[int] = []
        if head and head.run_id != self._memory.head:
            judged = judged_pages(self._archive, self._store, CLEANER_VERSION)
            lost = self._memory.missing(judged, published=True)
            self._memory.doubt(lost)
        try:
            desk.read([*first_time, *again], lost=lost, precedents=earlier)
        except KeyboardInterrupt:
            self.interrupted = True
            return self._memory.waiting()
        return self._memory.stale()

    def _judge_new(self, desk: Desk, page_ids: Sequence[int]) -> None:
        left = dict.fromkeys(page_ids)
        for verdict in self._verdicts(desk, page_ids):
            del left[verdict.page.page_id]
            self.counts[verdict.outcome.value] += 1
            if verdict.page_class:
                site = registrable_domain(verdict.page.url)
                self.classes[site][verdict.page_class.value] += 1
            if verdict.outcome is Outcome.REJECTED:
                self._report(verdict)
        self.pending = list(left)
        self.article_fetches = len(page_ids) - len(left)

    def _judge_again(
        self, desk: Desk, page_ids: Sequence[int], *, judged_before: Collection[int]
    ) -> set[int]:
        """Clean pages again that earlier manifests cover; return those that were cleaned.

        Args:
            desk: prepares them.
            page_ids: the pages.
            judged_before: those that have a verdict of this cleaner.
        """
        cleaned = set()
        for verdict in self._verdicts(desk, page_ids, recleaned=True, judged_before=judged_before):
            cleaned.add(verdict.page.page_id)
            self.counts["recleaned"] += verdict.revision_row is not None
            self.counts["found"] += verdict.outcome is Outcome.NEW
            self.counts["judged again"] += 1
            if verdict.reason == Reason.UNREADABLE.value:
                self.counts["unreadable"] += 1
                _log.warning("unreadable url=%s detail=%s", verdict.page.url, verdict.detail)
        return cleaned

    def _judged_before(self, again: Sequence[int]) -> set[int]:
        if not again:
            return set()
        verdicts = self._store.verdicts()
        same = verdicts.filter(pc.field("cleaner_version") == CLEANER_VERSION)
        return set(same["page_id"].to_pylist())

    def _verdicts(
        self,
        desk: Desk,
        page_ids: Sequence[int],
        *,
        recleaned: bool = False,
        judged_before: Collection[int] = (),
    ) -> Iterator[Verdict]:
        options, without_row = self._options, set(judged_before)
        results = self._results(desk, page_ids)
        for batch in self._court.judge(results, recleaned=recleaned, judged_before=without_row):
            revisions = [verdict.revision_row for verdict in batch if verdict.revision_row]
            self._staging.append("revisions", revisions)
            events = [event for verdict in batch for event in verdict.events]
            self._staging.append("events", events)
            self._linker.add(verdict.text for verdict in batch if verdict.text)
            rows = [
                verdict.row(options.run_id, CLEANER_VERSION)
                for verdict in batch
                if verdict.page.page_id not in without_row
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

    def _results(
        self, desk: Desk, page_ids: Sequence[int], *, is_published: bool = True
    ) -> Iterator[tuple[PageRow, FairCopy | Rejected | None]]:
        if self.interrupted or not page_ids:
            return
        # The order of the archive: a page that is "not modified" follows the one it refers to.
        pages, ahead = itertools.tee(self._archive.pages_of(page_ids))
        results = clean_pages(
            desk.tasks(filter(holds_body, ahead)),
            folder=self._archive.folder,
            workers=self._options.workers,
            deadline_s=self._options.deadline_s,
            memory_bytes=self._options.memory_bytes,
            strikes=self._quarantine,
            crew=desk.crew,
        )
        try:
            for page in pages:
                if not holds_body(page):
                    yield page, None
                    continue
                task, result = next(results)
                if is_published:
                    self._memory.note(page.page_id, task.site_verdicts)
                yield page, result
            next(results, None)  # its end, which leaves the workers to the next call
        except KeyboardInterrupt:
            self.interrupted = True

    def _report(self, verdict: Verdict) -> None:
        url, reason, detail = verdict.page.url, verdict.reason, verdict.detail
        _log.info("rejected url=%s reason=%s detail=%s", url, reason, detail)
        self.reasons[str(reason)] += 1
        if len(self.rejections) < _MAX_REJECTIONS:
            self.rejections.append(verdict)

    def published(self, manifest: Manifest, row: Mapping[str, Any]) -> Published:
        """Return what was published."""
        return Published(
            manifest=manifest,
            row=row,
            rejections=tuple(self.rejections),
            reasons=self.reasons,
            classes=self.classes,
            recleaned_pages=self.counts["judged again"],
            unreadable=self.counts["unreadable"],
            interrupted=self.interrupted,
            refused=tuple(self._memorial.refused),
        )

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
