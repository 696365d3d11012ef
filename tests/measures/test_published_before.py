"""Which version of a period anybody is given, by hand: a threshold of 5, months of one financial year."""

from __future__ import annotations

from dataclasses import replace

import pytest

from hub.measures.profiles import profiles
from hub.measures.published_before import standing
from hub.periods import parse

PROFILE = replace(profiles()["dfe-cin"], threshold=5)
APRIL, MAY, NEXT = parse("2014-04"), parse("2014-05"), parse("2015-04")
Told = dict[tuple[str, ...], tuple[int, ...]]


def whole(count: int, **lines: int) -> Told:
    return {("",): (count,), **{(name,): (number,) for name, number in lines.items()}}


@pytest.mark.parametrize(
    ("then", "now", "stands"),
    [
        ({APRIL: whole(100)}, {APRIL: whole(100)}, {APRIL: 1}),  # the same
        ({APRIL: whole(100)}, {APRIL: whole(103)}, {APRIL: 0}),  # three children came
        ({APRIL: whole(100)}, {APRIL: whole(105)}, {APRIL: 1}),  # five did
        (
            {APRIL: whole(100, a=60, b=40)},
            {APRIL: whole(110, a=62, b=48)},
            {APRIL: 0},
        ),  # one line moved by two
        (
            {APRIL: whole(100, a=97, b=3)},
            {APRIL: whole(110, a=107, b=3)},
            {APRIL: 0},
        ),  # 110 less 107 is 100 less 97
        ({APRIL: whole(100, a=97, b=3)}, {APRIL: whole(100, a=97, b=3)}, {APRIL: 1}),
        ({APRIL: whole(100)}, {APRIL: whole(104, late=4)}, {APRIL: 0}),  # an agency that was not there
        # May is held, and April with it: the year's total less both would tell what May moved by.
        ({APRIL: whole(50), MAY: whole(60)}, {APRIL: whole(70), MAY: whole(61)}, {APRIL: 0, MAY: 0}),
        # Another year is its own; a month that was not given before is given.
        ({APRIL: whole(50)}, {APRIL: whole(51), MAY: whole(9), NEXT: whole(8)}, {APRIL: 0, MAY: 1, NEXT: 1}),
    ],
)
def test_a_period_stands_as_it_was_given_where_both_versions_would_tell(
    then: dict[object, Told], now: dict[object, Told], stands: dict[object, int]
) -> None:
    assert standing([then, now], PROFILE) == stands  # type: ignore[arg-type]


def test_a_third_version_is_held_against_the_one_that_stands() -> None:
    versions = [{APRIL: whole(100)}, {APRIL: whole(103)}, {APRIL: whole(106)}]
    assert standing(versions, PROFILE) == {APRIL: 2}
