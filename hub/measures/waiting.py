"""Which figures of single schools wait to be told with others', and what that takes away from the cells of a ledger.

Takes a ledger as at a moment and a return that schools send about children; gives the changes that make of its cells what
readers outside the schools have: less what waits, and what stood before it where that was told.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import NamedTuple

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from hub.audit.settled import settled
from hub.calendar.models import DueItem
from hub.clock import london_date
from hub.definitions.model import Definition
from hub.facts.moments import AsAt
from hub.facts.queries import CellAsAt, EverSigned, ever_signed
from hub.facts.recalled import remembered_each
from hub.facts.rollups import COUNT_OF_STATE, COUNTS
from hub.facts.signatures import Signatures
from hub.measures.profiles import DisclosureProfile
from hub.measures.schools_together import WAITED, Sent, told
from hub.partners.models import Agency
from hub.periods import Period, parse

SCHOOL = "school"
SETTLED = timedelta(days=400)
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
    """What waits of one return. `came`: the schools of a period that are in and not counted yet. `ended`: the periods of which
    nobody is waited for any more, because what is left has too few children ever to be told (methods.md section 4)."""

    changes: tuple[Change, ...]
    came: Mapping[Period, frozenset[int]]
    ended: frozenset[Period] = frozenset()


NONE_WAITS = Waiting((), {})


def waiting(
    session: Session,
    at: AsAt,
    definition: Definition,
    figure_ids: Mapping[tuple[str, str], int],
    signed: Iterable[Signatures],
    profile: DisclosureProfile,
) -> Waiting:
    """What of a return waits as at a moment, of the periods of collection that schools signed.

    Each is worked out once for what schools had signed of it and which of them owe it, whatever else is signed.
    """
    owes = definition.owes_for(SCHOOL)
    if owes is None:
        return NONE_WAITS
    ids = tuple(
        number
        for (breakdown, name), number in figure_ids.items()
        if breakdown in owes.breakdowns and name in owes.figures
    )
    owed = settled(session, _owed, at.partnership_id, definition.code)
    looks: dict[_Look, Hashable] = {}
    for number, period, stamp in signed:
        # Long after the period its waiting is settled until somebody signs again, or another school owes it.
        today = min(at.today, period.ends_on + SETTLED)
        look = _Look(session, at, today, number, owed.get(number, NOBODY_OWES), profile)
        looks[look] = (
            at.partnership_id,
            "waiting",
            definition.code,
            number,
            stamp,
            today,
            look.owed,
            profile,
            ids,
        )
    found = remembered_each(looks, lambda lacking: {look: _waiting(look, ids) for look in lacking}).values()
    return Waiting(
        tuple(change for each in found for change in each.changes),
        {period: schools for each in found for period, schools in each.came.items()},
        frozenset(period for each in found for period in each.ended),
    )


class _Look(NamedTuple):
    """One period of collection of a return, by its number, as at a moment."""

    session: Session
    at: AsAt
    today: date
    period_id: int
    owed: _Owed
    profile: DisclosureProfile


class _Owed(NamedTuple):
    """By how many schools a period is owed, and the last day on which it is due of any."""

    schools: int
    due_on: date | None


NOBODY_OWES = _Owed(0, None)


def _owed(session: Session, partnership_id: int, return_code: str) -> dict[int, _Owed]:
    """Period of collection, by its number → who owes a return for it."""
    query = (
        select(DueItem.period_id, func.count(), func.max(DueItem.due_on))
        .join(Agency, Agency.id == DueItem.agency_id)
        .where(
            DueItem.partnership_id == partnership_id,
            DueItem.return_code == return_code,
            Agency.kind == SCHOOL,
        )
        .group_by(DueItem.period_id)
    )
    return {number: _Owed(schools, due_on) for number, schools, due_on in session.execute(query)}


def _waiting(look: _Look, figure_ids: Sequence[int]) -> Waiting:
    rows: dict[Key, list[EverSigned]] = defaultdict(list)
    for row in ever_signed(look.session, look.at, figure_ids, kind=SCHOOL, collected=[look.period_id]):
        rows[row.figure_id, parse(row.period), row.area_id, row.dimension_set_id].append(row)
    owing, due_on = look.owed.schools, look.owed.due_on or date.min
    changes = [
        change for key, signed in rows.items() for change in _changes(key, signed, owing, due_on, look)
    ]
    schools: dict[Period, set[int]] = defaultdict(set)
    back = {(each.key, each.agency_id) for each in changes if each.sign > 0}
    for each in changes:
        if (each.key, each.agency_id) not in back:
            schools[each.period].add(each.agency_id)
    over = look.today > due_on + WAITED
    return Waiting(
        tuple(changes),
        {period: frozenset(came) for period, came in schools.items()},
        frozenset(schools) if over else frozenset(),
    )


def _changes(
    key: Key, signed: Iterable[EverSigned], owing: int, due_on: date, look: _Look
) -> Iterable[Change]:
    """What of one cell waits."""
    by_number = {row.fact_id: row for row in signed}
    counted = told(
        [
            Sent(row.agency_id, row.value, london_date(row.signed_at), row.fact_id)
            for row in by_number.values()
        ],
        owing,
        due_on,
        look.today,
        profile=look.profile,
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
