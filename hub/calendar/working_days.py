"""Working days: Monday to Friday without England's bank holidays (a library's data)."""

from __future__ import annotations

from datetime import date, timedelta
from functools import cache, lru_cache


@cache
def _bank_holidays(year: int) -> frozenset[date]:
    import holidays

    return frozenset(holidays.country_holidays("GB", subdiv="ENG", years=year))


def bank_holidays(first: date, last: date) -> list[date]:
    """England's bank holidays between two days, both included."""
    years = range(first.year, last.year + 1)
    return sorted(day for year in years for day in _bank_holidays(year) if first <= day <= last)


def is_working_day(day: date) -> bool:
    return day.weekday() < 5 and day not in _bank_holidays(day.year)


@lru_cache(maxsize=4096)
def working_day_after(day: date, number: int) -> date:
    """The `number`-th working day after a day (1 is the next one)."""
    while number > 0:
        day += timedelta(days=1)
        number -= is_working_day(day)
    return day


def working_day_before(day: date, number: int) -> date:
    """The `number`-th working day before a day (1 is the last one)."""
    while number > 0:
        day -= timedelta(days=1)
        number -= is_working_day(day)
    return day
