"""Charts drawn on the server: frozen inputs in, an SVG element out.

Page and pack use the same drawing. It has no script and no style attributes, only classes (web/static/charts.css),
so it stands under a strict content security policy. Its text alternative comes from chart_words. Every drawing is
600 units wide and scales to its place; put it in a `<figure class="chart-frame">`.
"""

from collections.abc import Sequence
from functools import cache
from pathlib import Path
from textwrap import shorten, wrap

from jinja2 import Environment, FileSystemLoader, Template
from markupsafe import Markup

from hub.board.chart_funnel import FunnelChart, funnel_drawing
from hub.board.chart_inputs import Bar, BarChart, LineChart, Series, XmrChart, figure
from hub.board.chart_scale import (
    DOT,
    LINE,
    WIDTH,
    Axis,
    axis_for,
    broken_path,
    line_path,
    marks_path,
    number,
    places,
    room_for,
    spread,
    tick_positions,
    tick_texts,
)
from hub.board.chart_words import bar_words, line_words
from hub.board.chart_xmr import xmr_drawing

_ROW = 52
_LONGEST_NAME = 46  # letters that fit a narrow screen


def xmr_svg(chart: XmrChart) -> Markup:
    """An XmR or run chart."""
    return _render("xmr", chart, xmr_drawing(chart))


def funnel_svg(chart: FunnelChart) -> Markup:
    """Bodies by size between control lines."""
    return _render("funnel", chart, funnel_drawing(chart))


def bar_svg(chart: BarChart) -> Markup:
    """Bars, one under the other, each with its name above it, so that long names fit a narrow screen."""
    values = [bar.value for bar in chart.bars if bar.value is not None]
    unit = "%" if chart.unit == "%" else ""
    space = WIDTH - 20 - room_for(figure(value, chart.decimals, unit) for value in values)
    scale = space / (max([*values, 0.0]) or 1.0)
    drawing = {
        "words": bar_words(chart),
        "height": len(chart.bars) * _ROW + 8,
        "rows": [_row(bar, i, scale, chart) for i, bar in enumerate(chart.bars)],
    }
    return _render("bars", chart, drawing)


def line_svg(chart: LineChart) -> Markup:
    """A few lines over the years, each named at its right end."""
    values = [value for series in chart.series for value in series.values if value is not None]
    axis = axis_for(values, top=12, bottom=272, decimals=chart.decimals)
    left = room_for(tick_texts(axis, chart.unit)) + 10
    texts = [_end_text(series, chart) for series in chart.series]
    right = WIDTH - 46 - room_for(line for lines in texts for line in lines)
    xs = places(len(chart.periods), left + 8, right - 8)
    gap = LINE * max(map(len, texts), default=1)
    lasts = [_last(series) for series in chart.series]
    wanted = [axis.bottom if last is None else axis.y(last) for last in lasts]
    heights = spread(wanted, gap=gap, low=axis.top + 6, high=axis.bottom - gap + LINE)
    classes = ["own" if series.is_own else f"s{i % 5}" for i, series in enumerate(chart.series)]
    drawing = {
        "words": line_words(chart),
        "height": axis.bottom + 34,
        "axis": axis,
        "left": left,
        "right": right,
        "ticks": list(zip(tick_texts(axis, chart.unit), map(axis.y, axis.ticks), strict=True)),
        "periods": [(xs[i], chart.periods[i]) for i in tick_positions(len(xs), 5)],
        "series": [
            (css, *_paths(series, axis, xs)) for css, series in zip(classes, chart.series, strict=True)
        ],
        "labels": list(zip(texts, heights, classes, strict=True)),
    }
    return _render("lines", chart, drawing)


def spark_svg(
    values: Sequence[float | None],
    words: str,
    breaks: Sequence[int] = (),
    *,
    scale: tuple[float, float] | None = None,
    level: float | None = None,
) -> Markup:
    """A line without axes: `words` say what it shows, a gap stays a gap and a break is not joined.

    `scale` is from where to where it is drawn, else from its lowest to its highest; `level` is drawn across, a median.
    """
    known = [value for value in values if value is not None]
    low, high = scale or (min(known, default=0.0), max(known, default=1.0))
    xs = places(len(values), 4, 116)
    points = [
        None if value is None else (x, 24 - 20 * (value - low) / ((high - low) or 1.0))
        for x, value in zip(xs, values, strict=True)
    ]
    across_at = None if level is None else 24 - 20 * (level - low) / ((high - low) or 1.0)
    last = next((point for point in reversed(points) if point is not None), None)
    text = _template("spark").render(
        words=words, path=broken_path(points, breaks), last=last, level=across_at
    )
    return Markup(text)  # noqa: S704 (the environment escapes every value)


@cache
def _template(kind: str) -> Template:
    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent), autoescape=True, trim_blocks=True, lstrip_blocks=True
    )
    environment.filters["n"] = number
    return environment.get_template(f"chart_{kind}.svg.jinja")


def _render(
    kind: str, chart: XmrChart | BarChart | LineChart | FunnelChart, drawing: dict[str, object]
) -> Markup:
    text = _template(kind).render(chart=chart, width=WIDTH, line_height=LINE, **drawing)
    return Markup(text)  # noqa: S704 (the environment escapes every value)


def _row(bar: Bar, position: int, scale: float, chart: BarChart) -> dict[str, object]:
    unit = "%" if chart.unit == "%" else ""
    return {
        "name": shorten(bar.name, _LONGEST_NAME, placeholder="…"),
        "y": position * _ROW,
        "css": bar.kind,
        "length": None if bar.value is None else max(bar.value * scale, 0),
        "text": bar.absent if bar.value is None else figure(bar.value, chart.decimals, unit),
    }


def _last(series: Series) -> float | None:
    return next((value for value in reversed(series.values) if value is not None), None)


def _end_text(series: Series, chart: LineChart) -> list[str]:
    """The last figure and the name, in at most two lines; the full name is in the words."""
    last = _last(series)
    value = "no figures" if last is None else figure(last, chart.decimals, "%" if chart.unit == "%" else "")
    return wrap(f"{value} {series.name}", 15, max_lines=2, placeholder="…")


def _paths(series: Series, axis: Axis, xs: list[float]) -> tuple[str, str]:
    """The line, broken at every gap, and its dots."""
    points = [
        None if value is None else (x, axis.y(value)) for x, value in zip(xs, series.values, strict=True)
    ]
    return line_path(points), marks_path((point for point in points if point is not None), DOT)
