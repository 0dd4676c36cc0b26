"""The demo, as make demo starts it."""

from __future__ import annotations

import pytest

from tests.end_to_end.conftest import newsgrain, rows


@pytest.mark.slow
def test_the_demo_prints_the_rows_and_where_they_lie(tmp_path):
    workspace = tmp_path / "demo workspace"
    done = newsgrain("demo", "--workspace", workspace)
    assert (done.returncode, done.stderr) == (0, "")
    assert f"The rows lie in {workspace / 'datasets'}" in done.stdout
    runs = sorted(rows(workspace, "runs"), key=lambda row: row["run_id"])
    assert [(run["new"], run["edited"], run["failed"]) for run in runs] == [(50, 0, 0), (1, 1, 1)]


def test_the_demo_never_empties_a_folder_that_is_not_its_own(tmp_path):
    (tmp_path / "thesis.txt").write_text("years of work")
    done = newsgrain("demo", "--workspace", tmp_path)
    assert done.returncode == 2
    assert "is not empty and no demo workspace" in done.stderr
    assert (tmp_path / "thesis.txt").read_text() == "years of work"
