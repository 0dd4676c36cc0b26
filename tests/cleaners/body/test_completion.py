"""What an extractor lost of a text is put back, and nothing else."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from tests.cleaners.body.pages import PARAGRAPHS, TITLE, article, article_html

if TYPE_CHECKING:
    from collections.abc import Callable


def test_the_page_completes_what_the_extractor_lost(extractor_gives: Callable[..., None]) -> None:
    extractor_gives(*PARAGRAPHS[:2])
    assert article(article_html()).text == "\n".join(PARAGRAPHS)


POST = (
    '<blockquote class="{}"><p>The bearings are rusted through, come and see.</p>'
    '— Port of Harbour (@port) <a href="/p">May 1, 2026</a></blockquote>'
)


def test_a_post_inside_the_text_is_kept_as_one(extractor_gives: Callable[..., None]) -> None:
    extractor_gives(*PARAGRAPHS, "The works begin at dawn.")
    html = article_html(POST.format("twitter-tweet"), "<p>The works begin at dawn.</p>")
    found = article(html).text
    assert "The bearings are rusted through, come and see.\n— Port of Harbour" in found


@pytest.mark.parametrize(
    ("body", "after"),
    [
        (POST.format("instagram-media"), "<p>The works begin at dawn.</p>"),
        ("<p>The works begin at dawn.</p>", POST.format("twitter-tweet")),
    ],
)
def test_a_post_of_a_picture_or_outside_the_text_is_left_out(
    body: str, after: str, extractor_gives: Callable[..., None]
) -> None:
    extractor_gives(*PARAGRAPHS, "The works begin at dawn.")
    assert "rusted through" not in article(article_html(body, after)).text


TUGS = "The pilots have asked for two tugs more in the nights of the works."


@pytest.mark.parametrize("lost", [f'<div class="note">{TUGS}</div>', "<h3>Two tugs more</h3>"])
def test_what_stands_between_two_blocks_of_a_text_in_their_box_belongs_to_it(
    lost: str, extractor_gives: Callable[..., None]
) -> None:
    extractor_gives(*PARAGRAPHS)
    line = re.sub(r"<[^>]+>", "", lost)
    # Without a class, so that the layout of the text says nothing.
    html = article_html().replace(' class="story-body"', "").replace(' class="story"', "")
    html = html.replace("</p>", f"</p>{lost}", 1)
    assert article(html).text == "\n".join((PARAGRAPHS[0], line, *PARAGRAPHS[1:]))


@pytest.mark.parametrize(
    "left_out",
    [
        '<div class="note">Monday, 1 May</div>',
        f"<section><p>{TUGS}</p></section>",
        f'<div><a href="/t">{TUGS}</a></div>',
    ],
)
def test_short_lines_other_boxes_and_links_between_two_blocks_stay_out(
    left_out: str, extractor_gives: Callable[..., None]
) -> None:
    extractor_gives(*PARAGRAPHS)
    html = article_html().replace("</p>", f"</p>{left_out}", 1)
    assert article(html).text == "\n".join(PARAGRAPHS)


BOXES = (
    '<div class="body wide"><p class="par">{}</p><p class="par">{}</p></div>'
    '<div class="body"><p class="par">{}</p></div><div class="end"><p>{}</p></div>'
)


def boxed(lost: str, behind: str = "") -> str:
    """Return a page whose text stands in several boxes, with more in it and behind it."""
    texts = [f"<p>{text}</p>" for text in PARAGRAPHS]
    html = article_html(after=behind)
    return html.replace("".join(texts), BOXES.format(*PARAGRAPHS)).replace(
        '<div class="end">', f'{lost}<div class="end">'
    )


@pytest.mark.parametrize("lines", [(0, 1, 3), (0, 1)])
def test_paragraphs_of_the_text_in_other_boxes_belong_to_it(
    lines: tuple[int, ...], extractor_gives: Callable[..., None]
) -> None:
    extractor_gives(*(PARAGRAPHS[number] for number in lines))
    found = article(boxed("")).text
    assert PARAGRAPHS[2] in found


@pytest.mark.parametrize(
    ("lost", "behind"),
    [
        (f'<div class="teaser"><p class="small">{TUGS}</p></div>', ""),
        ('<div class="teaser"><p class="par">Two tugs more</p></div>', ""),
        ("", f'<div class="comment"><p class="par">{TUGS}</p></div>'),
    ],
)
def test_other_classes_short_lines_and_comments_do_not(
    lost: str, behind: str, extractor_gives: Callable[..., None]
) -> None:
    extractor_gives(*PARAGRAPHS)
    assert article(boxed(lost, behind)).text == "\n".join(PARAGRAPHS)


def test_what_stands_between_headline_and_text_in_their_box_is_a_standfirst(
    extractor_gives: Callable[..., None],
) -> None:
    extractor_gives(TITLE, *PARAGRAPHS)
    head = f'<h1>{TITLE}</h1><p class="lead">{TUGS}</p>'
    html = article_html().replace(f"<h1>{TITLE}</h1>", "")
    html = html.replace('<div class="story-body">', f'<div class="story-body">{head}')
    found = article(html)
    assert (found.lead, found.text) == (TUGS, "\n".join(PARAGRAPHS))
