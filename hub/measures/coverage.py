"""Over whom a number is: what was due and what had come, by period of collection, as at a moment."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import and_, case, func, select
from sqlalchemy.orm import Session

from hub import periods
from hub.calendar.models import DueItem
from hub.definitions.models import PeriodRow
from hub.facts.models import Revision
from hub.facts.queries import AsAt
from hub.measures.model import Coverage
from hub.partners.models import Agency
from hub.periods import Kind, Period

NOBODY = Coverage(0, 0)


@dataclass(frozen=True)
class Collected:
    """One period of collection (of one agency, where asked by agency)."""

    period: Period
    agency_id: int  # 0 unless by agency
    due: int
    fallen_due: int  # of those, due by today
    received: int


def collected(
    session: Session,
    at: AsAt,
    return_code: str,
    *,
    agency_ids: Sequence[int] | None = None,
    by_agency: bool = False,
) -> list[Collected]:
    """Due and received for each period of collection of a return."""
    came = (
        select(Revision.partnership_id, Revision.due_item_id)
        .where(
            Revision.partnership_id == at.partnership_id,
            Revision.return_code == return_code,
            Revision.position <= at.position,
        )
        .distinct()
        .subquery()
    )
    agency = DueItem.agency_id if by_agency else DueItem.partnership_id * 0
    fallen_due = func.sum(case((DueItem.due_on <= at.today, 1), else_=0))
    query = (
        select(PeriodRow.code, agency, func.count(), fallen_due, func.count(came.c.due_item_id))
        .join(PeriodRow, PeriodRow.id == DueItem.period_id)
        .outerjoin(
            came, and_(came.c.partnership_id == DueItem.partnership_id, came.c.due_item_id == DueItem.id)
        )
        .where(DueItem.partnership_id == at.partnership_id, DueItem.return_code == return_code)
        .group_by(PeriodRow.code, PeriodRow.starts_on, agency)
        .order_by(PeriodRow.starts_on)
    )
    if agency_ids is not None:
        query = query.where(DueItem.agency_id.in_(agency_ids))
    if at.ended_before is not None:
        query = query.where(PeriodRow.ends_on < at.ended_before)
    return [
        Collected(periods.parse(code), agency_id, due, int(fallen), received)
        for code, agency_id, due, fallen, received in session.execute(query)
    ]


def missing_agencies(session: Session, at: AsAt, return_code: str, period: Period) -> list[str]:
    """Codes of the agencies whose return for a period has fallen due and has not come."""
    came = select(Revision.due_item_id).where(
        Revision.partnership_id == at.partnership_id,
        Revision.return_code == return_code,
        Revision.position <= at.position,
    )
    query = (
        select(Agency.code)
        .join(DueItem, DueItem.agency_id == Agency.id)
        .join(PeriodRow, PeriodRow.id == DueItem.period_id)
        .where(
            DueItem.partnership_id == at.partnership_id,
            DueItem.return_code == return_code,
            DueItem.due_on <= at.today,
            DueItem.id.not_in(came),
            PeriodRow.starts_on <= period.starts_on,
            PeriodRow.ends_on >= period.ends_on,
        )
        .order_by(Agency.kind, Agency.code)
    )
    return list(session.scalars(query))


def by_period(rows: Iterable[Collected], kind: Kind) -> dict[Period, tuple[Coverage, bool]]:
    """For each period of a kind: coverage over every period of collection that contains it, and whether anything fell due."""
    found: dict[Period, tuple[Coverage, bool]] = {}
    for row in rows:
        for period in periods.within(row.period, kind):
            sofar, fallen = found.get(period, (NOBODY, False))
            added = Coverage(sofar.received + row.received, sofar.due + row.due)
            found[period] = (added, fallen or row.fallen_due > 0)
    return found
