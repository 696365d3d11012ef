"""Senders by months: agree, timing, query or cannot compare, with the net and the absolute asymmetry of each sender."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from typing import NamedTuple

from sqlalchemy.orm import Session

from hub.comparison.model import (
    NEITHER,
    NO_SENT,
    PART_OF_IT,
    Asked,
    Cell,
    Compared,
    Pair,
    Row,
    Sender,
    Terms,
)
from hub.comparison.sides import INCOMPLETE, Count, Sides, months_ended, sides_as_at
from hub.comparison.terms import terms_as_at
from hub.facts.models import WHOLE
from hub.facts.moments import AsAt
from hub.measures.model import Measure
from hub.measures.protect import SCHOOLS_WITHHELD, Audience
from hub.periods import Period
from hub.statistics.reconcile import MONTHS_TOGETHER, Judged, Matrix, judged, matrix


def compared(session: Session, at: AsAt, measure: Measure, asked: Asked) -> Compared:
    """The whole matrix, exact: `shown` makes it what a reader may see."""
    terms = terms_as_at(session, at.partnership_id, measure.id, at.moment)
    around = _with_neighbours(asked)
    months = months_ended(around.first, around.last, at.today)
    sides = sides_as_at(session, at, measure, around)
    wanted = [place for place, month in enumerate(months) if asked.first <= month.starts_on <= asked.last]
    spans = _Months(months, [month.code for month in months], [month.name for month in months], wanted)
    every = (_row(sides, sender, terms, spans) for sender in sides.senders)
    rows = tuple(row for row in every if asked.area_id == WHOLE or _counts(row))
    return Compared(measure, terms, tuple(months[place] for place in wanted), rows, _together(rows), asked)


def _counts(row: Row) -> bool:
    """Whether either side has a number of the sender at all: most do not count by area."""
    return any(cell is not None and (cell.sent is not None or cell.logged) for cell in row.cells)


def _together(rows: Sequence[Row]) -> Matrix:
    return matrix([both for row in rows for both in _comparable(row.cells)])


def _comparable(cells: Sequence[Cell | None]) -> list[tuple[int, int]]:
    """Both sides of the months that can be compared."""
    known = [cell for cell in cells if cell is not None and cell.state is not None]
    return [(c.sent, c.logged) for c in known if c.sent is not None and c.logged is not None]


def _with_neighbours(asked: Asked) -> Asked:
    """The months before and after decide whether a difference is one of timing."""
    further = timedelta(days=31 * MONTHS_TOGETHER)
    return replace(asked, first=asked.first - further, last=asked.last + further)


class _Months(NamedTuple):
    """The months read, what they are called, and the places of those that are shown."""

    periods: Sequence[Period]
    codes: Sequence[str]
    names: Sequence[str]
    wanted: Sequence[int]


def _row(sides: Sides, sender: Sender, terms: Terms, months: _Months) -> Row:
    pair = terms.of(sender.code)
    sent: list[Count] = [sides.sent.get((sender.code, month)) for month in months.codes]
    logged: list[Count] = [sides.logged_from(sender.code, month) for month in months.codes]
    found = judged([_whole(s) for s in sent], [_whole(r) for r in logged], tolerance=pair.tolerance)
    first, last = sides.asked_of[sender.code]
    cells = tuple(
        _cell_of(sent[place], logged[place], found[place], pair, months.names, sides.not_received)
        if _is_asked(months.periods[place], first, last) or sent[place] is not None
        else None
        for place in months.wanted
    )
    return Row(sender, pair, cells, matrix(_comparable(cells)))


def _is_asked(month: Period, first: date, last: date) -> bool:
    return first <= month.starts_on and month.ends_on <= last


def _whole(count: Count) -> int | None:
    """A number that is complete."""
    return count if isinstance(count, int) else None


def _cell_of(
    sent: Count, logged: Count, found: Judged | None, pair: Pair, names: Sequence[str], not_received: str
) -> Cell:
    """Both sides of one month as judged; `names` are those of the months that were judged together."""
    if pair.units_differ:
        return Cell(_whole(sent), _whole(logged), None, pair.units_differ)
    if found is None:
        return Cell(_whole(sent), _whole(logged), None, _why_not(sent, logged, not_received))
    if found.evened_out:
        first, last = found.evened_out
        return Cell(_whole(sent), _whole(logged), found.state, f"even over {names[first]} to {names[last]}")
    return Cell(_whole(sent), _whole(logged), found.state)


def _why_not(sent: Count, logged: Count, not_received: str) -> str:
    if INCOMPLETE in (sent, logged):
        return PART_OF_IT
    if sent is None:
        return NEITHER if logged is None else NO_SENT
    return not_received


def shown(found: Compared, audience: Audience) -> Compared:
    """The matrix as a reader may see it: a state tells a small number too, so a school's row is there or it is not."""
    kept = tuple(row for row in found.rows if may_see(row.sender, audience))
    if len(kept) == len(found.rows):
        return found
    return replace(found, rows=kept, whole=_together(kept), withheld=SCHOOLS_WITHHELD)


def may_see(sender: Sender, audience: Audience) -> bool:
    return audience.exact or sender.kind != "school" or sender.code in audience.agencies
