"""Is everybody in? What was owed for the periods that ended in a month, what came and when, and who has said nothing.

Takes a partnership as at a moment and a month; what is not due yet is counted apart and held against nobody. It says
who is silent and since when, and nothing of any figure.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from hub.audit.settled import settled
from hub.calendar.models import DueItem
from hub.clock import london_date
from hub.definitions.models import PeriodRow
from hub.facts.models import Revision
from hub.facts.moments import AsAt
from hub.facts.owed import Owing
from hub.measures.compute import Reading
from hub.partners.models import Agency
from hub.periods import Period, containing, preceding


class NotIn(NamedTuple):
    """A return that has fallen due and has not come, by its code and period."""

    return_code: str
    period: str


class _Item(NamedTuple):
    id: int
    agency_id: int
    agency: str
    name: str
    kind: str
    due_on: date
    owed: NotIn


@dataclass(frozen=True)
class Silent:
    """An agency of which nothing that is due has come. `last_on` is the end of the newest period that it ever signed for."""

    agency: str
    name: str
    kind: str
    owed: int
    last_on: date | None
    not_in: tuple[NotIn, ...] = ()


@dataclass(frozen=True)
class Lacking:
    """An agency that sent some of what is due, and not all."""

    agency: str
    name: str
    kind: str
    owed: int
    lacking: int
    not_in: tuple[NotIn, ...] = ()


@dataclass(frozen=True)
class ComingIn:
    """`due` had fallen due by the moment; of these `received` are in, `late` of them after their day. Not yet due: `to_come`."""

    month: Period
    due: int
    received: int
    late: int
    to_come: int
    silent: tuple[Silent, ...]
    lacking: tuple[Lacking, ...]

    @property
    def is_provisional(self) -> bool:
        return self.received < self.due or self.to_come > 0


def newest_month(session: Session, at: AsAt) -> Period:
    """The newest month whose monthly returns have all fallen due; the month that is just over, where none has."""
    newest = settled(session, _newest_month, at.partnership_id, at.today)
    return containing(newest, "month") if newest else preceding(containing(at.today, "month"))


def _newest_month(session: Session, partnership_id: int, today: date) -> date | None:
    """Its last day."""
    month = (
        select(PeriodRow.ends_on)
        .join(DueItem, DueItem.period_id == PeriodRow.id)
        .where(DueItem.partnership_id == partnership_id, PeriodRow.kind == "month")
        .group_by(PeriodRow.ends_on)
        .having(func.max(DueItem.due_on) <= today)
        .order_by(PeriodRow.ends_on.desc())
        .limit(1)
    )
    return session.scalar(month)


def coming_in(reading: Reading, month: Period, *, kind: str | None = None) -> ComingIn:
    """Every return whose period ended in the month; `kind` narrows to one kind of agency."""
    session, at = reading.session, reading.at
    items = _owed(session, at, month, kind, reading.cells.owing(at))
    came = _came(session, at, items)
    fallen = [item for item in items if item.due_on <= at.today]
    by_agency: dict[str, list[_Item]] = defaultdict(list)
    for item in fallen:
        by_agency[item.agency].append(item)
    lacking = {code: [one for one in own if one.id not in came] for code, own in by_agency.items()}
    silent = [by_agency[code] for code, gone in lacking.items() if len(gone) == len(by_agency[code])]
    last = _last_signed(session, at, {own[0].agency_id for own in silent})
    return ComingIn(
        month=month,
        due=len(fallen),
        received=sum(item.id in came for item in fallen),
        late=sum(item.id in came and came[item.id] > item.due_on for item in fallen),
        to_come=sum(item.due_on > at.today and item.id not in came for item in items),
        silent=tuple(
            Silent(
                own[0].agency, own[0].name, own[0].kind, len(own), last.get(own[0].agency_id), _not_in(own)
            )
            for own in silent
        ),
        lacking=tuple(
            Lacking(code, own[0].name, own[0].kind, len(own), len(gone), _not_in(gone))
            for code, gone in lacking.items()
            if 0 < len(gone) < len(own := by_agency[code])
        ),
    )


def _not_in(items: Iterable[_Item]) -> tuple[NotIn, ...]:
    return tuple(item.owed for item in items)


def _owed(session: Session, at: AsAt, month: Period, kind: str | None, owed: Owing) -> list[_Item]:
    query = (
        select(
            DueItem.id,
            Agency.id,
            Agency.code,
            Agency.name,
            Agency.kind,
            DueItem.due_on,
            DueItem.return_code,
            PeriodRow.code,
        )
        .join(Agency, Agency.id == DueItem.agency_id)
        .join(PeriodRow, PeriodRow.id == DueItem.period_id)
        .where(
            DueItem.partnership_id == at.partnership_id,
            PeriodRow.ends_on.between(month.starts_on, month.ends_on),
            *owed.only,
        )
        .order_by(Agency.kind, Agency.name)
    )
    if kind is not None:
        query = query.where(Agency.kind == kind)
    return [
        _Item(number, agency_id, code, name, of, owed.later.get(number, day), NotIn(asked, period))
        for number, agency_id, code, name, of, day, asked, period in session.execute(query)
        if day is not None
    ]


def _came(session: Session, at: AsAt, items: Iterable[_Item]) -> Mapping[int, date]:
    """Due item → the day on which it was first signed."""
    query = select(Revision.due_item_id, Revision.signed_at).where(
        Revision.partnership_id == at.partnership_id,
        Revision.due_item_id.in_([item.id for item in items]),
        Revision.number == 1,
        Revision.position <= at.position,
    )
    return {item_id: london_date(signed_at) for item_id, signed_at in session.execute(query)}


def _last_signed(session: Session, at: AsAt, agency_ids: Collection[int]) -> dict[int, date]:
    if not agency_ids:
        return {}  # nobody is silent: a database would go through everything signed to find nothing
    query = (
        select(Revision.agency_id, func.max(PeriodRow.ends_on))
        .join(PeriodRow, PeriodRow.id == Revision.period_id)
        .where(
            Revision.partnership_id == at.partnership_id,
            Revision.agency_id.in_(sorted(agency_ids)),
            Revision.position <= at.position,
        )
        .group_by(Revision.agency_id)
    )
    return dict(session.execute(query).all())
