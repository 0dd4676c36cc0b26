"""What stands around the demo's articles is removed, and none of their sentences is."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from cleaners import Page
from crawler.demo import Calendar, newspapers
from tests.demo.conftest import NOW
from tests.demo.test_stories import squeeze
from tests.newsgrain.site.papers import clean_site

if TYPE_CHECKING:
    from pathlib import Path

_NIGHTS = (1, 2)


_MARK = re.compile(r"^(?:-|\d+[.)]) ")


def _lines(text: str) -> list[str]:
    """Return the lines of a text without the marks of its lists."""
    return [_MARK.sub("", line, count=1) for line in text.splitlines()]


@pytest.mark.parametrize("night", _NIGHTS)
def test_precision_and_recall_of_removal_are_one(
    pages: dict[str, bytes], tmp_path: Path, night: int
) -> None:
    papers = newspapers(Calendar.of(1, NOW))
    articles = [article for paper in papers for article in paper.articles(night)]
    given = [
        Page(
            url=f"https://{article.host}{article.path}",
            html=pages[f"{night} {article.path}"],
            fetched_at=NOW,
            content_type="text/html; charset=utf-8",
        )
        for article in articles
    ]
    cleaned = clean_site(tmp_path, given)
    surplus, lost, kept = [], [], 0
    for article in articles:
        text = cleaned[f"https://{article.host}{article.path}"].article.text
        found, expected = _lines(text), [squeeze(one) for one in article.paragraphs]
        own = {*expected, squeeze(article.lead or "")}
        surplus += [(article.slug, line) for line in found if line not in own]
        lost += [(article.slug, line) for line in expected if line not in found]
        kept += len(expected)
    assert kept > 300
    assert surplus == []
    assert lost == []
