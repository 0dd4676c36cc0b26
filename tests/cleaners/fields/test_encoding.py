"""Bytes become the text that readers see in a browser, and two mistakes of servers are undone."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cleaners.encoding import decode
from cleaners.records import Page

FRENCH = "<html><body><p>Le café rénové où l’été s’arrête, à côté de l’hôtel.</p></body></html>"


def page(html: bytes, content_type: str | None = None, language: str | None = None) -> Page:
    return Page(
        url="https://paper.example/a",
        html=html,
        fetched_at=datetime(2026, 5, 20, tzinfo=UTC),
        content_type=content_type,
        language=language,
    )


def issues(given_page: Page) -> list[tuple[str, str]]:
    return [(issue.code, issue.evidence) for issue in decode(given_page).issues]


@pytest.mark.parametrize("declared", ["iso-8859-1", "windows-1252", "iso-8859-15", "windows-1250"])
def test_utf_8_that_is_declared_as_latin_1_is_read_as_utf_8_and_named(declared: str) -> None:
    found = decode(page(FRENCH.encode(), f"text/html; charset={declared}"))
    assert found.text == FRENCH
    assert [issue.code for issue in found.issues] == ["encoding_mismatch"]
    assert found.issues[0].evidence.endswith("read as utf-8")


def test_utf_8_under_a_meta_of_latin_1_is_read_as_utf_8_and_named() -> None:
    html = FRENCH.replace("<body>", '<meta charset="iso-8859-1"><body>')
    found = decode(page(html.encode(), "text/html"))
    assert found.text == html
    assert issues(page(html.encode())) == [
        ("encoding_mismatch", "declared as cp1252, read as utf-8")
    ]


@pytest.mark.parametrize(
    ("encoding", "language", "text"),
    [
        ("cp1252", "fr", FRENCH),
        ("cp1251", "ru", "<html><p>Паром снова пойдёт к островам в понедельник</p></html>"),
        ("cp932", "ja", "<html><p>東京の新しい橋が月曜日に開通する</p></html>"),
    ],
)
def test_another_encoding_that_is_declared_as_utf_8_is_read_by_the_language(
    encoding: str, language: str, text: str
) -> None:
    given_page = page(text.encode(encoding), "text/html; charset=utf-8", language)
    assert decode(given_page).text == text
    assert issues(given_page) == [("encoding_mismatch", f"declared as utf-8, read as {encoding}")]


def test_a_snippet_in_another_encoding_does_not_spoil_a_page_of_utf_8() -> None:
    html = FRENCH.encode() * 2 + "é è à ç".encode("cp1252")
    found = decode(page(html, "text/html; charset=utf-8"))
    assert found.encoding == "utf-8"
    assert found.text.startswith(FRENCH)
    assert issues(page(html)) == [("undecodable", "4 characters")]


def test_a_page_that_was_encoded_twice_is_encoded_once() -> None:
    html = FRENCH.encode().decode("cp1252").encode()
    assert decode(page(html, "text/html; charset=utf-8")).text == FRENCH
    assert issues(page(html)) == [
        ("mojibake", "UTF-8 that was taken for Windows-1252 and encoded again")
    ]


@pytest.mark.parametrize(
    "text",
    [
        "Ã‰ Ã€ Ãˆ: so sieht „falsches“ UTF-8 aus, schrieb die Redaktion.",
        "Ângela e Ândrea, São João, NAÇÃO, CORAÇÃO E PAIXÃO",
        FRENCH,
    ],
)
def test_text_that_only_looks_like_it_is_left_alone(text: str) -> None:
    assert decode(page(text.encode(), "text/html; charset=utf-8")).text == text
    assert issues(page(text.encode())) == []


_WORDS = {
    "cp949": "서울의 다리",
    "cp932": "東京の橋",
    "koi8-u": "Київ і Львів",
    "gb18030": "新的大桥",
    "iso8859-2": "Žluťoučký",
    "iso8859-8": "שלום עולם",
}


@pytest.mark.parametrize(
    ("label", "codec"),
    [
        ("windows-949", "cp949"),
        ("ks_c_5601-1989", "cp949"),
        ("x-sjis", "cp932"),
        ("koi8-ru", "koi8-u"),
        ("x-gbk", "gb18030"),
        ("iso88592", "iso8859-2"),
        ("LOGICAL", "iso8859-8"),
    ],
)
@pytest.mark.parametrize("place", ["header", "meta", "pragma"])
def test_labels_of_browsers_are_known_wherever_they_stand(
    label: str, codec: str, place: str
) -> None:
    head = {
        "header": "",
        "meta": f"<meta charset={label}>",
        "pragma": f"<meta http-equiv=content-type content='text/html; charset={label}'>",
    }[place]
    word = _WORDS[codec]
    html = f"<html>{head}<p>{word} {word}</p></html>".encode(codec)
    header = f"text/html; charset={label}" if place == "header" else None
    assert word in decode(page(html, header)).text


def test_a_declaration_in_a_comment_is_none() -> None:
    html = '<html><!-- <meta charset="x-gbk"> --><p>Grüße</p></html>'.encode("cp1252")
    assert decode(page(html)).text == html.decode("cp1252")


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("start", ["\n <html>", "<!doctype html><html>", "<p>"])
def test_utf_16_without_a_mark_is_seen_by_its_zeros_whatever_is_declared(
    encoding: str, start: str
) -> None:
    text = f"{start}<body><p>Ääkköset ja öylätit, jälleen kerran</p></body></html>"
    for header in (None, "text/html; charset=utf-8", "text/html; charset=utf-16"):
        if header != "text/html; charset=utf-16" or encoding == "utf-16-le":
            assert decode(page(text.encode(encoding), header)).text == text


def test_a_header_that_says_utf_16_of_plain_bytes_is_not_believed() -> None:
    assert decode(page(FRENCH.encode(), "text/html; charset=utf-16")).text == FRENCH


@settings(max_examples=200, deadline=None)
@given(text=st.text(max_size=200), encoding=st.sampled_from(["utf-8", "utf-8-sig", "utf-16"]))
def test_unicode_that_is_declared_or_marked_comes_back_as_it_was(text: str, encoding: str) -> None:
    whole = f"<html><p>{text}".replace("\ufffd", "").encode(encoding, "ignore")
    expected = whole.decode(encoding)
    found = decode(page(whole, "text/html; charset=utf-8"))
    if not any(issue.code == "mojibake" for issue in found.issues):
        assert found.text == expected


@settings(max_examples=300, deadline=None)
@given(html=st.binary(max_size=400), header=st.none() | st.text(max_size=40))
def test_any_bytes_give_a_text_and_the_same_one_twice(html: bytes, header: str | None) -> None:
    assert decode(page(html, header)) == decode(page(html, header))
