"""The two sides of a division: which cells are its numerator and its denominator, added up by period and line."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import replace

from hub.definitions.model import AREAS_LIST, TOTAL, WITHIN, Breakdown
from hub.errors import UnknownDefinition
from hub.facts.moments import AsAt
from hub.facts.queries import CellAsAt
from hub.measures.cells import Cells, Span
from hub.measures.model import AGENCY, AGENCY_KIND, Asked, Measure, Source
from hub.measures.points import Side, Sums, added
from hub.partners.models import Area
from hub.periods import parse

AREA = "area"


def numerator(
    cells: Cells, definition: Measure, source: Source, at: AsAt, asked: Asked, *, by_agency: bool
) -> Side:
    if source.numerator_line is None:
        names = definition.numerator_of(source, asked.counted_by)
        return _side(cells, at, source.return_code, names, asked, by_agency=by_agency)
    breakdown, code = source.numerator_line
    if by_agency:
        return _line_by_agency(cells, at, source, breakdown, code, asked)
    if asked.by is not None or asked.area_id is not None:
        return _line_within(cells, definition, source, at, asked)
    ids = _ids(cells, source.return_code, breakdown, source.numerator)
    line = cells.sets_of(breakdown, code)
    span = Span(at, asked.first, asked.last, agency_id=asked.agency_id, line=line)
    return _summed(cells.read(span, ids) if line else (), ids, lambda _cell: "")


def denominator(
    cells: Cells, definition: Measure, source: Source, at: AsAt, asked: Asked, *, by_agency: bool
) -> Side | None:
    if definition.kind == "gap" and source.logged is not None:
        return_code, _, figure = source.logged
        return _side(cells, at, return_code, (figure,), replace(asked, agency_id=None), by_agency=False)
    if not source.denominator:
        return None
    if definition.is_over_the_whole(asked.counted_by):
        return _side(
            cells, at, source.return_code, source.denominator, replace(asked, by=None), by_agency=False
        )
    names = definition.denominators_by_breakdown.get(asked.counted_by or "", source.denominator)
    return _side(cells, at, source.counted_below, names, asked, by_agency=by_agency)


def _side(
    cells: Cells, at: AsAt, return_code: str, names: Sequence[str], asked: Asked, *, by_agency: bool
) -> Side:
    breakdown = _breakdown(cells, return_code, asked, by_agency=by_agency)
    ids = _ids(cells, return_code, breakdown, names)
    span = Span(
        at,
        asked.first,
        asked.last,
        area_id=asked.area_id,
        agency_id=asked.agency_id if breakdown != AGENCY else None,
        by_agency=by_agency,
    )
    found = cells.read(span, ids)
    return _summed(found, ids, _line_names(cells, found, asked, by_agency=by_agency))


def _ids(cells: Cells, return_code: str, breakdown: str, names: Sequence[str]) -> list[int]:
    known = cells.figures(return_code)
    absent = [name for name in names if (breakdown, name) not in known]
    if absent:
        raise UnknownDefinition(
            f"“{return_code}” does not count {', '.join(absent)} by {breakdown.replace('_', ' ')}."
        )
    return [known[breakdown, name] for name in names]


def _summed(found: Sequence[CellAsAt], ids: Sequence[int], line_of: Callable[[CellAsAt], str | None]) -> Side:
    """Cells added up by period and line; those of no line are left out."""
    sums: dict[tuple[str, str], dict[int, Sums]] = defaultdict(lambda: {number: Sums() for number in ids})
    for cell in found:
        line = line_of(cell)
        if line is not None:
            sums[cell.period, line][cell.figure_id].add(cell)
    return Side({(parse(code), line): added([*each.values()]) for (code, line), each in sums.items()})


def _line_by_agency(cells: Cells, at: AsAt, source: Source, breakdown: str, code: str, asked: Asked) -> Side:
    """One line of a breakdown by the agency that signed it."""
    ids = _ids(cells, source.return_code, breakdown, source.numerator)
    line = cells.sets_of(breakdown, code)
    span = Span(at, asked.first, asked.last, agency_id=asked.agency_id, by_agency=True, line=line)
    found = cells.read(span, ids) if line else ()
    agencies = cells.agencies({cell.agency_id for cell in found}, asked)
    return _summed(found, ids, lambda cell: agencies[cell.agency_id])


def _line_within(cells: Cells, definition: Measure, source: Source, at: AsAt, asked: Asked) -> Side:
    """The numerator's line by what lies in it: by the table whose lines lie in that line, and are of the list that the
    denominator is broken down by.

    Whoever gave the table and left a line of it out has none there.
    """
    by = asked.by or AREA
    breakdown, code = source.numerator_line or ("", "")
    table = _table_within(cells, source, breakdown, by)
    if table is None:
        raise UnknownDefinition(f"{definition.id} cannot be broken down by {by.replace('_', ' ')}.")
    ids = _ids(cells, source.return_code, table.name, source.numerator)
    span = Span(at, asked.first, asked.last, area_id=asked.area_id, agency_id=asked.agency_id, by_agency=True)
    found = cells.read(span, ids)
    line_of = _line_names(cells, found, replace(asked, by=table.name), by_agency=False)

    def own(cell: CellAsAt) -> str | None:
        outer, _, inner = line_of(cell).partition(WITHIN)
        return (inner if asked.by else "") if outer == code else None

    side = _summed(found, ids, own)
    given = {(cell.period, cell.agency_id) for cell in found}
    below = cells.read(span, _ids(cells, source.counted_below, by, source.denominator))
    line_below = _line_names(cells, below, asked, by_agency=False)
    for cell in below:
        if (cell.period, cell.agency_id) in given:
            side.sums.setdefault((parse(cell.period), line_below(cell)), Sums(answered=1))
    return side


def _table_within(cells: Cells, source: Source, breakdown: str, by: str) -> Breakdown | None:
    below = cells.definition(source.counted_below).breakdowns
    lists = {each.list for each in below if each.name == by and not each.within}
    tables = cells.definition(source.return_code).breakdowns
    return next((each for each in tables if each.within == breakdown and each.list in lists), None)


def _breakdown(cells: Cells, return_code: str, asked: Asked, *, by_agency: bool) -> str:
    if asked.area_id is not None and asked.by not in (None, AREA):
        if by_agency or not _lies_in_areas(cells, return_code, str(asked.by)):
            raise UnknownDefinition(
                "A figure cannot be asked by area and broken down otherwise: breakdowns are one-way."
            )
        return str(asked.by)
    if asked.area_id is not None:
        return AREA
    return TOTAL if asked.by is None or by_agency else str(asked.counted_by)


def _lies_in_areas(cells: Cells, return_code: str, by: str) -> bool:
    """Whether the lines of a table lie in areas, so that one area's alone can be read: its teams."""
    definition = cells.definition(return_code)
    table = next((each for each in definition.breakdowns if each.name == by), None)
    return table is not None and bool(table.within) and definition.breakdown(table.within).list == AREAS_LIST


def _line_names(
    cells: Cells, found: Sequence[CellAsAt], asked: Asked, *, by_agency: bool
) -> Callable[[CellAsAt], str]:
    """A function from a cell to the code of its line; "" where nothing is broken down."""
    if asked.by is None:
        return lambda _cell: ""
    if by_agency:
        codes = cells.agencies({cell.agency_id for cell in found}, asked)
        return lambda cell: codes[cell.agency_id]
    if asked.by == AREA:
        areas = cells.codes_of(Area, {cell.area_id for cell in found})
        return lambda cell: areas.get(cell.area_id, "not-known")
    members = cells.members_of(str(asked.counted_by), {cell.dimension_set_id for cell in found})
    if asked.by == AGENCY_KIND:
        kinds = cells.kinds_of(members.values())
        return lambda cell: kinds[members[cell.dimension_set_id]]
    later = cells.followed(asked) if asked.by == AGENCY else {}
    return lambda cell: later.get(members[cell.dimension_set_id], members[cell.dimension_set_id])
