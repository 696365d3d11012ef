"""Breakdowns by a personal characteristic: who counts them, and what of them readers outside may read.

Where one agency counts them, its small lines are read together (small_numbers). Where several do, a period is told as it stood
when all had first signed, and lines are read together so that no agency can take its own away (several_agencies).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from hub.facts.moments import AsAt
from hub.facts.queries import ever_signed
from hub.facts.recalled import recalled, remembered_each
from hub.facts.signatures import signatures
from hub.measures import coverage
from hub.measures.cells import Cells
from hub.measures.load import measures_as_at
from hub.measures.model import AGENCY, Asked, Coverage, Measure, Point, Source
from hub.measures.points import Sums, point_of
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
        ("of one", return_code, by, cells.profile),
        lambda: _small_lines(cells, at, return_code, by),
    )


def _small_lines(cells: Cells, at: AsAt, return_code: str, by: str) -> Together | None:
    names = {
        number: name for (breakdown, name), number in cells.figures(return_code).items() if breakdown == by
    }
    rows = ever_signed(cells.session, at, list(names))
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
            cells.profile.threshold,
        )
    )


class _Told(NamedTuple):
    """One period: over how many agencies, what their lines come to, None where that is not told, and which are read together."""

    over: Coverage
    lines: dict[str, int | None]
    together: frozenset[str] | None


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
    fewest = cells.profile.threshold
    tables = recalled(
        at,
        ("of several", source.return_code, source.numerator, asked.kind, by, fewest),
        lambda: _told(cells, source, at, asked.kind, by, kinds, fewest),
    )
    points = tuple(
        _point(measure, period, by, line, table)
        for line in sorted({line for table in tables.values() for line in table.lines})
        for period, table in sorted(tables.items())
        if line in table.lines and asked.touches(period)
    )
    together = {period: table.together for period, table in tables.items() if table.together is not None}
    return OfSeveral(points, together)


def _told(
    cells: Cells, source: Source, at: AsAt, kind: Kind, by: str, kinds: frozenset[str], fewest: int
) -> dict[Period, _Told]:
    """Each period of collection is worked out once for what was signed of it and for who owes it."""
    owing: dict[Period, set[int]] = defaultdict(set)
    owed_by = coverage.owed_by(cells.session, at, source.return_code, kinds, cells.owing(at))
    for collected, agencies in owed_by.items():
        for period in within(collected, kind):
            owing[period] |= agencies
    keys = {}
    for number, collected, stamp in signatures(cells.session, at, source.return_code):
        owed = tuple(frozenset(owing[period]) for period in within(collected, kind))
        keys[number] = (
            at.partnership_id,
            source.return_code,
            source.numerator,
            kind,
            by,
            fewest,
            number,
            stamp,
            owed,
        )

    def work(lacking: list[int]) -> dict[int, dict[Period, _Told]]:
        rows = _rows(cells, source, at, by, lacking)
        return {number: _tables(rows[number], owing, fewest) for number in lacking}

    found = remembered_each(keys, work)
    return {period: table for tables in found.values() for period, table in tables.items()}


def _rows(cells: Cells, source: Source, at: AsAt, by: str, collected: list[int]) -> dict[int, list[Row]]:
    """What was ever signed of a figure's lines, by period of collection."""
    rows: dict[int, list[Row]] = defaultdict(list)
    number = cells.figures(source.return_code).get((by, source.numerator[0]))
    if number is None:
        return rows
    signed = ever_signed(cells.session, at, [number], collected=collected)
    lines = cells.members_of(by, {row.dimension_set_id for row in signed})
    for row in signed:
        if row.value is not None:
            line = lines[row.dimension_set_id]
            rows[row.collected_id].append(
                Row(parse(row.period), row.agency_id, row.position, line, row.value)
            )
    return rows


def _tables(rows: Sequence[Row], owing: Mapping[Period, Collection[int]], fewest: int) -> dict[Period, _Told]:
    whole = first_whole(rows, owing)
    together = read_together_of(whole, fewest)
    by_period: dict[Period, list[Row]] = defaultdict(list)
    for row in rows:
        by_period[row.period].append(row)
    tables: dict[Period, _Told] = {}
    for period, of_period in by_period.items():
        came = len({row.agency_id for row in of_period})
        over = Coverage(came, max(came, len(owing.get(period, ()))))
        if period in together:
            tables[period] = _Told(over, {**summed(whole[period])}, together[period])
        else:
            tables[period] = _Told(over, dict.fromkeys(row.line for row in of_period), None)
    return tables


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
