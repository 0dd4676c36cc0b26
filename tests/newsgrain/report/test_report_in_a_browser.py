"""The report in a real browser: on a screen, on a phone, and for a screen reader."""

from __future__ import annotations

from datetime import timedelta

import pytest

from newsgrain.catalog import Catalog
from newsgrain.night_report import report_night
from newsgrain.report_page import render
from newsgrain.store import Store
from tests.newsgrain.store.nights import START, night, publish, revision, run_id, run_row


@pytest.fixture(scope="module")
def path(tmp_path_factory):
    folder = tmp_path_factory.mktemp("report")
    store = Store(folder / "datasets")
    for number in range(1, 7):
        night(store, number, [number * 30 + n for n in range(12)], speakers=2)
    at = START + timedelta(days=6)
    lost = [revision(n, run_id(7), at=at) | {"authors": []} for n in range(300, 336, 3)]
    rows = {"revisions": lost, "runs": [run_row(run_id(7), at=at) | {"new": 12}]}
    publish(store, run_id(7), rows)
    path = folder / "report.html"
    path.write_text(render(report_night(folder / "datasets", Catalog())), "utf-8")
    return path


@pytest.fixture(params=["light", "dark"])
def tab(browser, path, request):
    tab = browser.new_page(color_scheme=request.param, viewport={"width": 1200, "height": 900})
    tab.asked, tab.said = [], []
    tab.on("request", lambda asked: tab.asked.append(asked.url))
    tab.on("console", lambda message: tab.said.append(message.text))
    tab.goto(path.as_uri())
    yield tab
    tab.close()


def test_the_file_needs_nothing_and_breaks_no_rule_of_its_own(tab):
    assert [url for url in tab.asked if not url.startswith("file:")] == []
    assert tab.said == []
    assert "authors in 0 of 12 new articles, usually in 100%" in tab.inner_text("main")


def test_axe_finds_nothing_to_complain_about(tab):
    from axe_playwright_python.sync_playwright import Axe

    tab.evaluate("() => document.querySelectorAll('details').forEach(node => node.open = true)")
    found = Axe().run(tab)
    assert len(found.response["passes"]) > 15
    assert found.violations_count == 0, found.generate_report()


@pytest.mark.parametrize("width", [320, 1200])
def test_nothing_runs_out_of_a_narrow_window(tab, width):
    tab.set_viewport_size({"width": width, "height": 800})
    assert tab.evaluate("() => document.documentElement.scrollWidth") <= width


def test_charts_are_drawn_in_the_ink_of_the_page(tab):
    ink = tab.evaluate("() => getComputedStyle(document.body).color")
    letters = tab.locator("figure svg text").first
    assert letters.evaluate("node => getComputedStyle(node).fill") == ink
