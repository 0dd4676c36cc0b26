"""Speakers: persons whom the article presents in a list, quotes, or reports.

Each person is one record, with the fullest name and the strongest evidence found.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import TYPE_CHECKING

from cleaners.names import Grammar, Person, described, find_people, split_role
from cleaners.records import BlockKind, Speaker

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from cleaners.attribution import Attribution
    from cleaners.lists import FoundList, Item
    from cleaners.quotes import Span
    from cleaners.roster import Roster
    from cleaners.text import Layout, Line

_RANKS = ("list", "interview", "panel", "quote", "mention_as_speaker")
_SENTENCE = re.compile(r".+?(?:(?<=[^\W\d_]{3})[.!?…][»”\"’]?(?=\s)|$)")
_PROSE = frozenset((BlockKind.PARAGRAPH, BlockKind.LIST_ITEM))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Seen:
    """One place of the text where a person speaks or is presented as speaking."""

    person: Person
    evidence: str
    start: int
    end: int
    method: str


def find_speakers(
    layout: Layout,
    lists: Sequence[FoundList],
    quoted: Sequence[tuple[Span, Attribution]],
    roster: Roster,
    grammar: Grammar,
) -> tuple[Speaker, ...]:
    """Return the speakers of an article in the order of their first appearance as such."""
    seen = [
        *_listed(lists, grammar),
        *_quoted(quoted, layout.lines),
        *_mentioned(layout.lines, roster),
    ]
    merged: dict[str, _Seen] = {}
    for one in sorted(seen, key=lambda one: _RANKS.index(one.evidence)):
        key = _known_key(one.person, merged)
        merged[key] = _joined(merged[key], one) if key in merged else one
    ordered = sorted(merged.values(), key=lambda one: one.start)
    return tuple(_record(one, roster.described(one.person), layout.text) for one in ordered)


def _known_key(person: Person, merged: Iterable[str]) -> str:
    """Return under which name a person is already known, or the person's own."""
    words = person.name.split()
    for known in merged:
        others = known.split()
        if words[-1] == others[-1] and (
            len(words) == 1 or len(others) == 1 or words[0] == others[0]
        ):
            return known
    return person.name


def _joined(first: _Seen, second: _Seen) -> _Seen:
    """Fill what the stronger evidence leaves open from the weaker one."""
    person = first.person
    return replace(
        first,
        person=replace(
            person,
            name=max(person.name, second.person.name, key=len),
            honorific=person.honorific or second.person.honorific,
            role=person.role or second.person.role,
            affiliation=person.affiliation or second.person.affiliation,
        ),
    )


def _record(one: _Seen, person: Person, text: str) -> Speaker:
    return Speaker(
        name=person.name,
        honorific=person.honorific,
        role=person.role,
        affiliation=person.affiliation,
        evidence=one.evidence,
        source_text=text[one.start : one.end],
        start=one.start,
        end=one.end,
        method=one.method,
    )


def _listed(lists: Sequence[FoundList], grammar: Grammar) -> Iterator[_Seen]:
    for found in lists:
        if found.record.kind == "speakers":
            for item in found.items:
                person = read_item(item, grammar)
                if person is not None:
                    yield _Seen(
                        person=person,
                        evidence="list",
                        start=item.start,
                        end=item.end,
                        method="list",
                    )


def read_item(item: Item, grammar: Grammar) -> Person | None:
    """Read one bullet of a list of speakers: "Professor NAME, ROLE at ORGANISATION"."""
    person = next(find_people(item.text, grammar), None)
    if person is None:
        return None
    head, comma, rest = item.text[person.end :].partition(",")
    if head.strip() or not comma:
        return described(person, item.text, grammar)
    rest = rest.strip(" .;")
    relative = grammar.relative.match(rest)
    if relative:
        return replace(person, role=rest[relative.end() :] or None)
    role, affiliation = split_role(rest, grammar)
    return replace(person, role=role, affiliation=affiliation)


def _quoted(quoted: Sequence[tuple[Span, Attribution]], lines: Sequence[Line]) -> Iterator[_Seen]:
    for span, given in quoted:
        if given.person is not None:
            number = span.line if given.method in {"continued", "context"} else given.line
            line = lines[number]
            text = line.block.text
            at = span.start if number == span.line else text.find(given.source_text or "")
            start, end = _sentence_at(text, max(0, at))
            yield _Seen(
                person=given.person,
                evidence="quote",
                start=line.start + start,
                end=line.start + end,
                method=f"quote:{given.method}",
            )


def _sentence_at(text: str, position: int) -> tuple[int, int]:
    """Return where the sentence that holds a position begins and ends."""
    sentences = _sentences(text)
    number = bisect_right(sentences, position, key=lambda bounds: bounds[0]) - 1
    if number < 0 or position >= sentences[number][2]:
        return 0, len(text)
    return sentences[number][1:]


@lru_cache(maxsize=8)
def _sentences(text: str) -> tuple[tuple[int, int, int], ...]:
    """Return where each sentence begins with the space before it, without it, and ends."""
    return tuple(
        (match.start(), match.end() - len(match[0].lstrip()), match.end())
        for match in _SENTENCE.finditer(text)
    )


def _mentioned(lines: Sequence[Line], roster: Roster) -> Iterator[_Seen]:
    """Yield persons of whom a sentence says that they say something, without quoting them."""
    for line, subjects in zip(lines, roster.subjects, strict=True):
        for person in subjects:
            full = roster.full(person)
            if full.is_full and line.block.kind in _PROSE:
                start, end = _sentence_at(line.block.text, person.start)
                yield _Seen(
                    person=full,
                    evidence="mention_as_speaker",
                    start=line.start + start,
                    end=line.start + end,
                    method="mention",
                )
