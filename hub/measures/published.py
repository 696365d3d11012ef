"""Where published figures stand, and the population that rates are divided by.

Published figures are readable from every partnership: a council's lie in its own partnership, or, for an illustrative
one, in the partnership that the same council leads.
"""

from __future__ import annotations

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from hub.definitions import catalogue
from hub.definitions.model import TOTAL
from hub.definitions.models import DefinitionVersion, FigureRow
from hub.facts.models import AREA_BREAKDOWN, Revision
from hub.facts.queries import AsAt, cells_as_at, published_as_at
from hub.measures.model import Asked
from hub.partners.models import Agency, Area, Partnership
from hub.periods import parse

POPULATION = ("ons-population", "children_0_17")
POPULATION_OF_AREAS = ("area-population", "children_0_17")


def stands_in(session: Session, partnership: Partnership, at: AsAt, return_code: str) -> AsAt:
    """The ledger to read a return from: another partnership's only for published figures that this one has none of."""
    if partnership.council_agency_id is None or _has(session, partnership.id, return_code):
        return at
    elsewhere = select(Partnership.id).where(
        Partnership.council_agency_id == partnership.council_agency_id,
        Partnership.id != partnership.id,
        Partnership.illustrative.is_(False),
    )
    for other in session.scalars(elsewhere):
        if _has(session, other, return_code, published=True):
            return published_as_at(session, at, partnership_id=other, illustrative=partnership.illustrative)
    return at


def returns_with_figures(session: Session, partnership_id: int) -> set[str]:
    """The returns of which anything was ever signed in a partnership."""
    signed = exists().where(
        Revision.partnership_id == partnership_id, Revision.return_code == DefinitionVersion.code
    )
    query = select(DefinitionVersion.code).where(DefinitionVersion.kind == "return", signed)
    return set(session.scalars(query))


def _has(session: Session, partnership_id: int, return_code: str, *, published: bool | None = None) -> bool:
    query = select(Revision.id).where(
        Revision.partnership_id == partnership_id, Revision.return_code == return_code
    )
    if published is not None:
        query = query.where(Revision.published.is_(published))
    return session.scalar(query.limit(1)) is not None


def population_by_year(
    session: Session, partnership: Partnership, at: AsAt, asked: Asked, *, by_agency: bool = False
) -> dict[tuple[str, int], int]:
    """(line, mid-year) → children aged 0 to 17, of the asked agency's place or else the partnership's.

    The line is "", or the agency's code where each agency is a place of its own, or the area's; empty for another part of a
    place. Only the whole place has published estimates: those of areas are the council's own.
    """
    if asked.area_id is not None or asked.by == AREA_BREAKDOWN:
        return _by_area(session, at, asked)
    return_code, figure = POPULATION
    subject = asked.agency_id or partnership.council_agency_id
    if (asked.by is not None and not by_agency) or (subject is None and not by_agency):
        return {}
    figure_id = session.scalar(
        select(FigureRow.id).where(
            FigureRow.return_code == return_code, FigureRow.breakdown == TOTAL, FigureRow.name == figure
        )
    )
    if figure_id is None:
        return {}
    place = stands_in(session, partnership, at, return_code)
    subjects = [subject] if subject is not None and (asked.agency_id or not by_agency) else None
    cells = cells_as_at(session, place, [figure_id], agency_ids=subjects, by_agency=by_agency)
    ids = {cell.agency_id for cell in cells}
    codes = dict(session.execute(select(Agency.id, Agency.code).where(Agency.id.in_(ids))).all())
    return {
        (codes.get(cell.agency_id, ""), parse(cell.period).starts_on.year): cell.value
        for cell in cells
        if cell.received
    }


def _by_area(session: Session, at: AsAt, asked: Asked) -> dict[tuple[str, int], int]:
    if asked.by not in (None, AREA_BREAKDOWN):
        return {}
    return_code, figure = POPULATION_OF_AREAS
    figure_id = catalogue.figure_ids(session, return_code).get((AREA_BREAKDOWN, figure))
    if figure_id is None:
        return {}
    area_ids = None if asked.area_id is None else [asked.area_id]
    cells = cells_as_at(session, at, [figure_id], area_ids=area_ids)
    codes = dict(
        session.execute(select(Area.id, Area.code).where(Area.partnership_id == at.partnership_id)).all()
    )
    return {
        (codes.get(cell.area_id, "") if asked.by else "", parse(cell.period).starts_on.year): cell.value
        for cell in cells
        if cell.received and cell.area_id in codes
    }
