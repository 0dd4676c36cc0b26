"""What a page is: one class for every rejection, and for whole, cut and copied articles."""

from __future__ import annotations

import pytest

from cleaners.outcome import Reason
from newsgrain.page_class import (
    PageClass,
    class_of_article,
    class_of_rejection,
    evidence_of_cut,
)
from tests.newsgrain.samples import sample_article
from tests.newsgrain.site.paper import BLURB, Paper, stories, story

_NO_ARTICLE = (
    Reason.NOT_HTML,
    Reason.EMPTY,
    Reason.TOO_LARGE,
    Reason.TOO_DEEP,
    Reason.NOT_ARTICLE,
)


@pytest.mark.parametrize(
    ("reason", "expected"),
    [
        (Reason.CONSENT_WALL, "consent_wall"),
        (Reason.LOGIN, "login"),
        (Reason.CAPTCHA, "captcha"),
        (Reason.SOFT_404, "soft_404"),
        (Reason.SECTION, "section"),
        (Reason.SCRIPT_ONLY, "script_only"),
        (Reason.TDM_RESERVED, "reserved"),
        (Reason.NOINDEX, "reserved"),
        *((reason, "crashed") for reason in Reason if reason.value in {
            "crashed", "timed_out", "quarantined", "unreadable"
        }),
        *((reason, "not_article") for reason in _NO_ARTICLE),
    ],
)  # fmt: skip
def test_every_rejection_has_its_class(reason: Reason, expected: str) -> None:
    assert class_of_rejection(reason) is PageClass(expected)


def test_only_reasons_that_are_no_class_of_their_own_are_no_article() -> None:
    without = {one for one in Reason if class_of_rejection(one) is PageClass.NOT_ARTICLE}
    assert without == set(_NO_ARTICLE)


def test_an_article_is_whole_or_a_part_of_one() -> None:
    assert class_of_article(sample_article(is_truncated=False), is_variant=False) is PageClass.OK
    cut = sample_article(is_truncated=True)
    assert class_of_article(cut, is_variant=False) is PageClass.TEASER


@pytest.mark.parametrize("is_truncated", [True, False])
def test_another_address_of_a_known_article_is_a_duplicate(*, is_truncated: bool) -> None:
    article = sample_article(is_truncated=is_truncated)
    assert class_of_article(article, is_variant=True) is PageClass.DUPLICATE


def test_a_cut_is_shown_by_its_issue() -> None:
    assert evidence_of_cut(sample_article(issues=())) is None


def _by_address(paper: Paper) -> dict[str, dict[str, object]]:
    return {row["url"].rpartition("/")[2]: row for row in paper.rows("verdicts")}


def test_a_night_gives_each_page_its_class(tmp_path) -> None:
    paper = Paper(tmp_path)
    canonical = b'<link rel="canonical" href="https://harbour.example/1">'
    copy = story(1, BLURB).replace(b"</title>", b"</title>" + canonical)
    paper.night(*stories(1), (2, b"<html><body><p>Nothing here.</p></body></html>"))
    paper.night(("1/amp", copy), (3, b"%PDF-1.7 no page"))
    found = _by_address(paper)
    assert {name: (row["outcome"], row["page_class"]) for name, row in found.items()} == {
        "1": ("new", "ok"),
        "2": ("rejected", "not_article"),
        "amp": ("unchanged", "duplicate"),
        "3": ("rejected", "not_article"),
    }
    assert found["amp"]["article_id"] == found["1"]["article_id"]
    assert len(paper.rows("articles")) == 1
