"""The persons of one text: which of its names are theirs, and what it says of each.

Whether a run of capitalised words is a person's name is decided by all its mentions together:
a title, a known given name, a function beside it, or the last word alone further on. A verb
of saying proves nothing by itself, since papers and firms say things too.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING

from cleaners.entries import Entries, gender_of, given_gender
from cleaners.names import find_mentions
from cleaners.recogniser import NOBODY
from cleaners.roles import describe
from cleaners.spellings import meets, stem
from cleaners.word_kinds import Word

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from cleaners.entries import Entry
    from cleaners.grammar import Grammar
    from cleaners.names import Mention
    from cleaners.quotes import Span
    from cleaners.recogniser import Recognised
    from cleaners.text import Line

_TOKEN = re.compile(r"[\w’'-]+")
# How many mentions of a person are looked at for a function.
_MAX_DESCRIBED = 6
# So many mentions, or persons, are looked at.
_MAX_ALIKE = 20
_MAX_NEAR = 60
_MIN_PRINCIPAL = 4
_REACH_LINES = 4
_BEFORE_CHARS = 30


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """A person of the text.

    Attributes:
        name: the longest form of the name, without honorific.
        honorific, role, affiliation: as in `cleaners.records.Speaker`.
        gender: what names, titles and functions tell of it; `Word.NONE` if nothing.
        recognised_by: what alone says that the name is a person's, if not the rules.
    """

    name: str
    honorific: str | None = None
    role: str | None = None
    affiliation: str | None = None
    gender: int = Word.NONE
    recognised_by: str | None = None

    def method(self, rule: str) -> str:
        """Return what found this person, for the columns `method`."""
        return f"{rule}; {self.recognised_by}" if self.recognised_by else rule


class Roster:
    """The persons of one text, and where each is named.

    The names are read when somebody first asks for one: most pages of most sites let nobody
    speak.
    """

    def __init__(
        self,
        lines: Sequence[Line],
        grammar: Grammar,
        spans: Sequence[Span] = (),
        recognised: Recognised = NOBODY,
    ) -> None:
        """Take a text.

        Args:
            lines: the lines of the text.
            grammar: the words of its language.
            spans: its quotations; whom they name is not spoken of by the article.
            recognised: whom something else than the rules finds in it.
        """
        self._lines = lines
        self._grammar = grammar
        self._recognised = recognised
        self._candidates: dict[int, tuple[Mention, ...]] = {}
        self._quoted: dict[int, list[Span]] = {}
        for span in spans:
            self._quoted.setdefault(span.line, []).append(span)

    @cached_property
    def _entries(self) -> Entries:
        return Entries(self._lines, self._grammar)

    @property
    def mentions(self) -> Sequence[Sequence[Mention]]:
        """For each line, what may name a person in it, in reading order."""
        return self._entries.mentions

    def names_nobody(self, line: int) -> bool:
        """Tell whether it is known by now that a line has no mentions."""
        return self._is_read and not self.mentions[line]

    def candidates(self, line: int) -> Sequence[Mention]:
        """Return the mentions of a line, or all that may be some while the names are unread."""
        if self._is_read:
            return self.mentions[line]
        found = self._candidates.get(line)
        if found is None:
            text = self._lines[line].block.text
            found = self._candidates[line] = tuple(find_mentions(text, self._grammar))
        return found

    @property
    def _is_read(self) -> bool:
        return "_entries" in vars(self)

    def within(self, line: int, start: int, end: int) -> Sequence[Mention]:
        """Return the mentions of a line that begin between two places of it."""
        # Most clauses hold nothing that may be a name, and then no others need to be read.
        if not any(start <= mention.start < end for mention in self.candidates(line)):
            return ()
        return self._entries.within(line, start, end)

    def person(self, line: int, mention: Mention) -> Person | None:
        """Return the person a mention names, if the page shows that it is one."""
        entry = self._entries.of(line, mention)
        if entry is None or not self._is_person(entry):
            return None
        return self._described(entry)

    def likely(self, line: int, mention: Mention) -> Person | None:
        """Return the person of a mention that stands where a person should.

        Used next to a verb of saying: a full name is believed there unless something speaks
        against it.
        """
        entry = self._entries.of(line, mention)
        if entry is None:
            return None
        if self._is_person(entry) or self._is_plausible(entry):
            return self._described(entry)
        return None

    def _is_person(self, entry: Entry) -> bool:
        if entry.is_person is None:
            entry.is_person = self._proof(entry)
            names = {mention.name for _, mention in entry.full}
            if not entry.is_person and self._recognised.persons & names:
                entry.is_person, entry.recognised_by = True, self._recognised.by
                entry.person = None
        return entry.is_person

    def _proof(self, entry: Entry) -> bool:
        mentions = [mention for _, mention in entry.full]
        if any(m.is_given or m.honorific or m.has_role for m in mentions):
            return not self._has_article(entry) or any(m.honorific for m in mentions)
        if any(m.honorific for _, m in entry.short):
            return True
        if self._has_article(entry):
            return False
        if all(self.is_hanging(line, mention) for line, mention in entry.full[:_MAX_DESCRIBED]):
            return False
        return self._described(entry).role is not None

    def is_sure(self, person: Person) -> bool:
        """Tell whether the name itself shows a person: a given name, a title, the surname alone."""
        entry = self._entries.named(person.name)
        if entry is None:
            return False
        mentions = (*entry.full, *entry.short)
        is_titled = any(mention.is_given or mention.honorific for _, mention in mentions)
        return is_titled or bool(entry.full and entry.short)

    def _is_plausible(self, entry: Entry) -> bool:
        if self._has_article(entry) or not entry.full:
            return False
        is_hanging = any(self.is_hanging(line, mention) for line, mention in entry.full[:3])
        return bool(entry.short) or not is_hanging

    def _has_article(self, entry: Entry) -> bool:
        """Tell whether a name is used with an article, as those of papers and bodies are."""
        for line, mention in entry.full[:_MAX_ALIKE]:
            before = self._lines[line].block.text[
                max(0, mention.name_start - _BEFORE_CHARS) : mention.name_start
            ]
            if mention.start == mention.name_start and not mention.honorific:
                last = re.search(r"(?:^|[\s(«“\"])([^\s(«“\"]+\s+|[lL][’'])$", before)
                is_article = last is not None and self._grammar.article.fullmatch(last[1])
                if last is not None and is_article and not self._is_possessive(last[1]):
                    return True
        return False

    def _is_possessive(self, word: str) -> bool:
        return bool(self._grammar.kind(word.strip()) & Word.GENDERS)

    def is_hanging(self, line: int, mention: Mention) -> bool:
        """Tell whether a preposition stands right before a name: it is then no subject."""
        text = self._lines[line].block.text
        end = mention.start
        if mention.honorific and (at := text.rfind(mention.honorific, 0, mention.name_start)) >= 0:
            end = min(end, at)
        before = text[max(0, end - _BEFORE_CHARS) : end]
        return self._grammar.hanging.search(before) is not None

    def _described(self, entry: Entry) -> Person:
        if entry.person is None:
            entry.person = self._describe(entry)
        return entry.person

    def _describe(self, entry: Entry) -> Person:
        honorific = next((m.honorific for _, m in (*entry.full, *entry.short) if m.honorific), None)
        person = Person(name=entry.name, honorific=honorific)
        for line, mention in (*entry.full[:_MAX_DESCRIBED], *entry.short[:3]):
            found = describe(mention, self._lines[line].block.text, self._grammar)
            if person.role is None and found.role is not None:
                person = replace(person, role=found.role, affiliation=found.affiliation)
                break
            if person.affiliation is None and found.affiliation is not None:
                person = replace(person, affiliation=found.affiliation)
        gender = given_gender(entry, self._grammar) or gender_of(honorific or "", self._grammar)
        if not gender:
            titles = " ".join(m.honorific or "" for _, m in entry.short)
            gender = gender_of(titles, self._grammar)
        if not gender and person.role:
            gender = gender_of(person.role, self._grammar)
        return replace(person, gender=gender, recognised_by=entry.recognised_by)

    def with_role(self, words: Sequence[str], line: int, position: int) -> Person | None:
        """Return the last person before a place whose function some words name again."""
        stems = {stem(word) for word in words if self._grammar.kind(word) & Word.ROLE}
        if not stems:
            return None
        for person in self.before(line, position, reach=line + 1):
            role = f"{person.role or ''} {person.honorific or ''}"
            known = {stem(word) for word in _TOKEN.findall(role)}
            if any(meets(stem, other) for stem in stems for other in known):
                return person
        return None

    def before(self, line: int, position: int, reach: int = _REACH_LINES) -> Iterator[Person]:
        """Yield the persons named before a place, the nearest first, each once."""
        seen: set[str] = set()
        looked = 0
        for number in range(line, max(-1, line - reach - 1), -1):
            mentions = self.within(line, 0, position) if number == line else self.mentions[number]
            for mention in reversed(mentions):
                looked += 1
                if looked > _MAX_NEAR:
                    return
                if self._is_quoted(number, mention):
                    continue
                person = self.person(number, mention)
                if person is not None and person.name not in seen:
                    seen.add(person.name)
                    yield person

    def _is_quoted(self, line: int, mention: Mention) -> bool:
        spans = self._quoted.get(line, ())
        at = bisect_right(spans, mention.start, key=lambda span: span.start) - 1
        return at >= 0 and mention.start < spans[at].end

    @cached_property
    def principal(self) -> Person | None:
        """The person of whom the text speaks far more often than of any other."""
        counted = [(len(entry.full) + len(entry.short), entry) for entry in self._entries.all()]
        often = sorted(counted, key=lambda one: -one[0])[:_MAX_ALIKE]
        first: tuple[int, Entry] | None = None
        for count, entry in often:
            # Nobody further down counts: too seldom to be the first, or to contest its place.
            if count < _MIN_PRINCIPAL if first is None else 2 * count <= first[0]:
                break
            if self._is_person(entry):
                if first is not None:
                    return None
                first = count, entry
        return self._described(first[1]) if first else None
