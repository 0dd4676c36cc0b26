"""Two spellings of an address are one page; two pages are never one."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cleaners import urls
from cleaners.urls import normalise_url, registrable_domain, url_key


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("http://a.example/x", "https://a.example/x"),
        ("https://A.Example/x", "https://a.example/x"),
        ("https://a.example:443/x", "https://a.example/x"),
        ("http://a.example:80/x", "https://a.example/x"),
        ("https://a.example./x", "https://a.example/x"),
        ("https://a.example/x#part", "https://a.example/x"),
        ("https://a.example/x;jsessionid=0A1B.node1?y=1", "https://a.example/x?y=1"),
        ("https://a.example/x?PHPSESSID=abc&y=1", "https://a.example/x?y=1"),
        ("https://a.example/x?utm_source=feed&utm_medium=rss", "https://a.example/x"),
        ("https://a.example/x?id=1&fbclid=abc", "https://a.example/x?id=1"),
        ("https://a.example/x?b=2&a=1", "https://a.example/x?a=1&b=2"),
        ("https://a.example/%7euser", "https://a.example/~user"),
        ("https://a.example/été", "https://a.example/%C3%A9t%C3%A9"),
        ("https://a.example", "https://a.example/"),
    ],
)
def test_spellings_of_one_page_share_a_key(first, second):
    assert url_key(first) == url_key(second)


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("https://a.example/x", "https://a.example/X"),
        ("https://a.example/x", "https://a.example/x/"),
        ("https://a.example/?p=1", "https://a.example/?p=2"),
        ("https://a.example/x", "https://www.a.example/x"),
        ("https://a.example:8080/x", "https://a.example/x"),
    ],
)
def test_different_pages_have_different_keys(first, second):
    assert url_key(first) != url_key(second)


@pytest.mark.parametrize("url", ["", "x", "/x", "ftp://a.example/", "mailto:a@b.example", "https://",
                                 "javascript:alert(1)", "https://a.example:port/"])  # fmt: skip
def test_what_is_no_web_address_is_refused(url):
    with pytest.raises(ValueError):  # noqa: PT011 - urllib words it in its own ways
        normalise_url(url)


@given(st.text(max_size=40), st.text(max_size=20))
def test_the_normal_form_is_stable(path, query):
    url = f"https://a.example/{path}?{query}"
    try:
        once = normalise_url(url)
    except ValueError:
        return
    assert normalise_url(once) == once


@pytest.mark.parametrize(
    ("url", "domain"),
    [
        ("https://www.news.co.uk/x", "news.co.uk"),
        ("https://a.b.harbour.example:81/", "harbour.example"),
        ("https://harbour.example/", "harbour.example"),
        ("http://127.0.0.1:8000/x", "127.0.0.1"),
        ("http://[::1]/x", "::1"),
        ("http://localhost/x", "localhost"),
        ("https://blog.github.io/", "github.io"),
    ],
)
def test_the_registrable_domain_follows_the_public_suffix_list(url, domain):
    assert registrable_domain(url) == domain


@pytest.mark.parametrize(
    ("url", "normal"),
    [
        ("http://a.example", "https://a.example/"),
        ("https://a.example/2026/05/a-b_c~d.html", "https://a.example/2026/05/a-b_c~d.html"),
        ("https://a.example/a/./b/../c", "https://a.example/a/c"),
        ("https://a.example//a//", "https://a.example//a//"),
        ("https://a.example./a", "https://a.example/a"),
        ("https://a.example/a%7eb", "https://a.example/a~b"),
        ("https://a.example/A", "https://a.example/A"),
        ("https://a.example:443/a", "https://a.example/a"),
        ("http://a.example:8000/a", "https://a.example:8000/a"),
        ("http://a.example:43210", "https://a.example:43210/"),
        ("http://a.example:64999/a", "https://a.example:64999/a"),
        ("http://a.example:0443/a", "https://a.example/a"),
        ("http://a.example:0080/a", "https://a.example/a"),
    ],
)
def test_the_short_way_for_plain_addresses_gives_the_same_normal_form(url, normal, monkeypatch):
    short = urls.normalise_url(url)
    monkeypatch.setattr(urls, "_PLAIN", re.compile("(?!)"))
    assert short == urls.normalise_url(url)
    if "%" not in url:
        assert short == normal
