"""Which sitemaps of a site are read every night."""

from __future__ import annotations

import pytest

from crawler.proposals import (
    ARCHIVE_ENTRIES,
    ARCHIVE_MAX_AGE_DAYS,
    Proposal,
    SitemapOffer,
    choose_sitemaps,
)
from crawler.sources import parse_config
from crawler.toml_writing import add_proposals

_SMALL = SitemapOffer(url="/small.xml", entries=200)
_LARGE = SitemapOffer(url="/large.xml", entries=ARCHIVE_ENTRIES + 1)
_CUT = SitemapOffer(url="/index.xml", entries=10, is_cut=True)
_NEWS = SitemapOffer(url="/news.xml", entries=40, is_news=True)
_PART = SitemapOffer(url="/part.xml", entries=40, is_news=True, is_part=True)


@pytest.mark.parametrize(
    ("offers", "urls", "max_age_days"),
    [
        ([], (), None),
        ([_SMALL, _NEWS], ("/small.xml", "/news.xml"), None),
        ([_PART, _SMALL], ("/small.xml",), None),
        ([_LARGE, _NEWS], ("/news.xml",), None),
        ([_PART, _CUT], ("/part.xml",), None),
        ([_CUT], ("/index.xml",), ARCHIVE_MAX_AGE_DAYS),
        ([_LARGE, _SMALL], ("/large.xml", "/small.xml"), ARCHIVE_MAX_AGE_DAYS),
    ],
    ids=["none", "small", "small index", "archive", "archive index", "cut", "no news sitemap"],
)
def test_a_small_site_is_read_whole_and_of_an_archive_what_is_new(offers, urls, max_age_days):
    assert choose_sitemaps(offers) == (urls, max_age_days)


def test_the_age_limit_is_written_and_read_back(tmp_path):
    proposal = Proposal(
        url="https://a.example/", sitemaps=("https://a.example/s.xml",), max_age_days=30.0
    )
    text, _ = add_proposals("", [proposal])
    (source,) = parse_config(text, tmp_path / "newsgrain.toml").sources
    assert source.limits.max_age_days == 30.0
