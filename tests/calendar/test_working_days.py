"""Working days against England's published bank holidays of 2014 and 2015."""

from datetime import date

import pytest

from hub.calendar.due import due_on
from hub.calendar.working_days import is_working_day, working_day_after
from hub.definitions.model import Due
from hub.periods import parse


@pytest.mark.parametrize(
    "day", ["2014-04-18", "2014-04-21", "2014-12-25", "2015-05-04", "2015-05-25", "2014-08-25"]
)
def test_bank_holidays_are_not_working_days(day: str) -> None:
    assert not is_working_day(date.fromisoformat(day))


def test_scotlands_holiday_is_a_working_day_in_england() -> None:
    assert is_working_day(date(2014, 8, 4))


@pytest.mark.parametrize(
    ("day", "number", "expected"),
    [
        ("2015-03-31", 1, "2015-04-01"),
        ("2015-03-31", 3, "2015-04-07"),  # Good Friday 3 April, Easter Monday 6 April
        ("2014-12-31", 10, "2015-01-15"),
        ("2015-04-30", 15, "2015-05-22"),  # 4 May is a holiday
    ],
)
def test_the_nth_working_day_skips_weekends_and_holidays(day: str, number: int, expected: str) -> None:
    assert working_day_after(date.fromisoformat(day), number) == date.fromisoformat(expected)


def test_a_return_is_due_working_days_after_its_period_or_on_a_day_of_the_year() -> None:
    assert due_on(parse("2015-04"), Due(working_days=15)) == date(2015, 5, 22)
    assert due_on(parse("FY2014-15"), Due(month=5, day=31)) == date(2015, 5, 31)
    assert due_on(parse("FY2014-15"), None) is None
