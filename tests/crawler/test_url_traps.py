"""Addresses that only a machine makes."""

from __future__ import annotations

import pytest

from cleaners.urls import url_key
from crawler.url_traps import Facets, reason_against


@pytest.mark.parametrize(
    ("path", "query", "reason"),
    [
        ("/2026/05/04/a-story/", "", None),
        ("/news/news/a-story", "", None),
        ("/a/a/a/", "", "path repeats itself"),
        ("/news/a/b/a/b/a/b/story", "", "path repeats itself"),
        ("/x/y/z/x/y/z/x/y/z", "", "path repeats itself"),
        ("/x/y/z/x/y/z", "", None),
        ("/" + "/".join(map(str, range(20))), "", None),
        ("/" + "/".join(map(str, range(21))), "", "path too deep"),
        ("/a", "&".join(f"p{n}=1" for n in range(8)), None),
        ("/a", "&".join(f"p{n}=1" for n in range(9)), "too many parameters"),
    ],
)
def test_a_path_that_piles_up_is_a_trap(path: str, query: str, reason: str | None) -> None:
    assert reason_against(path, query) == reason


def test_a_path_under_many_filters_is_listed_a_few_times_only() -> None:
    facets = Facets()
    shop = [f"https://a.example/shop?colour={n}&size={n}&sort=up" for n in range(100)]
    assert sum(map(facets.admits, shop)) == 20
    assert facets.admits("https://a.example/other?colour=1&size=2&sort=up")
    articles = [f"https://a.example/index.php?id={n}&lang=fr" for n in range(100)]
    assert all(map(facets.admits, articles))


@pytest.mark.parametrize(
    "url",
    [
        "https://a.example/story;jsessionid=0A1B2C3D4E5F",
        "https://a.example/story?PHPSESSID=abcdef0123456789",
        "https://a.example/story?utm_source=x&jsessionid=1",
        "https://a.example/story?ASPSESSIONIDQQ=1&CFID=2&CFTOKEN=3",
    ],
)
def test_a_session_makes_no_other_page(url: str) -> None:
    assert url_key(url) == url_key("https://a.example/story")
