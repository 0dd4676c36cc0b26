"""The page of an inspection in a real browser: what it shows, to whom, and what it may do."""

from __future__ import annotations

import re

import pytest

import newsgrain
from tests.newsgrain.inspection.pages import ATTACK, NOW, PAGE, URL


@pytest.fixture(params=["light", "dark"])
def tab(browser, tmp_path, request):
    path = tmp_path / "inspection.html"
    path.write_text(newsgrain.inspect_page(PAGE, url=URL, fetched_at=NOW).to_html(), "utf-8")
    tab = browser.new_page(color_scheme=request.param, viewport={"width": 1200, "height": 900})
    tab.asked, tab.said = [], []
    tab.on("request", lambda asked: tab.asked.append(asked.url))
    tab.on("console", lambda message: tab.said.append(message.text))
    tab.goto(path.as_uri())
    yield tab
    tab.close()


def channel(colour, number):
    return [float(part) for part in colour.partition("(")[2].rstrip(")").split(",")][number]


def test_the_file_needs_nothing_and_breaks_no_rule_of_its_own(tab):
    assert [url for url in tab.asked if not url.startswith("file:")] == []
    assert tab.said == []
    assert tab.title().startswith("Le port change de visage")
    assert ATTACK in tab.inner_text("main")


def test_what_is_kept_is_green_and_what_is_removed_is_red(tab):
    for state, strong in (("kept", 1), ("removed", 0)):
        colour = tab.locator(f".block.{state}").first.evaluate(
            "node => getComputedStyle(node).borderInlineStartColor"
        )
        others = [channel(colour, number) for number in range(3) if number != strong]
        assert channel(colour, strong) > max(others), (state, colour)


def test_the_reason_appears_on_hover_and_on_reaching_it_with_the_keyboard(tab):
    block = tab.locator(".block.removed", has_text="Lire aussi")
    reason = block.locator(".why")
    assert not reason.is_visible()
    block.hover()
    assert reason.is_visible()
    tab.mouse.move(0, 0)
    assert not reason.is_visible()
    before = tab.locator(".block").filter(has_text="412")
    before.focus()
    tab.keyboard.press("Tab")
    assert reason.is_visible()
    assert "Removed: " in reason.inner_text()


def test_a_screen_reader_hears_the_reason(tab):
    removed = tab.get_by_role("group", name=re.compile(r"^Removed: \w+"))
    assert removed.filter(has_text="Lire aussi").count() == 1
    assert tab.get_by_role("group", name=re.compile(r"^Kept")).count() > 0


def test_scripts_that_run_from_right_to_left_do(tab):
    direction = "node => getComputedStyle(node).direction"
    assert tab.locator("main p", has_text="الميناء").evaluate(direction) == "rtl"
    assert tab.locator("main p", has_text="港").evaluate(direction) == "ltr"


def test_removed_blocks_can_be_hidden_without_a_script(tab):
    tab.get_by_label("show only what is kept").check()
    assert tab.locator(".block.removed:visible").count() == 0
    assert tab.locator(".block.kept:visible").count() > 0


def test_axe_finds_nothing_to_complain_about(tab):
    from axe_playwright_python.sync_playwright import Axe

    tab.locator(".block.removed").first.focus()  # its tooltip is looked at, too
    tab.evaluate("() => document.querySelectorAll('details').forEach(node => node.open = true)")
    found = Axe().run(tab)
    assert len(found.response["passes"]) > 15
    assert found.violations_count == 0, found.generate_report()


@pytest.mark.parametrize("width", [320, 1200])
def test_nothing_runs_out_of_a_narrow_window(tab, width):
    tab.set_viewport_size({"width": width, "height": 800})
    assert tab.evaluate("() => document.documentElement.scrollWidth") <= width
