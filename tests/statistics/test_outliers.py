"""DHIS2's outlier checks; worked numbers of methods.md section 7, by hand."""

import pytest

from hub.statistics.not_computed import NotComputed
from hub.statistics.outliers import Score, is_outside, modified_z_score, z_score

MONTHS = [8, 9, 7, 8, 30, 9, 8, 10, 9, 8, 7, 9]


def scored(found: Score | NotComputed) -> Score:
    assert isinstance(found, Score)
    return found


def test_worked_year():
    # mean 122 / 12 = 10.1667, population deviation 6.0392; median 8.5, median deviation 0.5
    assert scored(z_score(30, MONTHS)).score == pytest.approx(3.2841, abs=5e-5)
    assert scored(z_score(30, MONTHS)).is_flagged
    assert scored(modified_z_score(30, MONTHS)).score == pytest.approx(29.00, abs=0.005)
    assert not scored(modified_z_score(10, MONTHS)).is_flagged  # 0.6745 x 1.5 / 0.5 = 2.02


def test_among_nine_nothing_can_be_flagged_and_it_is_said():
    found = scored(z_score(1000, [1] * 8 + [1000]))
    assert found.score == pytest.approx(8**0.5)
    assert not found.is_flagged
    assert found.warnings == ("Among 9 values none can reach 3.",)
    assert scored(z_score(1000, [1] * 9 + [1000])).is_flagged  # exactly 3


def test_constant_series_are_not_scored():
    assert isinstance(z_score(5, [5] * 12), NotComputed)
    assert isinstance(modified_z_score(30, [5] * 11 + [30]), NotComputed)
    assert isinstance(z_score(5, []), NotComputed)
    assert isinstance(modified_z_score(5, []), NotComputed)


def test_bounds_are_themselves_inside():
    assert [is_outside(y, least=2, greatest=8) for y in (1, 2, 8, 9)] == [True, False, False, True]
