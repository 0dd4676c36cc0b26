"""A model that finds names beside the rules: a blank one with a list, saved like any other."""

from __future__ import annotations

import pickle
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest

from cleaners import Cleaned, clean
from cleaners.options import CleanOptions
from newsgrain.errors import ConfigError
from newsgrain.spacy_names import SpacyNames, load_model
from tests.cleaners.body.pages import article_html, page

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from cleaners.recogniser import Recogniser
    from cleaners.records import Article

# No rule knows these given names, and nothing beside them says what they are.
_HTML = article_html(
    "<p>“We had no other choice at all,” said Quorvik Zanthe. The Ombrelle Zost said nothing.</p>",
    "<p>“We were told that the bearings would last for ever.”</p>",
    "<p>The Brenn Ulvarsk said that the ferry would sail.</p>",
)


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    spacy = pytest.importorskip("spacy")
    folder = tmp_path_factory.mktemp("model") / "names"
    blank = spacy.blank("en")
    ruler = blank.add_pipe("entity_ruler")
    ruler.add_patterns(
        [
            {"label": "PERSON", "pattern": "Brenn Ulvarsk"},
            {"label": "ORG", "pattern": "Ombrelle Zost"},
        ]
    )
    blank.to_disk(folder)
    return folder


def read(recogniser: Recogniser | None) -> Article:
    found = clean(page(_HTML), CleanOptions(recogniser=recogniser))
    assert isinstance(found, Cleaned)
    return found.article


def test_a_name_that_only_the_model_knows_says_so(model: Path) -> None:
    found = read(SpacyNames(str(model)))
    methods = {one.name: one.method for one in found.speakers}
    assert methods == {
        "Quorvik Zanthe": "quote:after",
        "Brenn Ulvarsk": f"mention; spacy:{model}",
    }


def test_without_a_model_nothing_depends_on_one(model: Path) -> None:
    assert [one.name for one in read(None).speakers] == ["Quorvik Zanthe"]
    with_model, without = read(SpacyNames(str(model))), read(None)
    assert with_model.quotes == without.quotes
    assert with_model.content_sha256 == without.content_sha256


def test_a_model_is_sent_to_workers_by_its_name(model: Path) -> None:
    sent = pickle.loads(pickle.dumps(SpacyNames(str(model))))  # noqa: S301 - our own bytes
    assert list(sent.persons("The Brenn Ulvarsk came.")) == ["Brenn Ulvarsk"]


def test_a_missing_model_is_an_error_of_the_configuration(tmp_path: Path) -> None:
    pytest.importorskip("spacy")
    with pytest.raises(ConfigError, match="ner_model"):
        load_model(str(tmp_path / "none"))


def test_anything_that_finds_names_can_stand_behind_the_interface() -> None:
    @dataclass(frozen=True)
    class Register:
        name: str = "register"

        def persons(self, text: str) -> Iterator[str]:
            if "Brenn Ulvarsk" in text:
                yield "Brenn Ulvarsk"

    methods = {one.name: one.method for one in read(Register()).speakers}
    assert methods["Brenn Ulvarsk"] == "mention; register"
