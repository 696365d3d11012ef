"""When mail may go out: working days from 08:00 to 18:00 in London; to schools never in their holidays."""

from __future__ import annotations

from datetime import datetime, time, timedelta

from hub.calendar.working_days import is_working_day
from hub.clock import LONDON, london_date

OPENS, CLOSES = time(8), time(18)


def may_go(moment: datetime) -> bool:
    local = moment.astimezone(LONDON)
    return is_working_day(local.date()) and OPENS <= local.time() < CLOSES


def next_opening(moment: datetime) -> datetime:
    """The next moment at which mail may go, which may be this one."""
    if may_go(moment):
        return moment
    day = london_date(moment)
    if moment.astimezone(LONDON).time() >= OPENS:
        day += timedelta(days=1)
    while not is_working_day(day):
        day += timedelta(days=1)
    return datetime.combine(day, OPENS, LONDON).astimezone(moment.tzinfo)
