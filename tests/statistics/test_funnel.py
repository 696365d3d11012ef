"""Funnel limits and categories. Expected numbers: PHEindicatormethods 2.1.0 and the closed forms."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.statistics.funnel import (
    Area,
    Category,
    count_category,
    funnel,
    proportion_category,
    proportion_lines,
    ratio_lines,
)
from hub.statistics.not_computed import NotComputed
from hub.statistics.rates import count_interval

LOW = {Category.LOW_0001, Category.LOW_0025}
HIGH = {Category.HIGH_0001, Category.HIGH_0025}


def close(value: float) -> object:
    return pytest.approx(value, abs=5e-6)


def test_proportion_lines():
    assert proportion_lines(0.25, 80, level=0.95) == (close(0.15511), close(0.34489))
    assert proportion_lines(0.25, 80, level=0.998) == (close(0.10039), close(0.39961))


def test_ratio_lines():
    lines = ratio_lines(15, level=0.95)
    assert lines.lower_at == pytest.approx(24.7402, abs=5e-5)
    assert lines.lower == close(0.60630)
    assert lines.upper_at == pytest.approx(8.3954, abs=5e-5)
    assert lines.upper == close(1.78670)
    assert ratio_lines(15, level=0.998).lower_at == pytest.approx(31.2436, abs=5e-5)


def test_nothing_observed_has_no_upper_line():
    lines = ratio_lines(0, level=0.95)
    assert (lines.lower, lines.upper_at, lines.upper) == (0, None, None)


@pytest.mark.parametrize(
    ("expected", "category"),
    [
        (26, Category.LOW_0025),
        (32, Category.LOW_0001),
        (24, Category.NOT_SIGNIFICANT),
        (15, Category.NOT_SIGNIFICANT),
    ],
)
def test_categories_of_fifteen_observed(expected, category):
    assert count_category(15, expected) is category


def test_categories_on_the_high_side():
    assert count_category(15, 8) is Category.HIGH_0025
    assert count_category(15, 4) is Category.HIGH_0001


def test_proportion_categories():
    # lines at n = 80 around 0.25: 0.15511..0.34489 and 0.10039..0.39961
    assert proportion_category(20, 80, baseline=0.25) is Category.NOT_SIGNIFICANT
    assert proportion_category(12, 80, baseline=0.25) is Category.LOW_0025
    assert proportion_category(8, 80, baseline=0.25) is Category.LOW_0001
    assert proportion_category(28, 80, baseline=0.25) is Category.HIGH_0025
    assert proportion_category(32, 80, baseline=0.25) is Category.HIGH_0001


def test_baseline_is_all_areas_together_and_the_silent_are_listed():
    result = funnel(
        [Area("A", 10, 1000), Area("B", 30, 1000), Area("C", None, 500), Area("D", 0, None)], kind="rate"
    )
    assert result.baseline == 200  # 40 of 2,000 per 10,000
    assert [p.value for p in result.points] == [100, 300, None, None]
    assert [p.category for p in result.points[:2]] == [
        Category.LOW_0025,
        Category.HIGH_0025,
    ]  # 18.39 < 20 < 20.24
    assert result.points[2].category == NotComputed("funnel of rates", "no figure")
    assert result.points[3].category == NotComputed("funnel of rates", "no denominator")
    assert result.n_points == 2
    assert result.warnings == ("2 of 4 areas have no figure and are not in the baseline.",)


def test_funnel_of_nobody_has_no_baseline():
    result = funnel([Area("A", None, 10)], kind="proportion")
    assert isinstance(result.baseline, NotComputed)


def test_a_part_larger_than_its_whole_is_left_out():
    result = funnel([Area("A", 11, 10), Area("B", 5, 10)], kind="proportion")
    assert result.baseline == 0.5
    assert result.points[0].category == NotComputed("funnel of proportions", "11 is not a part of 10")


@given(st.integers(0, 2000), st.floats(0.01, 3000))
def test_category_agrees_with_the_interval(observed, expected):
    found = count_category(observed, expected)
    interval = count_interval(observed)
    assert (found in LOW) == (interval.upper < expected)
    assert (found in HIGH) == (interval.lower > expected)


@given(st.floats(0.001, 1000))
def test_nothing_observed_is_never_high(expected):
    assert count_category(0, expected) not in HIGH
