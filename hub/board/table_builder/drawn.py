"""A built table drawn: a line chart for each measure over its periods, bars where there is one period."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from markupsafe import Markup

from hub.board.chart_inputs import ABSENT, Bar, BarChart, LineChart, Series
from hub.board.charts import bar_svg, line_svg
from hub.board.table_builder.build import Built
from hub.measures.model import Measure, Point
from hub.periods import Period

MOST_LINES = 5  # that can be told apart
MOST_BARS = 30
MOST_CHARTS = 6


@dataclass(frozen=True)
class Drawn:
    """One chart. `left_out` says what it does not show of the table."""

    title: str
    svg: Markup
    left_out: str


def drawn(built: Built) -> Iterator[Drawn]:
    """A chart for each of the first measures; one unit each, so that no two are on one axis."""
    for measure in built.measures[:MOST_CHARTS]:
        yield _bars(built, measure) if len(built.periods) == 1 else _lines(built, measure)


def _lines(built: Built, measure: Measure) -> Drawn:
    every = [
        Series(
            name or measure.name,
            tuple(_value(_at(built, measure, code, period)) for period in built.periods),
            not name,
        )
        for code, name in built.lines.items()
    ]
    known = [series for series in every if any(value is not None for value in series.values)]
    largest = sorted(known, key=_newest, reverse=True)[:MOST_LINES]
    chart = LineChart(
        id=f"built-{measure.id.lower()}",
        title=measure.name,
        unit=_unit(measure),
        periods=tuple(_short(period) for period in built.periods),
        series=tuple(series for series in known if series in largest),
        decimals=measure.places,
    )
    return Drawn(measure.name, line_svg(chart), _left_out(len(every) - len(largest), "lines", len(known)))


def _bars(built: Built, measure: Measure) -> Drawn:
    (period,) = built.periods
    points = [(name or measure.name, _at(built, measure, code, period)) for code, name in built.lines.items()]
    bars = [Bar(name, _value(point), absent=_absent(point)) for name, point in points]
    title = f"{measure.name}, {period.name}"
    chart = BarChart(
        f"built-{measure.id.lower()}", title, _unit(measure), tuple(bars[:MOST_BARS]), measure.places
    )
    return Drawn(title, bar_svg(chart), _left_out(len(bars) - MOST_BARS, "bars", len(bars)))


def _left_out(number: int, what: str, known: int) -> str:
    if number <= 0:
        return ""
    if what == "lines" and known <= MOST_LINES:
        return "Lines without one whole figure are in the table alone."
    shown = MOST_LINES if what == "lines" else MOST_BARS
    largest = " whose newest figures are the largest" if what == "lines" else " first in the table"
    return f"The chart shows the {shown} {what}{largest}; the table shows them all."


def _at(built: Built, measure: Measure, code: str, period: Period) -> Point | None:
    return built.cells.get((measure.id, code, period.code))


def _value(point: Point | None) -> float | None:
    """A figure that is whole; what is incomplete is a gap, since its line would fall for no reason."""
    return point.value if point is not None and point.state in ("value", "nil") else None


def _absent(point: Point | None) -> str:
    return "no figure" if point is None else ABSENT.get(point.state, "no figure")


def _newest(series: Series) -> float:
    return next((value for value in reversed(series.values) if value is not None), float("-inf"))


def _unit(measure: Measure) -> str:
    return "%" if measure.unit.startswith("%") else measure.unit


def _short(period: Period) -> str:
    """Months as they fit below an axis."""
    return f"{period.starts_on:%b %Y}" if period.kind == "month" else period.name
