"""One article keeps one identity, whatever address leads to it."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from cleaners.urls import url_key
from newsgrain.identity import claim_key, identify, lookup_keys
from newsgrain.store import Known
from tests.newsgrain.samples import sample_article

_MOMENT = datetime(2026, 11, 20, tzinfo=UTC)


def _known(url: str, **changes):
    values = {
        "article_id": url_key(url),
        "url": url,
        "title": "The quay",
        "canonical_url": None,
        "aliases": (),
        "revision": 1,
        "last_revision": 1,
        "content_sha256": "0" * 64,
        "first_fetched_at": _MOMENT,
        "fetched_at": _MOMENT,
        "source": None,
        "cleaner_version": "1",
        "row": {},
    }
    return Known(**(values | changes))


def test_a_new_article_takes_its_identity_from_its_final_address():
    article = sample_article(url="https://harbour.example/quay?utm_source=feed")
    found = identify(article, {}, aliases=("https://harbour.example/short",))
    assert found.known is None
    assert found.article_id == url_key("https://harbour.example/quay")


def test_a_known_address_keeps_its_identity():
    known = _known("https://harbour.example/quay")
    article = sample_article(url="http://harbour.example/quay#top", title="Another title")
    found = identify(article, {known.article_id: known})
    assert (found.article_id, found.is_variant) == (known.article_id, False)


def test_a_moved_article_keeps_its_identity_through_the_redirect():
    known = _known("https://harbour.example/old")
    article = sample_article(url="https://harbour.example/new", canonical_url=None)
    found = identify(article, {url_key(known.url): known}, aliases=("https://harbour.example/old",))
    assert found.article_id == known.article_id


@pytest.mark.parametrize(
    ("canonical", "title", "is_variant"),
    [
        ("https://harbour.example/quay", "The quay", True),
        ("https://harbour.example/quay", "Quite another story", False),
        ("https://other.example/quay", "The quay", False),
        ("https://harbour.example/", "The quay", False),
        ("not an address", "The quay", False),
        (None, "The quay", False),
    ],
    ids=["agrees", "other content", "other domain", "site root", "broken", "none"],
)
def test_a_declared_canonical_counts_within_the_site_when_the_content_agrees(
    canonical, title, is_variant
):
    known = {
        url_key(url): _known(url)
        for url in ("https://harbour.example/quay", "https://other.example/quay",
                    "https://harbour.example/")
    }  # fmt: skip
    article = sample_article(
        url="https://harbour.example/quay/amp",
        canonical_url=canonical,
        title=title,
        content_sha256="1" * 64,
    )
    found = identify(article, known)
    assert found.is_variant is is_variant
    assert (found.known is not None) is is_variant


def test_all_addresses_that_may_be_known_are_looked_up():
    article = sample_article(
        url="https://harbour.example/a", canonical_url="https://www.harbour.example/b"
    )
    keys = lookup_keys(article, ("https://harbour.example/c",))
    addresses = {
        url_key(f"https://{host}harbour.example/{path}")
        for host, path in (("", "a"), ("www.", "b"), ("", "c"))
    }
    assert set(keys) == addresses | {claim_key(url_key("https://harbour.example/a"))}
