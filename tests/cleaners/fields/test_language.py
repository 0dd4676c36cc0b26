"""The language of an article: declared, and as its words say."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from cleaners.language import detect_language
from tests.cleaners.body.pages import article

NEWS = tomllib.loads(Path(__file__).with_name("news.toml").read_text("utf-8"))


@pytest.mark.parametrize("tag", NEWS)
def test_a_language_is_recognised_by_its_script_and_small_words(tag: str) -> None:
    assert detect_language(NEWS[tag]) == tag


@pytest.mark.parametrize("text", ["", "Short.", "1 2 3 " * 100, "Lorem ipsum dolor sit amet " * 20])
def test_what_is_too_little_or_no_language_has_none(text: str) -> None:
    assert detect_language(text) is None


def test_the_language_of_the_text_wins_over_the_one_of_the_template() -> None:
    page = f"<html lang='en'><body><article><h1>Brücke gesperrt</h1><p>{NEWS['de']}</p></article>"
    found = article(page)
    assert (found.language, found.language_source) == ("de", "text")
    (issue,) = [i for i in found.issues if i.code == "language_conflict"]
    assert issue.evidence == "html:lang en; the text is de"


def test_a_text_without_a_declared_language_has_its_own() -> None:
    page = f"<html><body><article><h1>Brücke gesperrt</h1><p>{NEWS['de']}</p></article>"
    found = article(page)
    assert (found.language, found.language_source) == ("de", "text")
    assert not [i for i in found.issues if i.code == "language_conflict"]


@pytest.mark.parametrize("declared", ["de-AT", "gsw", "eu"])
def test_a_declaration_that_agrees_or_cannot_be_checked_is_believed(declared: str) -> None:
    page = f"<html lang='{declared}'><body><article><h1>Brücke</h1><p>{NEWS['de']}</p></article>"
    found = article(page)
    assert (found.language, found.language_source) == (declared, "html:lang")
