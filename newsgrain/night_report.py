"""What a person wants to know of a night in the morning, as data; ``report_page`` shows it.

From the published tables alone, so that any night can be reported again.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.compute as pc

from newsgrain.disk import translated
from newsgrain.edits import FIELDS
from newsgrain.layout import MANIFESTS, sequence
from newsgrain.manifest import read_manifest
from newsgrain.measures import examples, last_nights, measure
from newsgrain.monitors import watch
from newsgrain.page_shares import page_shares
from newsgrain.state import open_state

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from newsgrain.alarm import Alarm
    from newsgrain.catalog import Catalog
    from newsgrain.manifest import Manifest
    from newsgrain.measures import SourceNight
    from newsgrain.page_shares import PageShares
    from newsgrain.state import State

POINTS = 10
"""How many things a person is asked to look at."""
_SPEAKERS = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Point:
    """One thing to look at.

    Attributes:
        kind: ``alarm``, ``source``, ``rejected``, ``failed`` or ``issue``.
        text: what it is.
        urls: pages that show it.
        source: name of the source that an alarm is about, or that failed.
        measure: of an alarm, see `newsgrain.alarm.Alarm`.
    """

    kind: str
    text: str
    urls: tuple[str, ...] = ()
    source: str | None = None
    measure: str | None = None

    def line(self) -> str:
        """Return it as one line for a log or a mail."""
        return f"{self.text}, e.g. {' '.join(self.urls)}" if self.urls else self.text


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceReport:
    """One source against its own last nights.

    Attributes:
        tonight: its figures.
        past: those of the nights before, oldest first.
        is_failed: it gave no answer, or listed nothing.
        alarms: what is unusual.
    """

    tonight: SourceNight
    past: tuple[SourceNight, ...]
    is_failed: bool
    alarms: tuple[Alarm, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class TableReport:
    """One published table.

    Attributes:
        name: of the table.
        rows, bytes: its size.
        rows_before: rows in the state before; None if its manifest is gone.
    """

    name: str
    rows: int
    bytes: int
    rows_before: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class NightReport:
    """One night.

    Attributes:
        run: its row of ``runs``.
        runs: the rows of the last crawls, oldest first, its own last.
        sources: the sources that were crawled.
        figures: of all sources in all these nights.
        points: what to look at first, most urgent first.
        sites: what the pages of each site were.
        speakers: who spoke most in these nights: name, number of articles.
        tables: what is published.
    """

    run: Mapping[str, Any]
    runs: tuple[Mapping[str, Any], ...]
    sources: tuple[SourceReport, ...]
    figures: tuple[SourceNight, ...]
    points: tuple[Point, ...]
    sites: tuple[PageShares, ...]
    speakers: tuple[tuple[str, int], ...]
    tables: tuple[TableReport, ...]

    @property
    def lengths(self) -> list[int]:
        """Number of words of each new article of the night."""
        run_id = self.run["run_id"]
        return [n for one in self.figures if one.run_id == run_id for n in one.lengths]

    def coverage(self) -> dict[str, tuple[float | None, float | None]]:
        """Return by field its share of the new articles, tonight and in the nights before."""
        run_id = self.run["run_id"]
        tonight = [one for one in self.figures if one.run_id == run_id]
        past = [one for one in self.figures if one.run_id != run_id]
        return {field: (_share(tonight, field), _share(past, field)) for field in FIELDS}


def _share(figures: Sequence[SourceNight], field: str) -> float | None:
    articles = sum(one.articles for one in figures)
    return (
        sum(one.covered[field] for one in figures if one.articles) / articles if articles else None
    )


def report_night(root: Path, catalog: Catalog, as_of: str | None = None) -> NightReport:
    """Return the report of a night.

    Args:
        root: the folder ``datasets``.
        catalog: the schema.
        as_of: what `newsgrain.state.resolve` takes; None: the last run.

    Raises:
        StoreError: nothing has been published yet, there is no such run, or it cannot be read.
    """
    with translated(root):
        state = open_state(root, catalog, as_of)
        nights = last_nights(state)
        runs = state.dataset("runs").to_table().to_pylist()
        runs.sort(key=lambda row: sequence(row["run_id"]))
        run = runs[-1]
        figures = measure(state, nights)
        alarms = watch(figures, run["run_id"])
        return NightReport(
            run=run,
            runs=tuple(row for row in runs if row["run_id"] in nights),
            sources=tuple(_sources(run, figures, alarms)),
            figures=tuple(figures),
            points=tuple(_points(state, run, alarms))[:POINTS],
            sites=page_shares(state, run["run_id"], nights),
            speakers=_speakers(state, nights),
            tables=tuple(_tables(root, state, run)),
        )


def _sources(
    run: Mapping[str, Any], figures: Sequence[SourceNight], alarms: Sequence[Alarm]
) -> Iterator[SourceReport]:
    for name in run["sources"]:
        own = [one for one in figures if one.source == name]
        yield SourceReport(
            tonight=own[-1],
            past=tuple(own[:-1]),
            is_failed=name in run["sources_failed"],
            alarms=tuple(alarm for alarm in alarms if alarm.night.source == name),
        )


def _points(state: State, run: Mapping[str, Any], alarms: Sequence[Alarm]) -> Iterator[Point]:
    for alarm in alarms:
        has_pages = alarm.column or alarm.measure == "words"
        urls = examples(state, alarm) if has_pages else []
        name = alarm.night.source
        yield Point(
            kind="alarm",
            text=f"{name}: {alarm.text}",
            urls=tuple(urls),
            source=name,
            measure=alarm.measure,
        )
    for name in run["sources_failed"]:
        yield Point(kind="source", text=f"{name}: no answer, or nothing listed", source=name)
    yield from _outcomes(state, run["run_id"])
    yield from _issues(state, run["run_id"])


def _outcomes(state: State, run_id: str) -> Iterator[Point]:
    condition = (pc.field("run_id") == run_id) & pc.field("outcome").isin(["rejected", "failed"])
    columns = ["outcome", "reason", "url"]
    rows = state.dataset("verdicts").to_table(columns=columns, filter=condition).to_pylist()
    counts = Counter((row["outcome"], row["reason"]) for row in rows)
    for (outcome, reason), count in counts.most_common():
        urls = [row["url"] for row in rows if (row["outcome"], row["reason"]) == (outcome, reason)]
        text = f"{count} page{'s' if count > 1 else ''} {outcome}: {reason}"
        yield Point(kind=outcome, text=text, urls=tuple(urls[:3]))


def _issues(state: State, run_id: str) -> Iterator[Point]:
    columns = ["run_id", "url", "issues"]
    condition = pc.field("run_id") == run_id
    table = state.dataset("articles", columns).to_table(columns=columns, filter=condition)
    found: dict[tuple[str, str], list[tuple[str, str]]] = {}
    for row in table.to_pylist():
        for issue in row["issues"]:
            key = (issue["code"], issue["field"])
            found.setdefault(key, []).append((row["url"], issue["evidence"]))
    for (code, field), cases in sorted(found.items(), key=lambda item: -len(item[1])):
        evidence = f" ({cases[0][1]})" if len(cases) == 1 and cases[0][1] else ""
        articles = f"{len(cases)} article{'s' if len(cases) > 1 else ''}"
        urls = tuple(url for url, _ in cases[:3])
        yield Point(kind="issue", text=f"{articles} with {code} in {field}{evidence}", urls=urls)


def _speakers(state: State, nights: Mapping[str, Any]) -> tuple[tuple[str, int], ...]:
    condition = pc.field("run_id") >= min(nights, default="")
    articles = state.dataset("articles", ["article_id", "run_id"])
    ids = articles.to_table(columns=["article_id"], filter=condition)["article_id"]
    columns = ["article_id", "name"]
    is_recent = pc.field("article_id").isin(pa.array(ids.unique()))
    rows = state.dataset("speakers", columns).to_table(columns=columns, filter=is_recent)
    pairs = set(zip(rows["article_id"].to_pylist(), rows["name"].to_pylist(), strict=True))
    counts = Counter(name for _, name in pairs)
    return tuple(sorted(counts.items(), key=lambda item: (-item[1], item[0]))[:_SPEAKERS])


def _tables(root: Path, state: State, run: Mapping[str, Any]) -> Iterator[TableReport]:
    manifest, before = _manifest(root, state.run_id), _manifest(root, run["parent_run_id"])
    for name, entries in (manifest.tables if manifest else {}).items():
        yield TableReport(
            name=name,
            rows=sum(entry.rows for entry in entries),
            bytes=sum(entry.bytes for entry in entries),
            rows_before=before.rows(name) if before else None,
        )


def _manifest(root: Path, run_id: str | None) -> Manifest | None:
    path = root / MANIFESTS / f"{run_id}.json"
    return read_manifest(path) if run_id and path.exists() else None
