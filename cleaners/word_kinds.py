"""What a word of a text may be besides a part of a name: a title, a function, a small word.

A word is looked at alone, and what was found is kept: pages say the same words again.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Any

from cleaners.lexicon import Kinds, words_pattern
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

    Attributes:
        printed: lists of words as they are printed, with their capitals.
        small: lists of words in lower case.
        small_role: functions only where a word begins with a small letter.
        no_role: what looks like a function, and is none.
    """

    printed: Kinds
    small: Kinds
    small_role: Kinds
    no_role: frozenset[str]


@lru_cache(maxsize=50_000)
def kind_of(known: WordLists, word: str) -> int:
    """Return what a word may be in a language, as bits of `Word`."""
    word = _without_article(word)
    bare = word.strip(AROUND)
    small = bare.casefold()
    kinds = known.small.of(small)
    found = kinds & ~Word.ROLE | known.printed.of(word)
    if word != bare:
        found |= known.printed.of(bare) & Word.HONORIFIC
    if found & Word.FEMININE:
        found &= ~Word.MASCULINE
    if len(small) <= _MIN_DEMONYM:
        found &= ~Word.DEMONYM
    is_small = word[:1].islower()
    if _is_role(small, kinds, known, is_small=is_small):
        found |= Word.ROLE
    if "-" in small:
        first, last = small.partition("-")[0], small.rpartition("-")[2]
        found |= known.small.of(first) & Word.MODIFIER
        if _is_role(last, known.small.of(last), known, is_small=is_small):
            found |= Word.ROLE
    return found | _given(bare)


@lru_cache(maxsize=50_000)
def is_given(word: str) -> bool:
    """Tell whether a word is a known given name, in any language."""
    return bool(_given(_without_article(word).strip(AROUND)) & Word.GIVEN)


# "Jean" and "Ian" are no demonyms.
_MIN_DEMONYM = 4
_MAX_ELIDED = 2
AROUND = ".,’'"
"""Marks around a word that are no part of it."""


def _without_article(word: str) -> str:
    """Return a word without the article elided before it: "l’élu", "d’Elabe"."""
    word = word.replace("'", "’")
    article, mark, rest = word.strip(AROUND).partition("’")
    return rest if mark and rest and len(article) <= _MAX_ELIDED and article.islower() else word


def _is_role(word: str, kinds: int, known: WordLists, *, is_small: bool) -> bool:
    if not kinds & Word.ROLE and not (is_small and known.small_role.of(word)):
        return False
    return len(word) > 1 and word not in known.no_role


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

    def small(name: str) -> list[str]:
        return [word.casefold() for word in words_of(people, name)]

    feminine, masculine = words_of(people, "feminine"), words_of(people, "masculine")
    return WordLists(
        printed=Kinds(
            {
                Word.HONORIFIC: table.get("honorifics", ()),
                Word.OPENER: table.get("openers", ()),
                Word.FEMININE: feminine,
                Word.MASCULINE: masculine,
            }
        ),
        small=Kinds(
            {
                Word.ROLE: small("roles"),
                Word.MODIFIER: small("role_modifiers"),
                Word.ORGANISATION: [word.casefold() for word in table.get("organisations", ())],
                Word.DEMONYM: small("demonyms"),
                Word.STOP: small("stops"),
                Word.FEMININE: feminine,
                Word.MASCULINE: masculine,
            }
        ),
        small_role=Kinds({Word.ROLE: small("small_roles")}),
        no_role=frozenset(small("no_roles")),
    )
