"""What is made of an extractor's answer, with the answer given by the test."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from tests.cleaners.body.pages import PARAGRAPHS, TITLE, article, article_html

if TYPE_CHECKING:
    from collections.abc import Callable

STANDFIRST = "Ten weeks without cars: what the works mean for those who cross the harbour daily"


@pytest.mark.parametrize(
    "standfirst",
    [
        f'<p class="article-standfirst">{STANDFIRST}</p>',
        f'<div class="article__lead">{STANDFIRST}</div>',
        f'<h2 class="sub-title">{STANDFIRST}</h2>',
    ],
)
def test_a_standfirst_is_known_by_its_class(
    standfirst: str, extractor_gives: Callable[..., None]
) -> None:
    extractor_gives(*PARAGRAPHS)
    found = article(article_html(before=standfirst))
    assert found.lead == STANDFIRST
    assert found.text == "\n".join(PARAGRAPHS)


def test_a_standfirst_is_known_by_the_description(extractor_gives: Callable[..., None]) -> None:
    extractor_gives(*PARAGRAPHS)
    html = article_html(before=f'<p class="x1">{STANDFIRST}</p>').replace(
        "<head>", f'<head><meta name="description" content="{STANDFIRST[:70]}...">'
    )
    assert article(html).lead == STANDFIRST


def test_a_description_copied_from_the_text_makes_no_lead(
    extractor_gives: Callable[..., None],
) -> None:
    extractor_gives(*PARAGRAPHS)
    html = article_html().replace(
        "<head>", f'<head><meta name="description" content="{PARAGRAPHS[0]}">'
    )
    found = article(html)
    assert found.lead is None
    assert found.text.startswith(PARAGRAPHS[0])


def test_a_date_line_is_no_standfirst(extractor_gives: Callable[..., None]) -> None:
    extractor_gives(*PARAGRAPHS)
    dates = "Published 2026-05-01 08:15, updated 2026-05-02 09:30"
    assert article(article_html(before=f'<p class="subhead">{dates}</p>')).lead is None


def test_a_standfirst_that_the_extractor_took_for_text_stays_in_the_text(
    extractor_gives: Callable[..., None],
) -> None:
    extractor_gives(STANDFIRST, *PARAGRAPHS)
    found = article(article_html(before=f'<p class="article-standfirst">{STANDFIRST}</p>'))
    assert found.lead is None
    assert found.text.startswith(STANDFIRST)


def test_a_standfirst_that_is_a_heading_is_the_lead_though_the_extractor_took_it_for_text(
    extractor_gives: Callable[..., None],
) -> None:
    extractor_gives(STANDFIRST, *PARAGRAPHS)
    found = article(article_html(before=f'<h2 class="sub-headline">{STANDFIRST}</h2>'))
    assert found.lead == STANDFIRST
    assert found.text == "\n".join(PARAGRAPHS)


def test_a_list_of_nothing_but_links_is_dropped(extractor_gives: Callable[..., None]) -> None:
    headlines = [f"Another headline about the harbour, number {n}" for n in (1, 2)]
    links = "".join(f'<li><a href="/s">{headline}</a></li>' for headline in headlines)
    extractor_gives(*PARAGRAPHS, *headlines)
    assert article(article_html(f"<ul>{links}</ul>")).text == "\n".join(PARAGRAPHS)


def test_a_list_with_links_inside_its_items_stays(extractor_gives: Callable[..., None]) -> None:
    items = [f"On pier {n} the harbour office sells tickets" for n in (1, 2)]
    links = "".join(f'<li>{item} <a href="/s">online</a></li>' for item in items)
    extractor_gives(*PARAGRAPHS, *(f"{item} online" for item in items))
    assert article(article_html(f"<ul>{links}</ul>")).text.endswith(f"- {items[1]} online")


def test_the_title_is_dropped_wherever_it_stands_alone(
    extractor_gives: Callable[..., None],
) -> None:
    extractor_gives(*PARAGRAPHS, TITLE)
    html = article_html(f"<p>{TITLE}</p>")
    assert TITLE not in article(html).text


def test_nothing_kept_by_the_extractor_is_nothing_kept(
    extractor_gives: Callable[..., None],
) -> None:
    extractor_gives()
    html = article_html(before=f'<p class="article-standfirst">{STANDFIRST}</p>')
    found = article(html)
    assert (found.lead, found.text) == (STANDFIRST, "")


def test_a_list_of_topics_with_their_links_is_dropped(extractor_gives: Callable[..., None]) -> None:
    topics = [("Roads", "Ring road to be widened in autumn"), ("Why now?", "What the divers found")]
    links = "".join(f'<li><b>{topic}:</b> <a href="/s">{line}</a></li>' for topic, line in topics)
    extractor_gives(*PARAGRAPHS, *(f"{topic}: {line}" for topic, line in topics))
    assert article(article_html(f"<ul>{links}</ul>")).text == "\n".join(PARAGRAPHS)


def test_lines_below_the_text_that_are_links_are_dropped(
    extractor_gives: Callable[..., None],
) -> None:
    lines = [f"Another headline about the harbour, number {n}" for n in (1, 2)]
    links = "".join(f'<p><a href="/s">{line}</a></p>' for line in lines)
    extractor_gives(*PARAGRAPHS, *lines)
    assert article(article_html(links)).text == "\n".join(PARAGRAPHS)


def test_a_single_linked_line_below_the_text_stays(extractor_gives: Callable[..., None]) -> None:
    line = "The report of the engineers on the southern bearings"
    extractor_gives(*PARAGRAPHS, line)
    assert article(article_html(f'<p><a href="/s">{line}</a></p>')).text.endswith(line)


@pytest.mark.parametrize(
    "name",
    [
        "Newsletter-title",
        "right-rail",
        "related-box",
        "articlepromo",
        "most-read",
        "article__cta",
        "entry-footer",
        "print-header",
        "c-infobox",
        "author-bio",
        "toc",
        "md:line-clamp-2",
        "mediaInfo",
        "photo-caption",
        "header__overline",
    ],
)
def test_a_box_named_for_something_else_is_dropped(
    name: str, extractor_gives: Callable[..., None]
) -> None:
    line = "All that moves the harbour, each morning in your inbox"
    extractor_gives(*PARAGRAPHS, line)
    found = article(article_html(f'<div class="{name}"><p>{line}</p></div>'))
    assert found.text == "\n".join(PARAGRAPHS)


def test_a_name_that_most_of_the_text_bears_means_something_else(
    extractor_gives: Callable[..., None],
) -> None:
    extractor_gives(*PARAGRAPHS)
    html = article_html().replace('class="story-body"', 'class="post category-related"')
    assert "category-related" in html
    assert article(html).text == "\n".join(PARAGRAPHS)


def test_a_box_with_a_good_part_of_the_text_is_the_text_whatever_its_name(
    extractor_gives: Callable[..., None],
) -> None:
    more = [" ".join(reversed(text.split())) for text in PARAGRAPHS]
    extractor_gives(*PARAGRAPHS, *more)
    folded = "".join(f"<p>{text}</p>" for text in more)
    found = article(article_html(f'<div class="related-story">{folded}</div>'))
    assert more[1] in found.text


def test_a_box_goes_though_all_of_the_text_bears_another_such_name(
    extractor_gives: Callable[..., None],
) -> None:
    line = "All that moves the harbour, each morning in your inbox"
    extractor_gives(*PARAGRAPHS, line)
    box = f'<div class="newsletter"><p>{line}</p></div>'
    html = article_html(box).replace('class="story-body"', 'class="post with-sidebar"')
    assert article(html).text == "\n".join(PARAGRAPHS)


def test_boxes_of_several_such_names_take_no_large_part_of_a_text_together(
    extractor_gives: Callable[..., None],
) -> None:
    names = ("sidebar", "infobox", "bio", "footer")
    boxes = [
        f'<div class="{name}"><p>{text[::-1]}</p></div>'
        for name, text in zip(names, PARAGRAPHS, strict=True)
    ]
    extractor_gives(*PARAGRAPHS, *(text[::-1] for text in PARAGRAPHS))
    text = article(article_html(*boxes)).text
    assert len(text) > 0.6 * 2 * sum(map(len, PARAGRAPHS))


@pytest.mark.parametrize(
    "html",
    [
        '<h2 class="hidden md:block">The cost of it all</h2>',
        '<div class="read-more-content"><p>The cost of it all was told on Friday.</p></div>',
        '<div class="article-latest-update"><p>The cost of it all was told on Friday.</p></div>',
    ],
)
def test_ordinary_names_of_classes_hide_no_text(
    html: str, extractor_gives: Callable[..., None]
) -> None:
    line = re.sub(r"<[^>]+>", "", html)
    extractor_gives(*PARAGRAPHS, line, "It is told here.")
    assert line in article(article_html(html, "<p>It is told here.</p>")).text


def test_headings_for_screen_readers_are_no_text(extractor_gives: Callable[..., None]) -> None:
    extractor_gives(*PARAGRAPHS, "Article content", "The cost", "It is told here.")
    headings = '<h2 class="visually-hidden">Article content</h2><h2>The cost</h2>'
    html = article_html(headings, "<p>It is told here.</p>")
    text = article(html).text
    assert "Article content" not in text
    assert "The cost" in text


@pytest.mark.parametrize(
    "heading",
    [
        f"<h2>Traffic: {TITLE}</h2>",
        "<h2>Harbour bridge closes for ten weeks from May</h2>",
    ],
)
def test_a_heading_that_says_the_title_again_is_dropped(
    heading: str, extractor_gives: Callable[..., None]
) -> None:
    extractor_gives(heading[4:-5], *PARAGRAPHS)
    assert article(article_html(before=heading)).text == "\n".join(PARAGRAPHS)


def test_a_heading_that_shares_few_words_with_the_title_stays(
    extractor_gives: Callable[..., None],
) -> None:
    heading = "What the harbour office tells its factories"
    extractor_gives(heading, *PARAGRAPHS)
    assert article(article_html(before=f"<h2>{heading}</h2>")).text.startswith(heading)


def test_a_main_heading_that_is_another_title_of_the_page_is_dropped(
    extractor_gives: Callable[..., None],
) -> None:
    other = "Ten weeks that will cost the port"
    extractor_gives(other, *PARAGRAPHS)
    head = f'<head><meta property="og:title" content="{other}">'
    html = article_html(before=f"<h1>{other}</h1>").replace("<head>", head)
    found = article(html)
    assert other not in found.text


def test_a_standfirst_with_the_words_of_the_title_is_no_headline(
    extractor_gives: Callable[..., None],
) -> None:
    standfirst = f"{TITLE}: lorries take the ring road, and the eastern walkway stays open to all"
    extractor_gives(standfirst, *PARAGRAPHS)
    assert article(article_html(before=f"<h2>{standfirst}</h2>")).text.startswith(standfirst)


def test_a_byline_below_a_long_standfirst_is_dropped(extractor_gives: Callable[..., None]) -> None:
    extractor_gives(PARAGRAPHS[0], "By Jo Roe", *PARAGRAPHS[1:])
    head = '<head><meta name="author" content="Jo Roe">'
    before = f"<p>{PARAGRAPHS[0]}</p><p>By Jo Roe</p>"
    html = article_html(before=before).replace("<head>", head)
    assert "Jo Roe" not in article(html).text


@pytest.mark.parametrize(
    "line",
    [
        "An dieser Stelle finden Sie einen externen Inhalt, der den Artikel ergänzt.",
        "To view this content, please allow our partner to store cookies on your device.",
        "Pour afficher ce contenu, vous devez accepter les cookies de ce réseau.",
        "6 min read",
        "By the harbour office · 3 Minuten Lesezeit",
        "Tempo de leitura: 2 minutos",
        "Table of Contents",
    ],
)
def test_notices_about_the_page_are_no_text(
    line: str, extractor_gives: Callable[..., None]
) -> None:
    extractor_gives(PARAGRAPHS[0], line, *PARAGRAPHS[1:])
    html = article_html().replace("</p>", f"</p><p>{line}</p>", 1)
    assert article(html).text == "\n".join(PARAGRAPHS)


@pytest.mark.parametrize(
    "line",
    [
        "The walk over the eastern pillars takes 12 minutes, and longer in the wind.",
        "Reading time is what the port has least of, its master says with a smile.",
    ],
)
def test_a_sentence_about_minutes_or_reading_stays(
    line: str, extractor_gives: Callable[..., None]
) -> None:
    extractor_gives(*PARAGRAPHS, line)
    assert line in article(article_html(f"<p>{line}</p>")).text
