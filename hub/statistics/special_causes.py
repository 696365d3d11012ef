"""The four rules that tell a special cause from ordinary variation on an XmR chart.

Takes the values of one segment and its limits, gives one label per value. Rules look only inside the segment;
a missing month (None) breaks every run and window. The labels' texts are those of NHS England's Making Data
Count tools, so that results can be compared with theirs.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise
from math import isclose

RUN_LENGTH = 7


class Label(StrEnum):
    """What one point says; each point has exactly one."""

    COMMON_CAUSE = "Common Cause"
    ABOVE_UPPER = "Above UCL"
    BELOW_LOWER = "Below LCL"
    TREND_UP = "7 Point Trend (Increasing)"
    TREND_DOWN = "7 Point Trend (Decreasing)"
    TWO_OF_THREE_ABOVE = "2 in 3 Above CL"
    TWO_OF_THREE_BELOW = "2 in 3 Below CL"
    SHIFT_ABOVE = "7 Points Above CL"
    SHIFT_BELOW = "7 Points Below CL"


HIGH = frozenset({Label.ABOVE_UPPER, Label.TREND_UP, Label.TWO_OF_THREE_ABOVE, Label.SHIFT_ABOVE})
LOW = frozenset({Label.BELOW_LOWER, Label.TREND_DOWN, Label.TWO_OF_THREE_BELOW, Label.SHIFT_BELOW})


@dataclass(frozen=True, slots=True)
class Limits:
    """Centre line and limits of one segment; never clamped at 0."""

    mean: float
    lower: float
    upper: float
    near_lower: float
    near_upper: float


def is_beyond(value: float, line: float, *, side: int) -> bool:
    """Whether a value lies strictly above (side 1) or below (side -1) a line.

    Limits come from decimal constants, so an exact tie may miss by the last bit; a tie is not beyond.
    """
    return (value - line) * side > 0 and not isclose(value, line, rel_tol=1e-12, abs_tol=1e-12)


def label_points(values: Sequence[float | None], limits: Limits) -> list[Label]:
    """One label per value; the first rule that fits wins: astronomical, trend, two of three, shift."""
    labels = [Label.COMMON_CAUSE] * len(values)
    for rule in (_shifts, _twos_of_three, _trends, _astronomical):  # later rules overwrite earlier ones
        for index, label in rule(values, limits):
            labels[index] = label
    return labels


Signals = list[tuple[int, Label]]


def _astronomical(values: Sequence[float | None], limits: Limits) -> Signals:
    sides = _sides(values, lambda y: _outside(y, limits))
    return [(i, Label.ABOVE_UPPER if side > 0 else Label.BELOW_LOWER) for i, side in enumerate(sides) if side]


def _trends(values: Sequence[float | None], limits: Limits) -> Signals:
    """Seven points in a row, each above (or each below) the one before; a tie breaks the trend."""
    steps = [_step(a, b) for a, b in pairwise(values)]
    signals: Signals = []
    for start, stop, direction in _runs(steps, RUN_LENGTH - 1):
        label = Label.TREND_UP if direction > 0 else Label.TREND_DOWN
        signals += [
            (i, label) for i in range(start, stop + 1)
        ]  # in time order: a turning point takes the later
    return signals


def _twos_of_three(values: Sequence[float | None], limits: Limits) -> Signals:
    """Of three in a row on one side of the mean, the two or three that are near a limit but inside it."""
    sides = _sides(values, lambda y: _side(y, limits.mean, limits.mean))
    near = _sides(
        values, lambda y: 0 if _outside(y, limits) else _side(y, limits.near_lower, limits.near_upper)
    )
    signals: Signals = []
    for start in range(len(values) - 2):
        window = range(start, start + 3)
        side = sides[start]
        found = [i for i in window if near[i] == side]
        if side and all(sides[i] == side for i in window) and len(found) >= 2:
            label = Label.TWO_OF_THREE_ABOVE if side > 0 else Label.TWO_OF_THREE_BELOW
            signals += [(i, label) for i in found]
    return signals


def _shifts(values: Sequence[float | None], limits: Limits) -> Signals:
    """Every point of a run of seven or more strictly on one side of the mean."""
    sides = _sides(values, lambda y: _side(y, limits.mean, limits.mean))
    return [
        (i, Label.SHIFT_ABOVE if side > 0 else Label.SHIFT_BELOW)
        for start, stop, side in _runs(sides, RUN_LENGTH)
        for i in range(start, stop)
    ]


def _sides(values: Sequence[float | None], side_of: Callable[[float], int]) -> list[int]:
    return [0 if y is None else side_of(y) for y in values]


def _side(value: float, lower: float, upper: float) -> int:
    if is_beyond(value, upper, side=1):
        return 1
    return -1 if is_beyond(value, lower, side=-1) else 0


def _outside(value: float, limits: Limits) -> int:
    return _side(value, limits.lower, limits.upper)


def _step(before: float | None, after: float | None) -> int:
    if before is None or after is None or before == after:
        return 0
    return 1 if after > before else -1


def _runs(signs: Sequence[int], least: int) -> list[tuple[int, int, int]]:
    """(start, stop, sign) of every stretch of at least `least` equal signs that are not 0."""
    runs = []
    start = 0
    for stop in range(1, len(signs) + 1):
        if stop == len(signs) or signs[stop] != signs[start]:
            if signs[start] and stop - start >= least:
                runs.append((start, stop, signs[start]))
            start = stop
    return runs
