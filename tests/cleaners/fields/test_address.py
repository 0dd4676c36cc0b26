"""What the address of a page says: the last evidence, and only where it is sure."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from cleaners.address import address_candidates

if TYPE_CHECKING:
    from collections.abc import Callable

    from cleaners.records import Metadata

    Read = Callable[..., Metadata]

SITE = "https://www.morning-star.example"
HEADING = "<h1>Bridge opens after nine years</h1>"


def found(path: str) -> dict[str, str]:
    return {c.field: c.value for c in address_candidates(SITE + path)}


@pytest.mark.parametrize(
    "path",
    [
        "/politics/2026/05/18/bridge-opens",
        "/politics/2026/5/18/bridge-opens.html",
        "/politics/2026-05-18/bridge",
        "/politics/20260518-bridge-opens",
        "/politics/bridge-opens-2026-05-18.html",
        "/politics/bridge-opens-20260518",
    ],
)
def test_a_whole_day_in_the_path_is_a_date(path: str) -> None:
    assert found(path)["date_published"] == "2026-05-18"


@pytest.mark.parametrize(
    "path",
    [
        "/politics/2026/05/bridge-opens",
        "/politics/20260518123",
        "/politics/2026051",
        "/politics/2026/13/18/bridge",
        "/politics/from-2026-05-18-to-2026-05-20-bridge-closed",
        "/2026/05/18/looking-back-at-2020-02-02",
        "/politics/bridge-opens-in-2026",
    ],
)
def test_what_only_looks_like_a_day_is_none(path: str) -> None:
    assert "date_published" not in found(path)


@pytest.mark.parametrize(
    ("path", "section"),
    [
        ("/politics/bridge-opens", "politics"),
        ("/en/news/local-politics/2026/05/18/bridge", "local politics"),
        ("/article/bridge-opens", None),
        ("/author/jo-roe/bridge-opens", None),
        ("/category/politics/bridge-opens", "politics"),
        ("/bridge-opens", None),
        ("/2026/05/18/bridge-opens", None),
        ("/%D0%BF%D0%BE%D0%BB%D0%B8%D1%82%D0%B8%D0%BA%D0%B0/1", "политика"),
    ],
)
def test_the_first_words_of_the_path_are_the_section(path: str, section: str | None) -> None:
    assert found(path).get("section") == section


def test_an_address_that_cannot_be_read_says_nothing() -> None:
    assert list(address_candidates("https://[broken/2026/05/18/a")) == []


def test_any_other_date_comes_before_the_one_in_the_address(read: Read) -> None:
    url = f"{SITE}/politics/2026/05/18/bridge-opens"
    alone = read(HEADING, url=url)
    assert alone.date_published is not None
    assert (alone.date_published.source, alone.date_published.precision) == ("url", "day")
    printed = read(f"{HEADING}<p class='date'>May 17, 2026</p>", url=url)
    assert printed.date_published is not None
    assert printed.date_published.source == "visible"
    assert "date_conflict" not in {issue.code for issue in printed.issues}


def test_a_declared_section_comes_before_the_one_in_the_address(read: Read) -> None:
    assert read(HEADING).section == "politics"
    head = '<meta property="article:section" content="Traffic">'
    assert read(HEADING, head).section == "Traffic"
