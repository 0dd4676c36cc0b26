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

from newsgrain.edits import COLUMNS, EVIDENCE, FIELDS, Edits, compare, evidence, is_given
from newsgrain.layout import sequence

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from newsgrain.alarm import Alarm
    from newsgrain.state import State

_Row: TypeAlias = "Mapping[str, Any]"
NIGHTS = 14
"""How many nights before the present one it is compared with."""
_KEYS = ("article_id", "revision", "cleaner_version")


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
        read_from: by field of `newsgrain.edits.EVIDENCE`, how many of the new articles have it
            from where; of articles that the latest version of the cleaner read.
        edits: what the new revisions did to the articles.
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
    read_from: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    edits: Edits = field(default_factory=Edits)
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
    cleaner = _latest_cleaner(revisions)
    return [
        _night(key, revisions[key], before, outcomes[key], cleaner)
        for run_id, sources in nights.items()
        for key in ((run_id, source) for source in sources)
    ]


def _since(nights: Mapping[str, Sequence[str]]) -> Any:
    return pc.field("run_id") >= min(nights)


def _revisions(
    state: State, nights: Mapping[str, Sequence[str]]
) -> dict[tuple[str, str], list[_Row]]:
    columns = ["run_id", "source", "change_reason", *_KEYS, *COLUMNS]
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
    columns = [*_KEYS, *COLUMNS]
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
    key: tuple[str, str],
    revisions: Sequence[_Row],
    before: Mapping[tuple[str, int], _Row],
    outcomes: Counter[str],
    cleaner: str,
) -> SourceNight:
    new = [row for row in revisions if row["change_reason"] == "new"]
    edited = [row for row in revisions if row["change_reason"] == "edited"]
    # What another version of the cleaner reads otherwise is no change of the site.
    pairs = [
        (old, row)
        for row in edited
        if (old := before.get(_key(row))) and old["cleaner_version"] == row["cleaner_version"]
    ]
    judged = ("new", "edited", "unchanged", "rejected", "failed")
    run_id, source = key
    return SourceNight(
        source=source,
        run_id=run_id,
        articles=len(new),
        edited=len(edited),
        lengths=tuple(row["word_count"] for row in new),
        covered={name: sum(is_given(row[name]) for row in new) for name in FIELDS},
        read_from={name: _places(new, name, cleaner) for name in EVIDENCE},
        edits=compare(pairs),
        judged=sum(outcomes[outcome] for outcome in judged),
        rejected=outcomes["rejected"],
        failed=outcomes["failed"],
    )


def _places(rows: Sequence[_Row], name: str, cleaner: str) -> dict[str, int]:
    mine = (row for row in rows if row["cleaner_version"] == cleaner)
    return dict(Counter(place for row in mine if (place := evidence(row, name))))


def _latest_cleaner(revisions: Mapping[tuple[str, str], Sequence[_Row]]) -> str:
    """Return the version that cleaned last: others name what fields are read from otherwise."""
    rows = itertools.chain.from_iterable(revisions.values())
    last = max(((row["run_id"], row["cleaner_version"]) for row in rows), default=("", ""))
    return str(last[1])


def _key(row: _Row) -> tuple[str, int]:
    return row["article_id"], row["revision"]


def examples(state: State, alarm: Alarm, count: int = 3) -> list[str]:
    """Return addresses of articles that show what an alarm is about.

    Those without its column, those that have it from elsewhere than usual, or the shortest.

    Args:
        state: the published state.
        alarm: about a column, or about words.
        count: how many.
    """
    wanted = ["run_id", "source", "change_reason", "url", *COLUMNS]
    night, column = alarm.night, alarm.column
    condition = (pc.field("run_id") == night.run_id) & (pc.field("source") == night.source)
    rows = state.dataset("revisions", wanted).to_table(columns=wanted, filter=condition).to_pylist()
    fetched = [row for row in rows if row["change_reason"] in {"new", "edited"}]
    if column is None:
        fetched.sort(key=lambda row: row["word_count"])
    elif alarm.usual is None:
        fetched = [row for row in fetched if not is_given(row[column])]
    else:
        fetched = [row for row in fetched if evidence(row, column) not in {None, alarm.usual}]
    return [row["url"] for row in fetched[:count]]
