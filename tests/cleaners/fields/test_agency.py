"""Whose copy an article is, as its byline, dateline or last line says."""

from __future__ import annotations

import pytest

from cleaners.agency import find_agency
from cleaners.records import Author

TEXT = ("The harbour council met on Monday evening.", "It agreed to repair the old swing bridge.")


def author(name: str) -> Author:
    return Author(name=name, method="byline")


def found(*, authors=(), byline=None, lines=TEXT):
    return find_agency([author(name) for name in authors], byline, lines)


@pytest.mark.parametrize(
    ("name", "agency"),
    [
        ("AFP", "AFP"),
        ("Agence France-Presse", "AFP"),
        ("THE ASSOCIATED PRESS", "AP"),
        ("Reuters", "Reuters"),
        ("Le Journal avec AFP", "AFP"),
        ("dpa/AFP", "dpa"),
        ("新华社", "Xinhua"),
    ],
)
def test_an_agency_that_signs_as_author_is_named(name, agency):
    assert found(authors=["Anne Le Goff", name]) == (agency, "author")


@pytest.mark.parametrize(
    ("byline", "agency"),
    [
        ("By Jane Doe, Associated Press", "AP"),
        ("Par Le Courrier avec Reuters le 3 mai", "Reuters"),
        ("Jane Doe (AP)", "AP"),
    ],
)
def test_a_byline_names_it(byline, agency):
    assert found(byline=byline) == (agency, "byline")


@pytest.mark.parametrize(
    ("opening", "agency"),
    [
        ("PARIS, 3 mai 2026 (AFP) - Le conseil a voté.", "AFP"),
        ("LONDON (Reuters) - The council voted.", "Reuters"),
        ("Berlin (dpa/lno) - Der Rat stimmte ab.", "dpa"),
        ("NEW YORK, May 3, 2026 /PRNewswire/ -- Acme today announced.", "PR Newswire"),
        ("VANCOUVER, May 3, 2026 (GLOBE NEWSWIRE) -- Acme today announced.", "GlobeNewswire"),
        ("【新华社】市長は述べた (共同)。", "Kyodo"),
    ],
)
def test_a_dateline_names_it(opening, agency):
    assert found(lines=(opening, *TEXT)) == (agency, "dateline")


def test_whose_the_words_are_is_said_behind_the_last_sentence():
    line = "The bridge will open in May. © dpa-infocom, dpa:260503-99-483045/5"
    assert found(lines=(*TEXT, line)) == ("dpa", "credit")
    assert found(lines=(*TEXT, "© 2026 The Harbour, all rights reserved")) is None


@pytest.mark.parametrize("line", ["© AFP", "(AFP)", "AFP", "The bridge will open in May. (AFP)"])
def test_a_credit_at_the_end_names_it(line):
    assert found(lines=(*TEXT, line)) == ("AFP", "credit")


@pytest.mark.parametrize(
    "lines",
    [
        TEXT,
        (),
        ("Reuters reported on Monday that the council had met.", *TEXT),
        ("The minister told AFP that the bridge stays closed.", *TEXT),
        ("The tt team, an efe of its own, met (the pa system failed).", *TEXT),
        ("x" * 130 + " (AFP)", *TEXT),
        (*TEXT, "He works for a bank (AFP reported) and sails."),
        (*TEXT, "The quay. Photo: © dpa/Jo Roe"),
    ],
)
def test_a_mere_mention_is_no_credit(lines):
    assert found(lines=lines) is None


def test_a_reporter_is_no_agency():
    assert found(authors=["Tass Belga-Mann", "Pap Smith"], byline="By Ana Lusardi") is None
