"""The children that rates are divided by: published estimates of places, and a council's own of its areas."""

from __future__ import annotations

from hub.definitions.model import TOTAL
from hub.facts.models import AREA_BREAKDOWN
from hub.facts.queries import cells_as_at
from hub.measures.cells import Cells
from hub.measures.model import Asked
from hub.partners.models import Agency, Area
from hub.periods import parse

POPULATION = ("ons-population", "children_0_17")
POPULATION_OF_AREAS = ("area-population", "children_0_17")


def population_by_year(cells: Cells, asked: Asked, *, by_agency: bool = False) -> dict[tuple[str, int], int]:
    """(line, mid-year) → children aged 0 to 17, of the asked agency's place or else the partnership's.

    The line is "", or the agency's code where each agency is a place of its own, or the area's; empty for another part of a
    place. Only the whole place has published estimates: those of areas are the council's own.
    """
    if asked.area_id is not None or asked.by == AREA_BREAKDOWN:
        return _by_area(cells, asked)
    return_code, figure = POPULATION
    subject = asked.agency_id or cells.partnership.council_agency_id
    if (asked.by is not None and not by_agency) or (subject is None and not by_agency):
        return {}
    figure_id = cells.figures(return_code).get((TOTAL, figure))
    if figure_id is None:
        return {}
    place = cells.stands_in(return_code)
    subjects = [subject] if subject is not None and (asked.agency_id or not by_agency) else None
    found = cells_as_at(cells.session, place, [figure_id], agency_ids=subjects, by_agency=by_agency)
    codes = cells.codes_of(Agency, {cell.agency_id for cell in found})
    return {
        (codes.get(cell.agency_id, ""), parse(cell.period).starts_on.year): cell.value
        for cell in found
        if cell.received
    }


def _by_area(cells: Cells, asked: Asked) -> dict[tuple[str, int], int]:
    if asked.by not in (None, AREA_BREAKDOWN):
        return {}
    return_code, figure = POPULATION_OF_AREAS
    figure_id = cells.figures(return_code).get((AREA_BREAKDOWN, figure))
    if figure_id is None:
        return {}
    area_ids = None if asked.area_id is None else [asked.area_id]
    found = cells_as_at(cells.session, cells.at, [figure_id], area_ids=area_ids)
    codes = cells.codes_of(Area, {cell.area_id for cell in found})
    return {
        (codes.get(cell.area_id, "") if asked.by else "", parse(cell.period).starts_on.year): cell.value
        for cell in found
        if cell.received and cell.area_id in codes
    }
