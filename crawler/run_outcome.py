"""What came of a run: its exit code, and the lines that it prints."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from crawler.rendering import rendering_advice
from newsgrain.head import head_manifest
from newsgrain.report import report_lines, site_lines

if TYPE_CHECKING:
    from pathlib import Path

    from crawler.display import Display
    from crawler.jobs import Job
    from crawler.session import CrawlSummary
    from newsgrain.publish import Published
    from newsgrain.workspace import Workspace

COMPLETE, FAILED, PARTIAL, INTERRUPTED = 0, 1, 3, 130
"""Exit codes of a run; a wrong configuration ends with 2 and a held lock with 4."""

_REJECTIONS_SHOWN = 20


@dataclass(slots=True, kw_only=True)
class RunOutcome:
    """What happened so far.

    Attributes:
        crawled: by the crawl, if there was one.
        merged: names of the sources that other workspaces gave pages of.
        published: by cleaning and committing, if there was any.
        troubles: a line each; the run is not complete.
        warnings: a line each, on the standard error; the run may be complete all the same.
        notes: a line each, on the standard output.
        report: the night's HTML page, if one was written.
    """

    crawled: CrawlSummary | None = None
    merged: tuple[str, ...] = ()
    published: Published | None = None
    troubles: list[str] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    report: Path | None = None

    @property
    def sources(self) -> tuple[str, ...]:
        """The names of the sources that were crawled, here or elsewhere."""
        if self.crawled is None:
            return self.merged
        return tuple(source.name for source in self.crawled.sources)

    @property
    def sources_failed(self) -> tuple[str, ...]:
        """The names of those that failed or listed nothing."""
        sources = self.crawled.sources if self.crawled else ()
        return tuple(source.name for source in sources if source.error or source.is_silent)

    @property
    def interrupted(self) -> bool:
        """Whether a signal ended a part of the run."""
        parts = (self.crawled, self.published)
        return any(part is not None and part.interrupted for part in parts)

    def exit_code(self) -> int:
        """Return what the process is to end with."""
        if self.interrupted:
            return INTERRUPTED
        if not self.troubles:
            return COMPLETE
        if self.crawled:
            has_answer = set(self.sources) - set(self.sources_failed)
            has_pages = self.published and self.published.row.get("article_fetches")
            return PARTIAL if has_answer or has_pages else FAILED
        return PARTIAL if self.published and self.published.manifest else FAILED


def show_outcome(display: Display, workspace: Workspace, job: Job, outcome: RunOutcome) -> None:
    """Print the ten lines of a run, and what is wrong."""
    for warning in outcome.warnings:
        display.trouble(f"newsgrain: {warning}")
    for trouble in outcome.troubles:
        display.trouble(f"newsgrain: {trouble}")
    display.lines(outcome.notes)
    published, manifest = outcome.published, head_manifest(workspace.datasets)
    if published and published.manifest and manifest:
        if job.given.paths or job.given.news:
            _show_rejections(display, published)
        display.hints(rendering_advice(published.reasons))
        rows = {table: manifest.rows(table) for table in manifest.tables}
        datasets = workspace.datasets.resolve()
        reasons = Counter(published.reasons).most_common()
        display.lines(
            report_lines(
                published.row,
                datasets,
                rows=rows,
                recleaned_pages=published.recleaned_pages,
                reasons=reasons,
                unsettled=manifest.unsettled,
            )
        )
        display.lines(site_lines(published.classes))
        if outcome.report:
            display.line(f"{'report':<10} {outcome.report.resolve()}")
    elif outcome.crawled:
        display.lines(
            f"{source.name}: {source.fetched} fetched, {source.not_modified} not modified, "
            f"{source.failed} failed, {source.skipped} skipped"
            for source in outcome.crawled.sources
        )
    elif not outcome.troubles:
        display.line("nothing new to clean")
    if outcome.interrupted:
        display.trouble("newsgrain: interrupted; run it again to finish")


def _show_rejections(display: Display, published: Published) -> None:
    for verdict in published.rejections[:_REJECTIONS_SHOWN]:
        detail = f" ({verdict.detail})" if verdict.detail else ""
        display.line(f"rejected {verdict.page.url}: {verdict.reason}{detail}")
    more = sum(published.reasons.values()) - _REJECTIONS_SHOWN
    if more > 0:
        display.line(f"and {more} more; the table verdicts names them all")
