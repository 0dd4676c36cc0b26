"""A night's report and its figures are written whole, beside what they tell of."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from prometheus_client.parser import text_string_to_metric_families
from typer.testing import CliRunner

from crawler.cli import app
from crawler.reports import write_metrics, write_report
from newsgrain.errors import NewsgrainError
from newsgrain.store import Store
from newsgrain.workspace import Workspace
from tests.newsgrain.store.nights import night, run_id

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    store = Store(tmp_path / "datasets")
    night(store, 1, range(10, 14))
    night(store, 2, range(20, 27))
    return Workspace(tmp_path)


def test_a_report_is_named_by_its_run(workspace: Workspace) -> None:
    _, path = write_report(workspace)
    write_report(workspace, "1")
    assert path.name == f"{run_id(2)}.html"
    assert sorted(one.stem for one in workspace.reports.iterdir()) == [run_id(1), run_id(2)]


def test_a_folder_that_refuses_is_one_line(workspace: Workspace) -> None:
    workspace.reports.write_text("in the way")
    with pytest.raises(NewsgrainError, match=r"reports.*cannot be written"):
        write_report(workspace)


def test_the_command_prints_where_the_report_lies_or_what_it_says(workspace: Workspace) -> None:
    told = CliRunner().invoke(app, ["report", "-w", str(workspace.root)])
    assert told.output.strip() == str(workspace.reports / f"{run_id(2)}.html")
    as_json = CliRunner().invoke(app, ["report", "-w", str(workspace.root), "--json"])
    assert json.loads(as_json.output)["run"]["run_id"] == run_id(2)


def test_metrics_are_what_prometheus_reads(workspace: Workspace) -> None:
    report, _ = write_report(workspace)
    write_metrics(report, workspace.root / "newsgrain.prom")
    text = (workspace.root / "newsgrain.prom").read_text()
    samples = {
        (sample.name, sample.labels.get("source")): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }
    assert samples["newsgrain_source_articles", "site2"] == 3
    assert samples["newsgrain_source_alarms", "site2"] == 0
    assert samples["newsgrain_run_finished_seconds", None] == report.run["finished_at"].timestamp()
