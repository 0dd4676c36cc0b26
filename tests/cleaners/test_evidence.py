"""Every field of a cleaned page can be traced to what the page offers for it."""

from __future__ import annotations

from datetime import UTC, datetime

from cleaners import Cleaned, Page, clean
from tests.pages import PAGE


def test_a_cleaned_page_keeps_the_candidates_of_its_fields():
    moment = datetime(2026, 11, 21, tzinfo=UTC)
    result = clean(Page(url="https://harbour.example/quay", html=PAGE, fetched_at=moment))
    assert isinstance(result, Cleaned)
    article = result.article
    offered = {(one.field, one.source) for one in result.candidates}
    assert ("title", article.title_source) in offered
    assert ("date_published", article.date_published.source) in offered
    assert all(("author", author.method) in offered for author in article.authors)
