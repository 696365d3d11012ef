"""XmR charts. Worked numbers by hand, or from the vignettes of NHSRplotthedots 0.2.2 where said."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.statistics.special_causes import Label, Limits, label_points
from hub.statistics.xmr import Assurance, Variation, Xmr, xmr

YEAR = [30, 32, 29, 31, 33, 30, 28, 31, 30, 29, 31, 45]
# NHSRplotthedots, "data count" vignette
VIGNETTE = [1, 2, 1, 2, 10, 1, 2, 1, 2, 1, 2, 1, 2, 1, 2, 1, 2, 1]
WIDE = Limits(mean=50, lower=0, upper=100, near_lower=1, near_upper=99)
C = Label.COMMON_CAUSE


def labels(chart: Xmr) -> list[Label]:
    return [point.label for point in chart.points]


def limits(chart: Xmr, segment: int = 0) -> Limits:
    found = chart.segments[segment].limits
    assert found is not None
    return found


def close(value: float) -> object:
    return pytest.approx(value, rel=1e-6, abs=5e-5)


def test_worked_year_screens_out_the_one_large_range():
    chart = xmr(YEAR)
    assert limits(chart).mean == close(31.583333)
    assert (limits(chart).lower, limits(chart).upper) == (close(25.9973), close(37.1693))
    assert labels(chart) == [C] * 11 + [Label.ABOVE_UPPER]
    assert chart.variation is Variation.IMPROVEMENT_HIGH


def test_worked_year_unscreened_as_in_the_excel_tools():
    chart = xmr(YEAR, screen=False)
    assert (limits(chart).lower, limits(chart).upper) == (close(23.1197), close(40.0470))
    assert labels(chart)[-1] is Label.ABOVE_UPPER
    assert chart.parameters.screen is False


def test_target_beyond_the_limits_gives_assurance_by_direction():
    assert xmr(YEAR, target=38, improvement="decrease").assurance is Assurance.PASSING
    assert xmr(YEAR, target=38, improvement="increase").assurance is Assurance.FAILING
    assert xmr(YEAR, target=20, improvement="increase").assurance is Assurance.PASSING
    assert xmr(YEAR, target=31, improvement="increase").assurance is Assurance.HIT_OR_MISS
    assert xmr(YEAR, target=38, improvement="neutral").assurance is None
    assert xmr(YEAR).assurance is None


def test_target_on_a_limit_is_hit_or_miss():
    assert xmr(YEAR, target=limits(xmr(YEAR)).upper).assurance is Assurance.HIT_OR_MISS


def test_vignette_limits():
    assert limits(xmr(VIGNETTE)).mean == close(1.94444)
    assert (limits(xmr(VIGNETTE)).lower, limits(xmr(VIGNETTE)).upper) == (close(-0.71556), close(4.60444))
    unscreened = limits(xmr(VIGNETTE, screen=False))
    assert (unscreened.lower, unscreened.upper) == (close(-3.06261), close(6.95150))


def test_near_limits_are_two_thirds_of_the_way():
    found = limits(xmr(VIGNETTE))
    assert found.near_upper - found.mean == close((found.upper - found.mean) * 2 / 3)


def test_seven_rising_are_a_trend_and_a_tie_breaks_it():
    assert label_points([5, 6, 7, 8, 9, 10, 11], WIDE) == [Label.TREND_UP] * 7
    assert Label.TREND_UP not in label_points([5, 6, 7, 8, 9, 10, 10], WIDE)
    assert Label.TREND_UP not in label_points([5, 6, 7, 8, 9, 10], WIDE)


def test_trend_gives_way_to_astronomical_and_outranks_shift():
    # limits of 5..11: mean 8, mean range 1, limits 5.34 and 10.66
    assert labels(xmr([5, 6, 7, 8, 9, 10, 11])) == [
        Label.BELOW_LOWER,
        *[Label.TREND_UP] * 5,
        Label.ABOVE_UPPER,
    ]


def test_turning_point_takes_the_later_trend():
    found = label_points([5, 6, 7, 8, 9, 10, 11, 10, 9, 8, 7, 6, 5], WIDE)
    assert found == [Label.TREND_UP] * 6 + [Label.TREND_DOWN] * 7


def test_rising_below_the_mean_is_still_high():
    chart = xmr([1, 2, 3, 4, 5, 6, 7, *[5, 60] * 5], improvement="increase")
    assert chart.points[3].label is Label.TREND_UP
    assert chart.points[3].variation is Variation.IMPROVEMENT_HIGH


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ([26, 15, 26], [Label.TWO_OF_THREE_ABOVE, C, Label.TWO_OF_THREE_ABOVE]),
        ([26, 26, 26], [Label.TWO_OF_THREE_ABOVE] * 3),
        ([-26, -26, -5], [Label.TWO_OF_THREE_BELOW, Label.TWO_OF_THREE_BELOW, C]),
        ([26, -1, 26], [C, C, C]),  # the third is on the other side
        ([26, 0, 26], [C, C, C]),  # on the mean is on neither side
        ([31, 26, 5], [Label.ABOVE_UPPER, C, C]),  # astronomical is not near
        ([31, 26, 26], [Label.ABOVE_UPPER, Label.TWO_OF_THREE_ABOVE, Label.TWO_OF_THREE_ABOVE]),
        ([20, 20, 20], [C, C, C]),  # on the near limit is not beyond it
        ([26, None, 26], [C, C, C]),
    ],
)
def test_two_of_three(values, expected):
    assert (
        label_points(values, Limits(mean=0, lower=-30, upper=30, near_lower=-20, near_upper=20)) == expected
    )


def test_shift_flags_the_whole_run_and_a_point_on_the_mean_ends_it():
    line = Limits(mean=0, lower=-30, upper=30, near_lower=-20, near_upper=20)
    assert label_points([1, 2, 1, 2, 1, 2, 1, 2], line) == [Label.SHIFT_ABOVE] * 8
    assert label_points([-1, -2, -1, 0, -1, -2, -1, -2], line) == [C] * 8
    assert label_points([1, 2, 1, None, 1, 2, 1, 2], line) == [C] * 8


def test_value_on_a_limit_is_not_beyond_it():
    # ranges all 50: 2.66 x 50 = 133 exactly
    line = Limits(mean=100, lower=100 - 2.66 * 50, upper=100 + 2.66 * 50, near_lower=0, near_upper=200)
    assert label_points([233, -33], line) == [C, C]


def test_gap_gives_no_moving_range_on_either_side():
    # 10 12 _ 30 33 30 28: ranges 2, 3, 3, 2; the jump of 18 over the gap is none
    chart = xmr([10, 12, None, 30, 33, 30, 28])
    found = limits(chart)
    assert found.upper - found.mean == close(2.66 * 2.5)
    assert chart.n_points == 6
    assert chart.points[2].value is None
    assert chart.points[2].label is C


def test_gap_breaks_a_trend():
    assert Label.TREND_UP not in label_points([2, 3, 4, None, 5, 6, 7, 8], WIDE)


def test_lone_months_give_no_limits():
    segment = xmr([1, None, 2, None, 3, None, 4, None, 5, None, 6]).segments[0]
    assert segment.limits is None
    assert segment.no_limits_because is not None
    assert "stands alone" in segment.no_limits_because


def test_run_chart_below_six_points_trial_limits_below_thirteen():
    assert xmr([1, 2, 3, 2, 1]).segments[0].no_limits_because == "Limits need 6 figures; there are 5."
    assert xmr([7]).segments[0].no_limits_because == "Limits need 6 figures; there is 1."
    assert xmr(YEAR[:6]).segments[0].is_trial
    assert "from 12 figures" in xmr(YEAR).warnings[0]
    assert not xmr([*YEAR, 30]).segments[0].is_trial


def test_constant_series_has_no_limits_screened_and_never_signals_unscreened():
    screened = xmr([4] * 20, target=5)
    assert screened.segments[0].limits is None
    assert labels(screened) == [C] * 20
    assert screened.assurance is None
    assert screened.variation is Variation.COMMON_CAUSE
    unscreened = xmr([4] * 20, screen=False)
    assert limits(unscreened).lower == limits(unscreened).upper == 4
    assert labels(unscreened) == [C] * 20


def test_rebase_starts_a_segment_whose_first_point_has_no_range():
    chart = xmr([10, 12, 10, 12, 10, 12, 40, 44, 40, 44, 40, 44], rebase=[6])
    assert [(s.start, s.stop) for s in chart.segments] == [(0, 6), (6, 12)]
    assert limits(chart, 0).upper == close(11 + 2.66 * 2)
    assert limits(chart, 1).lower == close(42 - 2.66 * 4)
    assert labels(chart) == [C] * 12


def test_rules_do_not_look_over_a_rebase():
    rising = [1, 2, 3, 4, 5, 6, 7, 8]
    assert Label.TREND_UP in labels(xmr([*rising, 5, 6, 5, 6]))
    assert Label.TREND_UP not in labels(xmr([*rising, 5, 6, 5, 6], rebase=[4]))


def test_assurance_uses_the_last_segment():
    chart = xmr([10, 12, 10, 12, 10, 12, 40, 44, 40, 44, 40, 44], rebase=[6], target=25)
    assert chart.assurance is Assurance.PASSING


def test_limits_fixed_on_the_first_twelve_figures():
    chart = xmr([*YEAR[:11], 31, 60, 62, 58], fix_after=12)
    assert limits(chart) == limits(xmr([*YEAR[:11], 31]))
    assert labels(chart)[-3:] == [Label.ABOVE_UPPER] * 3
    assert chart.segments[0].n_base == 12


def test_fixing_counts_figures_not_months():
    chart = xmr([None, *YEAR[:11], None, 31, 60, 62], fix_after=12)
    assert chart.segments[0].n_base == 12
    assert limits(chart).mean == close(sum([*YEAR[:11], 31]) / 12)


def test_icon_speaks_of_the_last_figure_only():
    assert xmr([*YEAR, 31]).variation is Variation.COMMON_CAUSE
    assert xmr([*YEAR, None]).variation is Variation.IMPROVEMENT_HIGH
    assert xmr([*YEAR], improvement="neutral").variation is Variation.NEUTRAL_HIGH
    assert xmr([None, None]).variation is None
    assert xmr([]).points == ()


def test_small_counts_are_said_for_counts_only():
    assert any("Small counts" in warning for warning in xmr(VIGNETTE).warnings)
    assert xmr(VIGNETTE, counts=False).warnings == ()
    assert xmr([9, 10] * 10).warnings == ()


@pytest.mark.parametrize(
    "wrong", [{"fix_after": 11}, {"rebase": [12]}, {"rebase": [-1]}], ids=["short base", "beyond", "before"]
)
def test_impossible_parameters_are_refused(wrong):
    with pytest.raises(ValueError, match=r"fix_after|rebase"):
        xmr(YEAR, **wrong)


def test_not_a_number_is_refused():
    with pytest.raises(ValueError, match="finite"):
        xmr([1, float("nan")])


SERIES = st.lists(st.one_of(st.integers(0, 500), st.none()), min_size=1, max_size=45)
SWAP = {"improvement": "concern", "concern": "improvement", "neutral": "neutral", "common": "common"}


@given(SERIES, st.integers(0, 500), st.booleans())
def test_reversing_improvement_swaps_the_judgement_and_nothing_else(values, target, screen):
    up = xmr(values, target=target, screen=screen, improvement="increase")
    down = xmr(values, target=target, screen=screen, improvement="decrease")
    assert labels(up) == labels(down)
    assert up.segments == down.segments
    for a, b in zip(up.points, down.points, strict=True):
        word, rest = a.variation.split("_")
        assert b.variation == f"{SWAP[word]}_{rest}"
    swapped = {Assurance.PASSING: Assurance.FAILING, Assurance.FAILING: Assurance.PASSING}
    assert down.assurance == (swapped.get(up.assurance, up.assurance) if up.assurance else None)


@given(SERIES, st.integers(-1000, 1000), st.booleans())
def test_adding_a_constant_moves_the_lines_and_keeps_the_labels(values, constant, screen):
    before = xmr(values, screen=screen)
    after = xmr([None if y is None else y + constant for y in values], screen=screen)
    assert labels(before) == labels(after)
    old, new = before.segments[0].limits, after.segments[0].limits
    assert (old is None) == (new is None)
    if old and new:
        assert new.mean == pytest.approx(old.mean + constant, abs=1e-9)
        assert new.upper == pytest.approx(old.upper + constant, abs=1e-9)
        assert new.near_lower == pytest.approx(old.near_lower + constant, abs=1e-9)


@given(SERIES, st.sampled_from([0.01, 0.1, 3, 7.5, 1000]))
def test_scaling_scales_the_limits(values, factor):
    old = xmr(values).segments[0].limits
    new = xmr([None if y is None else y * factor for y in values]).segments[0].limits
    assert (old is None) == (new is None)
    if old and new:
        assert new.lower == pytest.approx(old.lower * factor, rel=1e-6, abs=1e-6)
        assert new.upper == pytest.approx(old.upper * factor, rel=1e-6, abs=1e-6)
