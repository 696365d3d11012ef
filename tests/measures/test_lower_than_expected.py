"""Who sent fewer than expected, on the example: health before the front door opened, and schools in August."""

import pytest

from hub.measures.lower import Line, LowerThanExpected, lower_than_expected
from hub.periods import parse
from hub.statistics.cusum import Cusum
from hub.statistics.low_counts import Expected
from hub.statistics.not_computed import NotComputed
from tests.example_world import Example

HEALTH = ("RF02", "health-services")


def listed(example: Example, month: str, day: str) -> LowerThanExpected:
    return lower_than_expected(example.session, example.partnership, example.at(day), parse(month))


def line(found: LowerThanExpected, measure: str, code: str) -> Line:
    (only,) = [each for each in found.lines if (each.measure, each.code) == (measure, code)]
    return only


def test_health_bodies_together_are_listed_before_the_front_door_opens(example: Example) -> None:
    found = listed(example, "2014-05", "2014-06-30")
    health = line(found, *HEALTH)
    # 573 per 10,000 x 14% x 281,019 children of mid-2013 / 12
    assert isinstance(health.expected, Expected)
    assert health.expected.value == pytest.approx(187.86, abs=0.01)
    assert "573" in health.expected_words
    assert health.observed is not None and health.observed < 0.75 * 188
    assert health.is_low and health in found.low
    assert health.listed is not None and health.listed.ratio.upper < 1
    assert health.has_fallen  # for months, not only in May
    assert found.by_chance == pytest.approx(0.1 * len(found.low))


def test_it_goes_quiet_after_the_front_door_opens(example: Example) -> None:
    for month in ("2014-09", "2014-10", "2014-11"):
        health = line(listed(example, month, "2015-03-01"), *HEALTH)
        assert health.test is not None and not health.is_low


def test_schools_in_august_are_neither_tested_nor_listed(example: Example) -> None:
    found = listed(example, "2014-08", "2015-03-01")
    schools = [each for each in found.lines if each.code.startswith("990")]
    assert len(schools) == 40
    assert all(each.test is None and each.listed is None for each in schools)
    assert {each.not_tested for each in schools} == {"schools do not teach in this month"}
    assert any(each.observed == 0 for each in schools)  # a nil came, and is not missing


def test_who_sent_nothing_is_not_tested_and_not_called_low(example: Example) -> None:
    silent = line(listed(example, "2014-02", "2014-06-30"), "RF01", "RXT")
    assert (silent.state, silent.observed, silent.test, silent.is_low) == ("missing", None, None, False)
    assert silent.not_tested == "no figure to test: missing"
    # its CUSUM holds over the month and cannot alarm
    assert isinstance(silent.cusum, Cusum | NotComputed) and not silent.has_fallen


def test_q_values_count_everybody_tested_in_the_month(example: Example) -> None:
    found = listed(example, "2014-05", "2014-06-30")
    tested = [each for each in found.lines if each.test is not None]
    assert found.n_tested == len(tested) > 5
    assert all(
        each.listed is not None and each.test is not None and each.listed.q >= each.test.p for each in tested
    )
    qs = [each.listed.q for each in tested if each.listed is not None]
    assert qs == sorted(qs)


def test_the_list_of_a_moment_does_not_know_what_came_later(example: Example) -> None:
    # The children's hospital's September came late, and was corrected in December.
    before = line(listed(example, "2014-09", "2014-10-01"), "RF01", "RQ3")
    then = line(listed(example, "2014-09", "2014-12-03"), "RF01", "RQ3")
    now = line(listed(example, "2014-09", "2015-03-01"), "RF01", "RQ3")
    assert (before.observed, before.state) == (None, "not_due")
    assert then.observed is not None and now.observed is not None and now.observed - then.observed == 9
