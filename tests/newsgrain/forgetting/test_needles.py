"""A needle finds what it stands for however a page writes it, and nothing else."""

from __future__ import annotations

import pytest

from newsgrain.needles import MASK, is_same_name, last_name_needle, mask, name_needle
from newsgrain.tombstones import Tombstone, Tombstones, people_in, person_digests

SPELLINGS = [
    ("Max Großmann", "Max Grossmann"),
    ("Max Großmann", "MAX GROSSMANN"),
    ("Max Großmann", "MAX GROẞMANN"),
    ("Łukasz Søby", "Lukasz Soby"),
    ("Đorđe Ærøy", "Dorde Aeroy"),
    ("José Ortega", "JOSE ORTEGA"),
    ("İpek Çelik", "Ipek Celik"),
]


@pytest.mark.parametrize(("name", "written"), SPELLINGS)
def test_a_name_is_found_in_capitals_and_without_what_its_letters_bear(name, written):
    masked = mask(f"So {written} said.", [name_needle(name)])
    assert masked == f"So {' '.join(MASK * len(word) for word in written.split())} said."


@pytest.mark.parametrize(("name", "written"), SPELLINGS)
def test_spellings_of_a_name_are_one_person_also_when_they_come_again(name, written):
    assert is_same_name(name, written)
    key = bytes(32)
    digests = tuple(person_digests(key, name))
    stone = Tombstone(kind="person", digests=digests, day="2026-11-25", reason="erasure")
    assert people_in(f"So {written} said.", Tombstones(entries=(stone,), key=key)) == {written}


@pytest.mark.parametrize(
    "between",
    [" ", "\n", "+", "%20", "&#32;", "&#x20;", "&#x0020;", "&#160;", "&nbsp;", r"\u0020", r"\u00a0",
     "\u00a0", "</b> <i>"],
)  # fmt: skip
def test_first_and_last_name_are_found_whatever_stands_for_the_blank_between_them(between):
    for text in (f"Jane{between}Doe", f"DOE,{between}JANE"):
        masked = mask(text, [name_needle("Jane Doe", is_encoded=True)])
        assert "jane" not in masked.lower()
        assert "doe" not in masked.lower()


@pytest.mark.parametrize(
    "other", ["Jane-Doe", "Janet Doe", "Jane Doerr", "Jane & Doe", "Jane20Doe"]
)
def test_what_is_another_name_stays(other):
    assert mask(other, [name_needle("Jane Doe")]) == other


@pytest.mark.parametrize(("name", "last"), [("Ida Søby", "SOBY"), ("Ida Ærøy", "Aeroy")])
def test_a_last_name_alone_is_found_without_its_strokes_but_not_as_a_word(name, last):
    needle = last_name_needle(name)
    assert needle is not None
    assert needle.mask(f"Ms {last} left") == f"Ms {MASK * len(last)} left"
    assert needle.mask(last.lower()) == last.lower()


@pytest.mark.parametrize("address", ["https://a.example/by/Jane%20Doe", "/?by=Jane+Doe"])
def test_addresses_stay_what_they_are_unless_they_are_asked_for(address):
    assert mask(address, [name_needle("Jane Doe")]) == address
    assert MASK in mask(address, [name_needle("Jane Doe", is_encoded=True)])
