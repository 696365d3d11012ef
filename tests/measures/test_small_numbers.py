"""Small lines of a table about children are read together, and nobody works one out: by hand and at random (the example: test_attacker)."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hub.measures.small_numbers import Signed, read_together
from hub.periods import parse
from hub.statistics.disclosure.audit import audit
from hub.statistics.disclosure.model import Equation, Profile, Published

MAY = parse("2014-05")
PROFILE = Profile("partnership")
FEWEST = PROFILE.threshold


def of_may(**counts: int) -> Signed:
    return Signed(MAY, {line: {"plans": count} for line, count in counts.items()})


@pytest.mark.parametrize(
    ("counts", "together"),
    [
        ({"neglect": 40, "physical": 12, "sexual": 5}, set()),
        ({"neglect": 40, "physical": 12, "sexual": 0}, set()),  # nobody is no child to point to
        ({"neglect": 40, "physical": 12, "sexual": 4}, {"sexual", "physical"}),
        ({"neglect": 40, "physical": 6, "sexual": 1, "other": 3}, {"sexual", "other", "physical"}),  # 1 and 3 make 4
        ({"neglect": 40, "physical": 6, "sexual": 2, "other": 3}, {"sexual", "other"}),
        ({"neglect": 40, "physical": 0, "sexual": 1}, {"sexual", "physical", "neglect"}),  # 1 and 0 make 1
    ],
)  # fmt: skip
def test_a_small_line_takes_the_next_smallest_with_it(counts: dict[str, int], together: set[str]) -> None:
    assert read_together([of_may(**counts)], (), FEWEST)[MAY] == together


def test_the_rest_of_a_share_is_children_too() -> None:
    lines = {
        "a": {"held": 30, "in_time": 28},
        "b": {"held": 20, "in_time": 10},
        "c": {"held": 9, "in_time": 9},
    }
    part = (frozenset({"held"}), frozenset({"in_time"}))
    assert read_together([Signed(MAY, lines)], (), FEWEST)[MAY] == set()
    # two of a's thirty came late; with c's none they are still two, with b's ten they are twelve
    assert read_together([Signed(MAY, lines)], [part], FEWEST)[MAY] == {"a", "b", "c"}


def test_what_was_read_together_once_stays_so_after_a_correction() -> None:
    first, second = of_may(neglect=40, physical=12, sexual=4), of_may(neglect=40, physical=12, sexual=9)
    assert read_together([first, second], (), FEWEST)[MAY] == {"sexual", "physical"}
    assert read_together([second], (), FEWEST)[MAY] == set()


counts = st.integers(0, 12)


@settings(max_examples=60)
@given(st.lists(st.lists(counts, min_size=4, max_size=4), min_size=3, max_size=3))
def test_no_reader_of_the_months_and_their_quarter_works_out_a_small_line(months: list[list[int]]) -> None:
    """The auditor has the totals of months and of the quarter, every line that is shown, and every sum."""
    names = ["a", "b", "c", "d"]
    periods = [parse(code) for code in ("2014-04", "2014-05", "2014-06")]
    found = read_together(
        [
            Signed(period, {name: {"n": number} for name, number in zip(names, month, strict=True)})
            for period, month in zip(periods, months, strict=True)
        ],
        (),
        FEWEST,
    )
    truth = {
        (period.code, name): number
        for period, month in zip(periods, months, strict=True)
        for name, number in zip(names, month, strict=True)
    }
    shown = [
        (
            period.code,
            {name: truth[period.code, name] for name in names if name not in found[period]},
            sum(month),
        )
        for period, month in zip(periods, months, strict=True)
    ]
    of_quarter = frozenset().union(*(found[period] for period in periods))
    quarter = {
        name: sum(truth[period.code, name] for period in periods) for name in names if name not in of_quarter
    }
    published = as_published(names, shown, ("quarter", quarter, sum(truth.values())))
    sensitive = {cell for cell, number in truth.items() if 0 < number < FEWEST}
    # A month's total is shown whatever it is; of fewer than five in all everybody knows that no line has more.
    told = any(0 < sum(month) < FEWEST for month in months)
    assert told or audit(published, sensitive, profile=PROFILE).is_safe


Shown = tuple[str, dict[str, int], int]  # a period's code, its lines, its total


def as_published(names: list[str], months: list[Shown], *longer: Shown) -> Published:
    ranges: dict[tuple[str, ...], tuple[int, int | None]] = {}
    sums = []
    for code, lines, total in [*months, *longer]:
        for name in names:
            ranges[code, name] = (lines[name], lines[name]) if name in lines else (0, None)
        ranges[code, "total"] = (total, total)
        sums.append(Equation((code, "total"), tuple((code, name) for name in names)))
    for code, _, _ in longer:
        sums += [Equation((code, name), tuple((month, name) for month, _, _ in months)) for name in names]
    return Published(ranges, tuple(sums))
