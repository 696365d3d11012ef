"""Years and months as other people's tables write them, to the code of a period.

`2014`, `201314`, `2013/14`, `2013-14`, `2013-2014` and `FY2013-14` for years; `2014-09`, `201409`, `09/2014`,
`Sep-14`, `September 2014` and the month's first or last day (`30/09/2014`, `2014-09-30`) for months. None where nothing fits: the same text never means two periods of one kind.
"""

from __future__ import annotations

import calendar
import re
from datetime import date
from typing import Literal

from hub import periods
from hub.errors import WrongUsage
from hub.periods import Kind

_YEARS = re.compile(r"(?:FY|AY)?([0-9]{4})\s*[-/–]?\s*([0-9]{4}|[0-9]{2})", re.IGNORECASE)
_MONTHS = {name.casefold(): number for number, name in enumerate(calendar.month_name) if name} | {
    name.casefold(): number for number, name in enumerate(calendar.month_abbr) if name
}


def period_code(text: str, kind: Kind, *, year: Literal["ends", "starts"] = "ends") -> str | None:
    """The code of the period that the text names. `year` says what a bare 2014 is: the year that ends or starts then."""
    text = text.strip()
    try:
        period = periods.parse(text)
    except WrongUsage:
        return _other(text, kind, year)
    # The mapping says what the column holds, so 2011-12 in a column of years is the year.
    return period.code if period.kind == kind else _other(text, kind, year)


def _other(text: str, kind: Kind, year: str) -> str | None:
    if kind == "mid_year":
        found = re.fullmatch(r"(?:mid-?\s?)?([0-9]{4})", text, re.IGNORECASE)
        return f"MY{found[1]}" if found else None
    if kind == "month":
        return _month(text)
    starts = _starts_in(text, year)
    if starts is None or not 1900 <= starts <= 2200 or kind not in ("financial_year", "academic_year"):
        return None
    return (periods.financial_year if kind == "financial_year" else periods.academic_year)(starts).code


def _starts_in(text: str, year: str) -> int | None:
    if re.fullmatch(r"[0-9]{4}", text):
        return int(text) - (year == "ends")
    found = _YEARS.fullmatch(text)
    if not found or int(found[2][-2:]) != (int(found[1]) + 1) % 100:
        return None
    if len(found[2]) == 4 and int(found[2]) != int(found[1]) + 1:
        return None
    return int(found[1])


def _month(text: str) -> str | None:
    if found := re.fullmatch(r"([0-9]{4})[-/]?(0[1-9]|1[0-2])(?:-01)?", text):
        return f"{found[1]}-{found[2]}"
    if found := re.fullmatch(r"(?:01/)?(0[1-9]|1[0-2])/([0-9]{4})", text):
        return f"{found[2]}-{found[1]}"
    if found := re.fullmatch(r"([0-9]{1,2})/([0-9]{1,2})/([0-9]{4})", text):
        return _month_of_day(int(found[3]), int(found[2]), int(found[1]))
    if found := re.fullmatch(r"([0-9]{4})-([0-9]{2})-([0-9]{2})", text):
        return _month_of_day(int(found[1]), int(found[2]), int(found[3]))
    if found := re.fullmatch(r"([A-Za-z]+)[\s-]+([0-9]{4}|[0-9]{2})", text):
        number = _MONTHS.get(found[1].casefold())
        named = int(found[2]) + (2000 if len(found[2]) == 2 else 0)
        return None if number is None else f"{date(named, number, 1):%Y-%m}"
    return None


def _month_of_day(year: int, month: int, day: int) -> str | None:
    """A report names a month by its first or last day; any other day is a day."""
    if not 1 <= month <= 12 or day not in (1, calendar.monthrange(year, month)[1]):
        return None
    return f"{year:04}-{month:02}"
