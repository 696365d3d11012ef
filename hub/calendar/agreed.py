"""What two persons agreed about the calendar, as known at a position of the partnership's history.

Requests and their answers are never changed; a granted request holds from its granting until its last day, unless it
was ended before. Reading as at a position gives the same answer for ever. Asking and answering is in submissions/.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from sqlalchemy import and_, select
from sqlalchemy.orm import Session, aliased

from hub.audit.settled import settled
from hub.calendar.models import DueItem, Request, RequestAnswer

# Made once: building an alias costs more than asking the database.
_ANSWER, _END = aliased(RequestAnswer), aliased(RequestAnswer)

Kind = Literal["extension", "exception", "waiver", "reopening", "lock"]
Standing = Literal["waiting", "granted", "refused", "withdrawn", "ended"]


@dataclass(frozen=True)
class Agreed:
    """A request with what had become of it. `answered_*` is who granted, refused or withdrew it."""

    id: int
    partnership_id: int
    kind: Kind
    agency_id: int | None
    due_item_id: int | None
    return_code: str | None
    rule: str | None
    period_id: int | None
    from_on: date
    until_on: date | None
    reason_id: int
    asked_by: int
    asked_at: datetime
    standing: Standing
    answered_by: int | None = None
    answered_at: datetime | None = None
    words_id: int | None = None
    ended_by: int | None = None
    ended_at: datetime | None = None

    def holds_on(self, day: date) -> bool:
        """Whether it is granted, not ended, and the day lies within it."""
        return (
            self.standing == "granted"
            and self.from_on <= day
            and (self.until_on is None or day <= self.until_on)
        )


def agreed_as_at(
    session: Session,
    partnership_id: int,
    *,
    position: int | None = None,
    kinds: Collection[Kind] | None = None,
    agency_ids: Collection[int] | None = None,
    due_item_ids: Collection[int] | None = None,
    only: int | None = None,
) -> list[Agreed]:
    """Requests in the order in which they were asked, with their answers up to a position (None: all there are)."""
    query = (
        select(Request, _ANSWER, _END)
        .outerjoin(_ANSWER, _answers(_ANSWER, 1, position))
        .outerjoin(_END, _answers(_END, 2, position))
        .where(Request.partnership_id == partnership_id)
        .order_by(Request.asked_at, Request.id)
    )
    if kinds is not None:
        query = query.where(Request.kind.in_(kinds))
    if agency_ids is not None:
        query = query.where(Request.agency_id.in_(agency_ids))
    if due_item_ids is not None:
        query = query.where(Request.due_item_id.in_(due_item_ids))
    if only is not None:
        query = query.where(Request.id == only)
    return [_agreed(*row) for row in session.execute(query)]


def _answers(table: type[RequestAnswer], number: int, position: int | None):  # type: ignore[no-untyped-def]
    of_request = and_(
        table.partnership_id == Request.partnership_id,
        table.request_id == Request.id,
        table.number == number,
    )
    return of_request if position is None else and_(of_request, table.position <= position)


def _agreed(asked: Request, answer: RequestAnswer | None, end: RequestAnswer | None) -> Agreed:
    last = end or answer
    return Agreed(
        id=asked.id,
        partnership_id=asked.partnership_id,
        kind=asked.kind,  # type: ignore[arg-type]  # the database knows no other
        agency_id=asked.agency_id,
        due_item_id=asked.due_item_id,
        return_code=asked.return_code,
        rule=asked.rule,
        period_id=asked.period_id,
        from_on=asked.from_on,
        until_on=asked.until_on,
        reason_id=asked.reason_id,
        asked_by=asked.asked_by,
        asked_at=asked.asked_at,
        standing=last.kind if last else "waiting",  # type: ignore[arg-type]
        answered_by=answer.person_id if answer else None,
        answered_at=answer.at if answer else None,
        words_id=answer.words_id if answer else None,
        ended_by=end.person_id if end else None,
        ended_at=end.at if end else None,
    )


def due_days(
    session: Session,
    partnership_id: int,
    *,
    position: int | None = None,
    due_item_ids: Collection[int] | None = None,
) -> dict[int, date]:
    """The later due days that extensions gave, by due item: few, beside the calendar's own day in every other item."""
    if not settled(session, _ever_asked, partnership_id):
        return {}
    return latest_days(
        agreed_as_at(
            session, partnership_id, position=position, kinds=["extension"], due_item_ids=due_item_ids
        )
    )


def _ever_asked(session: Session, partnership_id: int) -> bool:
    return (
        session.scalar(select(Request.id).where(Request.partnership_id == partnership_id).limit(1))
        is not None
    )


def latest_days(found: Iterable[Agreed]) -> dict[int, date]:
    """By due item, the latest end of what was granted."""
    days: dict[int, date] = {}
    for each in found:
        if each.standing == "granted" and each.due_item_id is not None and each.until_on is not None:
            days[each.due_item_id] = max(each.until_on, days.get(each.due_item_id, each.until_on))
    return days


def due_day(session: Session, item: DueItem) -> date | None:
    """The day on which one item is due: its calendar's, or a later one that was agreed before it."""
    return due_days(session, item.partnership_id, due_item_ids=[item.id]).get(item.id, item.due_on)


def waivers_on(
    session: Session, partnership_id: int, day: date, *, agency_ids: Collection[int] | None = None
) -> list[Agreed]:
    """The waivers in force on a day: each switches one rule off for one agency."""
    found = agreed_as_at(session, partnership_id, kinds=["waiver"], agency_ids=agency_ids)
    return [each for each in found if each.holds_on(day)]
