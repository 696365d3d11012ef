"""Lines of a breakdown for anybody: rounded like the whole, and left out where the sums would tell a hidden count.

Rounding alone does not do for lines: where they and their whole, taken over every table that the public can be given, leave
less than 1 to 7 for a hidden one, that period is shown as a whole alone. Takes series that passed the gate for outsiders.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from hub.measures.model import Point, Series
from hub.measures.public import NHS_HES, is_small, rounded, shown
from hub.periods import Period
from hub.statistics.disclosure.model import ROUNDING_BASE

AS_A_WHOLE = (
    f"Not shown line by line where the sums would tell a count of 1 to {NHS_HES.threshold - 1} more closely."
)
NOT_PUBLIC = "Not part of the public profile: it is no count of children, or sets two unchecked counts beside each other."
OF_RETURNS = frozenset({"on_time", "corrected", "of_due"})  # about returns, and nobody’s children
ROUNDED = frozenset({"count", "percent", "rate", "share", "mean"})

Band = tuple[int, int]  # the least and the greatest that a reader is told
NO_LIMIT = 10**12


def lines_as_public(series: Series, as_a_whole: frozenset[Period]) -> Series:
    """The lines for anybody; `as_a_whole` are the periods of which none are shown."""
    if series.measure.kind in OF_RETURNS or (series.withheld and not series.points):
        return series
    if series.measure.kind not in ROUNDED:
        return replace(series, points=(), withheld=NOT_PUBLIC)
    kept = tuple(rounded(series, point) for point in series.points if point.period not in as_a_whole)
    lost = len(kept) < len(series.points)
    return replace(series, points=kept, withheld=AS_A_WHOLE if lost else series.withheld)


def as_a_whole(whole: Series, tables: Sequence[Series]) -> frozenset[Period]:
    """The periods of which no table can be shown line by line, judged over all tables at once."""
    sides = ("numerator",) if whole.measure.kind == "rate" else ("numerator", "denominator")
    return frozenset(
        point.period
        for point in whole.points
        for side in sides
        if _gives_away(point, side, [_of(table, point.period) for table in tables])
    )


def narrowed(whole: Band, tables: Iterable[Sequence[Band]]) -> bool:
    """Whether a reader can tell any count more closely than by what was told of it. Each table's lines add up to the whole.

    A whole and tables of it hang together like a star, so that working bounds through the sums twice is exact.
    """
    tables = [table for table in tables if table]
    low, high = whole
    for table in tables:
        low, high = max(low, sum(line[0] for line in table)), min(high, sum(line[1] for line in table))
    if _tells_more(whole, (low, high)):
        return True
    for table in tables:
        lows, highs = sum(line[0] for line in table), sum(line[1] for line in table)
        for told in table:
            least = max(told[0], low - (highs - told[1]))
            most = min(told[1], high - (lows - told[0]))
            if _tells_more(told, (least, most)):
                return True
    return False


def _tells_more(told: Band, known: Band) -> bool:
    """A small count told more closely than its star, or any that is known to be one number."""
    if told[0] == told[1]:
        return False
    return known[0] == known[1] or (told[1] < NHS_HES.threshold and known != told)


def _gives_away(whole: Point, side: str, tables: Sequence[Sequence[Point]]) -> bool:
    total = getattr(whole, side)
    if total is None:
        return False
    told: list[list[Band]] = []
    for points in tables:
        counts = [(count, point) for point in points if (count := getattr(point, side)) is not None]
        rest = total - sum(count for count, _ in counts)
        if counts and rest >= 0:  # lines that come to more than the whole are tied to it by no sum
            table = [_band(count, point) for count, point in counts]
            told.append([*table, (0, NO_LIMIT)] if rest else table)
    return narrowed(_band(total, whole), told)


def _of(table: Series, period: Period) -> list[Point]:
    return [point for point in table.points if point.period == period]


def _band(count: int, point: Point) -> Band:
    if count == 0:
        return 0, 0
    if is_small(count):
        return 1, NHS_HES.threshold - 1
    told = shown(count, point)
    reach = 0 if point.state == "partial" else ROUNDING_BASE // 2
    return max(NHS_HES.threshold, told - reach), told - reach + ROUNDING_BASE - 1
