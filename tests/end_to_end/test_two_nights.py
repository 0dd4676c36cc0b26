"""Two nights of the sample newspapers: everything once, and then only what is new."""

from __future__ import annotations

import json
from collections import Counter
from types import SimpleNamespace
from urllib.parse import urlsplit

import pytest

from tests.end_to_end.conftest import NIGHTS, published_files, rows

_OUTCOMES = ("new", "edited", "unchanged", "not_modified", "rejected", "failed")
_DISCOVERY = {"robots", "tdmrep", "home", "feed", "sitemap"}


def _address(article) -> tuple[str, str]:
    return article.host, article.path


def _url(row) -> tuple[str, str]:
    parts = urlsplit(row["url"])
    return parts.hostname, parts.path


def _collapsed(text: str) -> str:
    """Return a text as datasets hold it: the no-break spaces of French are spaces."""
    return " ".join(text.split())


@pytest.fixture(scope="session")
def articles(two_nights):
    return {_url(row): row for row in rows(two_nights.workspace, "articles")}


@pytest.fixture(scope="session")
def last_seen(two_nights):
    """Each article as the newspapers showed it last."""
    return {_address(one): one for night in two_nights.expected for one in night}


def test_every_article_of_both_nights_is_published_exactly_once(two_nights, last_seen):
    published = Counter(_url(row) for row in rows(two_nights.workspace, "articles"))
    assert set(published) == set(last_seen)
    assert set(published.values()) == {1}


@pytest.mark.parametrize("night", [0, 1])
def test_every_article_fetch_ends_in_exactly_one_outcome(two_nights, night):
    run = sorted(rows(two_nights.workspace, "runs"), key=lambda row: row["run_id"])[night]
    assert run["article_fetches"] == sum(run[name] for name in _OUTCOMES)
    verdicts = [
        row for row in rows(two_nights.workspace, "verdicts") if row["run_id"] == run["run_id"]
    ]
    judged = {
        row["page_id"]
        for row in rows(two_nights.workspace, "pages")
        if row["run_id"] == run["run_id"] and row["kind"] == "article" and row["is_final"]
    }
    assert Counter(row["page_id"] for row in verdicts) == Counter(judged)
    counts = Counter(row["outcome"] for row in verdicts)
    assert {name: counts[name] for name in _OUTCOMES} == {name: run[name] for name in _OUTCOMES}


def test_the_second_night_brings_what_changed_and_nothing_else(two_nights):
    run = max(rows(two_nights.workspace, "runs"), key=lambda row: row["run_id"])
    counts = {name: run[name] for name in ("new", "edited", "unchanged", "rejected", "failed")}
    assert counts == {"new": 1, "edited": 1, "unchanged": 0, "rejected": 0, "failed": 1}
    gone = [row for row in rows(two_nights.workspace, "verdicts") if row["outcome"] == "failed"]
    assert [row["reason"] for row in gone] == ["gone"]
    assert gone[0]["article_id"], "an article that is gone stays published"


def test_the_edited_article_has_two_revisions_and_shows_the_second(two_nights, articles, last_seen):
    (edited,) = [row for row in articles.values() if row["revision"] == 2]
    expected = last_seen[_url(edited)]
    assert edited["change_reason"] == "edited"
    assert edited["title"] == _collapsed(expected.title)
    history = [
        row
        for row in rows(two_nights.workspace, "revisions")
        if row["article_id"] == edited["article_id"]
    ]
    assert sorted(row["revision"] for row in history) == [1, 2]
    assert len({row["content_sha256"] for row in history}) == 2


def test_titles_authors_and_dates_are_those_of_the_newspapers(articles, last_seen):
    wrong = []
    for address, expected in last_seen.items():
        row = articles[address]
        found = (row["title"], tuple(row["authors"]), row["date_published"])
        wanted = (_collapsed(expected.title), expected.authors, expected.published)
        if found != wanted:
            wrong.append((found, wanted))
    assert wrong == []


def test_texts_hold_every_paragraph_and_no_furniture(articles, last_seen):
    titles = {_collapsed(expected.title) for expected in last_seen.values()}
    for address, expected in last_seen.items():
        text = articles[address]["text"]
        paragraphs = map(_collapsed, expected.paragraphs)
        assert [line for line in paragraphs if line not in text] == []
        lines = set(text.splitlines())
        assert lines.isdisjoint(titles), "no teaser"


def test_known_young_articles_are_asked_for_conditionally(two_nights):
    known = {_address(one) for one in two_nights.expected[0]}
    again = [
        one for one in two_nights.requests[1]
        if (one.host, urlsplit(one.path).path) in known
    ]  # fmt: skip
    assert again
    assert all({"if-none-match", "if-modified-since"} & one.headers.keys() for one in again)
    unchanged = [one for one in again if one.status == 304]
    assert len(again) - len(unchanged) == 2, "the edited one and the one that is gone"


def test_only_discovery_known_young_and_new_articles_are_asked_for(two_nights):
    pages = [row for row in rows(two_nights.workspace, "pages") if row["run_id"] > "00000002"]
    new = {_address(one) for one in two_nights.expected[1]}
    known = {_address(one) for one in two_nights.expected[0]}
    asked = {_url(row) for row in pages if row["kind"] not in _DISCOVERY}
    assert asked <= new | known
    assert len(new - known) == 1
    assert new - known <= asked


def test_every_request_is_a_row_and_says_who_asks(two_nights):
    for night in (0, 1):
        requests = two_nights.requests[night]
        pages = [
            row
            for row in rows(two_nights.workspace, "pages")
            if row["run_id"].startswith(f"{night + 1:08d}")
        ]
        assert len(pages) == len(requests)
        agents = {request.headers["user-agent"] for request in requests}
        assert len(agents) == 1
        assert agents.pop().startswith("newsgrain/")


def test_nothing_that_robots_txt_forbids_is_asked_for(two_nights):
    requests = [request for night in two_nights.requests for request in night]
    first = {}
    for request in requests:
        first.setdefault(request.host, request.path)
    assert set(first.values()) == {"/robots.txt"}, "robots.txt comes before everything else"
    forbidden = [
        line.partition(":")[2].strip()
        for line in _robots(two_nights).splitlines()
        if line.lower().startswith("disallow:")
    ]
    assert forbidden
    assert [one.path for one in requests if one.path.startswith(tuple(forbidden))] == []


def _robots(two_nights) -> str:
    from newsgrain.archive import Archive, read_body

    with Archive.open(two_nights.workspace / "archive") as archive:
        pages = archive.pages(kinds=("robots",))
        return b"\n".join(read_body(page, archive.folder) for page in pages).decode()


def test_files_of_the_first_night_are_untouched(two_nights):
    after = published_files(two_nights.workspace)
    logs = ("revisions/", "pages/", "verdicts/", "runs/")
    before = {name: stat for name, stat in two_nights.files.items() if name.startswith(logs)}
    assert {name: after.get(name) for name in before} == before
    kept = two_nights.files.keys() & after.keys()
    assert {name: after[name] for name in kept} == {name: two_nights.files[name] for name in kept}


def test_every_archived_page_passes_the_check_of_the_reference_tool(two_nights):
    from warcio.checker import Checker

    segments = [str(path) for path in (two_nights.workspace / "archive").glob("*.warc.gz")]
    assert segments
    checker = Checker(SimpleNamespace(inputs=segments, verbose=False))
    checker.process_all()
    assert checker.exit_value == 0


def test_the_report_has_ten_lines_and_a_page_and_the_log_no_bodies(two_nights):
    *lines, last = two_nights.printed[0].splitlines()
    assert len(lines) == 10
    assert last.startswith("report") and last.endswith(".html")  # noqa: PT018 - one line
    logs = sorted((two_nights.workspace / "logs").glob("*.jsonl"))
    assert len(logs) == 2
    for path in logs:
        lines = [json.loads(line) for line in path.read_text("utf-8").splitlines()]
        assert lines
        assert all("<html" not in line["message"].lower() for line in lines)
        assert not [line for line in lines if line["level"] in {"error", "critical"}]


def test_runs_are_numbered_and_stamped_with_the_simulated_clock(two_nights):
    runs = sorted(rows(two_nights.workspace, "runs"), key=lambda row: row["run_id"])
    assert [row["run_id"][:17] for row in runs] == ["00000001-20261120", "00000002-20261121"]
    for row, night in zip(runs, NIGHTS, strict=True):
        assert 0 <= (row["started_at"] - night).total_seconds() < 600
    assert runs[1]["parent_run_id"] == runs[0]["run_id"]
