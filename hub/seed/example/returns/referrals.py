"""Referrals made, as trusts, police and schools say they sent them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from functools import cache

from hub.clock import LONDON
from hub.definitions.model import WITHIN
from hub.periods import Period, parse, within
from hub.seed.example.invention import (
    CATEGORIES,
    OVERSTATING,
    OVERSTATING_FROM,
    POLICE,
    POLICE_SETTINGS,
    SCHOOL_BODIES,
    TRUSTS,
    spread,
    wobble,
)
from hub.seed.example.returns.front_door import logged_from
from hub.seed.example.returns.health import DEPARTMENTS
from hub.seed.example.told import Correction, Row, Told
from hub.seed.example.where import by_area

_EMERGENCY = "emergency-department"
_BY_DEPARTMENT_SINCE = parse("2014-12")


@cache
def made_by(code: str, month: Period) -> int:
    """What the agency itself says it sent."""
    logged = logged_from(month)[code]
    if code == OVERSTATING and month >= OVERSTATING_FROM:
        return round(logged * 1.28) + 2
    if code in SCHOOL_BODIES:
        return logged
    return max(0, round(logged * wobble(f"sent {code} {month.code}", 0.012)))


def rows(agency: str, period: Period) -> Iterator[Row]:
    months = list(within(period, "month"))
    if agency in SCHOOL_BODIES:
        yield from _of_a_school(agency, months)
        return
    for month in months:
        yield from _of_a_month(agency, month)


def _of_a_month(code: str, month: Period) -> Iterator[Row]:
    """What an NHS trust or the police say they sent in a month."""
    made = made_by(code, month)
    settings = POLICE_SETTINGS if code == POLICE else TRUSTS[code][1]

    def row(breakdown: str, line: str, count: int) -> Row:
        return {
            "agency": code,
            "period": month.code,
            "breakdown": breakdown,
            "code": line,
            "referrals_made": str(count),
        }

    yield row("total", "", made)
    for breakdown, shares in (
        ("setting", settings),
        ("category", CATEGORIES),
    ):
        weights = [
            share * wobble(f"{breakdown} {line} {code} {month.code}", 0.10) for line, share in shares.items()
        ]
        counts = dict(zip(shares, spread(made, weights), strict=True))
        for line, count in counts.items():
            yield row(breakdown, line, count)
        if breakdown == "setting" and code in DEPARTMENTS and month >= _BY_DEPARTMENT_SINCE:
            for site, part in _by_department(code, month, counts[_EMERGENCY]).items():
                yield row("setting_site", f"{_EMERGENCY}{WITHIN}{site}", part)
    for area, count in by_area(code, month, made).items():
        yield row("area", area, count)


def _by_department(code: str, month: Period, made: int) -> dict[str, int]:
    """The emergency departments' referrals, about as many as the children that each sees."""
    shares = DEPARTMENTS[code][1]
    weights = [share * wobble(f"department {site} {month.code}", 0.15) for site, share in shares.items()]
    return dict(zip(shares, spread(made, weights), strict=True))


def _of_a_school(urn: str, months: list[Period]) -> Iterator[Row]:
    """A school's term: a number a month, or nil where there was none all term."""
    made = [made_by(urn, month) for month in months]
    for month, count in zip(months, made, strict=True):
        yield {
            "agency": urn,
            "period": month.code,
            "breakdown": "total",
            "code": "",
            "referrals_made": "[nil]" if sum(made) == 0 else str(count),
        }


def _correction(agency: str, period: str, missed: int, at: datetime, reason: str) -> Correction:
    return Correction(
        agency=agency,
        period=period,
        figure="referrals_made",
        tables=("total", "setting", "category", "area"),
        missed=missed,
        at=at,
        reason=reason,
    )


TOLD = Told(
    rows=rows,
    silent=frozenset(
        {
            ("RXT", "2013-06"),
            ("RXT", "2014-02"),
            ("RYA", "2012-08"),
            ("RYA", "2013-12"),
            ("RRJ", "2014-11"),
            ("RXT", "2015-09"),
            ("RYW", "2015-11"),
            ("RRJ", "2016-01"),
        }
    ),
    corrections=(
        _correction(
            "RQ3",
            "2014-09",
            9,
            datetime(2014, 12, 4, 10, 20, tzinfo=LONDON),
            "Referrals of one weekend were filed under October’s folder; counted again by the day they were sent.",
        ),
        _correction(
            "RR1",
            "2013-11",
            6,
            datetime(2014, 2, 18, 14, 5, tzinfo=LONDON),
            "The maternity unit’s referrals had not reached the safeguarding office.",
        ),
        _correction(
            "20",
            "2015-10",
            22,
            datetime(2016, 1, 21, 16, 0, tzinfo=LONDON),
            "One police station’s notifications were missing from the extract.",
        ),
    ),
)
