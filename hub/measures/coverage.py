"""Over whom a number is: what was due and what had come, by period of collection, as at a moment."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import case, exists, func, literal, select
from sqlalchemy.orm import Session

from hub import periods
from hub.calendar.agreed import due_days
from hub.calendar.models import DueItem
from hub.definitions.models import PeriodRow
from hub.facts.models import Revision
from hub.facts.owed import Owing, counting, owing
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
    kinds: Sequence[str] | None = None,
    known: Owing | None = None,
) -> list[Collected]:
    """Due and received for each period of collection of a return, each counted in an index of its own.

    `kinds` narrows to the kinds of agency that are asked for the figures, where the return asks others for other ones. `known` is
    what several returns of a page share.
    """
    fallen_due = func.sum(case((DueItem.due_on <= at.today, 1), else_=0))
    owed = known or owing(session, at)
    due = select(func.count(), fallen_due).where(DueItem.return_code == return_code, *owed.only)
    # The first revision says that something came; later ones correct it.
    came = select(func.count()).where(
        Revision.return_code == return_code, Revision.number == 1, Revision.position <= at.position
    )
    received = {
        (period_id, agency_id): count
        for count, period_id, agency_id in _by_place(
            session, came, Revision, at, agency_ids, by_agency=by_agency, kinds=kinds
        )
    }
    rows = _by_place(session, due, DueItem, at, agency_ids, by_agency=by_agency, kinds=kinds)
    later = _with_more_time(session, at, owed, return_code, by_agency=by_agency, kinds=kinds)
    codes = select(PeriodRow.id, PeriodRow.code).where(PeriodRow.id.in_({row.period_id for row in rows}))
    periods_by_id = {number: periods.parse(code) for number, code in session.execute(codes)}
    found = [
        Collected(
            periods_by_id[period_id],
            agency_id,
            count,
            int(fallen) - later[period_id, agency_id],
            received.get((period_id, agency_id), 0),
        )
        for count, fallen, period_id, agency_id in rows
    ]
    if at.ended_before is not None:
        found = [row for row in found if row.period.ends_on < at.ended_before]
    return sorted(found, key=lambda row: row.period.starts_on)


def _with_more_time(
    session: Session,
    at: AsAt,
    owed: Owing,
    return_code: str,
    *,
    by_agency: bool,
    kinds: Sequence[str] | None,
) -> Counter[tuple[int, int]]:
    """How many of a return had fallen due by the calendar, but have a later day that was agreed before it."""
    waiting = [item_id for item_id, day in owed.later.items() if day > at.today]
    if not waiting:
        return Counter()
    query = select(DueItem.period_id, DueItem.agency_id).where(
        DueItem.partnership_id == at.partnership_id,
        DueItem.id.in_(waiting),
        DueItem.return_code == return_code,
        DueItem.due_on <= at.today,
        *owed.only,
    )
    if kinds is not None:
        query = query.where(DueItem.agency_id.in_(_of_kinds(kinds)))
    found = session.execute(query)
    return Counter((period_id, agency_id if by_agency else 0) for period_id, agency_id in found)


def _by_place(
    session: Session,
    counts: Any,
    model: type[DueItem] | type[Revision],
    at: AsAt,
    agency_ids: Sequence[int] | None,
    *,
    by_agency: bool,
    kinds: Sequence[str] | None,
) -> Sequence[Any]:
    """Counts of a partnership with the period, and the agency or 0, after them."""
    agency: list[Any] = [model.agency_id] if by_agency else []
    query = (
        counts.add_columns(model.period_id, *(agency or [literal(0)]))
        .where(model.partnership_id == at.partnership_id)
        .group_by(model.period_id, *agency)
    )
    if agency_ids is not None:
        query = query.where(model.agency_id.in_(agency_ids))
    if kinds is not None:
        query = query.where(model.agency_id.in_(_of_kinds(kinds)))
    found: Sequence[Any] = session.execute(query).all()
    return found


def _of_kinds(kinds: Sequence[str]) -> Any:
    return select(Agency.id).where(Agency.kind.in_(kinds))


def asked(session: Session, at: AsAt, return_code: str, period: Period) -> Any:
    """The select of the codes of the agencies that owe a return for a period, or for a longer one around it."""
    return (
        select(Agency.code)
        .join(DueItem, DueItem.agency_id == Agency.id)
        .join(PeriodRow, PeriodRow.id == DueItem.period_id)
        .where(
            DueItem.partnership_id == at.partnership_id,
            DueItem.return_code == return_code,
            PeriodRow.starts_on <= period.starts_on,
            PeriodRow.ends_on >= period.ends_on,
            *counting(session, [at.partnership_id], position=at.position),
        )
    )


def missing_agencies(
    session: Session, at: AsAt, return_code: str, period: Period, *, kinds: Sequence[str] | None = None
) -> list[str]:
    """Codes of the agencies whose return for a period has fallen due and has not come."""
    came = exists().where(
        Revision.partnership_id == DueItem.partnership_id,
        Revision.due_item_id == DueItem.id,
        Revision.number == 1,
        Revision.position <= at.position,
    )
    days = due_days(session, at.partnership_id, position=at.position)
    query = (
        asked(session, at, return_code, period)
        .where(
            DueItem.due_on <= at.today,
            DueItem.id.not_in([item_id for item_id, day in days.items() if day > at.today]),
            ~came,
        )
        .order_by(Agency.kind, Agency.code)
    )
    if kinds is not None:
        query = query.where(Agency.kind.in_(kinds))
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
