"""Low counts, overdispersion, CUSUM. Expected numbers: by hand, scipy, FunnelPlotR 0.6, R's surveillance."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.statistics.cusum import choose_h, cusum, reference_value, reference_values, run_length
from hub.statistics.low_counts import (
    Expected,
    PeerGroup,
    expected_count,
    false_discovery,
    list_low,
    lower_tail,
    lower_tail_short,
    observed_over_expected,
    own_dispersion,
)
from hub.statistics.not_computed import NotComputed
from hub.statistics.overdispersion import dispersion_of_proportions, dispersion_of_ratios, ratio_limits
from hub.statistics.rates import z_for

OBSERVED = [24, 40, 18, 55, 30, 12, 47, 36]
EXPECTED = [30, 36, 25, 44, 31, 20, 40, 38]


def close(value: float, places: float = 5e-7) -> object:
    return pytest.approx(value, abs=places)


def test_lower_tail():
    found = lower_tail(14, 25)
    assert found.p == close(0.012402)
    assert 0 < found.mid_p < found.p


def test_a_zero_is_remarkable_from_three_expected():
    assert lower_tail(0, 2.9957).p == close(0.05, 1e-5)
    assert lower_tail(0, 6.9078).p == close(0.001, 1e-6)


def test_negative_binomial_tail_agrees_with_scipy_and_is_milder():
    from scipy.stats import nbinom

    found = lower_tail(14, 25, dispersion=0.1)
    assert found.p == pytest.approx(nbinom.cdf(14, 10, 1 / 3.5), rel=1e-9)
    assert found.mid_p == pytest.approx(found.p - nbinom.pmf(14, 10, 1 / 3.5) / 2, rel=1e-9)
    assert found.p > lower_tail(14, 25).p


def test_short_baseline_is_milder_than_plugging_in():
    found = lower_tail_short(14, 1, baseline=300, baseline_months=12)
    assert found.p == close(0.015231)
    assert found.expected == 25


def test_own_baseline_scales_the_same_month_by_growth():
    # two years: every month 10, then every month 20; same month mean 15, growth 2
    assert expected_count([10] * 12 + [20] * 12) == Expected("own baseline", 30, 24)


def test_own_mean_and_season_from_twelve_months():
    assert expected_count([10] * 14, seasonal_factor=0.5) == Expected("own mean and season", 5, 14)


def test_peers_exclude_the_agency_itself():
    peers = PeerGroup(1000, ((20, 2000), (10, 1000)))
    assert expected_count([None] * 12, peers=peers) == Expected("peers", 10, 2)


def test_without_a_basis_or_out_of_season_nothing_is_tested():
    assert isinstance(expected_count([5] * 6), NotComputed)
    assert isinstance(expected_count([5] * 36, in_season=False), NotComputed)


@given(st.lists(st.floats(1e-9, 1), min_size=1, max_size=40), st.randoms())
def test_q_values_agree_with_scipy_and_do_not_depend_on_order(p_values, random):
    from scipy.stats import false_discovery_control

    found = false_discovery(p_values)
    assert found == pytest.approx(list(false_discovery_control(p_values)), rel=1e-9)
    assert all(q >= p for q, p in zip(found, p_values, strict=True))
    order = list(range(len(p_values)))
    random.shuffle(order)
    again = false_discovery([p_values[i] for i in order])
    assert again == pytest.approx([found[i] for i in order])


def test_the_list_is_by_q_then_shortfall_and_a_zero_below_three_is_never_low():
    found = list_low({"A": lower_tail(20, 25), "B": lower_tail(10, 30), "C": lower_tail(0, 2.9)})
    assert [one.agency for one in found] == ["B", "C", "A"]
    assert [one.is_low for one in found] == [True, False, False]
    assert found[0].shortfall == 20


def test_dispersion_of_eight_agencies():
    found = dispersion_of_ratios(OBSERVED, EXPECTED)
    assert found.phi == close(1.195891)
    assert found.tau_squared == close(0.0027989, 5e-8)
    assert found.is_adjusted
    assert (found.z[5], found.z_adjusted[5]) == (close(-2.016, 5e-4), close(-1.822, 5e-4))


def test_seven_agencies_are_not_adjusted():
    found = dispersion_of_ratios(OBSERVED[:7], EXPECTED[:7])
    assert not found.is_adjusted
    assert found.z == found.z_adjusted
    assert "too few" in found.warnings[0]


def test_the_logarithm_gives_way_where_a_count_is_nought():
    found = dispersion_of_ratios([0, *OBSERVED], [3, *EXPECTED], form="SHMI")
    assert found.method == "CQC"
    assert found.warnings
    # ranks 1..8 fall in bins 1..8 of ten: none of eight agencies is dropped
    assert dispersion_of_ratios(OBSERVED, EXPECTED, form="SHMI").n_points == 8


def test_equal_proportions_have_no_dispersion():
    found = dispersion_of_proportions([10] * 8, [100] * 8)
    assert found.phi == close(0)
    assert found.tau_squared == 0


def test_limits_widen_with_the_spread_between_agencies():
    plain = ratio_limits(25, 0, z=z_for(0.95))
    wide = ratio_limits(25, 0.01, z=z_for(0.95))
    assert wide[0] < plain[0] < 1 < plain[1] < wide[1]
    # roots of the ratio: one less, and one more, than 0.196
    assert plain == (close(0.646420, 1e-5), close(1.430406, 1e-5))


def test_reference_value_to_the_nearest_half():
    # 4 / ln(12/8) = 9.865
    assert reference_value(12, fallen=8) == 10
    with pytest.raises(ValueError, match="fall"):
        reference_value(8, fallen=12)


@pytest.mark.parametrize(("h", "quiet", "fallen"), [(8, 82.9, 4.39), (10, 182.6, 5.38), (12, 395.7, 6.37)])
def test_run_lengths(h, quiet, fallen):
    assert run_length(12, reference=10, h=h) == pytest.approx(quiet, abs=0.05)
    assert run_length(8, reference=10, h=h) == pytest.approx(fallen, abs=0.005)


def test_h_is_the_smallest_with_a_hundred_quiet_months():
    h = choose_h(12, reference=10)
    assert run_length(12, reference=10, h=h) >= 100 > run_length(12, reference=10, h=h - 1)


def test_path():
    found = cusum([12, 13, 9, 8, 7, 6], reference=10, h=10)
    assert [month.value for month in found.months] == [0, 0, 1, 3, 6, 10]
    assert [month.is_alarm for month in found.months] == [False] * 5 + [True]


def test_a_missing_month_holds_the_sum_and_cannot_alarm():
    found = cusum([0, None, 10], reference=10, h=10)
    assert [(m.value, m.is_alarm) for m in found.months] == [(10, True), (10, False), (10, True)]
    assert found.warnings == ("1 missing months hold the sum and cannot alarm.",)
    assert found.n_points == 2


def test_reference_scales_with_what_was_expected():
    # 0.3 / -ln(0.7) = 0.8411 of each: 16.82, 84.11
    assert reference_values([20, 100]) == (17, 84)


def test_a_person_resets_the_sum():
    found = cusum([0, 10, 10], reference=10, h=10, resets=[1])
    assert [(m.value, m.is_alarm) for m in found.months] == [(10, True), (0, False), (0, False)]


def test_observed_over_expected_is_exact_at_every_count():
    # 14: 7.65393 to 23.48962 (half the chi-squared quantiles at 28 and 30 degrees)
    found = observed_over_expected(14, 25)
    assert found.value == 0.56
    assert (found.lower, found.upper) == (close(7.65393 / 25, 1e-6), close(23.48962 / 25, 1e-6))
    assert observed_over_expected(0, 3).lower == 0


def test_own_dispersion_is_what_chance_does_not_explain():
    # twelve months of 5 and 15 about 10: squares 25 each, 15 above the Poisson's 10; 15 / 100
    assert own_dispersion([5, 15] * 6, [10] * 12) == close(0.15)
    assert own_dispersion([10] * 12, [10] * 12) == 0
    assert isinstance(own_dispersion([5, 15] * 5, [10] * 10), NotComputed)


def test_alarm_is_the_funnels_further_line():
    found = list_low({"A": lower_tail(15, 32), "B": lower_tail(15, 26)})
    assert [(one.agency, one.is_alarm) for one in found] == [("A", True), ("B", False)]


def test_one_return_less_changes_the_others_through_their_number_alone():
    three = {
        one.agency: one
        for one in list_low({"A": lower_tail(10, 30), "B": lower_tail(14, 25), "C": lower_tail(30, 30)})
    }
    two = {one.agency: one for one in list_low({"A": lower_tail(10, 30), "B": lower_tail(14, 25)})}
    for agency, one in two.items():
        assert one.test == three[agency].test
        assert one.q == pytest.approx(three[agency].q * 2 / 3)
