"""After pruning, what is published stays, and the datasets say what cannot be cleaned again."""

from __future__ import annotations

from datetime import timedelta

import pytest
from typer.testing import CliRunner

from cleaners.options import CleanOptions
from crawler.cli import app
from newsgrain.archive import Exchange
from newsgrain.publish import SourceDefaults
from tests.newsgrain.test_publish import Desk
from tests.pages import page


@pytest.fixture
def desk(tmp_path):
    """A workspace with two published nights of one article each."""
    made = Desk(tmp_path)
    for name in ("one", "two"):
        made.fetch(url=f"https://harbour.example/{name}", body=page(f"Story {name}"))
        run_id = made.run_id()
        made.publish()
        made.archive.end_run(run_id, made.now)
        made.now += timedelta(days=1)
    yield made
    made.archive.close()


def prune(desk, before):
    head = desk.store.head()
    return desk.archive.prune(before, desk.now, upto=head.archive_sequence, pending=head.pending)


def test_the_rows_stay_and_the_table_prunings_names_the_pages(desk):
    articles = desk.rows("articles")
    pages = desk.rows("pages")
    assert prune(desk, desk.now - timedelta(days=1)).pages == 1
    published = desk.publish()
    assert published.manifest is not None
    assert desk.rows("articles") == articles
    assert desk.rows("pages") == pages
    (row,) = desk.rows("prunings")
    assert (row["page_id"], row["url"]) == (1, "https://harbour.example/one")
    assert row["pruned_at"] == desk.now
    assert desk.publish().manifest is None, "what was said is not said again"


def test_pruned_pages_are_not_cleaned_again_and_nobody_misses_them(desk):
    prune(desk, desk.now)
    again = desk.publish(reclean=True)
    assert (again.recleaned_pages, again.unreadable) == (0, 0)
    assert len(desk.rows("articles")) == 2


def test_a_run_that_died_before_it_published_the_prunings_is_made_good_by_the_next(desk):
    prune(desk, desk.now)
    desk.fetch(url="https://harbour.example/three", body=page("Story three"))
    desk.publish()
    assert sorted(row["page_id"] for row in desk.rows("prunings")) == [1, 2]
    assert len(desk.rows("articles")) == 3


def test_the_command_prunes_and_publishes(desk):
    desk.archive.close()
    command = ["-w", str(desk.folder), "archive", "prune", "--before"]
    first = CliRunner().invoke(app, [*command, "2026-11-21"])
    assert first.exit_code == 0, first.output
    assert "pruned 1 pages, 1 files" in first.output
    assert len(list((desk.folder / "archive").glob("*.warc.gz"))) == 1
    assert len(desk.rows("prunings")) == 1
    assert desk.rows("runs")[-1]["command"] == "prune"
    again = CliRunner().invoke(app, [*command, "2026-11-21"])
    assert again.exit_code == 0
    assert "pruned 0 pages" in again.output
    wrong = CliRunner().invoke(app, [*command, "yesterday"])
    assert wrong.exit_code == 2


def test_a_publishers_reservation_reaches_the_verdict_and_the_columns(tmp_path):
    desk = Desk(tmp_path)
    reserved = (("Content-Type", "text/html"), ("TDM-Reservation", "1"), ("X-Robots-Tag", "noai"))
    desk.fetch(body=page("Reserved"), url="https://harbour.example/a")
    desk.archive.record(_exchange(desk, page("Reserved by header"), headers=reserved))
    desk.archive.record(
        _exchange(desk, page("Reserved by the file"), url="https://harbour.example/c",
                  tdm_reservation=True, tdm_policy="https://harbour.example/terms")
    )  # fmt: skip
    obeying = SourceDefaults(options=CleanOptions(obey_tdm=True))
    desk.publish(defaults={"harbour": obeying})
    assert desk.outcomes() == [
        ("new", None), ("rejected", "tdm_reserved"), ("rejected", "tdm_reserved"),
    ]  # fmt: skip
    rows = sorted(desk.rows("pages"), key=lambda row: row["page_id"])
    assert [row["tdm_reservation"] for row in rows] == [None, True, True]
    assert [row["x_robots_tag"] for row in rows] == [None, "noai", None]
    assert rows[2]["tdm_policy"] == "https://harbour.example/terms"
    desk.archive.close()


def _exchange(desk, body, **changes):
    given = {"url": "https://harbour.example/b", "headers": (("Content-Type", "text/html"),)}
    return Exchange(
        run_id=desk.run_id(), source="harbour", kind="article", fetched_at=desk.now, status=200,
        body=body, **(given | changes),
    )  # fmt: skip
