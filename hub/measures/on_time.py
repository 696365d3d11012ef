"""Returns signed by the end of their due day, by the month in which they fell due (DQ01).

The due day is the calendar's, or the later one that was agreed before it; what is agreed after the day changes nothing.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import and_, case, func, literal, select
from sqlalchemy.orm import Session

from hub.calendar.agreed import due_days
from hub.calendar.models import DueItem
from hub.clock import end_of_day
from hub.db import UTCDateTime
from hub.facts.models import Revision
from hub.facts.moments import AsAt
from hub.facts.owed import counting
from hub.measures.model import AGENCY, AGENCY_KIND, Asked, Coverage, Measure, Point, Series
from hub.partners.models import Agency, Partnership
from hub.partners.successions import followed
from hub.periods import Period, containing


class _Count(NamedTuple):
    """Returns of one line that fell due on one day: how many, how many came, how many of these by the end of the day."""

    line: str
    day: date
    due: int
    received: int
    punctual: int


def series(session: Session, partnership: Partnership, at: AsAt, definition: Measure, asked: Asked) -> Series:
    """Percent of returns due, by month due; what has not fallen due is not counted, what has not come is not on time."""
    points = (
        Point(
            period=month,
            value=100 * punctual / due,
            numerator=punctual,
            denominator=due,
            coverage=Coverage(received, due),
            state="value",
            lines={str(asked.by): line} if line else {},
        )
        for (line, month), (due, received, punctual) in sorted(_tally(session, at, asked).items())
    )
    return Series(definition, partnership.code, at.moment, tuple(points), asked.by)


def _tally(session: Session, at: AsAt, asked: Asked) -> dict[tuple[str, Period], tuple[int, int, int]]:
    """(agency's code, its kind or "", month) → returns due, received, and first signed by the end of their due day in London.

    Months that are over alone: before that, more may fall due.
    """
    later = due_days(session, at.partnership_id, position=at.position)
    successors = followed(session, at.today, at.moment) if asked.follow else {}
    found: dict[tuple[str, Period], tuple[int, int, int]] = defaultdict(lambda: (0, 0, 0))
    for count in (*_by_calendar(session, at, asked, later), *_with_more_time(session, at, asked, later)):
        month = containing(count.day, "month")
        if asked.expects(month, at.today):
            line = successors.get(count.line, count.line)
            due, received, punctual = found[line, month]
            found[line, month] = (due + count.due, received + count.received, punctual + count.punctual)
    return dict(found)


def _by_calendar(session: Session, at: AsAt, asked: Asked, later: dict[int, date]) -> Iterator[_Count]:
    """Those that are due on the calendar's own day, counted by the database."""
    query = (
        select(DueItem.due_on)
        .where(DueItem.partnership_id == at.partnership_id, DueItem.due_on <= at.today)
        .distinct()
    )
    days = [day for day in session.scalars(query) if day is not None]
    days = [day for day in days if asked.expects(containing(day, "month"), at.today)]
    if not days:
        return
    deadline = case({day: literal(end_of_day(day), UTCDateTime) for day in days}, value=DueItem.due_on)
    line = _line(asked)
    counts = _items(
        session, at, asked, line, DueItem.due_on, func.count(), func.count(Revision.id)
    ).add_columns(func.sum(case((Revision.signed_at <= deadline, 1), else_=0)))
    counts = counts.where(DueItem.due_on.in_(days), DueItem.id.not_in(list(later)))
    for row in session.execute(
        counts.group_by(*([line] if asked.counted_by == AGENCY else []), DueItem.due_on)
    ):
        yield _Count(row[0], row[1], row[2], row[3], int(row[4]))


def _with_more_time(session: Session, at: AsAt, asked: Asked, later: dict[int, date]) -> Iterator[_Count]:
    """Those with a later day, one by one: they are few."""
    if not later:
        return
    query = _items(session, at, asked, _line(asked), DueItem.id, Revision.signed_at).where(
        DueItem.id.in_(list(later))
    )
    for line, item_id, signed_at in session.execute(query):
        day = later[item_id]
        if day <= at.today:
            punctual = signed_at is not None and signed_at <= end_of_day(day)
            yield _Count(line, day, 1, int(signed_at is not None), int(punctual))


def _line(asked: Asked) -> Any:
    return {AGENCY: Agency.code, AGENCY_KIND: Agency.kind}.get(asked.by or "", literal(""))


def _items(session: Session, at: AsAt, asked: Asked, *columns: Any) -> Any:
    """Due items of the partnership with their agency and, where it came, their first revision."""
    query = (
        select(*columns)
        .select_from(DueItem)
        .join(Agency, Agency.id == DueItem.agency_id)
        .outerjoin(
            Revision,
            and_(
                Revision.partnership_id == DueItem.partnership_id,
                Revision.due_item_id == DueItem.id,
                Revision.number == 1,
                Revision.position <= at.position,
            ),
        )
        .where(
            DueItem.partnership_id == at.partnership_id,
            *counting(session, [at.partnership_id], position=at.position),
        )
    )
    return query if asked.agency_ids is None else query.where(DueItem.agency_id.in_(asked.agency_ids))
