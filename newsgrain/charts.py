"""The charts of a report: matplotlib's SVG, in the colours of the page that holds it.

Lines and letters take the page's ``currentColor``, so that a chart is readable in the light, in
the dark and on paper; letters stay letters, so that they can be searched and selected.
"""

from __future__ import annotations

import logging
import re
from collections import Counter
from io import StringIO
from typing import TYPE_CHECKING, Any

import matplotlib as mpl
from matplotlib.figure import Figure
from matplotlib.rcsetup import cycler
from matplotlib.ticker import MaxNLocator, PercentFormatter

from newsgrain.layout import started_at

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from matplotlib.axes import Axes

    from newsgrain.measures import SourceNight

# It tells of its font cache, and of a home that it may not write to: nothing to wake anybody.
logging.getLogger("matplotlib").setLevel(logging.ERROR)
# Okabe and Ito's colours: told apart by people who do not see all colours, and on both papers.
_COLORS = ("#0072b2", "#e69f00", "#009e73", "#d55e00", "#cc79a7", "#56b4e9", "#8c8c8c")
_INK = "#010203"
"""Stands for the page's own colour until the SVG is written."""
_STYLE: Any = {
    "text.parse_math": False,  # a dollar in a name begins no formula
    "svg.fonttype": "none",
    "svg.hashsalt": "newsgrain",
    "font.family": "sans-serif",
    "font.size": 10,
    "axes.prop_cycle": cycler(color=_COLORS),
    "axes.spines.top": False,
    "axes.spines.right": False,
    **dict.fromkeys(
        ("text.color", "axes.labelcolor", "axes.edgecolor", "xtick.color", "ytick.color"), _INK
    ),
}
_SIZE = (6.4, 3.0)
_SOURCES = 6
_OUTCOMES = ("new", "edited", "unchanged", "not_modified", "rejected", "failed")


def _draw(plot: Any, *, height: float = _SIZE[1]) -> str:
    with mpl.rc_context(_STYLE):
        figure = Figure(figsize=(_SIZE[0], height), layout="constrained")
        plot(figure.add_subplot())
        buffer = StringIO()
        figure.savefig(buffer, format="svg", transparent=True, metadata={"Date": None})
    svg = buffer.getvalue()
    svg = svg[svg.index("<svg") :].replace(_INK, "currentColor")
    # Without a size of its own it takes the width of its column; a reader is told its label.
    svg = re.sub(r'\s(?:width|height)="[\d.]+pt"', "", svg, count=2)
    return svg.replace("<svg", '<svg aria-hidden="true" focusable="false"', 1)


def _night(run_id: str) -> str:
    return f"{started_at(run_id):%d %b}"


def _nights(axes: Axes, run_ids: Sequence[str]) -> range:
    places = range(len(run_ids))
    step = max(1, len(run_ids) // 7)
    axes.set_xticks(places[::step], [_night(run_id) for run_id in run_ids[::step]])
    axes.yaxis.set_major_locator(MaxNLocator(integer=True))
    return places


def _legend(axes: Axes) -> None:
    if axes.get_legend_handles_labels()[1]:
        axes.legend(frameon=False, fontsize=9, loc="upper left", bbox_to_anchor=(1, 1))


def articles_by_night(figures: Sequence[SourceNight]) -> str:
    """Return stacked bars: new articles a night, the largest sources apart."""
    run_ids = list(dict.fromkeys(one.run_id for one in figures))
    totals = Counter[str]()
    for one in figures:
        totals[one.source] += one.articles
    named = [source for source, _ in totals.most_common(_SOURCES)]
    counts: Counter[tuple[str, str]] = Counter()
    for one in figures:
        counts[one.source if one.source in named else "others", one.run_id] += one.articles

    def plot(axes: Axes) -> None:
        places, bottom = _nights(axes, run_ids), [0] * len(run_ids)
        for source in [*named, *(["others"] if len(totals) > len(named) else [])]:
            heights = [counts[source, run_id] for run_id in run_ids]
            axes.bar(places, heights, bottom=bottom, label=source, width=0.7)
            bottom = [low + height for low, height in zip(bottom, heights, strict=True)]
        _legend(axes)

    return _draw(plot)


def field_coverage(coverage: Mapping[str, tuple[float | None, float | None]]) -> str:
    """Return bars: in which share of the new articles a field is given, tonight and before."""

    def plot(axes: Axes) -> None:
        places = range(len(coverage))
        for shift, (label, color) in enumerate(
            (("tonight", _COLORS[0]), ("nights before", _COLORS[-1]))
        ):
            shares = [pair[shift] or 0 for pair in coverage.values()]
            axes.barh(
                [place + 0.38 * shift for place in places],
                shares,
                height=0.36,
                label=label,
                color=color,
            )
        axes.set_yticks([place + 0.19 for place in places], list(coverage))
        axes.invert_yaxis()
        axes.set_xlim(0, 1)
        axes.xaxis.set_major_formatter(PercentFormatter(1))
        _legend(axes)

    return _draw(plot)


def outcomes_by_night(runs: Sequence[Mapping[str, Any]]) -> str:
    """Return stacked bars: what became of the pages of each night."""
    run_ids = [run["run_id"] for run in runs]

    def plot(axes: Axes) -> None:
        places, bottom = _nights(axes, run_ids), [0] * len(runs)
        for outcome in _OUTCOMES:
            heights = [run[outcome] for run in runs]
            if any(heights):
                axes.bar(places, heights, bottom=bottom, label=outcome, width=0.7)
            bottom = [low + height for low, height in zip(bottom, heights, strict=True)]
        _legend(axes)

    return _draw(plot)


def text_lengths(tonight: Sequence[int], before: Sequence[int]) -> str:
    """Return the distribution of the number of words, tonight and in the nights before."""
    top = max([*tonight, *before, 1])
    bins = [top * number / 24 for number in range(25)]

    def plot(axes: Axes) -> None:
        for label, lengths, color in (
            ("nights before", before, _COLORS[-1]),
            ("tonight", tonight, _COLORS[0]),
        ):
            if lengths:
                weights = [1 / len(lengths)] * len(lengths)
                axes.hist(lengths, bins, weights=weights, label=label, color=color, alpha=0.65)
        axes.set_xlabel("words")
        axes.yaxis.set_major_formatter(PercentFormatter(1))
        _legend(axes)

    return _draw(plot)


def speakers(counts: Sequence[tuple[str, int]]) -> str:
    """Return bars: in how many articles a person speaks."""

    def plot(axes: Axes) -> None:
        names = [name for name, _ in counts]
        axes.barh(range(len(counts)), [count for _, count in counts], height=0.65)
        axes.set_yticks(range(len(counts)), names)
        axes.invert_yaxis()
        axes.xaxis.set_major_locator(MaxNLocator(integer=True))

    return _draw(plot, height=max(1.2, 0.34 * len(counts) + 0.5))


def requests_per_article(runs: Sequence[Mapping[str, Any]]) -> str:
    """Return a line: requests of all kinds for each new article."""
    run_ids = [run["run_id"] for run in runs]

    def plot(axes: Axes) -> None:
        places = _nights(axes, run_ids)
        ratios = [run["requests"] / run["new"] if run["new"] else float("nan") for run in runs]
        axes.plot(places, ratios, marker="o")
        axes.set_ylim(bottom=0)

    return _draw(plot)
