"""Tables behind charts: a measure line by line over the latest months."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from sqlalchemy.orm import Session

from hub import periods
from hub.board.line_pictures import (
    PICTURED,
    FunnelShown,
    SmallCharts,
    add_up_within_words,
    adds_up_words,
    funnel_of,
    small_charts,
)
from hub.board.point_words import value_words
from hub.definitions.as_dictionary import KIND_NAMES
from hub.definitions.layout import lying_within
from hub.definitions.lists import titles_of
from hub.definitions.model import AREAS_LIST, MEMBERS_LIST, NOT_HELD, NOT_KNOWN, TOTAL
from hub.errors import UnknownDefinition
from hub.facts.moments import AsAt
from hub.measures.compute import Reading
from hub.measures.judged import JUDGED, NOT_JUDGED
from hub.measures.model import AGENCY, AGENCY_KIND, Asked, Measure, Point, Series
from hub.measures.profiles import chosen
from hub.measures.protect import Audience, protect
from hub.measures.several_agencies import FIRST_TOLD
from hub.measures.small_numbers import LINE, TITLE
from hub.partners.names import names_as_at
from hub.partners.queries import ever_members
from hub.partners.successions import splits

MONTHS = 13
BY_AGENCY = "By agency"
BY_KIND = "By kind of agency"
TEAM = "team"
NO_SCHOOLS = "Schools are left out here: where few of them are counted, their sum would tell of one."
TOGETHER = "read together"
TOGETHER_NOTE = (
    "Where a line says “read together”, its children are in the line of small numbers below. It stands alone in each month in which "
    "it holds no small number and no other needs it; a correction never takes a month apart again."
)
NO_LINE = "Nothing was sent line by line in these months: a sender may leave this table out."


@dataclass(frozen=True)
class LineTable:
    """One breakdown: a row for each line, a column for each of the latest months. `withheld` says why there are none."""

    by: str
    title: str
    months: tuple[periods.Period, ...]
    rows: tuple[tuple[str, tuple[str, ...]], ...]
    withheld: str | None = None
    notes: tuple[str, ...] = ()  # what must be said of its lines
    funnel: FunnelShown | None = None
    charts: SmallCharts | None = None


def by_line(
    reading: Reading,
    measure: Measure,
    audience: Audience,
    *,
    follow: bool = False,
) -> list[LineTable]:
    """Every breakdown that the measure's figures are counted by; by agency also under the successors, where `follow` says so."""
    by_each, year = breakdowns(reading, measure), _year(reading, measure)
    if not measure.reads_no_return:
        reading.prefetch_lines(measure, year, by_each)
    tables = (_table(reading, measure, replace(year, by=by, follow=follow), audience) for by in by_each)
    return [table for table in tables if table is not None]


def _year(reading: Reading, measure: Measure) -> Asked:
    """The latest months, or other periods, of a year and the one they began with."""
    last = periods.containing(reading.at.today, measure.usual)
    return Asked(measure.usual, periods.a_year_before(last).starts_on, last.ends_on)


def breakdowns(reading: Reading, measure: Measure) -> list[str]:
    source = measure.sources[measure.usual]
    if measure.reads_no_return:
        return [AGENCY, AGENCY_KIND]
    if measure.kind in ("share", "gap"):
        return [measure.breakdown or AGENCY]
    figures = reading.cells.figures(source.return_code)
    tables = [
        each.name
        for each in reading.cells.definition(source.return_code).breakdowns
        if each.name != TOTAL and not each.key
    ]
    counted = [by for by in tables if all((by, name) in figures for name in measure.numerator_of(source, by))]
    if source.numerator_line is not None and source.denominator_return is not None:
        below = reading.cells.definition(source.denominator_return).breakdowns
        counted += [each.name for each in below if each.name != TOTAL and each.name not in counted]
    counted += reading.groups(measure)
    if source.met is not None:
        counted.append(source.met.breakdown)
    if source.rows is not None:
        counted.append(JUDGED)
    # By whoever signed, where several agencies sign the return; by kind, where it says more than that.
    definition = reading.cells.definition(source.return_code)
    signers = {kind for owes in definition.owes for kind in owes.kinds}
    if AGENCY in tables or signers == {"council"}:
        return [*counted, AGENCY_KIND] if AGENCY in counted else counted
    return [AGENCY, *([AGENCY_KIND] if len(signers) > 1 and not definition.published else []), *counted]


def _table(reading: Reading, measure: Measure, asked: Asked, audience: Audience) -> LineTable | None:
    by = str(asked.by)
    try:
        series = reading.series(measure, asked)
    except UnknownDefinition:
        return None  # the denominator is not counted by this breakdown
    series = protect(series, audience)
    # Newest first: where a screen is too narrow for all, it is the oldest that must be scrolled to.
    seen = {point.period for point in series.points if point.state != "not_due"}
    months = sorted(seen, reverse=True)[:MONTHS]
    title, names = words(reading, measure, by)
    cells = {(point.lines[by], point.period): point for point in series.points}
    place = {code: number for number, code in enumerate(names)}
    codes = sorted({line for line, _ in cells if line}, key=lambda code: (place.get(code, len(place)), code))
    rows = tuple(
        (
            names.get(code, code),
            tuple(
                value_words(measure, cells[code, month])
                if (code, month) in cells
                else TOGETHER
                if (LINE, month) in cells
                else ""
                for month in months
            ),
        )
        for code in codes
    )
    notes = split_notes(reading.session, reading.at, codes) if by == AGENCY else ()
    if by == AGENCY_KIND and not audience.exact and _is_counted_by_another(reading, measure):
        notes = (NO_SCHOOLS,)
    if LINE in codes:
        notes = (chosen("partnership", series.disclosure_partnership).note, TOGETHER_NOTE)
    if series.first_told and rows:
        notes = (*notes, FIRST_TOLD)
    if not rows and not series.withheld:
        notes = (NO_LINE,)
    whole = _whole(reading, measure, audience, asked) if by in PICTURED else {}
    adds = [
        adds_up_words(measure, by, series.points, whole, series.withheld),
        _within(reading, measure, by, audience, series),
    ]
    return LineTable(
        by,
        title,
        tuple(months),
        rows,
        series.withheld,
        (*notes, *(each for each in adds if each)),
        funnel_of(measure, by, series.points, names),
        small_charts(measure, by, months, series.points, names),
    )


def _is_counted_by_another(reading: Reading, measure: Measure) -> bool:
    """Whether one agency counts of others what it reads of them, as the front door who made contact."""
    source = measure.sources[measure.usual]
    return not measure.reads_no_return and not reading.is_by_agency(measure, source, Asked(by=AGENCY))


def _within(
    reading: Reading,
    measure: Measure,
    by: str,
    audience: Audience,
    shown: Series,
) -> str:
    """Where lines lie in lines of another table, as teams in areas: how much of each of those they hold."""
    tables = (
        ()
        if measure.reads_no_return
        else reading.cells.definition(measure.sources[measure.usual].return_code).breakdowns
    )
    outer = next((each.within for each in tables if each.name == by and each.within), None)
    if outer is None or not shown.points:
        return ""
    periods_shown = sorted({point.period for point in shown.points}, key=lambda one: one.starts_on)
    asked = Asked(measure.usual, periods_shown[0].starts_on, periods_shown[-1].ends_on, by=outer)
    try:
        outers = protect(reading.series(measure, asked), audience).points
    except UnknownDefinition:
        return ""  # the measure is not counted by it
    return add_up_within_words(measure, by, outer, shown.points, outers, words(reading, measure, outer)[1])


def _whole(
    reading: Reading, measure: Measure, audience: Audience, asked: Asked
) -> dict[periods.Period, Point]:
    """The whole place's figures, which lines should add up to."""
    if measure.kind in ("share", "gap"):
        return {}
    whole = protect(reading.series(measure, Asked(asked.kind, asked.first, asked.last)), audience)
    return {point.period: point for point in whole.points}


def split_notes(session: Session, at: AsAt, codes: Iterable[str]) -> tuple[str, ...]:
    """What is to be said of the lines of bodies that split, and of those that took their place."""
    shown = set(codes)
    return tuple(split.words for split in splits(session, at.today, at.moment) if split.codes & shown)


def words(reading: Reading, measure: Measure, by: str) -> tuple[str, dict[str, str]]:
    """The title of a table, and of its lines in the order in which they stand."""
    if by == AGENCY_KIND:
        return BY_KIND, {kind: f"{name[:1].upper()}{name[1:]}" for kind, name in KIND_NAMES.items()}
    if by == AGENCY:
        return BY_AGENCY, _by_name(names_as_at(reading.session, reading.at.today, reading.at.moment))
    source = measure.sources[measure.usual]
    if (group := reading.groups(measure).get(by)) is not None:
        return f"By {by}", _titles(reading, group) | {NOT_KNOWN: "Not said"}
    if by == JUDGED and source.rows is not None:
        judged = reading.cells.definition(source.return_code).breakdown(source.rows.breakdown).judged
        if judged is not None:
            return judged.title, _titles(reading, judged.list) | {NOT_JUDGED: "Not judged yet"}
    definition = reading.cells.definition(source.return_code)
    if by not in {each.name for each in definition.breakdowns}:
        definition = reading.cells.definition(source.counted_below)
    table = definition.breakdown(by)
    if table.within:
        other = _titles(reading, definition.breakdown(table.within).list)
        return table.title, lying_within(table, _titles(reading, table.list), other)
    return table.title, _titles(reading, table.list) | {NOT_HELD: "Not held", LINE: TITLE}


def teams(reading: Reading) -> dict[str, str]:
    """The council's teams as any return names them: code (within its area) → words. None where no return asks by team."""
    for measure in reading.measures.values():
        definition = (
            reading.cells.definition(measure.sources[measure.usual].return_code)
            if not measure.reads_no_return
            else None
        )
        table = (
            next((each for each in definition.breakdowns if each.name == TEAM), None) if definition else None
        )
        if definition and table and table.within:
            return lying_within(
                table,
                _titles(reading, table.list),
                _titles(reading, definition.breakdown(table.within).list),
            )
    return {}


def line_titles(reading: Reading, measure: Measure, breakdowns: Iterable[str]) -> dict[tuple[str, str], str]:
    """(breakdown, code) → the line's words, for the breakdowns that the measure's return has."""
    definition = reading.cells.definition(measure.sources[measure.usual].return_code)
    return {
        (table.name, code): title
        for table in definition.breakdowns
        if table.name in breakdowns
        for code, title in _titles(reading, table.list).items()
    }


def _titles(reading: Reading, name: str) -> dict[str, str]:
    """The lines of a list as a partnership has them."""
    if name == MEMBERS_LIST:
        codes = [each.code for each in ever_members(reading.session, reading.partnership.id)]
        return _by_name(names_as_at(reading.session, reading.at.today, reading.at.moment, codes=codes))
    if name == AREAS_LIST:
        areas = {area.code: area.name for area in reading.cells.areas_known}
        return _by_name(areas) | {NOT_KNOWN: "Area not known"}
    found = reading.cells.codelist(name)
    return titles_of(reading.session, found, reading.partnership.id, moment=reading.at.moment)


def _by_name(names: dict[str, str]) -> dict[str, str]:
    return dict(sorted(names.items(), key=lambda named: (named[1], named[0])))
