"""Has a site been redesigned? Its fields tonight against those of its own past.

Two looks at each field. New articles against the nights before: does a share of them lack it
that is beyond the band and beyond chance? And articles that were fetched again against
themselves: have most of those that changed lost it at once? The second look needs no past.
Where either alone is too little (small sites, few edits), both are weighed together. A field
that is still there, but is suddenly read from another place (a byline that only the feed still
gives), shows a redesign, too.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from newsgrain.alarm import Alarm
from newsgrain.chances import binomial_tail, chance_of_both, chance_of_rise, total
from newsgrain.edits import EVIDENCE, FIELDS

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from newsgrain.measures import SourceNight

MIN_NIGHTS = 7
"""With fewer nights that gave articles, a weekend may not have been seen, and nothing is usual
yet; only a field that is gone whole is named before."""
CHANCE = 1e-6
"""A share raises an alarm where chance would give it less often than this. A year of a hundred
sources and nine shares is 3e5 looks."""
_LOSS_CHANCE = 5e-5
"""The same of articles that were fetched again, whose rate of loss is put high: three of three or
three of four. Where one edit in a hundred loses a field, that is one false alarm in a year of
a hundred sources with four edits a night."""
_RARE = 50
"""One edit of so many may lose a field before any was seen."""
_LEAST_LOST = 3
"""Fewer articles that lost something are one author's, or one editor's."""


def redesigns(past: Sequence[SourceNight], tonight: SourceNight) -> Iterator[Alarm]:
    """Yield what a redesign has done to a source, one alarm at most a field.

    Args:
        past: the source's nights before, oldest first.
        tonight: the night to judge.
    """
    for name in FIELDS:
        alarm = _lost(past, tonight, name) or _moved(past, tonight, name)
        if alarm:
            yield alarm
    pairs = [(night.edits.shrunk, night.edits.compared) for night in past]
    shrunk = tonight.edits.shrunk, tonight.edits.compared
    if _is_loss(pairs, shrunk):
        yield Alarm(
            night=tonight,
            measure="words",
            text=_again(shrunk, "lost a third of their text or more"),
        )


def _lost(past: Sequence[SourceNight], tonight: SourceNight, name: str) -> Alarm | None:
    missing = _missing(past, tonight, name)
    before = [_losses(night, name) for night in past]
    losses = _losses(tonight, name)
    anew, again = _chance_anew(missing), _chance_again(before, losses)
    words = []
    if _is_loss(before, losses):
        words = [_again(losses, f"lost {name}")]
    elif anew < CHANCE:
        words = [_anew(missing, name)]
    elif max(anew, again) < 1 and chance_of_both(anew, again) < CHANCE:
        words = [_anew(missing, name), _again(losses, f"lost {name}")]
    return Alarm(night=tonight, measure=name, text="; ".join(words)) if words else None


def _losses(night: SourceNight, name: str) -> tuple[int, int]:
    return night.edits.lost.get(name, 0), night.edits.had.get(name, 0)


def _missing(past: Sequence[SourceNight], tonight: SourceNight, name: str) -> list[tuple[int, int]]:
    """Return how many new articles lack a field, of how many, tonight's last."""
    return (
        [
            (night.articles - night.covered[name], night.articles)
            for night in (*past, tonight)
            if night.articles
        ]
        if tonight.articles
        else []
    )


def _chance_anew(shares: Sequence[tuple[int, int]]) -> float:
    """Return how likely it is by chance that so many new articles lack something."""
    past = shares[:-1]
    if not past:
        return 1.0
    part, whole = shares[-1]
    if len(past) < MIN_NIGHTS and part < whole:
        return 1.0
    return chance_of_rise(past, (part, whole))


def _chance_again(past: Sequence[tuple[int, int]], tonight: tuple[int, int]) -> float:
    """Return how likely it is by chance that so many edits lost something; 1 for a minority."""
    part, whole = tonight
    if part * 2 <= whole:
        return 1.0
    expected = (total(past, 0) + 1) / (total(past, 1) + _RARE)
    return binomial_tail(part, whole, expected)


def _is_loss(past: Sequence[tuple[int, int]], tonight: tuple[int, int]) -> bool:
    return tonight[0] >= _LEAST_LOST and _chance_again(past, tonight) < _LOSS_CHANCE


def _moved(past: Sequence[SourceNight], tonight: SourceNight, name: str) -> Alarm | None:
    """Compare where a field is read from."""
    if name not in EVIDENCE:
        return None
    before = [(night.edits.moved(name), night.edits.kept.get(name, 0)) for night in past]
    moved = tonight.edits.moved(name), tonight.edits.kept.get(name, 0)
    if _is_loss(before, moved):
        move = next(move for move in tonight.edits.moves if move.field == name)
        what = f"give {name} by {move.now}, before by {move.before}"
        return Alarm(night=tonight, measure=name, text=_again(moved, what), usual=move.before)
    return _read_elsewhere(past, tonight, name)


def _read_elsewhere(past: Sequence[SourceNight], tonight: SourceNight, name: str) -> Alarm | None:
    """Tell whether new articles miss the evidence that most articles had."""
    counts = Counter[str]()
    for night in past:
        counts.update(night.read_from.get(name, {}))
    now = tonight.read_from.get(name, {})
    if not counts or not now:
        return None
    (usual, _), *_ = counts.most_common(1)
    nights = [night.read_from.get(name, {}) for night in (*past, tonight)]
    shares = [(sum(one.values()) - one.get(usual, 0), sum(one.values())) for one in nights]
    if _chance_anew([share for share in shares if share[1]]) >= CHANCE:
        return None
    place = max(now, key=lambda evidence: (evidence != usual, now[evidence]))
    text = (
        f"{name} of {shares[-1][0]} of {shares[-1][1]} new articles by {place} and the like, "
        f"usually by {usual}"
    )
    return Alarm(night=tonight, measure=name, text=text, usual=usual)


def _anew(missing: Sequence[tuple[int, int]], name: str) -> str:
    *past, (lack, articles) = missing
    usual = 1 - total(past, 0) / total(past, 1)
    return f"{name} in {articles - lack} of {articles} new articles, usually in {usual:.0%}"


def _again(share: tuple[int, int], what: str) -> str:
    return f"{share[0]} of {share[1]} articles {what} when they were fetched again"
