"""The overview, and what the Board's pages are to whom. By real requests to the seeded example."""

import re
from collections.abc import Callable

import pytest
from flask.testing import FlaskClient

from tests.example_world import CODE
from tests.web.conftest import words

BOARD = f"/partnerships/{CODE}/board"
MOU = f"/partnerships/{CODE}/agreements/birmingham-nhs-2015-16"


def test_the_board_page_has_a_panel_a_chart_and_a_table_for_each_measure(
    as_: Callable[[str], FlaskClient],
) -> None:
    page = as_("member").get(BOARD)
    assert page.status_code == 200
    assert page.text.count("<svg") >= 8
    assert page.text.count("hub-table-behind") == 8
    assert "Which NFA:" in page.text
    assert "Illustrative" in page.text
    assert 'style="' not in page.text and "<script>" not in page.text


def test_one_board_is_opened_at_once(as_: Callable[[str], FlaskClient]) -> None:
    answer = as_("member").get("/board")
    assert answer.status_code == 302 and answer.headers["Location"].endswith(BOARD)


def test_an_earlier_moment_is_shown_with_a_banner_and_its_own_answer(
    as_: Callable[[str], FlaskClient],
) -> None:
    member = as_("member")
    then, now = member.get(f"{BOARD}?as_at=2014-10-01"), member.get(BOARD)
    assert "As at 1 October 2014" in then.text and "As at" not in now.text
    assert "August 2014" in then.text and "April 2016" not in then.text
    assert member.get("/board?as_at=2014-10-01").location.endswith("/board?as_at=2014-10-01")


@pytest.mark.parametrize(
    "page",
    ["board", "measures/RF01", "measures/CN04", "measures/RF01/2015-03", "lower", "scorecard", "journey"],
)
def test_every_page_of_numbers_says_as_at_when(as_: Callable[[str], FlaskClient], page: str) -> None:
    """In its own words, which are printed with it, and not in a banner alone."""
    member, here = as_("member"), f"/partnerships/{CODE}/{page}"
    now, then = (
        words(member.get(address).text.partition("<main")[2])
        for address in (here, f"{here}?as_at=2015-04-30")
    )
    assert "As known now, 18 May 2016 at " in now
    assert "As at 30 April 2015 at 23:59" in then and "As known now" not in then


def test_the_view_narrows_to_an_area_or_an_agency(as_: Callable[[str], FlaskClient]) -> None:
    member = as_("member")
    whole = words(member.get(f"/partnerships/{CODE}/measures/FD05").text)
    told = "The front door : Referrers told the outcome, divided by Contacts from professionals decided"
    assert f"Source by month {told}" in whole, "in the return’s own words"
    south = member.get(f"{BOARD}?area=south").text
    assert "Referrals received: South" in south
    agency = member.get(f"{BOARD}?agency=RYW").text
    assert "Referrals made: Birmingham Community Healthcare NHS Trust (RYW)" in agency
    # What the front door does not count by agency says so.
    assert "does not count this for Birmingham Community Healthcare NHS Trust (RYW)" in agency
    # A signal and a chart lead to the measure's page of the same area or agency.
    for page, chosen in ((south, "area=south"), (agency, "agency=RYW")):
        leads = re.findall(r'href="[^"]*/measures/\w+\?([^"]*)"', page.partition("All measures</h2>")[0])
        assert leads and not [each for each in leads if chosen not in each and "before=" not in each]
    late = words(member.get(f"/partnerships/{CODE}/measures/DQ01?area=south").text)
    assert "Returns on time is not of one area" in late and "Nothing has been received yet" not in late


def test_figures_are_provisional_while_returns_are_out(as_: Callable[[str], FlaskClient]) -> None:
    """On 22 May 2015 nine bodies have signed April. A month later the council's referrals are in, and nothing of them can move."""
    member, here = as_("member"), f"/partnerships/{CODE}"

    def read(path: str, day: str) -> str:
        return words(member.get(f"{here}/{path}{'&' if '?' in path else '?'}as_at={day}").text)

    out = "at least 904 referrals, April 2015; 9 of 50 returns; missing Birmingham Community Healthcare NHS Trust (RYW). Provisional: 41 of 50 returns are still out."
    measure = read("measures/RF01", "2015-05-22")
    assert out in measure and "April 2015 at least 904 9 of 50 returns incomplete; provisional" in measure
    board = read("board", "2015-05-22")
    assert (
        "20 of 24 returns due for periods that ended in April 2015 are in. Its figures are provisional."
        in board
    )
    assert "April 2015 is provisional: at least 904, 9 of 50 returns." in board and out in board
    card = read("scorecard?measure=RF01&measure=RF02", "2015-05-22")
    assert "50 of 50 returns April 2015 is provisional: at least 904, 9 of 50 returns" in card
    for path in ("measures/RF02", "scorecard?measure=RF02"):
        assert "rovisional" not in read(path, "2015-07-31")


def test_the_overview_answers_four_questions_over_whom_and_as_at_when(
    as_: Callable[[str], FlaskClient],
) -> None:
    member = as_("member")
    page = member.get(f"{BOARD}?as_at=2014-04-10&month=2014-02").text
    parts = page.split('<h2 class="govuk-heading-m"')
    everybody, changed, unlike = parts[1:4]
    assert "As at 10 April 2014" in page
    assert "of them late" in everybody and "provisional" in everybody
    assert "RXT" in everybody  # never sent February 2014
    # 2013-14: conferences fell, which the ratio showed month after month before anybody said it.
    fallen = changed.partition("Conferences for every 100 section 47 enquiries")[2].partition("</li>")[0]
    assert "special cause: change, lower" in fallen and "1 of 1 return" in fallen and "since" in fallen
    assert "No published figures of its council are held here for this time" in unlike
    assert "which the data team of the national partnership loads" in unlike, "who can load them"
    of_police = member.get(f"{BOARD}?kind=police&month=2016-03").text
    assert "Police notifications</a>" in of_police.split("<h2")[2]
    assert "Referrals received</a>" not in of_police.split("<h2")[2]
    assert "nothing is promised by this kind of agency" in of_police
    of_region = as_("region").get(BOARD).text.split('<h2 class="govuk-heading-m"')[4]
    assert "missed" in of_region and "met" in of_region
    # Nothing there yet: every question says so.
    empty = member.get(f"{BOARD}?as_at=2010-01-01").text
    assert "No agreement was in force" in empty and "Nothing was owed" in empty
    assert "Nothing has been received" in empty


@pytest.mark.parametrize(
    "path",
    [
        f"/partnerships/{CODE}/measures/XX99",
        f"/partnerships/{CODE}/measures/RF02/2014-13",
        "/partnerships/nowhere/board",
        f"/partnerships/{CODE}/agreements/nothing",
        f"{BOARD}?as_at=soon",
    ],
)
def test_what_is_not_there_is_a_plain_no(as_: Callable[[str], FlaskClient], path: str) -> None:
    answer = as_("member").get(path)
    assert answer.status_code in (400, 404)
    assert "Traceback" not in answer.text


def test_the_administrator_sees_no_board(as_: Callable[[str], FlaskClient]) -> None:
    admin = as_("admin")
    assert admin.get(BOARD).status_code in (403, 404)
    assert admin.get(MOU).status_code in (403, 404)
