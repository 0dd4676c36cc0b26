"""What a page shows to the memory of its site: where each block stands, and what it teases."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from cleaners import Draft, Page, read
from cleaners.blocks import text_key
from cleaners.sketch import BlockSketch, Role, Sketch, claim, sketch
from cleaners.text import block_digest
from cleaners.urls import url_key
from tests.cleaners.body.pages import PARAGRAPHS, TITLE, article_html

_URL = "https://gazette.example/2026/harbour"
_REFRAIN = "And still the ferry rang its bell, and still nobody on the quay would answer it."
_OTHER = "The council finds eleven million crowns"


def sketched(*body: str, **more: str) -> Sketch:
    """Return the sketch of the gazette's page with more elements behind its paragraphs."""
    html = article_html(*body, **more).encode()
    draft = read(Page(url=_URL, html=html, fetched_at=datetime(2026, 5, 1, tzinfo=UTC)))
    assert isinstance(draft, Draft)
    found = sketch(draft)
    assert found is not None
    return found


def of(page: Sketch, text: str) -> BlockSketch:
    """Return the first block with a text."""
    return next(block for block in page.blocks if block.digest == block_digest(text))


def test_the_first_long_paragraph_opens_the_article_and_others_are_text() -> None:
    page = sketched()
    roles = [of(page, text).role for text in PARAGRAPHS]
    assert roles == [Role.OPENING, Role.TEXT, Role.TEXT, Role.TEXT]


def test_what_stands_twice_in_a_text_is_a_refrain() -> None:
    page = sketched(f"<p>{_REFRAIN}</p><p>{PARAGRAPHS[1]} Again.</p><p>{_REFRAIN}</p>")
    assert of(page, _REFRAIN).role is Role.REFRAIN
    assert of(sketched(f"<p>{_REFRAIN}</p>"), _REFRAIN).role is Role.TEXT


def test_items_of_one_list_are_a_group_apart() -> None:
    page = sketched("<ul><li>Salt from the old works</li><li>Rope of forty yards</li></ul>")
    salt, rope = of(page, "Salt from the old works"), of(page, "Rope of forty yards")
    assert salt.role is rope.role is Role.APART
    assert salt.group == rope.group is not None
    assert of(page, PARAGRAPHS[0]).group is None


def test_headings_are_headings() -> None:
    page = sketched(f"<h2>What it will cost</h2><p>{_REFRAIN}</p>")
    assert of(page, "What it will cost").role is Role.HEADING


@pytest.mark.parametrize(
    "text",
    [
        "“The company takes every concern seriously and follows all rules”, it said.",
        "„Das Unternehmen nimmt alle Hinweise ernst und hält jede Regel ein“, hieß es.",
        "« L’entreprise prend au sérieux chaque remarque et respecte les règles », dit-elle.",
        "「会社はすべてのご意見を真摯に受け止め、規則を守っております」と述べた。",
    ],
)
def test_what_is_mostly_quoted_stays(text: str) -> None:
    assert of(sketched(f"<p>{text}</p>"), text).stays == "quotation"


def test_a_block_quote_stays() -> None:
    text = "Whoever builds a bridge should have crossed the water in a boat before"
    assert of(sketched(f"<blockquote><p>{text}</p></blockquote>"), text).stays == "quotation"


@pytest.mark.parametrize(
    "text",
    [
        "Correction: an earlier version of this article gave another price for the bridge.",
        "Korrektur: In einer früheren Fassung stand ein anderer Preis für die Brücke.",
        "Rectificatif : le prix du pont n’était pas celui que nous avions donné.",
    ],
)
def test_a_notice_of_correction_stays(text: str) -> None:
    assert of(sketched(f"<p>{text}</p>"), text).stays == "correction"
    told = f"The council says: {text}"
    assert of(sketched(f"<p>{told}</p>"), told).stays is None


_LINKED = f'<p>On the same pages <a href="/2026/money?utm_source=x">{_OTHER}</a></p>'


def _mark_of_link(url: str) -> str:
    return claim("link", url_key(url))


def test_a_link_shows_the_article_that_it_leads_to() -> None:
    link = of(sketched(_LINKED), f"On the same pages {_OTHER}")
    assert _mark_of_link("https://gazette.example/2026/money") in link.marks
    assert link.role is Role.APART


def test_a_link_to_another_site_shows_nothing() -> None:
    page = sketched(_LINKED.replace("/2026", "https://else.example/2026"))
    marks = of(page, f"On the same pages {_OTHER}").marks
    assert not [mark for mark in marks if mark[0] == "l"]


def test_the_name_of_a_thing_that_is_a_link_is_no_headline() -> None:
    item = '<li><a href="/reviews/hammock">A light hammock</a></li>'
    page = sketched(f"<ul>{item}<li>A lantern for the long evenings on the quay</li></ul>")
    assert of(page, "A light hammock").marks == ()


def test_a_title_is_shown_whole_or_behind_its_colon() -> None:
    title = claim("title", text_key(_OTHER))
    assert title in of(sketched(f"<p>{_OTHER}</p>"), _OTHER).marks
    told = f"Our own reporters: {_OTHER}"
    assert title in of(sketched(f"<p>{told}</p>"), told).marks


def test_a_heading_of_the_text_shows_no_title() -> None:
    page = sketched(f"<h2>{_OTHER}</h2><p>{_REFRAIN}</p>")
    assert of(page, _OTHER).marks == ()


def test_an_opening_is_shown_by_what_is_cut_or_stands_apart() -> None:
    begin = claim("opening", text_key(_REFRAIN)[:40])
    assert begin not in of(sketched(f"<p>{_REFRAIN}</p>"), _REFRAIN).marks
    cut = f"{_REFRAIN[:60]}..."
    assert begin in of(sketched(f"<p>{cut}</p>"), cut).marks
    boxed = of(sketched(f'<div class="box"><p>{_REFRAIN}</p></div>'), _REFRAIN)
    assert begin in boxed.marks


def test_an_article_claims_its_address_its_title_and_how_it_begins() -> None:
    page = sketched()
    assert page.address == _mark_of_link(_URL) == page.claims[0]
    assert claim("title", text_key(TITLE)) == page.title
    opening = claim("opening", text_key(PARAGRAPHS[0])[:40])
    assert {page.title, opening} <= set(page.claims)
    assert opening in of(page, PARAGRAPHS[0]).marks, "whoever shows it, too, teases this one"
