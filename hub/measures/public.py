"""What anybody may read: figures of the whole place under the public profile that the deployment chose (security.md P8).

A small count is hidden, and every other one shown as the profile says, rounded to the nearest 5 or as it is, each from its own
true value, so that it looks the same wherever it is printed; shares and rates are worked out from what is shown. Money does not
leave at all, and lines of a breakdown only where `public_lines` has judged them together.
"""

from __future__ import annotations

from dataclasses import replace

from hub.measures.model import Point, Series
from hub.measures.points import value_of
from hub.measures.profiles import DisclosureProfile, chosen
from hub.statistics.disclosure.rounding import round5

NOT_PUBLIC = "Not shown: only figures of the whole place are public."


def as_public(series: Series) -> Series:
    """The series as anybody may see it. Counts of returns are about no child and stay as they are."""
    if series.by is not None or series.personal or series.finance or series.measure.judged:
        return replace(series, points=(), withheld=NOT_PUBLIC)
    if series.measure.reads_no_return:
        return series
    profile = chosen("public", series.disclosure_public)
    return replace(series, points=tuple(public_point(series, each, profile) for each in series.points))


def public_point(series: Series, point: Point, profile: DisclosureProfile) -> Point:
    """One figure as anybody may read it."""
    if point.value is None or point.numerator is None:
        return replace(point, value=None, numerator=None, denominator=None)
    if any(profile.is_small(each) for each in told_of(series, point)):
        return hidden(point, profile)
    above, below = point.numerator, point.denominator
    top = shown(above, point, profile)
    # A rate is over a published population.
    bottom = below if below is None or series.measure.kind == "rate" else shown(below, point, profile)
    return replace(point, value=value_of(series.measure, top, bottom), numerator=top, denominator=bottom)


def hidden(point: Point, profile: DisclosureProfile) -> Point:
    return replace(point, value=None, numerator=None, denominator=None, state="hidden", reason=profile.mark)


def shown(count: int, point: Point, profile: DisclosureProfile) -> int:
    """As it is, or to the nearest 5; what is incomplete is "at least", so it is rounded down."""
    if profile.method != "round":
        return count
    return count - count % profile.base if point.state == "partial" else round5(count)


def told_of(series: Series, point: Point) -> tuple[int, ...]:
    """Every count that a reader of a figure could work out: both sides, and those that are below alone."""
    above, below = point.numerator or 0, point.denominator
    if below is None or series.measure.kind == "rate":
        return (above,)
    return above, below, abs(below - above)
