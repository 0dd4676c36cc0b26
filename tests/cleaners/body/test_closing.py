"""What a publisher says below an article is no text of it; what only sounds like it is."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from tests.cleaners.body.pages import PARAGRAPHS, article, article_html

if TYPE_CHECKING:
    from collections.abc import Callable

CLOSING = [
    "Follow the Gazette on Twitter and Instagram for the latest from the harbour.",
    "Sign up today and have the morning's headlines delivered to your inbox.",
    "Ada Fenn and Tom Oduya contributed to this report.",
    "You can reach the reporter at ada.fenn@gazette.example or at the harbour office.",
    "Have the tides in your inbox every morning: our free newsletter.",
    "Copyright 2026 Gazette Media",
    "Write to Ada Fenn at ada.fenn@gazette.example",
    "ada.fenn@gazette.example",
    "© 2026 Gazette Media. All rights reserved.",
    "Tags: harbour, bridge, council",
    "Source: Port Authority",
    "Suivez la Gazette sur Twitter pour ne rien manquer du port.",
    "Du musst dich einloggen, um einen Kommentar abzugeben.",
    "Suscríbete y recibe cada mañana las noticias del puerto.",
    "Siga a Gazeta no Instagram e saiba tudo sobre o porto.",
    "Iscriviti per ricevere ogni mattina le notizie del porto.",
    "Schrijf je in voor het laatste nieuws uit de haven.",
    "(Reporting by Ada Fenn, editing by Tom Oduya)",
    "Mit Agenturmaterial.",
]


@pytest.mark.parametrize("line", CLOSING)
def test_what_a_publisher_says_below_a_text_is_taken_out_and_can_be_seen(line: str) -> None:
    found = article(article_html(f"<p>{line}</p>"))
    assert found.text == "\n".join(PARAGRAPHS)


def test_several_such_lines_go_from_the_last_upwards() -> None:
    found = article(article_html(*(f"<p>{line}</p>" for line in CLOSING[:4])))
    assert found.text == "\n".join(PARAGRAPHS)


def test_the_same_line_with_text_below_it_stays() -> None:
    last = "The council will meet again in June to hear what the factories have to say of it."
    found = article(article_html(f"<p>{CLOSING[1]}</p><p>{last}</p>"))
    assert found.text.endswith(f"{CLOSING[1]}\n{last}")


@pytest.mark.parametrize(
    "line",
    [
        "Sources close to the port said that the bearings had been known to be weak.",
        "Contact between the ship and the harbour had ended at noon, the pilots say.",
        "Copyright does not protect the plans of a bridge, the court has found.",
        "The engineer had warned of the bearings in a newsletter two years ago.",
        "Topics for the next meeting are the ring road and the barges.",
        "Follow the signs to the eastern walkway, the port advises those who go on foot.",
        "“Sign the petition”, one of the banners on the bridge read on Monday evening.",
    ],
)
def test_a_last_sentence_of_the_article_stays(line: str) -> None:
    assert article(article_html(f"<p>{line}</p>")).text.endswith(line)


def test_what_is_a_large_part_of_the_text_is_no_ending() -> None:
    line = "Subscribe to the ferry, the company asks those who live on the island. " * 5
    text = f"<h1>Ferry</h1><p>{PARAGRAPHS[0]}</p><p>{line}</p>"
    page = f"<html lang='en'><body><article>{text}</article></body></html>"
    assert article(page).text.endswith(line.strip())


@pytest.mark.parametrize(
    "below",
    [
        "<h2>More from the harbour</h2>",
        "<h2>Tell us what you think</h2><p>Leave a comment below, or write to us.</p>",
        "<h2>Latest</h2><h3>Ferry runs late again</h3><h3>Two barges collide in the fog</h3>",
    ],
)
def test_headings_below_which_no_text_is_left_head_nothing(
    below: str, extractor_gives: Callable[..., None]
) -> None:
    extractor_gives(*PARAGRAPHS, *_lines(below))
    assert article(article_html(below)).text == "\n".join(PARAGRAPHS)


def test_a_page_that_sets_much_of_its_text_as_headings_keeps_them(
    extractor_gives: Callable[..., None],
) -> None:
    below = "".join(f"<h3>{text[::-1]}</h3>" for text in PARAGRAPHS)
    extractor_gives(*PARAGRAPHS, *_lines(below))
    assert article(article_html(below)).text.endswith(PARAGRAPHS[-1][::-1])


def _lines(html: str) -> list[str]:
    return re.split(r"(?:<[^>]+>)+", html)[1:-1]


LIVES = [
    "Ada Fenn is a reporter at the Gazette and lives by the harbour.",
    "(Ada Fenn writes of ships.)",
]


@pytest.mark.parametrize("line", LIVES)
def test_who_the_author_is_stands_below_the_text_and_is_none(line: str) -> None:
    head = '<head><meta name="author" content="Ada Fenn">'
    html = article_html(f"<p>{line}</p>").replace("<head>", head)
    assert article(html).text == "\n".join(PARAGRAPHS)


def test_who_somebody_else_is_stays() -> None:
    assert article(article_html(f"<p>{LIVES[0]}</p>")).text.endswith(LIVES[0])


def test_the_agency_is_known_by_a_credit_that_is_no_text() -> None:
    found = article(article_html("<p>Mit dpa</p>", "<p>Alle Rechte vorbehalten.</p>"))
    assert found.text == "\n".join(PARAGRAPHS)
    assert (found.agency, found.agency_source) == ("dpa", "credit")
