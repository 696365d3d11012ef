"""The council's returns of the example: against published totals where there are some, else against each other."""

from collections import Counter
from dataclasses import replace
from datetime import date

import pytest

from hub.definitions import catalogue
from hub.measures.protect import Audience, protect
from tests.example_world import Example

# Birmingham, year ending 31 March (DfE, Characteristics of children in need): plans on that day, those of two years or
# more, plans started, second or later plans.
PUBLISHED = {
    2013: (1026, 36, 1559, 317),
    2014: (844, 16, 1221, 263),
    2015: (1280, None, 1735, 355),  # two years or more are hidden
    2016: (845, 11, 1339, 278),
}


def total(example: Example, code: str, ending: int) -> tuple[int, int]:
    points = example.series(code, first=date(ending - 1, 4, 1), last=date(ending, 3, 31)).points
    assert len(points) == 12
    return sum(p.numerator or 0 for p in points), sum(p.denominator or 0 for p in points)


@pytest.mark.parametrize("ending", PUBLISHED)
def test_plans_are_as_published(example: Example, ending: int) -> None:
    plans, two_years, started, second = PUBLISHED[ending]
    assert example.point("CP05", f"{ending}-03").value == plans
    if two_years is not None:
        assert example.point("CP07", f"{ending}-03").numerator == two_years
    assert total(example, "CP06", ending) == (second, started)


def test_lengths_of_plans_are_as_published_for_the_day(example: Example) -> None:
    lines = example.series("CP05", by="duration", first=date(2014, 3, 1), last=date(2014, 3, 31)).points
    assert {p.lines["duration"]: p.value for p in lines} == {
        "to-3-months": 367,
        "3-to-6-months": 160,
        "6-months-to-1-year": 193,
        "1-to-2-years": 108,
    }


def test_a_partners_part_is_of_all_discussions(example: Example) -> None:
    held = example.point("SD01", "2014-11").value
    both = example.point("SD02", "2014-11")
    health = example.point("SD02", "2014-11", line=("partner", "health"))
    police = example.point("SD02", "2014-11", line=("partner", "police"))
    assert health.denominator == police.denominator == both.denominator == held
    assert health.value == pytest.approx(100 * (health.numerator or 0) / (held or 1))
    assert (both.numerator or 0) <= min(health.numerator or 0, police.numerator or 0)


def test_no_line_stands_for_the_whole_where_it_is_divided_by_the_whole(example: Example) -> None:
    lines = {p.lines["partner"] for p in example.series("SD02", by="partner").points}
    assert lines == {"health", "police", "school"}


def test_referrals_from_an_agency_are_its_contacts_that_became_referrals(example: Example) -> None:
    became = example.point("RF02", "2014-11", line=("agency", "RYW"))
    share = example.point("FD02", "2014-11", line=("agency", "RYW"))
    assert became.value == share.numerator and 0 < (became.value or 0) < (share.denominator or 0)


def test_what_was_not_looked_at_again_does_not_apply_and_is_not_zero(example: Example) -> None:
    before, after = example.point("FD07", "2014-03"), example.point("FD07", "2014-11")
    assert (before.value, before.state) == (None, "not_applicable")
    assert after.state == "value" and after.denominator


def test_risk_levels_add_up_and_none_is_in_time_without_one(example: Example) -> None:
    whole = example.point("FD03A", "2015-02")
    lines = {
        p.lines["risk_level"]: p
        for p in example.series(
            "FD03A", by="risk_level", first=date(2015, 2, 1), last=date(2015, 2, 28)
        ).points
    }
    assert sum(p.denominator or 0 for p in lines.values()) == whole.denominator
    assert sum(p.numerator or 0 for p in lines.values()) == whole.numerator
    assert lines["not-known"].numerator == 0


def test_early_help_adds_over_lead_agencies_and_nil_is_counted(example: Example) -> None:
    whole = example.point("EH01", "2015-01")
    lines = [
        p for p in example.series("EH01", by="agency", first=date(2015, 1, 1), last=date(2015, 1, 31)).points
    ]
    given = {p.lines["agency"]: p.value for p in lines if p.value is not None}
    assert sum(given.values()) == whole.value
    assert given["330"] > given["RYW"] > given["RXT"] > given["RRJ"] == 0


def test_members_parts_in_conferences_stay_within_the_whole(example: Example) -> None:
    whole = example.point("CP04", "2014-11")
    lines = example.series("CP04", by="agency", first=date(2014, 11, 1), last=date(2014, 11, 30)).points
    invited = sum(p.denominator or 0 for p in lines)
    assert 0 < invited < (whole.denominator or 0)  # general practices are invited and are no members
    children = example.point("CP03", "2014-11").denominator
    police = next(p for p in lines if p.lines["agency"] == "20")
    assert (police.denominator or 0) <= (children or 0)


def test_a_table_that_was_not_held_is_not_available_and_never_zero(example: Example) -> None:
    (line,) = example.series(
        "CP01", by="ethnic_group", first=date(2012, 10, 1), last=date(2012, 10, 31)
    ).points
    assert (line.lines["ethnic_group"], line.value, line.state) == ("not-held", None, "not_available")
    held = example.series("CP01", by="ethnic_group", first=date(2013, 10, 1), last=date(2013, 10, 31)).points
    assert sum(p.value or 0 for p in held) == example.point("CP01", "2013-10").value


def test_the_gate_withholds_what_the_definition_calls_personal(example: Example) -> None:
    categories = example.series("CP05", by="category")
    lengths = example.series("CP05", by="duration")
    board = Audience()
    assert min(p.value for p in protect(categories, board).points if p.value) >= 5, "no line is small here"
    unknown = protect(replace(categories, together=None), board)  # nobody knows what is small
    assert unknown.points == () and unknown.withheld
    assert protect(lengths, board).points == lengths.points
    assert protect(categories, Audience(exact=True)).points == categories.points


def test_nothing_is_asked_of_the_council_twice() -> None:
    asked = Counter(
        name
        for definition in catalogue.shipped().returns
        if not definition.published and (owes := definition.owes_for("council"))
        for name in owes.figures
    )
    assert [name for name, times in asked.items() if times > 1] == []
