"""Nights of one site: what each publishes, and that in the end it is what all at once give."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta

import pyarrow.dataset as ds
import pytest

import newsgrain.desk
import newsgrain.publish
from newsgrain import batches
from newsgrain.archive import Archive, Exchange
from newsgrain.publish import PublishOptions, publish
from newsgrain.site_memory import SiteMemory
from newsgrain.store import Store

_START = datetime(2026, 11, 1, 2, tzinfo=UTC)
_HTML = (("Content-Type", "text/html; charset=utf-8"),)
_BLURB = "Every Saturday our letter brings the best of the harbour to twelve thousand tables."
_LEGAL = "No part of the Harbour may be copied without the written leave of its owners."
_WORDS = ("harbour", "quay", "council", "storm", "ferry", "lamp", "bridge", "winter", "market")
_PROVENANCE = {
    *("article_id", "aliases", "source", "revision", "change_reason", "first_fetched_at"),
    *("fetched_at", "run_id", "cleaner_version"),
}


@pytest.fixture(autouse=True)
def _in_this_process(monkeypatch):
    """Read and finish without workers: how they work is tried elsewhere."""

    def read_pages(tasks, *, folder, **_):
        for task in tasks:
            yield task, batches._read(task, folder=folder).reading

    def clean_pages(tasks, *, folder, **_):
        for task in tasks:
            yield task, batches._work(task, folder=folder, clean=None).result

    monkeypatch.setattr(newsgrain.desk, "read_pages", read_pages)
    monkeypatch.setattr(newsgrain.publish, "clean_pages", clean_pages)


def _title(number: int) -> str:
    return f"Story number {number} of the {_WORDS[number % len(_WORDS)]}"


def story(number: int, *furniture: str, edition: int = 0, tags: str = "") -> bytes:
    """Return the page of an article with texts of its own, and furniture behind them."""
    rng = random.Random(f"{number} {edition}")  # noqa: S311 - the same page every time
    texts = [
        " ".join(rng.choice(_WORDS) for _ in range(30)).capitalize() + f" in {number}."
        for _ in range(5)
    ]
    body = "\n".join(f"<p>{text}</p>" for text in (*texts, *furniture))
    return f"""<!DOCTYPE html><html lang="en"><head><title>{_title(number)}</title>
<meta property="article:published_time" content="2026-11-01T01:00:00Z">
<meta property="article:tag" content="{tags}"></head>
<body><article><h1>{_title(number)}</h1>{body}</article></body></html>""".encode()


class Paper:
    """A workspace, its nights, and what it has published."""

    def __init__(self, folder):
        self.folder = folder
        self.now = _START
        self.store = Store(folder / "datasets", clock=lambda: self.now)

    def night(self, *pages, **changes):
        """Fetch pages, (number, body) each, and publish."""
        self.now += timedelta(days=1)
        with Archive.open(self.folder / "archive") as archive:
            head = self.store.head()
            run_id = archive.begin_run("run", self.now, head=head.run_id if head else None)
            for minute, (number, body) in enumerate(pages):
                archive.record(
                    Exchange(
                        run_id=run_id,
                        source="harbour",
                        kind="article",
                        url=f"https://harbour.example/{number}",
                        fetched_at=self.now + timedelta(minutes=minute),
                        status=200,
                        headers=_HTML,
                        body=body,
                    )
                )
            options = PublishOptions(
                run_id=run_id, command="run", started_at=self.now, workers=1, **changes
            )
            published = publish(archive, self.store, options, lambda: self.now)
            archive.end_run(run_id, self.now)
            return published

    def settle(self):
        """Run without new pages until nothing is left."""
        while self.store.head().unsettled:
            self.night(max_recleaned=2)

    def rows(self, table):
        return ds.dataset(self.folder / "datasets" / table, format="parquet").to_table().to_pylist()

    def content(self):
        """Return the content columns of every article by address."""
        return {
            row["url"]: {name: row[name] for name in row.keys() - _PROVENANCE}
            for row in self.rows("articles")
        }


@pytest.fixture
def paper(tmp_path):
    return Paper(tmp_path)


def _stories(*numbers, **changes):
    return [(number, story(number, _BLURB, _LEGAL, **changes)) for number in numbers]


def test_the_first_night_is_judged_with_all_that_it_brings(paper):
    paper.night(*_stories(*range(5)))
    assert not [row for row in paper.rows("articles") if _BLURB in row["text"]]
    assert {row["revision"] for row in paper.rows("articles")} == {1}


def test_blocks_tell_what_was_kept_and_removed(paper):
    paper.night(*_stories(*range(5)))
    (article, *_) = paper.rows("articles")
    blocks = [row for row in paper.rows("blocks") if row["article_id"] == article["article_id"]]
    blocks.sort(key=lambda row: row["ord"])
    kept = [row for row in blocks if row["removed"] is None]
    assert "\n".join(row["text"] for row in kept) == article["text"]
    assert all(article["text"][row["start"] : row["end"]] == row["text"] for row in kept)
    (blurb,) = [row for row in blocks if row["text"] == _BLURB]
    assert blurb["removed"] == "repeated_on_site"
    assert blurb["evidence"].startswith("site:")
    sites = {row["digest"]: row for row in paper.rows("site_blocks")}
    known = sites[blurb["digest"]]
    assert (known["site"], known["articles"], known["templates"]) == ("harbour.example", 5, 1)
    assert known["verdict"] == "repeated_on_site"


def test_a_later_night_teaches_older_articles_in_its_commit(paper):
    paper.night(*_stories(1, 2))
    assert all(_BLURB in row["text"] for row in paper.rows("articles"))
    taught = paper.night(*_stories(3, 4))
    assert not [row for row in paper.rows("articles") if _BLURB in row["text"]]
    assert (taught.row["recleaned"], taught.manifest.unsettled) == (2, 0)
    reasons = {row["url"][-1]: row["change_reason"] for row in paper.rows("articles")}
    assert reasons == {"1": "recleaned", "2": "recleaned", "3": "new", "4": "new"}
    verdicts = [row["page_id"] for row in paper.rows("verdicts")]
    assert len(verdicts) == len(set(verdicts)), "one verdict a page and cleaner version"


def test_what_is_too_much_for_one_night_is_left_for_runs_without_news(paper):
    paper.night(*_stories(1, 2))
    taught = paper.night(*_stories(3, 4), max_recleaned=1)
    assert (taught.row["recleaned"], taught.manifest.unsettled) == (1, 1)
    rest = paper.night()
    assert (rest.row["recleaned"], rest.manifest.unsettled) == (1, 0)
    assert paper.night().manifest is None


def test_what_a_site_has_learned_is_no_edit_of_a_page_that_is_fetched_again(paper):
    paper.night(*_stories(1, 2))
    paper.night(*_stories(3, 4, 1))
    mine = [row for row in paper.rows("revisions") if row["url"].endswith("/1")]
    assert [row["change_reason"] for row in sorted(mine, key=lambda row: row["revision"])] == [
        "new",
        "recleaned",
    ]


def test_a_page_of_one_site_alone_loses_nothing(paper):
    paper.night(*_stories(1))
    (article,) = paper.rows("articles")
    assert _BLURB in article["text"]
    assert paper.rows("site_blocks") == []


def _edits():
    return [
        (1, story(1, _BLURB, edition=1)),
        (2, story(2, _BLURB, _LEGAL, tags="quay")),
        (3, story(3, _BLURB, "A line of its own that was added behind the text on the quay.")),
    ]


_ALL = [*_stories(*range(1, 14)), *_edits()]


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
    paper.night(*_stories(1, 2))

    def dies(*_):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(SiteMemory, "settle", dies)
        with pytest.raises(KeyboardInterrupt):
            paper.night(*_stories(3, 4), max_recleaned=1)
    paper.night(*_stories(5))
    paper.settle()
    assert not [row for row in paper.rows("articles") if _BLURB in row["text"]]
    assert paper.night(reclean=True).row["recleaned"] == 0


def test_a_memory_that_is_lost_is_built_again(paper):
    paper.night(*_stories(1, 2, 3))
    for path in (paper.folder / "archive").glob("site_memory*"):
        path.unlink()
    paper.night(*_stories(4))
    (article,) = [row for row in paper.rows("articles") if row["url"].endswith("/4")]
    assert _BLURB not in article["text"]
    paper.settle()
    assert {row["revision"] for row in paper.rows("articles")} == {1}


def test_another_cleaner_sees_old_pages_as_context_and_leaves_them_alone(paper, monkeypatch):
    monkeypatch.setattr(newsgrain.publish, "CLEANER_VERSION", "0")
    paper.night(*_stories(1, 2))
    monkeypatch.setattr(newsgrain.publish, "CLEANER_VERSION", "9")
    taught = paper.night(*_stories(3))
    texts = {row["url"][-1]: row["text"] for row in paper.rows("articles")}
    assert _BLURB not in texts["3"]
    assert _BLURB in texts["1"]
    assert taught.row["recleaned"] == 0
    assert paper.night(reclean=True).row["recleaned"] == 2
    assert not [row for row in paper.rows("articles") if _BLURB in row["text"]]


def test_what_another_cleaner_learns_of_a_site_is_no_edit_either(paper, monkeypatch):
    monkeypatch.setattr(newsgrain.publish, "CLEANER_VERSION", "0")
    paper.night(*_stories(1, 2))
    monkeypatch.setattr(newsgrain.publish, "CLEANER_VERSION", "9")
    later = paper.night(*_stories(3, 4, 1), (2, story(2, _BLURB, _LEGAL, edition=1)))
    assert (later.row["unchanged"], later.row["edited"], later.row["recleaned"]) == (1, 1, 0)
    texts = {row["url"][-1]: row["text"] for row in paper.rows("articles")}
    assert [number for number, text in sorted(texts.items()) if _BLURB in text] == ["1"]
    assert paper.night(reclean=True).row["recleaned"] == 1
    assert not [row for row in paper.rows("articles") if _BLURB in row["text"]]
