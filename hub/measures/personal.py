"""Breakdowns by a personal characteristic: who counts them, and what of them readers outside may read.

Where one agency counts them, its small lines are read together (small_numbers). Where several do, a period is told as it stood
when all had first signed, and lines are read together so that no agency can take its own away (several_agencies).
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import NamedTuple

from hub.facts.queries import AsAt, EverSigned, ever_signed
from hub.facts.recalled import recalled
from hub.measures import coverage
from hub.measures.cells import Cells
from hub.measures.load import measures_as_at
from hub.measures.model import AGENCY, Asked, Coverage, Measure, Point, Source
from hub.measures.points import Sums, point_of
from hub.measures.profiles import chosen
from hub.measures.several_agencies import Row, first_whole, read_together_of, summed
from hub.measures.sides import AREA
from hub.measures.small_numbers import Signed, Together, parts_of, read_together
from hub.periods import Kind, Period, parse, within

NOT_SHOWN = "not shown"


def is_personal(cells: Cells, return_code: str, by: str | None) -> bool:
    if by in (None, AREA, AGENCY):
        return False
    return any(each.name == by and each.personal for each in cells.definition(return_code).breakdowns)


def is_of_one_line(cells: Cells, source: Source) -> bool:
    """Whether the measure itself counts one line of such a breakdown, however it is read."""
    line = source.numerator_line
    return line is not None and is_personal(cells, source.return_code, line[0])


def of_one_agency(cells: Cells, at: AsAt, return_code: str, asked: Asked) -> Together | None:
    """Lines of a personal breakdown that are too small to be read alone; None where several agencies may count it."""
    by = asked.by
    if by is None or _contributors(cells, return_code, by) != {"council"}:
        return None
    return recalled(
        at,
        ("of one", return_code, by, chosen("partnership", cells.partnership.disclosure_partnership)),
        lambda: _small_lines(cells, at, return_code, by),
    )


def _small_lines(cells: Cells, at: AsAt, return_code: str, by: str) -> Together | None:
    names, rows = _ever_signed(cells, at, return_code, by)
    if len({row.agency_id for row in rows}) > 1:
        return None
    lines = cells.members_of(by, {row.dimension_set_id for row in rows})
    tables: dict[tuple[int, str], dict[str, dict[str, int]]] = defaultdict(lambda: defaultdict(dict))
    for row in rows:
        if row.value is not None:
            figures = tables[row.revision_id, row.period][lines[row.dimension_set_id]]
            figures[names[row.figure_id]] = row.value
    signed = [Signed(parse(period), table) for (_, period), table in tables.items()]
    measures = measures_as_at(cells.session, cells.at.moment).values()
    return dict(
        read_together(
            signed,
            parts_of(measures, return_code),
            chosen("partnership", cells.partnership.disclosure_partnership).threshold,
        )
    )


class _Told(NamedTuple):
    """One period: over how many agencies, and what their lines come to, None where that is not told."""

    over: Coverage
    lines: dict[str, int | None]


@dataclass(frozen=True)
class OfSeveral:
    """What readers outside have of a breakdown that several agencies count."""

    points: tuple[Point, ...]
    together: Together


def of_several(cells: Cells, measure: Measure, source: Source, at: AsAt, asked: Asked) -> OfSeveral | None:
    """None for any other breakdown, and for measures that are no plain count."""
    by = asked.by or ""
    kinds = _contributors(cells, source.return_code, by)
    if not kinds or kinds == {"council"} or measure.kind != "count" or len(source.numerator) != 1:
        return None
    told = recalled(
        at,
        (
            "of several",
            source.return_code,
            source.numerator,
            by,
            chosen("partnership", cells.partnership.disclosure_partnership),
        ),
        lambda: _told(cells, source, at, asked.kind, by, kinds),
    )
    tables, together = told
    points = tuple(
        _point(measure, period, by, line, table)
        for line in sorted({line for table in tables.values() for line in table.lines})
        for period, table in sorted(tables.items())
        if line in table.lines and asked.touches(period)
    )
    return OfSeveral(points, together)


def _told(
    cells: Cells, source: Source, at: AsAt, kind: Kind, by: str, kinds: frozenset[str]
) -> tuple[dict[Period, _Told], Together]:
    names, signed = _ever_signed(cells, at, source.return_code, by)
    lines = cells.members_of(by, {row.dimension_set_id for row in signed})
    rows = [
        Row(parse(row.period), row.agency_id, row.position, lines[row.dimension_set_id], row.value)
        for row in signed
        if row.value is not None and names[row.figure_id] == source.numerator[0]
    ]
    owing: dict[Period, set[int]] = defaultdict(set)
    for due in coverage.collected(
        cells.session, at, source.return_code, by_agency=True, kinds=sorted(kinds), known=cells.owing(at)
    ):
        for period in within(due.period, kind):
            owing[period].add(due.agency_id)
    whole = first_whole(rows, owing)
    together = read_together_of(
        whole, chosen("partnership", cells.partnership.disclosure_partnership).threshold
    )
    by_period: dict[Period, list[Row]] = defaultdict(list)
    for row in rows:
        by_period[row.period].append(row)
    tables: dict[Period, _Told] = {}
    for period, of_period in by_period.items():
        came = len({row.agency_id for row in of_period})
        over = Coverage(came, max(came, len(owing[period])))
        if period in together:
            tables[period] = _Told(over, {**summed(whole[period])})
        else:
            tables[period] = _Told(over, dict.fromkeys(row.line for row in of_period))
    return tables, together


def _point(measure: Measure, period: Period, by: str, line: str, table: _Told) -> Point:
    count = table.lines[line]
    if count is None:
        return Point(period, None, None, None, table.over, "hidden", {by: line}, reason=NOT_SHOWN)
    return point_of(
        measure, period, Sums(count, answered=1), None, table.over, fallen_due=True, lines={by: line}
    )


def _contributors(cells: Cells, return_code: str, by: str) -> frozenset[str]:
    """The kinds of agency that send a breakdown by a personal characteristic; none for any other breakdown."""
    if not is_personal(cells, return_code, by):
        return frozenset()
    owes = cells.definition(return_code).owes
    return frozenset(kind for each in owes if by in each.breakdowns for kind in each.kinds)


def _ever_signed(
    cells: Cells, at: AsAt, return_code: str, by: str
) -> tuple[dict[int, str], list[EverSigned]]:
    """The names of a breakdown's figures, and every one that was ever signed."""
    names = {
        number: name for (breakdown, name), number in cells.figures(return_code).items() if breakdown == by
    }
    return names, ever_signed(cells.session, at, list(names))
