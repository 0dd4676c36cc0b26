"""Whatever bytes come: nothing raises, and what is found can be asked for."""

from __future__ import annotations

import gzip
import json
from typing import TYPE_CHECKING
from unittest.mock import patch
from xml.sax.saxutils import escape

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cleaners.urls import normalise_url
from crawler import feeds
from crawler.discovery import read_home, read_listing

if TYPE_CHECKING:
    from crawler.listing import Listing

BASE = "https://courrier.example/feed/"
ARTICLES = '<a href="/2026/the-quay-is-swept-again/">The quay is swept again this week</a>'
WHOLE = [
    (
        b'<rss version="2.0"><channel><item><title>T</title><link>/a/</link><guid>/b/</guid>'
        b"<pubDate>Sun, 03 May 2026 10:00:00 GMT</pubDate></item></channel></rss>"
    ),
    (
        b'<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="fr"><entry>'
        b'<title type="html">T&lt;b&gt;'
        b'</title><link rel="alternate" href="/a/"/>'
        b"<updated>2026-05-03T10:00:00Z</updated></entry></feed>"
    ),
    (
        b'<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"><url><loc>/a/</loc><lastmod>'
        b"2026-05-03</lastmod></url></urlset>"
    ),
    b"<sitemapindex><sitemap><loc>/s.xml</loc><lastmod>2026-05</lastmod></sitemap></sitemapindex>",
    b"https://courrier.example/a/\nhttps://courrier.example/b/\n",
    json.dumps({"items": [{"url": "/a/", "title": "T", "date_published": "2026-05-03"}]}).encode(),
    json.dumps([{"link": "/a/", "title": {"rendered": "T"}, "date_gmt": "2026-05-03"}]).encode(),
    f"<html><nav>{ARTICLES}</nav><main>{ARTICLES * 3}</main></html>".encode(),
]
STARTS = [b"", b"<rss>", b"<feed>", b"<urlset>", b"<sitemapindex>", b"{", b"[", b"http://a.b/ "]
TYPES = st.sampled_from(["", "text/xml", "text/xml; charset=utf-16", "x; charset=nonsense"])


@st.composite
def damaged(draw: st.DrawFn) -> bytes:
    """Return a listing of some kind out of which something was cut, or into which it was put."""
    body = draw(st.sampled_from(WHOLE))
    first = draw(st.integers(0, len(body)))
    last = draw(st.integers(first, len(body)))
    damage = draw(
        st.sampled_from([b"", b"\x00", b"\xff\xfe", b"<", b"&#x110000;", b"]]>", b"\\ud83d"])
    )
    body = body[:first] + (damage or draw(st.binary(max_size=20))) + body[last:]
    return gzip.compress(body) if draw(st.booleans()) else body


def require_sound(listing: Listing) -> None:
    """Everything that is found is an address that has a normal form, and has it once."""
    for url in [*(one.url for one in listing.found), *(one.url for one in listing.children)]:
        assert url.startswith(("http://", "https://"))
        normal = normalise_url(url)
        assert normalise_url(normal) == normal
    for one in listing.found:
        json.dumps([hint.value for hint in one.hints], ensure_ascii=False).encode()


@given(st.sampled_from(STARTS), st.binary(max_size=300), TYPES)
def test_any_bytes_are_read_without_raising(start: bytes, rest: bytes, content_type: str) -> None:
    require_sound(read_listing(start + rest, BASE, content_type))
    require_sound(read_home(start + rest, BASE))


@given(damaged(), TYPES)
def test_a_damaged_listing_is_read_without_raising(body: bytes, content_type: str) -> None:
    require_sound(read_listing(body, BASE, content_type))
    require_sound(read_home(body, BASE))


@given(st.text(max_size=60))
def test_any_address_in_a_listing_is_left_out_or_can_be_asked_for(link: str) -> None:
    require_sound(read_listing(json.dumps({"items": [{"url": link}]}).encode(), BASE))
    require_sound(read_listing(f"<rss><item><link>{escape(link)}</link></item></rss>".encode(
        "utf-8", "replace"), BASE))  # fmt: skip


PARTS = {
    "title": st.sampled_from(["T", "<b>T</b>", "A &amp; B", "  ", "Caf\u00e9"]),
    "link": st.sampled_from(["/a/", "https://courrier.example/b/", "", "//c.example/d"]),
    "guid": st.sampled_from(["/e/", "https://courrier.example/f/", "7"]),
    "pubDate": st.sampled_from(["Sun, 03 May 2026 10:00:00 GMT", "2026-05-03", "soon"]),
    "description": st.sampled_from(["Words.", "<p>Words <a href='/g/'>and</a></p>"]),
    "category": st.sampled_from(["Quay", "Town"]),
    "author": st.sampled_from(["mail@courrier.example (Ada Quill)", "Ada Quill"]),
    "comments": st.just("/a/#comments"),
}


@given(st.lists(st.fixed_dictionaries({}, optional=PARTS), max_size=4))
def test_a_feed_without_the_texts_of_its_articles_says_the_same(
    items: list[dict[str, str]],
) -> None:
    entries = "".join(
        f"<item>{''.join(f'<{name}>{escape(text)}</{name}>' for name, text in one.items())}</item>"
        for one in items
    )
    body = f'<rss version="2.0"><channel><language>en</language>{entries}</channel></rss>'.encode()
    with patch.object(feeds, "_slim", return_value=None):
        whole = read_listing(body, BASE)
    assert read_listing(body, BASE) == whole


@pytest.mark.parametrize("number", range(2))
def test_the_feeds_above_are_slimmed(number: int) -> None:
    assert feeds._slim(WHOLE[number], None) is not None
    assert feeds._slim(b"<!DOCTYPE rss>" + WHOLE[number], None) is None
