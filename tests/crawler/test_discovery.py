# ruff: noqa: E501 - saved documents stay as they are
"""Feeds, sitemaps and home pages: every dialect, also broken."""

from __future__ import annotations

import gzip
import json
import time
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from cleaners.records import Candidate
from crawler.discovery import read_home, read_listing
from crawler.listing import Found
from crawler.sitemaps import may_list_articles

if TYPE_CHECKING:
    from pathlib import Path

DEFUSED = "entities that it declares are not expanded"
BASE = "https://courrier.example/feed/"
FULL = Found(
    url="https://courrier.example/a/",
    source="feed",
    title="Fish & ships",
    author="Ada Byron",
    published="Sun, 03 May 2026 10:00:00 +0200",
    modified=None,
)

RSS = """<?xml version="1.0"?>
<rss version="2.0" xmlns:dc="http://purl.org/dc/elements/1.1/"><channel><title>C</title>
<item><title>Fish &amp;amp; ships</title><link>/a/#comments</link><dc:creator>Ada Byron</dc:creator>
<pubDate>Sun, 03 May 2026 10:00:00 +0200</pubDate></item></channel></rss>"""
ATOM = """<feed xmlns="http://www.w3.org/2005/Atom"><title>C</title>
<entry><title type="html">Fish &amp;amp; &lt;em&gt;ships&lt;/em&gt;</title>
<link rel="replies" href="/a/comments"/><link rel="alternate" href="https://courrier.example/a/"/>
<author><name>Ada Byron</name></author><id>tag:1</id>
<published>2026-05-03T10:00:00+02:00</published><updated>2026-05-03T11:00:00+02:00</updated>
</entry></feed>"""
RDF = """<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"
xmlns="http://purl.org/rss/1.0/" xmlns:dc="http://purl.org/dc/elements/1.1/">
<item rdf:about="x"><title>Fish &amp; ships</title><link>https://courrier.example/a/</link>
<dc:creator>Ada Byron</dc:creator><dc:date>2026-05-03T10:00:00+02:00</dc:date></item></rdf:RDF>"""
JSON_FEED = json.dumps(
    {
        "version": "https://jsonfeed.org/version/1.1",
        "items": [
            {
                "id": "1",
                "url": "/a/",
                "title": "Fish & ships",
                "authors": [{"name": "Ada Byron"}],
                "date_published": "2026-05-03T10:00:00+02:00",
                "date_modified": "2026-05-03T11:00:00+02:00",
            }
        ],
    }
)


@pytest.mark.parametrize(
    ("text", "published", "modified"),
    [
        (RSS, "Sun, 03 May 2026 10:00:00 +0200", None),
        (ATOM, "2026-05-03T10:00:00+02:00", "2026-05-03T11:00:00+02:00"),
        (RDF, "2026-05-03T10:00:00+02:00", None),
        (JSON_FEED, "2026-05-03T10:00:00+02:00", "2026-05-03T11:00:00+02:00"),
    ],
    ids=["rss", "atom", "rdf", "json"],
)
def test_each_dialect_gives_the_same_article(
    text: str, published: str, modified: str | None
) -> None:
    listing = read_listing(text.encode(), BASE)
    assert listing.kind == "feed"
    assert not listing.is_broken
    expected = Found(
        url=FULL.url,
        source="feed",
        title=FULL.title,
        author=FULL.author,
        published=published,
        modified=modified,
    )
    assert listing.found == (expected,)


def test_hints_carry_what_the_feed_says_and_nothing_empty() -> None:
    (found,) = read_listing(RSS.encode(), BASE).found
    assert [(hint.field, hint.value, hint.source) for hint in found.hints] == [
        ("title", "Fish & ships", "feed"),
        ("author", "Ada Byron", "feed"),
        ("date_published", "Sun, 03 May 2026 10:00:00 +0200", "feed"),
    ]
    assert all(isinstance(hint, Candidate) for hint in found.hints)


@pytest.mark.parametrize(
    "text",
    [
        RSS.replace("</item></channel></rss>", ""),
        RSS.replace("&amp;amp;", "&"),
        RSS.replace('<?xml version="1.0"?>', "\n\n<?xml version='1.0'?>"),
        RSS.replace("Fish", "Fish &nbsp;"),
        f"{RSS}<script>trailing()</script>",
    ],
    ids=["cut", "bare ampersand", "blank lines first", "html entity", "junk after the end"],
)
def test_a_broken_feed_still_names_its_articles(text: str) -> None:
    assert [found.url for found in read_listing(text.encode(), BASE).found] == [FULL.url]


@pytest.mark.parametrize("text", [RSS, ATOM, RDF], ids=["rss", "atom", "rdf"])
def test_a_feed_that_breaks_the_parser_still_names_its_articles(text: str) -> None:
    text = text.replace("ships", "ships &#x110000; <b")
    (found,) = read_listing(text.encode(), BASE).found
    assert found.url.removesuffix("#comments") == FULL.url
    assert (found.title or "").startswith("Fish")


def test_the_charset_of_the_header_counts_for_a_feed_without_declaration() -> None:
    text = RSS.replace("Fish &amp;amp; ships", "Élysée").replace('<?xml version="1.0"?>', "")
    listing = read_listing(text.encode("latin-1"), BASE, "application/rss+xml; charset=iso-8859-1")
    assert listing.found[0].title == "Élysée"


def test_a_feed_proxy_is_looked_through() -> None:
    text = RSS.replace(
        "<rss ", '<rss xmlns:feedburner="http://rssnamespace.org/feedburner/ext/1.0" '
    )
    text = text.replace(
        "<link>/a/#comments</link>",
        "<link>https://proxy.example/~r/1</link>"
        "<feedburner:origLink>https://courrier.example/a/</feedburner:origLink>",
    )
    assert read_listing(text.encode(), BASE).found[0].url == FULL.url


def test_an_article_listed_twice_is_given_once_in_the_first_place() -> None:
    item = RSS[RSS.index("<item>") : RSS.index("</channel>")]
    text = RSS.replace(item, item + item.replace("/a/", "/b/") + item.replace("Fish", "Again"))
    found = read_listing(text.encode(), BASE).found
    assert [(one.url[-3:], one.title) for one in found] == [
        ("/a/", "Fish & ships"),
        ("/b/", "Fish & ships"),
    ]


@pytest.mark.parametrize(
    "link",
    ["javascript:void(0)", "mailto:a@b.example", "", "http://[bad/", "https://x.example:99999/"],
)
def test_links_that_are_no_web_addresses_are_left_out(link: str) -> None:
    text = RSS.replace("/a/#comments", link)
    assert read_listing(text.encode(), BASE).found == ()


def test_a_permanent_guid_stands_in_for_a_missing_link() -> None:
    text = RSS.replace("<link>/a/#comments</link>", "<guid>https://courrier.example/a/</guid>")
    assert read_listing(text.encode(), BASE).found[0].url == FULL.url


SITEMAP = """<?xml version="1.0" encoding="UTF-8"?>
<!-- made by a plugin --><?xml-stylesheet href="s.xsl"?>
<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"
 xmlns:image="http://www.google.com/schemas/sitemap-image/1.1"
 xmlns:news="http://www.google.com/schemas/sitemap-news/0.9">
<url><loc> https://courrier.example/a/ </loc><lastmod>2026-05-03</lastmod>
<image:image><image:loc>https://courrier.example/a.jpg</image:loc><image:title>No</image:title></image:image></url>
<url><image:image><image:loc>https://courrier.example/b.jpg</image:loc></image:image>
<loc>/b/</loc><news:news><news:publication><news:name>Courrier</news:name></news:publication>
<news:publication_date>2026-05-03T08:00:00Z</news:publication_date><news:title>B &amp; C</news:title></news:news></url>
</urlset>"""


def test_a_sitemap_gives_addresses_dates_and_news_titles() -> None:
    listing = read_listing(SITEMAP.encode(), "https://courrier.example/sitemap.xml")
    assert (listing.kind, listing.is_broken) == ("sitemap", False)
    assert listing.found == (
        Found(url="https://courrier.example/a/", source="sitemap", modified="2026-05-03"),
        Found(
            url="https://courrier.example/b/",
            source="news-sitemap",
            title="B & C",
            published="2026-05-03T08:00:00Z",
        ),
    )


def test_a_sitemap_without_namespace_or_with_a_prefix_is_read() -> None:
    plain = "<urlset><url><loc>https://courrier.example/a/</loc></url></urlset>"
    prefixed = (
        '<s:urlset xmlns:s="http://www.sitemaps.org/schemas/sitemap/0.9">'
        "<s:url><s:loc>https://courrier.example/a/</s:loc></s:url></s:urlset>"
    )
    for text in (plain, prefixed):
        assert [one.url for one in read_listing(text.encode(), BASE).found] == [FULL.url]


def test_a_gzip_file_is_unpacked_up_to_the_limit() -> None:
    packed = gzip.compress(SITEMAP.encode())
    assert len(read_listing(packed, BASE).found) == 2
    assert len(read_listing(packed[:-20], BASE).found) >= 1
    many = SITEMAP.replace("</urlset>", "<url><loc>/c/</loc></url>" * 1000 + "</urlset>")
    cut = read_listing(gzip.compress(many.encode()), BASE, limit=len(SITEMAP) + 100)
    assert 2 <= len(cut.found) < 10
    assert cut.cut == "larger than a sitemap may be"
    assert read_listing(b"\x1f\x8bnonsense", BASE).kind == "unknown"


def test_a_sitemap_is_read_up_to_its_legal_number_of_addresses() -> None:
    urls = "".join(f"<url><loc>/{number}/</loc></url>" for number in range(50_001))
    listing = read_listing(f"<urlset>{urls}</urlset>".encode(), BASE)
    assert (len(listing.found), listing.cut) == (50_000, "more than 50000 addresses")


def test_an_index_gives_its_sitemaps_with_the_last_moment_of_their_day() -> None:
    text = """<sitemapindex xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">
    <sitemap><loc>/posts-1.xml</loc><lastmod>2026-05-03</lastmod></sitemap>
    <sitemap><loc>/posts-2.xml.gz</loc></sitemap></sitemapindex>"""
    listing = read_listing(text.encode(), "https://courrier.example/sitemap.xml")
    assert listing.kind == "index"
    assert [(child.url, child.modified) for child in listing.children] == [
        ("https://courrier.example/posts-1.xml", datetime(2026, 5, 4, tzinfo=UTC)),
        ("https://courrier.example/posts-2.xml.gz", None),
    ]


def test_a_cut_sitemap_gives_what_precedes_the_cut_but_no_cut_address() -> None:
    text = SITEMAP[: SITEMAP.index("/b/</loc>") + 2]
    listing = read_listing(text.encode(), BASE)
    assert listing.is_broken
    assert [one.url for one in listing.found] == [FULL.url]


def test_bare_ampersands_do_not_end_a_sitemap() -> None:
    text = SITEMAP.replace("/a/ ", "/?p=1&q=2 ")
    listing = read_listing(text.encode(), BASE)
    assert listing.is_broken
    assert len(listing.found) == 2


def test_an_external_entity_is_not_loaded(tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("swordfish")
    doctype = f'<!DOCTYPE urlset [<!ENTITY f SYSTEM "{secret.as_uri()}">]><urlset'
    text = SITEMAP.replace("<urlset", doctype).replace("B &amp; C", "B &f;")
    listing = read_listing(text.encode(), BASE)
    assert [one.title for one in listing.found] == [None, "B"]
    assert listing.cut == DEFUSED


def test_an_entity_of_a_sitemap_is_never_expanded_however_small() -> None:
    doctype = '<!DOCTYPE urlset [<!ENTITY e "swordfish">]><urlset'
    text = SITEMAP.replace("<urlset", doctype).replace("B &amp; C", "B &e;")
    listing = read_listing(text.encode(), BASE)
    assert [one.title for one in listing.found] == [None, "B"]
    assert listing.cut == DEFUSED
    assert read_listing(SITEMAP.encode(), BASE).cut is None


def test_plain_entities_of_an_old_feed_are_read_and_no_reason_to_complain() -> None:
    text = RSS.replace("<rss", '<!DOCTYPE rss [<!ENTITY eacute "&#233;">]><rss')
    listing = read_listing(text.replace("Fish", "Caf&eacute;").encode(), BASE)
    assert "Café" in (listing.found[0].title or "")
    assert listing.cut is None


def test_a_bomb_of_entities_costs_nothing_and_leaves_what_precedes_it() -> None:
    levels = "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 12))
    doctype = f'<!DOCTYPE urlset [<!ENTITY a0 "x">{levels}]><urlset'
    text = SITEMAP.replace("<urlset", doctype).replace("B &amp; C", "B &a11;")
    began = time.process_time()
    listing = read_listing(text.encode(), BASE)
    assert time.process_time() - began < 1
    assert listing.found[0].url == FULL.url
    assert all("xx" not in (one.title or "") for one in listing.found)
    assert listing.cut == DEFUSED


def test_a_feed_with_entity_bombs_gives_no_bomb() -> None:
    bomb = '<!DOCTYPE r [<!ENTITY a "xxxxxxxxxx"><!ENTITY b "&a;&a;&a;&a;"><!ENTITY c "&b;&b;">]>'
    text = RSS.replace("<rss", f"{bomb}<rss").replace("Fish", "Fish &c;")
    listing = read_listing(text.encode(), BASE)
    assert "x" * 20 not in (listing.found[0].title or "")
    assert listing.cut == DEFUSED


def test_a_text_sitemap_is_read_line_by_line() -> None:
    text = b"\xef\xbb\xbfhttps://courrier.example/a/\r\nhttps://courrier.example/b/\nno address\n"
    listing = read_listing(text, "https://courrier.example/sitemap.txt")
    assert [one.url for one in listing.found][:2] == [FULL.url, "https://courrier.example/b/"]
    assert listing.kind == "sitemap"


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"<html><body>404, sorry</body></html>",
        b"<!doctype html><title>x</title>",
        b"\x00\x01\x02\xff" * 100,
        b"{}",
        b'{"items": 3}',
        b"{" * 100_000,
        b'{"items": [1, null, {"url": 3}]',
        b"plain text",
        b"<svg xmlns='http://www.w3.org/2000/svg'/>",
    ],
)
def test_what_is_no_listing_gives_nothing_and_raises_nothing(body: bytes) -> None:
    listing = read_listing(body, BASE)
    assert (listing.kind, listing.found, listing.children) == ("unknown", (), ())


def test_json_of_unexpected_shape_gives_the_items_that_fit() -> None:
    body = json.dumps({"items": [1, None, {"url": 3}, {"url": "/a/", "authors": [3], "title": 5}]})
    assert read_listing(body.encode(), BASE).found == (Found(url=FULL.url, source="feed"),)


def test_an_empty_feed_is_a_feed_without_articles() -> None:
    listing = read_listing(b'<rss version="2.0"><channel><title>C</title></channel></rss>', BASE)
    assert (listing.kind, listing.found) == ("feed", ())


HOME = """<html><head><base href="/news/"></head><body>
<a href="one-two-three">story</a><a href="/2026/05/story">story</a><a href="/story-123456.html">story</a>
<a href="/politics/">section</a><a href="/about-us">about</a><a href="mailto:a@b.example">mail</a>
<a>nothing</a><a href="one-two-three#comments">again</a></body>"""


def test_a_home_page_gives_links_that_look_like_articles() -> None:
    listing = read_home(HOME.encode(), "https://courrier.example/")
    assert listing.kind == "home"
    assert [one.url for one in listing.found] == [
        "https://courrier.example/news/one-two-three",
        "https://courrier.example/2026/05/story",
        "https://courrier.example/story-123456.html",
    ]


def test_an_empty_home_page_gives_nothing() -> None:
    assert read_home(b"", "https://courrier.example/").kind == "unknown"


@pytest.mark.parametrize(
    ("name", "may"),
    [
        ("post-sitemap.xml", True),
        ("sitemap-2026-05.xml.gz", True),
        ("wp-sitemap-posts-post-1.xml", True),
        ("page-sitemap.xml", True),
        ("heritage.xml", True),
        ("post_tag-sitemap12.xml", False),
        ("Category-Sitemap.xml", False),
        ("wp-sitemap-users-1.xml", False),
        ("wp-sitemap-taxonomies-category-1.xml", False),
    ],
)
def test_sitemaps_of_tags_and_authors_list_no_articles(name: str, may: bool) -> None:  # noqa: FBT001
    assert may_list_articles(f"https://tags.courrier.example/maps/{name}?tag=1") is may


@pytest.mark.parametrize(
    "part", ["<!doctype[", "<!doctype ", "<!entity ", "<!--", "<?", "<!doctype[]", "<!entity a "]
)
def test_a_head_that_only_begins_things_costs_no_more_than_its_length(part: str) -> None:
    body = (part * 65_536)[:65_536].encode() + b"<urlset></urlset>"
    began = time.process_time()
    read_listing(body, BASE)
    assert time.process_time() - began < 1


def test_a_long_comment_hides_neither_a_sitemap_nor_its_entities() -> None:
    comment = f"<!--{'x' * 70_000}-->"
    plain = read_listing(SITEMAP.replace("<urlset", f"{comment}<urlset").encode(), BASE)
    assert plain.found == read_listing(SITEMAP.encode(), BASE).found
    doctype = f'{comment}<!DOCTYPE urlset [<!ENTITY a "x">]><urlset'
    assert read_listing(SITEMAP.replace("<urlset", doctype).encode(), BASE).cut == DEFUSED
