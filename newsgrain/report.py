"""The ten lines that a run leaves on the terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

_KIBI = 1024
_SHOWN = 3
_SITES_SHOWN = 10
_OK = "ok"


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


def report_lines(  # noqa: PLR0913 - what a report tells of
    run: Mapping[str, Any],
    datasets: Path,
    *,
    rows: Mapping[str, int],
    recleaned_pages: int = 0,
    reasons: Sequence[tuple[str, int]] = (),
    unsettled: int = 0,
) -> list[str]:
    """Return the report of a run, ten lines.

    Args:
        run: the run's row of ``runs``.
        datasets: the folder of the tables.
        rows: published rows per table, after the run.
        recleaned_pages: old pages that were cleaned again.
        reasons: why pages were rejected, most frequent first.
        unsettled: published articles that later runs clean again or compare.
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
        "left": f"{run['pending']} pages to judge, {unsettled} articles to look at again",
        "articles": f"{run['articles_total']} published",
        "items": f"{people}, {lists}",
        "datasets": str(datasets),
    }
    return [f"{name:<10} {text}" for name, text in lines.items()]


def site_lines(classes: Mapping[str, Mapping[str, int]]) -> list[str]:
    """Return a line for each site that gave other pages than whole articles, the worst first.

    Args:
        classes: how many pages each site gave of each class (`newsgrain.page_class`).
    """
    shares = {site: _share_of_articles(counts) for site, counts in classes.items()}
    worst = sorted((share, site) for site, share in shares.items() if share < 1)
    lines = [f"{'site':<10} {site}: {_classes(classes[site])}" for _, site in worst[:_SITES_SHOWN]]
    more = len(worst) - _SITES_SHOWN
    return [*lines, f"{'sites':<10} {more} more gave other pages, too"] if more > 0 else lines


def _share_of_articles(counts: Mapping[str, int]) -> float:
    return counts.get(_OK, 0) / sum(counts.values())


def _classes(counts: Mapping[str, int]) -> str:
    total = sum(counts.values())
    others = sorted(((-count, name) for name, count in counts.items() if name != _OK))
    shown = (f"{-count} {name} ({-count / total:.0%})" for count, name in others)
    return f"{counts.get(_OK, 0)} of {total} pages ok, {', '.join(shown)}"
