"""Synthetic news pages for the tests of the body."""

from __future__ import annotations

from datetime import UTC, datetime

from cleaners import Cleaned, clean
from cleaners.records import Article, Page

URL = "https://gazette.example/2026/harbour"
TITLE = "Harbour bridge to close for ten weeks"
_PARAGRAPHS = (
    """The old harbour bridge will be closed to cars and lorries from the first Monday in May,
    because its southern bearings have rusted faster than the engineers had reckoned with.""",
    """Pedestrians may go on using the eastern walkway, which rests on pillars of its own and was
    renewed only four years ago after a barge had damaged the railing in a winter storm.""",
    """Lorries will be sent over the ring road, where the council expects queues of up to twenty
    minutes in the morning and has asked the factories to begin their shifts at other hours.""",
    """The repair is paid for by the region and the port in equal parts, and the last estimate
    of the cost, which the assembly heard in closed session, stands at eleven million crowns.""",
)
PARAGRAPHS = tuple(" ".join(text.split()) for text in _PARAGRAPHS)


def article_html(
    *body: str, before: str = "", after: str = "", title: str = TITLE, language: str = "en"
) -> str:
    """Return a page with the four paragraphs, and more elements behind them."""
    paragraphs = "".join(f"<p>{text}</p>" for text in PARAGRAPHS)
    return (
        f'<html lang="{language}"><head><title>{title}</title>'
        f'<meta property="og:type" content="article"><meta property="og:title" content="{title}">'
        f'</head><body><main><article class="story"><h1>{title}</h1>{before}'
        f'<div class="story-body">{paragraphs}{"".join(body)}</div>{after}</article></main>'
        "</body></html>"
    )


def page(html: str, url: str = URL, language: str | None = None) -> Page:
    """Return a page fetched at a fixed time."""
    return Page(
        url=url,
        html=html.encode(),
        fetched_at=datetime(2026, 5, 2, 8, tzinfo=UTC),
        content_type="text/html; charset=utf-8",
        language=language,
    )


def cleaned(html: str, language: str | None = None) -> Cleaned:
    """Return what cleaning a page gives; it must give an article."""
    outcome = clean(page(html, language=language))
    assert isinstance(outcome, Cleaned), outcome
    return outcome


def article(html: str, language: str | None = None) -> Article:
    """Return the article of a page."""
    return cleaned(html, language).article
