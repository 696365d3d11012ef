"""The journey on the example: what changed most, whole and by line, over months that are in for both years."""

from hub.board.journey import journey, largest_words
from hub.measures.protect import Audience
from tests.example_world import Example


def test_the_example_names_the_fall_of_conferences_in_2013_14(example: Example) -> None:
    place, at = example.partnership, example.at()
    found = journey(example.session, place, at, Audience(), year="FY2013-14")
    assert found.whole is not None and found.whole.largest is not None
    assert largest_words(found, found.whole) == (
        "The largest change from 2012-13 to 2013-14 is section 47 enquiry → conference: from 54 to 28 for every 100, "
        "over the 12 months that are in for both."
    )
    assert [step.first.name for step in found.whole.steps] == [
        "contact", "referral", "assessment", "strategy discussion", "section 47 enquiry", "conference",
    ]  # fmt: skip
    by_source = [line for line in found.lines if line.by == "source"]
    assert by_source and all(step.then.name == "referral" for line in by_source for step in line.steps)
    assert "Police" in {line.name for line in by_source}


def test_a_year_under_way_is_held_against_the_same_months_alone(example: Example) -> None:
    then = example.at("2013-09-15")  # April to July are in
    found = journey(example.session, example.partnership, then, Audience(), year="FY2013-14")
    assert found.whole is not None
    enquired = next(step for step in found.whole.steps if step.then.name == "conference")
    assert 3 <= enquired.periods <= 5
    months = example.series("CP02", "2013-09-15").points
    same = {f"2012-{number:02}" for number in range(4, 4 + enquired.periods)}
    assert enquired.before.of == sum(p.denominator or 0 for p in months if p.period.code in same)
    nothing = journey(example.session, example.partnership, example.at("2010-01-01"), Audience())
    assert nothing.whole is None and not nothing.years
