"""What an inspection says of a page, as data and as a file."""

from __future__ import annotations

import base64
import hashlib
import json
import re
import subprocess
import sys
from datetime import datetime

import pytest
from lxml import html

import newsgrain
from cleaners.outcome import Rejected
from cleaners.records import Candidate
from tests.newsgrain.inspection.pages import ATTACK, NOW, PAGE, URL


@pytest.fixture(scope="module")
def inspection():
    return newsgrain.inspect_page(PAGE, url=URL, fetched_at=NOW)


@pytest.fixture(scope="module")
def shown(inspection):
    return html.fromstring(inspection.to_html())


def field(inspection, name):
    (found,) = [field for field in inspection.fields() if field.name == name]
    return found


def test_a_field_names_what_gave_it_and_what_else_there_was(inspection):
    title = field(inspection, "title")
    assert title.values == ("Le port change de visage",)
    assert title.sources == (inspection.article.title_source,)
    assert {c.source for c in title.chosen} == {inspection.article.title_source}
    assert "Le port change" in {c.value for c in title.alternatives}
    assert not set(title.chosen) & set(title.alternatives)


def test_a_date_is_recognised_by_its_original_string(inspection):
    published = field(inspection, "date_published")
    assert published.values == ("2026-05-03T08:00:00+00:00",)
    assert [c.value for c in published.chosen] == ["2026-05-03T10:00:00+02:00"]
    assert published.sources == ("json-ld:datePublished",)


def test_a_field_without_a_source_column_still_names_what_gave_it(inspection):
    assert field(inspection, "canonical_url").sources == ("link:canonical",)
    assert field(inspection, "language").sources == ("html:lang",)


def test_every_candidate_is_shown_once_also_of_fields_that_no_column_is_made_from():
    hint = Candidate(field="mood", value="stormy", source="feed")
    inspection = newsgrain.inspect_page(PAGE, url=URL, fetched_at=NOW, hints=(hint,))
    told = [c for field in inspection.fields() for c in (*field.chosen, *field.alternatives)]
    assert sorted(told, key=repr) == sorted(inspection.candidates, key=repr)
    assert field(inspection, "mood").alternatives == (hint,)


def test_everything_is_plain_json(inspection):
    told = json.loads(json.dumps(inspection.to_dict()))
    assert told["outcome"] == "article"
    assert told["record"]["text"] == inspection.article.text
    assert told["fetched_at"] == NOW.isoformat()
    assert [block["text"] for block in told["blocks"]] == [b.text for b in inspection.blocks]
    assert {"field", "value", "source", "evidence"} == set(told["fields"][0]["chosen"][0])


def test_blocks_are_shown_in_reading_order_with_what_was_decided(inspection, shown):
    states = [block.get("class").split()[1] for block in shown.find_class("block")]
    decided = [block.removed for block in inspection.blocks]
    expected = ["kept" if d is None else "lead" if d == "lead" else "removed" for d in decided]
    assert states == expected
    assert {"kept", "removed"} <= set(states)


def test_a_removed_block_tells_its_reason_to_eyes_and_to_screen_readers(inspection, shown):
    removed = [block for block in inspection.blocks if block.removed]
    views = [view for view in shown.find_class("block") if "kept" not in view.get("class").split()]
    for block, view in zip(removed, views, strict=True):
        assert block.removed in view.get("aria-label")
        assert block.evidence in view.get("aria-label")
        assert view.get("tabindex") == "0"
        assert view.find_class("why")[0].text == view.get("aria-label")


def test_the_direction_of_every_text_of_the_page_is_its_own(shown):
    texts = [view.find("p") for view in shown.find_class("block")]
    assert {text.get("dir") for text in texts} == {"auto"}
    assert all(q.get("dir") == "auto" for q in shown.iter("q"))


def test_nothing_of_the_page_becomes_markup(shown):
    assert shown.xpath("//script | //img | //iframe | //*[@onerror]") == []
    assert any(ATTACK in view.text_content() for view in shown.find_class("block"))
    assert any(ATTACK in text for text in shown.xpath("//section//text()"))


def test_only_addresses_of_the_web_become_links():
    hint = Candidate(field="image_url", value="javascript:alert(1)", source="feed")
    told = newsgrain.inspect_page(PAGE, url=URL, fetched_at=NOW, hints=(hint,))
    links = html.fromstring(told.to_html()).xpath("//a/@href")
    assert URL in links
    assert [link for link in links if not link.startswith(("http://", "https://"))] == []


def test_the_file_allows_its_own_style_and_nothing_else(shown):
    (policy,) = shown.xpath("//meta[@http-equiv='Content-Security-Policy']/@content")
    (style,) = shown.xpath("//style/text()")
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    assert policy == (
        f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"
    )
    assert shown.xpath("//@src | //link | //@style") == []


def test_a_rejected_page_says_why():
    told = newsgrain.inspect_page(b"\x89PNG\r\n\x1a\n\x00\x00", url=URL, fetched_at=NOW)
    assert isinstance(told.result, Rejected)
    shown = html.fromstring(told.to_html())
    assert f"Rejected: {told.result.reason.value}" in shown.text_content()
    assert told.to_dict()["reason"] == told.result.reason.value
    assert told.to_dict()["record"] is None


def test_a_page_that_is_empty_after_all_still_shows_its_blocks():
    page = b"<html><body><p>One two three.</p><nav><a href='/'>Home</a></nav></body></html>"
    told = newsgrain.inspect_page(page, url=URL, fetched_at=NOW)
    assert told.result.reason.value == "empty"
    assert "One two three." in html.fromstring(told.to_html()).text_content()


def test_the_same_page_gives_the_same_file(inspection):
    again = newsgrain.inspect_page(PAGE, url=URL, fetched_at=NOW)
    assert again.to_html() == inspection.to_html()


def test_a_time_without_a_zone_is_refused():
    with pytest.raises(ValueError, match="time zone"):
        newsgrain.inspect_page(PAGE, url=URL, fetched_at=datetime(2026, 5, 4))  # noqa: DTZ001


def test_a_notebook_shows_it_without_letting_it_out(inspection):
    frame = html.fromstring(inspection._repr_html_())
    assert frame.tag == "iframe"
    assert frame.get("sandbox") == ""
    assert frame.get("srcdoc") == inspection.to_html()


def test_the_function_stays_a_function_after_its_module_is_imported():
    code = "import newsgrain, newsgrain.inspection; assert callable(newsgrain.inspect_page)"
    subprocess.run([sys.executable, "-c", code], check=True)


def test_every_class_of_the_page_is_styled(inspection):
    sheet = re.search(r"<style>(.*?)</style>", inspection.to_html(), re.DOTALL)[1]
    for name in ("kept", "removed", "lead", "why", "record", "value"):
        assert f".{name}" in sheet
