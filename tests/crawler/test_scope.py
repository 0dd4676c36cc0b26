"""Which addresses belong to a source."""

from __future__ import annotations

import pytest

from crawler.configuration import Source
from crawler.scope import Scope

SOURCE = Source(
    name="courrier",
    url="https://www.courrier.example/",
    feeds=("https://feeds.proxy.example/courrier",),
)


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("https://www.courrier.example/a-story", None),
        ("http://courrier.example/a-story.html?page=2", None),
        ("https://sport.courrier.example/a.php", None),
        ("https://news.proxy.example/a-story", None),
        ("https://courrier.example.evil.example/a", "other domain"),
        ("https://other.example/https://www.courrier.example/a", "other domain"),
        ("https://www.courrier.example/", "home page"),
        ("https://www.courrier.example", "home page"),
        ("https://www.courrier.example/?p=12345", None),
        ("https://www.courrier.example/photo.JPG", "no page"),
        ("https://www.courrier.example/report.pdf?download=1", "no page"),
        ("https://www.courrier.example/why-pdf", None),
        ("https://u:p@www.courrier.example/a", "credentials in the address"),
        ("https://www.courrier.example/" + "a" * 2000, "address too long"),
    ],
)
def test_addresses_of_the_site_are_in_scope_and_others_are_not(
    url: str, reason: str | None
) -> None:
    assert Scope(SOURCE).reason_against(url) == reason


def test_an_article_must_match_one_include_and_no_exclude() -> None:
    source = Source(
        name="a", url="https://a.example/", include=("/news/", "/sport/"), exclude=(r"/live-\d+$",)
    )
    scope = Scope(source)
    assert scope.reason_against("https://a.example/news/story") is None
    assert scope.reason_against("https://a.example/sport/story") is None
    assert scope.reason_against("https://a.example/shop/story") == "not included"
    assert scope.reason_against("https://a.example/news/live-12") == "excluded"


def test_a_site_on_an_address_without_name_has_only_that_address() -> None:
    scope = Scope(Source(name="a", url="http://127.0.0.1:8000/"))
    assert scope.reason_against("http://127.0.0.1:8000/a-b-c") is None
    assert scope.reason_against("http://127.0.0.2:8000/a-b-c") == "other domain"
