"""What holds for any page, however odd."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cleaners import Cleaned, Rejected, clean
from tests.cleaners.body.pages import PARAGRAPHS, article_html, page

if TYPE_CHECKING:
    from cleaners.records import Article

TAGS = ("p", "div", "ul", "li", "ol", "h1", "h2", "table", "tr", "td", "br", "a", "blockquote",
        "span", "article", "aside", "b", "figure", "figcaption")  # fmt: skip
TEXTS = st.one_of(
    st.sampled_from(
        (*PARAGRAPHS, "• one", "- two", "1. three", "« Nous n’avions pas le choix », dit-il.",
         "“We had no other choice,” said Mara Lindqvist.", "Five tips:", "", "“", "»", "\x0b")
    ),
    st.text(max_size=30),
)  # fmt: skip
PARTS = st.one_of(
    TEXTS,
    st.sampled_from(TAGS).map("<{}>".format),
    st.sampled_from(TAGS).map("</{}>".format),
)
ODD = st.lists(PARTS, max_size=40).map("".join)


def assert_offsets(article: Article) -> None:
    for item in (*article.quotes, *article.recommendations):
        assert item.start is not None
        assert article.text[item.start : item.end] == item.text
    for speaker in article.speakers:
        assert article.text[speaker.start : speaker.end] == speaker.source_text
    for listed in article.lists:
        assert listed.start is not None
        assert listed.end is not None
        assert article.text[listed.start :].startswith(listed.items[0])
        assert article.text[: listed.end].endswith(listed.items[-1])


@given(ODD)
@settings(max_examples=120, suppress_health_check=[HealthCheck.too_slow])
def test_any_markup_gives_an_outcome_twice_the_same_with_true_offsets(odd: str) -> None:
    html = article_html(odd)
    outcome = clean(page(html))
    assert isinstance(outcome, Cleaned | Rejected)
    assert clean(page(html)) == outcome
    if isinstance(outcome, Cleaned):
        assert_offsets(outcome.article)


# A page of 350,000 characters took minutes: each open mark was followed to the paragraph's end.
@pytest.mark.parametrize(
    "part",
    ["“Hello ”he said, “ “ ", "« Hello ", '"Hello you, Mr Roe told us." Jane Doe, 42, a boss. ',
     ": “Hello you all, Roe, ", "“Hello you all there,” Jane Doe, 42, a boss, said. "],
)  # fmt: skip
def test_the_time_grows_no_faster_than_the_text(part: str) -> None:
    def seconds(copies: int) -> float:
        html = article_html(f"<p>{part * copies}</p>")
        start = time.process_time()
        clean(page(html))
        return time.process_time() - start

    seconds(100)
    assert seconds(4_000) < 40 * seconds(400) + 1


@given(st.binary(max_size=300))
@settings(max_examples=60)
def test_any_bytes_give_an_outcome(body: bytes) -> None:
    assert isinstance(clean(page(body.decode("latin-1"))), Cleaned | Rejected)
