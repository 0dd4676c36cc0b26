"""Is tonight like the nights before? Decided for each source from its own past alone.

No thresholds are set by hand per site: a figure is compared with the median of the source's
last nights and a band around it (median absolute deviation, MAD; Hampel 1974), and small counts
need more than that: shares must also be unlikely by the binomial distribution, and silence by
the Poisson distribution.
"""

from __future__ import annotations

import math
from collections import defaultdict
from statistics import mean, median
from typing import TYPE_CHECKING

from newsgrain.alarm import Alarm
from newsgrain.chances import BAND, SIGMA, chance_of_rise, spread, total
from newsgrain.redesign import MIN_NIGHTS, redesigns

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from newsgrain.measures import SourceNight

_MIN_ARTICLES = 3
"""Fewer articles of one night have no typical length."""
_SILENCE_CHANCE = 1e-4
"""Silence has one look a source and night, and costs articles for every night it lasts."""
_WEEKEND = 2 / 7
_ERRORS = 4.5
"""Standard errors that the median length of a night may be away."""
_LEAST_DEVIATION = 0.25
"""Of the logarithms of lengths: nobody writes texts more alike than this."""
_LEAST_RATIO = 1.6
"""A text length that changes by a smaller factor is no news to anybody."""
_FLOOD = 3
"""Nor is a night with fewer than this many times the usual number of articles."""
_LEAST_FLOOD = 10
"""Nor are fewer articles than these."""
_OUTCOME_CHANCE = 1e-5
"""Outcomes have two looks a source and night, and a site that shuts us out loses articles."""


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
    found = {alarm.measure: alarm for alarm in redesigns(past, tonight)}
    yield from found.values()
    lively = [night for night in past if night.articles]
    if len(lively) < MIN_NIGHTS:
        return
    checks = (
        _silence(past, tonight),
        _flood(past, tonight),
        _length(lively, tonight),
        _rate(past, tonight, "rejected", "gave no article"),
        _rate(past, tonight, "failed", "could not be fetched"),
    )
    yield from (alarm for alarm in checks if alarm and alarm.measure not in found)


def _silence(past: Sequence[SourceNight], tonight: SourceNight) -> Alarm | None:
    """Nights without an article that are, all together, too unlikely."""
    if tonight.articles:
        return None
    streak = 1
    for night in reversed(past):
        if night.articles:
            break
        streak += 1
    before = sorted(night.articles for night in past[: len(past) - streak + 1])
    if len(before) < MIN_NIGHTS:
        return None
    # The mean of the quietest nights: weekends are quiet every week.
    usual = mean(before[: math.ceil(len(before) * _WEEKEND)])
    if math.exp(-usual * streak) >= _SILENCE_CHANCE:
        return None
    nights = "tonight" if streak == 1 else f"for {streak} nights"
    text = f"no new article {nights}, usually {median(before):.0f} a night"
    return Alarm(night=tonight, measure="silent", text=text)


def _flood(past: Sequence[SourceNight], tonight: SourceNight) -> Alarm | None:
    counts = sorted(night.articles for night in past)
    # Of the busier half, as quiet nights are no measure of busy ones; a first night reads archives.
    usual = max(median(counts[len(counts) // 2 :]), 1)
    # A Poisson count strays by its square root, whatever the past nights happened to show.
    band = max(spread(counts, usual), BAND * math.sqrt(usual))
    if tonight.articles <= max(usual + band, _FLOOD * usual, _LEAST_FLOOD):
        return None
    text = f"{tonight.articles} new articles, usually {median(counts):.0f} a night"
    return Alarm(night=tonight, measure="flood", text=text)


def _length(lively: Sequence[SourceNight], tonight: SourceNight) -> Alarm | None:
    if tonight.articles < _MIN_ARTICLES:
        return None
    # A ratio is as far from 1 as its inverse: lengths are compared by their logarithms.
    past = [math.log1p(words) for night in lively for words in night.lengths]
    usual, found = median(past), median(map(math.log1p, tonight.lengths))
    deviation = SIGMA * median(abs(length - usual) for length in past)
    # Of a normal sample, the median strays by 1.2533 standard errors.
    error = 1.2533 * max(deviation, _LEAST_DEVIATION) / math.sqrt(tonight.articles)
    if abs(found - usual) <= max(_ERRORS * error, math.log(_LEAST_RATIO)):
        return None
    text = f"texts of {math.expm1(found):.0f} words, usually {math.expm1(usual):.0f}"
    return Alarm(night=tonight, measure="words", text=text)


def _rate(
    past: Sequence[SourceNight], tonight: SourceNight, outcome: str, words: str
) -> Alarm | None:
    pairs = [(getattr(night, outcome), night.judged) for night in past if night.judged]
    count = getattr(tonight, outcome)
    if not pairs or not tonight.judged:
        return None
    if chance_of_rise(pairs, (count, tonight.judged)) > _OUTCOME_CHANCE:
        return None
    usual = total(pairs, 0) / total(pairs, 1)
    text = f"{count} of {tonight.judged} pages {words}, usually {usual:.0%}"
    return Alarm(night=tonight, measure=outcome, text=text)
