"""``newsgrain report``, and the same after every run: one HTML file a night, and figures."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from prometheus_client import CollectorRegistry, Gauge, write_to_textfile

from crawler.display import Display
from newsgrain.catalog import Catalog
from newsgrain.errors import NewsgrainError
from newsgrain.night_report import report_night
from newsgrain.report_page import render

if TYPE_CHECKING:
    from pathlib import Path

    from newsgrain.night_report import NightReport
    from newsgrain.workspace import Workspace

_FIGURES = {
    "articles": "new articles",
    "edited": "new revisions of known articles",
    "rejected": "pages that gave no article",
    "failed": "pages that could not be fetched",
}


def write_report(workspace: Workspace, as_of: str | None = None) -> tuple[NightReport, Path]:
    """Write a night's page to ``reports/`` and return what it says, and where it lies.

    Raises:
        NewsgrainError: there is no such night, or the disk refuses.
    """
    report = report_night(workspace.datasets, Catalog(), as_of)
    path = workspace.reports / f"{report.run['run_id']}.html"
    draft = path.with_name(f".{path.name}.draft")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        draft.write_text(render(report), "utf-8")
        draft.rename(path)
    except OSError as exc:
        raise NewsgrainError(f"cannot be written: {exc.strerror or exc}", path=path) from exc
    return report, path


def show_report(workspace: Workspace, as_of: str | None, *, as_json: bool) -> None:
    """Write a night's page and print where it lies, or print the report as JSON.

    Raises:
        NewsgrainError: there is no such night, or the disk refuses.
    """
    display = Display()
    if as_json:
        report = report_night(workspace.datasets, Catalog(), as_of)
        display.line(json.dumps(asdict(report), default=str, ensure_ascii=False, indent=1))
        return
    _, path = write_report(workspace, as_of)
    display.line(str(path))


def write_metrics(report: NightReport, path: Path) -> None:
    """Write a night's figures in the Prometheus text format, for node_exporter's collector.

    Args:
        report: of the night.
        path: is replaced as a whole.

    Raises:
        NewsgrainError: the disk refuses.
    """
    registry = CollectorRegistry()
    run: dict[str, Any] = dict(report.run)
    finished = Gauge("newsgrain_run_finished_seconds", "when the run ended", registry=registry)
    finished.set(run["finished_at"].timestamp())
    for name in ("requests", "bytes_received", "pending", "articles_total"):
        Gauge(f"newsgrain_{name}", f"as in the table runs: {name}", registry=registry).set(
            run[name]
        )
    gauges = {
        name: Gauge(f"newsgrain_source_{name}", text, ["source"], registry=registry)
        for name, text in _FIGURES.items()
    }
    alarms = Gauge("newsgrain_source_alarms", "what is unusual", ["source"], registry=registry)
    for source in report.sources:
        alarms.labels(source.tonight.source).set(len(source.alarms) + source.is_failed)
        for name, gauge in gauges.items():
            gauge.labels(source.tonight.source).set(getattr(source.tonight, name))
    try:
        write_to_textfile(str(path), registry)
    except OSError as exc:
        raise NewsgrainError(f"cannot be written: {exc.strerror or exc}", path=path) from exc
