"""Making and reading the due list. What is due comes from definitions and memberships, not from what arrived."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, func, insert, select
from sqlalchemy.orm import Session

from hub import periods
from hub.calendar.agreed import due_days
from hub.calendar.models import DueItem
from hub.calendar.working_days import working_day_after
from hub.db import new_id
from hub.definitions.catalogue import serves
from hub.definitions.model import Definition, Due, Owes
from hub.definitions.models import PeriodRow
from hub.errors import DefinitionError, NotReady
from hub.partners.models import Agency, Membership, Partnership
from hub.periods import Period


@dataclass(frozen=True)
class Owed:
    """One due item with its agency and period, as pages and rules read it."""

    id: int
    agency: Agency
    return_code: str
    period: Period
    due_on: date | None  # with the later day that an extension gave


def period_id(session: Session, period: Period) -> int:
    """The row of a period, made when it is first needed."""
    found = session.scalar(select(PeriodRow.id).where(PeriodRow.code == period.code))
    if found is not None:
        return found
    row = PeriodRow(kind=period.kind, code=period.code, starts_on=period.starts_on, ends_on=period.ends_on)
    session.add(row)
    session.flush()
    return row.id


def due_on(period: Period, due: Due | None) -> date | None:
    """The day a return is due: the n-th working day after its period of collection, or the next such day of the year."""
    if due is None:
        return None
    if due.working_days is not None:
        return working_day_after(period.ends_on, due.working_days)
    if due.month is None or due.day is None:
        raise DefinitionError("due", None, "a due rule gives working_days, or month and day")
    this_year = date(period.ends_on.year, due.month, due.day)
    return this_year if this_year > period.ends_on else this_year.replace(year=this_year.year + 1)


def make_due_items(
    session: Session, partnership: Partnership, definition: Definition, first: date, last: date
) -> int:
    """Make every due item whose period lies between two days and that is not there yet; returns how many were made.

    An agency owes a period of which it was a member on the first day: one that joins in May owes nothing for April.

    Errors: NotReady where a draft would be asked of a partnership that is not illustrative.
    """
    if not serves(definition, illustrative=partnership.illustrative):
        raise NotReady(
            f"Version {definition.version} of “{definition.title}” is a draft, and {partnership.name} is no illustrative "
            "partnership. Make the version live first (schemas/README.md)."
        )
    known = set(
        session.execute(
            select(DueItem.agency_id, DueItem.period_id).where(
                DueItem.partnership_id == partnership.id, DueItem.return_code == definition.code
            )
        )
    )
    rows = []
    for owes in definition.owes:
        memberships = _memberships(session, partnership.id, owes)
        for period in _periods(owes, first, last):
            row_id = period_id(session, period)
            day = due_on(period, owes.due)
            rows += [
                {
                    "partnership_id": partnership.id,
                    "id": new_id(),
                    "agency_id": membership.agency_id,
                    "return_code": definition.code,
                    "period_id": row_id,
                    "due_on": day,
                }
                for membership in memberships
                if _covers(membership, period.starts_on) and (membership.agency_id, row_id) not in known
            ]
    if rows:
        session.execute(insert(DueItem), rows)
    return len(rows)


def _periods(owes: Owes, first: date, last: date) -> Iterator[Period]:
    period = periods.containing(first, owes.frequency)
    while period.ends_on <= last:
        if period.starts_on >= first:
            yield period
        period = periods.following(period)


def _memberships(session: Session, partnership_id: int, owes: Owes) -> Sequence[Membership]:
    return session.scalars(
        select(Membership)
        .join(Agency, Agency.id == Membership.agency_id)
        .where(Membership.partnership_id == partnership_id, Agency.kind.in_(owes.kinds))
        .order_by(Agency.code)
    ).all()


def _covers(membership: Membership, day: date) -> bool:
    return membership.from_on <= day and (membership.until_on is None or day <= membership.until_on)


def due_items(
    session: Session,
    partnership_id: int,
    *,
    return_code: str | None = None,
    agency_ids: Sequence[int] | None = None,
    first: date | None = None,
    last: date | None = None,
    position: int | None = None,
    only: Collection[ColumnElement[bool]] = (),
    later: Mapping[int, date] | None = None,
) -> list[Owed]:
    """Due items in order of the calendar's day, period and agency, narrowed by return, agencies and the days their periods
    lie between, and to those that count (facts.owed); extensions as known at a position, unless they are given."""
    query = (
        select(DueItem.id, DueItem.return_code, DueItem.due_on, Agency, PeriodRow.code)
        .join(Agency, Agency.id == DueItem.agency_id)
        .join(PeriodRow, PeriodRow.id == DueItem.period_id)
        .where(DueItem.partnership_id == partnership_id, *only)
        .order_by(DueItem.due_on, PeriodRow.starts_on, Agency.kind, Agency.code)
    )
    if return_code is not None:
        query = query.where(DueItem.return_code == return_code)
    if agency_ids is not None:
        query = query.where(DueItem.agency_id.in_(agency_ids))
    if first is not None:
        query = query.where(PeriodRow.starts_on >= first)
    if last is not None:
        query = query.where(PeriodRow.ends_on <= last)
    days = due_days(session, partnership_id, position=position) if later is None else later
    return [
        Owed(number, agency, code, periods.parse(period), days.get(number, day))
        for number, code, day, agency, period in session.execute(query)
    ]


def due_counts(
    session: Session, partnership_id: int, return_code: str, *, kinds: Sequence[str] = ()
) -> dict[Period, int]:
    """How many agencies owe a return for each period of collection: what a total is said to be over."""
    query = (
        select(PeriodRow.code, func.count())
        .join(DueItem, DueItem.period_id == PeriodRow.id)
        .join(Agency, Agency.id == DueItem.agency_id)
        .where(DueItem.partnership_id == partnership_id, DueItem.return_code == return_code)
        .group_by(PeriodRow.code)
    )
    if kinds:
        query = query.where(Agency.kind.in_(kinds))
    return {periods.parse(code): count for code, count in session.execute(query)}
