"""A site's tdmrep.json is asked for, read and noted with each page."""

from __future__ import annotations

import json
import sqlite3
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crawler.tdmrep import Reservation, read_tdmrep, reservation_for

if TYPE_CHECKING:
    from collections.abc import Callable

SITE = json.dumps(
    [
        {"location": "/", "tdm-reservation": 1, "tdm-policy": "https://paper.example/terms"},
        {"location": "/free/*", "tdm-reservation": "0"},
        {"location": "/*.pdf$", "tdm-reservation": 1},
        {"location": "/nothing", "tdm-reservation": "maybe"},
        {"tdm-reservation": 1},
        "no object",
    ]
).encode()


@pytest.mark.parametrize(
    ("path", "reserved"),
    [
        ("/story", True),
        ("/free/story", False),
        ("/free/map.pdf", False),
        ("/a/map.pdf", True),
        ("/a/map.pdf?download=1", True),
        ("", True),
    ],
)
def test_the_longest_location_that_matches_holds(path: str, reserved: bool) -> None:  # noqa: FBT001
    found = reservation_for(f"https://paper.example{path}", read_tdmrep(SITE))
    assert found is not None
    assert found.reserved is reserved


def test_a_policy_belongs_to_its_location_and_the_end_is_the_end() -> None:
    rules = read_tdmrep(SITE)
    assert rules[0].policy == "https://paper.example/terms"
    assert rules[1].policy is None
    only_pdf = (Reservation(location="/*.pdf$", reserved=True),)
    assert reservation_for("https://paper.example/a.pdf", only_pdf)
    assert reservation_for("https://paper.example/a.pdf?x", only_pdf) is None
    assert reservation_for("https://paper.example/a.pdf.pdf", only_pdf)


@pytest.mark.parametrize(
    "body", [b"", b"<html>not here</html>", b"null", b"3", b"[[[" * 50_000, b"\xff\xfe", b"{}"]
)
def test_what_is_no_such_file_says_nothing(body: bytes) -> None:
    assert read_tdmrep(body) == ()


@settings(max_examples=200, deadline=None)
@given(body=st.binary(max_size=200), location=st.text("/*$ab", max_size=12), path=st.text("/ab$"))
def test_no_file_and_no_pattern_makes_it_raise(body: bytes, location: str, path: str) -> None:
    read_tdmrep(body)
    rule = Reservation(location=location, reserved=True)
    reservation_for(f"https://paper.example/{path}", (rule,))


def test_the_file_is_asked_for_once_and_noted_with_each_page_but_a_header_goes_before_it(
    newspaper: Any, bench: Any, reply: Any, source_of: Callable[..., str]
) -> None:
    urls = [newspaper.article("/a/"), newspaper.article("/b/", TDM_Reservation="0")]
    newspaper.feed("/feed/", dict.fromkeys(urls, "Mon, 04 May 2026 08:00:00 GMT"))
    newspaper.set("/.well-known/tdmrep.json", reply(body=SITE))
    more = f'feeds = ["{newspaper.url("/feed/")}"]'
    bench.configure(source_of(newspaper, more=more), crawl="obey_tdm = true")
    bench.crawl()
    assert newspaper.paths().count("/.well-known/tdmrep.json") == 1
    assert newspaper.paths().index("/.well-known/tdmrep.json") > newspaper.paths().index("/feed/")
    with sqlite3.connect(bench.root / "archive" / "ledger.sqlite") as ledger:
        rows = ledger.execute("SELECT kind, url, tdm_reservation, tdm_policy FROM pages").fetchall()
    noted = {url: (reserved, policy) for kind, url, reserved, policy in rows if kind == "article"}
    assert noted == {urls[0]: (1, "https://paper.example/terms"), urls[1]: (0, None)}
    assert [kind for kind, *_ in rows].count("tdmrep") == 1
