"""Returns signed by the end of their due day, by the month in which they fell due (DQ01)."""

from __future__ import annotations

from datetime import date

from sqlalchemy import and_, case, func, literal, select
from sqlalchemy.orm import Session

from hub.calendar.models import DueItem
from hub.clock import end_of_day
from hub.db import UTCDateTime
from hub.facts.models import Revision
from hub.facts.queries import AsAt
from hub.measures.model import Asked, Coverage, Measure, Point, Series
from hub.partners.models import Agency, Partnership
from hub.periods import Period, containing


def series(session: Session, partnership: Partnership, at: AsAt, definition: Measure, asked: Asked) -> Series:
    """Percent of returns due, by month due; what has not fallen due is not counted, what has not come is not on time."""
    days = _days_due(session, at, asked)
    points = (
        Point(
            period=month,
            value=100 * punctual / due,
            numerator=punctual,
            denominator=due,
            coverage=Coverage(received, due),
            state="value",
            lines={"agency": line} if line else {},
        )
        for (line, month), (due, received, punctual) in sorted(_tally(session, at, asked, days).items())
    )
    return Series(definition, partnership.code, at.moment, tuple(points), asked.by)


def _days_due(session: Session, at: AsAt, asked: Asked) -> list[date]:
    """Every due day of a month that is over: before that, more may fall due."""
    query = (
        select(DueItem.due_on)
        .where(DueItem.partnership_id == at.partnership_id, DueItem.due_on <= at.today)
        .distinct()
    )
    days = [day for day in session.scalars(query) if day is not None]
    return [day for day in days if asked.expects(containing(day, "month"), at.today)]


def _tally(
    session: Session, at: AsAt, asked: Asked, days: list[date]
) -> dict[tuple[str, Period], tuple[int, int, int]]:
    """(agency's code or "", month) → returns due, received, and first signed by the end of their due day in London."""
    if not days:
        return {}
    deadline = case({day: literal(end_of_day(day), UTCDateTime) for day in days}, value=DueItem.due_on)
    line = Agency.code if asked.by == "agency" else literal("")
    query = (
        select(
            line,
            DueItem.due_on,
            func.count(),
            func.count(Revision.id),
            func.sum(case((Revision.signed_at <= deadline, 1), else_=0)),
        )
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
        .where(DueItem.partnership_id == at.partnership_id, DueItem.due_on.in_(days))
        .group_by(*([line] if asked.by == "agency" else []), DueItem.due_on)
    )
    if asked.agency_ids is not None:
        query = query.where(DueItem.agency_id.in_(asked.agency_ids))
    found: dict[tuple[str, Period], tuple[int, int, int]] = {}
    for code, day, due, received, punctual in session.execute(query):
        key = (code, containing(day, "month"))
        before = found.get(key, (0, 0, 0))
        found[key] = (before[0] + due, before[1] + received, before[2] + int(punctual))
    return found
