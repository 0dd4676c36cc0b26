"""Is tonight like the nights before? Decided for each source from its own past alone.

No thresholds are set by hand per site: a figure is compared with the median of the source's
last nights and a band around it (median absolute deviation, MAD; Hampel 1974), and small counts
need more than that: shares must also be unlikely by the binomial distribution, and silence by
the Poisson distribution.
"""

from __future__ import annotations

import math
from collections import defaultdict
from dataclasses import dataclass
from statistics import median
from typing import TYPE_CHECKING

from newsgrain.measures import FIELDS

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from newsgrain.measures import SourceNight

_MIN_NIGHTS = 5
"""With fewer nights that gave articles, nothing is usual yet."""
_MIN_ARTICLES = 3
"""Fewer articles of one night have no typical length."""
_CHANCE = 1e-6
"""A share raises an alarm where chance would give it less often than this. A year of a hundred
sources and nine shares is 3e5 looks."""
_SILENCE_CHANCE = 1e-4
"""Silence has one look a source and night, and costs articles for every night it lasts."""
_SIGMA = 1.4826
"""So many MAD are one standard deviation of a normal distribution."""
_BAND = 4 * _SIGMA
"""MADs to the edge of the band around a median."""
_ERRORS = 4.5
"""Standard errors that the median length of a night may be away."""
_LEAST_DEVIATION = 0.25
"""Of the logarithms of lengths: nobody writes texts more alike than this."""
_RARE = 50
"""One edit of so many may lose a field before any was seen."""
_LEAST_DROP = 0.25
"""A share that falls, or rises, by less than this is no news to anybody."""
_LEAST_RATIO = 1.6
"""Nor is a text length that changes by a smaller factor."""
_FLOOD = 3
"""Nor is a night with fewer than this many times the usual number of articles."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Alarm:
    """One thing about a source that is not as usual.

    Attributes:
        night: the source and its night.
        measure: ``silent``, ``flood``, ``words``, ``rejected``, ``failed`` or a column.
        text: one line for people, without the source's name.
    """

    night: SourceNight
    measure: str
    text: str

    @property
    def column(self) -> str | None:
        """The column of ``articles`` that it is about, if it is about one."""
        return self.measure if self.measure in FIELDS else None


def watch(nights: Sequence[SourceNight], run_id: str) -> list[Alarm]:
    """Return what is unusual about a night, source by source.

    Args:
        nights: the figures of the night and of those before, oldest first.
        run_id: the night to judge.
    """
    by_source: dict[str, list[SourceNight]] = defaultdict(list)
    for night in nights:
        by_source[night.source].append(night)
    alarms: list[Alarm] = []
    for own in by_source.values():
        if own[-1].run_id == run_id:
            alarms += _alarms(own[:-1], own[-1])
    return alarms


def _alarms(past: Sequence[SourceNight], tonight: SourceNight) -> Iterator[Alarm]:
    losses = {alarm.measure: alarm for alarm in _losses(past, tonight)}
    yield from losses.values()
    lively = [night for night in past if night.articles]
    if len(lively) < _MIN_NIGHTS:
        return
    checks = (
        _silence(past, tonight),
        _flood(past, tonight),
        _length(lively, tonight),
        *(_coverage(lively, tonight, field) for field in FIELDS),
        _rate(past, tonight, "rejected", "gave no article"),
        _rate(past, tonight, "failed", "could not be fetched"),
    )
    yield from (alarm for alarm in checks if alarm and alarm.measure not in losses)


def _spread(values: Sequence[float], middle: float) -> float:
    return _BAND * median(abs(value - middle) for value in values)


def _silence(past: Sequence[SourceNight], tonight: SourceNight) -> Alarm | None:
    """Nights without an article that are, all together, too unlikely."""
    if tonight.articles:
        return None
    streak = 1
    for night in reversed(past):
        if night.articles:
            break
        streak += 1
    before = [night.articles for night in past[: len(past) - streak + 1]]
    if not before:
        return None
    # The mean of the quieter half: weekends are quiet every week.
    usual = sum(sorted(before)[: (len(before) + 1) // 2]) / ((len(before) + 1) // 2)
    if math.exp(-usual * streak) >= _SILENCE_CHANCE:
        return None
    nights = "tonight" if streak == 1 else f"for {streak} nights"
    text = f"no new article {nights}, usually {median(before):.0f} a night"
    return Alarm(night=tonight, measure="silent", text=text)


def _flood(past: Sequence[SourceNight], tonight: SourceNight) -> Alarm | None:
    counts = [night.articles for night in past]
    usual = max(median(counts), 1)
    # A Poisson count strays by its square root, whatever the past nights happened to show.
    band = max(_spread(counts, usual), _BAND * math.sqrt(usual))
    if tonight.articles <= max(usual + band, _FLOOD * usual, max(counts) * 1.5):
        return None
    text = f"{tonight.articles} new articles, usually {median(counts):.0f} a night"
    return Alarm(night=tonight, measure="flood", text=text)


def _length(lively: Sequence[SourceNight], tonight: SourceNight) -> Alarm | None:
    if tonight.articles < _MIN_ARTICLES:
        return None
    # A ratio is as far from 1 as its inverse: lengths are compared by their logarithms.
    past = [math.log1p(words) for night in lively for words in night.lengths]
    usual, found = median(past), median(map(math.log1p, tonight.lengths))
    deviation = _SIGMA * median(abs(length - usual) for length in past)
    # Of a normal sample, the median strays by 1.2533 standard errors.
    error = 1.2533 * max(deviation, _LEAST_DEVIATION) / math.sqrt(tonight.articles)
    if abs(found - usual) <= max(_ERRORS * error, math.log(_LEAST_RATIO)):
        return None
    text = f"texts of {math.expm1(found):.0f} words, usually {math.expm1(usual):.0f}"
    return Alarm(night=tonight, measure="words", text=text)


def _coverage(lively: Sequence[SourceNight], tonight: SourceNight, field: str) -> Alarm | None:
    if not tonight.articles:
        return None
    given = [(night.covered[field], night.articles) for night in lively]
    missing = [(count - has, count) for has, count in given]
    has, count = tonight.covered[field], tonight.articles
    if not _is_rise(missing, (count - has, count)):
        return None
    usual = _share(given)
    text = f"{field} in {has} of {count} new articles, usually in {usual:.0%}"
    return Alarm(night=tonight, measure=field, text=text)


def _rate(
    past: Sequence[SourceNight], tonight: SourceNight, outcome: str, words: str
) -> Alarm | None:
    pairs = [(getattr(night, outcome), night.judged) for night in past if night.judged]
    count = getattr(tonight, outcome)
    if not pairs or not tonight.judged or not _is_rise(pairs, (count, tonight.judged)):
        return None
    text = f"{count} of {tonight.judged} pages {words}, usually {_share(pairs):.0%}"
    return Alarm(night=tonight, measure=outcome, text=text)


def _losses(past: Sequence[SourceNight], tonight: SourceNight) -> Iterator[Alarm]:
    """Compare articles that were fetched again with themselves: they change all at once.

    It needs no usual night: edits that lose a field are rare on any site.
    """
    for field in (*FIELDS, "words"):
        pairs = [(_lost(night, field), night.compared) for night in past]
        lost, compared = _lost(tonight, field), tonight.compared
        expected = (_sum(pairs, 0) + 1) / (_sum(pairs, 1) + _RARE)
        if lost * 2 > compared and _binomial_tail(lost, compared, expected) < _CHANCE:
            what = "their text by a third or more" if field == "words" else field
            text = f"{lost} of {compared} articles lost {what} when they were fetched again"
            yield Alarm(night=tonight, measure=field, text=text)


def _lost(night: SourceNight, field: str) -> int:
    return night.shrunk if field == "words" else night.lost.get(field, 0)


def _sum(pairs: Sequence[tuple[int, int]], place: int) -> int:
    return sum(pair[place] for pair in pairs)


def _share(pairs: Sequence[tuple[int, int]]) -> float:
    return _sum(pairs, 0) / _sum(pairs, 1)


def _is_rise(past: Sequence[tuple[int, int]], tonight: tuple[int, int]) -> bool:
    """Tell whether a share (part, whole) has risen beyond the band and beyond chance."""
    part, whole = tonight
    shares = [count / total for count, total in past]
    usual = median(shares)
    if part / whole - usual <= max(_spread(shares, usual), _LEAST_DROP):
        return False
    # Laplace's rule of succession: what never happened in n cases is expected once in n + 2.
    expected = (_sum(past, 0) + 1) / (_sum(past, 1) + 2)
    return _binomial_tail(part, whole, max(expected, usual)) < _CHANCE


def _binomial_tail(least: int, count: int, chance: float) -> float:
    """Return the probability of at least `least` hits in `count` tries."""
    if chance >= 1:
        return 1.0
    log_all = math.lgamma(count + 1)
    return math.fsum(
        math.exp(
            log_all
            - math.lgamma(hits + 1)
            - math.lgamma(count - hits + 1)
            + hits * math.log(chance)
            + (count - hits) * math.log1p(-chance)
        )
        for hits in range(least, count + 1)
    )
