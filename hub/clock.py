"""Instants are UTC, dates are Europe/London, and every partnership has its own today.

An illustrative partnership carries its own clock (design.md section 4): it stood at `clock_at` when real
time was `clock_set_at` and has been running on from there.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from typing import Protocol
from zoneinfo import ZoneInfo

from hub.errors import WrongUsage

LONDON = ZoneInfo("Europe/London")


class HasClock(Protocol):
    @property
    def clock_at(self) -> datetime | None: ...
    @property
    def clock_set_at(self) -> datetime | None: ...


def real_now() -> datetime:
    """Sign-in sessions, tokens, second factors and the audit chain use this one."""
    return datetime.now(UTC)


def now_for(partnership: HasClock) -> datetime:
    """The partnership's present moment: real time, or its own clock where it has one."""
    if partnership.clock_at is None or partnership.clock_set_at is None:
        return real_now()
    return partnership.clock_at + (real_now() - partnership.clock_set_at)


def today_for(partnership: HasClock) -> date:
    return london_date(now_for(partnership))


def london_date(instant: datetime) -> date:
    return instant.astimezone(LONDON).date()


def end_of_day(day: date) -> datetime:
    """The last microsecond of a London day, as UTC: a deadline, or an as-at given as a date."""
    return datetime.combine(day, time.max, LONDON).astimezone(UTC)


def start_of_day(day: date) -> datetime:
    return datetime.combine(day, time.min, LONDON).astimezone(UTC)


def parse_moment(text: str) -> datetime:
    """ISO 8601 with offset, or a date, which means the end of that day. Raises WrongUsage."""
    try:
        if len(text) == 10:
            return end_of_day(date.fromisoformat(text))
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        raise WrongUsage(
            f"“{text}” is not a moment. Write a date (2014-10-01) or a date, time and offset (2014-10-01T09:00:00+01:00)."
        ) from error
    if moment.tzinfo is None:
        raise WrongUsage(f"“{text}” has no offset from UTC. Add one, for example 2014-10-01T09:00:00+01:00.")
    return moment.astimezone(UTC)
