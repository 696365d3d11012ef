"""Funnel plots: is an area's figure further from the others' than chance allows for its size?

Takes each area's numerator and denominator; gives the baseline (all areas together, each included), one category
per area and the control lines. Colour a point by its category, never by where it lies in the picture: from ten
events on the category uses Byar's interval and the lines are exact, so the two may differ within a thousandth.

Where we differ from PHEindicatormethods 2.1.0: it finds the lines of ratios by bisection, good to about 2e-4 for one
event, where the closed form is exact; it clips the upper line of proportions at 100 whatever the multiplier, where
ours are left as they are; its long quadratic for proportions equals the plain form to 1e-14.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from math import sqrt
from typing import Literal

from hub.statistics.not_computed import NotComputed
from hub.statistics.rates import count_interval, z_for


class Category(StrEnum):
    LOW_0001 = "Low (0.001)"
    LOW_0025 = "Low (0.025)"
    HIGH_0001 = "High (0.001)"
    HIGH_0025 = "High (0.025)"
    NOT_SIGNIFICANT = "Not significant"


# Tested in this order: the further limits first.
_STEPS: tuple[tuple[float, Category, Category], ...] = (
    (0.998, Category.LOW_0001, Category.HIGH_0001),
    (0.95, Category.LOW_0025, Category.HIGH_0025),
)


@dataclass(frozen=True, slots=True)
class Area:
    """One area's figures; None where there is none."""

    name: str
    numerator: int | None
    denominator: float | None


@dataclass(frozen=True, slots=True)
class FunnelPoint:
    name: str
    denominator: float | None
    value: float | None
    category: Category | NotComputed


@dataclass(frozen=True, slots=True)
class Funnel:
    method: str
    multiplier: float
    n_points: int
    baseline: float | NotComputed
    points: tuple[FunnelPoint, ...]
    warnings: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class RatioLines:
    """Where an observed count lies exactly on a control line of observed over expected.

    `lower_at` and `upper_at` are expected counts; the upper line does not exist for an observed count of 0.
    """

    level: float
    lower_at: float
    lower: float
    upper_at: float | None
    upper: float | None


def proportion_lines(baseline: float, denominator: float, *, level: float) -> tuple[float, float]:
    """The control lines around a baseline proportion at a size; clamp to 0..1 when drawing."""
    reach = z_for(level) * sqrt(baseline * (1 - baseline) / denominator)
    return baseline - reach, baseline + reach


def ratio_lines(observed: int, *, level: float) -> RatioLines:
    """The control lines of observed over expected at an observed count; rates use them times the baseline."""
    from scipy.special import gammaincinv

    tail = (1 - level) / 2
    lower_at = float(gammaincinv(observed + 1, 1 - tail))
    upper_at = float(gammaincinv(observed, tail)) if observed else None
    return RatioLines(
        level, lower_at, observed / lower_at, upper_at, observed / upper_at if upper_at else None
    )


def proportion_category(part: int, whole: float, *, baseline: float) -> Category:
    """Whether a proportion lies strictly outside the funnel around the baseline."""
    for level, low, high in _STEPS:
        lower, upper = proportion_lines(baseline, whole, level=level)
        if part / whole < lower:
            return low
        if part / whole > upper:
            return high
    return Category.NOT_SIGNIFICANT


def count_category(observed: int, expected: float) -> Category:
    """Whether the expected count lies outside the interval of the observed one."""
    for level, low, high in _STEPS:
        interval = count_interval(observed, level=level)
        if expected > interval.upper:
            return low
        if expected < interval.lower:
            return high
    return Category.NOT_SIGNIFICANT


def funnel(
    areas: Sequence[Area], *, kind: Literal["proportion", "rate"], multiplier: float | None = None
) -> Funnel:
    """Every area against all areas together; areas without a figure are listed and not counted."""
    scale = multiplier or (1 if kind == "proportion" else 10_000)
    method = f"funnel of {kind}s"
    usable = [(a.numerator, a.denominator) for a in areas if _problem(a, kind) is None]
    total = sum(denominator or 0 for _, denominator in usable)
    baseline = sum(numerator or 0 for numerator, _ in usable) / total if total else None
    left_out = len(areas) - len(usable)
    return Funnel(
        method=method,
        multiplier=scale,
        n_points=len(usable),
        baseline=NotComputed(method, "no area has a figure") if baseline is None else baseline * scale,
        points=tuple(_funnel_point(area, kind, baseline, scale) for area in areas),
        warnings=(f"{left_out} of {len(areas)} areas have no figure and are not in the baseline.",)
        if left_out
        else (),
    )


def _funnel_point(area: Area, kind: str, baseline: float | None, scale: float) -> FunnelPoint:
    problem = _problem(area, kind)
    if problem or baseline is None or area.numerator is None or not area.denominator:
        category: Category | NotComputed = NotComputed(
            f"funnel of {kind}s", problem or "no area has a figure"
        )
        return FunnelPoint(area.name, area.denominator, None, category)
    if kind == "proportion":
        category = proportion_category(area.numerator, area.denominator, baseline=baseline)
    else:
        category = count_category(area.numerator, area.denominator * baseline)
    return FunnelPoint(area.name, area.denominator, area.numerator / area.denominator * scale, category)


def _problem(area: Area, kind: str) -> str | None:
    if area.numerator is None:
        return "no figure"
    if area.denominator is None:
        return "no denominator"  # cannot be worked back from a rate of 0
    if area.numerator < 0 or area.denominator <= 0:
        return f"{area.numerator} of {area.denominator:g} cannot be"
    if kind == "proportion" and area.numerator > area.denominator:
        return f"{area.numerator} is not a part of {area.denominator:g}"
    return None
