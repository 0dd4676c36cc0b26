"""What each source gave in each of the last nights: the figures that monitors compare.

runs, revisions, pages, verdicts | light columns of the last nights | one record a source
and night
"""

from __future__ import annotations

import itertools
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeAlias

import pyarrow as pa
import pyarrow.compute as pc

from newsgrain.layout import sequence

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from newsgrain.state import State

FIELDS = ("title", "authors", "date_published", "language", "section", "image_url", "lead")
"""The columns of ``articles`` whose coverage is measured."""
_Row: TypeAlias = "Mapping[str, Any]"
NIGHTS = 14
"""How many nights before the present one it is compared with."""
_SHRUNK = 2 / 3
_KEYS = ("article_id", "revision")


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceNight:
    """What one source gave in one night.

    Attributes:
        source: its name.
        run_id: the run.
        articles: new articles.
        edited: new revisions of known ones.
        lengths: number of words of each new article.
        covered: by field, how many of the new articles have it.
        compared: edited revisions that were compared with the one before.
        lost: by field, how many of those lost it.
        shrunk: how many of those lost more than a third of their words.
        judged: pages that were judged, other than those not modified.
        rejected: those of them that gave no article.
        failed: those that could not be fetched.
    """

    source: str
    run_id: str
    articles: int = 0
    edited: int = 0
    lengths: tuple[int, ...] = ()
    covered: Mapping[str, int] = field(default_factory=dict)
    compared: int = 0
    lost: Mapping[str, int] = field(default_factory=dict)
    shrunk: int = 0
    judged: int = 0
    rejected: int = 0
    failed: int = 0


def last_nights(state: State, count: int = NIGHTS + 1) -> dict[str, tuple[str, ...]]:
    """Return the sources of the last crawls that published, by run, oldest first."""
    rows = state.dataset("runs").to_table(columns=["run_id", "sources"]).to_pylist()
    crawls = [row for row in rows if row["sources"]]
    crawls.sort(key=lambda row: sequence(row["run_id"]))
    return {row["run_id"]: tuple(row["sources"]) for row in crawls[-count:]}


def measure(state: State, nights: Mapping[str, Sequence[str]]) -> list[SourceNight]:
    """Return the figures of every source in every night, nights in their order.

    Args:
        state: the published state.
        nights: the sources that were crawled, by run.
    """
    if not nights:
        return []
    revisions = _revisions(state, nights)
    before = _before(state, revisions)
    outcomes = _outcomes(state, nights)
    return [
        _night(run_id, source, revisions[run_id, source], before, outcomes[run_id, source])
        for run_id, sources in nights.items()
        for source in sources
    ]


def _since(nights: Mapping[str, Sequence[str]]) -> Any:
    return pc.field("run_id") >= min(nights)


def _revisions(
    state: State, nights: Mapping[str, Sequence[str]]
) -> dict[tuple[str, str], list[_Row]]:
    columns = ["run_id", "source", "change_reason", "word_count", *_KEYS, *FIELDS]
    table = state.dataset("revisions", columns).to_table(columns=columns, filter=_since(nights))
    found: dict[tuple[str, str], list[_Row]] = defaultdict(list)
    for row in table.to_pylist():
        found[row["run_id"], row["source"]].append(row)
    return found


def _before(
    state: State, revisions: Mapping[tuple[str, str], Sequence[_Row]]
) -> dict[tuple[str, int], _Row]:
    """Return the revisions that were edited, by article and number of the edit."""
    rows = itertools.chain.from_iterable(revisions.values())
    ids = [row["article_id"] for row in rows if row["change_reason"] == "edited"]
    columns = ["word_count", *_KEYS, *FIELDS]
    is_edited = pc.field("article_id").isin(pa.array(ids, pa.string()))
    table = state.dataset("revisions", columns).to_table(columns=columns, filter=is_edited)
    return {(row["article_id"], row["revision"] + 1): row for row in table.to_pylist()}


def _outcomes(
    state: State, nights: Mapping[str, Sequence[str]]
) -> dict[tuple[str, str], Counter[str]]:
    verdicts = state.dataset("verdicts").to_table(
        columns=["page_id", "run_id", "outcome"], filter=_since(nights)
    )
    is_judged = pc.field("page_id").isin(verdicts["page_id"])
    pages = state.dataset("pages").to_table(columns=["page_id", "source"], filter=is_judged)
    counted = (
        verdicts.join(pages, "page_id", join_type="inner")
        .group_by(["run_id", "source", "outcome"])
        .aggregate([([], "count_all")])
    )
    found: dict[tuple[str, str], Counter[str]] = defaultdict(Counter)
    for row in counted.to_pylist():
        found[row["run_id"], row["source"]][row["outcome"]] += row["count_all"]
    return found


def _night(
    run_id: str,
    source: str,
    revisions: Sequence[_Row],
    before: Mapping[tuple[str, int], _Row],
    outcomes: Counter[str],
) -> SourceNight:
    new = [row for row in revisions if row["change_reason"] == "new"]
    edited = [row for row in revisions if row["change_reason"] == "edited"]
    pairs = [(old, row) for row in edited if (old := before.get(_key(row)))]
    judged = ("new", "edited", "unchanged", "rejected", "failed")
    return SourceNight(
        source=source,
        run_id=run_id,
        articles=len(new),
        edited=len(edited),
        lengths=tuple(row["word_count"] for row in new),
        covered={name: sum(_is_given(row[name]) for row in new) for name in FIELDS},
        compared=len(pairs),
        lost={name: sum(_has_lost(old, row, name) for old, row in pairs) for name in FIELDS},
        shrunk=sum(_has_shrunk(old, row) for old, row in pairs),
        judged=sum(outcomes[outcome] for outcome in judged),
        rejected=outcomes["rejected"],
        failed=outcomes["failed"],
    )


def _key(row: _Row) -> tuple[str, int]:
    return row["article_id"], row["revision"]


def _has_lost(old: _Row, new: _Row, name: str) -> bool:
    return _is_given(old[name]) and not _is_given(new[name])


def _has_shrunk(old: _Row, new: _Row) -> bool:
    return bool(new["word_count"] < _SHRUNK * old["word_count"])


def _is_given(value: object) -> bool:
    return value is not None and value not in ("", [])


def examples(state: State, night: SourceNight, column: str | None, count: int = 3) -> list[str]:
    """Return addresses of a night's articles: those without a column, or the shortest.

    Args:
        state: the published state.
        night: of which source and run.
        column: one of `FIELDS`; None: the shortest texts.
        count: how many.
    """
    wanted = ["run_id", "source", "change_reason", "url", "word_count", *FIELDS]
    condition = (pc.field("run_id") == night.run_id) & (pc.field("source") == night.source)
    rows = state.dataset("revisions", wanted).to_table(columns=wanted, filter=condition).to_pylist()
    fetched = [row for row in rows if row["change_reason"] in {"new", "edited"}]
    if column is not None:
        return [row["url"] for row in fetched if not _is_given(row[column])][:count]
    return [row["url"] for row in sorted(fetched, key=lambda row: row["word_count"])[:count]]
