"""Names of persons in running text, with what stands glued around them.

No list of first names is used: a name is a run of capitalised words that is no organisation,
without the honorifics, roles and sentence openers before it. How far that holds differs by
language, so callers ask only where somebody is said to speak.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import cache, lru_cache
from typing import TYPE_CHECKING

from cleaners.lexicon import UPPER

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cleaners.lexicon import Lexicon

_TOKEN = rf"(?:[dDlLO][’']|Mc|Mac|al-|el-|Al-|El-)?{UPPER}(?:\.|\w+(?:[’'-]\w+)*|(?=\s))"
_MAX_TOKENS = 10
_MAX_NAME_TOKENS = 5
_MAX_ROLE_WORDS = 14
_MAX_TITLE_CHARS = 25
# "de la" stands inside names of organisations; three small words begin another phrase.
_MAX_SMALL_WORDS = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """A person as one place of the text names it.

    Attributes:
        name: without honorific and role.
        honorific, role, affiliation: as in `cleaners.records.Speaker`.
        start, end: where the name stands in the searched string, honorific included.
    """

    name: str
    honorific: str | None = None
    role: str | None = None
    affiliation: str | None = None
    start: int
    end: int

    @property
    def is_full(self) -> bool:
        """Tell whether the name has more than one word."""
        return " " in self.name


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Grammar:
    """The patterns of one lexicon that find persons."""

    run: re.Pattern[str]
    honorific: re.Pattern[str]
    role: re.Pattern[str]
    organisation: re.Pattern[str]
    article: re.Pattern[str]
    before: re.Pattern[str]
    after: re.Pattern[str]
    linker: re.Pattern[str]
    at: re.Pattern[str]
    relative: re.Pattern[str]
    saying: re.Pattern[str]
    aside: re.Pattern[str]
    pronoun: re.Pattern[str]
    pronoun_before: re.Pattern[str]
    hanging: re.Pattern[str]
    source: re.Pattern[str]
    openers: frozenset[str]
    conjunctions: frozenset[str]
    drops_subject: bool


@cache
def grammar_for(lexicon: Lexicon) -> Grammar:
    """Return the patterns for a lexicon, compiled once."""
    article = rf"(?:{lexicon.articles}\s+|[lL][’'])"
    inside = rf"(?:\s+(?:{lexicon.particles}\s+){{0,2}}|\s+[dD][’'])"
    return Grammar(
        run=re.compile(rf"(?<![\w’'-]){_TOKEN}(?:{inside}{_TOKEN}){{0,{_MAX_TOKENS}}}"),
        honorific=re.compile(rf"(?:{lexicon.honorifics}(?!\w)\s*)+"),
        role=re.compile(rf"(?:[\w-]+-)?{lexicon.roles}"),
        organisation=re.compile(lexicon.organisations, re.IGNORECASE),
        article=re.compile(article),
        before=re.compile(
            rf"(?:^|[\s(«“\"’']){article}?((?:[a-zß-öø-ÿ][\w’'-]*\s+){{0,8}}{lexicon.roles}(?:\s+[^,.;:«“\"]{{0,70}})?),?\s+$"
        ),
        after=re.compile(
            rf"\*?,\s+(?:\d{{1,3}}(?:\s+{lexicon.age})?,\s+)?(?:{article})?([^,;:.()«»“”\"]+)"
        ),
        linker=re.compile(rf"(?<!\w)(?:{lexicon.at}|{lexicon.of})(?:\s+|(?<=[’']))(?={UPPER})"),
        at=re.compile(rf"(?:{lexicon.at})(?:\s+|(?<=[’']))"),
        relative=re.compile(rf"(?:{lexicon.relative})\s+"),
        saying=re.compile(rf"(?<![\w’'-]){lexicon.saying}(?!\w)"),
        # Inside the marks only the inverted order tells the paper's words from the speaker's.
        aside=re.compile(
            rf",\s+(?:{lexicon.saying})(?:\s+(?:{article})?(?:[\w’'-]+\s+){{0,4}}?{_TOKEN}[^.!?…«»]*"
            rf"|{lexicon.pronouns})(?:[.!?…]\s+|,\s+|$)"
        ),
        pronoun=re.compile(rf"(?<![\w’'])(?:{lexicon.pronouns})(?!\w)"),
        pronoun_before=re.compile(rf"(?<![\w’'])(?:{lexicon.pronouns})\s+$"),
        hanging=re.compile(rf"(?<![\w’'-])(?:{lexicon.at}|{lexicon.of})\s*$"),
        source=re.compile(rf"(?<![\w’'-])(?:{lexicon.sources})\s+"),
        openers=lexicon.openers,
        conjunctions=frozenset(lexicon.conjunctions),
        drops_subject=lexicon.drops_subject,
    )


def find_people(text: str, grammar: Grammar) -> Iterator[Person]:
    """Yield the persons that a text names, in reading order."""
    for match in grammar.run.finditer(text):
        person = _person(match[0], match.start(), text, grammar)
        if person is not None:
            yield person


@dataclass(frozen=True, slots=True, kw_only=True)
class _Word:
    """What a capitalised word may be besides a part of a name."""

    goes_before: bool
    is_organisation: bool
    is_opener: bool


@lru_cache(maxsize=50_000)
def _word(word: str, grammar: Grammar) -> _Word:
    return _Word(
        goes_before=bool(grammar.role.fullmatch(word) or grammar.honorific.fullmatch(word)),
        is_organisation=bool(grammar.organisation.fullmatch(word)),
        is_opener=word in grammar.openers,
    )


def _person(run: str, offset: int, text: str, grammar: Grammar) -> Person | None:
    """Read one run of capitalised words; None if it is no person."""
    start = _name_start(run, grammar)
    name = run[start:].rstrip()
    tokens = name.split()
    if not tokens or len(tokens) > _MAX_NAME_TOKENS or not name[0].isupper():
        return None
    if any(_word(token, grammar).is_organisation for token in tokens):
        return None
    if len(tokens) == 1 and (name.isupper() or name in grammar.openers):
        return None
    return Person(
        name=name,
        honorific=_honorific_before(run, start, offset, text, grammar),
        role=_glued_role(run[:start], grammar),
        start=offset + start,
        end=offset + start + len(name),
    )


def _name_start(run: str, grammar: Grammar) -> int:
    """Return where the name begins behind openers, roles and honorifics."""
    start = position = 0
    for token in run.split(" "):
        word = _word(token, grammar)
        if word.goes_before or (word.is_opener and position == start):
            start = min(len(run), position + len(token) + 1)
        position += len(token) + 1
    return start


def _honorific_before(run: str, start: int, offset: int, text: str, grammar: Grammar) -> str | None:
    """Return the titles right before a name: inside its run, or small letters before it."""
    before = text[max(0, offset - _MAX_TITLE_CHARS) : offset] + run[:start]
    for match in grammar.honorific.finditer(before):
        if match.end() == len(before) and (
            match.start() == 0 or not before[match.start() - 1].isalnum()
        ):
            return match[0].strip()
    return None


def _glued_role(before: str, grammar: Grammar) -> str | None:
    """Return the role among the capitalised words before a name ("DRK-Generalsekretär X")."""
    words = [word for word in before.split() if grammar.role.fullmatch(word)]
    return " ".join(words).rpartition("-")[2] if words else None


def described(person: Person, text: str, grammar: Grammar) -> Person:
    """Add role and affiliation from what stands around a person's name."""
    if person.role is not None and person.affiliation is not None:
        return person
    phrase = _apposition(text[person.end :], grammar) or _role_before(person, text, grammar)
    if phrase is None:
        return person
    role, affiliation = split_role(phrase, grammar)
    return replace(person, role=role, affiliation=affiliation)


def _apposition(after: str, grammar: Grammar) -> str | None:
    """Return the phrase in commas after a name: ", 42, a lecturer from Nottingham, said"."""
    match = grammar.after.match(after)
    if match is None:
        return None
    phrase = match[1].strip()
    saying = grammar.saying.search(phrase)
    if saying:
        phrase = phrase[: saying.start()].strip()
    first = phrase.partition(" ")[0]
    is_phrase = first[:1].islower() or grammar.role.fullmatch(first)
    if not phrase or not is_phrase or len(phrase.split()) > _MAX_ROLE_WORDS:
        return None
    return None if grammar.relative.match(phrase) or first in grammar.conjunctions else phrase


def _role_before(person: Person, text: str, grammar: Grammar) -> str | None:
    """Return the role in front of a name: "le ministre de la Défense, NAME"."""
    before = text[max(0, person.start - 130) : person.start]
    if person.honorific:
        before = before.removesuffix(person.honorific + " ")
    match = grammar.before.search(before)
    if match is None:
        return None
    phrase = match[1]
    for found in grammar.saying.finditer(phrase):
        phrase = match[1][found.end() :]
    phrase = phrase.strip(" ,")
    article = grammar.article.match(phrase)
    return (phrase[article.end() :] if article else phrase) or None


def split_role(phrase: str, grammar: Grammar) -> tuple[str | None, str | None]:
    """Cut "ROLE at ORGANISATION" into its two parts.

    A part that names an organisation by its kind ("Université ...") is preferred, then one
    behind a preposition of place, then any capitalised one.
    """
    links = list(grammar.linker.finditer(phrase))
    if not links:
        return phrase.strip() or None, None
    ends = [*(link.start() for link in links[1:]), len(phrase)]
    named = (
        link
        for link, end in zip(links, ends, strict=True)
        if grammar.organisation.search(phrase[link.end() : end])
    )
    placed = (link for link in reversed(links) if grammar.at.fullmatch(link[0]))
    link = next(named, None) or next(placed, None) or links[0]
    return phrase[: link.start()].strip() or None, _run_after(phrase, link).strip(" .,") or None


def _run_after(phrase: str, link: re.Match[str]) -> str:
    """Return the capitalised words from a link on, with the small ones between them."""
    words = phrase[link.end() :].split(" ")
    end = last = 0
    for number, word in enumerate(words):
        if _is_capital(word):
            end = number
        elif number - end > _MAX_SMALL_WORDS:
            break
        last = end
    return " ".join(words[: last + 1])


def _is_capital(word: str) -> bool:
    """Tell whether a word, or what follows its elided article, has a capital or a number."""
    core = word.rpartition("’")[2] or word
    return core[:1].isupper() or not core[:1].isalpha()
