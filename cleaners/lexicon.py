"""Words of one language as patterns, and which languages have any.

The words are data (``rules/LANGUAGE.toml``, one file a language). A language without a file
is read with all of them together.
"""

from __future__ import annotations

import re
import sys
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

from cleaners.rules import load_rules, rule_languages

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

LANGUAGES = rule_languages()

_LETTERS = (chr(code) for code in (*range(0x250), *range(0x370, 0x530), *range(0x1E00, 0x1F00)))
UPPER = "[" + "".join(letter for letter in _LETTERS if letter.isupper()) + "]"
# What no text holds: `re` looks for the sign alone, and passes over everything at once.
_NEVER = r"(?:\0(?<!\0))"
_KEY = 2


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)  # compared by identity: a cache's key
class Lexicon:
    """Titles and articles of one language, or of all, as patterns.

    Attributes:
        honorifics: titles glued to names (``Professor``).
        articles: articles and possessives.
    """

    honorifics: str
    articles: str


class Kinds:
    """Some lists of words, to ask on which of them a word is; ``*`` stands for any letters.

    Each list has a bit, and a word the bits of its lists. Nearly all are found in a dictionary,
    which a pattern of a thousand alternatives is far from.
    """

    __slots__ = ("_ending_sizes", "_endings", "_exact", "_opening_sizes", "_openings", "_others")

    def __init__(self, lists: Mapping[int, Iterable[str]]) -> None:
        """Take the words of each list; either apostrophe is the other."""
        self._exact: dict[str, int] = {}
        # Words with a star, and how long they are, by two letters that a word must share with one.
        self._endings: dict[str, int] = {}
        self._openings: dict[str, int] = {}
        self._ending_sizes: dict[str, set[int]] = {}
        self._opening_sizes: dict[str, set[int]] = {}
        self._others: list[tuple[re.Pattern[str], int]] = []
        for bit, words in lists.items():
            for word in {one.replace("'", "’") for one in words}:
                self._enter(word, bit)

    def _enter(self, word: str, bit: int) -> None:
        fixed = word.strip("*")
        if word == fixed:
            self._exact[word] = self._exact.get(word, 0) | bit
        elif len(fixed) < _KEY or "*" in fixed or word not in {f"*{fixed}", f"{fixed}*"}:
            self._others.append((re.compile(words_pattern([word])), bit))
        elif word.startswith("*"):
            self._endings[fixed] = self._endings.get(fixed, 0) | bit
            self._ending_sizes.setdefault(fixed[-_KEY:], set()).add(len(fixed))
        else:
            self._openings[fixed] = self._openings.get(fixed, 0) | bit
            self._opening_sizes.setdefault(fixed[:_KEY], set()).add(len(fixed))

    def of(self, word: str) -> int:
        """Return the bits of the lists that a word, with curved apostrophes, is on; 0: none."""
        found = self._exact.get(word, 0)
        for size in self._ending_sizes.get(word[-_KEY:], ()):
            bits = self._endings.get(word[-size:])
            if bits and _is_word(word[:-size]):
                found |= bits
        for size in self._opening_sizes.get(word[:_KEY], ()):
            bits = self._openings.get(word[:size])
            if bits and _is_word(word[size:]):
                found |= bits
        for pattern, bit in self._others:
            if not found & bit and pattern.fullmatch(word):
                found |= bit
        return found


def _is_word(text: str) -> bool:
    """Tell whether a text holds nothing but letters and digits."""
    return not text or text.isalnum()


def few_apart(words: Iterable[str]) -> str:
    """Return a pattern for any of a few words, each from its first letter on.

    Every alternative begins with its letter, and only then looks behind itself: so `re` passes
    over all places without one of the letters, twice as fast as asking at each.
    """
    branches: dict[str, list[str]] = {}
    for word in sorted(set(words), key=lambda word: (-len(word), word)):
        branches.setdefault(word[0], []).append(_escaped(word[1:]))
    alternatives = (f"{_apart(first)}(?:{'|'.join(rest)})" for first, rest in branches.items())
    return f"(?:{'|'.join(alternatives)})" if branches else _NEVER


def _apart(first: str) -> str:
    """Return the pattern of a letter that neither a letter nor a hyphen stands before."""
    letter = _escaped(first)
    return rf"(?<![\w’'-]){letter}" if first == "*" else rf"{letter}(?<![\w’'-]{letter})"


def words_pattern(words: Iterable[str]) -> str:
    """Return a pattern for any of some words; ``*`` in a word stands for any letters.

    Longer words come first, since alternatives are tried in order; words with the same first
    letter share one branch, which makes long lists several times faster. Either apostrophe
    and any white space match their like.
    """
    branches: dict[str, list[str]] = {}
    for word in sorted(set(words), key=lambda word: (-len(word), word)):
        branches.setdefault(word[0], []).append(_escaped(word[1:]))
    # A word that begins with any letters goes last, or it would take what others begin with.
    ordered = sorted(branches.items(), key=lambda branch: branch[0] == "*")
    alternatives = (_escaped(first) + f"(?:{'|'.join(rest)})" for first, rest in ordered)
    return f"(?:{'|'.join(alternatives)})" if branches else _NEVER


def _escaped(word: str) -> str:
    pattern = re.escape(word).replace(r"\*", r"\w*").replace(r"\ ", r"\s+")
    return pattern.replace("’", "['’]")


def lexicon_for(language: str | None) -> Lexicon:
    """Return the words of a BCP 47 language tag, or all there are for an unknown language."""
    return _lexicon(base_language(language))


def base_language(language: str | None) -> str:
    """Return the part of a BCP 47 tag that names a file of rules, or '' if there is none."""
    base = sys.intern((language or "").replace("_", "-").partition("-")[0].lower())
    return base if base in LANGUAGES else ""


def language_tables(base: str) -> list[dict[str, Any]]:
    """Return the rules of one language (`base_language`); those of all languages for ''."""
    return [load_rules(name) for name in ([base] if base else LANGUAGES)]


@cache
def _lexicon(base: str) -> Lexicon:
    tables = language_tables(base)

    def every(name: str) -> list[str]:
        return [word for table in tables for word in table.get(name, ())]

    return Lexicon(
        honorifics=words_pattern(every("honorifics")), articles=words_pattern(every("articles"))
    )
