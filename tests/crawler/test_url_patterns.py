"""What the pages of a site teach about its addresses."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

import pytest

from crawler.learning import learned_patterns, lessons
from crawler.url_patterns import UrlPatterns, shapes_of
from newsgrain.store import Store
from newsgrain.workspace import Workspace
from tests.newsgrain.store.nights import night, url_of

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize(
    ("first", "second", "are_alike"),
    [
        ("https://a.example/quay/", "https://www.a.example/lamp", True),
        ("https://a.example/quay/", "https://b.example/quay/", False),
        ("https://a.example/2026/05/a-b-c-d/", "https://a.example/2025/11/e-f-g-h-i/", True),
        ("https://a.example/2026/05/", "https://a.example/2026/05/a-b-c-d/", False),
        ("https://a.example/?p=12", "https://a.example/?p=9913", True),
        ("https://a.example/?p=12", "https://a.example/?cat=12", False),
        ("https://a.example/story-120345.html", "https://a.example/fire-220941.html", True),
        ("https://a.example/tag/quay", "https://a.example/news/quay", False),
    ],
)
def test_addresses_of_one_shape(first: str, second: str, are_alike: bool) -> None:  # noqa: FBT001
    assert (shapes_of(first)[0] == shapes_of(second)[0]) is are_alike


def learned(articles: list[str], others: list[str]) -> UrlPatterns:
    site = "https://a.example"
    judged = [(f"{site}{path}", True) for path in articles]
    return UrlPatterns.learn([*judged, *((f"{site}{path}", False) for path in others)])


def test_a_shape_is_known_after_a_few_pages_and_not_before() -> None:
    two = learned(["/news/a", "/news/b"], ["/tag/a", "/tag/b"])
    assert two.is_article("https://a.example/news/c") is None
    three = learned(["/news/a", "/news/b", "/news/d"], ["/tag/a", "/tag/b", "/tag/d"])
    assert three.is_article("https://a.example/news/c") is True
    assert three.is_article("https://a.example/tag/c") is False
    assert three.is_article("https://b.example/tag/c") is None


def test_a_mixed_shape_says_nothing() -> None:
    mixed = learned(["/a", "/b"], ["/c", "/d", "/e", "/f", "/g"])
    assert mixed.is_article("https://a.example/h") is None


def test_a_section_that_is_new_is_judged_by_the_shape_alone() -> None:
    slugs = [f"/{section}/a-b-c-{n}" for section in ("town", "port", "sea") for n in "xyz"]
    assert learned(slugs, []).is_article("https://a.example/sky/d-e-f-g") is True


def test_walls_and_failures_teach_nothing_of_an_address() -> None:
    def verdict(outcome: str, reason: str | None) -> tuple[str, str, str | None]:
        return f"https://a.example/{outcome}-{reason}", outcome, reason

    known = [verdict("new", None), verdict("unchanged", None), verdict("rejected", "section")]
    silent = [
        *(
            verdict("rejected", reason)
            for reason in ("consent_wall", "captcha", "login", "crashed")
        ),
        verdict("failed", "gone"),
        verdict("not_modified", None),
    ]
    assert [is_article for _, is_article in lessons([*known, *silent])] == [True, True, False]


def test_published_verdicts_teach_and_a_crawl_goes_on_without_them(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    workspace = Workspace(tmp_path)
    assert learned_patterns(workspace).is_article(url_of(99)) is None
    night(Store(workspace.datasets), 1, range(30))
    assert learned_patterns(workspace).is_article(url_of(99)) is True
    for file in workspace.datasets.joinpath("verdicts").resolve().rglob("*.parquet"):
        file.write_bytes(b"lost")
    with caplog.at_level(logging.WARNING, "newsgrain.crawl"):
        assert learned_patterns(workspace).is_article(url_of(99)) is None
    assert "event=patterns" in caplog.text
