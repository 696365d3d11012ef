"""The illustrative figures: invented month by month, agency by agency, within real year totals.

Calibrated to what was published for Birmingham (DfE, Characteristics of children in need; years ending 31 March
2013 to 2017) and to England's seasons (the same, 2017-18). Everything finer than a year is invented, and the same
every time: each number is drawn from a generator seeded with its own name. The story it tells is the report's:
health refers little until the front door opens at the end of July 2014, conferences collapse beside section 47
enquiries in 2013-14, one trust says it sent more than the front door logged, schools are silent in August.

Gives counts, from which `returns/` make the rows that agencies upload; knows nothing of the database.
"""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from hub.periods import Period, containing, parse

FRONT_DOOR_OPENS = parse("2014-08")  # the first full month


@dataclass(frozen=True)
class Year:
    """Published totals of a year ending 31 March."""

    referrals: int
    rereferrals: int
    nfa: int
    not_in_need: int
    section47: int
    conferences: int
    conferences_in_15_days: int
    plans_started: int
    second_plans: int
    plans: int  # on 31 March
    plans_2_years: int  # of those; hidden in 2014-15, so invented there


YEARS = {
    2012: Year(14177, 3476, 739, 4506, 2976, 1615, 1472, 1559, 317, 1026, 36),
    2013: Year(13815, 1906, 707, 4474, 3393, 942, 660, 1221, 263, 844, 16),
    2014: Year(19512, 4126, 1315, 6825, 5525, 1828, 740, 1735, 355, 1280, 12),
    2015: Year(13013, 2507, 629, 3567, 3781, 1435, 725, 1339, 278, 845, 11),
    2016: Year(17417, 3826, 1148, 6727, 3873, 1726, 1288, 1608, 348, 983, 13),
}

SEASON = (
    6.8,
    9.2,
    9.4,
    8.5,
    7.1,
    8.2,
    9.0,
    9.5,
    7.0,
    8.9,
    7.8,
    8.6,
)  # April to March, per cent of England's year

# Shares of referrals by source once the front door was open (Birmingham 2017-18, DfE table C5).
SOURCES = {
    "individual": 0.050,
    "schools": 0.184,
    "education-services": 0.018,
    "health-services": 0.162,
    "housing": 0.013,
    "council-services": 0.066,
    "police": 0.261,
    "other-legal": 0.057,
    "other": 0.055,
    "anonymous": 0.030,
    "unknown": 0.104,
}
AREAS = {"south": 0.31, "east": 0.33, "north-west-central": 0.36, "not-known": 0.0}
AGE_BANDS = {
    "under-1": 0.09,
    "1-to-4": 0.24,
    "5-to-9": 0.28,
    "10-to-15": 0.30,
    "16-and-17": 0.07,
    "unborn": 0.02,
}
ETHNIC_GROUPS = {
    "white": 0.43,
    "mixed": 0.11,
    "asian": 0.25,
    "black": 0.10,
    "other": 0.04,
    "not-known": 0.07,
}

# Each trust's part of health contacts (general practice and others make up the rest), and what it refers from.
TRUSTS: dict[str, tuple[float, dict[str, float]]] = {
    "RQ3": (0.14, {"emergency-department": 0.55, "hospital-ward": 0.30, "outpatients": 0.15}),
    "RLU": (0.06, {"maternity": 0.80, "hospital-ward": 0.20}),
    "RR1": (0.15, {"emergency-department": 0.60, "maternity": 0.25, "hospital-ward": 0.15}),
    "RRK": (0.05, {"emergency-department": 0.85, "outpatients": 0.15}),
    "RYW": (0.24, {"health-visiting": 0.50, "school-nursing": 0.30, "community-health": 0.20}),
    "RXT": (0.07, {"child-mental-health": 1.0}),
    "RRJ": (0.004, {"outpatients": 1.0}),
    "RXK": (0.08, {"emergency-department": 0.55, "maternity": 0.30, "hospital-ward": 0.15}),
    "RYA": (0.04, {"other": 1.0}),
}
COUNCIL, POLICE = "330", "20"
POLICE_SETTINGS = {"response-policing": 0.62, "public-protection": 0.30, "neighbourhood-policing": 0.08}
CATEGORIES = {
    "neglect": 0.24,
    "physical-abuse": 0.15,
    "sexual-abuse": 0.07,
    "emotional-abuse": 0.13,
    "domestic-abuse": 0.22,
    "exploitation": 0.03,
    "parental-health": 0.07,
    "other": 0.04,
    "not-known": 0.05,
}
SCHOOLS = tuple(str(urn) for urn in range(990001, 990041))
# A school that became an academy: another body with a number of its own, at the same place.
BECAME_ACADEMY, ACADEMY, ACADEMY_FROM = "990010", "990041", parse("2015-09")
SCHOOL_BODIES = (*SCHOOLS, ACADEMY)
SCHOOLS_PART = 0.14  # the example's forty of some four hundred
OVERSTATING = "RXT"  # says it sent more than the front door logged, from here on:
OVERSTATING_FROM = parse("2013-10")


def body_of(urn: str, month: Period) -> str:
    """The legal body of a school in a month."""
    return ACADEMY if urn == BECAME_ACADEMY and month >= ACADEMY_FROM else urn


def spread(total: int, weights: Sequence[float]) -> list[int]:
    """Whole parts of a total in proportion to weights (largest remainder); they add up to it exactly."""
    whole = sum(weights)
    if whole <= 0:
        return [0] * len(weights)
    exact = [total * weight / whole for weight in weights]
    parts = [int(part) for part in exact]
    by_remainder = sorted(range(len(parts)), key=lambda i: (parts[i] - exact[i], i))
    for i in by_remainder[: total - sum(parts)]:
        parts[i] += 1
    return parts


def within(total: int, caps: Sequence[int], name: str, noise: float = 0.12) -> list[int]:
    """A total spread over parts none of which may exceed its cap, about in proportion to the caps."""
    parts = [
        min(part, cap)
        for part, cap in zip(
            spread(total, [cap * wobble(f"{name} {i}", noise) for i, cap in enumerate(caps)]),
            caps,
            strict=True,
        )
    ]
    short = min(total, sum(caps)) - sum(parts)
    for i in sorted(range(len(caps)), key=lambda i: parts[i] - caps[i]):
        more = min(short, caps[i] - parts[i])
        parts[i] += more
        short -= more
    return parts


def wobble(name: str, size: float) -> float:
    """A factor near 1 that belongs to a name: the same every time."""
    return max(0.05, random.Random(name).gauss(1, size))  # noqa: S311  (an invention, not a secret)


def count_near(mean: float, name: str) -> int:
    """A whole number near a mean, scattered about as counts are."""
    return max(0, round(random.Random(name).gauss(mean, mean**0.5 * 0.6)))  # noqa: S311


def year_of(month: Period) -> int:
    return containing(month.starts_on, "financial_year").starts_on.year


def month_number(month: Period) -> int:
    """0 for April to 11 for March."""
    return (month.starts_on.month - 4) % 12


# 2014-15 has two levels, before and after the front door opened; the year after it settles.
_LEVELS = {
    2014: (0.70, 0.70, 0.70, 0.70, 1.22, 1.26, 1.24, 1.20, 1.14, 1.08, 1.02, 0.96),
    2015: tuple(1.2 - 0.035 * n for n in range(12)),
}
_STEADY = (1.0,) * 12


@cache
def months_of(year: int, figure: str, slope: tuple[float, float] = (1.0, 1.0)) -> tuple[int, ...]:
    """A published year total as twelve months by season; `slope` is an extra weight in April and in March."""
    first, last = slope
    weights = [
        SEASON[n] * _LEVELS.get(year, _STEADY)[n] * wobble(f"{figure} {year} {n}", 0.02) for n in range(12)
    ]
    if slope != (1.0, 1.0):
        weights = [weight * (first + (last - first) * n / 11) for n, weight in enumerate(weights)]
    return tuple(spread(getattr(YEARS[year], figure), weights))


def published(figure: str, month: Period, *, slopes: Mapping[int, tuple[float, float]] | None = None) -> int:
    """A month's part of a published year total."""
    year = year_of(month)
    return months_of(year, figure, (slopes or {}).get(year, (1.0, 1.0)))[month_number(month)]


def drifting(by_year: Sequence[float], month: Period) -> float:
    """An invented share, given for each year from 2012-13; it moves from one year's level to the next, not by steps."""
    year, n = year_of(month), month_number(month)
    first = min(YEARS)

    def level(of: int) -> float:
        return by_year[min(max(of - first, 0), len(by_year) - 1)]

    along = (n + 6) % 12 / 12
    return level(year - 1 if n < 6 else year) * (1 - along) + level(year if n < 6 else year + 1) * along


Columns = dict[str, list[int]]


def split(
    whole: Mapping[str, int],
    shares: Mapping[str, float],
    name: str,
    *,
    parents: Mapping[str, str],
    noise: float = 0.05,
    given: Columns | None = None,
) -> dict[str, dict[str, int]]:
    """Figures by the codes of a one-way table: {code: {figure: count}}, each adding up to its total.

    A figure with a parent never exceeds it in any line. `given` are columns that are worked out already.
    """
    codes = list(shares)
    weights = weights_of(shares, name, noise=noise)
    columns: Columns = dict(given or {})
    for figure, total in whole.items():
        if figure not in columns:
            parent = parents.get(figure)
            columns[figure] = (
                spread(total, weights)
                if parent is None
                else within(total, columns[parent], f"{name} {figure}")
            )
    return {code: {figure: columns[figure][i] for figure in whole} for i, code in enumerate(codes)}


def weights_of(shares: Mapping[str, float], name: str, *, noise: float = 0.05) -> list[float]:
    """The shares of a table's lines, each a little off in its own way."""
    return [share * wobble(f"{name} {code}", noise) for code, share in shares.items()]


def some(of: int, by_year: Sequence[float], month: Period, *, name: str, noise: float = 0.015) -> int:
    """A drifting part of a count in a month, a little off in its own way."""
    return round(of * min(0.99, drifting(by_year, month) * wobble(f"{name} {month.code}", noise)))
