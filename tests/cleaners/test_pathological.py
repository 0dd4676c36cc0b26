"""Pages that are made to cost: each ends in a verdict, and the time grows with the text."""

from __future__ import annotations

import time
from datetime import UTC, datetime

import pytest

from cleaners import clean
from cleaners.outcome import Cleaned, Reason, Rejected
from cleaners.records import Page

TEXT = "<p>The ferry to the islands sails again from Monday, the harbour master told the town.</p>"


def page(body: str, encoding: str = "utf-8") -> Page:
    head = "<!doctype html><html lang=en><head><title>The ferry</title></head>"
    html = f"{head}<body>{body}</body></html>"
    return Page(
        url="https://harbour.example/ferry",
        html=html.encode(encoding),
        fetched_at=datetime(2026, 11, 20, tzinfo=UTC),
    )


def links(count: int) -> str:
    return "".join(f"<a href=/{number}>s</a>" for number in range(count))


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        ("<div>" * 20_000 + "x", Reason.TOO_DEEP),
        ("<b><i><p>" * 7_000 + "x", Reason.EMPTY),
        (links(200_000), Reason.TOO_LARGE),
        ("<p>x</p>" * 100_000, Reason.TOO_LARGE),
        ("<p>" + "word " * 10_000_000, Reason.TOO_LARGE),
        ("<script>" + "var a = 1;" * 100_000 + "</script>", Reason.EMPTY),
        ("\x00" * 100_000, Reason.EMPTY),
    ],
    ids=["nested", "misnested", "links", "paragraphs", "50 MB", "scripts only", "NULs"],
)
def test_what_is_beyond_the_bounds_is_rejected_and_says_why(body: str, reason: Reason) -> None:
    rejected = clean(page(body))
    assert isinstance(rejected, Rejected)
    assert rejected.reason is reason


@pytest.mark.parametrize(
    "body",
    [
        f'<div class="{"a " * 200_000}" data-x="{"b" * 500_000}">{TEXT * 3}</div>',
        f"<p {' '.join(f'a{number}=1' for number in range(20_000))}>{TEXT * 3}",
        TEXT.replace("ferry", "fer\x00ry") * 3,
        f'<p style="{"x:y;" * 100_000}">{TEXT * 3}',
    ],
    ids=["huge attributes", "many attributes", "NULs in words", "huge style"],
)
def test_an_article_between_odd_things_is_read(body: str) -> None:
    outcome = clean(page(body))
    assert isinstance(outcome, Cleaned), outcome
    assert "The ferry to the islands sails again from Monday" in outcome.article.text


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be"])
def test_a_page_in_utf_16_is_read(encoding: str) -> None:
    outcome = clean(page(TEXT * 3, encoding))
    assert isinstance(outcome, Cleaned)
    assert outcome.article.text.count("islands") == 3


def names(count: int) -> str:
    letters = "abcdefghijklmnopqrstuvwxyz"
    made = (f"{letters[n % 26]}{letters[n // 26 % 26]}{letters[n // 676]}" for n in range(count))
    return "".join(
        f"<p>“We sail at noon,” said An{one} Bell{one}, harbour master.</p>" for one in made
    )


_NBSP = "\u00a0"
SHAPES = {
    "digits": lambda count: f"<h1>{'1' * count * 20}</h1>{TEXT}",
    "people": lambda count: names(count // 10),
    "quotation marks": lambda count: f"<p>{'“' * count}</p>",
    "capitals": lambda count: f"<p>{'Anna Bell and ' * count}</p>",
    "brackets": lambda count: f"<p>{'(' * count}{'[' * count}</p>",
    "spaces": lambda count: f"<p>a{' ' * count * 20}b{_NBSP * count * 20}</p>",
    "one long paragraph": lambda count: f"<p>{'It sails at noon. ' * count}</p>",
    "short paragraphs": lambda count: "<p>It sails.</p>" * (count // 2),
    "broken lines": lambda count: f"<p>{'noon<br>' * (count // 2)}</p>",
    "titles": lambda count: f'<meta name="author" content="{"Anna Bell, " * count}">{TEXT}',
}


@pytest.mark.parametrize("shape", SHAPES)
def test_ten_times_the_page_takes_no_more_than_some_ten_times_the_time(shape: str) -> None:
    def seconds(count: int) -> float:
        given = page(SHAPES[shape](count))
        start = time.process_time()
        clean(given)
        return time.process_time() - start

    seconds(100)
    assert seconds(8_000) < 40 * seconds(800) + 1
