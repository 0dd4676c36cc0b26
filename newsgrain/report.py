"""The ten lines that a run leaves on the terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

_KIBI = 1024
_SHOWN = 3


def size(count: float) -> str:
    """Return a number of bytes for people, e.g. ``1.4 MB``."""
    for unit in ("bytes", "KB", "MB", "GB"):
        if count < _KIBI:
            return f"{count:.0f} {unit}" if unit == "bytes" else f"{count:.1f} {unit}"
        count /= _KIBI
    return f"{count:.1f} TB"


def _sources(run: Mapping[str, Any]) -> str:
    if not run["sources"]:
        return "none crawled"
    failed = run["sources_failed"]
    answered = f"{len(run['sources']) - len(failed)} of {len(run['sources'])} answered"
    return f"{answered}; failed or silent: {', '.join(failed)}" if failed else answered


def _duration(run: Mapping[str, Any]) -> str:
    seconds = (run["finished_at"] - run["started_at"]).total_seconds()
    return f"{seconds:.0f} s" if seconds < 120 else f"{seconds / 60:.0f} min"  # noqa: PLR2004


def _reasons(reasons: Sequence[tuple[str, int]]) -> str:
    return f" ({', '.join(f'{count} {reason}' for reason, count in reasons)})" if reasons else ""


def report_lines(
    run: Mapping[str, Any],
    datasets: Path,
    *,
    rows: Mapping[str, int],
    recleaned_pages: int = 0,
    reasons: Sequence[tuple[str, int]] = (),
) -> list[str]:
    """Return the report of a run, ten lines.

    Args:
        run: the run's row of ``runs``.
        datasets: the folder of the tables.
        rows: published rows per table, after the run.
        recleaned_pages: old pages that were cleaned again.
        reasons: why pages were rejected, most frequent first.
    """
    people = ", ".join(f"{rows[name]} {name}" for name in ("authors", "speakers", "quotes"))
    lists = ", ".join(f"{rows[name]} {name}" for name in ("lists", "recommendations"))
    lines = {
        "run": f"{run['run_id']} {run['status']} in {_duration(run)}",
        "sources": _sources(run),
        "requests": f"{run['requests']} ({size(run['bytes_received'])})",
        "pages": f"{run['article_fetches']} judged: {run['new']} new, {run['edited']} edited, "
        f"{run['unchanged']} unchanged, {run['not_modified']} not modified",
        "refused": f"{run['rejected']} rejected{_reasons(reasons[:_SHOWN])}, "
        f"{run['failed']} failed",
        "recleaned": f"{recleaned_pages} old pages, {run['recleaned']} articles changed",
        "left": f"{run['pending']} pages for the next run",
        "articles": f"{run['articles_total']} published",
        "items": f"{people}, {lists}",
        "datasets": str(datasets),
    }
    return [f"{name:<10} {text}" for name, text in lines.items()]
