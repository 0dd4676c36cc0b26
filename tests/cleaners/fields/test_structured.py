from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from cleaners.jsonld import load_json

if TYPE_CHECKING:
    from collections.abc import Callable

    from cleaners.records import Metadata

    Read = Callable[..., Metadata]
    Ld = Callable[[Any], str]

SITE = "https://www.morning-star.example"
URL = f"{SITE}/politics/bridge-opens"


@pytest.mark.parametrize(
    "text",
    [
        '{"headline": "A", }',
        '{"headline": "A",\n "keywords": ["b", ],}',
        '<!-- {"headline": "A"} -->',
        '//<![CDATA[\n{"headline": "A"}\n//]]>',
        '{"headline": "A"};',
        '\ufeff{"headline": "A"}',
        '{"headline": "A", "description": "two\nlines\tand a tab"}',
        '{"headline": "A", "description": "an \\\'escaped\\\' apostrophe"}',
        '{"headline": "A", "author": , "url": "x"}',
        '{"headline": "A", "description": "she said "yes" at once", "url": "x"}',
        "{&quot;headline&quot;: &quot;A&quot;}",
        '{"headline": "A"}\n{"headline": "B"}',
    ],
)
def test_broken_json_is_mended(text: str) -> None:
    assert load_json(text)[0]["headline"] == "A"


@pytest.mark.parametrize("text", ["", "not json", '{"a"', "[" * 100_000, '{"a":' * 50_000])
def test_what_cannot_be_mended_gives_nothing(text: str) -> None:
    assert load_json(text) == ()


def test_a_graph_is_read_and_its_references_are_resolved(read: Read, ld: Ld) -> None:
    graph = {
        "@graph": [
            {"@type": "WebSite", "@id": "#site", "name": "The Morning Star"},
            {"@type": "Organization", "@id": "#org", "name": "Morning Star Press"},
            {
                "@type": ["Person"],
                "@id": "#jo",
                "name": "Jo Roe",
                "url": "/people/jo",
                "jobTitle": "Editor",
            },
            {
                "@type": "https://schema.org/NewsArticle",
                "headline": "Bridge opens",
                "author": {"@id": "#jo"},
                "publisher": {"@id": "#org"},
                "articleSection": ["City", "Traffic"],
                "keywords": "bridge, river",
                "isAccessibleForFree": False,
                "image": {"@type": "ImageObject", "url": "/bridge.jpg"},
            },
        ]
    }
    metadata = read("<h1>Bridge opens</h1>", ld(graph))
    (author,) = metadata.authors
    assert (author.name, author.role, author.type) == ("Jo Roe", "Editor", "person")
    assert author.author_url == "https://www.morning-star.example/people/jo"
    assert author.method == "json-ld:author"
    assert metadata.publisher == "Morning Star Press"
    assert metadata.section == "City"
    assert metadata.tags == ("bridge", "river")
    assert metadata.is_accessible_for_free is False
    assert metadata.image_url == "https://www.morning-star.example/bridge.jpg"


def test_references_in_a_circle_end(read: Read, ld: Ld) -> None:
    graph = {"@graph": [
        {"@type": "NewsArticle", "@id": "#a", "headline": "Bridge opens", "author": {"@id": "#a"}},
    ]}  # fmt: skip
    assert read("<h1>Bridge opens</h1>", ld(graph)).title == "Bridge opens"


def test_the_article_inside_a_web_page_is_found(read: Read, ld: Ld) -> None:
    data = {"@type": "WebPage", "mainEntity": {
        "@type": "NewsArticle", "headline": "Bridge opens", "author": "Jo Roe"}}  # fmt: skip
    assert [a.name for a in read("<h1>Bridge opens</h1>", ld(data)).authors] == ["Jo Roe"]


def test_teasers_of_other_articles_are_ignored(read: Read, ld: Ld) -> None:
    others = [
        {"@type": "NewsArticle", "headline": f"Other story {n}", "url": f"{SITE}/o/{n}",
         "author": {"@type": "Person", "name": "Other Person"}, "datePublished": "2020-01-01"}
        for n in range(3)
    ]  # fmt: skip
    for data in (others, {"@type": "ItemList", "itemListElement": others}, others[0]):
        metadata = read("<h1>Bridge opens</h1>", ld(data))
        assert metadata.authors == ()
        assert metadata.date_published is None


def test_of_several_articles_the_one_with_this_address_is_read(read: Read, ld: Ld) -> None:
    first = {"@type": "NewsArticle", "headline": "Other", "url": f"{SITE}/other", "author": "Al Li"}
    own = {"@type": "NewsArticle", "mainEntityOfPage": {"@id": URL + "/"}, "author": "Jo Roe"}
    assert [a.name for a in read(head=ld(first) + ld(own)).authors] == ["Jo Roe"]


def test_the_uploader_of_a_video_is_not_the_author(read: Read, ld: Ld) -> None:
    video = {"@type": "VideoObject", "name": "Bridge opens", "author": "Cam Era"}
    article = {"@type": "NewsArticle", "name": "Bridge opens", "author": "Jo Roe", "video": video}
    assert [a.name for a in read("<h1>Bridge opens</h1>", ld(article)).authors] == ["Jo Roe"]


def test_entities_that_were_escaped_twice_are_resolved(read: Read, ld: Ld) -> None:
    data = {"@type": "NewsArticle", "headline": "Bridge &amp; river"}
    assert read(head=ld(data)).title == "Bridge & river"


def test_microdata_of_the_article_is_read_and_of_teasers_is_not(read: Read) -> None:
    body = """
    <div itemscope itemtype="https://schema.org/NewsArticle">
      <h1 itemprop="headline">Bridge opens</h1>
      <span itemprop="author" itemscope itemtype="https://schema.org/Person">
        <b itemprop="name">Jo Roe</b></span>
      <meta itemprop="datePublished" content="2026-05-19T08:00:00+02:00">
      <div itemscope itemtype="https://schema.org/ImageObject">
        <meta itemprop="datePublished" content="2001-01-01"></div>
    </div>
    <div itemscope itemtype="https://schema.org/NewsArticle"><h2 itemprop="headline">Other</h2>
      <meta itemprop="datePublished" content="2010-01-01"></div>"""
    metadata = read(body)
    assert [a.name for a in metadata.authors] == ["Jo Roe"]
    assert metadata.date_published is not None
    assert metadata.date_published.source == "microdata:datepublished"
    assert metadata.date_published.value.isoformat() == "2026-05-19T06:00:00+00:00"
    assert metadata.issues == ()


def test_names_of_meta_are_read_in_any_case_and_place(read: Read) -> None:
    head = """<meta NAME="DC.Creator" content="Jo Roe">
    <meta property="article:section" content="City"><meta property="og:locale" content="en_GB">
    <meta name="news_keywords" content="bridge; river, Bridge">
    <meta property="og:image" content="//cdn.example/b.jpg">
    <meta name="description" content=" The  bridge ">"""
    metadata = read(head=head)
    assert [a.name for a in metadata.authors] == ["Jo Roe"]
    assert metadata.section == "City"
    assert metadata.tags == ("bridge", "river")
    assert metadata.language == "en-GB"
    assert metadata.image_url == "https://cdn.example/b.jpg"
    assert metadata.description == "The bridge"


def test_reading_time_in_a_twitter_card_is_no_author(read: Read) -> None:
    card = '<meta name="twitter:label1" content="{}"><meta name="twitter:data1" content="{}">'
    assert read(head=card.format("Est. reading time", "4 minutes")).authors == ()
    assert [a.name for a in read(head=card.format("Written by", "Jo Roe")).authors] == ["Jo Roe"]


@pytest.mark.parametrize(
    ("value", "expected"),
    [("true", True), ("False", False), ("http://schema.org/False", False), ("perhaps", None)],
)
def test_free_access_is_read_as_declared(
    read: Read,
    ld: Ld,
    value: str,
    expected: bool | None,  # noqa: FBT001
) -> None:
    data = {"@type": "NewsArticle", "headline": "Bridge opens", "isAccessibleForFree": value}
    assert read("<h1>Bridge opens</h1>", ld(data)).is_accessible_for_free is expected


def test_the_canonical_address_is_made_absolute(read: Read) -> None:
    assert read(head='<link rel="canonical" href="/a?id=1">').canonical_url == (
        "https://www.morning-star.example/a?id=1"
    )
    assert read(head='<link rel="canonical" href="javascript:void(0)">').canonical_url is None
    assert read(head='<link rel="canonical" href="http://[broken">').canonical_url is None


@pytest.mark.parametrize(
    ("lang", "expected"),
    [
        ("de_at", "de-AT"),
        ("zh-hant-tw", "zh-Hant-TW"),
        ("EN", "en"),
        ("", None),
        ("x-default", None),
    ],
)
def test_language_tags_are_written_in_canonical_case(
    read: Read, lang: str, expected: str | None
) -> None:
    assert read(lang=lang).language == expected


def test_the_configured_language_counts_where_the_page_names_none(read: Read) -> None:
    assert read(lang="", language="fr_CH").language == "fr-CH"
    assert read(lang="it", language="fr-CH").language == "it"
