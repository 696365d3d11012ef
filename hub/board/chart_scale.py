"""Where things go in a drawing: axes with round numbers, labels that keep apart, path texts.

Drawings are 600 units wide, whatever the screen. Narrow screens enlarge the letters through the style sheet, so
room is kept for letters of `NARROW_LETTER` units a character, and lines of text stand `LINE` units apart.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import ceil, floor, log10

from hub.board.chart_inputs import figure

WIDTH = 600
LINE = 23
DOT = "h0"  # a line of no length with round ends
LETTER = 8.4
NARROW_LETTER = 12.0

Place = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Axis:
    """A vertical axis: values from `low` at `bottom` to `high` at `top`, with its round numbers."""

    low: float
    high: float
    top: float
    bottom: float
    ticks: tuple[float, ...]
    decimals: int

    def y(self, value: float) -> float:
        return self.bottom - (value - self.low) / (self.high - self.low) * (self.bottom - self.top)


def axis_for(values: Iterable[float], *, top: float, bottom: float, decimals: int) -> Axis:
    """An axis that holds all values, from 0 unless they lie far above it and differ enough to be worth a closer look."""
    drawn = list(values) or [0.0]
    low, high = min(drawn), max(drawn)
    too_close = high - low < 4 * 10.0**-decimals
    if too_close or 0 <= low < high / 2:
        low, high = min(low, 0.0), max(high, 0.0)
    if low == high:
        high = low + 1
    step = _round_step((high - low) / 4, whole=decimals == 0)
    first, last = floor(low / step + 1e-9), ceil(high / step - 1e-9)
    ticks = tuple(number * step for number in range(first, last + 1))
    return Axis(ticks[0], ticks[-1], top, bottom, ticks, max(0, -floor(log10(step) + 1e-9)))


def _round_step(least: float, *, whole: bool) -> float:
    magnitude = 10.0 ** floor(log10(least))
    step = next(times * magnitude for times in (1, 2, 5, 10) if times * magnitude >= least * (1 - 1e-9))
    return max(1.0, step) if whole else step


def spread(wanted: Sequence[float], *, gap: float, low: float, high: float) -> list[float]:
    """Places as near as possible to those wanted, at least `gap` apart, between low and high."""
    order = sorted(range(len(wanted)), key=wanted.__getitem__)
    places = list(wanted)
    edge = low
    for i in order:
        places[i] = max(wanted[i], edge)
        edge = places[i] + gap
    edge = high
    for i in reversed(order):
        places[i] = min(places[i], edge)
        edge = places[i] - gap
    return places


def room_for(texts: Iterable[str], narrow_texts: Iterable[str] | None = None) -> float:
    """Units that the longest text needs, on wide screens and in the larger letters of narrow ones."""
    wide = list(texts)
    narrow = wide if narrow_texts is None else list(narrow_texts)
    return max([len(t) * LETTER for t in wide] + [len(t) * NARROW_LETTER for t in narrow], default=0.0)


def number(value: float) -> str:
    """A coordinate, short."""
    return f"{value:.1f}".removesuffix(".0")


def line_path(points: Sequence[Place | None]) -> str:
    """A line through the points that never bridges a gap (None)."""
    parts = []
    pen_down = False
    for point in points:
        if point is not None:
            parts.append(f"{'L' if pen_down else 'M'}{number(point[0])} {number(point[1])}")
        pen_down = point is not None
    return "".join(parts)


def broken_path(points: Sequence[Place | None], breaks: Sequence[int]) -> str:
    """Lines that end before each break and begin anew at it."""
    return "".join(line_path(points[start:stop]) for start, stop in pairwise((0, *breaks, len(points))))


def marks_path(points: Iterable[Place], mark: str) -> str:
    """The same mark, given relative to its centre, at every point."""
    return "".join(f"M{number(x)} {number(y)}{mark}" for x, y in points)


def tick_positions(n: int, most: int) -> list[int]:
    """Which of n periods are named under the axis: evenly spaced, the last always."""
    step = max(1, ceil(n / most))
    return list(range(n - 1, -1, -step))[::-1]


def tick_texts(axis: Axis, unit: str) -> list[str]:
    """The axis's round numbers as they are read; units other than % belong to the title."""
    return [figure(tick, axis.decimals, "%" if unit == "%" else "") for tick in axis.ticks]


def places(n: int, left: float, right: float) -> list[float]:
    """n places from left to right; a single one stands in the middle."""
    if n == 1:
        return [(left + right) / 2]
    return [left + (right - left) * i / (n - 1) for i in range(n)]


def across(start: float, end: float, axis: Axis, value: float | None) -> str:
    """A level line."""
    return "" if value is None else f"M{number(start)} {number(axis.y(value))}H{number(end)}"
