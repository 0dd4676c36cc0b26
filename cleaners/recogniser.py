"""What else may find persons' names: a small interface, behind which a model can stand."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterable


class Recogniser(Protocol):
    """Finds persons' names in a text, the same ones each time.

    The rules are asked first. A recogniser is believed where they cannot tell whether a run of
    capitalised words is a person; `Speaker.method` and `Quote.method` then end in its name.
    It is sent to worker processes: it must be picklable, and load what it needs by itself.
    """

    @property
    def name(self) -> str:
        """How `method` calls it, e.g. ``spacy:fr_core_news_sm``."""
        ...

    def persons(self, text: str) -> Iterable[str]:
        """Return the names of persons in a text, as they stand there."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Recognised:
    """What a recogniser finds in one text: its own name, and those of the persons."""

    by: str
    persons: frozenset[str]


NOBODY = Recognised(by="", persons=frozenset())


def recognise(recogniser: Recogniser | None, text: str) -> Recognised:
    """Return whom a recogniser finds in a text; without one, nobody."""
    if recogniser is None:
        return NOBODY
    return Recognised(by=recogniser.name, persons=frozenset(recogniser.persons(text)))
