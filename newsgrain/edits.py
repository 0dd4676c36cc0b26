"""What edits did to the fields of articles: each revision against the one before.

A redesign changes old articles as it changes new ones, all at once. What was there and is gone,
and what has to be read from another place than before, tells it from a night of other articles.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

FIELDS = ("title", "authors", "date_published", "language", "section", "image_url", "lead")
"""The columns of ``articles`` that are watched."""
EVIDENCE = {
    "title": "title_source",
    "authors": "authors_rows",
    "date_published": "date_published_source",
}
"""Fields that say what they were read from, and the column of ``revisions`` that says it."""
COLUMNS = ("word_count", *FIELDS, *EVIDENCE.values())
"""The columns of ``revisions`` that comparing takes."""
_Row: TypeAlias = "Mapping[str, Any]"
_SHRUNK = 2 / 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Move:
    """A field that articles keep, read from another place than before.

    Attributes:
        field: the column.
        before, now: its evidence, as in ``title_source``.
        articles: how many.
    """

    field: str
    before: str
    now: str
    articles: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Edits:
    """What the edits of one night did.

    Attributes:
        compared: edited revisions that were compared with the one before.
        had: by field, how many of those had it before.
        lost: by field, how many of those have it no more.
        kept: by field of `EVIDENCE`, how many had it before and have it now.
        moves: those of them that read it from another place than before.
        shrunk: how many lost more than a third of their words.
    """

    compared: int = 0
    had: Mapping[str, int] = field(default_factory=dict)
    lost: Mapping[str, int] = field(default_factory=dict)
    kept: Mapping[str, int] = field(default_factory=dict)
    moves: tuple[Move, ...] = ()
    shrunk: int = 0

    def moved(self, name: str) -> int:
        """Return how many articles read a field from another place than before."""
        return sum(move.articles for move in self.moves if move.field == name)


def compare(pairs: Sequence[tuple[_Row, _Row]]) -> Edits:
    """Return what edits did.

    Args:
        pairs: rows with `COLUMNS`: the revision before, and the edited one.
    """
    kept = {
        name: [(evidence(old, name), evidence(new, name)) for old, new in pairs]
        for name in EVIDENCE
    }
    known = {name: [pair for pair in found if all(pair)] for name, found in kept.items()}
    moves = Counter(
        (name, *pair) for name, found in known.items() for pair in found if pair[0] != pair[1]
    )
    return Edits(
        compared=len(pairs),
        had={name: sum(is_given(old[name]) for old, _ in pairs) for name in FIELDS},
        lost={name: sum(_has_lost(old, new, name) for old, new in pairs) for name in FIELDS},
        kept={name: len(found) for name, found in known.items()},
        moves=tuple(
            Move(field=name, before=str(before), now=str(now), articles=count)
            for (name, before, now), count in moves.most_common()
        ),
        shrunk=sum(new["word_count"] < _SHRUNK * old["word_count"] for old, new in pairs),
    )


def evidence(row: _Row, name: str) -> str | None:
    """Return what a field of a revision was read from; None where it says nothing.

    Args:
        row: with the columns of `EVIDENCE`.
        name: one of `EVIDENCE`.
    """
    if not is_given(row[name]):
        return None
    told = row[EVIDENCE[name]]
    if name == "authors":  # the first speaks for all: they stand in one byline
        told = told[0]["method"] if told else None
    return told or None


def is_given(value: object) -> bool:
    """Say whether a column holds something."""
    return value is not None and value not in ("", [])


def _has_lost(old: _Row, new: _Row, name: str) -> bool:
    return is_given(old[name]) and not is_given(new[name])
