"""One run, whole: lock | plan | crawl | clean | commit | report | exit code."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crawler.configuration import Config
from crawler.display import Display
from crawler.learning import learned_patterns
from crawler.logs import early_log, run_log
from crawler.run_context import RunContext
from crawler.run_outcome import show_outcome
from crawler.settings import MAX_REQUESTS_WITHOUT_CONTACT
from crawler.sources import load_config
from newsgrain.archive import Archive
from newsgrain.clock import system_clock
from newsgrain.disk import require_free
from newsgrain.errors import DiskLowError
from newsgrain.head import recovered_head
from newsgrain.tombstones import read_tombstones

if TYPE_CHECKING:
    from collections.abc import Mapping

    from crawler.crawl import CrawlSummary, Progress
    from crawler.display import Bars
    from crawler.jobs import Job
    from newsgrain.clock import Clock
    from newsgrain.workspace import Workspace

_NO_CONTACT = (
    "newsgrain: newsgrain.toml has no crawl.contact, by which sites could reach you; "
    f"this run stops at {MAX_REQUESTS_WITHOUT_CONTACT} requests a host"
)


def _begin(  # noqa: PLR0913 - all that a run depends on, and nothing hidden
    workspace: Workspace,
    job: Job,
    *,
    config: Config,
    archive: Archive,
    bars: Bars,
    clock: Clock,
) -> RunContext:
    started_at = clock()
    head = recovered_head(workspace.datasets)
    run_id = archive.begin_run(
        job.command,
        started_at,
        head=head.run_id if head else None,
        floor=head.archive_sequence if head else 0,
    )
    return RunContext(
        workspace=workspace,
        job=job,
        config=config,
        archive=archive,
        bars=bars,
        clock=clock,
        tombstones=read_tombstones(workspace.root),
        run_id=run_id,
        started_at=started_at,
    )


def _crawl(run: RunContext, settings: Mapping[str, object]) -> None:
    """Fetch what is new; a disk that is nearly full ends it, and the run goes on."""
    # Here, and only here: cleaning what was given starts a second sooner without Scrapy.
    from crawler.crawl import Reach, crawl

    job = run.job

    def show(progress: Progress) -> None:
        run.bars.show(progress.source, progress.done, progress.done + progress.queued)

    try:
        require_free(run.workspace.archive, run.config.crawl.min_free_disk_mb)
        summary = crawl(
            run.workspace,
            run.config,
            run.archive,
            run_id=run.run_id,
            clock=run.clock,
            only=job.only,
            reach=Reach(
                since=job.since,
                refetch=job.refetch,
                shard=job.shard,
                frontier=job.frontier,
                patterns=learned_patterns(run.workspace),
            ),
            settings=settings,
            on_progress=show,
        )
    except DiskLowError as exc:
        run.outcome.troubles.append(f"{exc}; nothing more was fetched")
        return
    run.outcome.crawled = summary
    _tell_crawled(run, summary)


def _tell_crawled(run: RunContext, summary: CrawlSummary) -> None:
    """Note what is to be said of a crawl, a line each."""
    outcome, job = run.outcome, run.job
    if not summary.sources:
        why = f"falls to shard {job.shard}" if job.shard else "was left by the others"
        outcome.notes.append(f"no site {why}")
    for source in summary.sources:
        if source.error:
            outcome.troubles.append(f"{source.name}: {source.error}")
        elif source.is_silent:
            outcome.troubles.append(f"{source.name}: lists no article today")
        elif source.warning:
            outcome.warnings.append(f"{source.name}: {source.warning}")
    if summary.timed_out:
        outcome.warnings.append("crawl.max_crawl_s ended the crawl; the rest waits")


def _process(run: RunContext) -> None:
    """Do what is asked for beside crawling."""
    if run.job.only_crawls:
        return
    # After the crawl, and only then: a crawl has half the memory without pyarrow and pandas.
    from crawler.processing import process

    process(run)


def _forget_again(run: RunContext) -> None:
    """Forget what came back under a new address; the lock is free again."""
    if run.outcome.published:
        from crawler.forgetting import forget_again  # as above

        forget_again(run.workspace, run.outcome, run.clock)


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
    with (
        workspace.lock(),
        early_log() as early,
        Archive.open(workspace.archive) as archive,
        display.bars() as bars,
    ):
        run = _begin(workspace, job, config=config, archive=archive, bars=bars, clock=clock)
        with run_log(workspace.logs, run.run_id, early):
            if job.crawl:
                _crawl(run, settings or {})
            _process(run)
        if not run.outcome.interrupted:  # a run that is, needs resuming
            archive.end_run(run.run_id, clock())
    _forget_again(run)
    show_outcome(display, workspace, job, run.outcome)
    return run.outcome.exit_code()
