"""newsgrain clean on given files: any kind, once, and again when asked."""

from __future__ import annotations

import gzip
from datetime import UTC, datetime

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from tests.end_to_end.conftest import newsgrain, rows
from tests.pages import PAGE, page, write_warc

_URL = "https://harbour.example/quay"


def _clean(workspace, *arguments, code=0):
    done = newsgrain("clean", "-w", workspace, *arguments)
    assert done.returncode == code, done.stderr
    return done.stdout


def test_a_warc_gives_its_pages_with_their_dates(tmp_path):
    warc = write_warc(tmp_path / "x.warc.gz", [f"{_URL}/{n}" for n in range(3)])
    _clean(tmp_path / "w", warc)
    articles = rows(tmp_path / "w", "articles")
    assert {row["url"] for row in articles} == {f"{_URL}/{n}" for n in range(3)}
    assert {row["fetched_at"] for row in articles} == {datetime(2026, 11, 20, 10, tzinfo=UTC)}
    assert {row["source"] for row in articles} == {None}
    assert {tuple(row["authors"]) for row in articles} == {("Tom Reed",)}


@pytest.mark.parametrize("suffix", [".html", ".htm", ".html.gz"])
def test_a_html_file_is_named_by_the_option(tmp_path, suffix):
    path = tmp_path / f"page{suffix}"
    path.write_bytes(gzip.compress(PAGE) if suffix.endswith("gz") else PAGE)
    _clean(tmp_path / "w", path, "--url", _URL, "--fetched-at", "2026-11-21")
    (article,) = rows(tmp_path / "w", "articles")
    assert article["url"] == _URL
    assert article["fetched_at"] == datetime(2026, 11, 21, tzinfo=UTC)


def test_a_parquet_file_of_pages(tmp_path):
    moments = [datetime(2026, 11, day, tzinfo=UTC) for day in (19, 20)]
    table = pa.table(
        {
            "url": [f"{_URL}/a", f"{_URL}/b"],
            "html": [page("Title a").decode(), page("Title b").decode()],
            "fetched_at": pa.array(moments, pa.timestamp("us", tz="UTC")),
        }
    )
    pq.write_table(table, tmp_path / "pages.parquet")
    _clean(tmp_path / "w", tmp_path / "pages.parquet")
    found = {row["title"]: row["fetched_at"] for row in rows(tmp_path / "w", "articles")}
    assert found == dict(zip(("Title a", "Title b"), moments, strict=True))


def test_the_same_input_twice_adds_nothing(tmp_path):
    warc = write_warc(tmp_path / "x.warc.gz", [_URL])
    _clean(tmp_path / "w", warc)
    before = {table: rows(tmp_path / "w", table) for table in ("revisions", "pages", "runs")}
    copy = tmp_path / "copy" / "y.warc.gz"
    copy.parent.mkdir()
    copy.write_bytes(warc.read_bytes())
    for again in (warc, copy):
        assert "nothing new" in _clean(tmp_path / "w", again)
    after = {table: rows(tmp_path / "w", table) for table in ("revisions", "pages", "runs")}
    assert after == before


def test_inputs_are_referenced_and_never_copied(tmp_path):
    warc = write_warc(tmp_path / "x.warc.gz", [_URL])
    _clean(tmp_path / "w", warc)
    (row,) = rows(tmp_path / "w", "pages")
    assert row["archive_file"] == str(warc)
    assert len(row["archive_sha256"]) == 64
    assert not list((tmp_path / "w" / "archive").glob("*.warc.gz"))


def test_a_later_version_of_a_page_is_a_second_revision(tmp_path):
    for day, title in ((20, "First title"), (21, "Second title")):
        path = tmp_path / f"{day}.html"
        path.write_bytes(page(title))
        _clean(tmp_path / "w", path, "--url", _URL, "--fetched-at", f"2026-11-{day}")
    (article,) = rows(tmp_path / "w", "articles")
    assert (article["title"], article["revision"]) == ("Second title", 2)
    assert article["first_fetched_at"] == datetime(2026, 11, 20, tzinfo=UTC)


def test_an_older_version_given_later_does_not_replace_the_newer(tmp_path):
    for day, title in ((21, "Newer"), (20, "Older")):
        path = tmp_path / f"{day}.html"
        path.write_bytes(page(title))
        _clean(tmp_path / "w", path, "--url", _URL, "--fetched-at", f"2026-11-{day}")
    (article,) = rows(tmp_path / "w", "articles")
    assert article["title"] == "Newer"
    assert {row["revision"] for row in rows(tmp_path / "w", "revisions")} == {1, 2}


def test_cleaning_all_again_changes_nothing_with_the_same_cleaner(tmp_path):
    warc = write_warc(tmp_path / "x.warc.gz", [f"{_URL}/{n}" for n in range(4)])
    _clean(tmp_path / "w", warc)
    before = rows(tmp_path / "w", "articles")
    out = _clean(tmp_path / "w", "--all")
    assert "4 old pages, 0 articles changed" in out
    assert rows(tmp_path / "w", "articles") == before
    assert len(rows(tmp_path / "w", "revisions")) == 4


def test_quiet_prints_nothing_on_a_good_day(tmp_path):
    warc = write_warc(tmp_path / "x.warc.gz", [_URL])
    done = newsgrain("clean", "-w", tmp_path / "w", "--quiet", warc)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_the_workspace_may_be_named_before_the_command(tmp_path):
    warc = write_warc(tmp_path / "x.warc.gz", [_URL])
    assert newsgrain("-w", tmp_path / "w", "clean", warc).returncode == 0
    assert len(rows(tmp_path / "w", "articles")) == 1
    newsgrain("-w", tmp_path / "w", "clean", "-w", tmp_path / "other", warc)
    assert len(rows(tmp_path / "other", "articles")) == 1


def test_clean_without_anything_to_do_says_so(tmp_path):
    assert "nothing new" in _clean(tmp_path / "w")


def test_a_given_page_is_cleaned_whatever_its_publisher_reserves_from_crawlers(tmp_path):
    reserved = b'<meta name="tdm-reservation" content="1"><meta name="robots" content="noindex">'
    path = tmp_path / "page.html"
    path.write_bytes(PAGE.replace(b"</head>", reserved + b"</head>"))
    workspace = tmp_path / "w"
    workspace.mkdir()
    (workspace / "newsgrain.toml").write_text(
        "[crawl]\nobey_tdm = true\nobey_noindex = true\n"
        '[[source]]\nname = "harbour"\nurl = "https://harbour.example/"\n'
    )
    _clean(workspace, path, "--url", _URL)
    (article,) = rows(workspace, "articles")
    assert (article["tdm_reservation"], article["robots"]) == (True, ["noindex"])
