"""Rates, proportions and directly standardised rates, each with its interval.

Takes counts and denominators; gives an `Estimate`, or `NotComputed` where there is no figure, no denominator or an
impossible pair. Nothing is clamped: a rate may exceed its multiplier. The methods are those of Fingertips' public
health technical guidance, and agree with PHEindicatormethods 2.1.0.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from math import fsum, sqrt
from typing import Literal

from hub.statistics.not_computed import NotComputed

LEVELS = (0.95, 0.998)  # both are shown on funnels
BYAR_FROM = 10
PER_CHILDREN = 10_000


@dataclass(frozen=True, slots=True)
class Interval:
    """Limits for a count, and the method that gave them."""

    method: Literal["exact Poisson", "Byar"]
    level: float
    lower: float
    upper: float


@dataclass(frozen=True, slots=True)
class Estimate:
    """A value with its interval, both already multiplied."""

    method: str
    level: float
    multiplier: float
    numerator: int
    denominator: float
    n_points: int
    value: float
    lower: float
    upper: float
    warnings: tuple[str, ...] = ()


@cache
def z_for(level: float) -> float:
    """The normal quantile that leaves (1 - level)/2 on each side."""
    from statistics import NormalDist

    return NormalDist().inv_cdf((1 + _allowed(level)) / 2)


def count_interval(count: int, *, level: float = 0.95) -> Interval:
    """Limits for a count of events: exact below 10, Byar's approximation from 10."""
    if count < 0:
        raise ValueError(f"A count is never negative; got {count}.")
    if count < BYAR_FROM:
        return exact_interval(count, level=level)
    z = z_for(level)
    above = count + 1
    lower = count * (1 - 1 / (9 * count) - z / (3 * sqrt(count))) ** 3
    upper = above * (1 - 1 / (9 * above) + z / (3 * sqrt(above))) ** 3
    return Interval("Byar", level, lower, upper)


def exact_interval(count: int, *, level: float = 0.95) -> Interval:
    """Exact limits for a count of events, whatever its size."""
    # Half a chi-squared quantile; scipy.stats costs three times the memory.
    from scipy.special import gammaincinv

    tail = (1 - _allowed(level)) / 2
    lower = float(gammaincinv(count, tail)) if count else 0.0
    return Interval("exact Poisson", level, lower, float(gammaincinv(count + 1, 1 - tail)))


def rate(
    count: int | None,
    population: float | None,
    *,
    multiplier: float = PER_CHILDREN,
    level: float = 0.95,
) -> Estimate | NotComputed:
    """Events per `multiplier` of a population."""
    method = "rate"
    if count is None:
        return NotComputed(method, "no figure")
    if population is None:
        return NotComputed(method, "no population")
    if count < 0 or population <= 0:
        return NotComputed(method, f"{count} events in a population of {population:g} give no rate")
    interval = count_interval(count, level=level)
    scale = multiplier / population
    return Estimate(
        method=f"{method}, {interval.method}",
        level=level,
        multiplier=multiplier,
        numerator=count,
        denominator=population,
        n_points=1,
        value=count * scale,
        lower=interval.lower * scale,
        upper=interval.upper * scale,
    )


def proportion(
    part: int | None, whole: int | None, *, multiplier: float = 1, level: float = 0.95
) -> Estimate | NotComputed:
    """A part of a whole with Wilson's interval, without continuity correction."""
    method = "proportion, Wilson"
    if part is None or whole is None:
        return NotComputed(method, "no figure" if part is None else "no denominator")
    if whole <= 0:
        return NotComputed(method, "nothing to take a share of: the denominator is 0")
    if not 0 <= part <= whole:
        return NotComputed(method, f"{part} is not a part of {whole}")
    lower, upper = _wilson(part, whole, z_for(level))
    return Estimate(
        method=method,
        level=level,
        multiplier=multiplier,
        numerator=part,
        denominator=whole,
        n_points=1,
        value=part / whole * multiplier,
        lower=lower * multiplier,
        upper=upper * multiplier,
    )


def standardised_rate(
    bands: Sequence[tuple[int, float, float]], *, multiplier: float = PER_CHILDREN, level: float = 0.95
) -> Estimate | NotComputed:
    """A directly standardised rate; each band is (events, population, weight in the standard population)."""
    method = "directly standardised rate, Dobson with Byar"
    events = sum(count for count, _, _ in bands)
    weights = fsum(weight for _, _, weight in bands)
    if any(count < 0 or population <= 0 or weight < 0 for count, population, weight in bands) or weights <= 0:
        return NotComputed(method, "every age band needs a population and a weight, and no count below 0")
    if events < BYAR_FROM:
        return NotComputed(method, f"{events} events are too few to standardise; it takes {BYAR_FROM}")
    value = fsum(w * x / n for x, n, w in bands) / weights
    variance = fsum(w * w * x / n**2 for x, n, w in bands) / weights**2
    interval = count_interval(events, level=level)
    spread = sqrt(variance / events)
    return Estimate(
        method=method,
        level=level,
        multiplier=multiplier,
        numerator=events,
        denominator=fsum(population for _, population, _ in bands),
        n_points=len(bands),
        value=value * multiplier,
        lower=(value + spread * (interval.lower - events)) * multiplier,
        upper=(value + spread * (interval.upper - events)) * multiplier,
    )


def _allowed(level: float) -> float:
    if level not in LEVELS:
        raise ValueError(f"Intervals are drawn at 0.95 and 0.998, not at {level}.")
    return level


def _wilson(part: int, whole: int, z: float) -> tuple[float, float]:
    middle = 2 * part + z * z
    reach = z * sqrt(z * z + 4 * part * (1 - part / whole))
    scale = 2 * (whole + z * z)
    # At the ends the formula gives 0 and 1 only to the last bit.
    lower = 0.0 if part == 0 else (middle - reach) / scale
    upper = 1.0 if part == whole else (middle + reach) / scale
    return lower, upper
