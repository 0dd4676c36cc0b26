"""Nights of one site: what each publishes, and that in the end it is what all at once give."""

from __future__ import annotations

import pytest

import newsgrain.batches
from newsgrain import page_work
from newsgrain.site_memory import SiteMemory
from tests.newsgrain.site.paper import BLURB, LEGAL, Paper, stories, story


@pytest.fixture(autouse=True)
def _in_this_process(monkeypatch):
    """Read and finish without workers: how they work is tried elsewhere."""

    def run_tasks(function, tasks, **_):
        page_work._memory.cache_clear()  # a worker lives for one night
        for task in tasks:
            yield task, function(task)

    monkeypatch.setattr(newsgrain.batches, "run_tasks", run_tasks)


@pytest.fixture
def paper(tmp_path):
    return Paper(tmp_path)


def test_the_first_night_is_judged_with_all_that_it_brings(paper):
    paper.night(*stories(*range(5)))
    assert not [row for row in paper.rows("articles") if BLURB in row["text"]]
    assert {row["revision"] for row in paper.rows("articles")} == {1}


def test_blocks_tell_what_was_kept_and_removed(paper):
    paper.night(*stories(*range(5)))
    (article, *_) = paper.rows("articles")
    blocks = [row for row in paper.rows("blocks") if row["article_id"] == article["article_id"]]
    blocks.sort(key=lambda row: row["ord"])
    kept = [row for row in blocks if row["removed"] is None]
    assert "\n".join(row["text"] for row in kept) == article["text"]
    assert all(article["text"][row["start"] : row["end"]] == row["text"] for row in kept)
    (blurb,) = [row for row in blocks if row["text"] == BLURB]
    assert blurb["removed"] == "repeated_on_site"
    assert blurb["evidence"].startswith("site:")
    sites = {row["digest"]: row for row in paper.rows("site_blocks")}
    known = sites[blurb["digest"]]
    assert (known["site"], known["articles"], known["templates"]) == ("harbour.example", 5, 1)
    assert known["verdict"] == "repeated_on_site"


def test_a_later_night_teaches_older_articles_in_its_commit(paper):
    paper.night(*stories(1, 2))
    assert all(BLURB in row["text"] for row in paper.rows("articles"))
    taught = paper.night(*stories(3, 4))
    assert not [row for row in paper.rows("articles") if BLURB in row["text"]]
    assert (taught.row["recleaned"], taught.manifest.unsettled) == (2, 0)
    reasons = {row["url"][-1]: row["change_reason"] for row in paper.rows("articles")}
    assert reasons == {"1": "recleaned", "2": "recleaned", "3": "new", "4": "new"}
    verdicts = [row["page_id"] for row in paper.rows("verdicts")]
    assert len(verdicts) == len(set(verdicts)), "one verdict a page and cleaner version"


def test_what_is_too_much_for_one_night_is_left_for_runs_without_news(paper):
    paper.night(*stories(1, 2))
    taught = paper.night(*stories(3, 4), max_recleaned=1)
    assert (taught.row["recleaned"], taught.manifest.unsettled) == (1, 1)
    rest = paper.night()
    assert (rest.row["recleaned"], rest.manifest.unsettled) == (1, 0)
    assert paper.night().manifest is None


def test_what_a_site_has_learned_is_no_edit_of_a_page_that_is_fetched_again(paper):
    paper.night(*stories(1, 2))
    paper.night(*stories(3, 4, 1))
    mine = [row for row in paper.rows("revisions") if row["url"].endswith("/1")]
    assert [row["change_reason"] for row in sorted(mine, key=lambda row: row["revision"])] == [
        "new",
        "recleaned",
    ]


def test_a_page_of_one_site_alone_loses_nothing(paper):
    paper.night(*stories(1))
    (article,) = paper.rows("articles")
    assert BLURB in article["text"]
    assert paper.rows("site_blocks") == []


def _edits():
    return [
        (1, story(1, BLURB, edition=1)),
        (2, story(2, BLURB, LEGAL, tags="quay")),
        (3, story(3, BLURB, "A line of its own that was added behind the text on the quay.")),
    ]


_ALL = [*stories(*range(1, 14)), *_edits()]


def _parts(size):
    return [_ALL[start : start + size] for start in range(0, len(_ALL), size)]


@pytest.mark.parametrize("size", [1, 3, 7])
def test_in_the_end_nights_give_what_all_pages_at_once_give(tmp_path, size):
    at_once, nightly = Paper(tmp_path / "once"), Paper(tmp_path / "nightly")
    at_once.night(*_ALL)
    for part in _parts(size):
        nightly.night(*part, max_recleaned=2)
    nightly.settle()
    assert nightly.content().keys() == at_once.content().keys()
    texts = [{url: row["text"] for url, row in one.content().items()} for one in (nightly, at_once)]
    assert texts[0] == texts[1]


def test_cleaning_all_again_changes_nothing_once_nothing_is_pending(paper):
    for part in _parts(4):
        paper.night(*part, max_recleaned=1)
    paper.settle()
    before = paper.content()
    again = paper.night(reclean=True)
    assert again.row["recleaned"] == 0
    assert paper.content() == before


def test_a_run_that_dies_after_its_commit_is_made_good(paper, monkeypatch):
    paper.night(*stories(1, 2))

    def dies(*_):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(SiteMemory, "settle", dies)
        with pytest.raises(KeyboardInterrupt):
            paper.night(*stories(3, 4), max_recleaned=1)
    paper.night(*stories(5))
    paper.settle()
    assert not [row for row in paper.rows("articles") if BLURB in row["text"]]
    assert paper.night(reclean=True).row["recleaned"] == 0


def test_a_memory_that_is_lost_is_built_again(paper):
    paper.night(*stories(1, 2, 3))
    for path in (paper.folder / "archive").glob("site_memory*"):
        path.unlink()
    paper.night(*stories(4))
    (article,) = [row for row in paper.rows("articles") if row["url"].endswith("/4")]
    assert BLURB not in article["text"]
    paper.settle()
    assert {row["revision"] for row in paper.rows("articles")} == {1}


def test_another_cleaner_sees_old_pages_as_context_and_leaves_them_alone(paper, monkeypatch):
    monkeypatch.setattr(newsgrain.publish, "CLEANER_VERSION", "0")
    paper.night(*stories(1, 2))
    monkeypatch.setattr(newsgrain.publish, "CLEANER_VERSION", "9")
    taught = paper.night(*stories(3))
    texts = {row["url"][-1]: row["text"] for row in paper.rows("articles")}
    assert BLURB not in texts["3"]
    assert BLURB in texts["1"]
    assert taught.row["recleaned"] == 0
    assert paper.night(reclean=True).row["recleaned"] == 2
    assert not [row for row in paper.rows("articles") if BLURB in row["text"]]


def test_what_another_cleaner_learns_of_a_site_is_no_edit_either(paper, monkeypatch):
    monkeypatch.setattr(newsgrain.publish, "CLEANER_VERSION", "0")
    paper.night(*stories(1, 2))
    monkeypatch.setattr(newsgrain.publish, "CLEANER_VERSION", "9")
    later = paper.night(*stories(3, 4, 1), (2, story(2, BLURB, LEGAL, edition=1)))
    assert (later.row["unchanged"], later.row["edited"], later.row["recleaned"]) == (1, 1, 0)
    texts = {row["url"][-1]: row["text"] for row in paper.rows("articles")}
    assert [number for number, text in sorted(texts.items()) if BLURB in text] == ["1"]
    assert paper.night(reclean=True).row["recleaned"] == 1
    assert not [row for row in paper.rows("articles") if BLURB in row["text"]]
