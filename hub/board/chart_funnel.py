"""The layout of a funnel: every body by its size and figure between control lines, those outside named."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from statistics import median

from hub.board.chart_inputs import figure
from hub.board.chart_scale import (
    LINE,
    NARROW_LETTER,
    WIDTH,
    Axis,
    Place,
    across,
    axis_for,
    line_path,
    marks_path,
    room_for,
    spread,
    tick_texts,
)
from hub.board.funnels import LEVELS, Judged
from hub.statistics.funnel import Category

_DIAMOND = "m0-7l7 7-7 7-7-7z"


@dataclass(frozen=True, slots=True)
class FunnelChart:
    """`short` names the bodies in the drawing; `of` says what their size is counted in; `words` tell it all."""

    id: str
    title: str
    unit: str
    judged: Judged
    short: tuple[str, ...]
    of: str
    words: str
    decimals: int = 1


def funnel_drawing(chart: FunnelChart) -> dict[str, object]:
    """Everything that chart_funnel.svg.jinja draws."""
    judged = chart.judged
    placed = [
        (short, point.denominator, point.value, isinstance(category, Category) and category is not Category.NOT_SIGNIFICANT)
        for short, point, category in zip(chart.short, judged.funnel.points, judged.categories, strict=True)
        if point.value is not None and point.denominator
    ]  # fmt: skip
    largest = max(size for _, size, _, _ in placed) * 1.1
    smallest = min(size for _, size, _, _ in placed) * 0.8
    lines = [
        judged.line((smallest, largest), level, upper=upper) for level in LEVELS for upper in (False, True)
    ]
    # The lines of the smallest run far out: the drawing holds the figures, and the lines where a body of middle size stands.
    middle = median(size for _, size, _, _ in placed)
    near = [min(line, key=lambda at: abs(at[0] - middle))[1] for line in lines if line]
    axis = axis_for(
        [judged.level, *near, *(value for _, _, value, _ in placed)],
        top=14,
        bottom=254,
        decimals=chart.decimals,
    )
    left, right = room_for(tick_texts(axis, chart.unit)) + 10, WIDTH - 20
    x_of = _across(smallest, largest, left, right)
    marks = [((x_of(size), axis.y(value)), short, outside) for short, size, value, outside in placed]
    return {
        "words": chart.words,
        "height": axis.bottom + 58,
        "axis": axis,
        "left": left,
        "right": right,
        "ticks": list(zip(tick_texts(axis, chart.unit), map(axis.y, axis.ticks), strict=True)),
        "periods": [(x_of(size), figure(size, 0)) for size in (smallest, (smallest + largest) / 2, largest)],
        "limits": [_line(line, axis, x_of) for line in lines],
        "level": across(left, right, axis, judged.level),
        "within": marks_path([place for place, _, outside in marks if not outside], "h0"),
        "outside": marks_path([place for place, _, outside in marks if outside], _DIAMOND),
        "names": _names([(place, short) for place, short, outside in marks if outside], axis),
        "of": chart.of,
    }


def _names(marks: list[tuple[Place, str]], axis: Axis) -> list[tuple[float, float, str, bool]]:
    """Beside their marks, one under the other where those stand close; before the mark at the right edge."""
    gap = min(LINE, (axis.bottom - axis.top) / max(1, len(marks)))
    heights = spread([y for (_, y), _ in marks], gap=gap, low=axis.top, high=axis.bottom)
    return [
        (x, y, short, x + LINE + NARROW_LETTER * len(short) > WIDTH)
        for ((x, _), short), y in zip(marks, heights, strict=True)
    ]


def _line(line: list[tuple[float, float]], axis: Axis, x_of: Callable[[float], float]) -> str:
    return line_path(
        [(x_of(size), axis.y(value)) if axis.low <= value <= axis.high else None for size, value in line]
    )


def _across(smallest: float, largest: float, left: float, right: float) -> Callable[[float], float]:
    width = (largest - smallest) or 1.0
    return lambda size: left + 12 + (size - smallest) / width * (right - left - 24)
