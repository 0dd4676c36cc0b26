"""What a run does beside crawling: pages come in | are pruned | cleaned and published | reported.

Imported when a crawl is over: what publishing loads has no place in a crawl's memory.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from crawler.defaults import other_defaults, source_defaults
from crawler.frontier import Frontier
from crawler.hooks import tell
from crawler.merge import merge, tell_changed
from newsgrain.cc_news import take
from newsgrain.disk import require_free
from newsgrain.formats import Format
from newsgrain.inputs import scan_inputs
from newsgrain.publish import PublishOptions, publish
from newsgrain.report import size
from newsgrain.revisions import Outcome
from newsgrain.spacy_names import load_model
from newsgrain.store import Store

if TYPE_CHECKING:
    from datetime import datetime

    from crawler.run_context import RunContext
    from newsgrain.cc_list import NewsList
    from newsgrain.ledger import PageRow
    from newsgrain.verdicts import Verdict

_LOOK_EVERY = 100
# Of the free space at which a crawl ends, what cleaning and publishing leave untouched.
_SHARE_FOR_PUBLISHING = 0.1


def process(run: RunContext) -> None:
    """Take in what was given, and publish.

    Raises:
        NewsgrainError: the disk, the archive or the datasets; what was published before stays.
    """
    store = Store(run.workspace.datasets, clock=run.clock)
    store.recover()
    _register(run)
    if run.job.shards:
        _merge(run)
    if run.job.prune_before is not None:
        _prune(run, store, run.job.prune_before)
    if run.job.publish and not run.outcome.interrupted:
        _publish(run, store)
        _report(run)


def _register(run: RunContext) -> None:
    """Enter the files that were given into the ledger."""
    given = run.job.given
    own = (run.workspace.archive, run.workspace.datasets)
    for file in scan_inputs(given.paths, url=given.url, fetched_at=given.fetched_at, exclude=own):
        pages = (page for page in file.pages() if not run.tombstones.holds(page.url))
        run.archive.register(pages, run_id=run.run_id)
        if file.error:
            run.outcome.troubles.append(str(file.error))
        elif file.skipped:
            what = "files of no known kind" if file.format is None else "records are no pages"
            note = f"{file.path}: {file.skipped} {what}, {file.found} pages"
            is_empty = file.format is Format.PARQUET and not file.found
            (run.outcome.troubles if is_empty else run.outcome.notes).append(note)
    if given.news:
        _take(run, given.news)


def _take(run: RunContext, news: NewsList) -> None:
    """Enter the wanted pages of Common Crawl's files into the ledger."""
    for number, taken in enumerate(take(run.archive, news, run_id=run.run_id), 1):
        _require_room(run)
        run.bars.show("take", number, len(news.files))
        if taken.error and taken.is_new:
            run.outcome.troubles.append(f"{taken.file}: {taken.error}")
        elif taken.is_new:
            note = f"{taken.file}: {taken.pages} pages, {taken.skipped} others"
            run.outcome.notes.append(note)


def _merge(run: RunContext) -> None:
    """Take over what other workspaces have archived since the last time."""
    troubles = run.outcome.troubles
    taken = merge(run.archive, run.job.shards, run.run_id, troubles, run.tombstones)
    run.outcome.merged = taken.sources
    run.outcome.notes.append(
        f"took {taken.pages} pages of {len(run.job.shards)} workspaces; "
        f"{taken.linked} files linked, {size(taken.copied)} copied"
    )


def _prune(run: RunContext, store: Store, before: datetime) -> None:
    """Give up the archived bodies of old pages that are published."""
    head = store.head()
    pruned = run.archive.prune(
        before,
        run.clock(),
        upto=head.archive_sequence if head else 0,
        pending=head.pending if head else (),
    )
    run.outcome.notes.append(
        f"pruned {pruned.pages} pages, {pruned.segments} files, {size(pruned.bytes)}"
    )


def _publish(run: RunContext, store: Store) -> None:
    """Clean what no manifest covers and commit it."""
    judged = 0
    edited: list[PageRow] = []

    def show(verdict: Verdict) -> None:
        nonlocal judged
        judged += 1
        if judged % _LOOK_EVERY == 1:
            _require_room(run)
        if verdict.outcome is Outcome.EDITED:
            edited.append(verdict.page)
        run.bars.show("clean", judged, None)

    limits = run.config.crawl
    if limits.ner_model:
        # A model that is missing would fail every page by itself.
        load_model(limits.ner_model)
    options = PublishOptions(
        run_id=run.run_id,
        command=run.job.command,
        started_at=run.started_at,
        workers=limits.workers,
        deadline_s=limits.deadline_s,
        memory_bytes=int(limits.worker_memory_mb * 1e6),
        max_recleaned=limits.max_recleaned,
        defaults={source.name: source_defaults(limits, source) for source in run.config.sources},
        others=other_defaults(limits),
        sources=run.outcome.sources,
        sources_failed=run.outcome.sources_failed,
        reclean=run.job.reclean,
        is_partial=bool(run.outcome.troubles),
        on_page=show,
        tombstones=run.tombstones,
    )
    published = run.outcome.published = publish(run.archive, store, options, run.clock)
    if edited and run.config.sources:
        names = [source.name for source in run.config.sources]
        Frontier(run.archive, names).found_changed(page.url for page in edited)
        if run.job.shards:
            tell_changed(run.job.shards, run.job.frontier, edited, names)
    if published.unreadable:
        run.outcome.troubles.append(
            f"{published.unreadable} pages could not be read again; see the log"
        )


def _report(run: RunContext) -> None:
    """Write the night's page, and name what is not as usual about its sources."""
    published = run.outcome.published
    is_night = run.job.crawl or run.job.shards
    if not (is_night and published and published.manifest):
        return
    from crawler.reports import write_metrics, write_report  # given pages alone need no charts

    report, path = write_report(run.workspace)
    run.outcome.troubles += [point.line() for point in report.points if point.kind == "alarm"]
    run.outcome.report = path
    run.outcome.warnings += tell(run.config.alarm, report, path)
    if run.job.metrics:
        write_metrics(report, run.job.metrics)


def _require_room(run: RunContext) -> None:
    """Stop before the disk is full: what is staged is given up, the archive stays."""
    if run.workspace.config.exists():
        limit = run.config.crawl.min_free_disk_mb * _SHARE_FOR_PUBLISHING
        require_free(run.workspace.datasets, limit)
