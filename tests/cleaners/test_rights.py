"""What publishers say about the use of a page is read, and obeyed as the options say."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from cleaners import clean
from cleaners.options import CleanOptions
from cleaners.outcome import Cleaned, Reason, Rejected
from cleaners.records import Page
from cleaners.rights import header_candidates, read_directives, read_reservation

TEXT = "The ferry to the islands sails again from Monday, the harbour master told the council. " * 3


def page(head: str = "", **headers: object) -> Page:
    said = {"x_robots_tag": None, "tdm_reservation": None, "tdm_policy": None} | headers
    html = (
        f"<html lang=en><head><title>The ferry sails</title>{head}</head>"
        f"<body><article><h1>The ferry sails</h1><p>{TEXT}</p></article></body></html>"
    )
    return Page(
        url="https://harbour.example/ferry",
        html=html.encode(),
        fetched_at=datetime(2026, 11, 20, tzinfo=UTC),
        hints=header_candidates(**said),  # type: ignore[arg-type]
    )


def article(given: Page, **options: bool):
    result = clean(given, CleanOptions(**options))
    assert isinstance(result, Cleaned), result
    return result.article


@pytest.mark.parametrize(
    ("value", "directives"),
    [
        ("noindex, nofollow", ["noindex", "nofollow"]),
        ("NOAI,NoImageAI", ["noai", "noimageai"]),
        ("max-snippet:-1, max-image-preview:large", ["max-snippet:-1", "max-image-preview:large"]),
        ("googlebot: noindex, noarchive", []),
        ("googlebot: noindex\nnoai", ["noai"]),
        ("newsgrain: noindex, noarchive", ["noindex", "noarchive"]),
        ("otherbot: noindex, newsgrain: noarchive", ["noarchive"]),
        (
            "unavailable_after: 25 Jun 2026 15:00:00 PST",
            ["unavailable_after: 25 jun 2026 15:00:00 pst"],
        ),
        ("made up, words", []),
        ("", []),
    ],
)
def test_directives_are_read_for_all_crawlers_and_for_this_one(
    value: str, directives: list[str]
) -> None:
    assert list(read_directives(value)) == directives


@pytest.mark.parametrize(
    ("value", "said"), [("1", True), (" 0 ", False), ("yes", None), ("", None), (None, None)]
)
def test_a_reservation_is_1_or_0_and_all_else_says_nothing(
    value: str | None,
    said: bool | None,  # noqa: FBT001 - a parameter of the test
) -> None:
    assert read_reservation(value) is said


def test_markup_and_headers_are_recorded_together() -> None:
    head = '<meta name="robots" content="noarchive, noai"><meta name="googlebot" content="noindex">'
    found = article(page(head, x_robots_tag="noai, nosnippet"))
    assert found.robots == ("noarchive", "noai", "nosnippet")
    assert (found.tdm_reservation, found.tdm_policy) == (None, None)


def test_a_reservation_in_the_markup_goes_before_the_header() -> None:
    head = '<meta name="tdm-reservation" content="0">'
    found = article(page(head, tdm_reservation=True, tdm_policy="https://harbour.example/tdm"))
    assert found.tdm_reservation is False
    assert found.tdm_policy == "https://harbour.example/tdm"


@pytest.mark.parametrize(
    "reserved",
    [
        page('<meta name="tdm-reservation" content="1">'),
        page(tdm_reservation=True),
        page('<meta name="tdm-reservation" content="maybe">', tdm_reservation=True),
    ],
)
def test_what_is_reserved_is_left_out_where_that_is_obeyed(reserved: Page) -> None:
    refused = clean(reserved, CleanOptions(obey_tdm=True))
    assert isinstance(refused, Rejected)
    assert refused.reason is Reason.TDM_RESERVED
    assert article(reserved).tdm_reservation is True


def test_the_terms_are_named_on_one_line() -> None:
    reserved = page(tdm_reservation=True, tdm_policy="https://harbour.example/\nterms")
    refused = clean(reserved, CleanOptions(obey_tdm=True))
    assert isinstance(refused, Rejected)
    assert refused.detail == (
        "text and data mining is reserved, terms at https://harbour.example/ terms"
    )


@pytest.mark.parametrize("said", ["noindex", "none", "NOINDEX, follow"])
def test_noindex_is_recorded_and_obeyed_only_where_it_is_asked_for(said: str) -> None:
    asked = page(f'<meta name="robots" content="{said}">')
    assert set(article(asked).robots) & {"noindex", "none"}
    refused = clean(asked, CleanOptions(obey_noindex=True))
    assert isinstance(refused, Rejected)
    assert refused.reason is Reason.NOINDEX
    assert article(page(), obey_noindex=True).robots == ()
