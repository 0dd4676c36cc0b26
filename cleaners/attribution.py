"""Who says a quotation: the clause after it, the one before it, or whoever spoke last."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from cleaners.names import find_people

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from cleaners.names import Grammar, Person
    from cleaners.quotes import Span
    from cleaners.roster import Roster
    from cleaners.text import Line

_SENTENCE_END = re.compile(r"(?<=[^\W\d_]{3})[.!?…][»”\"’]?(?=\s|$)|[;•]")
_WORD = re.compile(r"[^\W\d_]+")
# How far from the quotation its verb of saying may stand, and the subject from the verb.
_MAX_VERB_CHARS = 60
_MAX_SUBJECT_CHARS = 110
# A name so near to the verb, or to the quotation, is the subject.
_NEXT_CHARS = 2
# ", Wilgus clarifies." says so with any verb: a name, and a word or two.
_MAX_BARE_WORDS = 2
_MIN_SENTENCE_WORDS = 6
_AROUND_CHARS = (25, 14)


@dataclass(frozen=True, slots=True, kw_only=True)
class Attribution:
    """Who says one quotation.

    Attributes:
        person: the named person, or None.
        source_text: the clause that says so.
        method: ``inside``, ``after``, ``before`` or ``paragraph_before`` for where the clause
            stands; ``continued`` and ``context`` without one; ``none``.
        line: number of the line that holds `source_text`.
    """

    person: Person | None = None
    source_text: str | None = None
    method: str = "none"
    line: int = 0


def attribute(
    spans: Sequence[Span], lines: Sequence[Line], roster: Roster, grammar: Grammar
) -> tuple[Attribution, ...]:
    """Return for each quotation who says it."""
    given: list[Attribution] = []
    last: Attribution | None = None
    for number, span in enumerate(spans):
        reader = _Reader(span, last, lines, roster, grammar)
        left = spans[number - 1] if number else None
        right = spans[number + 1] if number + 1 < len(spans) else None
        found = reader.attribution(left, right)
        given.append(found)
        if found.method != "none":
            last = replace(found, line=span.line)
    return tuple(given)


class _Reader:
    """Reads the text around one quotation."""

    __slots__ = ("grammar", "last", "lines", "roster", "span", "text")

    def __init__(
        self,
        span: Span,
        last: Attribution | None,
        lines: Sequence[Line],
        roster: Roster,
        grammar: Grammar,
    ) -> None:
        self.span = span
        self.last = last
        self.lines = lines
        self.roster = roster
        self.grammar = grammar
        self.text = lines[span.line].block.text

    def attribution(self, left: Span | None, right: Span | None) -> Attribution:
        """Return who says the quotation that stands between two others."""
        for method, clause, line in self._clauses(left, right):
            found = self._speaker(clause, method) if clause.strip() else None
            if found is not None:
                return Attribution(person=found[0], source_text=found[1], method=method, line=line)
        if self.last is not None and self._continues(self.last):
            return replace(self.last, method="continued")
        return self._by_context()

    def _clauses(self, left: Span | None, right: Span | None) -> Iterator[tuple[str, str, int]]:
        """Yield the clauses that may name the speaker, the most telling first."""
        span, line = self.span, self.span.line
        start = left.outer_end if left and left.line == line else 0
        end = right.outer_start if right and right.line == line else len(self.text)
        after = self.text[span.outer_end : end]
        stop = _SENTENCE_END.search(after)
        yield "inside", span.aside, line
        yield "after", after[: stop.start()] if stop else after, line
        yield "before", _last_sentence(self.text[start : span.outer_start]), line
        above = self.lines[line - 1].block.text.rstrip() if line else ""
        if self._opens_line() and above.endswith(":"):
            yield "paragraph_before", _last_sentence(above), line - 1

    def _opens_line(self) -> bool:
        return not self.text[: self.span.outer_start].strip()

    def _continues(self, last: Attribution) -> bool:
        line = self.span.line
        return line == last.line or (self._opens_line() and line == last.line + 1)

    def _by_context(self) -> Attribution:
        """Give a whole sentence without any attribution to the person who is spoken of."""
        quoted = self.text[self.span.start : self.span.end]
        is_sentence = quoted[-1:] in ".!?…" and len(quoted.split()) >= _MIN_SENTENCE_WORDS
        person = self._meant() if is_sentence else None
        if person is None:
            return Attribution()
        return Attribution(person=person, method="context", line=self.span.line)

    def _meant(self) -> Person | None:
        """Return who is meant where no name stands: in this line, or whoever spoke last."""
        line, position = self.span.line, self.span.outer_start
        if self.last is not None and self.last.line == line and self.last.person is not None:
            return self.last.person
        return self.roster.meant_at(line, position) or (self.last.person if self.last else None)

    def _speaker(self, clause: str, method: str) -> tuple[Person | None, str] | None:
        """Read one clause: its speaker (None: unnamed) and its words; None: it names nobody."""
        words = clause.strip(' ,:»”"')
        verb = self._verb(clause, method)
        if verb is None:
            person = self._source(clause) or (self._bare(clause) if method == "after" else None)
            return (person, words) if person else None
        person = self._subject(clause, verb, method)
        if person is not None:
            return self.roster.full(person), words
        around = clause[max(0, verb.start() - _AROUND_CHARS[0]) : verb.end() + _AROUND_CHARS[1]]
        if self.grammar.pronoun.search(around) or self._lacks_subject(clause, verb):
            return self._meant(), words
        return self.roster.with_role(_WORD.findall(clause), self.span.line), words

    def _verb(self, clause: str, method: str) -> re.Match[str] | None:
        """Return the verb of saying that belongs to the quotation: the one nearest to it."""
        verbs = list(self.grammar.saying.finditer(clause))
        if not verbs:
            return None
        if method in {"after", "inside"}:
            return verbs[0] if verbs[0].start() <= _MAX_VERB_CHARS else None
        return verbs[-1]

    def _known(self, clause: str) -> list[Person]:
        return [one for one in find_people(clause, self.grammar) if self.roster.is_known(one)]

    def _source(self, clause: str) -> Person | None:
        """Return the person whom "according to" names."""
        source = self.grammar.source.search(clause)
        if source is None:
            return None
        people = self._known(clause[source.end() : source.end() + _MAX_SUBJECT_CHARS])
        return self.roster.full(people[0]) if people else None

    def _bare(self, clause: str) -> Person | None:
        """Return the person of a clause that is nothing but a name and a verb of any kind."""
        people = self._known(clause)
        if not people or len(_WORD.findall(clause[: people[0].start])) > 1:
            return None
        others = _WORD.findall(clause[: people[0].start] + clause[people[0].end :])
        return self.roster.full(people[0]) if 0 < len(others) <= _MAX_BARE_WORDS else None

    def _subject(self, clause: str, verb: re.Match[str], method: str) -> Person | None:
        """Return the person whose verb it is: next to it, else first in the clause's order."""
        if self.grammar.pronoun_before.search(clause[: verb.start()]):
            return None
        people = [one for one in self._known(clause) if not self._is_place(one, clause)]
        before = [p for p in people if 0 <= verb.start() - p.end <= _MAX_SUBJECT_CHARS]
        after = [p for p in people if 0 <= p.start - verb.end() <= _MAX_SUBJECT_CHARS]
        if before and verb.start() - before[-1].end <= _NEXT_CHARS:
            return before[-1]
        if after and after[0].start - verb.end() <= _NEXT_CHARS:
            return after[0]
        is_inverted = method in {"after", "inside"} and not _WORD.search(clause[: verb.start()])
        ordered = (*after, *before) if is_inverted else (*before, *after)
        return next((one for one in ordered if self.roster.is_person(one)), None)

    def _is_place(self, person: Person, clause: str) -> bool:
        """Tell whether a name hangs on "of" or "in": a place, or whose director speaks."""
        return bool(self.grammar.hanging.search(clause[: person.start]))

    def _lacks_subject(self, clause: str, verb: re.Match[str]) -> bool:
        """Tell whether a verb stands without any subject: "concluyó", or "explicó que"."""
        if not self.grammar.drops_subject:
            return False
        nouns = self.grammar.article.search(f"{clause[: verb.start()]} ")
        following = clause[verb.end() :].lstrip()
        return nouns is None and self.grammar.article.match(following) is None


def _last_sentence(text: str) -> str:
    trimmed = text.rstrip()
    ends = [end for end in _SENTENCE_END.finditer(trimmed) if end.end() < len(trimmed)]
    return text[ends[-1].end() :] if ends else text
