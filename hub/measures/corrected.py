"""Figures that were corrected after they were signed, of all that stand signed (DQ02), by the month that they speak of.

A figure is one number of one line and period. It counts once, however often it was corrected; what was signed again
unchanged beside a correction is not corrected.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import case, func, literal, or_, select
from sqlalchemy.orm import Session

from hub.definitions.models import PeriodRow
from hub.facts.models import Fact
from hub.facts.moments import AsAt
from hub.measures.model import AGENCY, AGENCY_KIND, Asked, Coverage, Measure, Point, Series
from hub.partners.models import Agency, Partnership
from hub.partners.successions import followed
from hub.periods import Period, parse

NOTHING = (0, 0)


def series(session: Session, partnership: Partnership, at: AsAt, definition: Measure, asked: Asked) -> Series:
    """Percent of the figures signed, by agency where that is asked."""
    points = (
        Point(
            period=period,
            value=100 * corrected / signed,
            numerator=corrected,
            denominator=signed,
            coverage=Coverage(signed, signed),
            state="value",
            lines={str(asked.by): line} if line else {},
        )
        for (line, period), (signed, corrected) in sorted(_tally(session, at, asked).items())
    )
    return Series(definition, partnership.code, at.moment, tuple(points), asked.by)


def _tally(session: Session, at: AsAt, asked: Asked) -> dict[tuple[str, Period], tuple[int, int]]:
    """(agency's code, its kind or "", period) → figures that stand signed, and those that were something else before."""
    successors = followed(session, at.today, at.moment) if asked.follow else {}
    found: dict[tuple[str, Period], tuple[int, int]] = {}
    for line, code, signed, corrected in _counted(session, at, asked):
        key = successors.get(line, line), parse(code)
        before = found.get(key, NOTHING)
        found[key] = before[0] + signed, before[1] + int(corrected)
    return found


def _counted(session: Session, at: AsAt, asked: Asked) -> list[tuple[str, str, int, int]]:
    place = (Fact.agency_id, Fact.period_id, Fact.figure_id, Fact.area_id, Fact.dimension_set_id)
    stands = case((or_(Fact.known_until.is_(None), Fact.known_until > at.position), 1), else_=0)
    said = func.coalesce(Fact.value, -1) * 16 + Fact.state  # a number and no number differ too
    figures = (
        select(*place, func.sum(stands).label("stands"), func.count(said.distinct()).label("different"))
        .join(PeriodRow, PeriodRow.id == Fact.period_id)
        .where(
            Fact.partnership_id == at.partnership_id,
            Fact.known_from <= at.position,
            Fact.published.is_(False),
            PeriodRow.kind == asked.kind,
        )
        .group_by(*place)
    )
    if asked.first is not None:
        figures = figures.where(PeriodRow.starts_on >= asked.first)
    if asked.last is not None:
        figures = figures.where(PeriodRow.ends_on <= asked.last)
    if asked.agency_ids is not None:
        figures = figures.where(Fact.agency_id.in_(asked.agency_ids))
    each = figures.subquery()
    line: Any = {AGENCY: Agency.code, AGENCY_KIND: Agency.kind}.get(asked.by or "", literal(""))
    query = (
        select(line, PeriodRow.code, func.count(), func.sum(case((each.c.different > 1, 1), else_=0)))
        .select_from(each)
        .join(PeriodRow, PeriodRow.id == each.c.period_id)
        .join(Agency, Agency.id == each.c.agency_id)
        .where(each.c.stands > 0)
        .group_by(*([line] if asked.counted_by == AGENCY else []), PeriodRow.code)
    )
    return [tuple(row) for row in session.execute(query)]
