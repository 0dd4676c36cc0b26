"""What a text says of a person beside the name: function and organisation.

A phrase before a name ("le ministre de la Défense, NAME", "WeWork chairman NAME"), one in
commas or brackets after it, or a sentence "NAME is a ...". A phrase is taken only with a noun
for what people are in it, so that clauses behind a name are none.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from typing import TYPE_CHECKING

from cleaners.rules import load_rules
from cleaners.word_kinds import Word

if TYPE_CHECKING:
    from cleaners.grammar import Grammar
    from cleaners.names import Mention

_REACH = 150
_AFTER = 320
_BOUNDARY = re.compile(r"[;:!?()«»“”„\"|•]|\s[–—-]\s")
_FULL_STOP = re.compile(r"([^\W\d_]+)\.(?=\s|$)")
_TOKEN = re.compile(r"[^\s,()«»“”„\"]+")
_SEGMENT_END = re.compile(r"[,;:!?«»“”„\"|•()]|(?<=[^\W\d_]{3})\.(?=\s|$)|\.$|\s[–—]\s|\s-\s")
_FOOTNOTE = re.compile(r"\s?(?:\(\d{1,2}\)|\*+|\[\d+\])")
_BRACKET = re.compile(r"\s?\(([^()]{2,60})\)")
# "representante de la Unión Europea (UE) para ...".
_ABBREVIATION = re.compile(r"\s\([^\W\d_]{1,12}\)")
_INNER = frozenset(("and", "for", "et", "pour", "und", "für", "y", "e", "para", "en", "voor"))
_OPENS = re.compile(r"\s?,\s+|\s[–—-]\s|\s?\(")
_MAX_SEGMENTS = 3
_MAX_SHORT = 4
_MAX_BEFORE_ROLE = 6
_MAX_LEFT = 6
_MAX_SMALL = 2
_MAX_COMPLEMENT = 10
_MAX_WORDS = 30
_MAX_BARE_WORDS = 6
_MAX_PARTY_WORDS = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Description:
    """Function and organisation of a person as one place gives them; either may be None."""

    role: str | None = None
    affiliation: str | None = None


_NOTHING = Description()


def describe(mention: Mention, text: str, grammar: Grammar) -> Description:
    """Return what stands beside one mention of a name."""
    found = _after(mention, text, grammar)
    if found.role is None and (before := _before(mention, text, grammar)) is not None:
        role, affiliation = before
        return Description(role=role, affiliation=affiliation or found.affiliation)
    return found


def _before(mention: Mention, text: str, grammar: Grammar) -> tuple[str | None, str | None] | None:
    """Return the function in front of a name."""
    end = mention.name_start
    if mention.honorific:
        end = text.rfind(mention.honorific, 0, end)
    start = max(0, end - _REACH)
    segment = _ABBREVIATION.sub(_blank, text[start:end]).rstrip().rstrip(",").rstrip()
    segment = segment[_clause_start(segment, grammar) :]
    tokens = [(m.start(), m[0]) for m in _TOKEN.finditer(segment)]
    kinds = [grammar.kind(word) for _, word in tokens]
    for number, kind in enumerate(kinds):
        if not kind & Word.ROLE or kind & Word.STOP:
            continue
        head = tokens[number][1]
        rest = segment[tokens[number][0] + len(head) :]
        if not _is_complement(rest, grammar):
            continue
        left = _left(tokens, kinds, number, grammar)
        return _parted(tokens[left:], kinds[left:], number - left, segment, grammar)
    return None


def _clause_start(segment: str, grammar: Grammar) -> int:
    """Return where the clause begins that ends before a name; "Gov." ends none."""
    cuts = [mark.end() for mark in _BOUNDARY.finditer(segment)]
    for stop in _FULL_STOP.finditer(segment):
        kind = grammar.kind(stop[0])
        is_short = stop[1][0].isupper() and len(stop[1]) <= _MAX_SHORT
        if not (kind & Word.HONORIFIC or (is_short and kind & Word.ROLE) or len(stop[1]) == 1):
            cuts.append(stop.end())
    return max((*cuts, segment.rfind(", ") + 1), default=0)


def _is_complement(rest: str, grammar: Grammar) -> bool:
    """Tell whether what stands between a role and a name belongs to the role."""
    if not rest.strip():
        return True
    if grammar.quoting.search(rest) or grammar.hanging.search(rest):
        return False
    links = list(grammar.link.finditer(rest))
    first = links[0].start() if links else len(rest)
    if sum(1 for word in rest[:first].split() if word[:1].islower()) > _MAX_SMALL:
        return False
    words = grammar.link.sub(" ", rest).split()
    return len(words) <= _MAX_COMPLEMENT and not any(
        _stops(word, grammar) and word not in _INNER for word in words
    )


def _blank(match: re.Match[str]) -> str:
    return " " * len(match[0])


def _stops(word: str, grammar: Grammar) -> bool:
    return bool(grammar.kind(word) & Word.STOP)


def _left(tokens: list[tuple[int, str]], kinds: list[int], number: int, grammar: Grammar) -> int:
    """Return the first token of the phrase whose role is the token of some number."""
    left, has_capital = number, False
    while left > 0 and number - left < _MAX_LEFT:
        word, kind = tokens[left - 1][1], kinds[left - 1]
        if kind & Word.STOP or grammar.quoting.fullmatch(word) or kind & Word.HONORIFIC:
            break
        if kind & Word.OPENER and not kind & Word.MODIFIER:
            break
        is_inner = bool(kind & (Word.MODIFIER | Word.ROLE))
        if not is_inner and not grammar.modifiers_first:
            break
        if word[:1].islower() and has_capital and not is_inner:
            break
        has_capital = has_capital or (word[:1].isupper() and not is_inner)
        left -= 1
    return left


def _parted(
    tokens: list[tuple[int, str]],
    kinds: list[int],
    head: int,
    segment: str,
    grammar: Grammar,
) -> tuple[str | None, str | None]:
    """Cut a phrase before a name into function and organisation."""
    inner = Word.DEMONYM | Word.MODIFIER | Word.ROLE
    first = 0
    while first < head and tokens[first][1][:1].isupper() and not kinds[first] & inner:
        first += 1
    place = segment[tokens[0][0] : tokens[first][0]].strip() or None
    role, affiliation = split_role(segment[tokens[first][0] :].strip(" ,"), grammar)
    prefix, dash, noun = tokens[head][1].rpartition("-")
    if dash and prefix.isupper() and role == tokens[head][1]:
        return noun, place or prefix
    return role, affiliation or place


def _after(mention: Mention, text: str, grammar: Grammar) -> Description:
    rest = text[mention.end : mention.end + _AFTER]
    if footnote := _FOOTNOTE.match(rest):
        rest = rest[footnote.end() :]
    party = None
    if (bracket := _BRACKET.match(rest)) and not grammar.age.fullmatch(bracket[1]):
        inside = bracket[1].strip()
        if is_role_phrase(inside, grammar):
            role, affiliation = _listed(inside, grammar)
            return Description(role=role, affiliation=affiliation)
        if (
            inside[:1].isupper()
            and inside[-1:].isalnum()
            and len(inside.split()) <= _MAX_PARTY_WORDS
        ):
            party = inside
        rest = rest[bracket.end() :]
    phrase = _apposition(rest, grammar) or _copular(rest, grammar)
    if phrase is None:
        return Description(affiliation=party) if party else _NOTHING
    role, affiliation = split_role(phrase, grammar)
    return Description(role=role, affiliation=affiliation or party)


def _apposition(rest: str, grammar: Grammar) -> str | None:
    """Return the phrase behind a name: ", MD, 42, a lecturer from Nottingham, said"."""
    opening = _OPENS.match(rest)
    if opening is None:
        word = _TOKEN.match(rest.lstrip()) if rest[:1] == " " else None
        # "Indian diplomats said": where modifiers stand first, the name would be one.
        is_role = word is not None and word[0][:1].islower() and not grammar.modifiers_first
        is_role = is_role and word is not None and _is_role(word[0], grammar)
        return _phrase(rest.lstrip(), grammar) if is_role else None
    rest = rest[opening.end() :]
    for _ in range(_MAX_SEGMENTS):
        if age := grammar.age.match(rest):
            rest = rest[age.end() :]
            continue
        segment = rest.partition(",")[0].strip()
        if segment not in _degrees():
            break
        rest = rest[len(rest.partition(",")[0]) + 1 :].lstrip()
    return _phrase(rest, grammar)


def _is_role(word: str, grammar: Grammar) -> bool:
    return bool(grammar.kind(word) & Word.ROLE) and not grammar.quoting.fullmatch(word)


def _copular(rest: str, grammar: Grammar) -> str | None:
    """Return what a sentence says that a person is: "NAME is a Software Engineer"."""
    stripped = rest.lstrip()
    copula = grammar.copula.match(stripped) if grammar.copula.pattern else None
    if copula is None or not stripped[copula.end() :].startswith(" "):
        return None
    phrase = stripped[copula.end() + 1 :]
    return _phrase(phrase, grammar, needs_role=True)


def _phrase(rest: str, grammar: Grammar, *, needs_role: bool = False) -> str | None:
    """Return the noun phrase of a role that some text begins with."""
    indefinite = grammar.indefinite.match(rest)
    article = grammar.article.match(rest)
    start = article.end() if article else 0
    end = _SEGMENT_END.search(rest, start)
    closed = end is not None
    phrase = rest[start : end.start() if end else len(rest)]
    for pattern in (grammar.quoting, grammar.relative):
        for found in pattern.finditer(phrase):
            if found.start() == 0 or phrase[found.start() - 1] == " ":
                phrase, closed = phrase[: found.start()], True
                break
    phrase = _uncut(phrase, grammar).strip(" ,–—-")
    words = phrase.split()
    if not words or len(words) > _MAX_WORDS:
        return None
    if is_role_phrase(phrase, grammar):
        return phrase
    is_new = indefinite is not None and closed and not needs_role
    is_bare = len(words) <= _MAX_BARE_WORDS and not any(_stops(word, grammar) for word in words)
    return phrase if is_new and is_bare and words[0][:1].islower() else None


def _uncut(phrase: str, grammar: Grammar) -> str:
    """Return a phrase up to the first small word that begins another clause."""
    links = [(link.start(), link.end()) for link in grammar.link.finditer(phrase)]
    for token in _TOKEN.finditer(phrase):
        if any(start <= token.start() < end for start, end in links):
            continue
        if _ends(token[0], phrase[token.end() :], grammar):
            return phrase[: token.start()]
    return phrase


def _ends(word: str, after: str, grammar: Grammar) -> bool:
    """Tell whether a small word ends a phrase; "and" before another noun does not."""
    if not _stops(word, grammar) or word[:1].isupper():
        return False
    following = _TOKEN.findall(after)[:4]
    joins = len(word) <= 3 and any(_is_role(one, grammar) or one[:1].isupper() for one in following)  # noqa: PLR2004 - and, et, y
    return not joins


def is_role_phrase(phrase: str, grammar: Grammar) -> bool:
    """Tell whether a phrase names what somebody is: such a noun among its first words."""
    for number, word in enumerate(_TOKEN.findall(phrase)):
        if _is_role(word, grammar):
            return True
        if (
            number >= _MAX_BEFORE_ROLE
            or _stops(word, grammar)
            or grammar.link.fullmatch(f"{word} ")
        ):
            return False
        if grammar.quoting.fullmatch(word):
            return False
    return False


def _listed(phrase: str, grammar: Grammar) -> tuple[str | None, str | None]:
    """Cut "ROLE, ORGANISATION"."""
    role, comma, place = phrase.partition(", ")
    if comma and not is_role_phrase(place, grammar):
        return role, place
    return split_role(phrase, grammar)


def split_role(phrase: str, grammar: Grammar) -> tuple[str | None, str | None]:
    """Cut "ROLE at ORGANISATION" into its two parts.

    A part that names an organisation by its kind ("Université ...") is preferred, then one
    behind a preposition of place, then any capitalised one. A minister's field is no
    organisation.
    """
    links = [
        link
        for link in grammar.link.finditer(phrase)
        if _begins_name(phrase[link.end() :], grammar)
    ]
    links = [link for link in links if link.start() > 0]
    if not links:
        return phrase or None, None
    head = phrase[: links[0].start()].split()
    if any(word.strip(",").casefold() in grammar.portfolio for word in head):
        links = [link for link in links[1:] if grammar.at.match(link[0])]
        if not links:
            return phrase, None
    named = (link for link in links if _is_organisation(phrase[link.end() :], grammar))
    placed = (link for link in reversed(links) if grammar.at.match(link[0]))
    link = next(named, None) or next(placed, None) or links[0]
    place = _without_tail(phrase[link.end() :], grammar)
    return phrase[: link.start()].strip(" ,") or None, place.strip(" .,") or None


def _without_tail(place: str, grammar: Grammar) -> str:
    """Cut "UNIVERSITY en charge de ..." at the small word that begins another phrase."""
    tokens = list(_TOKEN.finditer(place))
    for token, following in pairwise(tokens):
        is_small = token[0][:1].islower() and following[0][:1].islower()
        is_stop = is_small and _stops(token[0], grammar)
        if token.start() and is_stop and grammar.link.match(place, token.start()) is None:
            return place[: token.start()]
    return place


def _begins_name(text: str, grammar: Grammar) -> bool:
    first = _TOKEN.match(text.lstrip('"“«„ '))
    if first is None:
        return False
    core = first[0].rpartition("’")[2] or first[0]
    is_name = core[:1].isupper() or core[:1].isdigit()
    return is_name or bool(grammar.kind(core) & Word.ORGANISATION)


def _is_organisation(text: str, grammar: Grammar) -> bool:
    return any(grammar.kind(word) & Word.ORGANISATION for word in _TOKEN.findall(text)[:2])


@cache
def _degrees() -> frozenset[str]:
    return frozenset(load_rules("people")["degrees"])


def read_entry(mention: Mention, text: str, grammar: Grammar) -> Description:
    """Read the rest of a list item that opens with a name: "NAME, ROLE at ORGANISATION"."""
    rest = text[mention.end :]
    opening = _ENTRY_OPENS.match(rest)
    if opening is None:
        return describe(mention, text, grammar)
    rest = rest[opening.end() :].strip(" .;)")
    if pronoun := grammar.relative.match(rest):
        return Description(role=rest[pronoun.end() :] or None)
    parts = [part for part in re.split(r",\s+", rest) if part and part not in _degrees()]
    if not parts:
        return describe(mention, text, grammar)
    if not is_role_phrase(parts[0], grammar):
        before = _before(mention, text, grammar)
        if before is not None:
            return Description(role=before[0], affiliation=before[1] or _place(parts[0], grammar))
        if _is_organisation(parts[0], grammar):
            return Description(affiliation=parts[0])
    role, affiliation = split_role(parts[0], grammar)
    if affiliation is None and len(parts) > 1:
        affiliation = _place(", ".join(parts[1:]), grammar)
    return Description(role=role, affiliation=affiliation)


_ENTRY_OPENS = re.compile(r"\s?(?:,|:|\s[–—-]|\||\()\s?")


def _place(text: str, grammar: Grammar) -> str | None:
    return text if _begins_name(text, grammar) else None
