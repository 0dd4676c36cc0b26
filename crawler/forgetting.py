"""``newsgrain forget``: what is found, what is done, what stays to be done by hand."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crawler.display import Display
from newsgrain.clock import system_clock
from newsgrain.copies import backups_of, exports_of
from newsgrain.finding import find_article, find_person
from newsgrain.forget import forget
from newsgrain.store import Store
from newsgrain.tombstones import Reason

if TYPE_CHECKING:
    from collections.abc import Sequence

    from crawler.run_outcome import RunOutcome
    from newsgrain.clock import Clock
    from newsgrain.finding import Finding
    from newsgrain.workspace import Workspace

_CITED = "what was cited before is told by `newsgrain verify`"


def show_forgetting(  # noqa: PLR0913 - what, why and how
    workspace: Workspace,
    address: str | None,
    people: Sequence[str],
    reason: Reason,
    *,
    dry_run: bool,
    clock: Clock = system_clock,
) -> None:
    """Forget an article or a person and print what went, or what would go.

    Args:
        workspace: where.
        address: of the article; None: it is a person.
        people: spellings of the person's name.
        reason: why.
        dry_run: only print.
        clock: gives the day.

    Raises:
        NewsgrainError: the lock is held, or the disk, the archive or the datasets failed.
    """
    display = Display()
    with workspace.lock():
        Store(workspace.datasets, clock=clock).recover()
        finding = _found(workspace, address, people, reason, clock)
        display.lines(finding.lines)
        display.lines(f"{'export':<12}{path}" for path in exports_of(workspace))
        if dry_run:
            display.line("nothing was changed")
            return
        done = forget(workspace, finding.removal, clock=clock)
    display.lines(f"{'deleted':<12}{path}" for path in done.deleted)
    display.line(f"forgotten; {done.pages} rows of the archive changed; {_CITED}")
    display.hints(
        f"this backup still holds it, delete it or make it again: {path}"
        for path in backups_of(workspace)
    )


def _found(
    workspace: Workspace,
    address: str | None,
    people: Sequence[str],
    reason: Reason,
    clock: Clock,
) -> Finding:
    if address is not None:
        return find_article(workspace, address, reason, clock())
    return find_person(workspace, people, reason, clock())


def forget_again(workspace: Workspace, outcome: RunOutcome, clock: Clock) -> None:
    """Forget what came under a new address, so that it is not even asked for again."""
    refused = outcome.published.refused if outcome.published else ()
    for url in refused:
        with workspace.lock():
            finding = find_article(workspace, url, Reason.ERASURE, clock())
            forget(workspace, finding.removal, clock=clock)
