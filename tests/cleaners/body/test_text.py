"""What becomes the text of an article, and what is taken out of it and why."""

from __future__ import annotations

import pickle

import pytest

from cleaners import NONE, Cleaned, Draft, Reason, Rejected, block_digest, clean, finish, read
from cleaners.records import BlockKind
from cleaners.text import count_words
from tests.cleaners.body.pages import PARAGRAPHS, TITLE, article, article_html, cleaned, page


def reasons(html: str) -> dict[str, str]:
    """Return the reason of each removed block of a page, by the start of its text."""
    return {
        block.text[:30]: block.removed
        for block in cleaned(html).blocks
        if block.removed is not None
    }


def test_the_text_is_one_block_a_line() -> None:
    assert article(article_html()).text == "\n".join(PARAGRAPHS)


def test_list_items_are_lines_with_a_dash() -> None:
    html = article_html(
        "<p>The council asks drivers to do three things before the closure begins:</p>"
        "<ul><li>Leave earlier than usual</li><li>Share a car with others</li>"
        "<li>Take the ferry at noon</li></ul>"
        f"<p>{PARAGRAPHS[0].replace('old', 'new')}</p>"
    )
    assert (
        "\n- Leave earlier than usual\n- Share a car with others\n- Take the ferry"
        in article(html).text
    )


@pytest.mark.parametrize(
    "marked",
    [
        "<p>• Leave earlier than usual<br>• Share a car with others<br>• Take the ferry</p>",
        "<p>• Leave earlier than usual</p><p>• Share a car with others</p><p>• Take the ferry</p>",
    ],
)
def test_bullets_without_list_elements_are_list_items(marked: str) -> None:
    html = article_html(f"<p>The council asks drivers to do three things:</p>{marked}")
    items = [b for b in cleaned(html).blocks if b.kind is BlockKind.LIST_ITEM and not b.removed]
    assert [item.text for item in items] == [
        "Leave earlier than usual",
        "Share a car with others",
        "Take the ferry",
    ]
    assert len({item.list_id for item in items}) == 1


def test_the_headline_is_no_part_of_the_text() -> None:
    html = article_html().replace(
        '<div class="story-body">', f'<div class="story-body"><p>{TITLE}</p>'
    )
    assert TITLE not in article(html).text
    assert "headline" in reasons(html).values()


def test_a_line_that_names_the_author_is_no_part_of_the_text() -> None:
    html = article_html("<p>By Mara Lindqvist</p>").replace(
        "<head>", '<head><meta name="author" content="Mara Lindqvist">'
    )
    assert "Lindqvist" not in article(html).text
    assert reasons(html)["By Mara Lindqvist"] == "byline"


def test_a_date_line_before_the_text_is_dropped_and_a_sentence_with_a_date_is_not() -> None:
    html = article_html("<p>In 2024 the bridge was painted, for the 3rd time.</p>").replace(
        '<div class="story-body">', '<div class="story-body"><p>Stand: 22.04.2026, 06:00 Uhr</p>'
    )
    assert "Stand:" not in article(html).text
    assert "In 2024 the bridge was painted" in article(html).text


def test_a_time_stamp_for_machines_is_dropped() -> None:
    html = article_html("<p>2026-05-01T08:57:40+02:00</p>", f"<p>{PARAGRAPHS[1]} Twice.</p>")
    assert "T08:57:40" not in article(html).text


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ('<p>Read more: <a href="/x">Ferry to run every hour during the works</a></p>', "teaser"),
        ('<p><a href="/x">Lire aussi : le bac passera toutes les heures</a></p>', "teaser"),
        ("<p>Lesen Sie auch</p>", "teaser"),
        ("<p>Share this article</p>", "share"),
        (
            '<p><a href="/n">Sign up for our morning newsletter and read it first</a></p>',
            "newsletter",
        ),
    ],
)
def test_a_publishers_phrase_is_dropped(line: str, reason: str) -> None:
    html = article_html(line, f"<p>{PARAGRAPHS[2].replace('twenty', 'thirty')}</p>")
    kept = article(html).text
    assert all(words not in kept for words in ("Ferry", "bac", "Lesen", "Share this", "Sign up"))
    dropped = {block.removed for block in cleaned(html).blocks if block.removed}
    assert dropped <= {reason, "headline", "boilerplate"}


def test_a_sentence_that_begins_with_such_a_phrase_stays() -> None:
    sentence = "Share prices of the port fell by four per cent when the closure became known."
    assert sentence in article(article_html(f"<p>{sentence}</p>")).text


def test_a_blurb_that_announces_nothing_is_dropped_at_the_end() -> None:
    html = article_html("<p>La première marketplace du port vous recommande :</p>", language="fr")
    assert "marketplace" not in article(html).text


def test_the_same_phrase_stays_when_a_list_follows() -> None:
    html = article_html(
        "<p>Le capitaine du port vous recommande :</p><ul><li>de partir plus tôt que prévu</li>"
        "<li>de prendre le bac du matin</li></ul>",
        language="fr",
    )
    assert "vous recommande" in article(html).text


def test_a_second_copy_of_the_text_is_dropped() -> None:
    html = article_html(*(f"<p>{text}</p>" for text in PARAGRAPHS))
    assert article(html).text.count(PARAGRAPHS[1]) == 1


def test_a_short_line_may_recur() -> None:
    verse = "<p>Row on, row on, the tide is turning.</p>"
    html = article_html(verse, f"<p>{PARAGRAPHS[0]} So it was.</p>", verse)
    assert article(html).text.count("the tide is turning") == 2


def test_each_removed_block_has_a_reason_and_evidence() -> None:
    html = article_html("<p>Share this article</p>")
    removed = [block for block in cleaned(html).blocks if block.removed]
    assert removed
    assert all(block.evidence for block in removed)


def test_what_the_site_repeats_is_removed_before_anything_is_derived() -> None:
    blurb = (
        "The gazette is printed on paper from the forests of the northern hills, «as it was ever»."
    )
    draft = read(page(article_html(f"<p>{blurb}</p>")))
    assert isinstance(draft, Draft)
    plain, judged = finish(draft), finish(draft, {block_digest(blurb): "repeated_on_site"})
    assert isinstance(plain, Cleaned)
    assert isinstance(judged, Cleaned)
    assert blurb in plain.article.text
    assert blurb not in judged.article.text
    assert judged.article.quotes == ()
    assert judged.article.word_count < plain.article.word_count
    assert judged.article.content_sha256 != plain.article.content_sha256


def test_clean_is_read_and_finish() -> None:
    draft = read(page(article_html()))
    assert isinstance(draft, Draft)
    assert finish(draft, NONE) == clean(page(article_html()))


def test_a_draft_can_be_pickled() -> None:
    draft = read(page(article_html()))
    assert pickle.loads(pickle.dumps(draft)) == draft  # noqa: S301 - our own bytes


def test_the_digest_is_that_of_the_content_and_not_of_the_page() -> None:
    one = article(article_html())
    same = article(article_html(after="<footer>Printed daily</footer>"))
    other = article(article_html("<p>A fifth paragraph says that the ferry will be free.</p>"))
    assert one.content_sha256 == same.content_sha256
    assert one.content_sha256 != other.content_sha256


def test_words_are_counted_in_any_script() -> None:
    assert article(article_html()).word_count == sum(len(text.split()) for text in PARAGRAPHS)


def test_a_page_without_text_is_rejected() -> None:
    outcome = clean(page("<html><head><title>x</title></head><body><p>Hello.</p></body></html>"))
    assert isinstance(outcome, Rejected)
    assert outcome.reason is Reason.EMPTY


def test_a_stub_with_a_date_is_an_article() -> None:
    html = (
        '<html><head><meta property="article:published_time" content="2026-05-01T08:00:00Z">'
        "</head><body><article><h1>Bridge closed</h1><p>The harbour bridge is closed.</p>"
        "</article></body></html>"
    )
    assert "The harbour bridge is closed." in article(html).text


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        ("Please enable JavaScript and reload the page.", Reason.SCRIPT_ONLY),
        ("Please verify you are human to go on.", Reason.CAPTCHA),
        ("Nous et nos partenaires déposons des cookies. Tout accepter", Reason.CONSENT_WALL),
        ("Bitte melden Sie sich an, um weiterzulesen.", Reason.LOGIN),
        ("La página solicitada ya no está disponible.", Reason.SOFT_404),
    ],
)
def test_a_page_that_shows_something_else_says_what(words: str, reason: Reason) -> None:
    outcome = clean(page(f"<html><body><div><p>{words}</p></div></body></html>"))
    assert isinstance(outcome, Rejected)
    assert outcome.reason is reason


_STUB = """<html><head><meta property="article:published_time" content="2026-05-01T08:00:00Z">
</head><body><article><h1>Bridge closed</h1>{}</article></body></html>"""


def test_a_wall_that_bears_the_date_of_its_article_is_a_wall() -> None:
    outcome = clean(page(_STUB.format("<p>Already a subscriber? Log in to continue.</p>")))
    assert isinstance(outcome, Rejected)
    assert outcome.reason is Reason.LOGIN
    assert "already a subscriber" in outcome.detail


def test_a_wall_with_the_opening_of_its_article_is_an_article_that_is_cut() -> None:
    opening = "The harbour bridge is closed from Monday, and nobody knows for how long it will be."
    stub = article(_STUB.format(f"<p>{opening}</p><p>Already a subscriber? Log in.</p>"))
    assert opening in stub.text
    assert stub.is_truncated


def test_a_text_that_goes_on_for_subscribers_is_truncated() -> None:
    stub = article_html("<p>This article is for subscribers only.</p>")
    assert article(stub).is_truncated
    assert "truncated" in {issue.code for issue in article(stub).issues}
    assert not article(article_html()).is_truncated


def test_a_text_that_is_declared_free_is_not_truncated() -> None:
    offer = "<p>This game is for subscribers only.</p><p>Subscribers only: play now</p>"
    free = '<meta name="article:content_tier" content="free">'
    assert article(article_html(offer)).is_truncated
    assert not article(article_html(offer).replace("</head>", f"{free}</head>")).is_truncated


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Don’t re-open it", 4),
        ("The U.S. paid 1,234.5 crowns", 5),
        ("cafe\u0301 Zu\u0308rich", 2),
        ("सरकार ने नया विधेयक", 4),
        ("সরকার আজ", 2),
        ("அரசு இன்று", 2),
        ("הַיּוֹם", 1),
        ("می‌خواهم بروم", 2),
        ("政府は", 3),
        ("ニュースを読む", 4),
        ("ข่าว", 3),
        ("한국어 뉴스", 2),
    ],
)
def test_words_are_counted_by_the_rules_of_unicode(text: str, words: int) -> None:
    assert count_words(text) == words


@pytest.mark.parametrize(
    "line",
    [
        "La suite est réservée aux abonnés",
        "Il vous reste 57 % de cet article à lire",
        "Il vous reste 57.32% de cet article à lire.",
        "Suscríbete para seguir leyendo",
        "Pozostało 83% artykułu",
        "この記事は有料会員限定です。残り1234文字",
        "För att läsa vidare: logga in",
    ],
)
def test_a_line_that_says_that_the_text_goes_on_shows_that_it_is_cut(line: str) -> None:
    assert article(article_html(f"<p>{line}</p>")).is_truncated
    assert not article(article_html(f"<p>{PARAGRAPHS[0]}</p>")).is_truncated


def test_text_is_in_nfc_and_keeps_its_joiners_but_no_soft_hyphens() -> None:
    spelled = "Zu\u0308rich und me\u00adhr: \u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645"
    found = article(article_html(f"<p>{spelled}, {PARAGRAPHS[0]}</p>")).text
    assert "Z\u00fcrich und mehr: \u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645" in found


def test_an_encoding_is_no_language() -> None:
    found = article(article_html(language="utf-8"))
    assert (found.language, found.language_source) == ("en", "text")


def test_a_page_of_linked_headlines_is_no_article() -> None:
    teasers = "".join(
        f'<p><a href="/{n}">Headline number {n} about the harbour and the bridge over it</a></p>'
        for n in range(12)
    )
    outcome = clean(page(f"<html><body><main><h1>News</h1>{teasers}</main></body></html>"))
    assert isinstance(outcome, Rejected)
    assert outcome.reason is Reason.SECTION
