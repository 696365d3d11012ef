"""DHIS2's three outlier checks, so that our findings can be compared with a system that uses them.

Each takes the values of one item of one unit, in any order, the tested one among them; gives the value's score and
whether it is flagged. The order of time is ignored: XmR and CUSUM are for that.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import fsum, sqrt

from hub.statistics.not_computed import NotComputed
from hub.statistics.plausible import modified_z

FLAG_AT = 3.0  # DHIS2's default, for the modified score too, where the literature has 3.5


@dataclass(frozen=True, slots=True)
class Score:
    method: str
    threshold: float
    n_points: int
    value: float
    score: float
    is_flagged: bool
    warnings: tuple[str, ...] = ()


def z_score(value: float, values: Sequence[float], *, threshold: float = FLAG_AT) -> Score | NotComputed:
    """Distance from the mean in standard deviations of the population."""
    method = "z-score"
    n = len(values)
    if n == 0:
        return NotComputed(method, "there are no values")
    mean = fsum(values) / n
    deviation = sqrt(fsum((y - mean) ** 2 for y in values) / n)
    if deviation == 0:
        return NotComputed(method, "the values never differ")
    score = abs(value - mean) / deviation
    # One of n values is never further than √(n - 1) from their mean.
    blind = sqrt(n - 1) < threshold
    warnings = (f"Among {n} values none can reach {threshold:g}.",) if blind else ()
    return Score(method, threshold, n, value, score, score >= threshold, warnings)


def modified_z_score(
    value: float, values: Sequence[float], *, threshold: float = FLAG_AT
) -> Score | NotComputed:
    """Distance from the median in median absolute deviations."""
    method = "modified z-score"
    if not values:
        return NotComputed(method, "there are no values")
    score = modified_z(value, values)
    if score is None:
        return NotComputed(
            method, "more than half of the values are alike, so that a lone jump cannot be scored"
        )
    return Score(method, threshold, len(values), value, abs(score), abs(score) >= threshold)


def is_outside(value: float, *, least: float, greatest: float) -> bool:
    """Whether a value lies strictly beyond the bounds held for its item and unit."""
    return value < least or value > greatest
