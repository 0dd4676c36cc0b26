"""What one language calls things: verbs of saying, honorifics, roles, organisations.

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
    """The words of one language, or of all, as patterns.

    Attributes:
        honorifics: titles glued to names (``Professor``).
        articles: articles and possessives.
        roles: functions that stand before names (``president``).
        particles: words inside names (``de``, ``van``).
        saying: verbs of saying in their finite forms, auxiliaries included.
        pronouns: he, she, they; also glued to French verbs.
        drops_subject: verbs may stand without a subject.
        sources: prepositions that name a source (``according to``).
        at, of: what stands between a role and its organisation.
        age: what follows the number in an age.
        relative: relative pronouns that begin a description of a person.
        organisations: words that make a capitalised run no person.
        openers: capitalised words at the start of sentences that are no part of a name.
        conjunctions: words that join two recommendations in one item.
    """

    honorifics: str
    articles: str
    roles: str
    particles: str
    saying: str
    pronouns: str
    drops_subject: bool
    sources: str
    at: str
    of: str
    age: str
    relative: str
    organisations: str
    openers: frozenset[str]
    conjunctions: tuple[str, ...]


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
        honorifics=words_pattern(every("honorifics")),
        articles=words_pattern(every("articles")),
        roles=words_pattern(every("roles")),
        particles=words_pattern(every("particles")),
        saying=_saying(tables),
        pronouns=words_pattern(every("pronouns")),
        drops_subject=bool(base) and bool(tables[0].get("drops_subject", False)),
        sources=words_pattern(every("sources")),
        at=words_pattern(every("at")),
        of=words_pattern(every("of")),
        age=words_pattern(every("age")),
        relative=words_pattern(every("relative")),
        organisations=words_pattern(every("organisations")),
        openers=frozenset(every("openers")),
        conjunctions=tuple(dict.fromkeys(every("conjunctions"))),
    )


def _saying(tables: list[dict[str, Any]]) -> str:
    """Join finite forms with participles behind their auxiliaries, language by language."""
    forms = []
    for table in tables:
        forms.append(words_pattern(table["saying"]))
        if table.get("participles"):
            auxiliary, participle = (
                words_pattern(table["auxiliaries"]),
                words_pattern(table["participles"]),
            )
            forms.append(rf"{auxiliary}(?:-t-(?:il|elle|on))?\s+(?:\w+\s+)?{participle}")
    return "(?:" + "|".join(forms) + ")"
