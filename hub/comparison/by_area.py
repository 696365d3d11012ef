"""One sender's months area by area: what it says it sent for each, and what was logged from it for each.

Possible only where the receiving side gave the crossed table that the measure names (`by_area`); a month without it
cannot be compared. Where either side does not know the area there is nothing to set against one another.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.comparison.matrix import cell_of, whole, with_neighbours
from hub.comparison.model import Asked, Cell, Pair, Sender
from hub.comparison.sides import Count, count, figure_ids, months_ended, source_of
from hub.definitions.model import WITHIN
from hub.facts.models import AREA_BREAKDOWN, AREA_NOT_KNOWN, DimensionMember
from hub.facts.queries import AsAt, CellAsAt, cells_as_at
from hub.measures.model import Measure
from hub.partners.queries import areas_on
from hub.periods import Period
from hub.statistics.reconcile import judged

UNKNOWN_AREA = "no area is known"
NOT_CROSSED = "the receiving side did not count this sender by area"

Counts = Mapping[tuple[int, str], Count]  # (area, month's code) → count


@dataclass(frozen=True)
class AreaRow:
    """One area of one sender by month; a cell is None where neither side has a number."""

    name: str
    cells: tuple[Cell | None, ...]

    @property
    def compared(self) -> bool:
        return any(cell is not None and cell.state is not None for cell in self.cells)


def by_area(
    session: Session,
    at: AsAt,
    measure: Measure,
    asked: Asked,
    sender: Sender,
    pair: Pair,
    shown: Sequence[Period],
) -> tuple[AreaRow, ...]:
    """A row for each area that either side named, in the months shown."""
    around = with_neighbours(asked)
    months = months_ended(around.first, around.last, at.today)
    sent = _sent(session, at, measure, around, sender)
    logged, crossed = _logged(session, at, measure, around, sender)
    names = {area.id: area.name for area in areas_on(session, at.partnership_id, at.today)}
    names[AREA_NOT_KNOWN] = "Area not known"
    wanted = {month.code for month in shown}
    named = {area for area, month in (*sent, *logged) if month in wanted}
    return tuple(
        AreaRow(name, _row(area, sent, logged, crossed, pair, months, wanted))
        for area, name in names.items()
        if area in named
    )


def _row(
    area: int,
    sent: Counts,
    logged: Counts,
    crossed: frozenset[str],
    pair: Pair,
    months: Sequence[Period],
    wanted: set[str],
) -> tuple[Cell | None, ...]:
    codes, titles = [month.code for month in months], [month.name for month in months]
    made = [sent.get((area, code)) for code in codes]
    came = [logged.get((area, code), 0) if code in crossed else None for code in codes]
    if area == AREA_NOT_KNOWN:
        found = [Cell(whole(s), whole(r), None, UNKNOWN_AREA) for s, r in zip(made, came, strict=True)]
    else:
        verdicts = judged([whole(s) for s in made], [whole(r) for r in came], tolerance=pair.tolerance)
        found = [
            cell_of(s, r, verdict, pair, titles)
            if code in crossed
            else Cell(whole(s), None, None, NOT_CROSSED)
            for code, s, r, verdict in zip(codes, made, came, verdicts, strict=True)
        ]
    return tuple(
        None if cell.sent is None and not cell.logged else cell
        for code, cell in zip(codes, found, strict=True)
        if code in wanted
    )


def _sent(session: Session, at: AsAt, measure: Measure, asked: Asked, sender: Sender) -> Counts:
    source, *_ = source_of(measure)
    ids = figure_ids(session, source.return_code, AREA_BREAKDOWN, source.numerator)
    cells = cells_as_at(session, at, ids, first=asked.first, last=asked.last, agency_ids=[sender.id])
    return _counts(cells)


def _logged(
    session: Session, at: AsAt, measure: Measure, asked: Asked, sender: Sender
) -> tuple[Counts, frozenset[str]]:
    """What was logged from the sender by area, and the months in which the crossed table was given at all."""
    source, return_code, _, figure = source_of(measure)
    ids = figure_ids(session, return_code, source.logged_by_area, (figure,)) if source.logged_by_area else []
    cells = cells_as_at(session, at, ids, first=asked.first, last=asked.last) if ids else []
    sets = set(
        session.scalars(
            select(DimensionMember.dimension_set_id).where(
                DimensionMember.dimension == source.logged_by_area,
                DimensionMember.code.startswith(f"{sender.code}{WITHIN}", autoescape=True),
            )
        )
    )
    mine = _counts([cell for cell in cells if cell.dimension_set_id in sets])
    return mine, frozenset(cell.period for cell in cells)


def _counts(cells: Sequence[CellAsAt]) -> dict[tuple[int, str], Count]:
    return {(cell.area_id, cell.period): count(cell) for cell in cells}
