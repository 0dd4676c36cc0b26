"""A night's report as one self-contained HTML page."""

from __future__ import annotations

import shlex
from dataclasses import dataclass
from datetime import timedelta
from statistics import median
from typing import TYPE_CHECKING, Any

from newsgrain import charts
from newsgrain.html_page import render_page
from newsgrain.layout import started_at
from newsgrain.page_shares import classes_shown
from newsgrain.report import size

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from newsgrain.night_report import NightReport, SourceReport, TableReport
    from newsgrain.page_shares import PageShares

_BARS = "▁▂▃▄▅▆▇█"
_OUTCOMES = ("new", "edited", "unchanged", "not_modified", "rejected", "failed")


@dataclass(frozen=True, slots=True, kw_only=True)
class Chart:
    """One chart and the table behind it.

    Attributes:
        title: what it shows.
        svg: the picture.
        columns, rows: the same as a table.
    """

    title: str
    svg: str
    columns: tuple[str, ...]
    rows: tuple[tuple[object, ...], ...]


def render(report: NightReport) -> str:
    """Return the page."""
    run = report.run
    started = started_at(run["run_id"])
    return render_page(
        "report",
        run=run,
        day=f"{started.day} {started:%B %Y}",
        duration=_duration(run["finished_at"] - run["started_at"]),
        cards=tuple(_cards(report)),
        points=[
            (point, [(url, shlex.quote(url)) for url in point.urls]) for point in report.points
        ],
        sources=[_source(source) for source in report.sources],
        sites=[_site(site, classes_shown(report.sites)) for site in report.sites],
        classes=[name.replace("_", " ") for name in classes_shown(report.sites)],
        charts=tuple(_charts(report)),
        tables=[_table(table) for table in report.tables],
    )


def _duration(span: timedelta) -> str:
    seconds = round(span.total_seconds())
    minutes = timedelta(minutes=1).total_seconds()
    return f"{seconds} s" if seconds < 2 * minutes else f"{seconds / minutes:.0f} min"


def _cards(report: NightReport) -> Iterator[tuple[str, object, str]]:
    run, past = report.run, report.runs[:-1]
    for outcome in ("new", "edited", "rejected", "failed"):
        usual = f"usually {median(night[outcome] for night in past):.0f}" if past else ""
        yield outcome, run[outcome], usual
    yield "not modified", run["not_modified"], "asked for, and answered in a few bytes"
    ratio = f"{run['requests'] / run['new']:.1f} a new article" if run["new"] else ""
    yield "requests", run["requests"], ratio
    yield "received", size(run["bytes_received"]), ""
    if run["pending"]:
        yield "pending", run["pending"], "pages for the next run"


def _source(source: SourceReport) -> dict[str, object]:
    tonight, counts = source.tonight, [night.articles for night in source.past]
    trouble = [alarm.text for alarm in source.alarms]
    if source.is_failed:
        trouble.insert(0, "no answer, or nothing listed")
    shown = [*counts, tonight.articles]
    return {
        "name": tonight.source,
        "new": tonight.articles,
        "usual": f"{median(counts):.0f}" if counts else "–",
        "spark": _spark(shown),
        "told": "new articles a night, oldest first: " + ", ".join(map(str, shown)),
        "edited": tonight.edited,
        "rejected": tonight.rejected,
        "failed": tonight.failed,
        "trouble": "; ".join(trouble),
    }


def _site(site: PageShares, classes: Sequence[str]) -> dict[str, object]:
    return {
        "name": site.site,
        "pages": site.pages,
        "articles": _percent(site.articles),
        "before": _percent(site.articles_before),
        "counts": [site.classes.get(name, 0) for name in classes],
    }


def _spark(counts: Sequence[int]) -> str:
    top = max([*counts, 1])
    return "".join(_BARS[round(count / top * (len(_BARS) - 1))] for count in counts)


def _table(table: TableReport) -> dict[str, object]:
    before = table.rows_before
    change = "" if before is None else f"{table.rows - before:+}" if table.rows - before else "0"
    return {
        "name": table.name,
        "rows": table.rows,
        "change": change,
        "size": size(table.bytes),
    }


def _charts(report: NightReport) -> Iterator[Chart]:
    runs, figures = report.runs, report.figures
    yield Chart(
        title="New articles by source and night",
        svg=charts.articles_by_night(figures),
        columns=("night", "source", "new articles"),
        rows=tuple((_day(one.run_id), one.source, one.articles) for one in figures),
    )
    yield Chart(
        title="What became of the pages",
        svg=charts.outcomes_by_night(runs),
        columns=("night", *_OUTCOMES),
        rows=tuple((_day(run["run_id"]), *(run[name] for name in _OUTCOMES)) for run in runs),
    )
    coverage = report.coverage()
    yield Chart(
        title="Share of the new articles that have a field",
        svg=charts.field_coverage(coverage),
        columns=("field", "tonight", "nights before"),
        rows=tuple((field, *map(_percent, pair)) for field, pair in coverage.items()),
    )
    before = [n for one in figures if one.run_id != report.run["run_id"] for n in one.lengths]
    yield Chart(
        title="Length of the new articles' texts",
        svg=charts.text_lengths(report.lengths, before),
        columns=("nights", "articles", "median of words"),
        rows=(("tonight", *_middle(report.lengths)), ("before", *_middle(before))),
    )
    if report.speakers:
        yield Chart(
            title="Who spoke in most articles of these nights",
            svg=charts.speakers(report.speakers),
            columns=("name", "articles"),
            rows=report.speakers,
        )
    yield Chart(
        title="Requests for each new article",
        svg=charts.requests_per_article(runs),
        columns=("night", "requests", "new articles"),
        rows=tuple((_day(run["run_id"]), run["requests"], run["new"]) for run in runs),
    )


def _day(run_id: str) -> str:
    return f"{started_at(run_id):%Y-%m-%d}"


def _percent(share: float | None) -> str:
    return "–" if share is None else f"{share:.0%}"


def _middle(lengths: Sequence[int]) -> tuple[Any, ...]:
    return len(lengths), f"{median(lengths):.0f}" if lengths else "–"
