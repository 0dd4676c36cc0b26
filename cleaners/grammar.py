"""The words by which one language names persons and gives them words, ready for use.

The data are the tables of ``rules/LANGUAGE.toml`` (`docs/rules.md` describes each key),
``rules/people.toml`` and ``rules/given_names.toml``.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

from cleaners.lexicon import LANGUAGES, UPPER, few_apart, words_pattern
from cleaners.rules import load_rules
from cleaners.word_kinds import AROUND, WordKinds, any_of, words_of

if TYPE_CHECKING:
    from collections.abc import Callable

# "L'elogio" is an article and a noun, "O'Brien" a name.
_NAME = rf"(?!.[’'][a-zß-öø-ÿ]){UPPER}(?:\.(?:-?{UPPER}\.)*|\w*(?:[’'-]\w+)*)"
# Where a name may begin, asked behind its first letter: behind a space, or an elided article.
_OPENS = r"(?:(?<![\w’'-].)|(?<=(?<!\w)[cdjlmnstCDJLMNST][’'].)|(?<=(?<!\w)[qQ]u[’'].))"
_NICKNAME = rf"(?:[“\"«‘(]\s?{UPPER}[\w ]{{1,20}}\s?[”\"»’)]\s+)?"
_MAX_TOKENS = 11


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)  # compared by identity: a cache's key
class Grammar:
    """The patterns and word lists of one language.

    Attributes:
        opening: the first letter of a `run`: most letters of a text are none.
        run: capitalised words that may be a name, with the titles before them.
        honorific: titles at the end of what stands before a name.
        title_ends: the last two letters of every title.
        saying: verbs that say something, with the sign before them; `verbs` finds them.
        quoting: the same verbs, and verbs that do so only beside one.
        aside: an attribution that stands inside the marks of a quotation.
        pronoun: he, she, they; also glued to a verb.
        object: him, her, them, as they stand behind such a preposition.
        source: prepositions that name whose words follow (``according to``).
        source_stems: letters that a text with one of them holds somewhere.
        following_source: the same behind the name (``zufolge``), if the language has any.
        article, indefinite: articles and possessives; those of somebody new.
        link: what stands between a role and its organisation; `at` is the closer kind.
        hanging: a preposition right before a name, which then is no subject.
        demonstrative: "this", before a function said again.
        relative: relative pronouns that begin a description of a person.
        copula: "is a", "était", before a role.
        age: what follows a number of years.
        events: words of pages that announce who will speak, for a text in lower case.
        event_stems: letters that a text with such a word holds somewhere.
        you: how interviewers address their guest; `first_person` is how guests speak.
        kind: what a word of a text may be, as bits of `cleaners.word_kinds.Word`.
        portfolio: roles with a field that is no organisation: "minister of defence".
        of_fields: endings of roles whose field stands before them.
        unnamed: roles of people who stay unnamed: "a spokesman said".
        titled: words before a title, motto or slogan in marks.
        people: endings of nouns for people that no list holds.
        modifiers_first: what narrows a role stands before it ("biology student").
        capital_nouns: every noun has a capital, so that capitals alone prove little.
        drops_subject: a verb may stand without a subject.
    """

    language: str
    opening: re.Pattern[str]
    run: re.Pattern[str]
    honorific: re.Pattern[str]
    title_ends: frozenset[str]
    saying: re.Pattern[str]
    quoting: re.Pattern[str]
    aside: re.Pattern[str]
    pronoun: re.Pattern[str]
    object: re.Pattern[str]
    source: re.Pattern[str]
    source_stems: frozenset[str]
    following_source: re.Pattern[str]
    article: re.Pattern[str]
    indefinite: re.Pattern[str]
    link: re.Pattern[str]
    at: re.Pattern[str]
    hanging: re.Pattern[str]
    demonstrative: re.Pattern[str]
    relative: re.Pattern[str]
    copula: re.Pattern[str]
    age: re.Pattern[str]
    events: re.Pattern[str]
    event_stems: frozenset[str]
    you: re.Pattern[str]
    first_person: re.Pattern[str]
    kind: Callable[[str], int]
    portfolio: frozenset[str]
    of_fields: re.Pattern[str]
    unnamed: frozenset[str]
    titled: frozenset[str]
    people: re.Pattern[str]
    modifiers_first: bool
    capital_nouns: bool
    drops_subject: bool

    def verbs(self, text: str) -> list[tuple[int, int]]:
        """Return where verbs stand that say something, with or without a quotation."""
        # The pattern takes the sign before a verb, and the first word of a text has none.
        return [(found.start(), found.end() - 1) for found in self.saying.finditer(f" {text}")]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Parts:
    """Patterns of one language that others are made of."""

    titles: str
    initials: frozenset[str]
    articles: str
    particles: str
    at: str
    of: str
    pronouns: str
    glued: str
    speech: str
    quoting: str

    @classmethod
    def read(cls, table: dict[str, Any]) -> _Parts:
        """Read them from the rules of a language."""
        people = table.get("people", {})
        glued = words_pattern(words_of(people, "glued_pronouns"))
        speech = _verbs(people, "saying", "participles", glued)
        return cls(
            titles=words_pattern(table.get("honorifics", ())),
            initials=frozenset(word[0] for word in table.get("honorifics", ())),
            articles=rf"(?:{words_pattern(table.get('articles', ()))}\s+|[lL][’'])",
            particles=words_pattern(table.get("particles", ())),
            at=words_pattern(table.get("at", ())),
            of=words_pattern(table.get("of", ())),
            pronouns=words_pattern(words_of(people, "pronouns")),
            glued=glued,
            speech=speech,
            quoting=f"{speech}|{_verbs(people, 'quoting', 'quoting_participles', glued)}",
        )

    def run(self) -> str:
        """Return the pattern of capitalised words that may be a name, with titles before."""
        inside = rf"(?:\s+{_NICKNAME}(?:{self.particles}\s+){{0,2}}(?:[dD][’'])?)"
        titles = rf"(?:{self.titles}(?:\s+|(?<=\.)))*"
        return rf"{titles}{_NAME}(?:{inside}{_NAME}){{0,{_MAX_TOKENS}}}"

    def opening(self) -> str:
        """Return the pattern of the letter that a run of them begins with."""
        return rf"[{UPPER[1:-1]}{re.escape(''.join(self.initials))}]{_OPENS}"

    def pronoun(self) -> str:
        """Return the pattern of a pronoun that stands by itself or is glued to a verb."""
        return rf"(?<![\w’'])(?:{self.pronouns})(?!\w)|(?<=\w){self.glued}(?!\w)"

    def aside(self) -> str:
        """Return the pattern of an attribution inside the marks.

        There only the inverted order tells the paper's words from the speaker's.
        """
        named = rf"\s+(?:{self.articles})?(?:[\w’'-]+\s+){{0,4}}?{_NAME}[^.!?…«»]*"
        role, pronoun = rf"\s+{self.articles}[\w’' -]+", rf"\s+{self.pronouns}|{self.glued}"
        end = r"(?:[.!?…]\s+|,\s+|\s[–—-]\s|$)"
        return rf"[,–—-]\s+(?:{self.quoting})(?:{named}|{role}|{pronoun}){end}"


@cache
def grammar_for(language: str | None) -> Grammar:
    """Return the words of one language (``fr``); of none for a language without a file.

    A text in a language without a file keeps its quotations; who says them is not guessed at
    with the words of others.
    """
    base = language if language in LANGUAGES else ""
    table = load_rules(base) if base else {}
    people, parts = table.get("people", {}), _Parts.read(table)
    at, of = parts.at, parts.of
    before = words_pattern(words_of(people, "prepositions"))
    years = words_pattern(table.get("age", ()))
    return Grammar(
        language=base,
        opening=re.compile(parts.opening()),
        run=re.compile(parts.run()),
        honorific=re.compile(rf"(?:(?<!\w){parts.titles}\s*)+$"),
        title_ends=frozenset(title.rstrip(AROUND)[-2:] for title in table.get("honorifics", ())),
        # Most signs are letters and pass at once; every line is read for these verbs.
        saying=re.compile(rf"[^a-zA-Z0-9_'-](?<![\w’])(?:{parts.speech})(?!\w)"),
        quoting=_apart(parts.quoting),
        aside=re.compile(parts.aside()),
        pronoun=re.compile(parts.pronoun(), re.IGNORECASE),
        object=re.compile(_words(people, "objects").pattern, re.IGNORECASE),
        source=re.compile(rf"{few_apart(table.get('sources', ()))}(?:\s+|(?<=[’']))"),
        source_stems=frozenset(map(_stem, table.get("sources", ()))),
        following_source=_words(people, "sources_behind"),
        article=re.compile(parts.articles),
        indefinite=_words(people, "indefinite"),
        link=re.compile(rf"(?<![\w’'-])(?:{at}|{of})(?:\s+|(?<=[’']))(?:{parts.articles})?"),
        at=re.compile(rf"(?:{at})(?:\s+|(?<=[’']))"),
        hanging=re.compile(rf"(?<![\w’'-])(?:{at}|{of}|{before})\s*$"),
        demonstrative=_words(people, "demonstratives"),
        relative=re.compile(rf"(?:{words_pattern(table.get('relative', ()))})\s+"),
        copula=any_of(people, "copulas"),
        age=re.compile(rf"\(?\d{{1,3}}(?:[\s-]+{years})?\)?(?:,\s+|\s+|$)"),
        events=_small_words(people, "events"),
        event_stems=frozenset(_stem(word.lower()) for word in words_of(people, "events")),
        you=re.compile(_words(people, "you").pattern, re.IGNORECASE),
        first_person=re.compile(_words(people, "first_person").pattern, re.IGNORECASE),
        kind=WordKinds(table).__getitem__,
        portfolio=frozenset(words_of(people, "portfolio")),
        of_fields=any_of(people, "of_fields"),
        unnamed=frozenset(words_of(people, "unnamed")),
        titled=frozenset(words_of(people, "titled")),
        people=any_of(people, "people_endings"),
        modifiers_first=bool(people.get("modifiers_first", False)),
        capital_nouns=bool(people.get("capital_nouns", False)),
        drops_subject=bool(table.get("drops_subject", False)),
    )


def _words(people: dict[str, Any], name: str) -> re.Pattern[str]:
    return re.compile(rf"{few_apart(words_of(people, name))}(?!\w)")


def _small_words(people: dict[str, Any], name: str) -> re.Pattern[str]:
    """Return the pattern of words in a text that was put into lower case."""
    return re.compile(rf"{few_apart(word.lower() for word in words_of(people, name))}(?!\w)")


def _stem(word: str) -> str:
    """Return the longest part of some words that a text with them must hold as it is."""
    return max(re.split(r"[*\s’']", word), key=len)


def _apart(pattern: str) -> re.Pattern[str]:
    return re.compile(rf"(?<![\w’'-])(?:{pattern})(?!\w)")


def _verbs(people: dict[str, Any], finite: str, participles: str, glued: str) -> str:
    forms = words_pattern(words_of(people, finite))
    parts = words_of(people, participles)
    if not parts:
        return forms
    auxiliary = words_pattern(words_of(people, "auxiliaries"))
    return rf"{forms}|{auxiliary}{glued}?\s+(?:\w+\s+){{0,2}}{words_pattern(parts)}"
