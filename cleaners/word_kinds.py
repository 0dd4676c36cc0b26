"""What a word of a text may be besides a part of a name: a title, a function, a small word.

A word is looked at alone, and what was found is kept: pages say the same words again.
"""

from __future__ import annotations

import re
from functools import cache
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


class WordKinds(dict[str, int]):
    """What each word of a text may be in one language, as bits of `Word`: ``kinds[word]``.

    It fills itself with the words that are asked for, and begins again when it is full. Unlike
    `functools.lru_cache` it does not note which was asked for last, which took longer than
    the answer: a page asks a thousand times.
    """

    __slots__ = ("_no_role", "_printed", "_small", "_small_role")

    def __init__(self, table: dict[str, Any]) -> None:
        """Take a language's table of rules; `docs/rules.md` describes each of its lists."""
        super().__init__()
        people = table.get("people", {})

        def small(name: str) -> list[str]:
            return [word.casefold() for word in words_of(people, name)]

        feminine, masculine = words_of(people, "feminine"), words_of(people, "masculine")
        # Words as they are printed, with their capitals.
        self._printed = Kinds(
            {
                Word.HONORIFIC: table.get("honorifics", ()),
                Word.OPENER: table.get("openers", ()),
                Word.FEMININE: feminine,
                Word.MASCULINE: masculine,
            }
        )
        # Words in lower case.
        self._small = Kinds(
            {
                Word.ROLE: small("roles"),
                Word.MODIFIER: small("role_modifiers"),
                Word.ORGANISATION: [word.casefold() for word in table.get("organisations", ())],
                Word.DEMONYM: small("demonyms"),
                Word.STOP: small("stops"),
                Word.FEMININE: feminine,
                Word.MASCULINE: masculine,
            }
        )
        # Functions only where a word begins with a small letter; what looks like one, and is none.
        self._small_role = Kinds({Word.ROLE: small("small_roles")})
        self._no_role = frozenset(small("no_roles"))

    def __missing__(self, word: str) -> int:
        """Look a word up that nobody has asked for yet."""
        if len(self) >= _MAX_KEPT:
            self.clear()
        kind = self[word] = self._kind_of(word)
        return kind

    def _kind_of(self, word: str) -> int:
        bare = word
        if not word.isalpha():  # as few are
            word = _without_article(word)
            bare = word.strip(AROUND)
        small = bare.casefold()
        kinds = self._small.of(small)
        found = kinds & ~Word.ROLE | self._printed.of(word)
        if word != bare:
            found |= self._printed.of(bare) & Word.HONORIFIC
        if found & Word.FEMININE:
            found &= ~Word.MASCULINE
        if len(small) <= _MIN_DEMONYM:
            found &= ~Word.DEMONYM
        is_small = word[:1].islower()
        if self._is_role(small, kinds, is_small=is_small):
            found |= Word.ROLE
        if "-" in small:
            first, last = small.partition("-")[0], small.rpartition("-")[2]
            found |= self._small.of(first) & Word.MODIFIER
            if self._is_role(last, self._small.of(last), is_small=is_small):
                found |= Word.ROLE
        return found | _given(bare)

    def _is_role(self, word: str, kinds: int, *, is_small: bool) -> bool:
        if not kinds & Word.ROLE and not (is_small and self._small_role.of(word)):
            return False
        return len(word) > 1 and word not in self._no_role


def is_given(word: str) -> bool:
    """Tell whether a word is a known given name, in any language."""
    bare = word if word.isalpha() else _without_article(word).strip(AROUND)
    return bool(_given(bare) & Word.GIVEN)


# Words of one language that are kept: those of some hundred pages.
_MAX_KEPT = 20_000
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
