"""The stories and what must come out of them agree with each other and with the pages."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import lxml.html
import pytest

from crawler.demo import Calendar, newspapers
from crawler.demo.markup import Kind

if TYPE_CHECKING:
    from crawler.demo import Newspaper, SampleArticle

NOW = datetime(2026, 11, 21, 2, 0, tzinfo=UTC)
PAPERS = newspapers(Calendar.of(1, NOW))
VERSIONS = [
    article
    for night in (1, 2)
    for paper in PAPERS
    for article in paper.articles(night)
    if article.changed_on == night
]
"""Every version of every article, each with the first night on which it stands."""

each_version = pytest.mark.parametrize(
    "article", VERSIONS, ids=lambda article: f"{article.changed_on}-{article.slug}"
)


def squeeze(text: str) -> str:
    return " ".join(text.split())


def visible(page: bytes) -> str:
    tree = lxml.html.document_fromstring(page.decode())
    for element in tree.xpath("//script | //style"):
        element.drop_tree()
    for element in tree.iter("p", "li", "h1", "h2", "h3", "h4", "div", "br"):
        element.tail = f" {element.tail or ''}"
    return squeeze(tree.body.text_content())


def expected(article: SampleArticle) -> str:
    return squeeze(" ".join([article.title, article.lead or "", *article.paragraphs]))


@pytest.mark.parametrize("paper", PAPERS, ids=lambda paper: paper.content.key)
@pytest.mark.parametrize("night", [1, 2])
def test_each_site_has_25_articles_on_each_night(paper: Newspaper, night: int) -> None:
    assert len(paper.articles(night)) == 25


@each_version
def test_a_page_shows_title_lead_and_every_block_in_order(
    pages: dict[str, bytes], article: SampleArticle
) -> None:
    text = visible(pages[f"{article.changed_on} {article.path}"])
    at = text.index(squeeze(article.lead or article.title))
    for paragraph in article.paragraphs:
        at = text.index(squeeze(paragraph), at) + 1
    assert squeeze(article.title) in text


@each_version
def test_a_page_shows_its_authors(pages: dict[str, bytes], article: SampleArticle) -> None:
    text = visible(pages[f"{article.changed_on} {article.path}"])
    assert all(author in text for author in article.authors)


@each_version
def test_an_articles_own_words_stand_nowhere_else_on_its_page(
    pages: dict[str, bytes], article: SampleArticle
) -> None:
    tree = lxml.html.document_fromstring(pages[f"{article.changed_on} {article.path}"].decode())
    body = tree.xpath("//div[@class='entry-content' or @class='c-story__body']")
    assert len(body) == 1
    body[0].drop_tree()
    rest = squeeze(" ".join(tree.xpath("//body//text()[not(parent::script)]")))
    assert not [paragraph for paragraph in article.paragraphs if squeeze(paragraph) in rest]
    sentences = [one for one in re.split(r"(?<=[.!?…])\s", article.text) if len(one) > 30]
    assert sentences
    assert not [sentence for sentence in sentences if squeeze(sentence) in rest]


@each_version
def test_every_speaker_is_named_in_the_article_in_the_given_words(article: SampleArticle) -> None:
    text = expected(article)
    for speaker in article.speakers:
        for part in (speaker.name, speaker.honorific, speaker.role, speaker.affiliation):
            assert part is None or part in text, part


@each_version
def test_every_quotation_has_four_words_and_a_known_speaker(article: SampleArticle) -> None:
    names = {speaker.name for speaker in article.speakers}
    for quote in article.quotes:
        assert len(quote.text.split()) >= 4, quote
        assert quote.speaker is None or quote.speaker in names, quote
        assert any(quote.text in paragraph for paragraph in article.paragraphs)
        assert quote.source_text is None or quote.source_text in article.text


@each_version
def test_announced_counts_are_true(article: SampleArticle) -> None:
    if article.recommendations_announced is not None:
        assert len(article.recommendations) == article.recommendations_announced


@each_version
def test_no_mark_of_the_source_is_left_in_the_text(article: SampleArticle) -> None:
    text = expected(article)
    assert not set("{}*[]'\"") & set(text)


@each_version
def test_length_is_that_of_a_news_story(article: SampleArticle) -> None:
    assert 110 <= len(expected(article).split()) <= 350


@each_version
def test_french_marks_stand_after_a_no_break_space(article: SampleArticle) -> None:
    if article.language == "fr":
        text = "\n".join([article.title, article.lead or "", *article.paragraphs])
        assert not re.search(r"[^\u00a0\n][;?!»]|[^\u00a0\d\n]:|«[^\u00a0]", text)


@each_version
def test_an_article_is_older_than_its_night(article: SampleArticle) -> None:
    assert article.listed_at < NOW + timedelta(days=article.changed_on - 1)
    assert article.changed_at < NOW + timedelta(days=article.changed_on - 1)


def test_the_stories_show_every_shape_that_cleaning_must_know() -> None:
    articles = [article for paper in PAPERS for article in paper.articles(1)]
    lists = [listing for article in articles for listing in article.lists]
    assert {listing.kind for listing in lists} == {
        "recommendations",
        "speakers",
        "topics",
        "steps",
        "facts",
        "other",
    }
    assert {listing.markup for listing in lists} == {"ul", "ol", "br", "p"}
    assert {article.dating for article in articles} == {"full", "time", "day", "none"}
    assert {block.kind for article in articles for block in article.blocks} == set(Kind)
    assert any(listing.joined for listing in lists)
    assert any(quote.source_text for article in articles for quote in article.quotes)
    assert any(len(article.authors) == 2 for article in articles)
    assert any(not article.authors for article in articles)


def test_a_joined_item_gives_two_recommendations() -> None:
    article = next(
        one for one in PAPERS[0].articles(1) if one.slug.startswith("herbiers-de-zosteres")
    )
    assert len(article.lists[2].items) == 4
    assert len(article.recommendations) == 5
    assert article.recommendations[2].startswith("Financer")


def test_a_date_without_a_time_is_midnight_utc_of_its_day() -> None:
    article = next(one for one in PAPERS[0].articles(1) if one.slug.startswith("soupe-de-congre"))
    assert article.published == datetime(2026, 11, 10, tzinfo=UTC)
    assert article.precision == "day"


def test_a_full_date_follows_the_sites_zone() -> None:
    article = next(one for one in PAPERS[0].articles(1) if one.slug.startswith("le-bac"))
    assert article.published == datetime(2026, 11, 19, 17, 40, tzinfo=UTC)


def test_dates_of_the_first_night_do_not_move_with_the_second() -> None:
    calendar = Calendar.of(1, NOW).with_night(2, NOW + timedelta(days=3))
    for before, after in zip(PAPERS, newspapers(calendar), strict=True):
        later = {one.slug: one.listed_at for one in after.articles(2) if one.changed_on == 1}
        assert later.items() <= {one.slug: one.listed_at for one in before.articles(1)}.items()


@pytest.mark.parametrize("hour", range(24))
@pytest.mark.parametrize("gap", [timedelta(hours=1), timedelta(days=1), timedelta(days=3)])
def test_what_a_night_brings_is_younger_than_the_night_before(hour: int, gap: timedelta) -> None:
    first = NOW.replace(hour=hour, minute=17, microsecond=5)
    calendar = Calendar.of(1, first).with_night(2, first + gap)
    articles = [one for paper in newspapers(calendar) for one in paper.articles(2)]
    moments = [one.changed_at for one in articles if one.changed_on == 2]
    assert len(moments) == 2
    assert all(first < moment <= first + gap for moment in moments)
    assert all(one.listed_at < first for one in articles if one.changed_on == 1)


def test_a_naive_clock_is_refused() -> None:
    with pytest.raises(ValueError, match="aware"):
        Calendar.of(1, datetime(2026, 11, 21, 2, 0))  # noqa: DTZ001 - the point of the test
