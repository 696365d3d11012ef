"""What anybody may read: figures of the whole place under the profile `nhs-hes` (security.md P8).

A count of 1 to 7 is hidden and every other one rounded to the nearest 5, each from its own true value, so that it looks the
same wherever it is printed; shares and rates are worked out from rounded counts alone. Money does not leave at all, and
lines of a breakdown only where `public_lines` has judged them together.
"""

from __future__ import annotations

from dataclasses import replace

from hub.measures.model import Point, Series
from hub.measures.points import value_of
from hub.statistics.disclosure.model import ROUNDING_BASE, Profile
from hub.statistics.disclosure.rounding import round5

NHS_HES = Profile("nhs-hes", threshold=8, method="round5")
HIDDEN = "*"
NOT_PUBLIC = "Not shown: only figures of the whole place are public."
NOTE = (
    f"Counts of 1 to {NHS_HES.threshold - 1} are shown as {HIDDEN}; every other count is rounded to the nearest 5, so that parts need "
    "not add up. Shares and rates are worked out from rounded counts."
)


def as_public(series: Series) -> Series:
    """The series as anybody may see it. Counts of returns are about no child and stay as they are."""
    if series.by is not None or series.finance or series.measure.judged:
        return replace(series, points=(), withheld=NOT_PUBLIC)
    if series.measure.reads_no_return:
        return series
    return replace(series, points=tuple(rounded(series, each) for each in series.points))


def rounded(series: Series, point: Point) -> Point:
    """One figure as anybody may read it."""
    above, below = point.numerator, point.denominator
    if point.value is None or above is None:
        return replace(point, value=None, numerator=None, denominator=None)
    children_below = None if series.measure.kind == "rate" else below  # a rate is over a published population
    if any(is_small(each) for each in _told(above, children_below)):
        return replace(point, value=None, numerator=None, denominator=None, state="hidden", reason=HIDDEN)
    top = shown(above, point)
    bottom = below if children_below is None else shown(children_below, point)
    return replace(point, value=value_of(series.measure, top, bottom), numerator=top, denominator=bottom)


def shown(count: int, point: Point) -> int:
    """To the nearest 5; what is incomplete is "at least", so it is rounded down."""
    return count - count % ROUNDING_BASE if point.state == "partial" else round5(count)


def _told(above: int, below: int | None) -> list[int]:
    """Every count that a reader could work out: both sides, and those that are below alone."""
    return [above] if below is None else [above, below, abs(below - above)]


def is_small(count: int) -> bool:
    return 0 < count < NHS_HES.threshold
