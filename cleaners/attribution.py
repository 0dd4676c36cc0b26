"""Who says a quotation: the clause after it, the one before it, or whoever spoke last."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from cleaners.clauses import Clause, clauses_around, opens_line, sentence_start
from cleaners.spellings import fits
from cleaners.word_kinds import Word

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cleaners.grammar import Grammar
    from cleaners.names import Mention
    from cleaners.quotes import Span
    from cleaners.roster import Person, Roster
    from cleaners.text import Line

_WORD = re.compile(r"[^\W\d_]+(?:-[^\W\d_]+)*")
# How far from the quotation its verb of saying may stand, and the subject from the verb.
_MAX_VERB_CHARS = 60
_MAX_SUBJECT_CHARS = 130
_NEAR_CHARS = 3
# Where every noun has a capital, an unknown name is believed only right behind the marks.
_NEXT_CHARS = 22
# ", Wilgus clarifies." says so with any verb: a name, and a word or two.
_MAX_BARE_WORDS = 2
_MIN_SENTENCE_WORDS = 6
_PRONOUN_CHARS = (25, 14)
_MAX_ADDRESSEE = 4
_REACH_LINES = 3


class Attribution(NamedTuple):
    """Who says one quotation.

    Attributes:
        person: the named person, or None.
        source_text: the clause that says so.
        method: ``inside``, ``after``, ``before`` or ``paragraph_before`` for where the clause
            stands; ``continued``, ``context`` and ``interview`` without one; ``none``.
        line: number of the line that holds `source_text`.
    """

    person: Person | None = None
    source_text: str | None = None
    method: str = "none"
    line: int = 0


def attribute(
    spans: Sequence[Span],
    lines: Sequence[Line],
    roster: Roster,
    grammar: Grammar,
    guest: Person | None = None,
) -> tuple[Attribution, ...]:
    """Return for each quotation who says it.

    Args:
        spans: the quotations in reading order.
        lines: the lines of the text.
        roster: the persons of the text.
        grammar: the words of its language.
        guest: who answers in an interview; without one the roster's principal speaks where
            nothing says who does.
    """
    given: list[Attribution] = []
    last: Attribution | None = None
    for number, span in enumerate(spans):
        reader = _Reader(
            span=span,
            last=last,
            lines=lines,
            roster=roster,
            grammar=grammar,
            guest=guest,
        )
        left = spans[number - 1] if number else None
        right = spans[number + 1] if number + 1 < len(spans) else None
        found = reader.attribution(left, right)
        given.append(found)
        if found.method != "none":
            last = found._replace(line=span.line)
    return tuple(given)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Reader:
    """Reads the text around one quotation."""

    span: Span
    last: Attribution | None
    lines: Sequence[Line]
    roster: Roster
    grammar: Grammar
    guest: Person | None

    @property
    def text(self) -> str:
        """The line of the quotation."""
        return self.lines[self.span.line].block.text

    def attribution(self, left: Span | None, right: Span | None) -> Attribution:
        """Return who says the quotation that stands between two others."""
        for clause in clauses_around(self.span, self.lines, left, right):
            found = self._speaker(clause) if clause.text.strip() else None
            if found is not None:
                return Attribution(
                    person=found[0], source_text=found[1], method=clause.method, line=clause.line
                )
        if self.last is not None and self._continues(self.last):
            return self.last._replace(method="continued")
        return self._by_context()

    def _continues(self, last: Attribution) -> bool:
        line = self.span.line
        return line == last.line or (opens_line(self.span, self.lines) and line == last.line + 1)

    def _by_context(self) -> Attribution:
        """Give a whole sentence without any attribution to the person who is spoken of."""
        quoted = self.text[self.span.start : self.span.end]
        is_sentence = quoted[-1:] in ".!?…" and len(quoted.split()) >= _MIN_SENTENCE_WORDS
        if not is_sentence:
            return self._by_sentence()
        if self.text[: self.span.outer_start].rstrip().endswith(":"):
            # "I ask my students: ..." leads in somebody, whom nothing names.
            return Attribution()
        person = self._meant(self.span.line, self.span.outer_start)
        if person is None or not self.roster.is_sure(person):
            return Attribution()
        return Attribution(person=person, method="context", line=self.span.line)

    def _by_sentence(self) -> Attribution:
        """Give words inside a sentence to the person that the sentence begins with."""
        line = self.span.line
        start = sentence_start(self.text, 0, self.span.outer_start)
        for mention in self.roster.within(line, start, self.span.outer_start):
            person = self.roster.person(line, mention)
            if person is not None and not self.roster.is_hanging(line, mention):
                words = self.text[start : self.span.outer_start].strip(" ,:")
                return Attribution(person=person, source_text=words, method="before", line=line)
        if self.last is not None and self.last.line >= line - 1:
            opening = self.text[start : self.span.outer_start]
            if self.grammar.pronoun.search(opening):
                return self.last._replace(method="continued")
        return Attribution()

    def _meant(self, line: int, position: int, gender: int = Word.NONE) -> Person | None:
        """Return who is meant where no name stands.

        Whoever spoke last in this line, who says something in it, whoever spoke last nearby,
        the nearest person named, or the one whom the whole article lets speak.
        """
        last = self.last.person if self.last else None
        is_fit = last is not None and fits(last.gender, gender)
        if self.last is not None and is_fit and self.last.line == line:
            return last
        named = self.roster.before(line, position, reach=0)
        if in_line := [person for person in named if fits(person.gender, gender)]:
            return last if last in in_line else in_line[-1]
        if self.last is not None and is_fit and line - self.last.line <= _REACH_LINES:
            return last
        principal = self.guest or self.roster.principal
        if principal is not None and fits(principal.gender, gender):
            return principal
        near = self.roster.before(line, position)
        nearest = next((person for person in near if fits(person.gender, gender)), None)
        return nearest or (last if is_fit else None)

    def _speaker(self, clause: Clause) -> tuple[Person | None, str] | None:
        """Read one clause: its speaker (None: unnamed) and its words; None: it names nobody."""
        words = clause.text.strip(' ,:»”"–—')
        verb = self._verb(clause)
        if verb is None:
            return self._without_verb(clause, words)
        at, end = clause.start + verb.start(), clause.start + verb.end()
        # Whom the quotation itself names is not whom "she" means.
        place = self.span.outer_start if clause.line == self.span.line else at
        if gender := self._pronoun(clause, verb):
            return self._meant(clause.line, place, gender[0]), words
        person = self._subject(clause, at, end)
        if person is not None:
            return person, words
        return self._unnamed(clause, verb, place), words

    def _verb(self, clause: Clause) -> re.Match[str] | None:
        """Return the verb of saying that belongs to the quotation: the one nearest to it."""
        if clause.follows:
            first = self.grammar.quoting.search(clause.text)
            return first if first and first.start() <= _MAX_VERB_CHARS else None
        return next(reversed(list(self.grammar.quoting.finditer(clause.text))), None)

    def _pronoun(self, clause: Clause, verb: re.Match[str]) -> tuple[int] | None:
        """Return the gender of the pronoun beside a verb, if one stands there."""
        start = max(0, verb.start() - _PRONOUN_CHARS[0])
        found = None
        for match in self.grammar.pronoun.finditer(clause.text, start):
            if match.start() > verb.end() + _PRONOUN_CHARS[1]:
                break
            before = _WORD.findall(clause.text[: match.start()])[-1:]
            if before and before[0].casefold() in _TO and match[0][:1] != "-":
                continue
            if self._is_beside(clause, match, verb):
                found = match
                break
        if found is None:
            return None
        word = found[0].strip("-").removeprefix("t-").strip("-")
        return (self.grammar.kind(word.lower()) & Word.GENDERS,)

    def _is_beside(self, clause: Clause, match: re.Match[str], verb: re.Match[str]) -> bool:
        """Tell whether a pronoun is the subject of a verb, and nobody named between them."""
        if self._names_in(clause, match, verb):
            return False
        if match.start() >= verb.end():
            return len(_WORD.findall(clause.text[verb.end() : match.start()])) <= 1
        return "," not in clause.text[match.end() : verb.start()]

    def _names_in(self, clause: Clause, match: re.Match[str], verb: re.Match[str]) -> bool:
        low, high = sorted((match.end(), verb.start()))
        return bool(self.roster.within(clause.line, clause.start + low, clause.start + high))

    def _known(self, clause: Clause) -> list[tuple[Mention, Person]]:
        found = []
        for mention in self.roster.within(clause.line, clause.start, clause.end):
            if mention.end <= clause.end:
                person = self.roster.person(clause.line, mention)
                is_next = clause.follows and mention.start - clause.start <= _NEXT_CHARS
                if person is None and (is_next or not self.grammar.capital_nouns):
                    person = self.roster.likely(clause.line, mention)
                if person is not None:
                    found.append((mention, person))
        return found

    def _without_verb(self, clause: Clause, words: str) -> tuple[Person | None, str] | None:
        source = self.grammar.source.search(clause.text)
        if source and (clause.method == "before" or source.start() <= _MAX_VERB_CHARS):
            return self._source(clause, source, words)
        is_before = clause.method in {"before", "paragraph_before"}
        if is_before and not clause.text.rstrip().endswith(":"):
            return None
        known = [(m, p) for m, p in self._known(clause) if self.roster.person(clause.line, m)]
        if not known:
            return None
        if is_before:
            return known[-1][1], words
        mention, person = known[0]
        before = clause.text[: mention.start - clause.start]
        others = _WORD.findall(before + clause.text[mention.end - clause.start :])
        is_bare = len(_WORD.findall(before)) <= 1 and 0 < len(others) <= _MAX_BARE_WORDS
        is_signed = (
            re.fullmatch(r"[\s,]*[–—-]\s*", before) is not None or clause.text.lstrip()[:1] == "("
        )
        return (person, words) if is_bare or is_signed else None

    def _source(
        self, clause: Clause, source: re.Match[str], words: str
    ) -> tuple[Person | None, str] | None:
        """Read "according to NAME", "selon le médecin"."""
        start = clause.start + source.end()
        for mention, person in self._known(clause):
            is_hanging = self.roster.is_hanging(clause.line, mention) and mention.start > start
            if start <= mention.start <= start + _MAX_SUBJECT_CHARS and not is_hanging:
                return person, words
        following = _WORD.findall(clause.text[source.end() :])[:4]
        # "According to her lawyer": a possessive, no object.
        is_owner = any(self.grammar.kind(word) & Word.ROLE for word in following[1:2])
        pronoun = None if is_owner else self.grammar.object.match(clause.text, source.end())
        if pronoun := pronoun or self.grammar.pronoun.search(clause.text, source.end()):
            gender = self.grammar.kind(pronoun[0].lower()) & Word.GENDERS
            return self._meant(clause.line, self.span.outer_start, gender), words
        named = self.roster.with_role(following, clause.line, start)
        if named is None and not any(self.grammar.kind(w) & Word.ROLE for w in following[:2]):
            # "pour", "für" and "para" are prepositions of many uses.
            return None if source[0].strip().casefold() in _VAGUE else (None, words)
        return named, words

    def _subject(self, clause: Clause, at: int, end: int) -> Person | None:
        """Return the person whose verb it is: next to it, else first in the clause's order."""
        known = [
            (m, p) for m, p in self._known(clause) if not self.roster.is_hanging(clause.line, m)
        ]
        before = [(m, p) for m, p in known if 0 <= at - m.end <= _MAX_SUBJECT_CHARS]
        after = [(m, p) for m, p in known if 0 <= m.start - end <= _MAX_SUBJECT_CHARS]
        if before and self._is_next(clause, before[-1][0], at):
            return before[-1][1]
        if after and after[0][0].start - end <= _NEAR_CHARS and not before:
            return after[0][1]
        head = clause.text[: at - clause.start]
        is_inverted = clause.follows and not _WORD.search(head)
        ordered = (*after, *before) if is_inverted else (*before, *after)
        for mention, person in ordered:
            if self.roster.person(clause.line, mention) is None:
                continue
            if mention.start >= end and not self._is_near(clause, end, mention):
                continue
            return person
        return None

    def _is_next(self, clause: Clause, mention: Mention, at: int) -> bool:
        """Tell whether a name stands right before a verb.

        Behind a comma it must be a person's for sure: "NAME, 60, from North Tyneside, said".
        """
        gap = self.lines[clause.line].block.text[mention.end : at]
        is_sure = self.roster.person(clause.line, mention) is not None
        return len(gap) <= _NEAR_CHARS and (is_sure or "," not in gap)

    def _is_near(self, clause: Clause, end: int, mention: Mention) -> bool:
        """Tell whether between a verb and a name behind it nothing but a function stands."""
        between = self.lines[clause.line].block.text[end : mention.name_start]
        words = _WORD.findall(between)
        # An article and a word; or whom it was said to: "explique à l'AFP NAME".
        if len(words) <= 2 or (len(words) <= _MAX_ADDRESSEE and words[-1].isupper()):  # noqa: PLR2004
            return True
        return any(self.grammar.kind(word) & Word.ROLE for word in words)

    def _unnamed(self, clause: Clause, verb: re.Match[str], at: int) -> Person | None:
        """Return whom a function said again means, or a verb without any subject."""
        before, after = clause.text[: verb.start()], clause.text[verb.end() :]
        phrase = after if clause.follows and not _WORD.search(before) else before
        words = _WORD.findall(phrase)
        near = words[:5] if phrase is after else words[-6:]
        roles = [word for word in near if self.grammar.kind(word) & Word.ROLE]
        head = phrase[: phrase.rfind(roles[0])].lstrip() if roles else ""
        if self.grammar.hanging.search(head) and not self.grammar.article.fullmatch(head):
            roles = []
        if roles and not self.grammar.indefinite.search(" ".join(near[:2])):
            person = self.roster.with_role(roles, clause.line, at)
            if person is not None or self._is_other(phrase, roles):
                return person
            gender = self.grammar.kind(roles[0]) & Word.GENDERS
            return self._meant(clause.line, at, gender)
        if not self.grammar.drops_subject:
            return None
        has_subject = self.grammar.article.search(f"{before} ") or self.grammar.article.match(
            after.lstrip()
        )
        return None if has_subject else self._meant(clause.line, at)

    def _is_other(self, phrase: str, roles: Sequence[str]) -> bool:
        """Tell whether a function is that of somebody who stays unnamed: "a spokesman"."""
        if any(role.casefold() in self.grammar.unnamed for role in roles):
            return True
        if self.grammar.demonstrative.search(phrase.partition(roles[0])[0]):
            return False
        behind = phrase.partition(roles[-1])[2].lstrip()
        return self.grammar.link.match(behind) is not None


_TO = frozenset(
    {
        "à",
        "to",
        "of",
        "a",
        "de",
        "für",
        "von",
        "mit",
        "for",
        "with",
        "pour",
        "chez",
        "para",
        "con",
        "com",
    }
)
_VAGUE = frozenset({"pour", "für", "para", "per"})
