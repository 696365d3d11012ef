"""Reading the ledger as at a moment. Measures, coverage, drill and the data team's grid all read through here.

Reading as at the newest position uses the current cells, anything else the facts; which of the two is nobody else's
business.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date, datetime
from functools import cache
from typing import Any, NamedTuple

from sqlalchemy import BindParameter, and_, bindparam, case, func, literal, or_, select
from sqlalchemy.orm import Session, aliased

from hub.definitions.models import PeriodRow
from hub.facts.models import STATE_NUMBER, STATES, WHOLE, AreaNow, Fact, Revision
from hub.facts.moments import AsAt
from hub.facts.rollups import COUNTS
from hub.partners.history_models import LedgerHead
from hub.partners.models import Agency


class CellAsAt(NamedTuple):
    """The sum of a figure over agencies in one cell, and how many agencies answered with which state."""

    figure_id: int
    period: str
    starts_on: date
    ends_on: date
    agency_id: int  # 0 unless asked by agency
    area_id: int
    dimension_set_id: int
    value: int
    received: int
    partial: int
    missing: int
    not_due: int
    hidden: int
    not_available: int
    not_applicable: int


class FactAsAt(NamedTuple):
    id: int
    revision_id: int
    figure_id: int
    period: str
    starts_on: date
    ends_on: date
    agency_id: int
    area_id: int
    dimension_set_id: int
    value: int | None
    state: str
    row_no: int


def cells_as_at(
    session: Session,
    at: AsAt,
    figure_ids: Sequence[int],
    *,
    first: date | None = None,
    last: date | None = None,
    area_ids: Sequence[int] | None = None,
    dimension_set_ids: Sequence[int] | None = None,
    agency_ids: Sequence[int] | None = None,
    by_agency: bool = False,
) -> list[CellAsAt]:
    """Cells of the figures whose periods start on or after `first` and end on or before `last`, by period and place."""
    span = _Span(first, last, area_ids, dimension_set_ids, agency_ids)
    may_be_newest = at.position >= at.newest  # the newest one when it was resolved
    if may_be_newest and not by_agency and agency_ids is None:
        current = _current_cells(session, at, figure_ids, span)
        if current is not None:
            return current
    return _cells_from_facts(session, at, figure_ids, span, by_agency=by_agency)


class _Span(NamedTuple):
    first: date | None
    last: date | None
    area_ids: Sequence[int] | None
    dimension_set_ids: Sequence[int] | None = None
    agency_ids: Sequence[int] | None = None


# Columns of tables and not of classes: thousands of rows come as they are, without being made for the classes first.
_FACT, _CELL, _DAYS, _LEDGER = (each.__table__.c for each in (Fact, AreaNow, PeriodRow, LedgerHead))
_PERIOD = (_DAYS.code, _DAYS.starts_on, _DAYS.ends_on)


def _asked(at: AsAt, figure_ids: Sequence[int], span: _Span) -> dict[str, Any]:
    """What a statement about cells or facts is asked with. What does not narrow it is left out."""
    narrowing = {**span._asdict(), "ended_before": at.ended_before, "published": at.published_only or None}
    return {
        "partnership_id": at.partnership_id,
        "position": at.position,
        "figure_ids": figure_ids,
        **{name: value for name, value in narrowing.items() if value is not None},
    }


def _narrow(query: Any, columns: Any, names: Collection[str]) -> Any:
    conditions = {
        "first": _DAYS.starts_on >= bindparam("first"),
        "last": _DAYS.ends_on <= bindparam("last"),
        "area_ids": columns.area_id.in_(bindparam("area_ids", expanding=True)),
        "dimension_set_ids": columns.dimension_set_id.in_(bindparam("dimension_set_ids", expanding=True)),
        "agency_ids": _of_agencies(),  # current cells have none
        "ended_before": _DAYS.ends_on < bindparam("ended_before"),
        "published": columns.published,
    }
    return query.where(*(condition for name, condition in conditions.items() if name in names))


def _of_agencies() -> Any:
    """By way of what they signed: little beside what others signed of the same figures."""
    agencies: BindParameter[int] = bindparam("agency_ids", expanding=True)
    here = Revision.partnership_id == bindparam("partnership_id")
    signed = select(Revision.id).where(here, Revision.agency_id.in_(agencies))
    return and_(_FACT.agency_id.in_(agencies), _FACT.revision_id.in_(signed))


def _current_cells(
    session: Session, at: AsAt, figure_ids: Sequence[int], span: _Span
) -> list[CellAsAt] | None:
    """Current cells where the position is still the newest one, else None: a sign-off may commit between two reads."""
    asked = _asked(at, figure_ids, span)
    rows = session.execute(_current_query(frozenset(asked)), asked).all()
    if not rows or rows[0][0] != at.position:
        return None
    cells_found = [CellAsAt._make(row[1:]) for row in rows if row[1] is not None]
    return [cell for cell in cells_found if cell.received or any(cell[-len(COUNTS) :])]


@cache  # making a statement costs more than asking it
def _current_query(names: frozenset[str]) -> Any:
    """The head and the cells are read in one statement, hence in one snapshot."""
    cells = (
        select(
            _CELL.partnership_id,
            _CELL.figure_id,
            *_PERIOD,
            literal(0).label("agency_id"),
            _CELL.area_id,
            _CELL.dimension_set_id,
            _CELL.value,
            *(_CELL[name] for name in COUNTS),
        )
        .join(PeriodRow.__table__, _DAYS.id == _CELL.period_id)
        .where(
            _CELL.partnership_id == bindparam("partnership_id"),
            _CELL.figure_id.in_(bindparam("figure_ids", expanding=True)),
        )
    )
    narrowed = _narrow(cells, _CELL, names).subquery()
    columns = [column for column in narrowed.c if column.name != "partnership_id"]
    return (
        select(_LEDGER.position, *columns)
        .select_from(LedgerHead.__table__)
        .outerjoin(
            narrowed,
            and_(
                narrowed.c.partnership_id == _LEDGER.partnership_id,
                _LEDGER.position == bindparam("position"),
            ),
        )
        .where(_LEDGER.partnership_id == bindparam("partnership_id"))
        .order_by(narrowed.c.starts_on, narrowed.c.figure_id, narrowed.c.area_id, narrowed.c.dimension_set_id)
    )


def _known() -> Any:
    return and_(
        _FACT.partnership_id == bindparam("partnership_id"),
        _FACT.known_from <= bindparam("position"),
        or_(_FACT.known_until.is_(None), _FACT.known_until > bindparam("position")),
        _FACT.figure_id.in_(bindparam("figure_ids", expanding=True)),
    )


def _cells_from_facts(
    session: Session, at: AsAt, figure_ids: Sequence[int], span: _Span, *, by_agency: bool
) -> list[CellAsAt]:
    asked = _asked(at, figure_ids, span)
    rows = session.execute(_facts_query(frozenset(asked), by_agency=by_agency), asked)
    return [CellAsAt(*row[:7], *(int(number) for number in row[7:])) for row in rows]


@cache
def _facts_query(names: frozenset[str], *, by_agency: bool) -> Any:
    agency = _FACT.agency_id if by_agency else literal(0)
    counts = [func.sum(case((_FACT.state.in_(_states_of(name)), 1), else_=0)) for name in COUNTS]
    query = (
        select(
            _FACT.figure_id,
            *_PERIOD,
            agency.label("agency_id"),
            _FACT.area_id,
            _FACT.dimension_set_id,
            func.coalesce(func.sum(_FACT.value), 0),
            *counts,
        )
        .join(PeriodRow.__table__, _DAYS.id == _FACT.period_id)
        .where(_known())
        .group_by(_FACT.figure_id, *_PERIOD, _FACT.area_id, _FACT.dimension_set_id)
        .order_by(_DAYS.starts_on, _FACT.figure_id, _FACT.area_id, _FACT.dimension_set_id)
    )
    if by_agency:
        query = query.group_by(_FACT.agency_id).order_by(_FACT.agency_id)
    return _narrow(query, _FACT, names)


def _states_of(count: str) -> list[int]:
    names = ("value", "nil") if count == "received" else (count,)
    return [STATE_NUMBER[name] for name in names]


class CountAsAt(NamedTuple):
    """One signed figure by its numbers alone: what a page of thousands of cells reads."""

    figure_id: int
    period_id: int
    agency_id: int
    dimension_set_id: int
    value: int | None
    state: int  # its place in STATES


def counts_as_at(
    session: Session,
    at: AsAt,
    figure_ids: Sequence[int],
    period_ids: Sequence[int],
    *,
    agency_ids: Sequence[int] | None = None,
    dimension_set_ids: Sequence[int] | None = None,
    area_id: int | None = WHOLE,
) -> list[CountAsAt]:
    """Figures of some periods, of the whole place or of one area (None is any), without grouping and without what stands
    behind them."""
    query = select(*(_FACT[name] for name in CountAsAt._fields)).where(
        _known(), _FACT.period_id.in_(period_ids)
    )
    if area_id is not None:
        query = query.where(_FACT.area_id == area_id)
    if agency_ids is not None:
        query = query.where(_FACT.agency_id.in_(agency_ids))
    if dimension_set_ids is not None:
        query = query.where(_FACT.dimension_set_id.in_(dimension_set_ids))
    asked = {"partnership_id": at.partnership_id, "position": at.position, "figure_ids": figure_ids}
    return [CountAsAt._make(row) for row in session.execute(query, asked).all()]


class EverSigned(NamedTuple):
    """One figure of one revision, whether it stands or was superseded. `collected_id` is the period that the return was for."""

    fact_id: int
    revision_id: int
    collected_id: int
    figure_id: int
    period: str
    agency_id: int
    area_id: int
    dimension_set_id: int
    value: int | None
    state: int  # its place in STATES
    position: int
    signed_at: datetime
    stands: bool


def ever_signed(
    session: Session,
    at: AsAt,
    figure_ids: Sequence[int],
    *,
    kind: str | None = None,
    collected: Collection[int] | None = None,
) -> list[EverSigned]:
    """Every figure that any revision up to a position gave, in the order of signing.

    `kind` leaves what agencies of that kind sent, `collected` what was sent for these periods of collection.
    """
    narrowing = {"kind": kind, "collected": None if collected is None else list(collected)}
    narrowed = {name: value for name, value in narrowing.items() if value is not None}
    asked = {"partnership_id": at.partnership_id, "position": at.position, "figure_ids": figure_ids}
    rows = session.execute(_ever_query(frozenset(narrowed)), asked | narrowed)
    return [EverSigned._make(row) for row in rows]


@cache
def _ever_query(names: frozenset[str]) -> Any:
    position: BindParameter[int] = bindparam("position")
    query = (
        select(
            _FACT.id,
            _FACT.revision_id,
            Revision.period_id,
            _FACT.figure_id,
            _DAYS.code,
            _FACT.agency_id,
            _FACT.area_id,
            _FACT.dimension_set_id,
            _FACT.value,
            _FACT.state,
            _FACT.known_from,
            Revision.signed_at,
            or_(_FACT.known_until.is_(None), _FACT.known_until > position),
        )
        .join(PeriodRow.__table__, _DAYS.id == _FACT.period_id)
        .join(
            Revision,
            and_(Revision.partnership_id == _FACT.partnership_id, Revision.id == _FACT.revision_id),
        )
        .where(
            _FACT.partnership_id == bindparam("partnership_id"),
            _FACT.figure_id.in_(bindparam("figure_ids", expanding=True)),
            _FACT.known_from <= position,
        )
        .order_by(_FACT.known_from, _FACT.id)
    )
    if "collected" in names:
        collected: BindParameter[int] = bindparam("collected", expanding=True)
        inside = _FACT.period_id.in_(_lying_in(collected))  # so that no others are looked at
        query = query.where(Revision.period_id.in_(collected), inside)
    if "kind" in names:
        of_kind = select(Agency.id).where(Agency.kind == bindparam("kind"))
        query = query.where(_FACT.agency_id.in_(of_kind))
    return query


def _lying_in(collected: BindParameter[Any]) -> Any:
    """The select of the periods of figures that lie in periods of collection."""
    own, whole = aliased(PeriodRow), aliased(PeriodRow)
    lies = and_(own.starts_on >= whole.starts_on, own.ends_on <= whole.ends_on)
    return select(own.id).join(whole, lies).where(whole.id.in_(collected))


def facts_as_at(
    session: Session,
    at: AsAt,
    figure_ids: Sequence[int],
    *,
    first: date | None = None,
    last: date | None = None,
    area_ids: Sequence[int] | None = None,
    agency_ids: Sequence[int] | None = None,
    after: tuple[date, int] | None = None,
    limit: int | None = None,
) -> list[FactAsAt]:
    """Single signed figures, each with the revision and the row it stands in.

    A page of one agency's: up to `limit` behind the figure that starts on `after`'s day and has its number.
    """
    query = (
        select(
            Fact.id,
            Fact.revision_id,
            Fact.figure_id,
            *_PERIOD,
            Fact.agency_id,
            Fact.area_id,
            Fact.dimension_set_id,
            Fact.value,
            Fact.state,
            Fact.row_no,
        )
        .join(PeriodRow, PeriodRow.id == Fact.period_id)
        .where(_known())
        .order_by(PeriodRow.starts_on, Fact.agency_id, Fact.id)
    )
    if after is not None:
        day, number = after
        query = query.where(
            or_(PeriodRow.starts_on > day, and_(PeriodRow.starts_on == day, Fact.id > number))
        )
    if limit is not None:
        query = query.limit(limit)
    asked = _asked(at, figure_ids, _Span(first, last, area_ids, agency_ids=agency_ids))
    rows: Any = session.execute(_narrow(query, _FACT, asked), asked)
    return [FactAsAt._make((*row[:10], STATES[row[10]], row[11])) for row in rows]
