"""The data team's grid: agencies down, periods across, and for each return one glance at what came of it.

Reads what a page shows and no more: the agencies of the page, the periods of the span, few columns. Totals under the
periods are counted in indexes over everybody.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import NamedTuple

from sqlalchemy import ColumnElement, Select, and_, false, func, select
from sqlalchemy.orm import Session

from hub import periods
from hub.calendar.agreed import agreed_as_at, latest_days
from hub.calendar.models import DueItem
from hub.clock import london_date, today_for
from hub.definitions.models import PeriodRow
from hub.facts.models import Revision
from hub.facts.moments import as_at
from hub.facts.owed import counting
from hub.facts.recalled import recalled
from hub.partners.models import Agency, Partnership
from hub.periods import Kind, Period
from hub.submissions.models import SubmissionEvent
from hub.submissions.queries import awaited, of_item, received


class Glance(NamedTuple):
    """One return of the grid: the word for it, and what stands beside the word."""

    due_item_id: int
    answer: str  # as in queries.Listed
    late: bool
    corrected: bool
    correcting: bool  # signed before, and open for correction now
    excepted: bool  # an exception was agreed: it may still come, and is late
    nil: bool = False
    partial: bool = False
    overdue: bool = False  # its day is over, whatever the answer says of what became of it


class Column(NamedTuple):
    """One period of the grid, with how many came of how many."""

    id: int
    period: Period
    received: int
    due: int


@dataclass(frozen=True)
class Grid:
    columns: tuple[Column, ...]  # newest first
    agencies: tuple[tuple[int, str, str], ...]  # of the page: id, code, name
    glances: dict[tuple[int, int], Glance]  # by agency and period
    count: int  # agencies on all pages


def grid_page(
    session: Session,
    partnership: Partnership,
    return_code: str,
    kind: Kind,
    *,
    periods_shown: int,
    agencies_shown: int,
    page: int = 1,
) -> Grid:
    """The newest periods that have ended, for one page of the agencies that owe the return for any of them, by name."""
    what = ("grid", return_code, kind, periods_shown)
    columns, agencies = recalled(
        as_at(session, partnership),
        what,
        lambda: _sides(session, partnership, return_code, kind, periods_shown),
    )
    start = (page - 1) * agencies_shown
    of_page = agencies[start : start + agencies_shown]
    found = glances(
        session,
        partnership,
        return_code,
        agency_ids=[each[0] for each in of_page],
        period_ids=[column.id for column in columns],
    )
    return Grid(tuple(columns), tuple(of_page), found, len(agencies))


def _sides(
    session: Session, partnership: Partnership, return_code: str, kind: Kind, periods_shown: int
) -> tuple[list[Column], list[tuple[int, str, str]]]:
    """The newest periods that have ended, and every agency that owes the return for any of them, by name."""
    columns = ended_periods(session, partnership, return_code, kind)[:periods_shown]
    owing = (
        select(DueItem.agency_id)
        .where(
            DueItem.partnership_id == partnership.id,
            DueItem.return_code == return_code,
            DueItem.period_id.in_([column.id for column in columns]),
            *counting(session, [partnership.id]),
        )
        .distinct()
    )
    named = (
        select(Agency.id, Agency.code, Agency.name)
        .where(Agency.id.in_(owing))
        .order_by(Agency.name, Agency.id)
    )
    return columns, [(number, code, name) for number, code, name in session.execute(named)]


def kinds_asked(session: Session, partnership_id: int) -> list[tuple[str, Kind]]:
    """The returns and frequencies that the partnership's agencies owe."""
    query = (
        select(DueItem.return_code, PeriodRow.kind)
        .join(PeriodRow, PeriodRow.id == DueItem.period_id)
        .where(DueItem.partnership_id == partnership_id, DueItem.due_on.is_not(None))
        .distinct()
        .order_by(DueItem.return_code, PeriodRow.kind)
    )
    return [(code, kind) for code, kind in session.execute(query)]  # type: ignore[misc]


def ended_periods(session: Session, partnership: Partnership, return_code: str, kind: Kind) -> list[Column]:
    """Every period that has ended, newest first, with its totals over everybody who owes it."""
    due = (
        select(DueItem.period_id, func.count().label("due"))
        .where(
            DueItem.partnership_id == partnership.id,
            DueItem.return_code == return_code,
            *counting(session, [partnership.id]),
        )
        .group_by(DueItem.period_id)
        .subquery()
    )
    came = (
        select(Revision.period_id, func.count().label("came"))
        .where(
            Revision.partnership_id == partnership.id,
            Revision.return_code == return_code,
            Revision.number == 1,
        )
        .group_by(Revision.period_id)
        .subquery()
    )
    query = (
        select(PeriodRow.id, PeriodRow.code, due.c.due, func.coalesce(came.c.came, 0))
        .join(due, due.c.period_id == PeriodRow.id)
        .outerjoin(came, came.c.period_id == PeriodRow.id)
        .where(PeriodRow.kind == kind, PeriodRow.ends_on < today_for(partnership))
        .order_by(PeriodRow.starts_on.desc())
    )
    return [
        Column(number, periods.parse(code), received_, due_)
        for number, code, due_, received_ in session.execute(query)
    ]


def glances(
    session: Session,
    partnership: Partnership,
    return_code: str,
    *,
    agency_ids: Sequence[int],
    period_ids: Collection[int],
) -> dict[tuple[int, int], Glance]:
    of_page = (
        DueItem.partnership_id == partnership.id,
        DueItem.return_code == return_code,
        DueItem.agency_id.in_(agency_ids),
        DueItem.period_id.in_(period_ids),
        *counting(session, [partnership.id]),
    )
    items = _signed(session, of_page)
    statuses = _statuses(session, partnership.id, select(DueItem.id).where(*of_page))
    agreed = agreed_as_at(session, partnership.id, kinds=["extension", "exception"], agency_ids=agency_ids)
    later = latest_days(each for each in agreed if each.kind == "extension")
    excepted = latest_days(each for each in agreed if each.kind == "exception")
    today = today_for(partnership)
    found = {}
    for item_id, it in items.items():
        found[it.agency_id, it.period_id] = _glance(
            item_id, later.get(item_id, it.due_on), statuses.get(item_id), it.first_at, it.revisions, nil=it.nil,
            partial=it.partial, today=today, excepted=item_id in excepted,
        )  # fmt: skip
    return found


class _Item(NamedTuple):
    """A due item; when it was first signed; of the last revision its number, whether nil, whether partial."""

    agency_id: int
    period_id: int
    due_on: date | None
    first_at: datetime | None
    revisions: int
    nil: bool
    partial: bool


def _signed(session: Session, of_page: Sequence[ColumnElement[bool]]) -> dict[int, _Item]:
    query = (
        select(
            DueItem.id,
            DueItem.agency_id,
            DueItem.period_id,
            DueItem.due_on,
            Revision.signed_at,
            func.coalesce(Revision.number, 0),
            func.coalesce(Revision.nil, false()),
            func.coalesce(Revision.partial, false()),
        )
        .outerjoin(Revision, of_item(Revision))
        .where(*of_page)
        .order_by(Revision.number)
    )
    found: dict[int, _Item] = {}
    for item_id, *row in session.execute(query):
        it = _Item._make(row)
        found[item_id] = it._replace(first_at=found[item_id].first_at) if item_id in found else it
    return found


def _statuses(session: Session, partnership_id: int, item_ids: Select[int]) -> dict[int, str]:
    """By due item, the status that its last event left."""
    query = (
        select(SubmissionEvent.due_item_id, SubmissionEvent.status)
        .where(SubmissionEvent.partnership_id == partnership_id, SubmissionEvent.due_item_id.in_(item_ids))
        .order_by(SubmissionEvent.due_item_id, SubmissionEvent.sequence)
    )
    return {item_id: status for item_id, status in session.execute(query)}


def _glance(
    item_id: int,
    due_on: date | None,
    status: str | None,
    first_at: datetime | None,
    revisions: int,
    *,
    nil: bool,
    partial: bool,
    today: date,
    excepted: bool,
) -> Glance:
    if first_at is None:
        answer = awaited(due_on, status or "not-started", today)
        overdue = due_on is not None and due_on < today
        return Glance(item_id, answer, False, False, False, excepted, overdue=overdue)
    late = due_on is not None and london_date(first_at) > due_on
    answer = received(due_on, first_at, revisions, nil=nil, partial=partial)
    correcting = status not in (None, "signed")
    return Glance(item_id, answer, late, revisions > 1, correcting, excepted, nil, partial)


class Punctual(NamedTuple):
    """How an agency has kept its due days over a span: how many fell due, came, and came by the end of their day."""

    agency_id: int
    code: str
    name: str
    due: int
    received: int
    on_time: int

    @property
    def percent(self) -> float:
        return 100 * self.on_time / self.due if self.due else 0.0


def punctuality(session: Session, partnership: Partnership, *, since: date) -> list[Punctual]:
    """Every agency's returns that fell due since a day and before today; the least punctual first."""
    today = today_for(partnership)
    query = (
        select(DueItem.id, DueItem.agency_id, DueItem.due_on, Revision.signed_at)
        .select_from(DueItem)
        .outerjoin(Revision, and_(of_item(Revision), Revision.number == 1))
        .where(
            DueItem.partnership_id == partnership.id,
            DueItem.due_on.between(since, today),
            *counting(session, [partnership.id]),
        )
    )
    agreed = agreed_as_at(session, partnership.id, kinds=["extension"])
    later = latest_days(agreed)
    counts: dict[int, list[int]] = {}
    for item_id, agency_id, day, signed_at in session.execute(query):
        due_on = later.get(item_id, day)
        if due_on is None or (due_on >= today and signed_at is None):
            continue  # it may still come in time
        count = counts.setdefault(agency_id, [0, 0, 0])
        count[0] += 1
        count[1] += signed_at is not None
        count[2] += signed_at is not None and london_date(signed_at) <= due_on
    names = session.execute(select(Agency.id, Agency.code, Agency.name).where(Agency.id.in_(counts)))
    found = [Punctual(number, code, name, *counts[number]) for number, code, name in names]
    return sorted(found, key=lambda each: (each.percent, each.name))
