"""What the ledger holds of a return already, figure by figure: so that importing the same again changes nothing."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator

from sqlalchemy import and_, select
from sqlalchemy.orm import Session

from hub.definitions.model import NOT_KNOWN, TOTAL
from hub.definitions.models import FigureRow, PeriodRow
from hub.facts.document import Cell
from hub.facts.interning import CHUNK
from hub.facts.models import AREA_BREAKDOWN, AREA_NOT_KNOWN, STATES, DimensionSet, Fact, Revision
from hub.partners.models import Area

Held = tuple[str, str, str, str, int | None, str]  # period, breakdown, code, figure, value, state


def held(session: Session, return_code: str, partnership_ids: Collection[int]) -> dict[int, frozenset[Held]]:
    """Due item → the figures that stand for it now."""
    areas = dict(session.execute(select(Area.id, Area.code)).all()) | {AREA_NOT_KNOWN: NOT_KNOWN}
    standing: dict[int, set[Held]] = defaultdict(set)
    for item, period, breakdown, figure, area, line, value, state in _facts(
        session, return_code, sorted(partnership_ids)
    ):
        code = areas[area] if breakdown == AREA_BREAKDOWN else ""
        if breakdown not in (TOTAL, AREA_BREAKDOWN):
            code = json.loads(line)[breakdown]
        standing[item].add((period, breakdown, code, figure, value, STATES[state]))
    return {item: frozenset(figures) for item, figures in standing.items()}


def as_held(cells: Iterable[Cell]) -> frozenset[Held]:
    """Checked cells in the same form: the row in which a figure stood does not matter."""
    return frozenset(cell[1:] for cell in cells)


def _facts(
    session: Session, return_code: str, partnership_ids: list[int]
) -> Iterator[tuple[int, str, str, str, int, str, int | None, int]]:
    for start in range(0, len(partnership_ids), CHUNK):
        query = (
            select(
                Revision.due_item_id,
                PeriodRow.code,
                FigureRow.breakdown,
                FigureRow.name,
                Fact.area_id,
                DimensionSet.canonical,
                Fact.value,
                Fact.state,
            )
            .join(
                Revision,
                and_(Revision.partnership_id == Fact.partnership_id, Revision.id == Fact.revision_id),
            )
            .join(PeriodRow, PeriodRow.id == Fact.period_id)
            .join(FigureRow, FigureRow.id == Fact.figure_id)
            .join(DimensionSet, DimensionSet.id == Fact.dimension_set_id)
            .where(
                Fact.partnership_id.in_(partnership_ids[start : start + CHUNK]),
                Revision.return_code == return_code,
                Fact.known_until.is_(None),
            )
        )
        yield from session.execute(query)
