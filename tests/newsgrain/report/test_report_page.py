"""The report of a night is one whole page: escaped, and the same data as a table."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from lxml import html

from newsgrain.catalog import Catalog
from newsgrain.charts import speakers
from newsgrain.night_report import NightReport, report_night
from newsgrain.report_page import render
from newsgrain.store import Store
from tests.newsgrain.store.nights import START, night, publish, revision, run_id, run_row, verdict

if TYPE_CHECKING:
    from pathlib import Path

ATTACK = "<script>alert('$x$')</script>"
ARTICLES = range(0, 18, 3)


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Six nights of six articles; on the seventh site0 is silent and a page is hostile."""
    folder: Path = tmp_path_factory.mktemp("datasets")
    store = Store(folder)
    for number in range(1, 7):
        night(store, number, [number * 30 + n for n in ARTICLES], speakers=2)
    run, at = run_id(7), START + timedelta(days=6)
    article = revision(1, run, at=at) | {
        "issues": [{"code": "no_date", "field": "date_published", "evidence": ATTACK}],
        "speakers_rows": [revision(1, run)["speakers_rows"][0] | {"name": ATTACK}],
    }
    rejected = verdict(2, run) | {"outcome": "rejected", "reason": ATTACK}
    rejected |= {"url": "javascript:alert(1)//'; rm -rf ~"}
    row = run_row(run, at=at) | {"new": 1, "rejected": 1, "article_fetches": 2, "requests": 9}
    row |= {"sources_failed": ["site2"], "parent_run_id": run_id(6)}
    rows = {"revisions": [article], "verdicts": [rejected], "runs": [row]}
    publish(store, run, rows)
    return folder


@pytest.fixture(scope="module")
def report(root: Path) -> NightReport:
    return report_night(root, Catalog())


@pytest.fixture(scope="module")
def page(report: NightReport) -> str:
    return render(report)


def test_what_to_look_at_is_told_by_urgency(report: NightReport) -> None:
    kinds = [point.kind for point in report.points]
    assert kinds == ["source", "rejected", "issue"]
    assert report.points[0].text.startswith("site2")


def test_a_night_is_compared_with_the_one_before(report: NightReport) -> None:
    sizes = {table.name: (table.rows, table.rows_before) for table in report.tables}
    assert sizes["articles"] == (37, 36)
    assert sizes["speakers"] == (73, 72)


def test_an_earlier_night_is_reported_as_it_was(root: Path) -> None:
    earlier = report_night(root, Catalog(), "6")
    assert earlier.run["run_id"] == run_id(6)
    assert earlier.points == ()
    assert {table.name: table.rows for table in earlier.tables}["articles"] == 36


def test_nothing_from_a_page_is_markup(page: str) -> None:
    tree = html.fromstring(page)
    assert tree.xpath("//script") == []
    assert ATTACK not in page
    assert page.count("&lt;script&gt;alert") >= 4
    links = tree.xpath("//a/@href")
    assert all(link.startswith(("http://", "https://")) for link in links)


def test_a_command_to_copy_quotes_the_address(page: str) -> None:
    (command,) = [
        one.text
        for one in html.fromstring(page).xpath("//code[@class='command']")
        if "javascript" in one.text
    ]
    assert command == """newsgrain inspect 'javascript:alert(1)//'"'"'; rm -rf ~'"""


def test_the_page_asks_for_nothing(page: str) -> None:
    tree = html.fromstring(page)
    assert tree.xpath("//link | //img | //iframe | //*[@src]") == []
    assert re.findall(r"url\((?!#)", page) == []
    (policy,) = tree.xpath("//meta[@http-equiv='Content-Security-Policy']/@content")
    assert policy.startswith("default-src 'none'")


def test_every_chart_stands_beside_its_table(page: str) -> None:
    figures = html.fromstring(page).xpath("//figure")
    assert len(figures) == 6
    for figure in figures:
        assert figure.xpath(".//*[local-name()='svg']/@aria-hidden") == ["true"]
        rows = figure.xpath(".//tbody/tr")
        assert rows
        assert all(row.xpath("count(td) + count(th)") > 1 for row in rows)


def test_a_source_shows_its_nights_to_eyes_and_to_screen_readers(page: str) -> None:
    tree = html.fromstring(page)
    (row,) = tree.xpath("//tr[th/text()='site0']")
    spark = row.xpath(".//span[@role='img']")[0]
    assert spark.text == "██████▁"
    assert spark.get("aria-label").endswith("6, 6, 6, 6, 6, 6, 0")
    (failed,) = tree.xpath("//tr[th/text()='site2']")
    assert failed.get("class") == "wrong"


def test_letters_of_a_chart_are_letters() -> None:
    svg = speakers([("Étienne $5 Müller <b>", 3)])
    assert "Étienne $5 Müller &lt;b&gt;" in svg
    assert "#010203" not in svg
    assert "stroke: currentColor" in svg
    assert svg == speakers([("Étienne $5 Müller <b>", 3)])


def test_what_the_pages_of_each_site_were_stands_beside_the_nights_before(tmp_path: Path) -> None:
    store = Store(tmp_path)
    for number, classes in ((1, ["ok"] * 4), (2, ["ok", "consent_wall", "consent_wall", None])):
        run = run_id(number)
        rows = [
            verdict(number * 10 + place, run)
            | {"url": f"https://www.gazette.example/{number}/{place}", "page_class": name}
            for place, name in enumerate(classes)
        ]
        publish(store, run, {"verdicts": rows, "runs": [run_row(run)]})
    report = report_night(tmp_path, Catalog())
    (site,) = report.sites
    assert (site.site, site.pages) == ("gazette.example", 3)
    assert site.classes == {"consent_wall": 2, "ok": 1}
    assert (site.articles, site.articles_before) == (1 / 3, 1)
    (table,) = html.fromstring(render(report)).xpath("//section[h2/@id='pages']")
    assert [cell.text for cell in table.xpath(".//thead//th")] == [
        *("site", "pages", "whole articles", "usually", "ok", "consent wall")
    ]
    assert [cell.text_content() for cell in table.xpath(".//tbody//td")] == [
        *("3", "33%", "100%", "1", "2")
    ]


def test_the_site_with_the_fewest_whole_articles_comes_first(tmp_path: Path) -> None:
    run = run_id(1)
    rows = [
        verdict(place, run) | {"url": f"https://{host}.example/{place}", "page_class": name}
        for place, (host, name) in enumerate(
            [("good", "ok"), ("half", "ok"), ("half", "teaser"), ("bad", "captcha")]
        )
    ]
    publish(Store(tmp_path), run, {"verdicts": rows, "runs": [run_row(run)]})
    report = report_night(tmp_path, Catalog())
    assert [site.site for site in report.sites] == ["bad.example", "half.example", "good.example"]
    assert [site.articles_before for site in report.sites] == [None] * 3
