"""Names of persons from a spaCy model that the user has installed (extra ``ner``)."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from importlib import import_module
from typing import TYPE_CHECKING, Any

from newsgrain.errors import ConfigError

if TYPE_CHECKING:
    from collections.abc import Iterator

# What models of different languages call a person.
_LABELS = frozenset({"PER", "PERSON", "persName", "PRS"})


@dataclass(frozen=True, slots=True)
class SpacyNames:
    """A `cleaners.recogniser.Recogniser`; each process loads the model when it first needs it.

    Attributes:
        model: an installed package (``fr_core_news_sm``), or the folder of a model.
    """

    model: str

    @property
    def name(self) -> str:
        """``spacy:`` and the model."""
        return f"spacy:{self.model}"

    def persons(self, text: str) -> Iterator[str]:
        """Yield the persons' names in a text.

        Raises:
            ConfigError: spaCy is not installed, or has no such model.
        """
        model = load_model(self.model)
        for entity in model(text[: model.max_length]).ents:
            if entity.label_ in _LABELS:
                yield entity.text.strip()


@lru_cache(maxsize=2)
def load_model(name: str) -> Any:
    """Return a spaCy model by the name of its package or folder.

    Raises:
        ConfigError: spaCy is not installed, or has no such model.
    """
    try:
        spacy: Any = import_module("spacy")
    except ImportError as exc:
        raise ConfigError("ner_model needs spaCy: pip install 'newsgrain[ner]'") from exc
    try:
        return spacy.load(name)
    except (OSError, ValueError) as exc:
        raise ConfigError(f"ner_model = {name!r}: spaCy has no such model: {exc}") from exc
