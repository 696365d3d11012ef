"""Lines of a table about children that are read together, so that no few of them are shown or can be worked out.

A line with a small number of children in any column of a period (one to four, by the profile `partnership`) is never shown
alone: it is added to the next smallest lines until what is read together is nought or no small number in every column. Each of them may then be anything from nought
to that sum. A longer period reads together whatever its parts do, so it tells nothing that they do not; and what was read
together once stays so whenever the return is corrected (methods.md section 4; security.md P8). The totals of the place
show exact. One agency has to have counted it all: where several did, each could take its own from the sum.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from hub.measures.model import Measure, Point, Series
from hub.periods import Period

LINE = "read-together"
TITLE = "Small numbers, read together"

Lines = Mapping[str, Mapping[str, int]]  # line → figure → count
Together = Mapping[Period, frozenset[str]]  # lines that are not shown alone
Part = tuple[
    frozenset[str], frozenset[str]
]  # figures of a whole, and of what is counted out of it: the rest are children too


@dataclass(frozen=True)
class Signed:
    """A table as one revision signed it for one period."""

    period: Period
    lines: Lines


def parts_of(measures: Iterable[Measure], return_code: str) -> frozenset[Part]:
    """What the shares of a return divide: whoever reads a share of a line reads its rest as well."""
    return frozenset(
        (frozenset(source.denominator), frozenset(source.numerator))
        for measure in measures
        if measure.kind == "percent"
        for source in measure.sources.values()
        if source.return_code == return_code and source.denominator and not source.denominator_return
    )


def read_together(
    signed: Sequence[Signed], parts: Iterable[Part], fewest: int
) -> dict[Period, frozenset[str]]:
    """The lines of each period that are not shown alone; `signed` in the order of signing, `fewest` is no small number."""
    parts = sorted(parts, key=lambda part: [sorted(figures) for figures in part])
    found: dict[Period, frozenset[str]] = defaultdict(frozenset)
    for table in signed:
        counts = {line: _counts(figures, parts) for line, figures in table.lines.items()}
        found[table.period] = _extended(found[table.period], counts, fewest)
    return found


def _counts(figures: Mapping[str, int], parts: Sequence[Part]) -> dict[str, int]:
    """Every count of a line that somebody may read or take one from the other."""
    rests = {
        f"{number} rest": sum(figures[name] for name in whole) - sum(figures[name] for name in part)
        for number, (whole, part) in enumerate(parts)
        if whole | part <= figures.keys()
    }
    return {**figures, **rests}


def _extended(before: frozenset[str], counts: Mapping[str, Mapping[str, int]], fewest: int) -> frozenset[str]:
    together = before & counts.keys() | {
        line for line, figures in counts.items() if any(0 < count < fewest for count in figures.values())
    }
    others = sorted(counts.keys() - together, key=lambda line: (max(counts[line].values(), default=0), line))
    for line in others:
        if not together or _is_enough([counts[line] for line in together], fewest):
            break
        together |= {line}
    return frozenset(before | together)


def _is_enough(lines: Sequence[Mapping[str, int]], fewest: int) -> bool:
    names = {name for figures in lines for name in figures}
    sums = [sum(figures.get(name, 0) for figures in lines) for name in names]
    return len(lines) > 1 and all(number == 0 or number >= fewest for number in sums)


def merged(series: Series, together: Mapping[Period, frozenset[str]]) -> Series:
    """The series with the lines that are read together as one, after the others."""
    by = series.by or ""
    kept: list[Point] = []
    small: dict[Period, list[Point]] = defaultdict(list)
    for point in series.points:
        lines = _over(together, point.period)
        (small[point.period] if point.lines[by] in lines else kept).append(point)
    return replace(series, points=(*kept, *(_one(series.measure, by, points) for points in small.values())))


def _over(together: Mapping[Period, frozenset[str]], period: Period) -> frozenset[str]:
    """What is read together in a period or in any part of it."""
    return frozenset(line for part, lines in together.items() if period.contains(part) for line in lines)


def _one(measure: Measure, by: str, points: Sequence[Point]) -> Point:
    top = sum(point.numerator or 0 for point in points)
    belows = [point.denominator or 0 for point in points]
    bottom = max(belows) if measure.is_over_the_whole(by) else sum(belows)
    whole = {"count": None, "mean": measure.per, "rate": measure.per}.get(measure.kind, 100)
    value = top if whole is None else whole * top / bottom if bottom else None
    complete = all(point.value is not None for point in points)
    return replace(
        points[0],
        value=value,
        numerator=top,
        denominator=bottom if whole is not None else None,
        state=points[0].state if complete else "partial",
        lines={by: LINE},
        reason=TITLE.lower(),
    )
