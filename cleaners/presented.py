"""Persons whom an article presents as speaking: bullets of speakers, programme lines, guests."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from cleaners.names import find_mentions
from cleaners.records import BlockKind
from cleaners.role_phrases import is_role_phrase, split_role
from cleaners.roles import Description, describe, read_entry
from cleaners.roster import Person
from cleaners.speakers import Seen

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from cleaners.grammar import Grammar
    from cleaners.interviews import Interview
    from cleaners.lists import FoundList
    from cleaners.names import Mention
    from cleaners.roster import Roster
    from cleaners.text import Layout, Line

_MAX_ENTRY_CHARS = 260
_MAX_HEAD_CHARS = 40
_NEAR_LINES = 12
_WORD = re.compile(r"[^\W\d_]+")
_ENTRY = re.compile(r"\s?(?:,\s|\(|[–—|]|:|-\s|&\s|(?:and|und|et|y|e|en)\s|$)")
_LINES = frozenset((BlockKind.PARAGRAPH, BlockKind.LIST_ITEM, BlockKind.OTHER))


def find_listed(lists: Sequence[FoundList], grammar: Grammar) -> Iterator[Seen]:
    """Yield the persons of lists that an article announces as its speakers."""
    for found in lists:
        if found.record.kind != "speakers":
            continue
        for item in found.items:
            mention = next((m for m in find_mentions(item.text, grammar) if _is_named(m)), None)
            if mention is not None:
                yield Seen(
                    person=_entry(mention, item.text, grammar),
                    evidence="list",
                    start=item.start,
                    end=item.end,
                    method="list",
                )


def _is_named(mention: Mention) -> bool:
    return mention.is_full or mention.honorific is not None


def _entry(mention: Mention, text: str, grammar: Grammar) -> Person:
    found = read_entry(mention, text, grammar)
    return Person(
        name=mention.name,
        honorific=mention.honorific,
        role=found.role,
        affiliation=found.affiliation,
    )


def find_guest(interview: Interview | None, lines: Sequence[Line]) -> Iterator[Seen]:
    """Yield the person who answers in an interview, shown by the first answer."""
    if interview is None or interview.person is None or not interview.answers:
        return
    first = interview.answers[0]
    start = lines[first.line].start
    yield Seen(
        person=interview.person,
        evidence="interview",
        start=start + first.start,
        end=start + first.end,
        method="interview",
    )


def find_programme(
    layout: Layout, title: str | None, roster: Roster, grammar: Grammar
) -> Iterator[Seen]:
    """Yield the persons of programme lines: "NAME, FUNCTION, INSTITUTION" near an event's words."""
    headline, said = (title or "").lower(), layout.text.lower()
    stems = [stem for stem in grammar.event_stems if stem in said or stem in headline]
    if not stems:
        return
    lines = layout.lines
    last = 0 if grammar.events.search(headline) else -1
    for number, line in enumerate(lines):
        text = line.block.text.lower()
        if any(stem in text for stem in stems) and grammar.events.search(text):
            last = number
        if last < 0 or number - last > _NEAR_LINES or line.block.kind not in _LINES:
            continue
        below = lines[number + 1].block.text if number + 1 < len(lines) else ""
        found = list(_line_people(number, line, below, roster, grammar))
        if found:
            last = number
        yield from found


def _below(text: str, found: Description, grammar: Grammar) -> Description:
    """Read the function in the line under a name."""
    if not text or len(text) > _MAX_ENTRY_CHARS or not is_role_phrase(text, grammar):
        return found
    role, affiliation = split_role(text.strip(" .;"), grammar)
    return Description(role=role, affiliation=affiliation)


def _line_people(
    number: int, line: Line, below: str, roster: Roster, grammar: Grammar
) -> Iterator[Seen]:
    """Yield the persons of one short line, if it is made of names and what they are."""
    text = line.block.text
    if len(text) > _MAX_ENTRY_CHARS or grammar.verbs(text):
        return
    # A full name is a mention whatever the rest of the text says: no other line is read for it.
    mentions = [m for m in roster.candidates(number) if m.is_full]
    if not mentions or not _opens_entry(mentions[0], text, grammar):
        return
    if roster.person(number, mentions[0]) is None:
        return
    for mention in mentions:
        person = roster.person(number, mention)
        is_first = mention is mentions[0]
        if person is None or (not is_first and not mention.is_given):
            continue
        found = read_entry(mention, text, grammar) if is_first else describe(mention, text, grammar)
        if is_first and not _WORD.search(text[mention.end :]):
            found = _below(below, found, grammar)
        yield Seen(
            person=Person(
                name=person.name,
                honorific=mention.honorific,
                role=found.role,
                affiliation=found.affiliation,
            ),
            evidence="panel",
            start=line.start,
            end=line.end,
            method="programme",
        )


def _opens_entry(mention: Mention, text: str, grammar: Grammar) -> bool:
    """Tell whether a line begins with a person, or a function and a person, and goes on as such."""
    head = text[: mention.start]
    if len(head) > _MAX_HEAD_CHARS or (head.strip() and not head.rstrip().endswith(":")):
        return False
    rest = text[mention.end :]
    return _ENTRY.match(rest) is not None or describe(mention, text, grammar).role is not None
