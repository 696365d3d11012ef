"""Sent against logged on the seeded example. Every state is worked out by hand beside its numbers."""

from datetime import date

import pytest

from hub.comparison.matrix import compared, shown
from hub.comparison.model import Asked, Cell, Compared, Row
from hub.measures.load import measure_as_at
from hub.measures.protect import SCHOOLS_WITHHELD, Audience
from hub.statistics.not_computed import NotComputed
from hub.statistics.reconcile import SignTest, State
from tests.example_world import Example


def look(example: Example, first: str, last: str, day: str | None = None) -> Compared:
    at = example.at(day)
    asked = Asked(date.fromisoformat(first), date.fromisoformat(last))
    return compared(example.session, at, measure_as_at(example.session, "RF04", at.moment), asked)


def row(found: Compared, sender: str) -> Row:
    return next(each for each in found.rows if each.sender.code == sender)


def cell(found: Compared, sender: str, month: str) -> Cell:
    at = [each.code for each in found.months].index(month)
    found_cell = row(found, sender).cells[at]
    assert found_cell is not None
    return found_cell


def test_a_trust_that_counts_more_than_was_logged_is_a_query(example: Example) -> None:
    found = look(example, "2014-11-01", "2014-11-30")
    # 86 against 66: 20 apart, and 5% of 86 is 4.3, so 5 may be. September to November: 224 against 171, 53 apart
    # where 12 may be (5% of 224 is 11.2); the runs that end in December and January are as far apart.
    assert cell(found, "RXT", "2014-11") == Cell(86, 66, State.QUERY)
    assert cell(found, "RXT", "2014-11").difference == 20
    assert cell(found, "RXT", "2014-11").asymmetry == pytest.approx(200 * 20 / 152)


def test_a_weekend_filed_under_the_next_month_is_timing_until_it_is_corrected(example: Example) -> None:
    before = look(example, "2014-09-01", "2014-09-30", "2014-11-30")
    # RQ3 first signed 89 for September; the front door logged 98. 9 apart, and 5% of 98 is 4.9, so 5 may be.
    # With July (38 and 38) and August (88 and 88): 215 against 224, 9 apart where 5% of 224, 11.2, allows 12.
    assert cell(before, "RQ3", "2014-09") == Cell(
        89, 98, State.TIMING, "even over July 2014 to September 2014"
    )
    after = look(example, "2014-09-01", "2014-09-30")
    assert cell(after, "RQ3", "2014-09") == Cell(98, 98, State.AGREES)


def test_a_missing_side_is_never_a_difference(example: Example) -> None:
    found = look(example, "2014-02-01", "2014-02-28")
    silent = cell(found, "RXT", "2014-02")
    assert (silent.sent, silent.state, silent.difference) == (None, None, None)
    assert silent.note == "the sender’s figure is not in"
    assert silent.logged is not None and silent.logged > 0


def test_no_line_in_a_return_that_came_is_none_logged(example: Example) -> None:
    # A school that sent none in July 2014: the front door's return of July lists other agencies and not this one.
    found = look(example, "2014-07-01", "2014-07-31")
    assert cell(found, "990001", "2014-07") == Cell(0, 0, State.AGREES)


def test_a_month_before_an_agency_was_asked_is_blank(example: Example) -> None:
    found = look(example, "2012-03-01", "2012-04-30")
    assert [each.code for each in found.months] == ["2012-03", "2012-04"]
    assert row(found, "RQ3").cells[0] is None
    assert row(found, "RQ3").cells[1] is not None


def test_net_and_absolute_asymmetry_of_a_sender(example: Example) -> None:
    found = row(look(example, "2014-10-01", "2014-12-31"), "RXT")
    # 76+86+63 = 225 against 58+66+48 = 172: net 53, and as all differences have one sign, 53 over the mean, 198.5.
    assert found.whole.net == 53
    assert found.whole.asymmetry == pytest.approx(53 / 198.5)


def test_who_is_the_larger_month_after_month_is_no_chance(example: Example) -> None:
    found = look(example, "2014-09-01", "2015-04-30")
    # RXT counted more in each of eight months: 2 of 2⁸. RQ3's differ in six, and in two it counted more: 2 × (1 + 6 + 15) of 2⁶.
    lasting = row(found, "RXT").lasting
    assert lasting == SignTest("sign test", 8, 8, 2 / 256)
    assert row(found, "RQ3").lasting == SignTest("sign test", 6, 2, 44 / 64)
    few = row(look(example, "2014-10-01", "2014-12-31"), "RXT").lasting
    assert few == NotComputed("sign test", "it takes 6 months that differ; there are 3")


def test_the_police_pair_has_a_tolerance_of_its_own(example: Example) -> None:
    found = row(look(example, "2014-11-01", "2014-11-30"), "20")
    assert (found.pair.tolerance.count, found.pair.tolerance.percent) == (5, 3)
    assert found.pair.tolerance.least(1193, 1191) == 36  # 3% of 1,193 is 35.79
    assert found.pair.why


def test_a_school_is_shown_to_itself_and_the_data_team_alone(example: Example) -> None:
    found = look(example, "2014-11-01", "2014-11-30")
    assert len(found.rows) == 50
    board = shown(found, Audience())
    assert {each.sender.kind for each in board.rows} == {"nhs_trust", "police"}
    assert board.withheld == SCHOOLS_WITHHELD
    school = shown(found, Audience(agencies=frozenset({"990001"})))
    assert [each.sender.code for each in school.rows if each.sender.kind == "school"] == ["990001"]
    assert shown(found, Audience(exact=True)) == found
    assert board.whole.n_points == 9  # RRJ was silent that month
