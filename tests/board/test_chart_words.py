"""The sentences beside a chart: what a reader who cannot see it is told."""

import pytest

from hub.board.chart_inputs import (
    AgreedPath,
    Bar,
    BarChart,
    LineChart,
    Note,
    Period,
    Series,
    XmrChart,
    figure,
)
from hub.board.chart_words import (
    assurance_words,
    bar_words,
    lettered_notes,
    line_words,
    variation_words,
    xmr_words,
)
from hub.statistics.xmr import Assurance, Variation, xmr

MONTHS = [
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
    "January",
    "February",
    "March",
]
YEAR = [30, 32, 29, 31, 33, 30, 28, 31, 30, 29, 31, 45]


def words(values, *, states=None, unit="referrals", decimals=0, notes=(), **options):
    states = states or {}
    periods = tuple(
        Period(f"{MONTHS[i % 12]} {2012 + (i + 3) // 12}", MONTHS[i % 12][:3], *states.get(i, ("value",)))
        for i in range(len(values))
    )
    return xmr_words(XmrChart("c", "t", unit, periods, xmr(values, **options), notes, decimals))


def test_a_special_cause_is_told_with_its_month_and_judgement():
    assert words(YEAR, improvement="decrease") == (
        "The latest month, March 2013, is 45 referrals, above the range expected from the last 12 months (26 to 37). "
        "Special causes: March 2013, above the upper limit (concern). "
        "Trial limits: worked out from 12 figures, and will move until there are 13."
    )


def test_an_ordinary_month_is_within_the_range():
    told = words([*YEAR[:11], 31, 30])
    assert "is 30 referrals, within the range expected from the last 13 months" in told
    assert "No special causes." in told
    assert "Trial" not in told


def test_a_shift_is_told_from_its_first_to_its_last_month():
    told = words([12, 10, 12, 10, 12, 10, 12, 16, 17, 16, 17, 16, 17, 16], improvement="neutral")
    assert (
        "November 2012 to May 2013, seven or more in a row above the average and two of three close "
        "to the upper limit." in told
    )
    assert "(concern)" not in told


@pytest.mark.parametrize(
    ("target", "sentence"),
    [
        (38, "The target of 38 referrals will be missed in every month unless something changes."),
        (20, "The target of 20 referrals will be met in every month unless something changes."),
        (
            31,
            "The target of 31 referrals lies within the range expected: it will be met or missed by chance.",
        ),
    ],
)
def test_targets(target, sentence):
    assert sentence in words(YEAR, target=target, improvement="increase")


@pytest.mark.parametrize(
    ("values", "at_most", "said"),
    [
        ((*[None] * 9, 40, 40, 45), False, "The agreed path expects 40 referrals in January 2013 and 45 referrals in March 2013; the latest figure keeps to it."),
        ((*[None] * 11, 44), True, "The agreed path expects 44 referrals in March 2013; the latest figure is above it."),
        ((40, 41, *[None] * 10), True, "The agreed path expects 40 referrals in April 2012 and 41 referrals in May 2012."),
    ],
)  # fmt: skip
def test_an_agreed_path_is_told_with_where_the_latest_figure_lies(values, at_most, said):
    periods = tuple(Period(f"{MONTHS[i]} {2012 + (i + 3) // 12}", MONTHS[i][:3]) for i in range(12))
    told = xmr_words(XmrChart("c", "t", "referrals", periods, xmr(YEAR), path=AgreedPath(values, at_most)))
    assert said in told


def test_gaps_are_named_with_their_reason_and_neighbours_told_together():
    told = words(
        [*YEAR[:4], None, None, 30, None, *YEAR[:6]],
        states={4: ("missing",), 5: ("missing",), 7: ("hidden",)},
    )
    assert "No figure for August 2012 to September 2012 (not received)." in told
    assert "No figure for November 2012 (hidden)." in told
    assert "the 11 figures of the last 14 months" in told


def test_an_incomplete_latest_month_is_said_and_not_judged():
    told = words([*YEAR[:11], None], states={11: ("partial", 12.0)})
    assert told.startswith("The latest month with a figure, February 2013, is 31 referrals")
    assert "March 2013 is incomplete: at least 12 referrals." in told


def test_too_few_figures_give_no_range():
    assert words([5, 8]) == (
        "The latest month, May 2012, is 8 referrals. No range to expect can be given. "
        "Limits need 6 figures; there are 2."
    )


def test_nothing_received_at_all():
    assert words([None, None], states={0: ("missing",), 1: ("missing",)}) == (
        "There are no figures yet. No figure for April 2012 to May 2012 (not received)."
    )
    assert words([]) == "There are no figures yet."


def test_small_counts_are_warned_of_and_never_expected_below_nought():
    told = words([1, 2, 1, 2, 10, 1, 2, 1, 2, 1, 2, 1, 2, 1, 2, 1, 2, 1])
    assert "is 1, within the range expected from the last 18 months (0 to 5)" in told
    assert "Small counts" in told


def test_after_a_rebase_the_range_is_the_new_one():
    told = words([10, 12, 10, 12, 10, 12, 40, 44, 40, 44, 40, 44], rebase=[6])
    assert "the 6 months since October 2012 (31 to 53)" in told
    assert "The range was worked out anew from October 2012." in told


def test_fixed_limits_say_which_months_they_come_from():
    assert "from the first 12 months from April 2012" in words([*YEAR, 30, 31], fix_after=12)


def test_notes_carry_their_letters():
    periods = tuple(Period(name, name[:3]) for name in MONTHS[:3])
    chart = XmrChart("c", "t", "u", periods, xmr([1, 2, 3]), (Note(2, "front door opened"), Note(0, "start")))
    assert lettered_notes(chart) == [("A", "April: start"), ("B", "June: front door opened")]


def test_bars_tell_place_references_and_absences():
    chart = BarChart(
        "b",
        "Referral rate",
        "per 10,000 children",
        (
            Bar("Nottingham", 701),
            Bar("Birmingham", 557.4, "own"),
            Bar("Luton", None),
            Bar("Sandwell", None),
            Bar("Derby", None, absent="hidden by the publisher"),
            Bar("England", 519, "reference"),
        ),
    )
    assert bar_words(chart) == (
        "Birmingham: 557 per 10,000 children, the 2nd highest of the 2 authorities with figures here. England 519. "
        "Hidden by the publisher: Derby. No figures here: Luton and Sandwell."
    )


def test_the_own_authority_without_figures_is_said():
    chart = BarChart("b", "t", "%", (Bar("Birmingham", None, "own"), Bar("Luton", 4)))
    assert bar_words(chart) == "No figures here: Birmingham."


def test_lines_tell_first_last_and_missing_years():
    chart = LineChart(
        "l",
        "t",
        "%",
        ("2013", "2014", "2015"),
        (Series("Birmingham", (54, None, 33), is_own=True), Series("Solihull", (None, None, None))),
    )
    assert (
        line_words(chart)
        == "Birmingham: from 54% in 2013 to 33% in 2015; no figure for 2014. Solihull: no figures here."
    )


def test_icons_in_words():
    assert variation_words(Variation.CONCERN_LOW) == "special cause: concern, lower"
    assert variation_words(Variation.COMMON_CAUSE) == "no significant change"
    assert variation_words(None) == "no figures"
    assert assurance_words(Assurance.HIT_OR_MISS) == "meets or misses the target by chance"
    assert assurance_words(None) == ""


def test_figures_are_written_as_read():
    assert figure(19512, 0, "referrals") == "19,512 referrals"
    assert figure(28.04, 1, "%") == "28.0%"
    assert figure(-0.7, 1) == "−0.7"
    assert figure(-0.01, 1) == "0"
    assert figure(1, 0, "referrals") == "1"
