"""The same reason four periods running, as the example's council gives it for its unknown sources."""

from datetime import date

from hub.submissions.reasons import as_said, repeated_reasons
from tests.example_world import Example


def test_the_councils_standing_reason_is_listed_once_with_its_run(example: Example) -> None:
    reasons = repeated_reasons(example.session, example.partnership.id, since=date(2015, 4, 1))
    (one,) = [each for each in reasons if each.rule == "front-door-unknown-source-above-5-percent"]
    assert (one.agency, one.return_code, one.figure) == ("330", "front-door", "referrals")
    assert one.words.startswith("The case system’s first screen")
    assert len(one.periods) >= 4
    assert one.periods[0].code >= "2015-04"
    assert all(len(each.periods) >= 4 for each in reasons)


def test_another_partnership_lists_nothing_of_it(example: Example) -> None:
    assert repeated_reasons(example.session, example.partnership.id + 1, since=date(2012, 4, 1)) == []


def test_capitals_spaces_and_a_full_stop_say_nothing() -> None:
    assert as_said("A  new team.") == as_said("a new Team")
    assert as_said("A new team") != as_said("A new clinic")
