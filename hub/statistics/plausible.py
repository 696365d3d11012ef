"""Is one number plausible beside earlier ones: exact tails for counts, and the modified z of methods.md section 7.

Plain arithmetic: a tail is a geometric-like sum of some √mean terms, so nothing is gained by loading scipy, which would
cost each checked form more than all its history rules.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from math import exp, lgamma, log
from statistics import median

NEGLIGIBLE = 1e-17  # of the sum so far


def poisson_p(observed: int, mean: float) -> float:
    """Exact two-sided probability of a count this far from a mean: twice the smaller tail, at most 1."""
    if observed < 0 or mean <= 0:
        raise ValueError(f"{observed} observed against a mean of {mean} cannot be tested.")
    at = exp(observed * log(mean) - mean - lgamma(observed + 1))
    if observed <= mean:
        return min(1.0, 2 * _sum(at, lambda step: (observed - step) / mean))
    return min(1.0, 2 * _sum(at, lambda step: mean / (observed + 1 + step)))


def pair_p(one: int, other: int) -> float:
    """Exact two-sided probability that two counts of one rate differ this much: binomial with a half, given their sum."""
    low, total = min(one, other), one + other
    if low < 0:
        raise ValueError(f"{one} and {other} are not counts.")
    if not total:
        return 1.0
    at = exp(lgamma(total + 1) - lgamma(low + 1) - lgamma(total - low + 1) - total * log(2))
    return min(1.0, 2 * _sum(at, lambda step: (low - step) / (total - low + 1 + step)))


def _sum(term: float, ratio: Callable[[int], float]) -> float:
    """A tail from its largest term outwards."""
    whole, step = 0.0, 0
    while term > whole * NEGLIGIBLE and term > 0:
        whole += term
        term *= ratio(step)
        step += 1
    return whole


def modified_z(value: float, values: Sequence[float]) -> float | None:
    """0.6745 × the distance from the median of `values` in median absolute deviations; None where that is 0.

    The tested value is usually one of them.
    """
    middle = median(values)
    deviation = median(abs(number - middle) for number in values)
    return 0.6745 * (value - middle) / deviation if deviation else None
