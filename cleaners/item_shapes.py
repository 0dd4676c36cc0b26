"""The shape of a list's items: do they tell somebody what to do?

Advice opens with an imperative or an infinitive ("Use the ferry", "Harmoniser les données"),
closes with an infinitive ("regelmäßig Back-ups erstellen"), or says what should be. What
the words look like is data (`cleaners.list_words`).
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cleaners.list_words import ItemWords

_WORD = re.compile(r"[^\W_]+(?:[’'-][^\W_]+)*[’']?")
# What an item says first ends here: "Audit your waste: ...", "Impact – show how ...".
_HEAD_END = re.compile(r"[:.!?;]\s|\s[–—-]\s|[:.!?;]$")
_CLAUSE_END = re.compile(r"[,:.!?;(]\s?|\s[–—-]\s|$")
# Only verbs that long are told by their ending alone.
_MIN_LETTERS = 4
_MAX_SKIPPED = 4
_OPENING_CHARS = 160
# An elided word before a verb: "s’assurer", "l’éviter", "d’agir".
_ELIDED = re.compile(r"^[^\W\d_]{1,2}[’'](?=\w)")
COMMANDS = frozenset(("imperative", "infinitive"))
"""The shapes of items that open, or close, with what is to be done."""
NOMINAL = "nominal"
"""The shape of an item that tells nobody what to do."""
GERUND = "gerund"
"""The shape of an item that names a deed ("Investing in schools"): advice behind some lead-ins."""


def shape_of(text: str, words: ItemWords) -> str:
    """Return ``imperative``, ``infinitive``, ``obligation``, ``gerund`` or ``nominal``."""
    found = _opening(text, words)
    if found == NOMINAL and (head := _HEAD_END.search(text)) is not None:
        rest = text[head.end() :].lstrip("–—-• ")
        found = _opening(rest, words) if rest else NOMINAL
    if found == NOMINAL and words.obligations.search(text[:_OPENING_CHARS]):
        return "obligation"
    return found


def _opening(text: str, words: ItemWords) -> str:
    """Return the shape that the first words of a text, or the end of its first clause, have."""
    opening = text[:_OPENING_CHARS].replace("'", "’").casefold()
    tokens = (match[0] for match in _WORD.finditer(opening))
    first, skipped = next(tokens, ""), 0
    while first in words.skipped and skipped < _MAX_SKIPPED:
        first, skipped = next(tokens, ""), skipped + 1
    if not first:
        return NOMINAL
    following = next(tokens, "")
    if first in words.first or following in words.second:
        return "imperative"
    if first in words.first_if_followed and following in words.followers:
        return "imperative"
    bare = _ELIDED.sub("", first)
    if bare not in words.first_never and len(bare) >= _MIN_LETTERS:
        if bare.endswith(words.first_endings):
            return "infinitive"
        if bare.endswith(words.gerund_endings):
            return GERUND
    return "infinitive" if _closes_with_infinitive(text, words) else NOMINAL


def _closes_with_infinitive(text: str, words: ItemWords) -> bool:
    """Tell whether the first clause ends with an infinitive: "früh ins Bett gehen"."""
    if not words.last_endings:
        return False
    clause = text[: _CLAUSE_END.search(text).start()]  # type: ignore[union-attr]  # matches the end
    tokens = _WORD.findall(clause)
    if not tokens:
        return False
    last = tokens[-1]
    is_verb = last[:1].islower() and last not in words.last_never
    return is_verb and len(last) >= _MIN_LETTERS and last.endswith(words.last_endings)


@dataclass(frozen=True, slots=True, kw_only=True)
class Shapes:
    """The shapes of a list's items.

    Attributes:
        most: the shape that most items have.
        commands: share of the items that open with a command, 0 to 1.
        advice: share of those that tell somebody what to do, in whatever form.
        deeds: share of those that tell what to do or name a deed.
    """

    most: str
    commands: float
    advice: float
    deeds: float

    @classmethod
    def of(cls, texts: Sequence[str], words: ItemWords) -> Shapes:
        """Return the shapes of some texts; there must be one at least."""
        found = Counter(shape_of(text, words) for text in texts)
        nominal, gerunds = found[NOMINAL], found[GERUND]
        return cls(
            most=found.most_common(1)[0][0],
            commands=sum(found[shape] for shape in COMMANDS) / len(texts),
            advice=(len(texts) - nominal - gerunds) / len(texts),
            deeds=(len(texts) - nominal) / len(texts),
        )
