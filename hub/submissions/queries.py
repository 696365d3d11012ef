"""Reading submissions: a person's list, one submission's timeline, and the data team's grid of agencies and periods."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, and_, func, select
from sqlalchemy.orm import Session, aliased

from hub import periods
from hub.calendar.agreed import agreed_as_at, latest_days
from hub.calendar.models import DueItem
from hub.clock import london_date, today_for
from hub.definitions.models import PeriodRow
from hub.facts.models import Revision, Words
from hub.facts.owed import counting
from hub.partners.models import Agency, Partnership, Person
from hub.periods import Period
from hub.submissions.models import SubmissionEvent
from hub.submissions.scope import scope_for

__all__ = ["Happened", "Listed", "grid", "my_list", "scope_for", "timeline"]


@dataclass(frozen=True)
class Listed:
    """A due item with where its submission is. `answer` is the grid's word for it."""

    due_item_id: int
    partnership_id: int
    partnership: str
    agency_id: int
    agency: str
    agency_name: str
    return_code: str
    period: Period
    due_on: date | None  # with the later day that an extension gave
    calendar_day: date | None  # the calendar's own
    exception_until: date | None  # agreed after the day: it may still come, and is late
    status: str  # not-started, draft, sent, sent_back, signed
    sequence: int
    revisions: int  # how many were signed
    nil: bool
    partial: bool  # some of its figures did not come
    first_signed_at: datetime | None
    signed_at: datetime | None
    answer: str  # on time, late, nil, partial, corrected, missing, sent back, in hand, not due yet

    @property
    def late(self) -> bool:
        """Whether it was first signed after 23:59:59 in London on its due day."""
        return (
            self.first_signed_at is not None
            and self.due_on is not None
            and london_date(self.first_signed_at) > self.due_on
        )


@dataclass(frozen=True)
class Happened:
    sequence: int
    kind: str
    status: str
    at: datetime
    person: str
    person_id: int
    words: str | None
    revision_id: int | None


def my_list(
    session: Session,
    agency_ids: Sequence[int] | None,
    *,
    partnership_id: int | None = None,
    return_code: str | None = None,
    first: date | None = None,
    last: date | None = None,
    due_item_ids: Sequence[int] | None = None,
) -> list[Listed]:
    """Due items of agencies with where each submission is, by due day. `first` and `last` are days their periods lie between.

    Items asked for by number are shown whether or not their agency still owes them.
    """
    query = _listing()
    if due_item_ids is None:
        query = query.where(*counting(session, None if partnership_id is None else [partnership_id]))
    if agency_ids is not None:
        query = query.where(DueItem.agency_id.in_(agency_ids))
    if partnership_id is not None:
        query = query.where(DueItem.partnership_id == partnership_id)
    if return_code is not None:
        query = query.where(DueItem.return_code == return_code)
    if first is not None:
        query = query.where(PeriodRow.starts_on >= first)
    if last is not None:
        query = query.where(PeriodRow.ends_on <= last)
    if due_item_ids is not None:
        query = query.where(DueItem.id.in_(due_item_ids))
    rows = session.execute(query).all()
    agreed = _agreed(session, {row[0].partnership_id for row in rows}, due_item_ids)
    return [_listed(row, agreed) for row in rows]


@dataclass(frozen=True)
class _AgreedDays:
    """What two persons agreed about due items: later days, and until when an exception holds."""

    later: dict[int, date]
    exceptions: dict[int, date]


def _agreed(
    session: Session, partnership_ids: Iterable[int], due_item_ids: Sequence[int] | None
) -> _AgreedDays:
    found = [
        each
        for partnership_id in sorted(partnership_ids)
        for each in agreed_as_at(
            session, partnership_id, kinds=["extension", "exception"], due_item_ids=due_item_ids
        )
    ]
    return _AgreedDays(
        latest_days(each for each in found if each.kind == "extension"),
        latest_days(each for each in found if each.kind == "exception"),
    )


@cache
def _listing() -> Select[*tuple[Any, ...]]:
    first, latest = aliased(Revision), aliased(Revision)
    return (
        select(
            DueItem,
            Agency,
            Partnership,
            PeriodRow.code,
            SubmissionEvent.status,
            SubmissionEvent.sequence,
            latest.number,
            first.signed_at,
            latest.signed_at,
            latest.nil,
            latest.partial,
        )
        .join(Agency, Agency.id == DueItem.agency_id)
        .join(Partnership, Partnership.id == DueItem.partnership_id)
        .join(PeriodRow, PeriodRow.id == DueItem.period_id)
        .outerjoin(SubmissionEvent, newest(SubmissionEvent, "sequence"))
        .outerjoin(first, and_(of_item(first), first.number == 1))
        .outerjoin(latest, newest(latest, "number"))
        .order_by(DueItem.due_on, PeriodRow.starts_on, Agency.kind, Agency.code)
    )


def of_item(table: Any) -> ColumnElement[bool]:
    return and_(table.partnership_id == DueItem.partnership_id, table.due_item_id == DueItem.id)


def newest(table: Any, counter: str) -> ColumnElement[bool]:
    """The row of a due item whose counter is the highest, found by index: the whole history is never read."""
    again = aliased(table)
    highest = select(func.max(getattr(again, counter))).where(of_item(again)).correlate(DueItem)
    return and_(of_item(table), getattr(table, counter) == highest.scalar_subquery())


def _listed(row: Row[*tuple[Any, ...]], agreed: _AgreedDays) -> Listed:
    item, agency, place, period, status, sequence, revisions, first_at, signed_at, nil, partial = row
    due_on = agreed.later.get(item.id, item.due_on)
    status = status or ("signed" if revisions else "not-started")
    return Listed(
        due_item_id=item.id,
        partnership_id=place.id,
        partnership=place.code,
        agency_id=agency.id,
        agency=agency.code,
        agency_name=agency.name,
        return_code=item.return_code,
        period=periods.parse(period),
        due_on=due_on,
        calendar_day=item.due_on,
        exception_until=agreed.exceptions.get(item.id),
        status=status,
        sequence=sequence or 0,
        revisions=revisions or 0,
        nil=bool(nil),
        partial=bool(partial),
        first_signed_at=first_at,
        signed_at=signed_at,
        answer=received(due_on, first_at, revisions, nil=nil, partial=partial)
        if first_at is not None
        else awaited(due_on, status, today_for(place)),
    )


def received(due_on: date | None, first_at: datetime, revisions: int, *, nil: bool, partial: bool) -> str:
    """The one word for what came. Late outweighs the rest: what was late stays late."""
    if due_on is not None and london_date(first_at) > due_on:
        return "late"
    if partial:
        return "partial"
    if revisions > 1:
        return "corrected"
    return "nil" if nil else "on time"


def awaited(due_on: date | None, status: str, today: date) -> str:
    """The one word for what did not come yet."""
    if status == "sent_back":
        return "sent back"
    if due_on is not None and due_on < today:
        return "missing"
    return "not due yet" if status == "not-started" else "in hand"


def grid(
    session: Session,
    partnership_id: int,
    *,
    return_code: str,
    first: date | None = None,
    last: date | None = None,
) -> dict[tuple[str, str], Listed]:
    """The data team's grid: (agency code, period code) to where that return is, in order of agencies and periods."""
    listed = my_list(
        session, None, partnership_id=partnership_id, return_code=return_code, first=first, last=last
    )
    ordered = sorted(listed, key=lambda item: (item.agency, item.period.starts_on))
    return {(item.agency, item.period.code): item for item in ordered}


def timeline(session: Session, partnership_id: int, due_item_id: int) -> list[Happened]:
    """Everything that happened to a submission, oldest first."""
    query = (
        select(SubmissionEvent, Person.name, Words.body)
        .join(Person, Person.id == SubmissionEvent.person_id)
        .outerjoin(
            Words,
            and_(
                Words.partnership_id == SubmissionEvent.partnership_id, Words.id == SubmissionEvent.words_id
            ),
        )
        .where(SubmissionEvent.partnership_id == partnership_id, SubmissionEvent.due_item_id == due_item_id)
        .order_by(SubmissionEvent.sequence)
    )
    return [
        Happened(
            event.sequence,
            event.kind,
            event.status,
            event.at,
            name,
            event.person_id,
            words,
            event.revision_id,
        )
        for event, name, words in session.execute(query)
    ]
