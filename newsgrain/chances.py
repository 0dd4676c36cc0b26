"""How likely is it by chance? Shares and counts against those of nights before."""

from __future__ import annotations

import math
from statistics import median
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

SIGMA = 1.4826
"""So many median absolute deviations (MAD) are one standard deviation of a normal distribution."""
BAND = 4 * SIGMA
"""MADs to the edge of the band around a median (Hampel 1974)."""
_LEAST_RISE = 0.25
"""A share that rises by less than this is no news to anybody."""
_WEIGHT = 30
"""Articles of one night are not drawn one by one: a night of agency copy, a supplement or one
busy author moves them together. A night's own rate counts as if so many articles had shown it."""


def spread(values: Sequence[float], middle: float) -> float:
    """Return half the width of the band around the median of some values."""
    return BAND * median(abs(value - middle) for value in values)


def chance_of_rise(past: Sequence[tuple[int, int]], tonight: tuple[int, int]) -> float:
    """Return how likely a share as high as tonight's is; 1 while it is inside the band.

    Args:
        past: part and whole of each night before, at least one, no whole 0.
        tonight: part and whole, which is not 0.
    """
    part, whole = tonight
    shares = [count / total for count, total in past]
    usual = median(shares)
    if part / whole - usual <= max(spread(shares, usual), _LEAST_RISE):
        return 1.0
    # Laplace's rule of succession: what never happened in n cases is expected once in n + 2.
    expected = (total(past, 0) + 1) / (total(past, 1) + 2)
    return beta_binomial_tail(part, whole, max(expected, usual))


def total(pairs: Sequence[tuple[int, int]], place: int) -> int:
    """Return the sum of the parts (`place` 0) or of the wholes (1)."""
    return sum(pair[place] for pair in pairs)


def binomial_tail(least: int, count: int, chance: float) -> float:
    """Return the probability of at least `least` hits in `count` tries.

    Args:
        least: number of hits.
        count: number of tries.
        chance: of one hit, above 0.
    """
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


def beta_binomial_tail(least: int, count: int, chance: float) -> float:
    """Return the probability of at least `least` hits in `count` tries that hang together.

    The beta-binomial distribution: the chance of a hit is itself drawn, once for all tries, from
    a beta distribution with the mean `chance` and the weight of `_WEIGHT` tries.

    Args:
        least: number of hits.
        count: number of tries.
        chance: mean chance of one hit, above 0.
    """
    if chance >= 1:
        return 1.0
    hit, miss = chance * _WEIGHT, (1 - chance) * _WEIGHT
    log_all = math.lgamma(count + 1) - _log_beta(hit, miss)
    return math.fsum(
        math.exp(
            log_all
            - math.lgamma(hits + 1)
            - math.lgamma(count - hits + 1)
            + _log_beta(hits + hit, count - hits + miss)
        )
        for hits in range(least, count + 1)
    )


def _log_beta(one: float, other: float) -> float:
    return math.lgamma(one) + math.lgamma(other) - math.lgamma(one + other)


def chance_of_both(one: float, other: float) -> float:
    """Return how likely two independent looks are as unlikely together as these.

    Fisher's method (Statistical Methods for Research Workers, 1932) for two looks: the product
    q of two uniform numbers is below q with the probability q (1 - ln q).
    """
    product = one * other
    return product * (1 - math.log(product)) if product else 0.0
