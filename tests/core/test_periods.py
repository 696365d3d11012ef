"""Codes, names and arithmetic of periods."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub import periods
from hub.errors import WrongUsage


@pytest.mark.parametrize(
    ("code", "kind", "starts_on", "ends_on", "name"),
    [
        ("2011-12", "month", "2011-12-01", "2011-12-31", "December 2011"),
        ("FY2014-15", "financial_year", "2014-04-01", "2015-03-31", "2014-15"),
        ("FY2014-15Q3", "quarter", "2014-10-01", "2014-12-31", "October to December 2014"),
        ("FY2014-15Q4", "quarter", "2015-01-01", "2015-03-31", "January to March 2015"),
        ("AY2014-15", "academic_year", "2014-09-01", "2015-08-31", "2014-15"),
        ("AY2014-15T1", "term", "2014-09-01", "2014-12-31", "autumn term 2014"),
        ("AY2014-15T2", "term", "2015-01-01", "2015-03-31", "spring term 2015"),
        ("AY2014-15T3", "term", "2015-04-01", "2015-08-31", "summer term 2015"),
        ("MY2013", "mid_year", "2013-06-30", "2013-06-30", "mid-2013"),
        ("FY1999-00", "financial_year", "1999-04-01", "2000-03-31", "1999-00"),
    ],
)
def test_a_code_names_one_span(code: str, kind: str, starts_on: str, ends_on: str, name: str) -> None:
    period = periods.parse(code)
    assert (period.kind, period.starts_on, period.ends_on, period.name) == (
        kind,
        date.fromisoformat(starts_on),
        date.fromisoformat(ends_on),
        name,
    )


@pytest.mark.parametrize(
    "code",
    [
        "",
        "2014-13",
        "2014-9",
        "FY2014-16",
        "FY2014",
        "AY2014-15T4",
        "FY2014-15Q0",
        "٢٠١٤-٠٩",
        "0000-01",
        "2014-02-30",
    ],
)
def test_anything_else_is_refused_with_a_sentence(code: str) -> None:
    with pytest.raises(WrongUsage, match="is not a period"):
        periods.parse(code)


kinds = st.sampled_from(["month", "quarter", "financial_year", "term", "academic_year"])


@given(st.dates(date(1990, 1, 1), date(2090, 1, 1)), kinds)
def test_periods_of_a_kind_join_without_gap_and_hold_their_day(day: date, kind: periods.Kind) -> None:
    period = periods.containing(day, kind)
    assert period.starts_on <= day <= period.ends_on
    assert periods.parse(period.code) == period
    after = periods.following(period)
    assert (after.starts_on - period.ends_on).days == 1
    assert periods.a_year_before(after).starts_on.month == after.starts_on.month


def test_a_term_is_its_months() -> None:
    assert [p.code for p in periods.within(periods.parse("AY2014-15T2"), "month")] == [
        "2015-01",
        "2015-02",
        "2015-03",
    ]


def test_between_includes_both_ends() -> None:
    first, last = periods.parse("2014-11"), periods.parse("2015-02")
    assert [p.code for p in periods.between(first, last)] == ["2014-11", "2014-12", "2015-01", "2015-02"]
