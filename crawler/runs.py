"""One run, whole: lock | plan | crawl | clean | commit | report | exit code."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crawler.crawl import Reach, crawl
from crawler.defaults import other_defaults, source_defaults
from crawler.display import Display
from crawler.forgetting import forget_again
from crawler.frontier import Frontier
from crawler.hooks import tell
from crawler.learning import learned_patterns
from crawler.logs import early_log, run_log
from crawler.merge import merge, tell_changed
from crawler.run_outcome import RunOutcome, show_outcome
from crawler.settings import MAX_REQUESTS_WITHOUT_CONTACT
from crawler.sources import Config, load_config
from newsgrain.archive import Archive
from newsgrain.cc_news import take
from newsgrain.clock import system_clock
from newsgrain.disk import require_free
from newsgrain.errors import DiskLowError
from newsgrain.formats import Format
from newsgrain.inputs import scan_inputs
from newsgrain.publish import PublishOptions, publish
from newsgrain.report import size
from newsgrain.revisions import Outcome
from newsgrain.spacy_names import load_model
from newsgrain.store import Store
from newsgrain.tombstones import read_tombstones

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from crawler.crawl import Progress
    from crawler.display import Bars
    from crawler.jobs import Job
    from newsgrain.cc_list import NewsList
    from newsgrain.clock import Clock
    from newsgrain.ledger import PageRow
    from newsgrain.verdicts import Verdict
    from newsgrain.workspace import Workspace

_LOOK_EVERY = 100
# Of the free space at which a crawl ends, what cleaning and publishing leave untouched.
_SHARE_FOR_PUBLISHING = 0.1
_NO_CONTACT = (
    "newsgrain: newsgrain.toml has no crawl.contact, by which sites could reach you; "
    f"this run stops at {MAX_REQUESTS_WITHOUT_CONTACT} requests a host"
)


class _Run:
    """The steps of one run, in order; each leaves its part in `outcome`."""

    def __init__(  # noqa: PLR0913, PLR0917 - all that a run depends on, and nothing hidden
        self,
        workspace: Workspace,
        job: Job,
        config: Config,
        archive: Archive,
        store: Store,
        bars: Bars,
        clock: Clock,
    ) -> None:
        self._workspace = workspace
        self._job = job
        self._config = config
        self._archive = archive
        self._store = store
        self._bars = bars
        self._clock = clock
        self._tombstones = read_tombstones(workspace.root)
        self.started_at = clock()
        head = store.head()
        self.run_id = archive.begin_run(
            job.command,
            self.started_at,
            head=head.run_id if head else None,
            floor=head.archive_sequence if head else 0,
        )
        self.outcome = RunOutcome()

    def crawl(self, settings: Mapping[str, object]) -> None:
        """Fetch what is new; a disk that is nearly full ends it, and the run goes on."""
        try:
            require_free(self._workspace.archive, self._config.crawl.min_free_disk_mb)
            summary = crawl(
                self._workspace,
                self._config,
                self._archive,
                run_id=self.run_id,
                clock=self._clock,
                only=self._job.only,
                reach=self._reach(),
                settings=settings,
                on_progress=self._show_crawl,
            )
        except DiskLowError as exc:
            self.outcome.troubles.append(f"{exc}; nothing more was fetched")
            return
        self.outcome.crawled = summary
        if not summary.sources:
            why = (
                f"falls to shard {self._job.shard}" if self._job.shard else "was left by the others"
            )
            self.outcome.notes.append(f"no site {why}")
        for source in summary.sources:
            if source.error:
                self.outcome.troubles.append(f"{source.name}: {source.error}")
            elif source.is_silent:
                self.outcome.troubles.append(f"{source.name}: lists no article today")
            elif source.warning:
                self.outcome.warnings.append(f"{source.name}: {source.warning}")
        if summary.timed_out:
            self.outcome.warnings.append("crawl.max_crawl_s ended the crawl; the rest waits")

    def prune(self, before: datetime) -> None:
        """Give up the archived bodies of old pages that are published."""
        head = self._store.head()
        pruned = self._archive.prune(
            before,
            self._clock(),
            upto=head.archive_sequence if head else 0,
            pending=head.pending if head else (),
        )
        self.outcome.notes.append(
            f"pruned {pruned.pages} pages, {pruned.segments} files, {size(pruned.bytes)}"
        )

    def _reach(self) -> Reach:
        return Reach(
            since=self._job.since,
            refetch=self._job.refetch,
            shard=self._job.shard,
            frontier=self._job.frontier,
            patterns=learned_patterns(self._workspace),
        )

    def _show_crawl(self, progress: Progress) -> None:
        self._bars.show(progress.source, progress.done, progress.done + progress.queued)

    def register(self) -> None:
        """Enter the files that were given into the ledger."""
        given = self._job.given
        own = (self._workspace.archive, self._workspace.datasets)
        for file in scan_inputs(
            given.paths, url=given.url, fetched_at=given.fetched_at, exclude=own
        ):
            pages = (page for page in file.pages() if not self._tombstones.holds(page.url))
            self._archive.register(pages, run_id=self.run_id)
            if file.error:
                self.outcome.troubles.append(str(file.error))
            elif file.skipped:
                what = "files of no known kind" if file.format is None else "records are no pages"
                note = f"{file.path}: {file.skipped} {what}, {file.found} pages"
                is_empty = file.format is Format.PARQUET and not file.found
                (self.outcome.troubles if is_empty else self.outcome.notes).append(note)
        if given.news:
            self._take(given.news)

    def _take(self, news: NewsList) -> None:
        """Enter the wanted pages of Common Crawl's files into the ledger."""
        for number, taken in enumerate(take(self._archive, news, run_id=self.run_id), 1):
            self._require_room()
            self._bars.show("take", number, len(news.files))
            if taken.error and taken.is_new:
                self.outcome.troubles.append(f"{taken.file}: {taken.error}")
            elif taken.is_new:
                note = f"{taken.file}: {taken.pages} pages, {taken.skipped} others"
                self.outcome.notes.append(note)

    def merge(self) -> None:
        """Take over what other workspaces have archived since the last time."""
        troubles = self.outcome.troubles
        taken = merge(self._archive, self._job.shards, self.run_id, troubles, self._tombstones)
        self.outcome.merged = taken.sources
        self.outcome.notes.append(
            f"took {taken.pages} pages of {len(self._job.shards)} workspaces; "
            f"{taken.linked} files linked, {size(taken.copied)} copied"
        )

    def publish(self) -> None:
        """Clean what no manifest covers and commit it."""
        judged = 0
        edited: list[PageRow] = []

        def show(verdict: Verdict) -> None:
            nonlocal judged
            judged += 1
            if judged % _LOOK_EVERY == 1:
                self._require_room()
            if verdict.outcome is Outcome.EDITED:
                edited.append(verdict.page)
            self._bars.show("clean", judged, None)

        limits = self._config.crawl
        if limits.ner_model:
            # A model that is missing would fail every page by itself.
            load_model(limits.ner_model)
        options = PublishOptions(
            run_id=self.run_id,
            command=self._job.command,
            started_at=self.started_at,
            workers=limits.workers,
            deadline_s=limits.deadline_s,
            memory_bytes=int(limits.worker_memory_mb * 1e6),
            max_recleaned=limits.max_recleaned,
            defaults={
                source.name: source_defaults(limits, source) for source in self._config.sources
            },
            others=other_defaults(limits),
            sources=self.outcome.sources,
            sources_failed=self.outcome.sources_failed,
            reclean=self._job.reclean,
            is_partial=bool(self.outcome.troubles),
            on_page=show,
            tombstones=self._tombstones,
        )
        published = publish(self._archive, self._store, options, self._clock)
        self.outcome.published = published
        if edited and self._config.sources:
            names = [source.name for source in self._config.sources]
            Frontier(self._archive, names).found_changed(page.url for page in edited)
            if self._job.shards:
                tell_changed(self._job.shards, self._job.frontier, edited, names)
        if published.unreadable:
            self.outcome.troubles.append(
                f"{published.unreadable} pages could not be read again; see the log"
            )

    def report(self) -> None:
        """Write the night's page, and name what is not as usual about its sources."""
        published = self.outcome.published
        is_night = self._job.crawl or self._job.shards
        if not (is_night and published and published.manifest):
            return
        from crawler.reports import write_metrics, write_report  # not in a crawl's memory

        report, path = write_report(self._workspace)
        self.outcome.troubles += [point.line() for point in report.points if point.kind == "alarm"]
        self.outcome.report = path
        self.outcome.warnings += tell(self._config.alarm, report, path)
        if self._job.metrics:
            write_metrics(report, self._job.metrics)

    def _require_room(self) -> None:
        """Stop before the disk is full: what is staged is given up, the archive stays."""
        if self._workspace.config.exists():
            limit = self._config.crawl.min_free_disk_mb * _SHARE_FOR_PUBLISHING
            require_free(self._workspace.datasets, limit)

    def end(self) -> None:
        """Note that the run needs no resuming."""
        if not self.outcome.interrupted:
            self._archive.end_run(self.run_id, self._clock())


def _config(workspace: Workspace, job: Job) -> Config:
    """Return the workspace's configuration; where it has none, that of what is merged into it.

    Without sources there is nothing to crawl, but given files can be cleaned anywhere.
    """
    for place in (workspace, *job.shards):
        if place.config.exists():
            return load_config(place.config)
    return load_config(workspace.config) if job.crawl else Config()


def execute(
    workspace: Workspace,
    job: Job,
    *,
    quiet: bool = False,
    clock: Clock = system_clock,
    settings: Mapping[str, object] | None = None,
) -> int:
    """Carry out a command and print its report.

    Args:
        workspace: where.
        job: what.
        quiet: print nothing but what is wrong.
        clock: gives the present; the demo simulates its nights.
        settings: Scrapy settings that override those of the product.

    Returns:
        the exit code.

    Raises:
        NewsgrainError: the configuration, the lock, the disk, the archive or the datasets;
            what was fetched or published before stays.
    """
    display = Display(quiet=quiet)
    config = _config(workspace, job)
    if job.crawl and not config.crawl.contact:
        display.hint(_NO_CONTACT)
    with workspace.lock(), early_log() as early, Archive.open(workspace.archive) as archive:
        store = Store(workspace.datasets, clock=clock)
        store.recover()
        with display.bars() as bars:
            run = _Run(workspace, job, config, archive, store, bars, clock)
            with run_log(workspace.logs, run.run_id, early):
                if job.crawl:
                    run.crawl(settings or {})
                run.register()
                if job.shards:
                    run.merge()
                if job.prune_before is not None:
                    run.prune(job.prune_before)
                if job.publish and not run.outcome.interrupted:
                    run.publish()
                    run.report()
            run.end()
    forget_again(workspace, run.outcome, clock)
    show_outcome(display, workspace, store, job, run.outcome)
    return run.outcome.exit_code()
