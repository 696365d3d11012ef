"""The Board's page as values: a panel for each measure, volume beside timeliness, each with its chart and its table.

Every panel has passed the disclosure gate for its audience before a chart is drawn from it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from markupsafe import Markup
from sqlalchemy import select
from sqlalchemy.orm import Session

from hub import periods
from hub.board import charts
from hub.board.chart_inputs import AgreedPath, XmrChart, figure
from hub.board.chart_inputs import Period as ChartPeriod
from hub.board.chart_words import assurance_words, lettered_notes, variation_words, xmr_words
from hub.board.notes import Note, breaks_of, chart_notes, limits_of, notes_as_at
from hub.board.small_counts import small_words
from hub.board.targets import NOTHING_AIMED, Aimed
from hub.errors import UnknownDefinition
from hub.facts.queries import AsAt
from hub.facts.recalled import recalled_each
from hub.measures.compute import Reading
from hub.measures.coverage import missing_agencies
from hub.measures.load import measures_as_at
from hub.measures.model import Asked, Measure, Point, Series, Source
from hub.measures.protect import Audience, protect
from hub.partners.models import Agency, Membership
from hub.statistics.xmr import Xmr
from hub.units import to_text

# Pairs that are read together: volume beside timeliness, a rate beside what feeds it; always which NFA is meant.
PANELS = ("RF02", "FD03", "RF01", "FD04", "CP01", "CP03", "CP02", "RF08")
MONTHS_SHOWN = 36
NOTHING_YET = "Nothing has been received yet."
STATE_WORDS = {
    "value": "",
    "nil": "none, affirmed by the agency",
    "partial": "incomplete",
    "missing": "not received",
    "not_due": "not due yet",
    "hidden": "hidden by its publisher",
    "not_available": "not available",
    "not_applicable": "not applicable",
}


@dataclass(frozen=True)
class View:
    """What the reader chose: one area, team or agency, or none; the last month shown."""

    area: str | None = None
    agency: str | None = None
    team: str | None = None
    until: periods.Period | None = None

    @property
    def last(self) -> date | None:
        return self.until.ends_on if self.until else None


@dataclass(frozen=True)
class TableRow:
    """A month as the table behind the chart shows it."""

    period: periods.Period
    value: str
    numerator: str
    denominator: str
    coverage: str
    note: str
    expected: str = ""  # by the agreed path to what was promised


@dataclass(frozen=True)
class Panel:
    """One measure as the page shows it. `chart` is None where there is nothing to draw; `absent` then says why."""

    measure: Measure
    title: str
    latest: str
    latest_period: str
    over: str
    missing: tuple[str, ...]
    variation: str
    assurance: str
    words: str
    chart: Markup | None
    rows: tuple[TableRow, ...]
    absent: str | None = None
    provisional: str = ""  # why the latest figure may still move
    small: str = ""  # what tests for small counts say, where limits cannot
    has_path: bool = False
    lettered: tuple[tuple[str, str], ...] = ()  # what is written beside the chart, by its letter


def board(reading: Reading, audience: Audience, view: View, ids: Sequence[str] = PANELS) -> list[Panel]:
    """The panels in their order. A measure that the view cannot be asked by says so instead of being left out."""
    known = measures_as_at(reading.session, reading.at.moment)
    rests = {id: reading.rests_on(known[id], known[id].usual) for id in ids if id in known}
    found = recalled_each(
        reading.at,
        ("panel", audience, view),
        rests,
        lambda lacking: _panels(reading, audience, view, [known[id] for id in lacking]),
    )
    return list(found.values())


def _panels(
    reading: Reading, audience: Audience, view: View, measures: Sequence[Measure]
) -> dict[str, Panel]:
    session = reading.session
    schools = school_codes(session, reading.partnership.id)
    prefetch(reading, measures, view)
    notes = notes_as_at(session, reading.at)
    return {
        one.id: panel(session, reading, one, audience, view, schools=schools, notes=notes) for one in measures
    }


def prefetch(reading: Reading, measures: Sequence[Measure], view: View) -> None:
    """Read what charts of the months shown need in one go."""
    cells = reading.cells
    reading.prefetch(
        measures,
        Asked(
            first=first_shown(reading.at, MONTHS_SHOWN, view),
            last=view.last,
            by="agency" if view.agency else None,
            agency_id=cells.agency_id(view.agency) if view.agency else None,
            area_id=cells.area_id(view.area) if view.area and not view.agency else None,
        ),
    )


def panel(
    session: Session,
    reading: Reading,
    measure: Measure,
    audience: Audience,
    view: View,
    *,
    schools: frozenset[str],
    months: int = MONTHS_SHOWN,
    notes: Sequence[Note] = (),
    aimed: Aimed = NOTHING_AIMED,
) -> Panel:
    """`aimed` is what was promised of the whole place."""
    narrow = view.agency or view.team or view.area
    title = f"{measure.name}: {narrow}" if narrow else measure.name
    try:
        series = narrowed(
            session,
            reading,
            measure,
            audience,
            view,
            schools=schools,
            first=first_shown(reading.at, months, view),
        )
    except UnknownDefinition as error:
        return _empty(measure, title, error.sentence)
    if series.withheld:
        return _empty(measure, title, series.withheld)
    points = [point for point in series.points if point.state != "not_due"]
    if not points:
        return _empty(measure, title, NOTHING_YET)
    return _filled(session, reading, measure, title, points, notes, NOTHING_AIMED if narrow else aimed)


def school_codes(session: Session, partnership_id: int) -> frozenset[str]:
    return frozenset(
        session.scalars(
            select(Agency.code)
            .join(Membership, Membership.agency_id == Agency.id)
            .where(Membership.partnership_id == partnership_id, Agency.kind == "school")
        )
    )


def narrowed(
    session: Session,
    reading: Reading,
    measure: Measure,
    audience: Audience,
    view: View,
    *,
    schools: frozenset[str],
    first: date | None = None,
) -> Series:
    """The measure's usual series of the chosen area or agency, through the gate. Raises UnknownDefinition."""
    if view.agency is not None:
        asked = Asked(
            kind=measure.usual,
            first=first,
            last=view.last,
            by="agency",
            agency_id=reading.cells.agency_id(view.agency),
        )
        whole = _only(reading.series(measure, asked), "agency", view.agency)
        if not whole.points:
            raise UnknownDefinition(f"The return does not count this for {view.agency}.")
        return protect(whole, audience, schools=schools, owner=view.agency)
    if view.team is not None:
        asked = Asked(kind=measure.usual, first=first, last=view.last, by="team")
        return protect(_only(reading.series(measure, asked), "team", view.team), audience, schools=schools)
    if view.area is not None:
        asked = Asked(
            kind=measure.usual,
            first=first,
            last=view.last,
            by="area",
            area_id=reading.cells.area_id(view.area),
        )
        return protect(_only(reading.series(measure, asked), "area", view.area), audience, schools=schools)
    if measure.kind in ("gap", "share"):
        raise UnknownDefinition(f"{measure.name} is read line by line: its lines stand on its page.")
    return protect(
        reading.series(measure, Asked(kind=measure.usual, first=first, last=view.last)),
        audience,
        schools=schools,
    )


def first_shown(at: AsAt, months: int, view: View) -> date:
    """The first day of the months shown: whole financial years would hide the newest."""
    month = (view.until or periods.containing(at.today, "month")).starts_on
    index = month.year * 12 + month.month - 1 - months - 1
    return date(index // 12, index % 12 + 1, 1)


def _empty(measure: Measure, title: str, why: str) -> Panel:
    return Panel(measure, title, "", "", "", (), "", "", why, None, (), absent=why)


def _only(series: Series, by: str, code: str) -> Series:
    return series.narrowed(lambda points: (point for point in points if point.lines.get(by) == code))


def _filled(
    session: Session,
    reading: Reading,
    measure: Measure,
    title: str,
    points: Sequence[Point],
    notes: Sequence[Note],
    aimed: Aimed,
) -> Panel:
    limits = limits_of(measure, points, notes, target=aimed.level)
    path = _path(points, aimed)
    chart = XmrChart(
        id=measure.id.lower(),
        title=title,
        unit=_unit(measure),
        periods=tuple(_chart_period(point) for point in points),
        xmr=limits,
        notes=chart_notes(measure, points, notes),
        breaks=breaks_of(points),
        decimals=measure.places,
        period_word=measure.usual.replace("_", " "),
        path=path,
    )
    latest = points[-1]
    source = measure.sources[measure.usual]
    units = _units(reading, source)
    missing: tuple[str, ...] = ()
    if (
        latest.coverage.received < latest.coverage.due
        and not measure.reads_no_return
        and measure.kind != "gap"
    ):
        kinds = reading.asked_kinds(source)
        codes = missing_agencies(session, reading.at, source.return_code, latest.period, kinds=kinds)
        missing = reading.cells.named(codes)
    return Panel(
        measure=measure,
        title=title,
        latest=value_words(measure, latest),
        latest_period=latest.period.name,
        over=latest.coverage.words,
        missing=missing,
        variation=variation_words(limits.variation),
        assurance=assurance_words(limits.assurance),
        words=xmr_words(chart),
        small=small_words(measure, points, limits),
        chart=charts.xmr_svg(chart),
        lettered=tuple(lettered_notes(chart)),
        rows=tuple(
            _row(measure, point, limits, number, units, path)
            for number, point in reversed(list(enumerate(points)))
        ),
        provisional=provisional_words(latest),
        has_path=path is not None,
    )


def _unit(measure: Measure) -> str:
    return "%" if measure.unit.startswith("%") else measure.unit


def _chart_period(point: Point) -> ChartPeriod:
    at_least = point.value if point.state == "partial" else None
    return ChartPeriod(point.period.name, f"{point.period.starts_on:%b %y}", point.state, at_least)


def value_words(measure: Measure, point: Point) -> str:
    """A number as it is read, with what it lacks: "at least 371"."""
    if point.value is None:
        return point.reason or STATE_WORDS[point.state] or "no figure"
    number = figure(point.value, measure.places, _unit(measure) if _unit(measure) == "%" else "")
    return f"at least {number}" if point.state == "partial" and measure.kind == "count" else number


def provisional_words(point: Point) -> str:
    """Why a figure may still move; nothing where everybody is in, or never will be."""
    over = point.coverage
    if point.state != "partial":
        return ""
    if over.out:
        verb, lacks = (
            "is" if over.out == 1 else "are",
            "not confirmed" if over.of == "meeting" else "still out",
        )
        return f"Provisional: {over.out} of {over.due} {over.of}s {verb} {lacks}."
    if over.waiting:
        return "" if over.is_left_out else "Provisional: what came lately waits to be told with others."
    return "Provisional: not all that came has this figure."


def _units(reading: Reading, source: Source) -> tuple[str, str]:
    """What the two sides of a measure are counted in: pounds are kept as pence, posts as hundredths."""
    sides = (
        (source.return_code, source.numerator),
        (source.denominator_return or source.return_code, source.denominator),
    )
    above, below = (
        reading.cells.definition(return_code).figure(names[0]).unit if names else "count"
        for return_code, names in sides
    )
    return above, below


def _path(points: Sequence[Point], aimed: Aimed) -> AgreedPath | None:
    """The agreed path over the periods shown; None where it runs through none of them."""
    expected = dict(aimed.path)
    values = tuple(expected.get(point.period) for point in points)
    return AgreedPath(values, aimed.at_most) if any(value is not None for value in values) else None


def _row(
    measure: Measure, point: Point, limits: Xmr, number: int, units: tuple[str, str], path: AgreedPath | None
) -> TableRow:
    expected = path.values[number] if path is not None else None
    label = limits.points[number].label
    notes = [
        STATE_WORDS[point.state],
        "provisional" if provisional_words(point) else "",
        "" if label in (None, "Common Cause") else str(label),
    ]
    return TableRow(
        period=point.period,
        value=value_words(measure, point),
        numerator="" if point.numerator is None else to_text(point.numerator, units[0]),
        denominator="" if point.denominator is None else to_text(point.denominator, units[1]),
        coverage=point.coverage.words,
        note="; ".join(note for note in notes if note),
        expected=""
        if expected is None
        else figure(expected, measure.places, _unit(measure) if _unit(measure) == "%" else ""),
    )
