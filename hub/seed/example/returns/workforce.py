"""The people who do the work: a council with many vacancies that recovers, and the front door's posts by who pays."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from hub.periods import Period, parse
from hub.seed.example.invention import AREAS, COUNCIL, count_near, spread, within, wobble
from hub.seed.example.teams import by_team
from hub.seed.example.told import Row, Told

GRADES = {
    "senior-manager": 0.03,
    "first-line-manager": 0.12,
    "senior-practitioner": 0.14,
    "social-worker": 0.42,
    "newly-qualified": 0.11,
    "support": 0.18,
}
TEAMS = {
    "assessment-1": 0.17,
    "assessment-2": 0.16,
    "safeguarding-1": 0.17,
    "safeguarding-2": 0.15,
    "safeguarding-3": 0.14,
    "looked-after": 0.21,
}
# Full-time equivalent posts that each body pays for in the front door, in hundredths.
FRONT_DOOR = {COUNCIL: 3200, "20": 1500, "13P": 450, "04X": 200, "05L": 150, "RYW": 300, "RXT": 100}
TRAINED = {
    "RQ3": 1450,
    "RLU": 520,
    "RR1": 980,
    "RRK": 310,
    "RYW": 1320,
    "RXT": 610,
    "RRJ": 60,
    "RXK": 640,
    "RYA": 900,
}
GROUPS = {
    "doctors": 0.2,
    "nurses": 0.45,
    "midwives": 0.1,
    "health-visitors": 0.1,
    "therapists": 0.1,
    "other": 0.05,
}
_BEGINS = parse("FY2013-14Q1")
_POSTS = ("posts", "vacant", "filled", "agency_staff", "joiners", "leavers")
_CASES = ("cases", "case_holders", "over_limit")
_WITHIN = {
    "vacant": "posts",
    "agency_staff": "filled",
    "over_limit": "case_holders",
    "supervision_in_time": "supervision_due",
    "training_in_date": "training_required",
}


def rows(agency: str, quarter: Period) -> Iterator[Row]:
    if agency == COUNCIL:
        yield from _council(agency, quarter)
        return
    figures = _front_door(agency, quarter)
    if agency == "20":
        yield _row(agency, quarter, "total", "", figures)
        return
    needed = TRAINED.get(agency, 0)
    trained = round(needed * min(0.96, 0.79 * wobble(f"trained {agency}", 0.08) * 1.012 ** _number(quarter)))
    yield _row(
        agency, quarter, "total", "", figures | {"training_required": needed, "training_in_date": trained}
    )
    if needed:
        whole = {"training_required": needed, "training_in_date": trained}
        yield from _lines(agency, quarter, "staff_group", GROUPS, whole)


def _council(agency: str, quarter: Period) -> Iterator[Row]:
    whole = _social_care(quarter) | _front_door(agency, quarter)
    yield _row(agency, quarter, "total", "", whole)
    yield from _lines(agency, quarter, "grade", GRADES, {name: whole[name] for name in _POSTS})
    by_area = ("posts", "vacant", "filled", "agency_staff", *_CASES, "supervision_due", "supervision_in_time")
    places = {code: share for code, share in AREAS.items() if share} | {"not-known": 0.04}
    areas = _split(agency, quarter, "area", places, {name: whole[name] for name in by_area})
    for code, figures in areas.items():
        yield _row(agency, quarter, "area", code, figures)
    by_name = (*_CASES, "supervision_due", "supervision_in_time")
    for code, figures in by_team(quarter, areas, TEAMS, by_name, parents=_WITHIN).items():
        yield _row(agency, quarter, "team", code, figures)


def _number(quarter: Period) -> int:
    """Quarters since the first."""
    months = (
        (quarter.starts_on.year - _BEGINS.starts_on.year) * 12
        + quarter.starts_on.month
        - _BEGINS.starts_on.month
    )
    return months // 3


def _social_care(quarter: Period) -> dict[str, int]:
    """The council's own. Vacancies are worst in 2013-14; then recruitment begins to show."""
    number = _number(quarter)
    posts = 92_000 + 800 * min(number, 8)
    vacant = round(posts * (0.29 - 0.008 * max(0, number - 3)) * wobble(f"vacant {quarter.code}", 0.02))
    agency_staff = round(vacant * 0.86)
    holders = count_near(430 + 6 * number, f"holders {quarter.code}")
    supervision = holders * 3
    return {
        "posts": posts,
        "vacant": vacant,
        "filled": posts - vacant + agency_staff,
        "agency_staff": agency_staff,
        "joiners": 1_900 + 230 * min(number, 7),
        "leavers": 3_300 - 120 * min(number, 9),
        "cases": count_near(holders * (21.5 - 0.25 * number), f"cases {quarter.code}"),
        "case_holders": holders,
        "over_limit": round(holders * max(0.1, 0.34 - 0.02 * number)),
        "supervision_due": supervision,
        "supervision_in_time": round(supervision * min(0.95, 0.63 + 0.02 * number)),
    }


def _front_door(agency: str, quarter: Period) -> dict[str, int]:
    """Posts agreed before the front door opened at the end of July 2014 are none."""
    agreed = FRONT_DOOR.get(agency, 0) if quarter >= parse("FY2014-15Q2") else 0
    share = min(1.0, 0.84 * wobble(f"filled {agency} {quarter.code}", 0.07))
    return {"mash_agreed": agreed, "mash_filled": round(agreed * share / 50) * 50}


def _lines(
    agency: str, quarter: Period, name: str, shares: Mapping[str, float], whole: Mapping[str, int]
) -> Iterator[Row]:
    for code, figures in _split(agency, quarter, name, shares, whole).items():
        yield _row(agency, quarter, name, code, figures)


def _split(
    agency: str, quarter: Period, name: str, shares: Mapping[str, float], whole: Mapping[str, int]
) -> dict[str, dict[str, int]]:
    weights = [
        share * wobble(f"{name} {code} {agency} {quarter.code}", 0.06) for code, share in shares.items()
    ]
    lines = {figure: spread(count, weights) for figure, count in whole.items()}
    for figure, parent in _WITHIN.items():
        if figure in lines:
            lines[figure] = within(whole[figure], lines[parent], f"{name} {figure} {agency} {quarter.code}")
    return {
        code: {figure: counts[number] for figure, counts in lines.items()}
        for number, code in enumerate(shares)
    }


_IN_HUNDREDTHS = {*_POSTS, "mash_agreed", "mash_filled"}


def _row(agency: str, quarter: Period, breakdown: str, code: str, figures: Mapping[str, int]) -> Row:
    cells = {
        figure: f"{count / 100:.2f}" if figure in _IN_HUNDREDTHS else str(count)
        for figure, count in figures.items()
    }
    return {"agency": agency, "period": quarter.code, "breakdown": breakdown, "code": code} | cells


TOLD = Told(
    rows=rows, begins=parse("2013-04"), silent=frozenset({("05L", "FY2014-15Q2"), ("RXT", "FY2013-14Q3")})
)
