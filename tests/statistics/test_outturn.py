"""Attainment and forecast of a year's promise. Expected numbers by hand and from scipy's nbinom."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.statistics.not_computed import NotComputed
from hub.statistics.outturn import (
    Outturn,
    attain,
    dispersion,
    forecast,
    grade,
    linear_profile,
    seasonal_profile,
)


def foreseen(target, to_date, **options) -> Outturn:
    found = forecast(target, to_date, **{"direction": "at least", "months": 5, **options})
    assert isinstance(found, Outturn)
    return found


def test_worked_year():
    stands = attain(200, 75, share=0.40, direction="at least")
    assert (stands.expected_to_date, stands.attainment, stands.colour) == (80, 0.9375, "amber")
    assert stands.final is None
    found = foreseen(200, 75, share=0.40)
    assert (found.point, found.mean) == (pytest.approx(187.5), pytest.approx(188.25))
    assert (found.lower, found.upper) == (157, 223)
    assert found.chance == pytest.approx(0.2448, abs=5e-5)


@pytest.mark.parametrize(
    ("direction", "to_date", "colour"),
    [
        ("at least", 80, "green"),
        ("at least", 79.9, "amber"),
        ("at least", 72, "amber"),
        ("at least", 71.9, "red"),
        ("at most", 80, "green"),
        ("at most", 80.1, "amber"),
        ("at most", 88, "amber"),
        ("at most", 88.1, "red"),
    ],
)
def test_a_value_on_a_threshold_has_the_better_colour(direction, to_date, colour):
    assert attain(200, to_date, share=0.1 + 0.1 + 0.2, direction=direction).colour == colour


def test_what_can_no_longer_change_is_final():
    assert attain(200, 200, share=0.5, direction="at least").final == "met"
    assert attain(200, 201, share=0.5, direction="at most").final == "missed"
    assert attain(200, 199, share=1, direction="at least").final == "missed"
    assert attain(200, 200, share=1, direction="at most").final == "met"


def test_a_target_of_nought_has_no_attainment():
    assert attain(0, 0, share=1, direction="at most").final == "met"
    over = attain(0, 1, share=0.5, direction="at most")
    assert (over.attainment, over.colour, over.final) == (None, "red", "missed")


def test_profiles():
    assert linear_profile()[5] == 0.5
    assert linear_profile()[-1] == 1
    found = seasonal_profile([[10] * 12, [0] * 6 + [20] * 6])
    assert not isinstance(found, NotComputed)
    assert found[5] == pytest.approx(0.25)  # half of one year, none of the other
    assert found[-1] == 1
    assert isinstance(seasonal_profile([[10] * 12]), NotComputed)


def test_no_forecast_under_three_months():
    assert isinstance(forecast(200, 20, share=0.1, months=2, direction="at least"), NotComputed)
    assert isinstance(forecast(200, 0, share=0, months=4, direction="at least"), NotComputed)


def test_restless_months_widen_the_interval_and_draw_the_chance_towards_even():
    """By hand: 75.5 of 0.4 has mean 113.25 and variance 283.125 still to come. Four times the variance is size
    75.5 * 0.6 / 3.6 = 12.5833 of share 0.1: mean 12.5833 * 9 = 113.25, variance 1132.5."""
    from scipy.stats import nbinom

    calm, restless = foreseen(200, 75, share=0.4), foreseen(200, 75, share=0.4, dispersion=4.0)
    rest = nbinom(75.5 * 0.6 / 3.6, 0.1)
    assert (rest.mean(), rest.var()) == (pytest.approx(113.25), pytest.approx(4 * 283.125))
    assert (restless.lower, restless.upper) == tuple(75 + rest.ppf([0.025, 0.975]))
    assert restless.chance == pytest.approx(rest.sf(124))
    # About twice as wide as the calm one (157 to 223), about the same mean; a target above it is likelier to be reached.
    assert (restless.upper - restless.lower) / (calm.upper - calm.lower) == pytest.approx(2, abs=0.05)
    assert restless.mean == calm.mean
    assert 0.2448 < calm.chance + 0.0001 < restless.chance < 0.5
    assert restless.warnings
    assert not calm.warnings


@given(
    st.integers(0, 400),
    st.integers(0, 900),
    st.floats(0.05, 1),
    st.floats(0, 30),
    st.sampled_from(("at least", "at most")),
)
def test_interval_and_chance_never_contradict_each_other(to_date, target, share, spread, direction):
    """A target is as good as certain exactly where the whole interval keeps it, as good as lost exactly where none does."""
    found = foreseen(target, to_date, share=share, dispersion=spread, direction=direction)
    if direction == "at least":
        assert (found.chance > 0.975) == (target <= found.lower)
        assert (found.chance <= 0.025 + 1e-12) == (target > found.upper)
    else:
        assert (found.chance >= 0.975 - 1e-12) == (target >= found.upper)
        assert (found.chance < 0.025) == (target < found.lower)
    assert to_date <= found.lower <= found.upper
    assert 0 <= found.chance <= 1


def test_forecast_agrees_with_scipy():
    from scipy.stats import nbinom

    for to_date, share in ((0, 0.25), (3, 0.4), (900, 0.9), (75, 0.05)):
        found = foreseen(100, to_date, share=share)
        low, high = nbinom.ppf([0.025, 0.975], to_date + 0.5, share)
        assert (found.lower, found.upper) == (to_date + low, pytest.approx(to_date + high))
        assert found.chance == pytest.approx(nbinom.sf(100 - to_date - 1, to_date + 0.5, share))
        most = foreseen(100, to_date, share=share, direction="at most")
        assert most.chance == pytest.approx(nbinom.cdf(100 - to_date, to_date + 0.5, share))


@given(st.integers(0, 500), st.integers(1, 400))
def test_at_year_end_the_forecast_is_the_total(to_date, target):
    found = foreseen(target, to_date, share=1.0, months=12)
    assert found.point == found.mean == found.lower == found.upper == to_date
    assert found.chance == (to_date >= target)


@given(st.integers(1, 500), st.floats(0.01, 1), st.integers(0, 300), st.integers(0, 300))
def test_attainment_grows_with_the_total(target, share, one, more):
    before = attain(target, one, share=share, direction="at least").attainment
    after = attain(target, one + more, share=share, direction="at least").attainment
    assert before is not None
    assert after is not None
    assert after >= before


def test_dispersion_about_the_profile():
    # 60 over equal months: 20 each is expected; (100 + 0 + 100) / 20 = 10, on two degrees of freedom.
    assert dispersion([10, 20, 30], [1, 1, 1]) == pytest.approx(5)
    assert dispersion([10, 20, 30], [1, 2, 3]) == 0  # as the profile says
    assert dispersion([7], [1]) == dispersion([0, 0], [1, 1]) == 1


def test_the_edge_of_amber_is_data():
    assert grade(72, 80, direction="at least") == (0.9, "amber")
    assert grade(72, 80, direction="at least", amber=0.95) == (0.9, "red")
    assert grade(88, 80, direction="at most", amber=1.05)[1] == "red"
