"""Due items with where each stands: the lists of the first page, of the data team's grid and of the interface.

What is missing is what is due and has no signed revision. Nothing here reads a draft's figures.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Literal

from sqlalchemy import ColumnElement, Select, and_, func, select
from sqlalchemy.orm import Session, aliased

from hub import periods
from hub.calendar.models import DueItem
from hub.clock import london_date
from hub.definitions.models import PeriodRow
from hub.facts.models import Revision
from hub.partners.models import Agency
from hub.periods import Period
from hub.submissions.models import SubmissionEvent

NOT_STARTED = "not-started"

Timeliness = Literal["on-time", "late", "nil", "due", "overdue", "not-yet"]


@dataclass(frozen=True)
class Line:
    """One due item as a list shows it."""

    id: int
    partnership_id: int
    agency: Agency
    return_code: str
    period: Period
    due_on: date | None
    status: str  # as the last event left it
    last_kind: str | None
    last_at: datetime | None
    last_person_id: int | None
    last_words_id: int | None
    sequence: int
    revisions: int
    first_signed_at: datetime | None
    nil: bool

    def timeliness(self, today: date) -> Timeliness:
        """Whether it came and when; a return that came late stays late, whatever is corrected afterwards."""
        if self.first_signed_at is not None:
            if self.due_on is not None and london_date(self.first_signed_at) > self.due_on:
                return "late"
            return "nil" if self.nil else "on-time"
        if self.period.ends_on >= today:
            return "not-yet"
        return "overdue" if self.due_on is not None and self.due_on < today else "due"


def lines(
    session: Session,
    *,
    partnership_ids: Collection[int],
    agency_ids: Collection[int] | None = None,
    return_code: str | None = None,
    item_id: int | None = None,
    first: date | None = None,
    last: date | None = None,
) -> list[Line]:
    """Due items by due day, period and agency. `first` and `last` are days that their periods lie between."""
    query = _query().where(DueItem.partnership_id.in_(partnership_ids))
    if agency_ids is not None:
        query = query.where(DueItem.agency_id.in_(agency_ids))
    if return_code is not None:
        query = query.where(DueItem.return_code == return_code)
    if item_id is not None:
        query = query.where(DueItem.id == item_id)
    if first is not None:
        query = query.where(PeriodRow.ends_on >= first)
    if last is not None:
        query = query.where(PeriodRow.ends_on <= last)
    ordered = query.order_by(
        DueItem.due_on, PeriodRow.starts_on, Agency.kind, Agency.code, DueItem.return_code
    )
    return [
        _line(item, agency, period, event, number, signed_at, nil)
        for item, agency, period, event, number, signed_at, nil in session.execute(ordered)
    ]


def _query() -> Select[DueItem, Agency, PeriodRow, SubmissionEvent, int, datetime, bool]:
    first, latest = aliased(Revision), aliased(Revision)
    return (
        select(DueItem, Agency, PeriodRow, SubmissionEvent, latest.number, first.signed_at, latest.nil)
        .join(Agency, Agency.id == DueItem.agency_id)
        .join(PeriodRow, PeriodRow.id == DueItem.period_id)
        .outerjoin(SubmissionEvent, _of_item(SubmissionEvent, SubmissionEvent.sequence))
        .outerjoin(first, and_(_is_of_item(first), first.number == 1))
        .outerjoin(latest, _of_item(latest, latest.number))
    )


def _is_of_item(table: Any) -> ColumnElement[bool]:
    return and_(table.partnership_id == DueItem.partnership_id, table.due_item_id == DueItem.id)


def _of_item(table: Any, counter: Any) -> ColumnElement[bool]:
    """The row of a due item whose counter is the highest, found by index: the whole history is never read."""
    again = aliased(table)
    newest = select(func.max(getattr(again, counter.key))).where(_is_of_item(again)).correlate(DueItem)
    return and_(_is_of_item(table), counter == newest.scalar_subquery())


def _line(
    item: DueItem,
    agency: Agency,
    period: PeriodRow,
    event: SubmissionEvent | None,
    number: int | None,
    signed_at: datetime | None,
    nil: bool | None,
) -> Line:
    return Line(
        id=item.id,
        partnership_id=item.partnership_id,
        agency=agency,
        return_code=item.return_code,
        period=periods.parse(period.code),
        due_on=item.due_on,
        status=event.status if event else NOT_STARTED,
        last_kind=event.kind if event else None,
        last_at=event.at if event else None,
        last_person_id=event.person_id if event else None,
        last_words_id=event.words_id if event else None,
        sequence=event.sequence if event else 0,
        revisions=number or 0,
        first_signed_at=signed_at,
        nil=bool(nil),
    )
