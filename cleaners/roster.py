"""The persons of one text, and who was speaking where."""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import replace
from itertools import islice
from typing import TYPE_CHECKING

from cleaners.names import Grammar, Person, described, find_people

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cleaners.text import Line

# Between a subject and its verb nothing but a phrase in commas may stand.
_MAX_GAP_CHARS = 4
# Age, role and place.
_MAX_GAP_COMMAS = 3
_MAX_PHRASE_CHARS = 500
# How many lines back a person may be meant by "he", or by words without a name.
_REACH_LINES = 4


class Roster:
    """The persons of one text: the fullest form of each name, and what describes it.

    Attributes:
        people: the persons named in each line.
        subjects: those of them whom the line gives as saying something, in reading order.
    """

    __slots__ = (
        "_described",
        "_full",
        "_grammar",
        "_lines",
        "_mentions",
        "_speaking",
        "people",
        "subjects",
    )

    def __init__(self, lines: Sequence[Line], grammar: Grammar) -> None:
        self._lines = lines
        self._grammar = grammar
        self._full: dict[str, Person] = {}
        self._described: dict[str, Person] = {}
        self._mentions: dict[str, list[tuple[int, Person]]] = {}
        self.people = tuple(tuple(find_people(line.block.text, grammar)) for line in lines)
        for number, people in enumerate(self.people):
            for person in people:
                self._learn(number, person)
        self.subjects = tuple(map(self._subjects, lines, self.people))
        self._speaking = {person.name for people in self.subjects for person in people}

    def _learn(self, number: int, person: Person) -> None:
        self._mentions.setdefault(person.name, []).append((number, person))
        surname = person.name.rpartition(" ")[2]
        if person.is_full and surname not in self._full:
            for word in person.name.split():
                self._full.setdefault(word, person)

    def _subjects(self, line: Line, people: Sequence[Person]) -> tuple[Person, ...]:
        if not people:
            return ()
        text = line.block.text
        verbs = [verb.start() for verb in self._grammar.saying.finditer(text)]
        return tuple(
            person
            for person in people
            if self.is_known(person) and _is_subject(person.end, verbs, text)
        )

    def full(self, person: Person) -> Person:
        """Return the fullest form of a person that the text holds, or the person itself."""
        if person.is_full:
            return person
        return self._full.get(person.name, person)

    def is_known(self, person: Person) -> bool:
        """Tell whether a name, or the full name it is a part of, has two words or a title."""
        return self.full(person).is_full or person.honorific is not None

    def is_person(self, person: Person) -> bool:
        """Tell whether a text treats a name as a person's, and not as that of a place or firm.

        It is given a title, a role or words of its own, or it is shortened to its last word.
        """
        full = self.full(person)
        surname = full.name.rpartition(" ")[2]
        return (
            full.name in self._speaking
            or surname in self._speaking
            or (full.is_full and surname in self._mentions)
            or self.described(full).honorific is not None
            or self.described(full).role is not None
        )

    def meant_at(self, line: int, position: int) -> Person | None:
        """Return who is meant by "she" at a place of the text: the last subject before it.

        Where nobody was the subject of a verb of saying, the last person named is meant.
        """
        for source in (self.subjects, self.people):
            for number in range(line, max(-1, line - _REACH_LINES), -1):
                for person in reversed(source[number]):
                    is_before = number < line or person.end <= position
                    if is_before and self.is_known(person) and self.is_person(person):
                        return self.full(person)
        return None

    def with_role(self, words: Sequence[str], line: int) -> Person | None:
        """Return the last person before a line's end whose role one of some words names."""
        wanted = {word.casefold() for word in words}
        for people in reversed(self.people[: line + 1]):
            for person in map(self.described, map(self.full, people)):
                if person.is_full and person.role and person.role.split()[0].casefold() in wanted:
                    return person
        return None

    def described(self, person: Person) -> Person:
        """Add honorific, role and affiliation as the first mentions of a person give them."""
        known = self._described.get(person.name)
        if known is None:
            known = self._described[person.name] = self._describe(person)
        return known

    def _describe(self, person: Person) -> Person:
        for number, mention in self._mentions.get(person.name, ()):
            if person.role is not None and person.honorific is not None:
                break
            found = described(mention, self._lines[number].block.text, self._grammar)
            person = replace(person, honorific=person.honorific or found.honorific)
            if person.role is None:
                person = replace(person, role=found.role, affiliation=found.affiliation)
        return person


def _is_subject(end: int, verbs: Sequence[int], text: str) -> bool:
    """Tell whether one of the verbs at some places follows the name that ends at `end`.

    Only blanks may stand between them, or a phrase in commas.
    """
    has_phrase = text[end : end + 1] == ","
    for verb in islice(verbs, bisect_left(verbs, end), None):
        gap = text[end:verb]
        if len(gap) <= _MAX_GAP_CHARS:
            if not gap.strip():
                return True
        elif not has_phrase or len(gap) > _MAX_PHRASE_CHARS:
            return False
        elif gap.rstrip().endswith(",") and gap.count(",") <= _MAX_GAP_COMMAS:
            return True
    return False
