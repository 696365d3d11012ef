"""The parts of a change are the whole, whatever the figures; small ones worked out by hand."""

from fractions import Fraction
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from hub.statistics.change import Cause, Change, Form, Sides, Step, change, figure
from hub.statistics.not_computed import NotComputed

NUMBERS = st.integers(0, 10_000)
STATES = st.dictionaries(st.sampled_from("ABCDEF"), st.builds(Sides, NUMBERS, NUMBERS), max_size=6)
CAUSES = st.dictionaries(st.sampled_from("ABCDEF"), st.sampled_from(Cause), max_size=6)


@given(
    st.lists(STATES, min_size=2, max_size=5),
    CAUSES,
    CAUSES,
    st.sampled_from(["sum", "difference", "quotient"]),
    st.sampled_from([Fraction(1), Fraction(100), Fraction(1, 100), Fraction(10_000)]),
)
def test_the_parts_are_the_whole(
    states: list[dict[str, Sides]],
    above: dict[str, Cause],
    below: dict[str, Cause],
    form: Form,
    scale: Fraction,
) -> None:
    steps = [Step(before, after, Cause.REAL, above, below) for before, after in pairwise(states)]
    found = change(steps, form, scale)
    figures = [figure(state, form, scale) for state in states]
    if isinstance(found, NotComputed):
        assert form == "quotient" and None in figures
        return
    first, last = figures[0], figures[-1]
    assert first is not None and last is not None
    assert found.whole == last - first == sum((part.amount for part in found.parts), Fraction(0))


def test_a_quotient_is_split_by_hand() -> None:
    """10 of 40 and 30 of 60 are 40%; with 20 of 40 and 30 of 60 it is 50%: all through A's numerator.

    Then B leaves: 20 of 40 is 50% still. Its numerator: −30 × (1/100 + 1/40) / 2 × 100 = −52.5; its denominator
    +60 × (50 + 20) / (2 × 100 × 40) × 100 = +52.5.
    """
    a, b = Sides(10, 40), Sides(30, 60)
    grown = Sides(20, 40)
    first = Step({"A": a, "B": b}, {"A": grown, "B": b}, Cause.REAL, {}, {})
    second = Step({"A": grown, "B": b}, {"A": grown}, Cause.REAL, {"B": Cause.MEMBERS}, {"B": Cause.MEMBERS})
    found = change([first, second], "quotient", Fraction(100))
    assert isinstance(found, Change) and found.whole == 10
    assert {(part.body, part.cause, part.above, part.below) for part in found.parts} == {
        ("A", Cause.REAL, Fraction(10), Fraction(0)),
        ("B", Cause.MEMBERS, Fraction(-105, 2), Fraction(105, 2)),
    }
