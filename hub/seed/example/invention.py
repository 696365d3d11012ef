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
    """Published totals of a year ending 31 March, and the shares that we invent around them."""

    referrals: int
    rereferrals: int
    nfa: int
    not_in_need: int
    section47: int
    conferences: int
    conferences_in_15_days: int
    # invented
    conversion: float  # referrals per contact
    contact_nfa: float  # of contacts that become no referral
    decided_in_1_day: float
    conference_slope: tuple[float, float]  # weight in April, weight in March


YEARS = {
    2012: Year(14177, 3476, 739, 4506, 2976, 1615, 1472, 0.50, 0.55, 0.86, (1.0, 1.0)),
    2013: Year(13815, 1906, 707, 4474, 3393, 942, 660, 0.45, 0.72, 0.71, (1.5, 0.7)),
    2014: Year(19512, 4126, 1315, 6825, 5525, 1828, 740, 0.47, 0.60, 0.74, (0.6, 1.3)),
    2015: Year(13013, 2507, 629, 3567, 3781, 1435, 725, 0.42, 0.58, 0.84, (1.1, 0.95)),
    2016: Year(17417, 3826, 1148, 6727, 3873, 1726, 1288, 0.44, 0.58, 0.85, (1.0, 1.0)),
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
SCHOOLS_PART = 0.14  # the example's forty of some four hundred
OVERSTATING = "RXT"  # says it sent more than the front door logged, from here on:
OVERSTATING_FROM = parse("2013-10")


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
def _year_months(year: int, figure: str) -> tuple[int, ...]:
    """A published year total as twelve months."""
    totals = YEARS[year]
    first, last = totals.conference_slope
    slope = [first + (last - first) * n / 11 for n in range(12)]
    weights = [
        SEASON[n] * _LEVELS.get(year, _STEADY)[n] * wobble(f"{figure} {year} {n}", 0.02) for n in range(12)
    ]
    if figure.startswith("conferences"):
        weights = [weight * slope[n] for n, weight in enumerate(weights)]
    return tuple(spread(getattr(totals, figure), weights))


@cache
def totals(month: Period) -> Mapping[str, int]:
    """Every figure of the front door for one month, whole place."""
    year, n = year_of(month), month_number(month)

    def published(figure: str) -> int:
        return _year_months(year, figure)[n]

    def drifting(share: str) -> float:
        """An invented share moves from one year's level to the next, not by steps."""
        before = YEARS.get(year - 1 if n < 6 else year, YEARS[year])
        after = YEARS.get(year if n < 6 else year + 1, YEARS[year])
        along = (n + 6) % 12 / 12
        return float(getattr(before, share) * (1 - along) + getattr(after, share) * along)

    referrals = published("referrals")
    contacts = round(referrals / drifting("conversion") * wobble(f"contacts {month.code}", 0.015))
    decided = contacts - round(contacts * 0.012)
    nfa = round((decided - referrals) * drifting("contact_nfa"))
    section47 = published("section47")
    conferences = published("conferences")
    return {
        "contacts": contacts,
        "contacts_decided": decided,
        "decided_in_1_day": round(
            decided * min(0.97, drifting("decided_in_1_day") * wobble(f"1 day {month.code}", 0.02))
        ),
        "contacts_nfa": nfa,
        "contacts_to_referral": referrals,
        "back_after_nfa": round(nfa * 0.11 * wobble(f"back {month.code}", 0.08)),
        "referrals": referrals,
        "rereferrals": published("rereferrals"),
        "referrals_nfa": published("nfa"),
        "assessed_not_in_need": published("not_in_need"),
        "strategy_discussions": round(section47 * 1.12 * wobble(f"strategy {month.code}", 0.02)),
        "section47": section47,
        "conferences": conferences,
        "conferences_in_15_days": min(conferences, published("conferences_in_15_days")),
    }


# A figure's parts never exceed its whole's parts.
_WITHIN = {
    "contacts_decided": "contacts",
    "decided_in_1_day": "contacts_decided",
    "contacts_to_referral": "referrals",
    "contacts_nfa": "unreferred",
    "back_after_nfa": "contacts_nfa",
    "rereferrals": "referrals",
    "referrals_nfa": "referrals",
    "assessed_not_in_need": "referrals",
    "conferences": "section47",
    "conferences_in_15_days": "conferences",
}
_FREE = ("referrals", "section47", "strategy_discussions")


def broken_down(month: Period, name: str, shares: Mapping[str, float]) -> dict[str, dict[str, int]]:
    """Every front-door figure by the codes of a one-way table: {code: {figure: count}}, adding up to the totals."""
    whole = totals(month)
    codes = list(shares)
    weights = [shares[code] * wobble(f"{name} {code} {month.code}", 0.05) for code in codes]
    columns: dict[str, list[int]] = {figure: spread(whole[figure], weights) for figure in _FREE}
    extra = spread(whole["contacts"] - whole["referrals"], weights)
    columns["contacts"] = [a + b for a, b in zip(columns["referrals"], extra, strict=True)]
    undecided = within(whole["contacts"] - whole["contacts_decided"], extra, f"{name} undecided {month.code}")
    columns["unreferred"] = [a - b for a, b in zip(extra, undecided, strict=True)]
    columns["contacts_decided"] = [a - b for a, b in zip(columns["contacts"], undecided, strict=True)]
    for figure, parent in _WITHIN.items():
        if figure not in columns:
            columns[figure] = within(whole[figure], columns[parent], f"{name} {figure} {month.code}")
    del columns["unreferred"]
    return {code: {figure: column[i] for figure, column in columns.items()} for i, code in enumerate(codes)}


def source_shares(month: Period) -> dict[str, float]:
    """Who refers: health low until the front door opens; schools near zero in August."""
    shares = dict(SOURCES)
    if month < FRONT_DOOR_OPENS:
        shares["health-services"] *= 0.52 * wobble(f"health {month.code}", 0.04)
        shares["unknown"] *= 1.15
    if month.starts_on.month == 8:
        shares["schools"] *= 0.06
    return shares


@cache
def by_source(month: Period) -> dict[str, dict[str, int]]:
    return broken_down(month, "source", source_shares(month))


@cache
def logged_from(month: Period) -> dict[str, int]:
    """Contacts that the front door logged from each agency."""
    sources = by_source(month)
    health = sources["health-services"]["contacts"]
    logged = {
        code: count_near(health * part, f"logged {code} {month.code}") for code, (part, _) in TRUSTS.items()
    }
    logged[POLICE] = round(sources["police"]["contacts"] * 0.985)
    schools = round(sources["schools"]["contacts"] * SCHOOLS_PART)
    weights = [wobble(f"size {urn}", 0.45) * wobble(f"{urn} {month.code}", 0.5) for urn in SCHOOLS]
    logged.update(zip(SCHOOLS, spread(schools, weights), strict=True))
    return logged


@cache
def made_by(code: str, month: Period) -> int:
    """What the agency itself says it sent."""
    logged = logged_from(month)[code]
    if code == OVERSTATING and month >= OVERSTATING_FROM:
        return round(logged * 1.28) + 2
    if code in SCHOOLS:
        return logged
    return max(0, round(logged * wobble(f"sent {code} {month.code}", 0.012)))
