"""Sent against received. Expected numbers by hand and from scipy's binomtest."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.statistics.not_computed import NotComputed
from hub.statistics.reconcile import (
    Flow,
    SignTest,
    State,
    Tolerance,
    judged,
    matrix,
    persistent_bias,
    reconcile,
)

COUNTS = st.integers(0, 300)


def compared(sent, received, **options) -> Flow:
    found = reconcile(sent, received, **options)
    assert isinstance(found, Flow)
    return found


def test_one_month_outside_tolerance_is_a_query():
    found = compared([64], [58])
    assert found.difference == 6
    assert found.asymmetry == pytest.approx(0.09836, abs=5e-6)
    assert found.tolerance.least(64, 58) == 4
    assert found.state is State.QUERY
    assert found.p == pytest.approx(0.651, abs=5e-4)


def test_made_good_next_month_is_timing():
    found = compared([64, 55], [58, 61])
    assert (found.cumulative_difference, found.cumulative_months) == (0, 2)
    assert found.state is State.TIMING


def test_timing_looks_back_three_months_and_not_over_a_gap():
    assert compared([50, 64, 55], [50, 58, 61]).cumulative_months == 3
    assert compared([9, 50, 64, 55], [9, 50, 58, 61]).cumulative_months == 3
    gap = compared([64, None, 55], [58, 50, 61])
    assert gap.cumulative_months == 1
    assert gap.state is State.QUERY


def test_within_tolerance_agrees():
    assert compared([60], [57]).state is State.AGREES
    assert compared([10], [8]).state is State.AGREES
    assert compared([140], [133]).state is State.AGREES  # 5% of 140 is exactly 7
    assert compared([140], [133], tolerance=Tolerance(count=2, percent=4)).state is State.QUERY


def test_two_noughts_agree_and_have_no_ratio():
    found = compared([0], [0])
    assert (found.state, found.asymmetry, found.normalised, found.ratio) == (State.AGREES, None, None, None)


def test_a_missing_side_is_not_a_difference():
    found = reconcile([64], [None])
    assert found == NotComputed("sent against received", "cannot compare: no figure received")
    assert isinstance(reconcile([None], [None]), NotComputed)
    assert isinstance(reconcile([], []), NotComputed)


def test_matrix_tells_absolute_from_net():
    found = matrix([(64, 58), (55, 61)])
    assert found.asymmetry == pytest.approx(12 / 119)
    assert found.net == 0
    assert matrix([(0, 0)]).asymmetry is None


def test_persistent_bias_needs_six_months_that_differ():
    assert isinstance(persistent_bias([1, 2, 0, 3, 4, 5]), NotComputed)
    found = persistent_bias([1, 2, 0, 3, 4, 5, 6])
    assert isinstance(found, SignTest)
    assert found.p == pytest.approx(2 / 64)  # six of six, both sides


@given(st.lists(st.tuples(COUNTS, COUNTS), min_size=1, max_size=5))
def test_swapping_the_sides_negates_the_difference_and_keeps_the_state(months):
    ours = compared([s for s, _ in months], [r for _, r in months])
    theirs = compared([r for _, r in months], [s for s, _ in months])
    assert theirs.difference == -ours.difference
    assert theirs.cumulative_difference == -ours.cumulative_difference
    assert theirs.asymmetry == (None if ours.asymmetry is None else -ours.asymmetry)
    assert (theirs.state, theirs.p) == (ours.state, ours.p)


def test_a_month_is_judged_again_when_later_ones_have_come():
    first, second = judged([64, 55], [58, 61])
    assert first is not None and second is not None
    assert (first.state, first.evened_out) == (State.TIMING, (0, 1))
    assert (second.state, second.evened_out) == (State.TIMING, (0, 1))
    assert [each and each.state for each in judged([64, None, 55], [58, 50, 61])] == [
        State.QUERY,
        None,
        State.QUERY,
    ]


def test_a_lasting_difference_stays_a_query():
    # 28% more every month: 3 months together are 192 against 150, and 5% of 192 is 10.
    assert {each.state for each in judged([64] * 6, [50] * 6) if each} == {State.QUERY}


def test_a_percentage_is_taken_exactly():
    assert Tolerance(count=0, percent=0.1).least(1000, 0) == 1
    assert Tolerance(count=0, percent=2.5).least(40, 0) == 1


@given(st.lists(st.tuples(COUNTS, COUNTS), min_size=1, max_size=5))
def test_the_last_month_is_judged_as_it_is_reconciled(months):
    last = judged([s for s, _ in months], [r for _, r in months])[-1]
    assert last is not None
    assert last.state is compared([s for s, _ in months], [r for _, r in months]).state
