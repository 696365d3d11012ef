"""A measure over a whole financial year, from what the partnership's own agencies send: flows are added, a stock is read as on its last day; what did not come is said."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from hub.measures.compute import Reading
from hub.measures.model import Asked, Coverage, Measure, Point, Series
from hub.measures.points import value_of
from hub.periods import Period

LINE_BY_LINE = ("gap", "share")


def year_of(reading: Reading, measure: Measure, year: Period) -> Series:
    """The series of one point, the year, of the whole place; empty where nothing of the year can be read as a whole."""
    whole = reading.series(measure, Asked(kind=measure.usual, first=year.starts_on, last=year.ends_on))
    if measure.kind in LINE_BY_LINE:
        return replace(whole, by=None).narrowed(lambda _: ())
    is_stock = _is_stock(reading, measure)

    def one(points: Sequence[Point]) -> Iterator[Point]:
        inside = [
            each
            for each in points
            if year.starts_on <= each.period.starts_on
            and each.period.ends_on <= year.ends_on
            and each.state != "not_due"
        ]
        if inside:
            yield _added(measure, inside, year, is_stock=is_stock)

    return whole.narrowed(one)


def _is_stock(reading: Reading, measure: Measure) -> bool:
    source = measure.sources[measure.usual]
    if measure.reads_no_return or not source.numerator:
        return False
    return reading.cells.definition(source.return_code).figure(source.numerator[0]).stock


def _added(measure: Measure, points: list[Point], year: Period, *, is_stock: bool) -> Point:
    if is_stock or len(points) == 1:
        return replace(points[-1], period=year)
    told = [each for each in points if each.numerator is not None]
    over = Coverage(
        sum(each.coverage.received for each in points),
        sum(each.coverage.due for each in points),
        of=points[-1].coverage.of,
        waiting=sum(each.coverage.waiting for each in points),
    )
    if not told:
        return replace(points[-1], period=year, coverage=over)
    above = sum(each.numerator or 0 for each in told)
    below = None if told[-1].denominator is None else sum(each.denominator or 0 for each in told)
    if measure.kind == "rate":
        below = told[-1].denominator  # the children of the year, not of each month
    state = "partial" if len(told) < len(points) or any(each.state == "partial" for each in told) else "value"
    value = value_of(measure, above, below)
    return Point(year, value, above, below, over, state if value is not None else "not_applicable")
