"""From pages that no manifest covers to one commit, and what every page ends in."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pyarrow.dataset as ds
import pytest

import newsgrain.publish as publishing
from cleaners import CLEANER_VERSION
from cleaners.outcome import Cleaned, Rejected
from cleaners.records import Candidate
from newsgrain.archive import Archive, Exchange
from newsgrain.batches import clean_pages
from newsgrain.fair_copy import fair_copy
from newsgrain.publish import PublishOptions, publish
from newsgrain.store import Store
from tests.pages import page

_URL = "https://harbour.example/quay"
_START = datetime(2026, 11, 20, 2, tzinfo=UTC)
_HTML = (("Content-Type", "text/html; charset=utf-8"),)


class Desk:
    """A workspace in which tests put exchanges and publish them."""

    def __init__(self, folder):
        self.archive = Archive.open(folder / "archive")
        self.store = Store(folder / "datasets", clock=lambda: self.now)
        self.folder = folder
        self.now = _START

    def fetch(self, url=_URL, body=b"", status=200, **changes):
        self.now += timedelta(hours=1)
        exchange = Exchange(
            run_id=self.run_id(), source="harbour", kind="article", url=url,
            fetched_at=self.now, status=status, headers=_HTML, body=body, **changes,
        )  # fmt: skip
        return self.archive.record(exchange)

    def run_id(self):
        head = self.store.head()
        return self.archive.begin_run("run", self.now, head=head.run_id if head else None)

    def publish(self, **changes):
        options = PublishOptions(
            run_id=self.run_id(), command="run", started_at=self.now, workers=1, **changes
        )
        return publish(self.archive, self.store, options, lambda: self.now)

    def rows(self, table):
        return ds.dataset(self.folder / "datasets" / table, format="parquet").to_table().to_pylist()

    def outcomes(self):
        rows = sorted(self.rows("verdicts"), key=lambda row: row["page_id"])
        return [(row["outcome"], row["reason"]) for row in rows]


@pytest.fixture
def desk(tmp_path):
    made = Desk(tmp_path)
    yield made
    made.archive.close()


def test_every_answer_has_its_outcome(desk):
    desk.fetch(body=page("First"))
    desk.fetch(body=page("Second"))
    desk.fetch(body=page("Second"))
    desk.fetch(status=304)
    desk.fetch(f"{_URL}/none", status=404)
    desk.fetch(f"{_URL}/down", status=503)
    desk.fetch(f"{_URL}/dead", status=None, error="no answer in time")
    desk.fetch(f"{_URL}/empty", body=b"<html><body></body></html>")
    desk.publish()
    assert desk.outcomes() == [
        ("new", None),
        ("edited", None),
        ("unchanged", None),
        ("not_modified", None),
        ("failed", "gone"),
        ("failed", "http_error"),
        ("failed", "no_answer"),
        ("rejected", "empty"),
    ]
    (run,) = desk.rows("runs")
    assert run["article_fetches"] == 8
    (article,) = desk.rows("articles")
    assert (article["title"], article["revision"]) == ("Second", 2)


def test_attempts_and_other_requests_are_rows_without_a_verdict(desk):
    desk.fetch(status=503, is_final=False)
    desk.fetch(status=301, is_final=False)
    desk.fetch(body=page("First"))
    desk.publish()
    assert desk.outcomes() == [("new", None)]
    assert len(desk.rows("pages")) == 3


def test_nothing_new_publishes_nothing(desk):
    desk.fetch(body=page("First"))
    first = desk.publish()
    desk.archive.end_run(first.manifest.run_id, desk.now)
    assert desk.publish().manifest is None
    assert len(desk.rows("runs")) == 1


def test_a_redirected_address_becomes_an_alias(desk):
    old = Candidate(field="requested_url", value=f"{_URL}/old", source="redirect")
    desk.fetch(f"{_URL}/new", body=page("First"), hints=(old,))
    desk.publish()
    (article,) = desk.rows("articles")
    assert (article["url"], article["aliases"]) == (f"{_URL}/new", [f"{_URL}/old"])
    desk.fetch(f"{_URL}/old", body=page("First"))
    desk.publish()
    assert len(desk.rows("articles")) == 1


def test_a_page_that_was_rejected_first_is_published_when_it_has_a_text(desk):
    desk.fetch(body=b"<html><body></body></html>")
    desk.publish()
    desk.fetch(body=page("First"))
    desk.publish()
    assert desk.outcomes() == [("rejected", "empty"), ("new", None)]
    assert len(desk.rows("articles")) == 1


def _with(result, **fields):
    """Return what an article would be with other fields; its blocks are left out."""
    if isinstance(result, Rejected):
        return result
    return fair_copy(Cleaned(article=replace(result.article, **fields)))


def _with_sections(tasks, **options):
    """Clean as a later cleaner would that has learnt of sections."""
    for task, result in clean_pages(tasks, **options):
        yield task, _with(result, section="Port")


def test_cleaning_again_gives_a_revision_of_each_article_that_changed(desk, monkeypatch):
    desk.fetch(body=page("First"))
    desk.fetch(f"{_URL}/2", body=page("Other"))
    desk.publish()
    monkeypatch.setattr(publishing, "clean_pages", _with_sections)
    again = desk.publish(reclean=True)
    assert again.row["recleaned"] == 2
    assert again.row["article_fetches"] == 0
    found = {
        (row["section"], row["revision"], row["change_reason"]) for row in desk.rows("articles")
    }
    assert found == {("Port", 2, "recleaned")}
    assert len(desk.outcomes()) == 2, "one verdict a page and cleaner version"
    assert desk.publish(reclean=True).row["recleaned"] == 0


def test_an_old_page_cleaned_again_beside_a_new_one_doubles_no_revision(desk, monkeypatch):
    desk.fetch(body=page("First"))
    desk.publish()
    desk.fetch(body=page("Second"))
    monkeypatch.setattr("newsgrain.revisions._differs", lambda *_: True)
    desk.publish(reclean=True)
    revisions = [(row["revision"], row["title"]) for row in desk.rows("revisions")]
    assert sorted(revisions) == [(1, "First"), (2, "Second")]
    (article,) = desk.rows("articles")
    assert article["title"] == "Second"


def test_an_interrupt_leaves_the_rest_pending_and_the_next_run_takes_it_up(desk, monkeypatch):
    for number in range(5):
        desk.fetch(f"{_URL}/{number}", body=page(f"Title {number}"))

    def interrupted(tasks, **options):
        results = clean_pages(tasks, **options)
        yield next(results)
        yield next(results)
        results.close()
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(publishing, "clean_pages", interrupted)
        first = desk.publish()
    assert first.interrupted
    assert len(desk.rows("articles")) == 2
    assert first.manifest.pending == (3, 4, 5)
    second = desk.publish()
    assert second.manifest.pending == ()
    assert len(desk.rows("articles")) == 5
    assert len(desk.outcomes()) == 5


def test_a_later_cleaner_gives_every_page_a_verdict_of_its_own(desk, monkeypatch):
    desk.fetch(body=page("First"))
    desk.fetch(f"{_URL}/none", status=404)
    desk.publish()
    monkeypatch.setattr(publishing, "clean_pages", _with_sections)
    monkeypatch.setattr(publishing, "CLEANER_VERSION", "later")
    for _ in range(2):
        desk.publish(reclean=True)
    names = ("page_id", "cleaner_version", "outcome")
    verdicts = sorted(tuple(row[name] for name in names) for row in desk.rows("verdicts"))
    assert verdicts == [
        (1, CLEANER_VERSION, "new"),
        (1, "later", "recleaned"),
        (2, CLEANER_VERSION, "failed"),
    ]


def _with_other_texts(tasks, **options):
    """Clean as a later cleaner would that keeps more of each page."""
    for task, result in clean_pages(tasks, **options):
        article = result.article
        text = f"{article.text}\nAnd a line more."
        digest = hashlib.sha256(article.content_sha256.encode()).hexdigest()
        yield task, _with(result, text=text, content_sha256=digest)


@pytest.fixture
def upgrade(monkeypatch):
    """Return a function that puts a later cleaner in the place of the present one."""

    def put():
        monkeypatch.setattr(publishing, "clean_pages", _with_other_texts)
        monkeypatch.setattr(publishing, "CLEANER_VERSION", "later")

    return put


def _dynamic(title, number):
    """Return a page whose bytes differ at each fetch, as those with a counter do."""
    return page(title).replace(b"</body>", f"<!-- request {number} --></body>".encode())


def test_a_page_fetched_again_by_a_later_cleaner_is_no_edit_unless_the_page_changed(desk, upgrade):
    for number in (1, 2):
        desk.fetch(f"{_URL}/{number}", body=_dynamic(f"Title {number}", 0))
    desk.publish()
    upgrade()
    desk.fetch(f"{_URL}/1", body=_dynamic("Title 1", 1))
    desk.fetch(f"{_URL}/2", body=_dynamic("Another title", 1))
    row = desk.publish().row
    assert (row["unchanged"], row["edited"], row["recleaned"]) == (1, 1, 0)
    articles = {one["url"]: one for one in desk.rows("articles")}
    assert articles[f"{_URL}/1"]["revision"] == 1
    assert articles[f"{_URL}/1"]["cleaner_version"] == CLEANER_VERSION
    assert (articles[f"{_URL}/2"]["revision"], articles[f"{_URL}/2"]["title"]) == (
        2,
        "Another title",
    )
    desk.fetch(f"{_URL}/1", body=_dynamic("Title 1", 2))
    desk.fetch(f"{_URL}/2", body=_dynamic("Another title", 2))
    assert desk.publish().row["unchanged"] == 2


def test_a_page_compared_only_is_cleaned_again_when_that_is_asked_for(desk, upgrade):
    desk.fetch(body=_dynamic("First", 0))
    desk.publish()
    upgrade()
    desk.fetch(body=_dynamic("First", 1))
    desk.publish()
    assert desk.publish(reclean=True).row["recleaned"] == 1
    (article,) = desk.rows("articles")
    assert (article["change_reason"], article["cleaner_version"]) == ("recleaned", "later")
    assert article["text"].endswith("And a line more.")
    assert desk.publish(reclean=True).row["recleaned"] == 0


def test_an_edit_that_cannot_be_told_from_a_later_cleaner_says_so(desk, upgrade):
    desk.fetch(body=_dynamic("First", 0))
    first = desk.publish()
    desk.archive.end_run(first.manifest.run_id, desk.now)
    desk.now += timedelta(days=1)
    assert desk.archive.prune(desk.now, desk.now, upto=1, pending=()).pages == 1
    upgrade()
    desk.fetch(body=_dynamic("First", 1))
    desk.publish()
    (_, verdict) = sorted(desk.rows("verdicts"), key=lambda row: row["page_id"])
    assert (verdict["outcome"], "archived no more" in verdict["detail"]) == ("edited", True)


def test_pages_keep_the_order_of_the_archive(desk):
    desk.fetch(body=page("First"))
    desk.fetch(status=304)
    desk.fetch(body=page("Second"))
    desk.fetch(status=304)
    desk.publish()
    rows = sorted(desk.rows("verdicts"), key=lambda row: row["page_id"])
    assert [row["revision"] for row in rows] == [1, 1, 2, 2]
    assert len({row["article_id"] for row in rows}) == 1


def test_a_declared_canonical_of_another_page_makes_them_no_one_article(desk):
    other = b"<link rel='canonical' href='https://harbour.example/beta'></head>"
    desk.fetch("https://harbour.example/alpha", body=page("Alpha").replace(b"</head>", other))
    desk.fetch("https://harbour.example/beta", body=page("Beta"))
    desk.publish()
    assert {row["title"] for row in desk.rows("articles")} == {"Alpha", "Beta"}


def test_a_notice_that_articles_are_redirected_to_replaces_none_of_them(desk):
    desk.fetch(f"{_URL}/a", body=page("First"))
    desk.publish()
    gone = Candidate(field="requested_url", value=f"{_URL}/a", source="redirect")
    desk.fetch(f"{_URL}/notice", body=page("No longer online"), hints=(gone,))
    desk.publish()
    titles = {row["url"]: row["title"] for row in desk.rows("articles")}
    assert titles[f"{_URL}/a"] == "First"


def test_an_answer_with_an_error_is_never_cleaned(desk):
    desk.fetch(body=page("First"), error="redirected out of scope")
    desk.publish()
    assert desk.outcomes() == [("failed", "http_error")]
    assert desk.rows("articles") == []


def test_a_clock_that_steps_back_hides_no_edit(desk):
    desk.now = _START + timedelta(days=30)
    desk.fetch(body=page("First"))
    desk.publish()
    desk.now = _START
    for _ in range(2):
        desk.fetch(body=page("Second"))
        desk.publish()
    (article,) = desk.rows("articles")
    assert (article["title"], article["revision"]) == ("Second", 2)
    assert [outcome for outcome, _ in desk.outcomes()] == ["new", "edited", "unchanged"]


def test_a_row_that_fits_no_file_stops_its_page_and_no_other(desk, monkeypatch):
    def broken(tasks, **options):
        for number, (task, result) in enumerate(clean_pages(tasks, **options)):
            words = 2**40 if number == 0 else 9
            yield task, _with(result, word_count=words)

    monkeypatch.setattr(publishing, "clean_pages", broken)
    desk.fetch(f"{_URL}/1", body=page("First"))
    desk.fetch(f"{_URL}/2", body=page("Second"))
    desk.publish()
    assert desk.outcomes() == [("rejected", "crashed"), ("new", None)]


def test_a_cut_emoji_is_published_as_a_replacement_character(desk):
    body = page("First").replace(b'"headline": "First"', b'"headline": "Ships \\ud83d"')
    desk.fetch(body=body.replace(b"<h1>First</h1>", b""))
    desk.publish()
    assert desk.outcomes() == [("new", None)]
    (article,) = desk.rows("articles")
    assert "Ships" in article["title"] or "Ships" in str(article["title_alternatives"])


def test_cleaning_again_takes_the_page_that_gave_the_article(desk, monkeypatch):
    desk.fetch(body=page("First"))
    desk.publish()
    desk.fetch(body=b"<html><body></body></html>")
    desk.publish()
    monkeypatch.setattr(publishing, "clean_pages", _with_sections)
    again = desk.publish(reclean=True)
    assert (again.row["recleaned"], again.recleaned_pages) == (1, 2)
    (article,) = desk.rows("articles")
    assert (article["section"], article["title"]) == ("Port", "First")


def test_pending_pages_and_all_old_ones_at_once_give_one_verdict_each(desk, monkeypatch):
    for number in range(3):
        desk.fetch(f"{_URL}/{number}", body=page(f"Title {number}"))

    def interrupted(tasks, **options):
        results = clean_pages(tasks, **options)
        yield next(results)
        results.close()
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(publishing, "clean_pages", interrupted)
        desk.publish()
    desk.publish(reclean=True)
    assert sorted(row["page_id"] for row in desk.rows("verdicts")) == [1, 2, 3]


def test_a_page_that_costs_more_than_proportionally_ends_in_an_outcome_and_alone(desk):
    # Inline elements in one paragraph: trafilatura's time grows with the square of their number.
    costly = page("Costly").replace(b"</p>", b"<i>sea</i> and <b>quay</b> " * 20_000 + b"</p>", 1)
    for number, body in enumerate((page("Before"), costly, page("Behind"))):
        desk.fetch(f"{_URL}/{number}", body=body)
    desk.publish(deadline_s=2.0)
    assert desk.outcomes() == [("new", None), ("rejected", "timed_out"), ("new", None)]
    (verdict,) = [row for row in desk.rows("verdicts") if row["outcome"] == "rejected"]
    assert verdict["detail"] == "took more than 2 s of processor time"
    assert [row["status"] for row in desk.rows("pages")] == [200, 200, 200]
    desk.fetch(f"{_URL}/3", body=costly)  # the same bytes again, elsewhere
    desk.publish(deadline_s=2.0)
    assert desk.outcomes()[-1] == ("rejected", "quarantined")
