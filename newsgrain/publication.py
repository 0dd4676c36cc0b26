"""How a run publishes, and what it published."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from cleaners.options import DEADLINE_S, MEMORY_BYTES, CleanOptions
from newsgrain.tombstones import Tombstones

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime

    from newsgrain.manifest import Manifest
    from newsgrain.verdicts import Verdict


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
        memory_bytes: that a process which cleans may hold.
        defaults: per source.
        others: for pages of no configured source.
        sources: names of the sources that were crawled.
        sources_failed: names of those that failed or were silent.
        reclean: clean the latest page of every address again, not only new pages.
        max_recleaned: how many published articles are cleaned again at most because their
            sites have shown more of what is boilerplate; the rest is left for later runs.
        is_partial: a source or an input failed.
        on_page: called after each judged page.
        tombstones: what was forgotten and must not be published again.
    """

    run_id: str
    command: str
    started_at: datetime
    workers: int
    deadline_s: float = DEADLINE_S
    memory_bytes: int = MEMORY_BYTES
    defaults: Mapping[str, SourceDefaults] = field(default_factory=dict)
    others: SourceDefaults = field(default_factory=SourceDefaults)
    sources: tuple[str, ...] = ()
    sources_failed: tuple[str, ...] = ()
    reclean: bool = False
    max_recleaned: int = 1000
    is_partial: bool = False
    on_page: Callable[[Verdict], None] = lambda _: None
    tombstones: Tombstones = field(default_factory=Tombstones)

    def defaults_of(self, source: str | None) -> SourceDefaults:
        """Return what the configuration knows of a source."""
        return self.defaults.get(source or "", self.others)


@dataclass(frozen=True, slots=True, kw_only=True)
class Published:
    """What a run published.

    Attributes:
        manifest: the new state; None if there was nothing to publish.
        row: the run's row in ``runs``.
        rejections: the first hundred pages that were rejected.
        reasons: how many pages were rejected for each reason.
        classes: how many pages each site gave of each class (`newsgrain.page_class`).
        recleaned_pages: old pages that were cleaned again.
        unreadable: those of them that are not there any more.
        interrupted: cleaning was interrupted; the rest is pending in the manifest.
        refused: addresses that turned out to be forgotten articles'.
    """

    manifest: Manifest | None
    row: Mapping[str, Any]
    rejections: tuple[Verdict, ...] = ()
    reasons: Mapping[str, int] = field(default_factory=dict)
    classes: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    recleaned_pages: int = 0
    unreadable: int = 0
    interrupted: bool = False
    refused: tuple[str, ...] = ()
