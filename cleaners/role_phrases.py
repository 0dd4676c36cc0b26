"""The noun phrase of a function: where it ends, and which part of it names an organisation.

A phrase is one only with a noun for what people are among its first words, so that clauses
beside a name are none.
"""

from __future__ import annotations

import re
from itertools import pairwise
from typing import TYPE_CHECKING

from cleaners.word_kinds import Word

if TYPE_CHECKING:
    from cleaners.grammar import Grammar

# Words of a phrase, and what ends it.
SEGMENT_END = re.compile(r"[,;:!?«»“”„\"|•()]|(?<=[^\W\d_]{3})\.(?=\s|$)|\.$|\s[–—]\s|\s-\s")
TOKEN = re.compile(r"[^\s,()«»“”„\"]+")
_MAX_WORDS = 30
MAX_BARE_WORDS = 6
_MAX_BEFORE_ROLE = 6


def is_role(word: str, grammar: Grammar) -> bool:
    """Tell whether a word is a noun for what people are."""
    return bool(grammar.kind(word) & Word.ROLE) and not grammar.quoting.fullmatch(word)


def stops(word: str, grammar: Grammar) -> bool:
    """Tell whether a word is one of those that end a phrase."""
    return bool(grammar.kind(word) & Word.STOP)


def role_phrase(rest: str, grammar: Grammar, *, needs_role: bool = False) -> str | None:
    """Return the noun phrase of a role that some text begins with."""
    indefinite = grammar.indefinite.match(rest)
    article = grammar.article.match(rest)
    start = article.end() if article else 0
    end = SEGMENT_END.search(rest, start)
    closed = end is not None
    phrase = rest[start : end.start() if end else len(rest)]
    for pattern in (grammar.quoting, grammar.relative):
        for found in pattern.finditer(phrase):
            if found.start() == 0 or phrase[found.start() - 1] == " ":
                phrase, closed = phrase[: found.start()], True
                break
    phrase = uncut(phrase, grammar).strip(" ,–—-")
    words = phrase.split()
    if not words or len(words) > _MAX_WORDS:
        return None
    if is_role_phrase(phrase, grammar):
        return phrase
    is_new = indefinite is not None and closed and not needs_role
    is_bare = len(words) <= MAX_BARE_WORDS and not any(stops(word, grammar) for word in words)
    return phrase if is_new and is_bare and words[0][:1].islower() else None


def uncut(phrase: str, grammar: Grammar) -> str:
    """Return a phrase up to the first small word that begins another clause."""
    links = [(link.start(), link.end()) for link in grammar.link.finditer(phrase)]
    for token in TOKEN.finditer(phrase):
        if any(start <= token.start() < end for start, end in links):
            continue
        if _ends(token[0], phrase[token.end() :], grammar):
            return phrase[: token.start()]
    return phrase


def _ends(word: str, after: str, grammar: Grammar) -> bool:
    """Tell whether a small word ends a phrase; "and" before another noun does not."""
    if not stops(word, grammar) or word[:1].isupper():
        return False
    following = TOKEN.findall(after)[:4]
    joins = len(word) <= 3 and any(is_role(one, grammar) or one[:1].isupper() for one in following)  # noqa: PLR2004 - and, et, y
    return not joins


def is_role_phrase(phrase: str, grammar: Grammar) -> bool:
    """Tell whether a phrase names what somebody is: such a noun among its first words."""
    for number, word in enumerate(TOKEN.findall(phrase)):
        if is_role(word, grammar):
            return True
        if number >= _MAX_BEFORE_ROLE or stops(word, grammar) or grammar.link.fullmatch(f"{word} "):
            return False
        if grammar.quoting.fullmatch(word):
            return False
    return False


def split_role(phrase: str, grammar: Grammar) -> tuple[str | None, str | None]:
    """Cut "ROLE at ORGANISATION" into its two parts.

    A part that names an organisation by its kind ("Université ...") is preferred, then one
    behind a preposition of place, then any capitalised one. A minister's field is no
    organisation.
    """
    links = [
        link for link in grammar.link.finditer(phrase) if begins_name(phrase[link.end() :], grammar)
    ]
    links = [link for link in links if link.start() > 0]
    if not links:
        return phrase or None, None
    head = phrase[: links[0].start()].split()
    if any(word.strip(",").casefold() in grammar.portfolio for word in head):
        links = [link for link in links[1:] if grammar.at.match(link[0])]
        if not links:
            return phrase, None
    named = (link for link in links if is_organisation(phrase[link.end() :], grammar))
    placed = (link for link in reversed(links) if grammar.at.match(link[0]))
    link = next(named, None) or next(placed, None) or links[0]
    place = _without_tail(phrase[link.end() :], grammar)
    return phrase[: link.start()].strip(" ,") or None, place.strip(" .,") or None


def _without_tail(place: str, grammar: Grammar) -> str:
    """Cut "UNIVERSITY en charge de ..." at the small word that begins another phrase."""
    tokens = list(TOKEN.finditer(place))
    for token, following in pairwise(tokens):
        is_small = token[0][:1].islower() and following[0][:1].islower()
        is_stop = is_small and stops(token[0], grammar)
        if token.start() and is_stop and grammar.link.match(place, token.start()) is None:
            return place[: token.start()]
    return place


def begins_name(text: str, grammar: Grammar) -> bool:
    """Tell whether a text begins with what may be an organisation's name."""
    first = TOKEN.match(text.lstrip('"“«„ '))
    if first is None:
        return False
    core = first[0].rpartition("’")[2] or first[0]
    is_name = core[:1].isupper() or core[:1].isdigit()
    return is_name or bool(grammar.kind(core) & Word.ORGANISATION)


def is_organisation(text: str, grammar: Grammar) -> bool:
    """Tell whether a text names an organisation by its kind: "Université ..."."""
    return any(grammar.kind(word) & Word.ORGANISATION for word in TOKEN.findall(text)[:2])
