"""One sender's months area by area: what it says it sent for each, and what was logged from it for each.

Possible only where the receiving side gave the crossed table that the measure names (`by_area`); a month without it
cannot be compared. Where either side does not know the area there is nothing to set against one another.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from sqlalchemy.orm import Session

from hub.comparison.matrix import compared
from hub.comparison.model import Asked, Cell
from hub.facts.models import AREA_NOT_KNOWN
from hub.facts.moments import AsAt
from hub.measures.model import Measure
from hub.partners.areas import areas_as_at
from hub.periods import Period

UNKNOWN_AREA = "no area is known"


@dataclass(frozen=True)
class AreaRow:
    """One area of one sender by month; a cell is None where neither side has a number."""

    code: str
    name: str
    cells: tuple[Cell | None, ...]

    @property
    def compared(self) -> bool:
        return any(cell is not None and cell.state is not None for cell in self.cells)


def by_area(
    session: Session, at: AsAt, measure: Measure, asked: Asked, shown: Sequence[Period]
) -> tuple[AreaRow, ...]:
    """A row for each area that either side named, in the months shown."""
    areas = [
        (area.id, area.code, area.name)
        for area in areas_as_at(session, at.partnership_id, at.today, at.moment)
    ]
    rows = (
        AreaRow(code, name, _cells(session, at, measure, replace(asked, area_id=number), shown))
        for number, code, name in (*areas, (AREA_NOT_KNOWN, "not-known", "Area not known"))
    )
    return tuple(row for row in rows if any(row.cells))


def _cells(
    session: Session, at: AsAt, measure: Measure, asked: Asked, shown: Sequence[Period]
) -> tuple[Cell | None, ...]:
    found = compared(session, at, measure, asked)
    by_month = dict(zip(found.months, found.rows[0].cells, strict=True)) if found.rows else {}
    return tuple(_of_an_area(by_month.get(month), asked.area_id) for month in shown)


def _of_an_area(cell: Cell | None, area_id: int) -> Cell | None:
    """Nothing where neither side has a number; children of no known area are not set against one another."""
    if cell is None or (cell.sent is None and not cell.logged):
        return None
    return cell if area_id != AREA_NOT_KNOWN else Cell(cell.sent, cell.logged, None, UNKNOWN_AREA)
