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
    from collections.abc import Iterable

LANGUAGES = rule_languages()

_LETTERS = (chr(code) for code in (*range(0x250), *range(0x370, 0x530), *range(0x1E00, 0x1F00)))
UPPER = "[" + "".join(letter for letter in _LETTERS if letter.isupper()) + "]"
_NEVER = "(?!)"


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)  # compared by identity: a cache's key
class Lexicon:
    """Titles and articles of one language, or of all, as patterns.

    Attributes:
        honorifics: titles glued to names (``Professor``).
        articles: articles and possessives.
    """

    honorifics: str
    articles: str


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Words:
    """Some words, to ask whether one word is among them; ``*`` stands for any letters.

    Nearly all are found in a set, which a pattern of a thousand alternatives is far from.
    """

    exact: frozenset[str]
    endings: tuple[str, ...]
    starred: re.Pattern[str] | None

    @classmethod
    def of(cls, words: Iterable[str]) -> Words:
        """Return the words of a list."""
        listed = frozenset(word.replace("'", "’") for word in words)
        starred = frozenset(word for word in listed if "*" in word)
        return cls(
            exact=listed - starred,
            # Where a word has its star elsewhere, any ending may be one of them.
            endings=tuple("" if word.rfind("*") else word[1:] for word in starred),
            starred=re.compile(words_pattern(starred)) if starred else None,
        )

    def holds(self, word: str) -> bool:
        """Tell whether a word is among them."""
        word = word.replace("'", "’")
        if word in self.exact:
            return True
        return (
            self.starred is not None
            and word.endswith(self.endings)
            and self.starred.fullmatch(word) is not None
        )


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
