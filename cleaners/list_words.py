"""What one language calls lists and their items: lead-ins, number words, shapes of advice.

The words are the tables ``[numbers]``, ``[lists]`` and ``[items]`` of ``rules/LANGUAGE.toml``;
docs/rules.md explains each of them to those who add a language.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

from cleaners.lexicon import base_language, language_tables, words_pattern

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

LIST_KINDS = ("recommendations", "speakers", "steps", "topics", "facts", "other")
"""The kinds of lists; where two are as near to a list, the earlier one is meant."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemWords:
    """How one language begins or ends an item that tells somebody what to do.

    Attributes:
        first: words that begin such items: imperatives, irregular infinitives (``use``).
        first_if_followed: the same, but nouns too: only before one of `followers` (``plan``).
        followers: what stands behind a verb and not behind a noun (``your``).
        first_endings: endings of infinitives and imperatives at the start (French ``er``).
        first_never: words with these endings that are no verbs (``hier``).
        gerund_endings: endings of verbs used as nouns at the start (``Investing in``).
        second: what follows an imperative (German ``Sie``).
        last_endings: endings of infinitives that close a clause (German ``en``).
        last_never: words with these endings that are no infinitives (``gegen``).
        skipped: words to look behind of at the start (``nicht``, ``always``).
        obligations: words that make any sentence a demand (``should``).
    """

    first: frozenset[str]
    first_if_followed: frozenset[str]
    followers: frozenset[str]
    first_endings: tuple[str, ...]
    first_never: frozenset[str]
    gerund_endings: tuple[str, ...]
    second: frozenset[str]
    last_endings: tuple[str, ...]
    last_never: frozenset[str]
    skipped: frozenset[str]
    obligations: re.Pattern[str]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)  # compared by identity: a cache's key
class ListWords:
    """The words by which one language, or all of them, announces lists.

    Attributes:
        kinds: for each kind of list the words that announce it.
        telling: those of all kinds: most texts hold none.
        promises: those of the words for advice that need one item shaped like it (``how to``).
        sequence: those of the words for steps that always mean an order (``instructions``).
        purposes: words that begin what a list of deeds is good for ("To sleep better:").
        perhaps: words that announce advice if the items are shaped like it (``measures``).
        furniture: lead-ins of lists that belong to the page and not to its article.
        closing: headings behind the last of a run of headings (``conclusion``).
        labelled: an item's number with a word before it (``Tip 3:``).
        numbers: number words with their values.
        count: a number in digits or words, alone.
        units: what makes a number no count of items (``percent``).
        items: the shapes of advice.
        conjunctions: words that join two recommendations in one item.
    """

    kinds: Mapping[str, re.Pattern[str]]
    telling: re.Pattern[str]
    promises: re.Pattern[str]
    sequence: re.Pattern[str]
    purposes: re.Pattern[str]
    perhaps: re.Pattern[str]
    furniture: re.Pattern[str]
    closing: re.Pattern[str]
    labelled: re.Pattern[str]
    numbers: Mapping[str, int]
    count: re.Pattern[str]
    units: re.Pattern[str]
    items: ItemWords
    conjunctions: re.Pattern[str]


def list_words_for(language: str | None) -> ListWords:
    """Return the words of a BCP 47 language tag, or all there are for an unknown language."""
    return _list_words(base_language(language))


@cache
def _list_words(base: str) -> ListWords:
    tables = language_tables(base)
    lists = [table.get("lists", {}) for table in tables]
    numbers = {word: n for table in tables for word, n in table.get("numbers", {}).items()}
    kinds = {kind: _kind_words(lists, kind) for kind in LIST_KINDS}
    return ListWords(
        kinds={kind: _anywhere(listed) for kind, listed in kinds.items()},
        telling=_anywhere(word for listed in kinds.values() for word in listed),
        promises=_anywhere(_every(lists, "promises")),
        sequence=_anywhere(_every(lists, "sequence")),
        purposes=_anywhere(_every(lists, "purposes")),
        perhaps=_anywhere(_every(lists, "perhaps")),
        furniture=_anywhere(_every(lists, "furniture")),
        closing=_anywhere(_every(lists, "closing")),
        labelled=_labelled(_every(lists, "labels")),
        numbers=numbers,
        count=_count(numbers),
        units=re.compile(
            rf"\s*(?:[%€$£°]|{words_pattern(_every(lists, 'units'))}(?!\w))", re.IGNORECASE
        ),
        items=_item_words([table.get("items", {}) for table in tables]),
        conjunctions=re.compile(rf"\s{words_pattern(_every(tables, 'conjunctions'))}\s"),
    )


def _every(tables: Iterable[Mapping[str, Any]], name: str) -> list[str]:
    return [word for table in tables for word in table.get(name, ())]


def _kind_words(tables: list[Mapping[str, Any]], kind: str) -> list[str]:
    more = {"recommendations": "promises", "steps": "sequence"}.get(kind)
    return _every(tables, kind) + (_every(tables, more) if more else [])


def _anywhere(words: Iterable[str]) -> re.Pattern[str]:
    """Return the pattern of words anywhere in a text, and of "word:" at its very end."""
    listed = list(words)
    inside = words_pattern(word for word in listed if not word.endswith(":"))
    closing = words_pattern(word.removesuffix(":") for word in listed if word.endswith(":"))
    return re.compile(rf"(?<!\w)(?:{inside}(?!\w)|{closing}\s*(?::|…|\.\.\.)?\s*$)", re.IGNORECASE)


def _labelled(labels: Iterable[str]) -> re.Pattern[str]:
    """Return the pattern of an item's number with its word: ``Tip 3:``, ``Conseil n° 2 -``."""
    label = words_pattern(labels)
    return re.compile(
        rf"{label}\s*(?:n[o°º.]{{0,2}}\s*|#\s*)?(\d{{1,2}})(?!\d)\s*(?:[.):–—-]\s*)?", re.IGNORECASE
    )


def _count(numbers: Iterable[str]) -> re.Pattern[str]:
    words = "|".join(sorted(map(re.escape, numbers), key=len, reverse=True))
    return re.compile(rf"(?<![\w.,/:])(\d{{1,2}}|{words})(?![\w.,/:]|-\d)", re.IGNORECASE)


def _item_words(tables: list[dict[str, Any]]) -> ItemWords:
    def lower(name: str) -> frozenset[str]:
        return frozenset(word.casefold().replace("'", "’") for word in _every(tables, name))

    return ItemWords(
        first=lower("first"),
        first_if_followed=lower("first_if_followed"),
        followers=lower("followers"),
        first_endings=tuple(lower("first_endings")),
        first_never=lower("first_never"),
        gerund_endings=tuple(lower("gerund_endings")),
        second=lower("second"),
        last_endings=tuple(lower("last_endings")),
        last_never=lower("last_never"),
        # A ban ("never", "ne") is skipped where it begins no command of its own.
        skipped=lower("skipped") - lower("first"),
        obligations=_anywhere(_every(tables, "obligations")),
    )
