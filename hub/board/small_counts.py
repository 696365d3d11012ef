"""Counts too small for limits: what the exact test and the CUSUM say of the newest one, in words.

Below a mean of about nine the lower limit of an XmR chart lies below nought, so that no fall can cross it (methods.md
section 3). What is found is "lower than expected", and why is for a person to find.
"""

from __future__ import annotations

from collections.abc import Sequence

from hub.board.chart_inputs import figure
from hub.measures.lower import CUSUM_MONTHS, falls, tested
from hub.measures.model import Measure, Point
from hub.statistics.cusum import Cusum
from hub.statistics.low_counts import LEAST_FOR_A_LOW_ZERO, Expected, expected_count
from hub.statistics.xmr import Xmr

LOW_AT = 0.025


def small_words(measure: Measure, points: Sequence[Point], limits: Xmr) -> str:
    """What limits cannot say of small counts, and what can; "" where the limits can."""
    segment = limits.segments[-1] if limits.segments else None
    if measure.kind != "count" or measure.usual != "month" or segment is None or segment.limits is None:
        return ""
    if segment.limits.lower >= 0 or not segment.is_small:
        return ""
    known = [None if point.value is None else int(point.value) for point in limits.points[segment.start :]]
    last = max(place for place, count in enumerate(known) if count is not None)
    counts, name = known[: last + 1], points[segment.start + last].period.name
    intro = (
        f"These counts are small, {figure(segment.limits.mean, 1)} on average, so the limits cannot show a fall, "
        "even to none. Tests made for small counts can."
    )
    return f"{intro} {_low_words(counts, name)} {_fall_words(counts)}"


def _expected(history: Sequence[int | None]) -> Expected | None:
    found = expected_count(history, seasonal_factor=1.0)
    return found if isinstance(found, Expected) else None


def _low_words(counts: Sequence[int | None], name: str) -> str:
    observed, expected = counts[-1] or 0, _expected(counts[:-1])
    if expected is None:
        return "The exact test of the newest count needs twelve months before it."
    test = tested(observed, expected, [count for count in counts[:-1] if count is not None], 1.0)
    chance = f"{figure(100 * test.p, 1)}%" if test.p >= 0.001 else "less than 0.1%"
    told = (
        f"{name}: {observed} where {figure(expected.value, 1)} were expected ({expected.basis}, from "
        f"{expected.n_points} months); the chance of so few or fewer is {chance} ({test.method})"
    )
    if not observed and expected.value < LEAST_FOR_A_LOW_ZERO:
        return f"{told}. With so few expected, none is never called low."
    return f"{told}: {'lower than expected' if test.p < LOW_AT else 'no lower than chance would give'}."


def _fall_words(counts: Sequence[int | None]) -> str:
    months = range(max(0, len(counts) - CUSUM_MONTHS), len(counts))
    expected = [expected_count(counts[:place], seasonal_factor=1.0) for place in months]
    found = falls(counts, expected)
    if not isinstance(found, Cusum):
        return f"No CUSUM for a sustained fall: {found.reason}."
    sum_, alarm = figure(found.months[-1].value, 1), figure(found.h, 0)
    if found.months[-1].is_alarm:
        return f"CUSUM for a sustained fall: {sum_}, over its alarm at {alarm}: lower than expected for some time."
    return f"CUSUM for a sustained fall: {sum_}, under its alarm at {alarm}: no sustained fall."
