from __future__ import annotations

import gzip
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cleaners.metadata import extract_metadata
from cleaners.options import CleanOptions
from cleaners.outcome import Reason, Rejected
from cleaners.parse import Parsed, parse
from cleaners.records import Page

FETCHED = datetime(2026, 5, 20, tzinfo=UTC)


def _page(html: bytes, content_type: str | None = None, language: str | None = None) -> Page:
    return Page(
        url="https://paper.example/a",
        html=html,
        fetched_at=FETCHED,
        content_type=content_type,
        language=language,
    )


def _text(html: bytes, content_type: str | None = None, language: str | None = None) -> str:
    parsed = parse(_page(html, content_type, language), CleanOptions())
    assert isinstance(parsed, Parsed)
    return " ".join(parsed.tree.text_content().split())


def _reason(html: bytes, content_type: str | None = None) -> Reason | None:
    parsed = parse(_page(html, content_type), CleanOptions())
    return parsed.reason if isinstance(parsed, Rejected) else None


def test_a_byte_order_mark_wins_over_header_and_meta() -> None:
    html = b"\xef\xbb\xbf<html><meta charset=iso-8859-1><p>caf\xc3\xa9</p></html>"
    assert _text(html, "text/html; charset=iso-8859-1") == "café"


def test_the_header_wins_over_meta() -> None:
    html = '<html><meta charset="utf-8"><p>žluťoučký</p></html>'.encode("cp1250")
    assert _text(html, "text/html; charset=windows-1250") == "žluťoučký"


def test_meta_is_read_where_the_header_is_silent() -> None:
    html = '<html><meta charset="koi8-r"><p>Привет</p></html>'.encode("koi8-r")
    assert _text(html, "text/html") == "Привет"


def test_latin_1_means_windows_1252() -> None:
    assert _text(b"<html><p>\x93quoted\x94</p></html>", "text/html; charset=latin1") == "“quoted”"


def test_valid_utf_8_wins_over_a_meta_that_was_left_behind() -> None:
    html = '<html><meta charset="gbk"><p>促进航天技术</p></html>'.encode()
    assert _text(html) == "促进航天技术"


def test_gbk_is_decoded_where_meta_is_right() -> None:
    html = '<html><meta charset="gb2312"><p>促进航天技术更好</p></html>'.encode("gbk")
    assert _text(html) == "促进航天技术更好"


@pytest.mark.parametrize(
    ("language", "encoding", "word"),
    [
        ("ru", "cp1251", "Здравствуйте, читатели"),
        ("ja", "cp932", "東京の新しい橋"),
        ("ja", "euc_jp", "東京の新しい橋が開通"),
        ("ko", "cp949", "서울의 새로운 다리"),
        ("tr", "cp1254", "Güneşli ışık"),
        ("de", "cp1252", "Grüße aus Köln"),
    ],
)
def test_an_undeclared_encoding_follows_the_language(
    language: str, encoding: str, word: str
) -> None:
    html = f'<html lang="{language}"><body><p>{word}</p></body></html>'.encode(encoding)
    assert _text(html) == word


def test_the_configured_language_helps_where_the_page_names_none() -> None:
    assert _text("<html><p>Новости дня</p></html>".encode("cp1251"), language="ru") == "Новости дня"


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be"])
def test_utf_16_is_read_with_and_without_a_mark(encoding: str) -> None:
    html = '<html><meta charset="utf-8"><body><p>Ääkköset</p></body></html>'.encode(encoding)
    assert _text(html) == "Ääkköset"


def test_a_meta_that_says_utf_16_is_not_believed() -> None:
    assert _text('<html><meta charset="utf-16"><p>é</p></html>'.encode()) == "é"


@pytest.mark.parametrize("codec", ["rot13", "base64", "unicode_escape", "undefined", "zip"])
def test_codecs_that_no_browser_knows_are_ignored(codec: str) -> None:
    assert _text(b"<html><p>uryyb \\x41</p></html>", f"text/html; charset={codec}") == "uryyb \\x41"


def test_nul_bytes_are_dropped() -> None:
    assert _text(b"<html><body><p>one\x00two</p><p>three</p></body></html>") == "onetwothree"


def test_a_cut_last_character_does_not_change_the_encoding() -> None:
    assert _text("<html><p>naïve café".encode()[:-1]).startswith("naïve caf")


def test_characters_that_cannot_be_decoded_become_replacement_characters() -> None:
    assert _text(b"<html><p>a\xffb</p></html>", "text/html; charset=utf-8") == "a\ufffdb"


@pytest.mark.parametrize(
    "html", [b"", b"   \n", b"\x00\x00", b"<!-- nothing -->", b"<!doctype html>", b"<html>"]
)
def test_pages_without_elements_are_empty(html: bytes) -> None:
    assert _reason(html) in {Reason.EMPTY, Reason.NOT_HTML}
    assert _reason(b"\x00 \n") is Reason.EMPTY
    assert _reason(b"<html></html>") is Reason.EMPTY


@pytest.mark.parametrize(
    "body",
    [
        b"%PDF-1.7 <html><p>",
        b"\x89PNG\r\n\x1a\n<html>",
        b"\xff\xd8\xff\xe0JFIF",
        gzip.compress(b"<html><p>packed twice</p></html>", mtime=0),
        b"PK\x03\x04archive",
        b'{"html": "<p>text</p>"}',
        b'[{"html": "<p>text</p>"}]',
        b"<?xml version='1.0'?><rss><channel><title>News</title></channel></rss>",
        b"<rss version='2.0'><channel></channel></rss>",
        b"<?xml version='1.0'?>\n<!-- map --><urlset><url><loc>x</loc></url></urlset>",
        b"<feed xmlns='http://www.w3.org/2005/Atom'><title>News</title></feed>",
        b"<svg xmlns='http://www.w3.org/2000/svg'><path d='M0'/></svg>",
        b"just words without any markup",
        b"\x01\x02\x03\x04<p>",
    ],
)
def test_what_is_no_html_is_refused(body: bytes) -> None:
    assert _reason(body) is Reason.NOT_HTML


@pytest.mark.parametrize(
    "html",
    [
        b"<?xml version='1.0' encoding='utf-8'?><!DOCTYPE html><html><body><p>x</p></body></html>",
        b"<!-- saved --><html><body><p>x</p></body></html>",
        b"\n\n<!DOCTYPE HTML PUBLIC '-//W3C//DTD HTML 4.01//EN'><p>x</p>",
        b"<div><p>a fragment</p></div>",
        b"Warning: notice of a broken server <html><body><p>x</p></body></html>",
        b"<custom-app><p>x</p></custom-app>",
    ],
)
def test_html_is_taken_in_all_its_forms(html: bytes) -> None:
    assert _reason(html) is None


def test_a_wrong_content_type_does_not_hide_a_document() -> None:
    assert _reason(b"<!doctype html><p>x</p>", "application/octet-stream") is None
    assert _reason(b"Use <p> for paragraphs", "text/plain") is Reason.NOT_HTML


def test_pages_beyond_the_limit_of_bytes_are_too_large() -> None:
    rejected = parse(_page(b"<html><p>x</p></html>"), CleanOptions(max_bytes=10))
    assert isinstance(rejected, Rejected)
    assert rejected.reason is Reason.TOO_LARGE


def test_text_of_more_than_ten_megabytes_is_not_lost() -> None:
    html = b"<html><p>" + b"word " * 2_200_000 + b"</p><p>the end</p></html>"
    parsed = parse(_page(html), CleanOptions(max_bytes=20_000_000))
    assert isinstance(parsed, Parsed)
    assert parsed.tree.text_content().endswith("the end")


@pytest.mark.parametrize("levels", [1_001, 3_000, 200_000])
def test_pages_that_nest_too_deeply_are_refused(levels: int) -> None:
    assert _reason(b"<html><body>" + b"<div>" * levels + b"x") is Reason.TOO_DEEP


def test_nesting_below_the_limit_is_read_to_the_bottom() -> None:
    assert _text(b"<html><body>" + b"<div>" * 900 + b"bottom") == "bottom"


def test_a_limit_beyond_the_parser_still_refuses_what_the_parser_cuts() -> None:
    page = _page(b"<html><body>" + b"<div>" * 5_000 + b"x")
    rejected = parse(page, CleanOptions(max_depth=1_000_000))
    assert isinstance(rejected, Rejected)
    assert rejected.reason is Reason.TOO_DEEP


_MARKUP = st.lists(
    st.sampled_from(
        [
            b"<html>", b"<h1>", b"</h1>", b"<time datetime='", b"'>", b"<script type=",
            b"application/ld+json>", b"</script>", b'{"@type":"NewsArticle","author":',
            b"<meta property=og:title content=", b"<p>", b"By ", b"\x00", b"\xff\xfe",
            b"2024-02-30",
            b"<!--", b"]]>", b"itemscope itemprop=author ", b"<a rel=author href='//[x'>",
        ]
    )
    | st.binary(max_size=12),
    max_size=40,
).map(b"".join)  # fmt: skip


@settings(max_examples=300, deadline=None)
@given(html=_MARKUP, content_type=st.none() | st.text(max_size=30))
def test_no_bytes_make_parsing_or_reading_raise(html: bytes, content_type: str | None) -> None:
    page = _page(html, content_type)
    parsed = parse(page, CleanOptions())
    if isinstance(parsed, Parsed):
        metadata, _ = extract_metadata(parsed.tree, page)
        assert metadata.title is None or metadata.title.strip()
    else:
        assert "\n" not in parsed.detail
