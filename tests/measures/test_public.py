"""What anybody may read: 1 to 7 hidden on either side of a division and between them, everything else from counts rounded to 5."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from hub.measures.model import Coverage, Measure, MeasureKind, Point, Series, Source
from hub.measures.protect import ANYBODY, protect
from hub.periods import parse

YEAR = parse("FY2014-15")


def series(kind: MeasureKind, above: int, below: int | None, by: str | None = None) -> Series:
    measure = Measure(
        "XX01", "A measure", "How many?", "children", kind, "neutral", {"month": Source("front-door")}
    )
    point = Point(YEAR, 1.0, above, below, Coverage(12, 12), "value", {by: "x"} if by else {})
    return Series(measure, "testshire", datetime(2015, 5, 18, tzinfo=UTC), (point,), by=by)


@pytest.mark.parametrize(
    ("kind", "above", "below", "told"),
    [
        ("count", 0, None, 0),
        ("count", 1, None, None),
        ("count", 7, None, None),
        ("count", 8, None, 10),
        ("count", 1372, None, 1370),
        ("percent", 12, 110, 100 * 10 / 110),
        ("percent", 7, 110, None),
        ("percent", 104, 110, None),  # 6 who are not
        ("percent", 3, 7, None),
        ("rate", 98, 1234, 100 * 100 / 1234),  # the population is published as it is
    ],
)  # fmt: skip
def test_counts_of_the_whole_place(
    kind: MeasureKind, above: int, below: int | None, told: float | None
) -> None:
    (point,) = protect(series(kind, above, below), ANYBODY).points
    assert point.value == (None if told is None else pytest.approx(told))
    if told is None:
        assert (point.state, point.reason, point.numerator, point.denominator) == ("hidden", "*", None, None)


def test_no_breakdown_leaves() -> None:
    found = protect(series("count", 500, None, by="agency"), ANYBODY, owner="RYW")
    assert not found.points and found.withheld
