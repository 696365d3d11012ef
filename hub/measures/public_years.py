"""A year's figure for anybody, judged beside what anybody can be given besides: its months, and what was published of it before.

A year less eleven months tells the twelfth. And a figure that is published again after it was corrected, or after one agency's
return came late, tells by how much it moved: what moved by a small count is published as it was before.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from hub.measures.compute import Reading
from hub.measures.model import Asked, Measure, Point, Series
from hub.measures.profiles import DisclosureProfile, chosen
from hub.measures.public import hidden, told_of
from hub.measures.public_lines import band, narrowed
from hub.measures.published_before import HELD, Counts, standing
from hub.measures.years import year_of
from hub.periods import Period

EXACTLY = 0  # no interval of two values and more is too narrow


def public_year(
    reading: Reading, measure: Measure, year: Period, given: Sequence[Reading], tables: Sequence[Reading] = ()
) -> Series:
    """The year as readers outside have it, to be shown to anybody; `given` are the moments of earlier publications, in order,
    `tables` those at which months of it were.

    Raises UnknownDefinition for a measure that has no year.
    """
    profile = chosen("public", reading.partnership.disclosure_public)
    series, points = _year(reading, measure, year)
    if measure.reads_no_return or not points:
        return series
    point, source = _published(measure, year, [*given, reading], profile)[-1]
    months = _months(source, measure, year)
    if _parts_from_tables(source, measure, year, tables, profile):
        return replace(series, points=(), outside=None, withheld=HELD)
    if _tells_a_month(series, point, months, profile):
        point = hidden(point, profile)
    return replace(series, points=(point,), outside=None)


def _year(reading: Reading, measure: Measure, year: Period) -> tuple[Series, tuple[Point, ...]]:
    series = year_of(reading, measure, year)
    return series, series.points if series.outside is None else series.outside


def _published(
    measure: Measure, year: Period, readings: Sequence[Reading], profile: DisclosureProfile
) -> list[tuple[Point, Reading]]:
    """What was published one after another: a figure that moved by a small count is the one before it again."""
    published: list[tuple[Point, Reading]] = []
    for reading in readings:
        series, points = _year(reading, measure, year)
        if not points:
            continue
        if published:
            moved = zip(told_of(series, published[-1][0]), told_of(series, points[0]), strict=False)
            if any(profile.is_small(abs(now - then)) for then, now in moved):
                continue
        published.append((points[0], reading))
    return published


def _months(reading: Reading, measure: Measure, year: Period) -> list[Point]:
    return _months_of(reading, measure, year)[1]


def _months_of(reading: Reading, measure: Measure, year: Period) -> tuple[Series, list[Point]]:
    whole = reading.series(measure, Asked(kind=measure.usual, first=year.starts_on, last=year.ends_on))
    points = whole.points if whole.outside is None else whole.outside
    return whole, [each for each in points if each.numerator is not None and year.contains(each.period)]


def _parts_from_tables(
    source: Reading, measure: Measure, year: Period, tables: Sequence[Reading], profile: DisclosureProfile
) -> bool:
    """Whether the year is the sum of other months than those that tables show for good."""
    versions: list[dict[Period, Counts]] = [
        {point.period: {("",): told_of(series, point)} for point in points}
        for each in (*tables, source)
        for series, points in (_months_of(each, measure, year),)
    ]
    return any(number < len(tables) for number in standing(versions, profile).values())


def _tells_a_month(series: Series, year: Point, months: Sequence[Point], profile: DisclosureProfile) -> bool:
    """Whether the year tells a month's hidden count exactly, on any side that is added up."""
    for side, total in enumerate(told_of(series, year)):
        counts = [(told_of(series, each)[side], each) for each in months if len(told_of(series, each)) > side]
        if sum(count for count, _ in counts) != total or len(counts) < 2:
            continue  # no sum: a stock, or the children of the year
        parts = [band(count, each, profile) for count, each in counts]
        if narrowed(band(total, year, profile), [parts], EXACTLY):
            return True
    return False
