"""The public profile: stars and fives, and lines that go where sums would tell a star; by hand, and against the auditor."""

from __future__ import annotations

from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from hub.measures.model import Coverage, Measure, Point, Series, Source
from hub.measures.profiles import chosen
from hub.measures.public_lines import (
    NO_LIMIT,
    Band,
    Judged,
    as_a_whole_words,
    judge,
    lines_as_public,
    narrowed,
)
from hub.periods import parse
from hub.statistics.disclosure.intervals import Contradiction, intervals
from hub.statistics.disclosure.model import Cell, Equation, Published, Range

MAY, JUNE = parse("2014-05"), parse("2014-06")
WHOLE = Coverage(1, 1)
COUNT = Measure("X", "X", "?", "children", "count", "neutral", {"month": Source("front-door", ("contacts",))})
SHARE = Measure("Y", "Y", "?", "% of children", "percent", "neutral", COUNT.sources)


def series(*points: Point, measure: Measure = COUNT, by: str | None = None) -> Series:
    return Series(measure, "p", datetime(2015, 5, 18, tzinfo=UTC), points, by=by)


def count(number: int, line: str = "", period: object = MAY, state: str = "value") -> Point:
    lines = {"area": line} if line else {}
    return Point(period, number, number, None, WHOLE, state, lines=lines)  # type: ignore[arg-type]


def test_counts_are_stars_or_fives_and_shares_are_of_rounded_counts() -> None:
    points = [count(number) for number in (0, 1, 7, 8, 12, 13)] + [count(44, state="partial")]
    shown = lines_as_public(series(*points), Judged()).points
    assert [point.value for point in shown] == [0, None, None, 10, 10, 15, 40]  # “at least 40” is true of 44
    assert [point.state for point in shown[:3]] == ["value", "hidden", "hidden"]
    assert shown[1].reason == "*" and shown[1].numerator is None
    share = Point(MAY, 100 * 33 / 88, 33, 88, WHOLE, "value")
    small = Point(MAY, 100 * 3 / 88, 3, 88, WHOLE, "value")
    of_few = Point(MAY, 0.0, 0, 6, WHOLE, "value")
    rounded = lines_as_public(series(share, small, of_few, measure=SHARE), Judged()).points
    assert (rounded[0].value, rounded[0].numerator, rounded[0].denominator) == (100 * 35 / 90, 35, 90)
    assert [(point.value, point.state, point.denominator) for point in rounded[1:]] == [
        (None, "hidden", None)
    ] * 2


def test_lines_are_not_shown_where_the_whole_tells_a_star() -> None:
    # May: 12 = 9 + 3 is told as 10 = 10 + *. The whole is at most 12 and the line at least 8: the star would be 1 to 4.
    # June: 29 = 24 + 5 is told as 30 = 25 + *: 28 less 27 is 1, 32 less 23 is 9, so it may be anything from 1 to 7.
    whole = series(count(12), count(29, period=JUNE))
    lines = series(
        count(9, "east"), count(3, "west"), count(24, "east", JUNE), count(5, "west", JUNE), by="area"
    )
    assert judge(whole, [lines]).as_a_whole == {MAY}
    shown = lines_as_public(lines, Judged(frozenset({MAY})))
    assert [(point.period, point.value) for point in shown.points] == [(JUNE, 25), (JUNE, None)]
    assert shown.withheld == as_a_whole_words(chosen("public"))
    # A second table tells the same whole as 10 + 15 of 12 + 17: it is at most 29, and the star at most 29 less 23.
    second = series(count(12, "boys", JUNE), count(17, "girls", JUNE), by="sex")
    assert judge(whole, [second]).as_a_whole == frozenset()
    assert judge(whole, [lines, second]).as_a_whole == {MAY, JUNE}


def test_what_came_from_nobody_shown_ties_nothing_down() -> None:
    # 12 = 3 + 9 of bodies that are not shown: nothing is told of the star, and the lines stay.
    assert judge(series(count(12)), [series(count(3, "east"), by="area")]).as_a_whole == frozenset()
    # A whole that is a star itself: two small lines of it are each at most 6.
    assert judge(series(count(5)), [series(count(2, "east"), count(3, "west"), by="area")]).as_a_whole == {
        MAY
    }


@st.composite
def told(draw: st.DrawFn) -> tuple[int, list[list[int]]]:
    """A whole and one or two tables of it."""
    first = draw(st.lists(st.integers(0, 24), min_size=1, max_size=5))
    left, second = sum(first), []
    while left:
        part = draw(st.integers(1, left))
        second.append(part)
        left -= part
    return sum(first), draw(st.sampled_from([[first], [first, second[:6] + ([left] if left else [])]]))


@given(told())
def test_an_attacker_with_the_auditors_arithmetic_finds_no_more(case: tuple[int, list[list[int]]]) -> None:
    """`intervals` solves the sums by integer programming and shares nothing with the profile."""
    total, tables = case
    tables = [table if sum(table) == total else [*table, total - sum(table)] for table in tables]
    whole, bands = _band(total), [[_band(number) for number in table] for table in tables]
    ranges: dict[Cell, Range] = {("whole",): whole}
    sums = []
    for number, table in enumerate(bands):
        cells: list[Cell] = [(str(number), str(place)) for place in range(len(table))]
        ranges |= dict(zip(cells, table, strict=True))
        sums.append(Equation(("whole",), tuple(cells)))
    found = intervals(Published(ranges, tuple(sums)), list(ranges))
    assert not isinstance(found, Contradiction)
    more = any(
        told[0] != told[1] and (known.low == known.high or (told[1] == 7 and (known.low, known.high) != told))
        for cell, told in ranges.items()
        for known in [found[cell]]
    )
    assert narrowed(whole, bands, 8) == more


def _band(number: int) -> Band:
    if number == 0:
        return 0, 0
    if number < 8:
        return 1, 7
    shown = (number + 2) // 5 * 5
    return max(8, shown - 2), shown + 2


def test_a_remainder_without_limit_is_none() -> None:
    assert not narrowed((8, 12), [[(1, 7), (0, NO_LIMIT)]], 8)
