"""A language is a file: the files agree with their description, and one more is enough."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

import cleaners
from cleaners.lexicon import LANGUAGES, lexicon_for
from cleaners.list_words import list_words_for
from cleaners.rules import load_rules

HERE = Path(__file__).parent
GUIDE = HERE.parents[2] / "docs" / "rules.md"


def described(table: str) -> set[str]:
    """Return the keys that the guide describes for one table of a language's file."""
    part = GUIDE.read_text("utf-8").split(f"### `[{table}]`")[1].split("\n### ")[0]
    return set(re.findall(r"^\| `(\w+)` \|", part, re.MULTILINE))


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("table", ["lists", "items", "people"])
def test_a_language_uses_the_keys_that_the_guide_describes(language: str, table: str) -> None:
    assert set(load_rules(language)[table]) - described(table) == set()


@pytest.mark.parametrize("table", ["lists", "items", "people"])
def test_the_guide_describes_no_key_that_no_language_uses(table: str) -> None:
    used = {key for language in LANGUAGES for key in load_rules(language)[table]}
    assert described(table) - used == set()


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_language_counts_from_two_and_names_every_kind_of_list(language: str) -> None:
    rules = load_rules(language)
    assert {2, 3, 4, 5, 6, 7, 8, 9, 10} <= set(rules["numbers"].values())
    assert all(rules["lists"][key] for key in described("lists"))
    assert rules["items"]["first"]
    assert rules["items"]["obligations"]


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_word_stands_twice_in_one_entry(language: str) -> None:
    for table in ("lists", "items"):
        for key, words in load_rules(language)[table].items():
            assert sorted(words) == sorted(set(words)), (table, key)


def test_an_unknown_language_is_read_with_all_of_them() -> None:
    everything = list_words_for("sv")
    assert everything is list_words_for(None)
    assert lexicon_for("sv") is lexicon_for(None)
    assert {"sept", "seven", "sieben"} <= set(everything.numbers)


def test_a_region_does_not_change_the_language() -> None:
    assert list_words_for("pt-BR") is list_words_for("pt")
    assert lexicon_for("pt_BR") is lexicon_for("pt")


@pytest.fixture(scope="module")
def polish(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What the Polish page gives to a copy of the package with one file more."""
    root = tmp_path_factory.mktemp("package")
    package = Path(cleaners.__file__).parent
    shutil.copytree(package, root / "cleaners", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(HERE / "pl.toml", root / "cleaners" / "rules")
    done = subprocess.run(
        [sys.executable, HERE / "read_page.py", HERE / "pl.html"],
        env={**os.environ, "PYTHONPATH": str(root)},
        capture_output=True,
        check=True,
    )
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def test_polish_is_no_language_of_the_package_yet() -> None:
    assert "pl" not in LANGUAGES


def test_one_file_more_is_enough_to_read_advice_in_polish(polish: dict[str, Any]) -> None:
    assert polish["recommendations"] == [
        "Wyjeżdżać z domu dziesięć minut wcześniej",
        "Dzielić samochód z sąsiadem",
        "Unikaj obwodnicy rano",
        "Sprawdź rozkład promu wieczorem",
        "Nie parkować na nabrzeżu",
    ]
    assert polish["announced"] == 5
    assert polish["issues"] == []


def test_one_file_more_is_enough_to_tell_the_kinds_of_lists_in_polish(
    polish: dict[str, Any],
) -> None:
    kinds = [(one["kind"], one["lead_in"]) for one in polish["lists"]]
    assert kinds == [
        ("recommendations", "Miasto daje kierowcom pięć porad:"),
        ("facts", "Radni usłyszeli także o wynikach pomiarów:"),
    ]


def test_one_file_more_is_enough_to_hear_who_speaks_in_polish(polish: dict[str, Any]) -> None:
    assert polish["quotes"] == [
        ["Nie mieliśmy już innego wyjścia", "Halina Brzozowska"],
        ["To potrwa dziesięć tygodni", "Halina Brzozowska"],
    ]
    assert ["Halina Brzozowska", "inżynierka"] in polish["speakers"]
