"""Both sides' counts as at a moment, month by month: what each sender signed, and what was logged from it.

Missing is never zero. In a month whose receiving return is in, a sender without a line there was logged no times: a
listed breakdown leaves out only the lines that stand for none (schemas/README.md).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from sqlalchemy import false, func, or_, select
from sqlalchemy.orm import Session

from hub.calendar.models import DueItem
from hub.comparison.model import NO_LOGGED, NOT_CROSSED, Asked, Sender
from hub.definitions.model import TOTAL, WITHIN
from hub.definitions.models import FigureRow, PeriodRow
from hub.errors import UnknownDefinition
from hub.facts.models import AREA_BREAKDOWN, STATE_NUMBER, WHOLE, DimensionMember
from hub.facts.moments import AsAt
from hub.facts.queries import CellAsAt, CountAsAt, cells_as_at, counts_as_at
from hub.measures.model import Measure, Source
from hub.partners.models import Agency
from hub.partners.names import names_as_at
from hub.periods import Period, between, containing, parse

INCOMPLETE = "partial"
Count = int | str | None  # a number, INCOMPLETE, or nothing to compare
ANSWERED = (STATE_NUMBER["value"], STATE_NUMBER["nil"])
Counts = Mapping[tuple[str, str], Count]  # (sender's code, month's code) → count


@dataclass(frozen=True)
class Sides:
    senders: tuple[Sender, ...]
    sent: Counts
    logged: Counts
    received: frozenset[str]  # months in which the receiving side counted its senders
    asked_of: Mapping[
        str, tuple[date, date]
    ]  # sender's code → the days between which something was asked of it
    not_received: str = NO_LOGGED  # what a month is that is not among them

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


def counts_by_area(measure: Measure) -> bool:
    """Whether the receiving side's return has a table by sender and area."""
    source, *_ = source_of(measure)
    return bool(source.logged_by_area)


def months_ended(first: date, last: date, today: date) -> tuple[Period, ...]:
    """The months between two days that are over."""
    months = between(containing(first, "month"), containing(last, "month"))
    return tuple(month for month in months if month.ends_on < today)


def sides_as_at(session: Session, at: AsAt, measure: Measure, asked: Asked) -> Sides:
    """Both sides of every sender asked for, of the whole place or of one area."""
    source, return_code, breakdown, figure = source_of(measure)
    senders, asked_of = _senders(session, at, source.return_code, asked)
    months = _month_codes(session, asked)
    whole = asked.area_id == WHOLE
    sent = counts_as_at(
        session,
        at,
        figure_ids(session, source.return_code, TOTAL if whole else AREA_BREAKDOWN, source.numerator),
        list(months),
        agency_ids=None if asked.sender_ids is None else list(asked.sender_ids),
        area_id=asked.area_id,
    )
    table = breakdown if whole else source.logged_by_area
    codes = line_codes(session, table, senders, asked)
    ids = figure_ids(session, return_code, table, (figure,))
    logged = counts_as_at(
        session,
        at,
        ids,
        list(months),
        dimension_set_ids=None if asked.sender_ids is None else sorted(codes),
        area_id=asked.area_id,
    )
    counted = figure_ids(session, return_code, TOTAL, (figure,)) if whole else ids
    given = counts_as_at(session, at, counted, list(months), area_id=WHOLE if whole else None)
    named = {sender.id: sender.code for sender in senders}
    return Sides(
        senders=senders,
        sent=_added(sent, lambda fact: named.get(fact.agency_id), months),
        logged=_added(logged, lambda fact: codes.get(fact.dimension_set_id), months),
        received=frozenset(months[fact.period_id] for fact in given if fact.state in ANSWERED),
        asked_of=asked_of,
        not_received=NO_LOGGED if whole else NOT_CROSSED,
    )


def _month_codes(session: Session, asked: Asked) -> dict[int, str]:
    query = select(PeriodRow.id, PeriodRow.code).where(
        PeriodRow.kind == "month", PeriodRow.starts_on >= asked.first, PeriodRow.ends_on <= asked.last
    )
    return dict(session.execute(query).all())


def _added(
    facts: Iterable[CountAsAt], code_of: Callable[[CountAsAt], str | None], months: Mapping[int, str]
) -> dict[tuple[str, str], Count]:
    """Sender and month → count. Of several figures none may be lacking, and one that is incomplete makes it so."""
    found: dict[tuple[str, str], Count] = {}
    for fact in facts:
        code = code_of(fact)
        if code is None:
            continue
        key = code, months[fact.period_id]
        found[key] = _plus(found[key], _count(fact)) if key in found else _count(fact)
    return found


def _count(fact: CountAsAt) -> Count:
    if fact.state in ANSWERED:
        return fact.value
    return INCOMPLETE if fact.state == STATE_NUMBER["partial"] else None


def _plus(one: Count, other: Count) -> Count:
    if one is None or other is None:
        return None
    return one + other if isinstance(one, int) and isinstance(other, int) else INCOMPLETE


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
    """Dimension set → the code of the sender whose line it is, alone or with an area."""
    query = select(DimensionMember.dimension_set_id, DimensionMember.code).where(
        DimensionMember.dimension == breakdown
    )
    if asked.sender_ids is not None:
        mine = [
            or_(
                DimensionMember.code == sender.code,
                DimensionMember.code.startswith(f"{sender.code}{WITHIN}", autoescape=True),
            )
            for sender in senders
        ]
        query = query.where(or_(false(), *mine))
    return {number: code.partition(WITHIN)[0] for number, code in session.execute(query)}


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
            Agency.kind,
            func.min(PeriodRow.starts_on),
            func.max(PeriodRow.ends_on),
        )
        .join(DueItem, DueItem.agency_id == Agency.id)
        .join(PeriodRow, PeriodRow.id == DueItem.period_id)
        .where(DueItem.partnership_id == at.partnership_id, DueItem.return_code == return_code)
        .where(PeriodRow.ends_on >= asked.first, PeriodRow.starts_on <= asked.last)
        .group_by(Agency.id, Agency.code, Agency.kind)
        .order_by(Agency.kind == "school", Agency.kind, Agency.code)
    )
    if asked.sender_ids is not None:
        query = query.where(Agency.id.in_(asked.sender_ids))
    rows = session.execute(query).all()
    names = names_as_at(session, at.today, at.moment, codes=[row[1] for row in rows])
    senders = tuple(Sender(number, code, names[code], kind) for number, code, kind, _, _ in rows)
    return senders, {row[1]: (row[3], row[4]) for row in rows}


def month_of(code: str) -> Period:
    """The month that an address names. Raises UnknownDefinition for any other period."""
    period = parse(code)
    if period.kind != "month":
        raise UnknownDefinition("Two sides are compared month by month.")
    return period
