"""Which figures of single schools wait to be told with others', and what that takes away from the cells of a ledger.

Takes a ledger as at a moment and a return that schools send about children; gives the changes that make of its cells what
readers outside the schools have: less what waits, and what stood before it where that was told.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from hub.calendar.models import DueItem
from hub.definitions.model import Definition
from hub.definitions.models import PeriodRow
from hub.facts.queries import AsAt, CellAsAt, EverSigned, ever_signed
from hub.facts.recalled import recalled
from hub.facts.rollups import COUNT_OF_STATE, COUNTS
from hub.measures.profiles import chosen
from hub.measures.schools_together import Sent, told
from hub.partners.models import Agency
from hub.periods import Kind, Period, parse, within

SCHOOL = "school"
Key = tuple[int, Period, int, int]  # figure, period, area, dimension set


class Change(NamedTuple):
    """One school's figure that is taken out of its cell (sign -1), or put back as it stood before (sign 1)."""

    figure_id: int
    period: Period
    agency_id: int
    area_id: int
    dimension_set_id: int
    value: int
    state: int
    sign: int

    @property
    def key(self) -> Key:
        return self.figure_id, self.period, self.area_id, self.dimension_set_id


@dataclass(frozen=True)
class Waiting:
    """What waits of one return. `came`: the schools of a period that are in and not counted yet."""

    changes: tuple[Change, ...]
    came: Mapping[Period, frozenset[int]]


NONE_WAITS = Waiting((), {})


def waiting(
    session: Session, at: AsAt, definition: Definition, figure_ids: Mapping[tuple[str, str], int]
) -> Waiting:
    """What of a return waits as at a moment; worked out once as long as nothing is signed."""
    owes = next((each for each in definition.owes if SCHOOL in each.kinds), None)
    if owes is None or not definition.of_children or at.published_only:
        return NONE_WAITS
    ids = [
        number
        for (breakdown, name), number in figure_ids.items()
        if breakdown in owes.breakdowns and name in owes.figures
    ]
    return recalled(
        session,
        at,
        ("waiting", definition.code),
        lambda: _waiting(session, at, definition.code, ids, owes.grain),
    )


def _waiting(
    session: Session, at: AsAt, return_code: str, figure_ids: Collection[int], grain: Kind
) -> Waiting:
    rows: dict[Key, list[EverSigned]] = defaultdict(list)
    for row in ever_signed(session, at, list(figure_ids), kind=SCHOOL):
        rows[row.figure_id, parse(row.period), row.area_id, row.dimension_set_id].append(row)
    due = _due(session, at, return_code, grain)
    changes = [
        change
        for key, signed in rows.items()
        for change in _changes(key, signed, *due.get(key[1], (0, date.min)), at)
    ]
    schools: dict[Period, set[int]] = defaultdict(set)
    back = {(each.key, each.agency_id) for each in changes if each.sign > 0}
    for each in changes:
        if (each.key, each.agency_id) not in back:
            schools[each.period].add(each.agency_id)
    return Waiting(tuple(changes), {period: frozenset(came) for period, came in schools.items()})


def _due(session: Session, at: AsAt, return_code: str, grain: Kind) -> dict[Period, tuple[int, date]]:
    """How many schools owe the figures of a period, and by when."""
    rows = session.execute(
        select(PeriodRow.code, func.count(), func.max(DueItem.due_on))
        .join(PeriodRow, PeriodRow.id == DueItem.period_id)
        .join(Agency, Agency.id == DueItem.agency_id)
        .where(
            DueItem.partnership_id == at.partnership_id,
            DueItem.return_code == return_code,
            Agency.kind == SCHOOL,
        )
        .group_by(PeriodRow.code)
    )
    return {
        period: (number, due_on or date.min)
        for code, number, due_on in rows
        for period in within(parse(code), grain)
    }


def _changes(key: Key, signed: Iterable[EverSigned], owing: int, due_on: date, at: AsAt) -> Iterable[Change]:
    """What of one cell waits."""
    by_number = {row.fact_id: row for row in signed}
    counted = told(
        [Sent(row.agency_id, row.value, row.signed_on, row.fact_id) for row in by_number.values()],
        owing,
        due_on,
        at.today,
        profile=chosen("partnership"),
    )
    stands = {row.agency_id: row for row in by_number.values() if row.stands}
    for school in counted.keys() | stands.keys():
        sent, now = counted.get(school), stands.get(school)
        before = by_number[sent.number] if sent else None
        if before is now:
            continue
        for row, sign in ((now, -1), (before, 1)):
            if row is not None:
                figure_id, period, area_id, set_id = key
                yield Change(figure_id, period, school, area_id, set_id, row.value or 0, row.state, sign)


def without(cells: Iterable[CellAsAt], changes: Iterable[Change], *, by_agency: bool) -> list[CellAsAt]:
    """Cells as readers outside the schools have them; one in which nothing is left is none."""
    found = {
        _place(cell.figure_id, cell.period, cell.agency_id, cell.area_id, cell.dimension_set_id): cell
        for cell in cells
    }
    for each in changes:
        agency_id = each.agency_id if by_agency else 0
        place = _place(each.figure_id, each.period.code, agency_id, each.area_id, each.dimension_set_id)
        cell = found.get(place)
        if cell is None:
            cell = CellAsAt(
                each.figure_id, each.period.code, each.period.starts_on, each.period.ends_on,
                agency_id, each.area_id, each.dimension_set_id, 0, *(0 for _ in COUNTS),
            )  # fmt: skip
        count = COUNTS[COUNT_OF_STATE[each.state]]
        found[place] = cell._replace(
            value=cell.value + each.sign * each.value, **{count: getattr(cell, count) + each.sign}
        )
    return [cell for cell in found.values() if any(cell[-len(COUNTS) :])]


def _place(*parts: int | str) -> tuple[int | str, ...]:
    return parts
