"""Names of persons in running text: one pass over a line gives every run that may be one.

A run of capitalised words is cut down to the name in it: titles, functions and sentence
openers before it are taken off. Whether it is a person's is for the whole page to say
(`cleaners.roster`); here only what can be no person's is left out.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from cleaners.word_kinds import AROUND, Word

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cleaners.grammar import Grammar

_MAX_NAME_TOKENS = 5
_TITLE_CHARS = 40
# So many capitals in a row are no given name: "MSP", "BBC"; two may be one ("JD").
_LETTERS = range(3, 6)
_INITIAL = re.compile(r"(?:[^\W\d_a-z]\.-?)+")
_POSSESSIVE = ("’s", "'s")
_ENDS_INITIALS = frozenset(".-")
_OF_GIVEN = Word.GIVEN | Word.GENDERS
_OPENS_NAME = Word.GIVEN | Word.REGNAL
_STANDS_BEFORE = Word.HONORIFIC | Word.ROLE
_OPENS_SENTENCE = Word.OPENER | Word.MODIFIER
_DIGIT = re.compile(r"\d")
_TRIM = "’'\"“”«»()"
_PREPOSITIONS = frozenset(
    (
        "de",
        "da",
        "do",
        "di",
        "du",
        "des",
        "del",
        "della",
        "dei",
        "dos",
        "das",
        "e",
        "y",
        "dal",
        "von",
    )
)


class Mention(NamedTuple):
    """A run of capitalised words that may name a person, at one place of a line.

    A tuple, since a page makes hundreds, and a frozen dataclass takes three times as long.

    Attributes:
        name: without what stands before it.
        honorific: titles right before the name, as printed.
        start: where it begins with the titles and functions in the run.
        name_start, end: where the name stands.
        is_given: it opens with a known given name, or with initials.
        has_role: a function or title stands in the run before the name.
    """

    name: str
    honorific: str | None
    start: int
    name_start: int
    end: int
    is_given: bool
    has_role: bool

    @property
    def is_full(self) -> bool:
        """Tell whether the name has more than one word."""
        return " " in self.name


def find_mentions(text: str, grammar: Grammar) -> Iterator[Mention]:
    """Yield what may be a person's name in a text, in reading order."""
    for start, run in find_runs(text, grammar):
        mention = read_mention(text, start, run, grammar)
        if mention is not None:
            yield mention


def find_runs(text: str, grammar: Grammar) -> list[tuple[int, str]]:
    """Return the runs of capitalised words in a text, each with where it begins."""
    found: list[tuple[int, str]] = []
    end = 0
    for opening in grammar.opening.finditer(text):
        start = opening.start()
        match = grammar.run.match(text, start) if start >= end else None
        if match is not None:
            end = match.end()
            found.append((start, match[0]))
    return found


def read_mention(text: str, start: int, run: str, grammar: Grammar) -> Mention | None:
    """Return what in a run of capitalised words may be a person's name, if anything."""
    found = _read_run(run, grammar)
    if found is None:
        return None
    before = text[max(0, start - _TITLE_CHARS) : start] + run[: found.start]
    return Mention(
        name=found.name,
        honorific=_title(before, grammar),
        start=start + found.run_start,
        name_start=start + found.start,
        end=start + found.start + len(found.name),
        is_given=found.is_given,
        has_role=found.has_role,
    )


def _title(before: str, grammar: Grammar) -> str | None:
    """Return the titles that end what stands before a name."""
    before = before.rstrip()
    last = before.rpartition(" ")[2].lstrip("(«“\"'’")
    if last.rstrip(AROUND)[-2:] not in grammar.title_ends:  # as that of most words is not
        return None
    found = grammar.honorific.search(before) if grammar.kind(last) & Word.HONORIFIC else None
    return found[0].strip() if found else None


class _Name(NamedTuple):
    """The name in a run: where in the run it begins, and its titles and functions."""

    name: str
    run_start: int
    start: int
    is_given: bool
    has_role: bool


class _Token(NamedTuple):
    """One word of a run: where it begins, without marks around it, and what it may be."""

    start: int
    word: str
    kind: int
    is_possessive: bool

    @property
    def opens_name(self) -> bool:
        return bool(self.kind & _OPENS_NAME) or _is_initials(self.word)


def _is_initials(word: str) -> bool:
    return word[-1:] in _ENDS_INITIALS and _INITIAL.fullmatch(word) is not None


@lru_cache(maxsize=20_000)
def _read_run(run: str, grammar: Grammar) -> _Name | None:
    if plain := _plain_name(run, grammar):
        return plain
    tokens = _tokens(run, grammar)
    first = _first(tokens)
    named = tokens[first : _last(tokens, first)]
    if not 0 < len(named) <= _MAX_NAME_TOKENS or not _may_name(named, has_title=first > 0):
        return None
    start = named[0].start
    name = run[start : named[-1].start + len(named[-1].word)].rstrip(_TRIM)
    if not name or not (name[0].isupper() or name[1:2] in {"’", "'"}):
        return None
    return _Name(
        name=name,
        run_start=next((t.start for t in tokens[:first] if _is_of_name(t)), start),
        start=start,
        is_given=len(named) > 1 and (named[0].opens_name or _is_cut(named)),
        has_role=any(token.kind & Word.ROLE for token in tokens[:first]),
    )


def _plain_name(run: str, grammar: Grammar) -> _Name | None:
    """Return a run that is a name as it stands: "Angela Merkel".

    A third are, and need nothing of what follows: no word may be anything but a part of a name.
    """
    words = run.split(" ")
    if not 1 < len(words) <= _MAX_NAME_TOKENS or not run.istitle() or words[0] == "The":
        return None
    kinds = [grammar.kind(word) for word in words if word.isalpha() and not word.isupper()]
    if len(kinds) < len(words) or kinds[0] & ~_OF_GIVEN or any(kinds[1:]):
        return None
    is_given = bool(kinds[0] & Word.GIVEN)
    return _Name(name=run, run_start=0, start=0, is_given=is_given, has_role=False)


def _tokens(run: str, grammar: Grammar) -> list[_Token]:
    tokens = []
    end = 0
    for printed in run.split():
        start = run.index(printed, end)
        end = start + len(printed)
        word, is_possessive = printed, False
        if not printed.isalpha():  # marks stand around it, or in it
            word, is_possessive = printed.strip(_TRIM), printed.endswith(_POSSESSIVE)
            word = word[:-2] if word.endswith(_POSSESSIVE) else word
        tokens.append(_Token(start, word, grammar.kind(word), is_possessive))
    return tokens


def _is_cut(named: list[_Token]) -> bool:
    """Tell whether papers have cut a surname to its initial: "Yassin E."."""
    return len(named) == 2 and len(named[1].word) == 2 and named[1].word[1] == "."  # noqa: PLR2004


def _is_nation(named: list[_Token]) -> bool:
    return len(named) > 1 and bool(named[-1].kind & Word.DEMONYM) and not named[0].opens_name


def _may_name(named: list[_Token], *, has_title: bool) -> bool:
    """Tell whether some words can be a person's name at all."""
    words = [token.word for token in named]
    if words[0] == "The" or _DIGIT.search(" ".join(words)) or _is_nation(named):
        # "MAX G2", "Several Indian".
        return False
    if any(token.kind & Word.ORGANISATION for token in named):
        return False
    is_given = len(named) > 1 and named[0].opens_name
    if not is_given and not has_title and not _PREPOSITIONS.isdisjoint(words):
        # "Constitución de Venezuela".
        return False
    capitals = [w for w in words if w.isupper() and len(w) > 1 and not _is_initials(w)]
    if capitals and not (is_given and all(word.isupper() for word in words)):
        return False
    return len(named) > 1 or (len(words[0]) > 1 and not named[0].kind & Word.OPENER)


def _first(tokens: list[_Token]) -> int:
    """Return at which token of a run the name begins."""
    first = max((n for n, token in enumerate(tokens[:-1], 1) if token.is_possessive), default=0)
    for number, token in enumerate(tokens[first:], start=first):
        if token.kind & _OPENS_NAME and number + 1 < len(tokens):
            # "Theresia Bauer", "Gerhard Richter": behind a given name a trade is a surname.
            if number == first:
                break
            continue
        is_opener = number == first and token.kind & _OPENS_SENTENCE
        if token.kind & _STANDS_BEFORE or is_opener:
            first = number + 1
    first = _behind_letters(tokens, first)
    # "Florida Marco Rubio": what stands before a known given name is no part of the name,
    # and an organisation with a person's name ("Université Mohammed V") is none.
    if first < len(tokens) and not tokens[first].opens_name:
        for number in range(first + 1, len(tokens) - 1):
            if tokens[number].kind & Word.GIVEN:
                if any(token.kind & Word.ORGANISATION for token in tokens[first:number]):
                    return len(tokens)
                return number
    return first


def _is_letters(token: _Token) -> bool:
    word = token.word.rpartition("’")[2].rpartition("'")[2]
    return len(word) in _LETTERS and word.isupper() and word.isalpha()


def _is_of_name(token: _Token) -> bool:
    """Tell whether a word before a name belongs to it: no opener, no letters without a function."""
    return not (token.kind & Word.OPENER or (_is_letters(token) and not token.kind & Word.ROLE))


def _behind_letters(tokens: list[_Token], first: int) -> int:
    """Return at which token a name begins that letters stand before: "Opposition MSP NAME"."""
    for number in range(first, len(tokens) - 2):
        following = tokens[number + 1 :]
        if _is_letters(tokens[number]) and not any(token.word.isupper() for token in following):
            return number + 1
    return first


def _last(tokens: list[_Token], first: int) -> int:
    """Return behind which token of a run the name ends."""
    for number in range(first + 1, len(tokens) - 2):
        # "Giorgia Meloni da Donald Trump" are two.
        if tokens[number].word in _PREPOSITIONS and tokens[number + 1].kind & Word.GIVEN:
            return number
    last = len(tokens)
    while last > first + 1 and tokens[last - 1].kind & Word.OPENER:
        if tokens[last - 1].kind & Word.GIVEN:
            break
        last -= 1
    return last
