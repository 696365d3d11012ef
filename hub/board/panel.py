"""One measure as a page shows it: its newest figure, its chart, what the chart shows in words, and the table behind it.

The series has passed the disclosure gate for its audience before anything is drawn from it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

from hub import periods
from hub.board import charts
from hub.board.chart_inputs import AgreedPath, XmrChart, figure
from hub.board.chart_inputs import Period as ChartPeriod
from hub.board.chart_words import assurance_words, lettered_notes, variation_words, xmr_words
from hub.board.notes import Note, breaks_of, chart_notes, limits_of
from hub.board.point_words import STATE_WORDS, provisional_words, unit_of, value_words
from hub.board.small_counts import small_words
from hub.board.targets import NOTHING_AIMED, Aimed
from hub.board.view import MONTHS_SHOWN, View, chosen_words, first_shown, narrowed
from hub.errors import UnknownDefinition
from hub.measures.compute import Reading
from hub.measures.model import Measure, Point, Source
from hub.measures.protect import Audience
from hub.statistics.xmr import Xmr
from hub.units import UNITS, to_text

NOTHING_YET = "Nothing has been received yet."
NOT_LOADED = (
    "No published figures are held here yet. They come from a publisher’s yearly tables, which the data team of the "
    "national partnership loads; no agency here is asked for them."
)


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


def panel(
    reading: Reading,
    measure: Measure,
    audience: Audience,
    view: View,
    *,
    months: int = MONTHS_SHOWN,
    notes: Sequence[Note] = (),
    aimed: Aimed = NOTHING_AIMED,
) -> Panel:
    """`aimed` is what was promised of the whole place."""
    narrow = chosen_words(reading, view)
    title = f"{measure.name}: {narrow}" if narrow else measure.name
    try:
        series = narrowed(
            reading,
            measure,
            audience,
            view,
            first=first_shown(reading.at, months, view),
        )
    except UnknownDefinition as error:
        return _empty(measure, title, error.sentence)
    if series.withheld:
        return _empty(measure, title, series.withheld)
    points = [point for point in series.points if point.state != "not_due"]
    if not points:
        return _empty(measure, title, nothing_yet(reading, measure))
    return _filled(reading, measure, title, points, notes, NOTHING_AIMED if narrow else aimed)


def nothing_yet(reading: Reading, measure: Measure) -> str:
    """Why a measure has no figure: an agency's return did not come, or a publisher's tables were not loaded."""
    is_published = (
        not measure.reads_no_return
        and reading.cells.definition(measure.sources[measure.usual].return_code).published
    )
    return NOT_LOADED if is_published else NOTHING_YET


def _empty(measure: Measure, title: str, why: str) -> Panel:
    return Panel(measure, title, "", "", "", (), "", "", why, None, (), absent=why)


def _filled(
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
        unit=unit_of(measure),
        periods=tuple(_chart_period(point) for point in points),
        xmr=limits,
        notes=chart_notes(measure, points, notes),
        breaks=breaks_of(points),
        decimals=measure.places,
        period_word=measure.usual.replace("_", " "),
        path=path,
        most=100.0 if unit_of(measure) == "%" and measure.kind != "gap" else None,
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
        missing = reading.cells.named(reading.missing(source, latest.period))
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


def _chart_period(point: Point) -> ChartPeriod:
    at_least = point.value if point.state == "partial" else None
    return ChartPeriod(point.period.name, f"{point.period.starts_on:%b %y}", point.state, at_least)


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


def _part(value: int, unit: str) -> str:
    """One side of a quotient: money says that it is money."""
    return f"{UNITS[unit].prefix}{to_text(value, unit)}"


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
        numerator="" if point.numerator is None else _part(point.numerator, units[0]),
        denominator="" if point.denominator is None else _part(point.denominator, units[1]),
        coverage=point.coverage.words,
        note="; ".join(note for note in notes if note),
        expected=""
        if expected is None
        else figure(expected, measure.places, unit_of(measure) if unit_of(measure) == "%" else ""),
    )
