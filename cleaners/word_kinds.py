"""What a word of a text may be besides a part of a name: a title, a function, a small word.

A word is looked at alone, and what was found is kept: pages say the same words again.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Any

from cleaners.lexicon import Words, words_pattern
from cleaners.rules import load_rules


class Word:
    """What a word may be besides a part of a name: bits of one number.

    Plain numbers, since `enum.Flag` took a third of the time of reading a page's names.
    """

    NONE = 0
    HONORIFIC = 1
    ROLE = 2
    MODIFIER = 4
    ORGANISATION = 8
    OPENER = 16
    DEMONYM = 32
    STOP = 64
    GIVEN = 128
    FEMININE = 256
    MASCULINE = 512
    REGNAL = 1024
    GENDERS = FEMININE | MASCULINE


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)  # compared by identity: a cache's key
class WordLists:
    """The words of one language, each list as `docs/rules.md` describes it.

    Those of `organisation` are in lower case.
    """

    honorific: Words
    role: Words
    small_role: Words
    no_role: frozenset[str]
    modifier: frozenset[str]
    organisation: Words
    opener: frozenset[str]
    demonym: Words
    stop: frozenset[str]
    feminine: Words
    masculine: Words


@lru_cache(maxsize=50_000)
def kind_of(word: str, known: WordLists) -> int:
    """Return what a word may be, as bits of `Word`."""
    word = _without_article(word.strip(".,’'"), word)
    bare = word.strip(".,’'")
    small = bare.casefold()
    last = small.rpartition("-")[2]
    is_small = word[:1].islower()
    tests = (
        (Word.HONORIFIC, known.honorific.holds(word) or known.honorific.holds(bare)),
        (
            Word.ROLE,
            (len(small) > 1 and _is_role(small, known, is_small=is_small))
            or (last != small and len(last) > 1 and _is_role(last, known, is_small=is_small)),
        ),
        (Word.MODIFIER, small in known.modifier or small.partition("-")[0] in known.modifier),
        (Word.STOP, small in known.stop),
        (Word.OPENER, word in known.opener),
        (Word.ORGANISATION, known.organisation.holds(bare.lower())),
        (Word.DEMONYM, len(small) > _MIN_DEMONYM and known.demonym.holds(small)),
    )
    found = _given(bare) | _gender(word, small, known)
    for flag, holds in tests:
        if holds:
            found |= flag
    return found


# "Jean" and "Ian" are no demonyms.
_MIN_DEMONYM = 4
_MAX_ELIDED = 2


def _without_article(bare: str, word: str) -> str:
    """Return a word without the article elided before it: "l’élu", "d’Elabe"."""
    article, mark, rest = bare.replace("'", "’").partition("’")
    return rest if mark and rest and len(article) <= _MAX_ELIDED and article.islower() else word


def _gender(word: str, small: str, known: WordLists) -> int:
    if known.feminine.holds(word) or known.feminine.holds(small):
        return Word.FEMININE
    if known.masculine.holds(word) or known.masculine.holds(small):
        return Word.MASCULINE
    return Word.NONE


def _is_role(word: str, known: WordLists, *, is_small: bool) -> bool:
    if word in known.no_role:
        return False
    return known.role.holds(word) or (is_small and known.small_role.holds(word))


@cache
def _given_names() -> dict[str, int]:
    rules = load_rules("given_names")
    found = dict.fromkeys(rules["either"].split(), Word.GIVEN)
    found.update(dict.fromkeys(rules["feminine"].split(), Word.GIVEN | Word.FEMININE))
    found.update(dict.fromkeys(rules["masculine"].split(), Word.GIVEN | Word.MASCULINE))
    found.update(dict.fromkeys(load_rules("people")["regnal"], Word.REGNAL))
    return found


def _given(bare: str) -> int:
    names = _given_names()
    found = names.get(bare)
    if found is None and "-" in bare:
        found = names.get(bare.partition("-")[0])
    if found is None and bare.isupper() and len(bare) > 2:  # noqa: PLR2004 - initials
        found = names.get(bare.title())
    return found or Word.NONE


def is_given_name(word: str) -> bool:
    """Tell whether a word is a known given name, in whatever language."""
    return bool(_given(word))


def words_of(table: dict[str, Any], name: str) -> list[str]:
    """Return the words of a key that holds them with spaces between; ``_`` is a space in one."""
    return [word.replace("_", " ") for word in table.get(name, "").split()]


def any_of(table: dict[str, Any], name: str) -> re.Pattern[str]:
    """Return a pattern for any of the words of a key."""
    return re.compile(words_pattern(words_of(table, name)))


def word_lists(table: dict[str, Any]) -> WordLists:
    """Return the word lists of a language's table of rules."""
    people = table.get("people", {})
    return WordLists(
        honorific=Words.of(table.get("honorifics", ())),
        role=Words.of(words_of(people, "roles")),
        small_role=Words.of(words_of(people, "small_roles")),
        no_role=frozenset(words_of(people, "no_roles")),
        modifier=frozenset(words_of(people, "role_modifiers")),
        organisation=Words.of(word.lower() for word in table.get("organisations", ())),
        opener=frozenset(table.get("openers", ())),
        demonym=Words.of(words_of(people, "demonyms")),
        stop=frozenset(words_of(people, "stops")),
        feminine=Words.of(words_of(people, "feminine")),
        masculine=Words.of(words_of(people, "masculine")),
    )
