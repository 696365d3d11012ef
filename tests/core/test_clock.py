"""Days are London's, moments need an offset, an illustrative partnership has its own today."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

import pytest

from hub import clock
from hub.errors import WrongUsage


@dataclass
class Partnership:
    clock_at: datetime | None = None
    clock_set_at: datetime | None = None


@pytest.mark.parametrize(
    ("day", "ends_at"),
    [
        (date(2015, 3, 28), "2015-03-28T23:59:59.999999+00:00"),
        (date(2015, 3, 29), "2015-03-29T22:59:59.999999+00:00"),  # summer time began that morning
        (date(2027, 10, 31), "2027-10-31T23:59:59.999999+00:00"),
        (date(2027, 10, 30), "2027-10-30T22:59:59.999999+00:00"),
    ],
)
def test_a_day_ends_in_london(day: date, ends_at: str) -> None:
    assert clock.end_of_day(day) == datetime.fromisoformat(ends_at)
    assert clock.london_date(clock.end_of_day(day)) == day
    assert clock.london_date(clock.end_of_day(day) + timedelta(microseconds=1)) == day + timedelta(days=1)


def test_a_date_as_a_moment_means_the_end_of_that_day() -> None:
    assert clock.parse_moment("2014-10-01") == clock.end_of_day(date(2014, 10, 1))
    assert clock.parse_moment("2014-10-01T09:00:00+01:00") == datetime(2014, 10, 1, 8, tzinfo=UTC)


@pytest.mark.parametrize("text", ["yesterday", "2014-10-01T09:00:00", "2014-13-01", ""])
def test_any_other_moment_is_refused(text: str) -> None:
    with pytest.raises(WrongUsage):
        clock.parse_moment(text)


def test_an_illustrative_partnership_runs_on_from_its_own_today() -> None:
    set_at = clock.real_now() - timedelta(days=2)
    partnership = Partnership(datetime(2015, 5, 18, 8, tzinfo=UTC), set_at)
    assert clock.today_for(partnership) == date(2015, 5, 20)
    assert abs(clock.now_for(Partnership()) - clock.real_now()) < timedelta(seconds=5)
