"""Over whom a number is: what was due and what had come, by period of collection, as at a moment."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache, lru_cache
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, bindparam, case, exists, func, literal, select
from sqlalchemy.orm import Session

from hub import periods
from hub.audit.settled import settled
from hub.calendar.models import DueItem
from hub.definitions.models import PeriodRow
from hub.facts.known_periods import periods_by_id
from hub.facts.models import Revision
from hub.facts.moments import AsAt
from hub.facts.owed import Owing, owing
from hub.measures.model import Coverage
from hub.partners.models import Agency
from hub.periods import Kind, Period

NOBODY = Coverage(0, 0)
MOST_NAMED = 8


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
    by_agency: bool = False,
    kinds: Sequence[str] | None = None,
    first: date | None = None,
    last: date | None = None,
    known: Owing | None = None,
) -> list[Collected]:
    """Due and received for each period of collection of a return, of those that touch the days from `first` to `last`.

    `kinds` narrows to the kinds of agency that are asked for the figures, where the return asks others for other ones. `known` is
    what several returns of a page share.
    """
    narrow = _Narrow(return_code, kinds=kinds, first=first, last=last, by_agency=by_agency)
    return _collected(session, at, narrow, known or owing(session, at)).get(return_code, [])


def collected_of_all(
    session: Session, at: AsAt, known: Owing, *, agency_id: int | None = None
) -> dict[str, list[Collected]]:
    """The same for every return, of the whole place or of one agency, read at once."""
    of_one = _Narrow(agency_ids=[agency_id], by_agency=True) if agency_id is not None else _Narrow()
    return _collected(session, at, of_one, known)


class _Narrow(NamedTuple):
    """Of what is counted: of every return and of everybody who owes it, unless narrowed."""

    return_code: str | None = None
    agency_ids: Sequence[int] | None = None
    kinds: Sequence[str] | None = None
    first: date | None = None
    last: date | None = None
    by_agency: bool = False

    def asked(self, at: AsAt) -> dict[str, Any]:
        """What a statement is asked with. What does not narrow it is left out."""
        narrowing = {name: value for name, value in self._asdict().items() if name != "by_agency"}
        of = {"partnership_id": at.partnership_id, "position": at.position, "today": at.today}
        return of | {name: value for name, value in narrowing.items() if value is not None}


@cache  # making a statement costs more than asking it
def _narrowing(model: type[DueItem] | type[Revision], names: frozenset[str]) -> list[ColumnElement[bool]]:
    of_kinds = select(Agency.id).where(Agency.kind.in_(bindparam("kinds", expanding=True)))
    begins = {
        "first": PeriodRow.ends_on >= bindparam("first"),
        "last": PeriodRow.starts_on <= bindparam("last"),
    }
    conditions = {
        "partnership_id": model.partnership_id == bindparam("partnership_id"),
        "return_code": model.return_code == bindparam("return_code"),
        "agency_ids": model.agency_id.in_(bindparam("agency_ids", expanding=True)),
        "kinds": model.agency_id.in_(of_kinds),
    }
    span = [condition for name, condition in begins.items() if name in names]
    inside = [model.period_id.in_(select(PeriodRow.id).where(*span))] if span else []
    return [*(condition for name, condition in conditions.items() if name in names), *inside]


@cache
def _due_query(names: frozenset[str], *, by_agency: bool) -> Any:
    fallen_due = func.sum(case((DueItem.due_on <= bindparam("today"), 1), else_=0))
    return _counted(DueItem, names, [func.count(), fallen_due], by_agency=by_agency)


@cache
def _came_query(names: frozenset[str], *, by_agency: bool) -> Any:
    # The first revision says that something came; later ones correct it.
    query = _counted(Revision, names, [func.count()], by_agency=by_agency)
    return query.where(Revision.number == 1, Revision.position <= bindparam("position"))


def _counted(
    model: type[DueItem] | type[Revision], names: frozenset[str], counts: Sequence[Any], *, by_agency: bool
) -> Any:
    """Counts with their return, period and agency (0 unless by agency) before them."""
    place: list[Any] = [model.return_code, model.period_id, *([model.agency_id] if by_agency else ())]
    columns = place if by_agency else [*place, literal(0)]
    return select(*columns, *counts).where(*_narrowing(model, names)).group_by(*place)


def _collected(session: Session, at: AsAt, narrow: _Narrow, owed: Owing) -> dict[str, list[Collected]]:
    """Return → what was due and came; both are counted in an index of their own."""
    asked = narrow.asked(at)
    queries = [query(frozenset(asked), by_agency=narrow.by_agency) for query in (_came_query, _due_query)]
    received = {tuple(place): count for *place, count in session.execute(queries[0], asked)}
    rows = session.execute(queries[1].where(*owed.only) if owed.only else queries[1], asked).all()
    later = _with_more_time(session, at, owed, narrow)
    known = periods_by_id(session, {row[1] for row in rows})
    found: dict[str, list[Collected]] = defaultdict(list)
    for return_code, period_id, agency_id, count, fallen in rows:
        place, period = (return_code, period_id, agency_id), known[period_id]
        if at.ended_before is None or period.ends_on < at.ended_before:
            found[return_code].append(
                Collected(period, agency_id, count, int(fallen) - later[place], received.get(place, 0))
            )
    for each in found.values():
        each.sort(key=lambda one: one.period.starts_on)
    return found


def _with_more_time(
    session: Session, at: AsAt, owed: Owing, narrow: _Narrow
) -> Counter[tuple[str, int, int]]:
    """How many of each return had fallen due by the calendar, but have a later day that was agreed before it."""
    waiting = [item_id for item_id, day in owed.later.items() if day > at.today]
    if not waiting:
        return Counter()
    asked = narrow.asked(at)
    query = select(DueItem.return_code, DueItem.period_id, DueItem.agency_id).where(
        DueItem.id.in_(waiting),
        DueItem.due_on <= at.today,
        *owed.only,
        *_narrowing(DueItem, frozenset(asked)),
    )
    found = session.execute(query, asked)
    return Counter((code, period, agency if narrow.by_agency else 0) for code, period, agency in found)


def owed_by(
    session: Session, at: AsAt, return_code: str, kinds: Collection[str], known: Owing
) -> dict[Period, frozenset[int]]:
    """Period of collection → the agencies of these kinds that owe a return for it, whatever came."""
    if known.only:
        return _owed_by(session, at.partnership_id, return_code, frozenset(kinds), *known.only)
    return settled(session, _owed_by, at.partnership_id, return_code, frozenset(kinds))


def _owed_by(
    session: Session, partnership_id: int, return_code: str, kinds: frozenset[str], *only: ColumnElement[bool]
) -> dict[Period, frozenset[int]]:
    query = (
        select(PeriodRow.code, DueItem.agency_id)
        .join(PeriodRow, PeriodRow.id == DueItem.period_id)
        .where(
            DueItem.partnership_id == partnership_id,
            DueItem.return_code == return_code,
            DueItem.agency_id.in_(select(Agency.id).where(Agency.kind.in_(kinds))),
            *only,
        )
    )
    found: dict[str, set[int]] = defaultdict(set)
    for code, agency_id in session.execute(query):
        found[code].add(agency_id)
    return {periods.parse(code): frozenset(agencies) for code, agencies in found.items()}


def asked(at: AsAt, return_code: str, period: Period, known: Owing) -> Any:
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
            *known.only,
        )
    )


def missing_agencies(
    session: Session,
    at: AsAt,
    return_code: str,
    period: Period,
    *,
    kinds: Sequence[str] | None = None,
    known: Owing | None = None,
) -> list[str]:
    """Codes of the agencies whose return for a period has fallen due and has not come; `known` as for `collected`."""
    known = known or owing(session, at)
    came = exists().where(
        Revision.partnership_id == DueItem.partnership_id,
        Revision.due_item_id == DueItem.id,
        Revision.number == 1,
        Revision.position <= at.position,
    )
    query = (
        asked(at, return_code, period, known)
        .where(
            DueItem.due_on <= at.today,
            DueItem.id.not_in([item_id for item_id, day in known.later.items() if day > at.today]),
            ~came,
        )
        .order_by(Agency.kind, Agency.code)
    )
    if kinds is not None:
        query = query.where(Agency.kind.in_(kinds))
    return list(session.scalars(query))


def named(agencies: Sequence[str], most: int = MOST_NAMED) -> str:
    """The first of several names, and how many more there are: a sentence of forty schools says nothing."""
    more = f" and {len(agencies) - most} more" if len(agencies) > most else ""
    return ", ".join(agencies[:most]) + more


def by_period(rows: Iterable[Collected], kind: Kind) -> dict[Period, tuple[Coverage, bool]]:
    """For each period of a kind: coverage over every period of collection that contains it, and whether anything fell due."""
    sums: dict[Period, tuple[int, int, int]] = {}
    for row in rows:
        for period in periods.within(row.period, kind):
            received, due, fallen = sums.get(period, (0, 0, 0))
            sums[period] = received + row.received, due + row.due, fallen + row.fallen_due
    return {period: (over(received, due), fallen > 0) for period, (received, due, fallen) in sums.items()}


@lru_cache(maxsize=4096)  # thousands of lines of one page are over one return each
def over(received: int, due: int) -> Coverage:
    return Coverage(received, due)
