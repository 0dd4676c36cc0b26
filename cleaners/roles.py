"""What a text says of a person beside the name: function and organisation.

A phrase before a name ("le ministre de la Défense, NAME", "WeWork chairman NAME"), one in
commas or brackets after it, or a sentence "NAME is a ...". A phrase is taken only with a noun
for what people are in it, so that clauses behind a name are none.
"""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING, NamedTuple

from cleaners.role_phrases import (
    MAX_BARE_WORDS,
    SEGMENT_END,
    TOKEN,
    begins_name,
    is_organisation,
    is_role,
    is_role_phrase,
    role_phrase,
    split_role,
    stops,
    uncut,
)
from cleaners.rules import load_rules
from cleaners.word_kinds import Word

if TYPE_CHECKING:
    from cleaners.grammar import Grammar
    from cleaners.names import Mention

_REACH = 150
_AFTER = 320
_BOUNDARY = re.compile(r"[;:!?()«»“”„\"|•]|\s[–—-]\s")
_FULL_STOP = re.compile(r"\.(?<=[^\W\d_]\.)(?=\s|$)")
_LAST_WORD = re.compile(r"[^\W\d_]+$")
_MAX_WORD = 24
_FOOTNOTE = re.compile(r"\s?(?:\(\d{1,2}\)|\*+|\[\d+\])")
_BRACKET = re.compile(r"\s?\(([^()]{2,60})\)")
# "representante de la Unión Europea (UE) para ...".
_ABBREVIATION = re.compile(r"\s\([^\W\d_]{1,12}\)")
# "l'historien"
_ELIDED = re.compile(r"^[lL]['’](?=\w)")
_INNER = frozenset(("and", "for", "et", "pour", "und", "für", "y", "e", "para", "en", "voor"))
_OPENS = re.compile(r"\s?,\s+|\s[–—-]\s|\s?\(")
_MAX_SEGMENTS = 3
_MAX_SHORT = 4
_MAX_LEFT = 6
_MAX_SMALL = 2
_MAX_COMPLEMENT = 10
_MAX_PARTY_WORDS = 3


class Description(NamedTuple):
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
    tokens = [(m.start(), m[0]) for m in TOKEN.finditer(segment)]
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
    return _trade(mention, tokens, kinds, grammar)


def _trade(
    mention: Mention, tokens: list[tuple[int, str]], kinds: list[int], grammar: Grammar
) -> tuple[str, None] | None:
    """Return a function that no list holds, told by its ending and by where it stands.

    Between a verb of saying and a full name: "zegt kwelderwachter NAME", "sagte dazu Pegelleser
    NAME".
    """
    if not tokens or not mention.is_full or kinds[-1] & (Word.STOP | Word.HONORIFIC):
        return None
    word = tokens[-1][1]
    is_noun = word[:1].isupper() == grammar.capital_nouns and grammar.people.fullmatch(word)
    is_said = any(grammar.saying.fullmatch(f" {one}") for _, one in tokens[-3:-1])
    return (word, None) if is_noun and is_said else None


def _clause_start(segment: str, grammar: Grammar) -> int:
    """Return where the clause begins that ends before a name; "Gov." ends none."""
    cuts = [mark.end() for mark in _BOUNDARY.finditer(segment)]
    for stop in _FULL_STOP.finditer(segment):
        before = _LAST_WORD.search(segment, max(0, stop.start() - _MAX_WORD), stop.start())
        word = before[0] if before else ""
        kind = grammar.kind(f"{word}.")
        is_short = word[:1].isupper() and len(word) <= _MAX_SHORT
        if not (kind & Word.HONORIFIC or (is_short and kind & Word.ROLE) or len(word) == 1):
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
        stops(word, grammar) and word not in _INNER for word in words
    )


def _blank(match: re.Match[str]) -> str:
    return " " * len(match[0])


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
    if _is_field(tokens, kinds, first, head, grammar):
        first = 0
    place = segment[tokens[0][0] : tokens[first][0]].strip() or None
    phrase = _ELIDED.sub("", segment[tokens[first][0] :].strip(" ,"))
    role, affiliation = split_role(phrase, grammar)
    prefix, dash, noun = tokens[head][1].rpartition("-")
    if dash and prefix.isupper() and role == tokens[head][1]:
        return noun, place or prefix
    return role, affiliation or place


def _is_field(
    tokens: list[tuple[int, str]], kinds: list[int], first: int, head: int, grammar: Grammar
) -> bool:
    """Tell whether one word before a function says its field, and names no organisation.

    "Health Secretary" is one function; the capital of "Marine biologist" may be that of the
    sentence, unless it is something that a firm has ("Tesla founder").
    """
    if first != 1:
        return False
    field, noun = tokens[0][1], tokens[head][1]
    if noun.casefold() in grammar.portfolio:
        return head == 1
    opens = tokens[0][0] == 0 and field[1:].islower() and not kinds[0] & Word.ORGANISATION
    return opens and grammar.of_fields.fullmatch(noun) is not None


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
        place = party or _membership(rest, grammar)
        return Description(affiliation=place) if place else _NOTHING
    role, affiliation = split_role(phrase, grammar)
    return Description(role=role, affiliation=affiliation or party)


def _membership(rest: str, grammar: Grammar) -> str | None:
    """Return the organisation of "NAME of the Landlords Federation"."""
    opening = _OPENS.match(rest)
    rest = rest[opening.end() :] if opening else rest.lstrip()
    link = grammar.link.match(rest)
    if link is None:
        return None
    end = SEGMENT_END.search(rest, link.end())
    phrase = uncut(rest[link.end() : end.start() if end else len(rest)], grammar)
    for pattern in (grammar.quoting, grammar.relative):
        if found := pattern.search(phrase):
            phrase = phrase[: found.start()]
    words = TOKEN.findall(phrase)[:MAX_BARE_WORDS]
    named = [word for word in words if grammar.kind(word) & Word.ORGANISATION]
    has_name = any(word[:1].isupper() for word in words)
    return phrase.strip(" ,–—-") if named and has_name else None


def _apposition(rest: str, grammar: Grammar) -> str | None:
    """Return the phrase behind a name: ", MD, 42, a lecturer from Nottingham, said"."""
    opening = _OPENS.match(rest)
    if opening is None:
        word = TOKEN.match(rest.lstrip()) if rest[:1] == " " else None
        # "Indian diplomats said": where modifiers stand first, the name would be one.
        if word is None or grammar.modifiers_first or not word[0][:1].islower():
            return None
        return role_phrase(rest.lstrip(), grammar) if is_role(word[0], grammar) else None
    rest = rest[opening.end() :]
    for _ in range(_MAX_SEGMENTS):
        if age := grammar.age.match(rest):
            rest = rest[age.end() :]
            continue
        segment = rest.partition(",")[0].strip()
        if segment not in _degrees():
            break
        rest = rest[len(rest.partition(",")[0]) + 1 :].lstrip()
    return role_phrase(rest, grammar)


def _copular(rest: str, grammar: Grammar) -> str | None:
    """Return what a sentence says that a person is: "NAME is a Software Engineer"."""
    stripped = rest.lstrip()
    copula = grammar.copula.match(stripped) if grammar.copula.pattern else None
    if copula is None or not stripped[copula.end() :].startswith(" "):
        return None
    phrase = stripped[copula.end() + 1 :]
    return role_phrase(phrase, grammar, needs_role=True)


def _listed(phrase: str, grammar: Grammar) -> tuple[str | None, str | None]:
    """Cut "ROLE, ORGANISATION"."""
    role, comma, place = phrase.partition(", ")
    if comma and not is_role_phrase(place, grammar):
        return role, place
    return split_role(phrase, grammar)


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
        is_name = opening[0].strip() == "(" and parts[0][:1].isupper()
        if is_organisation(parts[0], grammar) or (is_name and not grammar.capital_nouns):
            return Description(affiliation=", ".join(parts))
    role, affiliation = split_role(parts[0], grammar)
    if affiliation is None and len(parts) > 1:
        affiliation = _place(", ".join(parts[1:]), grammar)
    return Description(role=role, affiliation=affiliation)


_ENTRY_OPENS = re.compile(r"\s?(?:,|:|\s[–—-]|\||\()\s?")


def _place(text: str, grammar: Grammar) -> str | None:
    return text if begins_name(text, grammar) else None
