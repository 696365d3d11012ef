"""When mail may go out: working days from 08:00 to 18:00 in London; to schools on their teaching days alone."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, time, timedelta

from hub.calendar.local import LocalCalendar
from hub.calendar.working_days import is_working_day
from hub.clock import LONDON, london_date

OPENS, CLOSES = time(8), time(18)
KEEP_TERMS = ("school",)  # the kinds of agency that are written to in term time alone
RUN_OUT = timedelta(days=60)  # longer than any holiday: by then the calendar lacks a term, not the school

Day = Callable[[date], bool]


def days_for(agency_kind: str, calendar: LocalCalendar) -> Day:
    """On which days an agency of a kind is written to."""
    if agency_kind not in KEEP_TERMS or not calendar.terms:
        return is_working_day
    known_until = calendar.terms[-1].until_on + RUN_OUT
    return lambda day: is_working_day(day) if day > known_until else calendar.is_teaching_day(day)


def next_opening(moment: datetime, goes_on: Day = is_working_day) -> datetime:
    """The next moment at which mail may go, which may be this one."""
    local = moment.astimezone(LONDON)
    if goes_on(local.date()) and OPENS <= local.time() < CLOSES:
        return moment
    day = london_date(moment) + timedelta(days=local.time() >= OPENS)
    while not goes_on(day):
        day += timedelta(days=1)
    return datetime.combine(day, OPENS, LONDON).astimezone(moment.tzinfo)
