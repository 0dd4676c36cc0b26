"""Articles for tests, written for them."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from cleaners.records import (
    Article,
    Author,
    Issue,
    ListBlock,
    Moment,
    Quote,
    Recommendation,
    Speaker,
)

PUBLISHED = Moment(
    value=datetime(2026, 11, 20, 6, 30, tzinfo=UTC),
    raw="2026-11-20T08:30:00+02:00",
    offset_minutes=120,
    zone_source="page",
    precision="second",
    source="json-ld:datePublished",
)
_TEXT = (
    "The quay was busy.\n“We will sweep it twice a day,” said Ada Quill.\n"
    "- Plant more trees\n- Sweep the quay"
)
_ARTICLE = Article(
    url="https://harbour.example/quay",
    domain="harbour.example",
    canonical_url="https://harbour.example/quay",
    publisher="The Harbour",
    title="The quay",
    title_source="h1",
    title_alternatives=("The quay - The Harbour",),
    authors=(Author(name="Tom Reed", method="json-ld:author"),),
    byline="By Tom Reed",
    agency=None,
    agency_source=None,
    description="About the quay.",
    lead=None,
    text=_TEXT,
    language="en",
    date_published=PUBLISHED,
    date_modified=None,
    section="Town",
    tags=("quay", "trees"),
    image_url=None,
    image_caption=None,
    image_credit=None,
    language_source=None,
    is_accessible_for_free=True,
    is_truncated=False,
    word_count=20,
    speakers=(
        Speaker(name="Ada Quill", evidence="quote", source_text="said Ada Quill", method="verb"),
    ),
    quotes=(Quote(text="We will sweep it twice a day,", speaker="Ada Quill", method="marks"),),
    lists=(
        ListBlock(
            kind="recommendations",
            items=("Plant more trees", "Sweep the quay"),
            markup="ul",
            method="lead-in",
        ),
    ),
    recommendations=(
        Recommendation(text="Plant more trees", list_item=0, list_ord=0, method="lead-in"),
    ),
    recommendations_announced=None,
    issues=(Issue(code="no_date", field="date_modified"),),
    content_sha256="0" * 64,
)


def sample_article(**changes: Any) -> Article:
    """Return a complete article; keyword arguments replace fields."""
    return replace(_ARTICLE, **changes)
