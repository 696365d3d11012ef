"""Lines of a breakdown for anybody: shown like the whole, and left out where the sums would tell a hidden count.

Where the profile rounds, that alone does not do for lines: where they and their whole, taken over every table that the public
can be given, leave less than its star for a hidden one, that period is shown as a whole alone. Where it hides only, the
suppressor says which other lines go with the small ones. Takes series that passed the gate for outsiders.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace

from hub.measures.model import Point, Series
from hub.measures.profiles import DisclosureProfile, chosen
from hub.measures.public import hidden, public_point, shown, told_of
from hub.periods import Period
from hub.statistics.disclosure.model import TOTAL, Cell, Equation
from hub.statistics.disclosure.suppress import Suppression, suppress

NOT_PUBLIC = "Not part of the public profile: it is no count of children, or sets two unchecked counts beside each other."
OF_RETURNS = frozenset({"on_time", "corrected", "of_due"})  # about returns, and nobody’s children
COUNTED = frozenset({"count", "percent", "rate", "share", "mean"})

Band = tuple[int, int]  # the least and the greatest that a reader is told
Line = tuple[str, str, Period]  # breakdown, code, period
NO_LIMIT = 10**12


@dataclass(frozen=True)
class Judged:
    """What of a measure's lines anybody may read: of which periods none, and which lines of the others are hidden as well."""

    as_a_whole: frozenset[Period] = frozenset()
    hidden: frozenset[Line] = frozenset()


def lines_as_public(series: Series, judged: Judged) -> Series:
    """The lines for anybody."""
    if series.measure.kind in OF_RETURNS or (series.withheld and not series.points):
        return series
    if series.measure.kind not in COUNTED:
        return replace(series, points=(), withheld=NOT_PUBLIC)
    profile, by = chosen("public", series.disclosure_public), series.by or ""
    kept = tuple(
        hidden(point, profile)
        if (by, point.lines.get(by, ""), point.period) in judged.hidden
        else public_point(series, point, profile)
        for point in series.points
        if point.period not in judged.as_a_whole
    )
    lost = len(kept) < len(series.points)
    return replace(series, points=kept, withheld=as_a_whole_words(profile) if lost else series.withheld)


def as_a_whole_words(profile: DisclosureProfile) -> str:
    return f"Not shown line by line where the sums would tell a count of 1 to {profile.threshold - 1} more closely."


def judge(whole: Series, tables: Sequence[Series]) -> Judged:
    """All tables of a measure at once."""
    profile = chosen("public", whole.disclosure_public)
    if profile.method == "round":
        sides = ("numerator",) if whole.measure.kind == "rate" else ("numerator", "denominator")
        return Judged(
            frozenset(
                point.period
                for point in whole.points
                for side in sides
                if _gives_away(point, side, [_of(table, point.period) for table in tables], profile)
            )
        )
    lost: set[Period] = set()
    blank: set[Line] = set()
    for point in whole.points:
        found = _suppressed(whole, point, tables, profile)
        if found is None:
            lost.add(point.period)
        else:
            blank |= found
    return Judged(frozenset(lost), frozenset(blank))


def _suppressed(
    whole: Series, total: Point, tables: Sequence[Series], profile: DisclosureProfile
) -> set[Line] | None:
    """The lines of one period that are hidden, small ones and their partners; None where no pattern is safe.

    A line that is hidden for one of the counts that it tells is hidden for all; hiding more never tells more.
    """
    lines = {
        (str(table.by), point.lines.get(str(table.by), ""), point.period): (table, point)
        for table in tables
        for point in _of(table, total.period)
        if point.numerator is not None
    }
    counts = {line: told_of(table, point) for line, (table, point) in lines.items()}
    blank = {line for line, told in counts.items() if any(profile.is_small(count) for count in told)}
    before: set[Line] = set()
    while blank - before:
        before = set(blank)
        for side, count in enumerate(told_of(whole, total)):
            pattern = _pattern(count, {line: told[side] for line, told in counts.items()}, blank, profile)
            if pattern is None:
                return None
            blank |= pattern
    return blank


def _pattern(
    whole: int, counts: dict[Line, int], blank: Collection[Line], profile: DisclosureProfile
) -> set[Line] | None:
    """What of one count of all lines must be hidden, so that neither the whole nor any table's sum tells a small one."""
    top: Cell = (TOTAL,)
    cells: dict[Cell, Line] = {(by, code): (by, code, period) for by, code, period in counts}
    values: dict[Cell, int] = {top: whole, **{cell: counts[line] for cell, line in cells.items()}}
    equations, rests = [], []
    for by in sorted({by for by, _ in cells}):
        parts = [cell for cell in cells if cell[0] == by]
        rest = whole - sum(values[cell] for cell in parts)
        if rest < 0:
            continue  # lines that come to more than the whole are tied to it by no sum
        if rest:
            rests.append((by, TOTAL, "rest"))
            values[rests[-1]] = rest
            parts.append(rests[-1])
        equations.append(Equation(top, tuple(sorted(parts))))
    found = suppress(
        values,
        equations,
        profile=profile.rule,
        must_show=[] if profile.is_small(whole) else [top],
        keep_blank=[*rests, *(cell for cell, line in cells.items() if line in blank)],
        insiders={"/".join(cell): [cell] for cell in cells if cell[0] == "agency"},
    )
    return {cells[cell] for cell in found.blank if cell in cells} if isinstance(found, Suppression) else None


def narrowed(whole: Band, tables: Iterable[Sequence[Band]], threshold: int) -> bool:
    """Whether a reader can tell any count more closely than by what was told of it. Each table's lines add up to the whole.

    A whole and tables of it hang together like a star, so that working bounds through the sums twice is exact.
    """
    tables = [table for table in tables if table]
    low, high = whole
    for table in tables:
        low, high = max(low, sum(line[0] for line in table)), min(high, sum(line[1] for line in table))
    if _tells_more(whole, (low, high), threshold):
        return True
    for table in tables:
        lows, highs = sum(line[0] for line in table), sum(line[1] for line in table)
        for told in table:
            least = max(told[0], low - (highs - told[1]))
            most = min(told[1], high - (lows - told[0]))
            if _tells_more(told, (least, most), threshold):
                return True
    return False


def _tells_more(told: Band, known: Band, threshold: int) -> bool:
    """A small count told more closely than its star, or any that is known to be one number."""
    if told[0] == told[1]:
        return False
    return known[0] == known[1] or (told[1] < threshold and known != told)


def _gives_away(
    whole: Point, side: str, tables: Sequence[Sequence[Point]], profile: DisclosureProfile
) -> bool:
    total = getattr(whole, side)
    if total is None:
        return False
    told: list[list[Band]] = []
    for points in tables:
        counts = [(count, point) for point in points if (count := getattr(point, side)) is not None]
        rest = total - sum(count for count, _ in counts)
        if counts and rest >= 0:  # lines that come to more than the whole are tied to it by no sum
            table = [band(count, point, profile) for count, point in counts]
            told.append([*table, (0, NO_LIMIT)] if rest else table)
    return narrowed(band(total, whole, profile), told, profile.threshold)


def _of(table: Series, period: Period) -> list[Point]:
    return [point for point in table.points if point.period == period]


def band(count: int, point: Point, profile: DisclosureProfile) -> Band:
    if count == 0:
        return 0, 0
    if profile.is_small(count):
        return 1, profile.threshold - 1
    told = shown(count, point, profile)
    reach = 0 if point.state == "partial" else profile.base // 2
    return max(profile.threshold, told - reach), told - reach + profile.base - 1
