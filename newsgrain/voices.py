"""Who spoke how often, where and in which role, over all published articles.

Names are compared without accents, case and points; nothing tells two people of one name
apart, so `domains` and `roles` stand beside the counts.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from newsgrain.reading import load

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime
    from pathlib import Path

    from newsgrain.reading import Day

_SPEAKER_COLUMNS = (
    "article_id", "ord", "domain", "url", "date_published", "name", "role", "affiliation",
    "evidence", "source_text",
)  # fmt: skip
_QUOTE_COLUMNS = ("article_id", "speaker_ord", "text")


@dataclass(frozen=True, slots=True, kw_only=True)
class Appearance:
    """One person in one article.

    Attributes:
        url: address of the article.
        domain: its registrable domain.
        date_published: UTC; None if the page gives none.
        role: function as printed there, if any.
        affiliation: organisation as printed there, if any.
        evidence: as in the table ``speakers``.
        source_text: the sentence that shows the person speaking.
        quotes: the words that the article gives as the person's.
    """

    url: str
    domain: str
    date_published: datetime | None
    role: str | None
    affiliation: str | None
    evidence: str
    source_text: str
    quotes: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Voice:
    """One person over all articles, as far as a name tells.

    Attributes:
        name: the form that most articles print.
        articles: in how many articles the person speaks.
        quotes: how many quotations are the person's.
        domains: where, the most frequent first.
        roles: functions, the most frequent first, each with its organisation if one is printed.
        first: date of the earliest dated article, UTC.
        last: date of the latest one.
        appearances: one for each article, the latest first.
    """

    name: str
    articles: int
    quotes: int
    domains: tuple[str, ...]
    roles: tuple[str, ...]
    first: datetime | None
    last: datetime | None
    appearances: tuple[Appearance, ...] = field(repr=False)


def people(  # noqa: PLR0913 - named arguments only, as those of `load`
    name: str | None = None,
    *,
    since: Day | None = None,
    until: Day | None = None,
    source: str | None = None,
    as_of: str | None = None,
    workspace: str | Path = ".",
) -> list[Voice]:
    """Return who speaks in the published articles, the most frequent first.

    Args:
        name: only people whose name holds all words of this one.
        since: as in `newsgrain.load`.
        until: as in `newsgrain.load`.
        source: name of a source in newsgrain.toml.
        as_of: the state after an earlier run.
        workspace: the folder that holds ``datasets``.

    Raises:
        ValueError: a day is none.
        StoreError: nothing has been published yet, or it cannot be read.
    """
    selection: dict[str, Any] = {
        "since": since, "until": until, "source": source, "as_of": as_of, "workspace": workspace,
        "engine": "arrow",
    }  # fmt: skip
    quotes: dict[tuple[str, int], list[str]] = {}
    for row in load("quotes", columns=_QUOTE_COLUMNS, **selection).to_pylist():
        if row["speaker_ord"] is not None:
            quotes.setdefault((row["article_id"], row["speaker_ord"]), []).append(row["text"])
    wanted = set(_words(name or ""))
    found: dict[tuple[str, ...], list[dict[str, Any]]] = {}
    for row in load("speakers", columns=_SPEAKER_COLUMNS, **selection).to_pylist():
        words = _words(row["name"])
        if wanted <= set(words):
            row["quotes"] = tuple(quotes.get((row["article_id"], row["ord"]), ()))
            found.setdefault(words, []).append(row)
    voices = [_voice(rows) for rows in found.values()]
    return sorted(voices, key=lambda voice: (-voice.articles, -voice.quotes, voice.name))


def _words(name: str) -> tuple[str, ...]:
    """Return the words of a name as they are compared; the same key for every spelling."""
    plain = unicodedata.normalize("NFKD", name).casefold()
    return tuple(re.findall(r"\w+", "".join(c for c in plain if not unicodedata.combining(c))))


def _voice(rows: list[dict[str, Any]]) -> Voice:
    dated = [row["date_published"] for row in rows if row["date_published"] is not None]
    return Voice(
        name=_often(row["name"] for row in rows)[0],
        articles=len({row["article_id"] for row in rows}),
        quotes=sum(len(row["quotes"]) for row in rows),
        domains=_often(row["domain"] for row in rows),
        roles=_often(_role(row) for row in rows),
        first=min(dated, default=None),
        last=max(dated, default=None),
        appearances=tuple(_appearance(row) for row in sorted(rows, key=_moment, reverse=True)),
    )


def _moment(row: dict[str, Any]) -> tuple[bool, str, str]:
    published: datetime | None = row["date_published"]
    return published is not None, published.isoformat() if published else "", row["url"]


def _appearance(row: dict[str, Any]) -> Appearance:
    names = Appearance.__dataclass_fields__
    return Appearance(**{name: row[name] for name in names})


def _role(row: dict[str, Any]) -> str:
    return ", ".join(part for part in (row["role"], row["affiliation"]) if part)


def _often(values: Iterable[str]) -> tuple[str, ...]:
    """Return the values that are not empty, the most frequent first, ties as they come."""
    return tuple(value for value, _ in Counter(filter(None, values)).most_common())
