"""The spans of time that figures are about: parsing their codes, walking them, containing one another.

Codes (design.md section 5): `2014-09` month, `FY2014-15Q3` quarter of a financial year, `FY2014-15` financial
year (April to March), `AY2014-15T1` term, `AY2014-15` academic year, `2014-03-31` instant, `MY2014` mid-year
(30 June). For figures the terms are Sep-Dec, Jan-Mar and Apr-Aug.
"""

from __future__ import annotations

import calendar
import re
from datetime import date
from functools import lru_cache
from typing import Literal, NamedTuple

from hub.errors import WrongUsage

Kind = Literal["month", "quarter", "financial_year", "term", "academic_year", "instant", "mid_year"]

_TERM_MONTHS = {1: (9, 12), 2: (1, 3), 3: (4, 8)}


class Period(NamedTuple):
    """`starts_on` and `ends_on` are both inside the period. Compared and looked up thousands of times a page: as a tuple."""

    starts_on: date
    ends_on: date
    kind: Kind
    code: str

    def contains(self, other: Period) -> bool:
        return self.starts_on <= other.starts_on and other.ends_on <= self.ends_on

    @property
    def name(self) -> str:
        """As a page shows it: "March 2015", "April to June 2014", "2014-15", "autumn term 2014"."""
        if self.kind == "month":
            return f"{self.starts_on:%B %Y}"
        if self.kind == "quarter":
            return f"{self.starts_on:%B} to {self.ends_on:%B %Y}"
        if self.kind == "term":
            season = {9: "autumn", 1: "spring", 4: "summer"}[self.starts_on.month]
            return f"{season} term {self.starts_on.year}"
        if self.kind == "instant":
            return f"{self.starts_on.day} {self.starts_on:%B %Y}"
        if self.kind == "mid_year":
            return f"mid-{self.starts_on.year}"
        return self.code[2:]


def _month(year: int, month: int) -> tuple[date, date]:
    return date(year, month, 1), date(year, month, calendar.monthrange(year, month)[1])


def month(year: int, month: int) -> Period:
    starts_on, ends_on = _month(year, month)
    return Period(starts_on, ends_on, "month", f"{year:04d}-{month:02d}")


def financial_year(year: int) -> Period:
    """The financial year that starts in April of `year`."""
    return Period(
        date(year, 4, 1), date(year + 1, 3, 31), "financial_year", f"FY{year}-{(year + 1) % 100:02d}"
    )


def quarter(year: int, number: int) -> Period:
    """Quarter 1 to 4 of the financial year that starts in April of `year`."""
    start = 4 + 3 * (number - 1)
    calendar_year, first = (year, start) if start <= 12 else (year + 1, start - 12)
    return Period(
        _month(calendar_year, first)[0],
        _month(calendar_year, first + 2)[1],
        "quarter",
        f"{financial_year(year).code}Q{number}",
    )


def academic_year(year: int) -> Period:
    return Period(
        date(year, 9, 1), date(year + 1, 8, 31), "academic_year", f"AY{year}-{(year + 1) % 100:02d}"
    )


def term(year: int, number: int) -> Period:
    """Term 1 to 3 of the academic year that starts in September of `year`."""
    first, last = _TERM_MONTHS[number]
    calendar_year = year if number == 1 else year + 1
    return Period(
        _month(calendar_year, first)[0],
        _month(calendar_year, last)[1],
        "term",
        f"{academic_year(year).code}T{number}",
    )


_CODES: list[tuple[re.Pattern[str], str]] = [
    (re.compile(r"(?P<y>[0-9]{4})-(?P<m>0[1-9]|1[0-2])"), "month"),
    (re.compile(r"FY(?P<y>[0-9]{4})-(?P<z>[0-9]{2})"), "financial_year"),
    (re.compile(r"FY(?P<y>[0-9]{4})-(?P<z>[0-9]{2})Q(?P<n>[1-4])"), "quarter"),
    (re.compile(r"AY(?P<y>[0-9]{4})-(?P<z>[0-9]{2})"), "academic_year"),
    (re.compile(r"AY(?P<y>[0-9]{4})-(?P<z>[0-9]{2})T(?P<n>[1-3])"), "term"),
    (re.compile(r"MY(?P<y>[0-9]{4})"), "mid_year"),
    (re.compile(r"(?P<y>[0-9]{4})-(?P<m>[0-9]{2})-(?P<d>[0-9]{2})"), "instant"),
]


@lru_cache(maxsize=4096)  # a ledger speaks of few periods, again and again
def parse(code: str) -> Period:
    """The period that a code names. Raises WrongUsage with a sentence for a person."""
    for pattern, kind in _CODES:
        found = pattern.fullmatch(code)
        if not found:
            continue
        parts = found.groupdict()
        year = int(parts["y"])
        if year < 1900 or ("z" in parts and int(parts["z"]) != (year + 1) % 100):
            break
        try:
            return _build(kind, year, parts)
        except ValueError:
            break
    raise WrongUsage(
        f"“{code}” is not a period. Write a month as 2014-09, a financial year as FY2014-15, its quarter as FY2014-15Q3, "
        "a school year as AY2014-15 and its term as AY2014-15T1."
    )


def _build(kind: str, year: int, parts: dict[str, str]) -> Period:
    if kind == "month":
        return month(year, int(parts["m"]))
    if kind == "financial_year":
        return financial_year(year)
    if kind == "quarter":
        return quarter(year, int(parts["n"]))
    if kind == "academic_year":
        return academic_year(year)
    if kind == "term":
        return term(year, int(parts["n"]))
    if kind == "mid_year":
        day = date(year, 6, 30)
        return Period(day, day, "mid_year", f"MY{year}")
    day = date(year, int(parts["m"]), int(parts["d"]))
    return Period(day, day, "instant", day.isoformat())


def containing(day: date, kind: Kind) -> Period:
    """The period of that kind in which a day lies."""
    if kind == "month":
        return month(day.year, day.month)
    start_year = day.year if day.month >= 4 else day.year - 1
    if kind == "financial_year":
        return financial_year(start_year)
    if kind == "quarter":
        return quarter(start_year, (day.month - 4) % 12 // 3 + 1)
    school_year = day.year if day.month >= 9 else day.year - 1
    if kind == "academic_year":
        return academic_year(school_year)
    if kind == "term":
        number = 1 if day.month >= 9 else 2 if day.month <= 3 else 3
        return term(school_year, number)
    if kind == "mid_year":
        return parse(f"MY{day.year}")
    return parse(day.isoformat())


def following(period: Period) -> Period:
    """The next period of the same kind."""
    if period.kind == "mid_year":
        return parse(f"MY{period.starts_on.year + 1}")
    return containing(date.fromordinal(period.ends_on.toordinal() + 1), period.kind)


def preceding(period: Period) -> Period:
    """The period of the same kind before it."""
    if period.kind == "mid_year":
        return a_year_before(period)
    return containing(date.fromordinal(period.starts_on.toordinal() - 1), period.kind)


def between(first: Period, last: Period) -> list[Period]:
    """Every period of that kind from the first to the last, both included."""
    periods = []
    while first <= last:
        periods.append(first)
        first = following(first)
    return periods


@lru_cache(maxsize=4096)
def within(whole: Period, kind: Kind) -> tuple[Period, ...]:
    """The periods of a kind that make up a longer one: the months of a term."""
    parts = []
    part = containing(whole.starts_on, kind)
    while part.ends_on <= whole.ends_on:
        parts.append(part)
        part = following(part)
    return tuple(parts)


def a_year_before(period: Period) -> Period:
    """The same month, quarter or term of the year before."""
    start = period.starts_on
    if (start.month, start.day) == (2, 29):
        return parse(f"{start.year - 1}-02-28")
    if period.kind == "mid_year":
        return parse(f"MY{start.year - 1}")
    return containing(start.replace(year=start.year - 1), period.kind)
