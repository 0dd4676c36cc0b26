"""Which mentions of a text name one person: full names by their spelling, single words by them.

Whether it is a person at all is for `cleaners.roster` to say.
"""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from cleaners.names import find_runs, read_mention
from cleaners.spellings import fits, folded, is_alike, is_same
from cleaners.word_kinds import Word, is_given

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from cleaners.grammar import Grammar
    from cleaners.names import Mention
    from cleaners.roster import Person
    from cleaners.text import Line

# So many persons with one word of the name in common are compared.
_MAX_ALIKE = 20


@dataclass(slots=True, kw_only=True, eq=False)
class Entry:
    """The mentions that are one person's, in reading order, full ones and short ones.

    Attributes:
        name: the longest form of the name.
        full, short: the mentions, each with the number of its line.
        is_person: whether it is a person's; None while nobody has asked.
        person: what the text says of it; None while nobody has asked.
        recognised_by: as in `cleaners.roster.Person`.
    """

    name: str
    full: list[tuple[int, Mention]] = field(default_factory=list)
    short: list[tuple[int, Mention]] = field(default_factory=list)
    is_person: bool | None = None
    person: Person | None = None
    recognised_by: str | None = None


class Entries:
    """The names of one text, one entry each, and where each is mentioned.

    Attributes:
        mentions: for each line, what may name a person in it, in reading order.
    """

    __slots__ = ("_by_name", "_by_word", "_grammar", "_of", "_starts", "mentions")

    def __init__(self, lines: Sequence[Line], grammar: Grammar) -> None:
        """Find all names of the lines of a text."""
        self._grammar = grammar
        self._by_name: dict[str, Entry] = {}
        self._by_word: dict[str, list[Entry]] = {}
        self._of: dict[tuple[int, int], Entry] = {}
        runs = [self._runs(number, line.block.text) for number, line in enumerate(lines)]
        recent: dict[str, Entry] = {}
        self.mentions = tuple(
            tuple(self._linked(number, line.block.text, found, recent))
            for number, (line, found) in enumerate(zip(lines, runs, strict=True))
        )
        self._starts = tuple([m.start for m in mentions] for mentions in self.mentions)

    def of(self, line: int, mention: Mention) -> Entry | None:
        """Return the entry of a mention."""
        return self._of.get((line, mention.name_start))

    def named(self, name: str) -> Entry | None:
        """Return the entry of a name as it stands in the text."""
        return self._by_name.get(name)

    def all(self) -> Iterable[Entry]:
        """Return every entry once."""
        return {id(entry): entry for entry in self._by_name.values()}.values()

    def within(self, line: int, start: int, end: int) -> Sequence[Mention]:
        """Return the mentions of a line that begin between two places of it."""
        starts = self._starts[line]
        return self.mentions[line][bisect_left(starts, start) : bisect_left(starts, end)]

    def _runs(self, number: int, text: str) -> list[tuple[int, str, Mention | None]]:
        """Return the runs of a line, read where they are more than a word; note full names."""
        found: list[tuple[int, str, Mention | None]] = []
        for start, run in find_runs(text, self._grammar):
            if run.isalpha():
                found.append((start, run, None))
            elif mention := read_mention(text, start, run, self._grammar):
                if mention.is_full:
                    entry = self._entry(mention)
                    entry.full.append((number, mention))
                    self._of[number, mention.name_start] = entry
                found.append((start, run, mention))
        return found

    def _linked(
        self,
        number: int,
        text: str,
        runs: Iterable[tuple[int, str, Mention | None]],
        recent: dict[str, Entry],
    ) -> Iterator[Mention]:
        """Yield the mentions of a line that name somebody, with those that shorten a full name."""
        for start, run, longer in runs:
            mention = longer
            if mention is None and self._may_shorten(run):
                mention = read_mention(text, start, run, self._grammar)
            if mention is None:
                continue
            if mention.is_full:
                entry = self._of[number, mention.name_start]
                for word in folded(mention.name):
                    recent[word] = entry
                yield mention
            elif short := self._short(mention, recent):
                short.short.append((number, mention))
                self._of[number, mention.name_start] = short
                yield mention

    def _may_shorten(self, word: str) -> bool:
        """Tell whether a capitalised word alone may name a person: most are nouns or openers."""
        key = word.lower() if word.isascii() else folded(word)[-1]
        return key in self._by_word or is_given(word)

    def _entry(self, mention: Mention) -> Entry:
        """Return the entry of a full name, an older one if it is a spelling of the same."""
        known = self._by_name.get(mention.name)
        if known is not None:
            return known
        words = folded(mention.name)
        for entry in self._by_word.get(words[-1], ())[:_MAX_ALIKE] if words else ():
            if is_same(words, folded(entry.name)):
                if len(mention.name) > len(entry.name):
                    entry.name = mention.name
                self._by_name[mention.name] = entry
                return entry
        entry = self._alike(words) or Entry(name=mention.name)
        self._by_name[mention.name] = entry
        for word in words:
            self._by_word.setdefault(word, []).append(entry)
        return entry

    def _alike(self, words: tuple[str, ...]) -> Entry | None:
        """Return a person with the same given name and nearly the same surname."""
        for entry in self._by_word.get(words[0], ())[:_MAX_ALIKE] if words else ():
            others = folded(entry.name)
            if others[0] == words[0] and is_alike(others[-1], words[-1]):
                return entry
        return None

    def _short(self, mention: Mention, recent: Mapping[str, Entry]) -> Entry | None:
        """Return whose name a single word shortens: the one last named before, else the first."""
        words = folded(mention.name)
        if not words:
            return None
        gender = gender_of(mention.honorific or "", self._grammar)
        last = recent.get(words[-1])
        if last is not None and self._fits(last, gender):
            return last
        found = self._by_word.get(words[-1], ())[:_MAX_ALIKE]
        fitting = [entry for entry in found if self._fits(entry, gender)]
        fitting.sort(key=lambda entry: folded(entry.name)[-1] != words[-1])
        if fitting:
            return fitting[0]
        is_known = mention.honorific or mention.has_role or is_given(mention.name)
        return self._titled(mention) if is_known else None

    def _fits(self, entry: Entry, gender: int) -> bool:
        return not gender or fits(given_gender(entry, self._grammar), gender)

    def _titled(self, mention: Mention) -> Entry:
        """Return the entry of somebody who is never named in full: "Ms. Lindqvist", "Zineb"."""
        entry = self._by_name.setdefault(mention.name, Entry(name=mention.name))
        entry.is_person = True
        return entry


def gender_of(words: str, grammar: Grammar) -> int:
    """Return the gender that titles or functions tell; `Word.NONE` if none or both."""
    found = Word.NONE
    for word in words.split():
        found |= grammar.kind(word) & Word.GENDERS
    return found if found != Word.GENDERS else Word.NONE


def given_gender(entry: Entry, grammar: Grammar) -> int:
    """Return the gender of the given name that an entry's name begins with."""
    return grammar.kind(entry.name.split()[0]) & Word.GENDERS
