"""The demo, as make demo starts it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from crawler.demo.nights import last_nights
from tests.end_to_end.conftest import newsgrain, rows


@pytest.mark.slow
def test_the_demo_prints_the_rows_and_where_they_lie(tmp_path):
    workspace = tmp_path / "demo workspace"
    done = newsgrain("demo", "--workspace", workspace)
    assert (done.returncode, done.stderr) == (0, "")
    assert f"The rows lie in {workspace / 'datasets'}" in done.stdout
    runs = sorted(rows(workspace, "runs"), key=lambda row: row["run_id"])
    assert [(run["new"], run["edited"], run["failed"]) for run in runs] == [(50, 0, 0), (1, 1, 1)]


@pytest.mark.parametrize("hour", range(24))
def test_the_nights_of_the_demo_have_passed_and_are_at_the_same_hour(hour):
    now = datetime(2026, 11, 25, hour, 14, 36, 7, tzinfo=UTC)
    first, second = last_nights(now)
    assert (second - first, second.hour, first.hour) == (timedelta(days=1), 2, 2)
    assert timedelta() <= now - second < timedelta(days=1)


def test_the_demo_never_empties_a_folder_that_is_not_its_own(tmp_path):
    (tmp_path / "thesis.txt").write_text("years of work")
    done = newsgrain("demo", "--workspace", tmp_path)
    assert done.returncode == 2
    assert "is not empty and no demo workspace" in done.stderr
    assert (tmp_path / "thesis.txt").read_text() == "years of work"
