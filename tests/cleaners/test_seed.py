"""The page the project was conceived from, in both of its markups, field by field."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest

from cleaners import Cleaned, clean
from cleaners.records import Article, Page

if TYPE_CHECKING:
    from pathlib import Path

SPEAKER_FIELDS = ("name", "honorific", "role", "affiliation", "evidence")


@pytest.fixture(scope="module")
def expected(shared_folder: Path) -> dict[str, Any]:
    path = shared_folder / "seed" / "expected.json"
    if not path.is_file():
        pytest.skip(f"the seed page is not here: {path}")
    return dict(json.loads(path.read_text("utf-8")))


@pytest.fixture(scope="module", params=["page.html", "page-br.html"])
def seed(request: pytest.FixtureRequest, shared_folder: Path, expected: dict[str, Any]) -> Article:
    html = (shared_folder / "seed" / request.param).read_bytes()
    fetched_at = datetime(2021, 9, 20, tzinfo=UTC)
    outcome = clean(Page(url=expected["url"], html=html, fetched_at=fetched_at))
    assert isinstance(outcome, Cleaned), outcome
    return outcome.article


def test_the_title_is_the_headline(seed: Article, expected: dict[str, Any]) -> None:
    assert seed.title == expected["title"]


def test_the_author_stands_below_the_article(seed: Article, expected: dict[str, Any]) -> None:
    assert [author.name for author in seed.authors] == expected["authors"]


def test_the_date_of_a_teaser_is_not_the_date(seed: Article, expected: dict[str, Any]) -> None:
    assert seed.date_published is expected["date_published"]


def test_the_language_is_french(seed: Article, expected: dict[str, Any]) -> None:
    assert (seed.language or "").startswith(expected["language"])


def test_the_text_holds_what_it_must(seed: Article, expected: dict[str, Any]) -> None:
    assert [part for part in expected["text_must_hold"] if part not in seed.text] == []


def test_the_text_holds_no_furniture(seed: Article, expected: dict[str, Any]) -> None:
    assert [part for part in expected["text_must_not_hold"] if part in seed.text] == []


def test_every_speaker_is_found(seed: Article, expected: dict[str, Any]) -> None:
    found = [{name: getattr(one, name) for name in SPEAKER_FIELDS} for one in seed.speakers]
    assert found == expected["speakers"]


def test_the_quote_is_given_to_the_speaker_of_the_line_above(
    seed: Article, expected: dict[str, Any]
) -> None:
    assert [{"text": one.text, "speaker": one.speaker} for one in seed.quotes] == expected["quotes"]


def test_seven_recommendations_come_out_of_six_bullets(
    seed: Article, expected: dict[str, Any]
) -> None:
    found = [{"text": one.text, "list_item": one.list_item} for one in seed.recommendations]
    assert found == expected["recommendations"]


def test_the_announced_number_is_read(seed: Article, expected: dict[str, Any]) -> None:
    assert seed.recommendations_announced == expected["recommendations_announced"]
    assert not any(issue.field == "recommendations" for issue in seed.issues)


def test_the_topics_are_a_list_of_topics(seed: Article, expected: dict[str, Any]) -> None:
    topics = [one for one in seed.lists if one.kind == "topics"]
    assert [list(one.items) for one in topics] == [expected["topics"]]


def test_every_offset_points_at_its_text(seed: Article) -> None:
    for one in (*seed.quotes, *seed.recommendations):
        assert seed.text[one.start : one.end] == one.text
    for speaker in seed.speakers:
        assert seed.text[speaker.start : speaker.end] == speaker.source_text
