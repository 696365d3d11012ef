"""Codes to the numbers that facts carry: figures, periods, areas and dimension sets, looked up once per signing batch.

Periods and dimension sets are made when first needed, in sorted order, so that two sign-offs of different
partnerships that need the same new ones wait for one another instead of locking each other out.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from sqlalchemy import select
from sqlalchemy.orm import InstrumentedAttribute, Session

from hub import periods
from hub.audit.canonical import canonical
from hub.db import insert_missing
from hub.definitions.model import NOT_KNOWN, TOTAL, Definition
from hub.definitions.models import FigureRow, PeriodRow
from hub.errors import UnknownDefinition
from hub.facts.models import AREA_BREAKDOWN, AREA_NOT_KNOWN, WHOLE, DimensionMember, DimensionSet
from hub.partners.models import Area

CHUNK = 5000  # values in one IN list; SQLite takes 32,766 variables in a statement


@dataclass(frozen=True)
class Numbers:
    """The numbers behind the codes of one partnership's cells."""

    figures: dict[tuple[str, str, str], int]  # (return, breakdown, figure)
    periods: dict[str, int]
    areas: dict[str, int]
    sets: dict[str, int]  # canonical text
    placed: dict[tuple[str, str, str], tuple[int, int]] = field(
        default_factory=dict
    )  # lines looked up before

    def place(self, definition: Definition, breakdown: str, code: str) -> tuple[int, int]:
        """The area and the dimension set of a line; of one that lies in an area, both."""
        key = definition.code, breakdown, code
        if key not in self.placed:
            self.placed[key] = self._place(definition, breakdown, code)
        return self.placed[key]

    def _place(self, definition: Definition, breakdown: str, code: str) -> tuple[int, int]:
        area = definition.area_of(breakdown, code)
        if area and area not in self.areas:
            raise UnknownDefinition(f"The partnership has no area “{area}”.")
        in_area = self.areas[area] if area else WHOLE
        alone = breakdown in (TOTAL, AREA_BREAKDOWN)
        return in_area, WHOLE if alone else self.sets[set_text(breakdown, code)]

    def figure(self, return_code: str, breakdown: str, name: str) -> int:
        found = self.figures.get((return_code, breakdown, name))
        if found is None:
            raise UnknownDefinition(
                f"The return “{return_code}” has no figure “{name}” in its table “{breakdown}”."
            )
        return found


def set_text(breakdown: str, code: str) -> str:
    return canonical({breakdown: code})


def numbers_for(
    session: Session,
    partnership_id: int,
    *,
    return_codes: Iterable[str],
    period_codes: Iterable[str],
    lines: Iterable[tuple[str, str]],
) -> Numbers:
    """Everything that cells of these returns, periods and (breakdown, code) lines need."""
    figures = session.execute(
        select(FigureRow.return_code, FigureRow.breakdown, FigureRow.name, FigureRow.id).where(
            FigureRow.return_code.in_(set(return_codes))
        )
    )
    areas = session.execute(select(Area.code, Area.id).where(Area.partnership_id == partnership_id))
    return Numbers(
        figures={(code, breakdown, name): number for code, breakdown, name, number in figures},
        periods=_period_numbers(session, set(period_codes)),
        areas=dict(areas.all()) | {NOT_KNOWN: AREA_NOT_KNOWN},
        sets=_set_numbers(session, {line for line in lines if line[0] not in (TOTAL, AREA_BREAKDOWN)}),
    )


def _period_numbers(session: Session, codes: set[str]) -> dict[str, int]:
    found = _look_up(session, PeriodRow.code, PeriodRow.id, codes)
    absent = sorted(codes - found.keys())
    if not absent:
        return found
    made = [periods.parse(code) for code in absent]
    rows = [{"kind": p.kind, "code": p.code, "starts_on": p.starts_on, "ends_on": p.ends_on} for p in made]
    insert_missing(session, PeriodRow, rows)
    return found | _look_up(session, PeriodRow.code, PeriodRow.id, set(absent))


def _set_numbers(session: Session, lines: set[tuple[str, str]]) -> dict[str, int]:
    texts = {set_text(breakdown, code): (breakdown, code) for breakdown, code in lines}
    found = _look_up(session, DimensionSet.canonical, DimensionSet.id, set(texts))
    absent = sorted(texts.keys() - found.keys())
    if not absent:
        return found
    insert_missing(session, DimensionSet, [{"canonical": text} for text in absent])
    made = _look_up(session, DimensionSet.canonical, DimensionSet.id, set(absent))
    members = [
        {"dimension_set_id": made[text], "dimension": texts[text][0], "code": texts[text][1]}
        for text in absent
    ]
    insert_missing(session, DimensionMember, members)
    return found | made


def _look_up(
    session: Session, key: InstrumentedAttribute[str], number: InstrumentedAttribute[int], wanted: set[str]
) -> dict[str, int]:
    ordered = sorted(wanted)
    found: dict[str, int] = {}
    for start in range(0, len(ordered), CHUNK):
        rows = session.execute(select(key, number).where(key.in_(ordered[start : start + CHUNK])))
        found.update(rows.all())
    return found
