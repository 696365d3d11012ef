"""XmR charts as in NHS England's Making Data Count: limits, special causes and the two icons.

Takes one figure a month in order, None where none can be used (missing, partial, not due, hidden); gives a frozen
chart. Missing is never 0: a gap gives no moving range on either side and breaks every run. Limits are drawn from
six points and are trial limits below thirteen; with fewer the chart is a plain run chart. Screening follows
Nelson 1982; `screen=False` reproduces the Excel tools.

Where we differ from NHSRplotthedots 0.2.2: it refuses series with gaps, and draws limits from two points (its code warns
below thirteen, its text says twelve); from a screened constant series, both draw none.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise
from math import fsum, isfinite, sqrt
from typing import Literal

from hub.statistics.special_causes import HIGH, LOW, Label, Limits, is_beyond, label_points

METHOD = "XmR (Making Data Count)"
LIMIT_FACTOR = 2.66
SCREEN_FACTOR = 3.267
LEAST_FOR_LIMITS = 6
LEAST_FOR_FULL_LIMITS = 13

Improvement = Literal["increase", "decrease", "neutral"]


class Variation(StrEnum):
    """What kind of change a point shows, and whether that is good."""

    COMMON_CAUSE = "common_cause"
    IMPROVEMENT_HIGH = "improvement_high"
    IMPROVEMENT_LOW = "improvement_low"
    CONCERN_HIGH = "concern_high"
    CONCERN_LOW = "concern_low"
    NEUTRAL_HIGH = "neutral_high"
    NEUTRAL_LOW = "neutral_low"


class Assurance(StrEnum):
    """Whether the target can be expected to be met, as things are."""

    PASSING = "consistently_passing"
    FAILING = "consistently_failing"
    HIT_OR_MISS = "hit_or_miss"


@dataclass(frozen=True, slots=True)
class Parameters:
    improvement: Improvement
    target: float | None
    rebase: tuple[int, ...]
    fix_after: int | None
    screen: bool
    counts: bool


@dataclass(frozen=True, slots=True)
class Point:
    """One month: its figure (None: a gap), its segment, what it signals."""

    value: float | None
    segment: int
    label: Label
    variation: Variation


@dataclass(frozen=True, slots=True)
class Segment:
    """The months from `start` up to, not including, `stop`; `mean` is None without any figure."""

    start: int
    stop: int
    n_points: int
    n_base: int
    mean: float | None
    limits: Limits | None
    no_limits_because: str | None
    is_trial: bool
    is_small: bool  # counts whose lower limit no fall can cross
    warnings: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Xmr:
    """A whole chart; the icons speak of the last figure and the last segment."""

    method: str
    parameters: Parameters
    n_points: int
    points: tuple[Point, ...]
    segments: tuple[Segment, ...]
    variation: Variation | None
    assurance: Assurance | None
    warnings: tuple[str, ...]


def xmr(
    values: Sequence[float | None],
    *,
    improvement: Improvement = "increase",
    target: float | None = None,
    rebase: Collection[int] = (),
    fix_after: int | None = None,
    screen: bool = True,
    counts: bool = True,
) -> Xmr:
    """The XmR chart of a series of months.

    rebase:    positions in `values` at which a new segment starts; each needs a recorded reason, kept by the caller.
    fix_after: limits come from a segment's first so many figures, at least 12.
    counts:    the values are counts; false for rates and percentages, which need no small-counts warning.
    """
    parameters = Parameters(improvement, target, tuple(sorted(set(rebase))), fix_after, screen, counts)
    _refuse_impossible(values, parameters)
    edges = sorted({0, len(values), *parameters.rebase})
    segments = tuple(_segment(values, start, stop, parameters) for start, stop in pairwise(edges))
    points = tuple(
        point
        for number, segment in enumerate(segments)
        for point in _points(values[segment.start : segment.stop], segment, number, improvement)
    )
    figures = [point for point in points if point.value is not None]
    return Xmr(
        method=METHOD,
        parameters=parameters,
        n_points=len(figures),
        points=points,
        segments=segments,
        variation=figures[-1].variation if figures else None,
        assurance=_assurance(segments[-1].limits, target, improvement) if segments else None,
        warnings=tuple(dict.fromkeys(warning for segment in segments for warning in segment.warnings)),
    )


def _refuse_impossible(values: Sequence[float | None], parameters: Parameters) -> None:
    if not all(y is None or isfinite(y) for y in values):
        raise ValueError("XmR values are finite numbers, or None where there is no figure.")
    if parameters.fix_after is not None and parameters.fix_after < 12:
        raise ValueError(f"fix_after is {parameters.fix_after}; limits are fixed on 12 points or more.")
    if any(not 0 <= month < len(values) for month in parameters.rebase):
        raise ValueError(f"rebase {parameters.rebase} names a month outside the series of {len(values)}.")


def _segment(values: Sequence[float | None], start: int, stop: int, parameters: Parameters) -> Segment:
    months = values[start:stop]
    base = _base(months, parameters.fix_after)
    figures = [y for y in base if y is not None]
    n_points = sum(y is not None for y in months)
    mean = fsum(figures) / len(figures) if figures else None
    limits, reason = _limits(base, mean, len(figures), screen=parameters.screen)
    is_trial = limits is not None and n_points < LEAST_FOR_FULL_LIMITS
    warnings = []
    if is_trial:
        warnings.append(
            f"Trial limits: worked out from {n_points} figures, and will move until there are {LEAST_FOR_FULL_LIMITS}."
        )
    is_small = bool(limits and parameters.counts and limits.mean < 3 * sqrt(max(limits.mean, 0.0)))
    if is_small:
        warnings.append("Small counts: a fall to zero cannot show as a special cause by the limits alone.")
    return Segment(
        start, stop, n_points, len(figures), mean, limits, reason, is_trial, is_small, tuple(warnings)
    )


def _base(months: Sequence[float | None], fix_after: int | None) -> Sequence[float | None]:
    """The months that the limits come from: up to the `fix_after`th figure, gaps left in their places."""
    if fix_after is None:
        return months
    seen = 0
    for position, y in enumerate(months):
        seen += y is not None
        if seen == fix_after:
            return months[: position + 1]
    return months


def _limits(
    base: Sequence[float | None], mean: float | None, n: int, *, screen: bool
) -> tuple[Limits | None, str | None]:
    if mean is None or n < LEAST_FOR_LIMITS:
        return None, f"Limits need {LEAST_FOR_LIMITS} figures; there {'is' if n == 1 else 'are'} {n}."
    ranges = [abs(b - a) for a, b in pairwise(base) if a is not None and b is not None]
    if not ranges:
        return None, "Limits need figures for months that follow each other; every one stands alone."
    average = fsum(ranges) / len(ranges)
    if screen:
        kept = [r for r in ranges if is_beyond(r, SCREEN_FACTOR * average, side=-1)]
        if average == 0 or not kept:
            return (
                None,
                "The figure never changes from one month to the next, so there is no variation to measure.",
            )
        average = fsum(kept) / len(kept)
    width = LIMIT_FACTOR * average
    near = width * 2 / 3
    return Limits(mean, mean - width, mean + width, mean - near, mean + near), None


def _points(
    months: Sequence[float | None], segment: Segment, number: int, improvement: Improvement
) -> list[Point]:
    labels = label_points(months, segment.limits) if segment.limits else [Label.COMMON_CAUSE] * len(months)
    return [
        Point(y, number, label, _variation(label, improvement))
        for y, label in zip(months, labels, strict=True)
    ]


def _variation(label: Label, improvement: Improvement) -> Variation:
    if label in HIGH:
        word = {"increase": "improvement", "decrease": "concern", "neutral": "neutral"}[improvement]
        return Variation(f"{word}_high")
    if label in LOW:
        word = {"increase": "concern", "decrease": "improvement", "neutral": "neutral"}[improvement]
        return Variation(f"{word}_low")
    return Variation.COMMON_CAUSE


def _assurance(limits: Limits | None, target: float | None, improvement: Improvement) -> Assurance | None:
    if limits is None or target is None or improvement == "neutral":
        return None
    if is_beyond(target, limits.upper, side=1):
        return Assurance.FAILING if improvement == "increase" else Assurance.PASSING
    if is_beyond(target, limits.lower, side=-1):
        return Assurance.PASSING if improvement == "increase" else Assurance.FAILING
    return Assurance.HIT_OR_MISS
