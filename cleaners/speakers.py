"""Speakers: persons whom the article presents in a list, interviews, quotes, or reports.

Each person is one record, with the fullest name and the strongest evidence found.
"""

from __future__ import annotations

import re
import sys
from bisect import bisect_left, bisect_right
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import TYPE_CHECKING

from cleaners.records import BlockKind, Speaker
from cleaners.spellings import folded
from cleaners.word_kinds import Word

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from cleaners.attribution import Attribution
    from cleaners.grammar import Grammar
    from cleaners.names import Mention
    from cleaners.quotes import Span
    from cleaners.roster import Person, Roster
    from cleaners.text import Layout, Line

_RANKS = ("list", "interview", "panel", "quote", "mention_as_speaker")
_SENTENCE_END = re.compile(r"[.!?…](?<=[^\W\d_]{3}[.!?…])[»”\"’]?(?=\s)")
_PROSE = frozenset((BlockKind.PARAGRAPH, BlockKind.LIST_ITEM, BlockKind.OTHER))
_WORD = re.compile(r"[^\W\d_]+")
# Between a subject and its verb nothing but a phrase in commas may stand.
_MAX_GAP_COMMAS = 3
_MAX_PHRASE_CHARS = 300
_SOURCE_CHARS = 90
_BEHIND_CHARS = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """One place of the text where a person speaks or is presented as speaking."""

    person: Person
    evidence: str
    start: int
    end: int
    method: str


def find_speakers(
    layout: Layout,
    presented: Iterable[Seen],
    quoted: Sequence[tuple[Span, Attribution]],
    roster: Roster,
    grammar: Grammar,
) -> tuple[Speaker, ...]:
    """Return the speakers of an article in the order of their first appearance as such.

    Args:
        layout: the text.
        presented: persons of lists, programmes and interviews.
        quoted: the quotations with who says each.
        roster: the persons of the text.
        grammar: the words of its language.
    """
    spans = [span for span, _ in quoted]
    seen = [
        *presented,
        *_quoted(quoted, layout.lines),
        *_mentioned(layout.lines, spans, roster, grammar),
    ]
    merged: dict[str, Seen] = {}
    names = _Names()
    for one in sorted(seen, key=lambda one: _RANKS.index(one.evidence)):
        key = names.known_as(one.person.name)
        merged[key] = _joined(merged[key], one) if key in merged else one
    ordered = sorted(merged.values(), key=lambda one: one.start)
    return tuple(_record(one, layout.text) for one in ordered)


class _Names:
    """Under which name a person was met first.

    Two names are one person's if they end in the same word, and begin in the same or are one
    word. Found by their ends: a page may name thousands.
    """

    def __init__(self) -> None:
        self._by_last: dict[str, tuple[int, str]] = {}
        self._by_ends: dict[tuple[str, str], tuple[int, str]] = {}
        self._count = 0

    def known_as(self, name: str) -> str:
        """Return the name under which a person is already known; else note the person's own."""
        words = folded(name)
        first, last = words[0], words[-1]
        met = [self._by_ends.get(ends) for ends in ((first, last), ("", last))]
        if len(words) == 1:
            met.append(self._by_last.get(last))
        earliest = min((one for one in met if one), default=None)
        if earliest is not None:
            return earliest[1]
        self._count += 1
        self._by_last.setdefault(last, (self._count, name))
        self._by_ends.setdefault((first if len(words) > 1 else "", last), (self._count, name))
        return name


def _joined(first: Seen, second: Seen) -> Seen:
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


def _record(one: Seen, text: str) -> Speaker:
    person = one.person
    return Speaker(
        name=person.name,
        honorific=person.honorific,
        role=person.role,
        affiliation=person.affiliation,
        evidence=one.evidence,
        source_text=text[one.start : one.end],
        start=one.start,
        end=one.end,
        method=person.method(one.method),
    )


def _quoted(quoted: Sequence[tuple[Span, Attribution]], lines: Sequence[Line]) -> Iterator[Seen]:
    for span, given in quoted:
        if given.person is not None and given.method != "interview":
            number = (
                span.line if given.method in {"continued", "context", "interview"} else given.line
            )
            line = lines[number]
            text = line.block.text
            at = span.start if number == span.line else text.find(given.source_text or "")
            start, end = sentence_at(text, max(0, at))
            yield Seen(
                person=given.person,
                evidence="quote",
                start=line.start + start,
                end=line.start + end,
                method=f"quote:{given.method}",
            )


def sentence_at(text: str, position: int) -> tuple[int, int]:
    """Return where the sentence that holds a position begins and ends."""
    sentences = _sentences(text)
    number = bisect_right(sentences, position, key=lambda bounds: bounds[0]) - 1
    if number < 0 or position >= sentences[number][2]:
        return 0, len(text)
    return sentences[number][1:]


@lru_cache(maxsize=8)
def _sentences(text: str) -> tuple[tuple[int, int, int], ...]:
    """Return where each sentence begins with the space before it, without it, and ends."""
    ends = [end.end() for end in _SENTENCE_END.finditer(text)]
    if not ends or ends[-1] < len(text):
        ends.append(len(text))
    found = []
    start = 0
    for end in ends:
        sentence = text[start:end]
        found.append((start, end - len(sentence.lstrip()), end))
        start = end
    return tuple(found)


def _mentioned(
    lines: Sequence[Line], spans: Sequence[Span], roster: Roster, grammar: Grammar
) -> Iterator[Seen]:
    """Yield persons of whom a sentence says that they say something, without quoting them."""
    quoted: dict[int, list[tuple[int, int]]] = {}
    for span in spans:
        quoted.setdefault(span.line, []).append((span.start, span.end))
    for number, line in enumerate(lines):
        if line.block.kind not in _PROSE or roster.names_nobody(number):
            continue
        prose = _Prose.read(line.block.text, quoted.get(number, ()), grammar)
        if prose is None:
            continue
        for mention in roster.candidates(number):
            if prose.is_quoted(mention.name_start):
                continue
            is_subject = prose.has_verb(mention) and not roster.is_hanging(number, mention)
            if (is_subject or prose.is_source(mention)) and (
                person := roster.person(number, mention)
            ):
                start, end = sentence_at(prose.text, mention.name_start)
                yield Seen(
                    person=person,
                    evidence="mention_as_speaker",
                    start=line.start + start,
                    end=line.start + end,
                    method="mention",
                )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Prose:
    """One line in which somebody says something.

    It has its quotations, and the verbs of saying and sources outside them, in reading order.
    """

    text: str
    quoted: Sequence[tuple[int, int]]
    verbs: Sequence[tuple[int, int]]
    sources: Sequence[tuple[int, int]]
    grammar: Grammar

    @classmethod
    def read(cls, text: str, quoted: Sequence[tuple[int, int]], grammar: Grammar) -> _Prose | None:
        """Find the verbs of a line; None where nobody says anything, as in most lines."""
        bare = [verb for verb in grammar.verbs(text) if not _is_inside(verb[0], quoted)]
        sources = list(_sources(text, grammar))
        if not (bare or sources or grammar.following_source.search(text)):
            return None
        return cls(text=text, quoted=quoted, verbs=bare, sources=sources, grammar=grammar)

    def is_quoted(self, position: int) -> bool:
        """Tell whether a place stands inside a quotation."""
        return _is_inside(position, self.quoted)

    def is_source(self, mention: Mention) -> bool:
        """Tell whether a name is given as a source: "according to NAME", "NAME zufolge"."""
        at = bisect_right(self.sources, (mention.start, sys.maxsize)) - 1
        if at >= 0:
            end = self.sources[at][1]
            is_near = mention.start - end <= _SOURCE_CHARS
            if is_near and _is_title_only(self.text[end : mention.start], self.grammar):
                return True
        behind = self.text[mention.end : mention.end + _BEHIND_CHARS].lstrip()
        return self.grammar.following_source.match(behind) is not None

    def has_verb(self, mention: Mention) -> bool:
        """Tell whether a verb of saying is that of a name before or behind it."""
        at = bisect_left(self.verbs, (mention.end, 0))
        following = self.verbs[at : at + _MAX_VERBS]
        if any(self._is_subject(mention, verb) for verb in following):
            return True
        before = self.verbs[at - 1] if at else None
        return before is not None and self._is_inverted(mention, before)

    def _is_subject(self, mention: Mention, verb: tuple[int, int]) -> bool:
        """Tell whether a verb follows a name, at once or after a phrase in commas."""
        gap = self.text[mention.end : verb[0]]
        if len(gap) > _MAX_PHRASE_CHARS or _STOP.search(gap):
            return False
        bare = _BRACKETED.sub("", gap)
        if "," not in bare:
            return len(_WORD.findall(bare)) <= (0 if self.grammar.capital_nouns else 1)
        return (
            bare.lstrip().startswith(",")
            and bare.rstrip().endswith(",")
            and bare.count(",") <= _MAX_GAP_COMMAS
            and not self.grammar.quoting.search(bare)
            and self._is_apposition(bare.lstrip(" ,"))
        )

    def _is_apposition(self, phrase: str) -> bool:
        """Tell whether a phrase in commas is about the name before it, and no clause beside."""
        first = _WORD.match(phrase)
        is_small = first is not None and self.grammar.kind(first[0]) & Word.STOP
        openings = (self.grammar.article, self.grammar.relative, self.grammar.indefinite)
        return not is_small or any(opening.match(phrase) for opening in openings)

    def _is_inverted(self, mention: Mention, verb: tuple[int, int]) -> bool:
        """Tell whether a name stands behind its verb: ", a indiqué le maire NAME"."""
        between = self.text[verb[1] : mention.start]
        if len(between) > _SOURCE_CHARS:
            return False
        before = self.text[: verb[0]].rstrip()[-1:]
        return before in _BEFORE_INVERSION and _is_title_only(between, self.grammar)


_VAGUE = frozenset({"pour", "für", "para", "per"})
_BEFORE_INVERSION = frozenset(',”"»–—-“')
_MAX_VERBS = 3
_STOP = re.compile(r"(?<=\w{3})[.;!?](?=\s)")
_BRACKETED = re.compile(r"^\s?\([^()]*\)")
_CUT = re.compile(r"[.;:!?»”“«]")


def _sources(text: str, grammar: Grammar) -> Iterator[tuple[int, int]]:
    """Yield where prepositions stand that name whose words follow."""
    if any(stem in text for stem in grammar.source_stems):
        for match in grammar.source.finditer(text):
            if match[0].strip().casefold() not in _VAGUE:
                yield match.span()


def _is_inside(position: int, quoted: Sequence[tuple[int, int]]) -> bool:
    at = bisect_right(quoted, (position, sys.maxsize)) - 1
    return at >= 0 and position < quoted[at][1]


def _is_title_only(between: str, grammar: Grammar) -> bool:
    """Tell whether between a preposition or verb and a name only a function stands."""
    if _CUT.search(between):
        return False
    words = _WORD.findall(between)
    return len(words) <= 1 or any(grammar.kind(word) & Word.ROLE for word in words[:4])
