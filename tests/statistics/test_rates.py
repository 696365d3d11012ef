"""Rates and proportions. Expected numbers: PHEindicatormethods 2.1.0, and by hand where simple."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.statistics.not_computed import NotComputed
from hub.statistics.rates import Estimate, count_interval, proportion, rate, standardised_rate, z_for


def close(value: float) -> object:
    return pytest.approx(value, rel=1e-6, abs=5e-5)


def computed(result: Estimate | NotComputed) -> Estimate:
    assert isinstance(result, Estimate)
    return result


def reason(result: Estimate | NotComputed) -> str:
    assert isinstance(result, NotComputed)
    return result.reason


def test_quantiles_are_not_rounded():
    assert z_for(0.95) == pytest.approx(1.959963985, abs=1e-9)
    assert z_for(0.998) == pytest.approx(3.090232306, abs=1e-9)


def test_rate_from_ten_events_uses_byar():
    found = computed(rate(37, 52_000))
    assert (found.value, found.lower, found.upper) == (close(7.1154), close(5.0092), close(9.8079))
    assert found.method == "rate, Byar"


def test_rate_below_ten_events_is_exact():
    found = computed(rate(6, 9_000))
    assert (found.value, found.lower, found.upper) == (close(6.6667), close(2.4465), close(14.5105))
    assert found.method == "rate, exact Poisson"


def test_byar_at_99_8_per_cent():
    found = count_interval(37, level=0.998)
    assert (found.lower, found.upper) == (close(20.9772), close(59.9570))


def test_no_events_have_a_lower_limit_of_nought():
    found = count_interval(0)
    assert found.lower == 0
    assert found.upper == pytest.approx(3.688879, abs=1e-6)  # -ln(0.025)


def test_a_rate_may_exceed_its_multiplier():
    assert computed(rate(30, 20, multiplier=10)).value == 15


def test_what_cannot_be_a_rate_is_a_value_with_a_reason():
    assert reason(rate(None, 100)) == "no figure"
    assert reason(rate(5, None)) == "no population"
    assert "give no rate" in reason(rate(5, 0))
    assert "give no rate" in reason(rate(-1, 100))


def test_wilson():
    found = computed(proportion(18, 60))
    assert (found.value, found.lower, found.upper) == (close(0.30), close(0.19898), close(0.42509))
    wider = computed(proportion(18, 60, level=0.998))
    assert (wider.lower, wider.upper) == (close(0.15545), close(0.49947))


def test_wilson_at_the_ends():
    assert computed(proportion(0, 7)).lower == 0
    assert computed(proportion(7, 7)).upper == 1


def test_what_cannot_be_a_proportion_is_a_value_with_a_reason():
    assert reason(proportion(None, 4)) == "no figure"
    assert reason(proportion(4, None)) == "no denominator"
    assert reason(proportion(5, 4)) == "5 is not a part of 4"
    assert "denominator is 0" in reason(proportion(0, 0))


def test_standardised_rate():
    found = computed(standardised_rate([(6, 3000, 40), (20, 5000, 60)]))
    assert (found.value, found.lower, found.upper) == (close(32.0), close(20.8866), close(46.9048))
    assert found.n_points == 2


def test_standardised_rate_needs_ten_events_and_whole_bands():
    assert "too few" in reason(standardised_rate([(4, 3000, 40), (5, 5000, 60)]))
    assert "population" in reason(standardised_rate([(40, 0, 40), (5, 5000, 60)]))


def test_other_levels_are_refused():
    with pytest.raises(ValueError, match=r"0\.9"):
        count_interval(20, level=0.9)


@given(st.integers(0, 5000), st.integers(1, 1_000_000), st.integers(2, 9))
def test_rate_intervals_contain_widen_and_narrow(count, population, times):
    narrow, wide = computed(rate(count, population)), computed(rate(count, population, level=0.998))
    assert wide.lower <= narrow.lower <= narrow.value <= narrow.upper < wide.upper
    bigger = computed(rate(count * times, population * times))
    if count == 0 or (count < 10) == (count * times < 10):  # never across the change of method
        assert bigger.upper - bigger.lower < narrow.upper - narrow.lower


@given(st.integers(0, 500), st.integers(0, 500), st.integers(2, 9))
def test_wilson_contains_widens_narrows_and_mirrors(part, rest, times):
    whole = part + rest
    if whole == 0:
        return
    narrow, wide = computed(proportion(part, whole)), computed(proportion(part, whole, level=0.998))
    assert wide.lower <= narrow.lower <= narrow.value <= narrow.upper <= wide.upper
    bigger = computed(proportion(part * times, whole * times))
    assert bigger.upper - bigger.lower < narrow.upper - narrow.lower
    mirror = computed(proportion(rest, whole))
    assert mirror.lower == pytest.approx(1 - narrow.upper, abs=1e-12)
    assert mirror.upper == pytest.approx(1 - narrow.lower, abs=1e-12)
