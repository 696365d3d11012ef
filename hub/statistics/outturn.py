"""How a promise for a year stands, and where the year may end.

Takes the target, the total to date and the share of the year that its agreed profile gives to the months so far;
gives attainment with its colour, and a gamma-Poisson forecast. A missing month is the caller's to settle first: it is
never 0. Thresholds are on the unrounded number, and a value on a threshold has the better colour.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import fsum, isclose
from typing import Literal

from hub.statistics.not_computed import NotComputed

Direction = Literal["at least", "at most"]
Colour = Literal["green", "amber", "red"]
Final = Literal["met", "missed"]

# The amber edge; green ends at 1 either way.
_AMBER: dict[Direction, float] = {"at least": 0.90, "at most": 1.10}
LEAST_MONTHS_TO_FORECAST = 3


@dataclass(frozen=True, slots=True)
class Attainment:
    """Total to date over what was expected by now; `final` where the rest of the year cannot change it."""

    method: str
    direction: Direction
    target: float
    to_date: float
    expected_to_date: float
    attainment: float | None
    colour: Colour
    final: Final | None


@dataclass(frozen=True, slots=True)
class Outturn:
    """Where the year may end: point, mean, 95% interval, and the chance that the target is met."""

    method: str
    direction: Direction
    target: int
    to_date: int
    share: float
    n_points: int
    point: float
    mean: float
    lower: float
    upper: float
    chance: float
    warnings: tuple[str, ...]


def linear_profile() -> tuple[float, ...]:
    """An equal share each month, cumulative."""
    return tuple(month / 12 for month in range(1, 13))


def seasonal_profile(years: Sequence[Sequence[int]]) -> tuple[float, ...] | NotComputed:
    """Average monthly shares of at least two complete years, cumulative; fixed when the promise is made."""
    if len(years) < 2 or any(len(year) != 12 or not sum(year) for year in years):
        return NotComputed("seasonal profile", "it takes two complete years with figures")
    shares = [fsum(year[month] / sum(year) for year in years) / len(years) for month in range(12)]
    return tuple(fsum(shares[:month]) / fsum(shares) for month in range(1, 13))


def dispersion(counts: Sequence[int], weights: Sequence[float]) -> float:
    """How much more counts vary about their profile than chance: Pearson's chi-squared by its degrees of freedom."""
    expected = [sum(counts) * weight / fsum(weights) for weight in weights]
    if len(counts) < 2 or not all(expected):
        return 1.0
    return fsum((n - e) ** 2 / e for n, e in zip(counts, expected, strict=True)) / (len(counts) - 1)


def grade(
    value: float, expected: float, *, direction: Direction, amber: float | None = None
) -> tuple[float | None, Colour]:
    """Attainment of what was expected by now, and its colour; `amber` is the edge to red."""
    attainment = value / expected if expected else None
    return attainment, _colour(attainment, value, direction, _AMBER[direction] if amber is None else amber)


def attain(
    target: float, to_date: float, *, share: float, direction: Direction, amber: float | None = None
) -> Attainment:
    """How the total to date stands against the profile; `share` is the cumulative share by now, 1 at year end."""
    expected = target * share
    attainment, colour = grade(to_date, expected, direction=direction, amber=amber)
    return Attainment(
        method="attainment against profile",
        direction=direction,
        target=target,
        to_date=to_date,
        expected_to_date=expected,
        attainment=attainment,
        colour=colour,
        final=_final(target, to_date, share, direction),
    )


def forecast(
    target: int, to_date: int, *, share: float, months: int, direction: Direction, dispersion: float = 1.0
) -> Outturn | NotComputed:
    """The year's out-turn, prior Gamma(1/2, 0). Interval and chance are read from one distribution of what is still to come.

    Monthly dispersion above 1 multiplies its variance and leaves its mean, so the half-widths grow by about the root of
    the dispersion. A negative binomial of size a and share P has mean a(1-P)/P and variance a(1-P)/P^2; the one with the
    same mean and that variance times d has share P/d and size a(1-P)/(d-P).
    """
    method = "gamma-Poisson out-turn"
    if months < LEAST_MONTHS_TO_FORECAST:
        return NotComputed(method, f"{months} months are too few to say; it takes {LEAST_MONTHS_TO_FORECAST}")
    if not 0 < share <= 1:
        return NotComputed(method, "the profile gives no share to the months so far")
    size, spread = to_date + 0.5, max(1.0, dispersion)
    mean = to_date + size * (1 - share) / share
    if share < 1:
        size, likely = size * (1 - share) / (spread - share), share / spread
    else:
        likely = 1.0  # nothing is still to come
    below_target = _at_most(target - to_date - 1, size, likely)
    return Outturn(
        method=method,
        direction=direction,
        target=target,
        to_date=to_date,
        share=share,
        n_points=months,
        point=to_date / share,
        mean=mean,
        lower=float(to_date + _quantile(0.025, size, likely)),
        upper=float(to_date + _quantile(0.975, size, likely)),
        chance=1 - below_target if direction == "at least" else _at_most(target - to_date, size, likely),
        warnings=("Months vary more than chance: interval and chance allow for it.",)
        if dispersion > 1
        else (),
    )


def _colour(attainment: float | None, to_date: float, direction: Direction, amber: float) -> Colour:
    if attainment is None:  # nothing was expected: only nothing meets "at most"
        return "green" if direction == "at least" or to_date == 0 else "red"
    if _is_as_good(attainment, 1.0, direction):
        return "green"
    return "amber" if _is_as_good(attainment, amber, direction) else "red"


def _is_as_good(attainment: float, edge: float, direction: Direction) -> bool:
    # Shares of a year are rarely exact in binary: on the edge means to nine places.
    if isclose(attainment, edge, rel_tol=1e-9):
        return True
    return attainment > edge if direction == "at least" else attainment < edge


def _final(target: float, to_date: float, share: float, direction: Direction) -> Final | None:
    is_over = isclose(share, 1.0, rel_tol=1e-9)
    if direction == "at least":
        return "met" if to_date >= target else "missed" if is_over else None
    return "missed" if to_date > target else "met" if is_over else None


def _at_most(count: int, size: float, share: float) -> float:
    """The chance that the rest of the year brings at most so many: negative binomial."""
    from scipy.special import betainc

    if count < 0:
        return 0.0
    return 1.0 if share == 1 else float(betainc(size, count + 1, share))


def _quantile(probability: float, size: float, share: float) -> int:
    """The least count whose chance of not being exceeded reaches `probability`."""
    low, high = -1, 1
    while _at_most(high, size, share) < probability:
        low, high = high, high * 2
    while high - low > 1:
        middle = (low + high) // 2
        if _at_most(middle, size, share) < probability:
            low = middle
        else:
            high = middle
    return high
