"""Both sides' counts as at a moment, month by month: what each sender signed, and what was logged from it.

Missing is never zero. In a month whose receiving return is in, a sender without a line there was logged no times: a
listed breakdown leaves out only the lines that stand for none (schemas/README.md).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from hub.calendar.models import DueItem
from hub.comparison.model import Asked, Sender
from hub.definitions.model import TOTAL
from hub.definitions.models import FigureRow, PeriodRow
from hub.errors import UnknownDefinition
from hub.facts.models import DimensionMember
from hub.facts.queries import AsAt, CellAsAt, cells_as_at
from hub.measures.model import Measure, Source
from hub.partners.models import Agency
from hub.periods import Period, between, containing, parse

INCOMPLETE = "partial"
Count = int | str | None  # a number, INCOMPLETE, or nothing to compare
Counts = Mapping[tuple[str, str], Count]  # (sender's code, month's code) → count


@dataclass(frozen=True)
class Sides:
    senders: tuple[Sender, ...]
    sent: Counts
    logged: Counts
    received: frozenset[str]  # months whose receiving return is in
    asked_of: Mapping[
        str, tuple[date, date]
    ]  # sender's code → the days between which something was asked of it

    def logged_from(self, sender: str, month: str) -> Count:
        if month not in self.received:
            return None
        return self.logged.get((sender, month), 0)


def source_of(measure: Measure) -> tuple[Source, str, str, str]:
    """The monthly source of a gap, with return, breakdown and figure of the receiving side."""
    source = measure.sources.get("month")
    if source is None or source.logged is None:
        raise UnknownDefinition(f"{measure.id} does not set two sides beside each other.")
    return source, *source.logged


def months_ended(first: date, last: date, today: date) -> tuple[Period, ...]:
    """The months between two days that are over."""
    months = between(containing(first, "month"), containing(last, "month"))
    return tuple(month for month in months if month.ends_on < today)


def sides_as_at(session: Session, at: AsAt, measure: Measure, asked: Asked) -> Sides:
    """Both sides of every sender asked for."""
    source, return_code, breakdown, figure = source_of(measure)
    senders, asked_of = _senders(session, at, source.return_code, asked)
    ids = {sender.id: sender.code for sender in senders}
    sent_cells = cells_as_at(
        session,
        at,
        figure_ids(session, source.return_code, TOTAL, source.numerator),
        first=asked.first,
        last=asked.last,
        agency_ids=None if asked.sender_ids is None else list(asked.sender_ids),
        by_agency=True,
    )
    codes = line_codes(session, breakdown, senders, asked)
    lines = logged_lines(session, at, figure_ids(session, return_code, breakdown, (figure,)), asked, codes)
    whole = figure_ids(session, return_code, TOTAL, (figure,))
    came = cells_as_at(session, at, whole, first=asked.first, last=asked.last)
    return Sides(
        senders=senders,
        sent={
            (ids[cell.agency_id], cell.period): count(cell) for cell in sent_cells if cell.agency_id in ids
        },
        logged={
            (codes[cell.dimension_set_id], cell.period): count(cell)
            for cell in lines
            if cell.dimension_set_id in codes
        },
        received=frozenset(cell.period for cell in came if cell.received),
        asked_of=asked_of,
    )


def logged_lines(
    session: Session, at: AsAt, ids: list[int], asked: Asked, codes: Mapping[int, str]
) -> list[CellAsAt]:
    """What was logged by sender: of some senders their lines alone are read."""
    sets = None if asked.sender_ids is None else sorted(codes)
    return cells_as_at(session, at, ids, first=asked.first, last=asked.last, dimension_set_ids=sets)


def figure_ids(session: Session, return_code: str, breakdown: str, names: Iterable[str]) -> list[int]:
    query = select(FigureRow.id).where(
        FigureRow.return_code == return_code,
        FigureRow.breakdown == breakdown,
        FigureRow.name.in_(tuple(names)),
    )
    return list(session.scalars(query))


def line_codes(session: Session, breakdown: str, senders: Iterable[Sender], asked: Asked) -> dict[int, str]:
    """Dimension set → the code of the sender whose line it is."""
    query = select(DimensionMember.dimension_set_id, DimensionMember.code).where(
        DimensionMember.dimension == breakdown
    )
    if asked.sender_ids is not None:
        query = query.where(DimensionMember.code.in_([sender.code for sender in senders]))
    return dict(session.execute(query).all())


def count(cell: CellAsAt) -> Count:
    """A whole figure, one that is known to be incomplete, or none."""
    if cell.partial:
        return INCOMPLETE
    return cell.value if cell.received else None


def _senders(
    session: Session, at: AsAt, return_code: str, asked: Asked
) -> tuple[tuple[Sender, ...], dict[str, tuple[date, date]]]:
    """Who owed the sending return in those months, by kind and code, schools last, and from when until when."""
    query = (
        select(
            Agency.id,
            Agency.code,
            Agency.name,
            Agency.kind,
            func.min(PeriodRow.starts_on),
            func.max(PeriodRow.ends_on),
        )
        .join(DueItem, DueItem.agency_id == Agency.id)
        .join(PeriodRow, PeriodRow.id == DueItem.period_id)
        .where(DueItem.partnership_id == at.partnership_id, DueItem.return_code == return_code)
        .where(PeriodRow.ends_on >= asked.first, PeriodRow.starts_on <= asked.last)
        .group_by(Agency.id, Agency.code, Agency.name, Agency.kind)
        .order_by(Agency.kind == "school", Agency.kind, Agency.code)
    )
    if asked.sender_ids is not None:
        query = query.where(Agency.id.in_(asked.sender_ids))
    rows = session.execute(query).all()
    senders = tuple(Sender(*row[:4]) for row in rows)
    return senders, {row[1]: (row[4], row[5]) for row in rows}


def month_of(code: str) -> Period:
    """The month that an address names. Raises UnknownDefinition for any other period."""
    period = parse(code)
    if period.kind != "month":
        raise UnknownDefinition("Two sides are compared month by month.")
    return period
