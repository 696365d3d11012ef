"""Measures of the seeded example against the published totals that it is calibrated to, and their states."""

from collections import Counter
from dataclasses import replace
from datetime import date

import pytest

from hub.calendar.due import due_items
from hub.errors import UnknownDefinition
from hub.measures.compute import measure
from hub.measures.model import Asked
from hub.measures.protect import Audience, protect
from hub.periods import parse
from tests.example_world import Example

# Birmingham, years ending 31 March 2013 to 2016 (DfE, Characteristics of children in need).
PUBLISHED = {
    2012: {"referrals": 14177, "section47": 2976, "conferences": 1615},
    2013: {"referrals": 13815, "section47": 3393, "conferences": 942},
    2014: {"referrals": 19512, "section47": 5525, "conferences": 1828},
    2015: {"referrals": 13013, "section47": 3781, "conferences": 1435},
}


def year(start: int) -> dict[str, date]:
    return {"first": date(start, 4, 1), "last": date(start + 1, 3, 31)}


@pytest.mark.parametrize("start", PUBLISHED)
def test_a_years_months_add_up_to_what_was_published(example: Example, start: int) -> None:
    referrals = example.series("RF02", **year(start)).points
    ratio = example.series("CP02", **year(start)).points
    assert len(referrals) == 12
    assert sum(point.value or 0 for point in referrals) == PUBLISHED[start]["referrals"]
    assert sum(point.denominator or 0 for point in ratio) == PUBLISHED[start]["section47"]
    assert sum(point.numerator or 0 for point in ratio) == PUBLISHED[start]["conferences"]


def test_conferences_per_section_47_collapse_in_2013_14(example: Example) -> None:
    def ratio(start: int) -> float:
        points = example.series("CP02", **year(start)).points
        return 100 * sum(p.numerator or 0 for p in points) / sum(p.denominator or 0 for p in points)

    assert [round(ratio(start)) for start in (2012, 2013, 2014)] == [54, 28, 33]


def test_areas_sources_and_ages_add_up_to_the_whole(example: Example) -> None:
    whole = example.point("RF02", "2014-11").value
    for by in ("area", "source", "age_band", "ethnic_group"):
        lines = [
            p for p in example.series("RF02", by=by, first=date(2014, 11, 1), last=date(2014, 11, 30)).points
        ]
        assert sum(p.value or 0 for p in lines) == whole, by


def test_shares_by_source_add_up_to_a_hundred(example: Example) -> None:
    lines = example.series("RF05", first=date(2014, 11, 1), last=date(2014, 11, 30)).points
    assert sum(p.value or 0 for p in lines) == pytest.approx(100)


def test_a_rate_divides_by_the_mid_year_before(example: Example) -> None:
    # 1,951-odd referrals of a month in 2014-15 are divided by the mid-2014 estimate, 283,467.
    point = example.point("RF03", "2015-02")
    assert point.denominator == 283_467
    assert point.value == pytest.approx(10_000 * (point.numerator or 0) / 283_467)


def test_a_rate_without_population_is_not_computed_and_says_why(example: Example) -> None:
    point = example.point("RF03", "2015-02", line=("area", "not-known"))
    assert (point.value, point.state, point.reason) == (None, "not_available", "not computed: no population")


def test_what_did_not_come_is_missing_and_never_zero(example: Example) -> None:
    silent = example.point("RF01", "2014-02", line=("agency", "RXT"))
    assert (silent.value, silent.state, silent.coverage.received) == (None, "missing", 0)
    whole = example.point("RF01", "2014-02")
    assert whole.state == "partial"
    assert whole.coverage.received < whole.coverage.due == 50


def test_an_affirmed_zero_is_a_zero(example: Example) -> None:
    august = [
        p for p in example.series("RF01", by="agency", first=date(2014, 8, 1), last=date(2014, 8, 31)).points
    ]
    schools = [p for p in august if p.lines["agency"].startswith("990") and p.value is not None]
    assert schools and sum(p.value or 0 for p in schools) < len(schools)
    assert any(p.value == 0 and p.state in ("value", "nil") for p in schools)


def test_one_trust_counts_more_than_the_front_door_logged(example: Example) -> None:
    gaps = [
        p.value
        for p in example.series("RF04", **year(2014)).points
        if p.lines["agency"] == "RXT" and p.value is not None
    ]
    assert len(gaps) >= 10
    assert min(gaps) > 10
    others = [
        p.value
        for p in example.series("RF04", **year(2014)).points
        if p.lines["agency"] == "RYW" and p.value is not None
    ]
    assert max(abs(gap) for gap in others) < 10


def test_health_is_low_until_the_front_door_opens(example: Example) -> None:
    def health(month: str) -> float:
        return example.point("RF02", month, line=("source", "health-services")).value or 0

    # England's 573 per 10,000 × health's 14% × 281,019 children make about 188 a month.
    before = [health(m) for m in ("2014-03", "2014-04", "2014-05", "2014-06")]
    after = [health(m) for m in ("2014-09", "2014-10", "2014-11")]
    assert max(before) < 0.75 * 188
    assert min(after) > 188


def test_a_past_moment_shows_what_was_known_then(example: Example) -> None:
    # Signed late in 2014 and corrected on 4 December: the children's hospital's September.
    now = example.point("RF01", "2014-09", line=("agency", "RQ3"))
    then = example.point("RF01", "2014-09", "2014-12-03", line=("agency", "RQ3"))
    before = example.point("RF01", "2014-09", "2014-10-01", line=("agency", "RQ3"))
    assert (now.value or 0) - (then.value or 0) == 9
    assert (before.value, before.state) == (None, "not_due")


def test_the_same_moment_gives_the_same_answer_by_current_cells_and_by_facts(example: Example) -> None:
    now = example.at()
    assert measure(example.session, example.partnership, now, "FD02", Asked()).points == tuple(
        p for p in example.series("FD02", now.moment.isoformat()).points
    )


def test_returns_on_time_count_what_fell_due_in_the_month(example: Example) -> None:
    point = example.point("DQ01", "2014-10")
    items = due_items(example.session, example.partnership.id)
    fell_due = Counter(
        i.return_code for i in items if i.due_on and (i.due_on.year, i.due_on.month) == (2014, 10)
    )
    # Ten monthly senders and the council for September; schools' summer term fell due in September. Nine trusts send
    # `health`, and the council, the force, the trusts and three commissioners sent `workforce` for the quarter.
    assert {
        code: fell_due[code] for code in ("referrals", "front-door", "police", "health", "workforce")
    } == {
        "referrals": 10,
        "front-door": 1,
        "police": 1,
        "health": 9,
        "workforce": 14,
    }
    assert point.coverage.due == point.denominator == fell_due.total()
    assert 0 < (point.value or 0) <= 100


def test_yearly_published_figures_are_not_made_from_months(example: Example) -> None:
    series = example.series("RF02", kind="financial_year")
    assert all(point.value is None for point in series.points)


@pytest.mark.parametrize(
    ("code", "asked", "said"),
    [
        (
            "FD03",
            {"by": "source"},
            "does not count decided in 1 day by source|does not count decided_in_1_day by source",
        ),
        ("RF02", {"kind": "quarter"}, "not by quarter"),
        ("XX99", {}, "no measure"),
    ],
)
def test_what_cannot_be_asked_says_so(example: Example, code: str, asked: dict[str, str], said: str) -> None:
    with pytest.raises(UnknownDefinition, match=said):
        example.series(code, **asked)


def test_the_gate_withholds_ages_and_single_schools_from_others(example: Example) -> None:
    ages = example.series("RF02", by="age_band")
    agencies = example.series("RF01", by="agency", first=date(2014, 11, 1), last=date(2014, 11, 30))
    schools = frozenset(p.lines["agency"] for p in agencies.points if p.lines["agency"].startswith("990"))
    board, own, team = Audience(), Audience(agencies=frozenset({"990001"})), Audience(exact=True)
    assert min(p.value for p in protect(ages, board).points if p.value) >= 5, "no line is small here"
    unknown = protect(
        replace(ages, together=None), board
    )  # several agencies counted, so nobody knows what is small
    assert unknown.points == () and unknown.withheld
    assert protect(ages, team).points == ages.points
    seen = {p.lines["agency"] for p in protect(agencies, board).points}
    assert seen & schools == set() and "RQ3" in seen
    assert {p.lines["agency"] for p in protect(agencies, own).points} & schools == {"990001"}


def test_periods_that_are_not_over_are_not_asked_for(example: Example) -> None:
    last = max(point.period for point in example.series("RF02").points)
    assert last == parse("2016-04")


def test_emergency_referrals_are_divided_by_attendances_of_another_return(example: Example) -> None:
    month = {"first": date(2014, 11, 1), "last": date(2014, 11, 30)}
    sent = example.series("RF01", by="setting", **month).points
    emergency = next(p.value for p in sent if p.lines == {"setting": "emergency-department"}) or 0
    point = example.point("RF10", "2014-11")
    assert point.numerator == emergency
    assert point.value == pytest.approx(1000 * emergency / (point.denominator or 1))
    by_trust = {p.lines["agency"]: p for p in example.series("RF10", by="agency", **month).points}
    assert sum(p.numerator or 0 for p in by_trust.values()) == emergency
    assert by_trust["RYA"].value is None  # no department of its own
    assert 5 < (by_trust["RQ3"].value or 0) < 40


def test_staff_are_read_in_the_units_that_people_use(example: Example) -> None:
    quarter = {"kind": "quarter", "first": date(2014, 7, 1), "last": date(2014, 9, 30)}
    net = example.series("WF05", **quarter).points[0]
    # FY2014-15Q2 is the sixth quarter: 19 + 5 × 2.30 joined, 33 − 5 × 1.20 left, in full-time equivalents.
    assert net.value == pytest.approx(30.5 - 27.0)
    caseload = example.series("WF06", **quarter).points[0]
    assert caseload.value == pytest.approx((caseload.numerator or 0) / (caseload.denominator or 1))
    assert 15 < (caseload.value or 0) < 25
    by_funder = {p.lines["agency"]: p for p in example.series("WF02", by="agency", **quarter).points}
    assert by_funder["13P"].denominator == 450  # four and a half posts
    assert by_funder["05L"].state == "missing"  # its return never came


def test_audits_are_counted_over_all_schools_and_what_schools_pay_is_in_pounds(example: Example) -> None:
    year = {"kind": "academic_year", "first": date(2013, 9, 1), "last": date(2014, 8, 31)}
    audits = example.series("QA02", **year).points[0]
    # Forty schools owed the return; three never sent it.
    assert (audits.denominator, audits.coverage.received) == (40, 37)
    assert audits.value == pytest.approx(100 * (audits.numerator or 0) / 40)
    cost = example.series("SC02", **year).points[0]
    assert cost.value == pytest.approx((cost.numerator or 0) / 100)
    assert 40_000 < (cost.value or 0) < 200_000


def test_coverage_counts_those_who_are_asked_for_the_figure(example: Example) -> None:
    quarter = {"kind": "quarter", "first": date(2014, 7, 1), "last": date(2014, 9, 30)}
    # A commissioner's return of this quarter never came; it is asked for front-door posts and not for agency staff.
    agency_staff = example.series("WF04", **quarter).points[0]
    assert (agency_staff.coverage.due, agency_staff.state) == (1, "value")
    posts = example.series("WF02", **quarter).points[0]
    assert (posts.coverage.received, posts.coverage.due, posts.state) == (13, 14, "partial")
    assert {p.lines["agency"] for p in example.series("WF04", by="agency", **quarter).points} == {"330"}
    # Schools make no referrals from an emergency department.
    assert example.point("RF10", "2014-11").coverage.due == 10
