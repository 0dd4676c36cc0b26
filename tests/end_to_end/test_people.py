"""Speakers, quotes and recommendations of the sample newspapers, against what they print."""

from __future__ import annotations

from urllib.parse import urlsplit

import pytest

from tests.end_to_end.conftest import rows


def _by_path(workspace, table):
    found: dict[str, list] = {}
    for row in rows(workspace, table):
        found.setdefault(urlsplit(row["url"]).path, []).append(row)
    return found


@pytest.fixture(scope="session")
def last_seen(two_nights):
    return {one.path: one for night in two_nights.expected for one in night}


def test_recommendation_lists_with_an_announced_count_are_complete(two_nights, last_seen):
    found = _by_path(two_nights.workspace, "recommendations")
    checked = 0
    for path, article in last_seen.items():
        for listed in article.lists:
            if listed.kind == "recommendations" and listed.announced:
                texts = [row["text"] for row in found.get(path, [])]
                assert len(texts) == listed.announced, path
                checked += 1
    assert checked >= 2


def test_offsets_lead_to_the_text(two_nights):
    texts = {row["article_id"]: row["text"] for row in rows(two_nights.workspace, "articles")}
    checked = 0
    for table in ("quotes", "recommendations"):
        for row in rows(two_nights.workspace, table):
            if row["start"] is not None:
                assert texts[row["article_id"]][row["start"] : row["end"]] == row["text"]
                checked += 1
    assert checked > 20


def test_quotes_name_speakers_of_the_same_article(two_nights):
    speakers = {
        (row["article_id"], row["ord"]): row["name"]
        for row in rows(two_nights.workspace, "speakers")
    }
    named = [row for row in rows(two_nights.workspace, "quotes") if row["speaker_ord"] is not None]
    assert named
    for row in named:
        assert speakers[row["article_id"], row["speaker_ord"]] == row["speaker"]


def test_speakers_in_bullets_are_found(two_nights, last_seen):
    found = _by_path(two_nights.workspace, "speakers")
    expected = [
        (path, speaker.name)
        for path, article in last_seen.items()
        for speaker in article.speakers
        if speaker.evidence == "list"
    ]
    assert len(expected) >= 5
    missing = [
        (path, name)
        for path, name in expected
        if name not in {row["name"] for row in found.get(path, [])}
    ]
    assert missing == []
