"""What anybody may read: figures of the whole place under the profile `nhs-hes` (security.md P8).

A count of 1 to 7 is hidden and every other one rounded to the nearest 5, so that no second one need be hidden; shares and
rates are worked out from rounded counts alone. Breakdowns and money do not leave at all.
"""

from __future__ import annotations

from dataclasses import replace

from hub.measures.model import Point, Series
from hub.measures.points import value_of
from hub.statistics.disclosure.model import Profile
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
    if series.measure.of_returns:
        return series
    return replace(series, points=tuple(_rounded(series, each) for each in series.points))


def _rounded(series: Series, point: Point) -> Point:
    above, below = point.numerator, point.denominator
    if point.value is None or above is None:
        return replace(point, value=None, numerator=None, denominator=None)
    children_below = None if series.measure.kind == "rate" else below  # a rate is over a published population
    if any(_is_small(each) for each in _told(above, children_below)):
        return replace(point, value=None, numerator=None, denominator=None, state="hidden", reason=HIDDEN)
    top = round5(above)
    bottom = below if children_below is None else round5(children_below)
    return replace(point, value=value_of(series.measure, top, bottom), numerator=top, denominator=bottom)


def _told(above: int, below: int | None) -> list[int]:
    """Every count that a reader could work out: both sides, and those that are below alone."""
    return [above] if below is None else [above, below, abs(below - above)]


def _is_small(count: int) -> bool:
    return 0 < count < NHS_HES.threshold
