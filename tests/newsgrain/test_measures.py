"""The figures of a night are those of its published rows."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from newsgrain.alarm import Alarm
from newsgrain.catalog import Catalog
from newsgrain.measures import examples, last_nights, measure
from newsgrain.night_report import report_night
from newsgrain.state import open_state
from newsgrain.store import Store
from tests.newsgrain.store.nights import (
    START,
    night,
    publish,
    revision,
    run_id,
    run_row,
    url_of,
    verdict,
)

if TYPE_CHECKING:
    from pathlib import Path

    from newsgrain.state import State

DAY = timedelta(days=1)
ARTICLES = range(0, 30, 3)  # all of them of site0


@pytest.fixture(scope="module")
def state(tmp_path_factory: pytest.TempPathFactory) -> State:
    """Ten articles a night for six nights; then a redesign loses authors and half of the text."""
    root: Path = tmp_path_factory.mktemp("datasets")
    store = Store(root)
    for number in range(1, 7):
        night(store, number, [number * 30 + n for n in ARTICLES])
    run, at = run_id(7), START + 6 * DAY
    redesigned = {"authors": [], "word_count": 2}
    new = [revision(210 + n, run, at=at) | redesigned for n in ARTICLES]
    old = [revision(30 + n, run, at=at, first=START, version=2) | redesigned for n in ARTICLES]
    verdicts = [verdict(30 + n, run) | {"outcome": "edited"} for n in ARTICLES]
    rows = {"revisions": [*new, *old], "verdicts": verdicts, "runs": [run_row(run, at=at)]}
    publish(store, run, rows)
    return open_state(root, Catalog())


def test_the_figures_are_those_of_the_rows(state: State) -> None:
    figures = {(one.run_id, one.source): one for one in measure(state, last_nights(state))}
    assert len(figures) == 7 * 3
    usual, tonight = figures[run_id(6), "site0"], figures[run_id(7), "site0"]
    assert (usual.articles, usual.edited, usual.judged) == (10, 0, 10)
    assert usual.lengths == (6,) * 10
    assert usual.covered["authors"] == usual.covered["title"] == 10
    assert usual.covered["section"] == 0
    assert (tonight.articles, tonight.edited, tonight.judged) == (10, 10, 10)
    edits = tonight.edits
    assert (edits.compared, edits.shrunk) == (10, 10)
    assert (edits.lost["authors"], edits.had["authors"], edits.kept["authors"]) == (10, 10, 0)
    assert (edits.lost["title"], edits.had["title"]) == (0, 10)
    assert edits.had["section"] == tonight.covered["authors"] == 0
    assert usual.read_from["authors"] == {"test": 10}
    assert usual.read_from["title"] == tonight.read_from["authors"] == {}
    assert figures[run_id(7), "site1"].articles == 0


def test_what_another_cleaner_reads_otherwise_is_no_change_of_the_site(tmp_path: Path) -> None:
    store = Store(tmp_path)
    night(store, 1, ARTICLES)
    run, at = run_id(2), START + DAY
    read_anew = {"cleaner_version": "2", "authors": [], "title_source": "h1"}
    new = [revision(60 + n, run, at=at) | read_anew for n in ARTICLES]
    old = [revision(n, run, at=at, first=START, version=2) | read_anew for n in ARTICLES]
    publish(store, run, {"revisions": [*new, *old], "runs": [run_row(run, at=at)]})
    state = open_state(tmp_path, Catalog())
    before, tonight, *_ = [
        one for one in measure(state, last_nights(state)) if one.source == "site0"
    ]
    assert (tonight.edited, tonight.edits.compared) == (10, 0)
    assert tonight.read_from["title"] == {"h1": 10}
    assert before.read_from["authors"] == {}, "by the cleaner of before"


def test_only_the_last_nights_are_looked_at(state: State) -> None:
    assert list(last_nights(state, 2)) == [run_id(6), run_id(7)]
    assert len(measure(state, last_nights(state, 2))) == 6


def test_examples_are_articles_that_lack_the_field(state: State) -> None:
    (tonight,) = (
        one
        for one in measure(state, last_nights(state))
        if (one.run_id, one.source) == (run_id(7), "site0")
    )
    lost = Alarm(night=tonight, measure="authors", text="")
    urls = {url_of(start + n) for start in (30, 210) for n in ARTICLES}
    assert set(examples(state, lost, count=99)) == urls
    assert examples(state, replace(lost, measure="title")) == []


def test_examples_are_articles_that_have_the_field_from_elsewhere(state: State) -> None:
    (night,) = (
        one
        for one in measure(state, last_nights(state))
        if (one.run_id, one.source) == (run_id(6), "site0")
    )
    moved = Alarm(night=night, measure="authors", text="", usual="json-ld:author")
    assert set(examples(state, moved, count=99)) == {url_of(180 + n) for n in ARTICLES}
    assert examples(state, replace(moved, usual="test")) == []


def test_a_redesign_comes_first_among_what_to_look_at(state: State) -> None:
    points = report_night(state.files.folder.parents[1], Catalog()).points
    lines = [point.line() for point in points if point.text.startswith("site0")]
    assert [line.partition(", e.g. ")[0] for line in lines] == [
        "site0: 10 of 10 articles lost authors when they were fetched again",
        "site0: 10 of 10 articles lost a third of their text or more when they were fetched again",
    ]
    assert all(line.count("https://") == 3 for line in lines)
