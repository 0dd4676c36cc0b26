"""What a word of a text may be besides a part of a name: a title, a function, a small word.

A word is looked at alone, and what was found is kept: pages say the same words again.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Any

from cleaners.lexicon import words_pattern
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
    """The words of one language, each list as `docs/rules.md` describes it."""

    honorific: re.Pattern[str]
    role: re.Pattern[str]
    small_role: re.Pattern[str]
    no_role: frozenset[str]
    modifier: frozenset[str]
    organisation: re.Pattern[str]
    opener: frozenset[str]
    demonym: re.Pattern[str]
    stop: frozenset[str]
    feminine: re.Pattern[str]
    masculine: re.Pattern[str]


@lru_cache(maxsize=50_000)
def kind_of(word: str, known: WordLists) -> int:
    """Return what a word may be, as bits of `Word`."""
    word = _without_article(word.strip(".,’'"), word)
    bare = word.strip(".,’'")
    small = bare.casefold()
    last = small.rpartition("-")[2]
    is_small = word[:1].islower()
    tests = (
        (Word.HONORIFIC, any(known.honorific.fullmatch(one) for one in (word, bare))),
        (
            Word.ROLE,
            any(_is_role(one, known, is_small=is_small) for one in {small, last} if len(one) > 1),
        ),
        (Word.MODIFIER, small in known.modifier or small.partition("-")[0] in known.modifier),
        (Word.STOP, small in known.stop),
        (Word.OPENER, word in known.opener),
        (Word.ORGANISATION, known.organisation.fullmatch(bare)),
        (Word.DEMONYM, len(small) > _MIN_DEMONYM and known.demonym.fullmatch(small)),
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
    if known.feminine.fullmatch(word) or known.feminine.fullmatch(small):
        return Word.FEMININE
    if known.masculine.fullmatch(word) or known.masculine.fullmatch(small):
        return Word.MASCULINE
    return Word.NONE


def _is_role(word: str, known: WordLists, *, is_small: bool) -> bool:
    if word in known.no_role:
        return False
    return bool(known.role.fullmatch(word) or (is_small and known.small_role.fullmatch(word)))


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
        honorific=re.compile(words_pattern(table.get("honorifics", ()))),
        role=any_of(people, "roles"),
        small_role=any_of(people, "small_roles"),
        no_role=frozenset(words_of(people, "no_roles")),
        modifier=frozenset(words_of(people, "role_modifiers")),
        organisation=re.compile(words_pattern(table.get("organisations", ())), re.IGNORECASE),
        opener=frozenset(table.get("openers", ())),
        demonym=any_of(people, "demonyms"),
        stop=frozenset(words_of(people, "stops")),
        feminine=any_of(people, "feminine"),
        masculine=any_of(people, "masculine"),
    )
