"""What the Board reads of other days: the first ones, what changed since, and why. By real requests to the seeded example."""

import html
import re
from collections.abc import Callable

import pytest
from flask.testing import FlaskClient

from tests.example_world import CODE
from tests.web.conftest import Browser, words

BOARD = f"/partnerships/{CODE}/board"


def test_the_first_day_and_the_first_month_alone(as_: Callable[[str], FlaskClient]) -> None:
    """On 15 April 2012 nothing is signed; by 31 May April is, but for the schools, who send by term."""
    member, here = as_("member"), f"/partnerships/{CODE}"

    def read(path: str, day: str) -> str:
        answer = member.get(f"{here}/{path}{'&' if '?' in path else '?'}as_at={day}")
        assert answer.status_code == 200, path
        return words(answer.text.partition("<main")[2])

    table = "tables?measure=RF01&by=agency&show=chart&from=2012-03&to=2012-04"
    for path, nothing in {
        "board": "Nothing has been received that could be read by this choice.",
        "scorecard": "none agreed Nothing has been received yet.",
        "journey": "Two years that follow each other are needed",
        "measures/RF01": "Nothing has been received yet.",
        "measures/CP03": "Nothing has been received yet.",
        "measures/RF01/2012-04": "Nothing signed stands behind it as at this moment.",
        "lower": "Nobody could be tested in March 2012: why stands below.",
        table: "There is no number for this choice.",
    }.items():
        found = read(path, "2012-04-15")
        assert nothing in found, path
        assert "line by line in these months" not in found or path == table
        assert "Beside the other side" not in found
    assert "Nothing has fallen due yet for periods that ended in April 2012; 15 returns are to come." in read(
        "board?month=2012-04", "2012-05-02"
    )
    for path, one in {
        "board": "Too few figures have come yet to tell a change from chance.",
        "scorecard?measure=RF01": "April 2012 is provisional: at least 671, 10 of 50 returns",
        "journey": "Two years that follow each other are needed",
        "measures/RF01": "April 2012 is incomplete: at least 671 referrals.",
        "measures/CP03": "Only 3 are compared",  # a funnel of three areas says how little it says
        "measures/CP01": "No range to expect can be given. Limits need 6 figures; there is 1.",
        "lower": "West Midlands Police, referrals made: 512 came; neither twelve received months nor a peer group",
        table: "West Midlands Police no figure 512",
    }.items():
        assert one in read(path, "2012-05-31"), path


def test_reports_packs_and_promises_are_listed_as_they_stood(as_: Callable[[str], FlaskClient]) -> None:
    """Two annual reports of one year, of September 2014 and 17 February 2015; a pack of 3 March 2015 withdrawn two days later."""
    member, here = as_("member"), f"/partnerships/{CODE}"

    def read(path: str, day: str) -> str:
        page = member.get(f"{path}?as_at={day}").text
        assert "See what is known now" in page
        return words(page.partition("<main")[2])

    assert "No annual report was issued by then" in read(f"{here}/reports", "2014-09-01")
    first, both = (read(f"{here}/reports", day) for day in ("2014-10-20", "2015-02-20"))
    assert "pack 2" not in first and "superseded" not in first and "current" in first
    assert "pack 2" in both and "superseded on 17 February 2015" in both
    march = re.search(
        r'href="([^"?]*)[^"]*">Safeguarding Board<[^>]*>, 10 March 2015',
        member.get(f"{here}/meetings?as_at=2015-03-04").text,
    )
    assert march
    before, after = (read(march[1], day) for day in ("2015-03-04", "2015-03-06"))
    assert "15:00: current" in before and "withdrawn" not in before
    assert "09:30: current" in after and "withdrawn on 5 March 2015" in after
    assert (
        words(as_("region").get("/regions/midlands-and-east?as_at=2015-02-28").text).count(
            "The board, since 15 August 2014"
        )
        == 2
    )
    later = as_("region").get("/regions/midlands-and-east?as_at=2016-02-29").text
    assert "As at that day" in later and "C9" in later and "as_at=2016-02-29" in later
    known, now = read("/agreements", "2015-06-30"), words(member.get("/agreements").text)
    assert "34 not due" in known and "34 not due" not in now


def test_revisions_tell_what_came_and_what_it_moved_but_not_what_one_school_sent(
    as_: Callable[[str], FlaskClient],
) -> None:
    address = f"/partnerships/{CODE}/revisions?since=2014-10-01&as_at=2014-11-20"
    page = as_("member").get(address).text
    assert "85 signed returns, 1 of them correcting an earlier one" in page
    assert (
        "correction 1: In its first month the new front door had logged" in page and "by Farah Abbott" in page
    )
    # Riverside Oak Primary sent its summer term late: one referral in July, so 941 became 942. Eleven others wait with it.
    july = page.partition("July 2014</td>")[2].partition("</tr>")[0]
    # On a phone a row is read as a list: each cell but the row's own name says its column.
    assert re.findall(r'data-label="([^"]*)"', july) == ["As known then", "As known later", "Why"]
    assert "at least 930; 37 of 50 returns, 12 more came" in july and "942; 50 of 50 returns" in july
    assert "941" not in july
    exact = as_("steward").get(address).text.partition("July 2014</td>")[2].partition("</tr>")[0]
    assert "at least 941; 49 of 50 returns" in exact and "more came in" in exact
    nothing = as_("member").get(f"/partnerships/{CODE}/revisions?since=2014-10-01&as_at=2014-10-01").text
    assert "0 signed returns" in nothing and "No figure that was known then moved" in nothing


def test_a_change_is_explained_from_a_signal_and_from_a_measure(as_: Callable[[str], FlaskClient]) -> None:
    member = as_("member")
    board, page = member.get(BOARD).text, f"/partnerships/{CODE}/measures/RF01"
    assert "Explain this change" in board and "/explain?before=" in board
    assert f'href="{page}/explain"' in member.get(page).text
    told = member.get(f"{page}/explain?before=2014-02&amp;period=2014-03".replace("&amp;", "&"))
    assert "Why it changed" in told.text and "Agency by agency" in told.text
    assert "Through the numerator" not in told.text
    assert "Through the numerator" in member.get(f"/partnerships/{CODE}/measures/FD04/explain").text
    then = member.get(f"{page}?as_at=2014-03-20").text
    assert "7 agencies in both" in then and "schools, of which not the same sent, are left out" in then
    share = member.get(f"/partnerships/{CODE}/measures/RF05/explain").text
    assert "A share is read line by line" in share and "Why it changed" not in share
    assert member.get(f"{page}/explain?before=2014-13").status_code == 400
    assert member.get(f"{page}/explain?before=1999-01&period=FY2014-15").status_code == 200


@pytest.mark.usefixtures("app")
def test_a_low_figure_is_lower_than_expected_until_a_person_records_the_cause(
    as_: Callable[[str], FlaskClient],
) -> None:
    steward, lower = Browser(as_("steward")), f"/partnerships/{CODE}/lower"
    assert "Record the cause" in steward.get(f"{lower}?month=2014-05").text
    member = as_("member")
    assert "Cause recorded" not in (before := member.get(f"{lower}?month=2014-05").text)
    assert "Record the cause" not in before and "Lower than expected" in before
    steward.get(f"{lower}/cause?measure=RF02&month=2014-05&line=source/health-services")
    assert (
        steward.post(f"{lower}/cause", {"words": "Two hospitals had no route of their own"}).status_code
        == 303
    )
    row = member.get(f"{lower}?month=2014-05").text.partition("Health services")[2].partition("</tr>")[0]
    assert "Cause recorded:</strong> Two hospitals had no route of their own" in row
    assert "Cause recorded" not in member.get(f"{lower}?month=2014-06").text


MOMENT = "2014-10-01"
READ_THEN = ("board", "measures/CP02", "measures/CP02/2014-03", "measures/RF01", "measures/RF01/explain", "measures/CP02/chronology",
             "scorecard", "journey", "lower", "revisions", "questions", "questions/1", "meetings", "tables", "compared/RF04",
             "reports", "agreements/birmingham-improvement-plan-2014-17", "agreements/birmingham-nhs-2014-15")  # fmt: skip


def test_who_reads_an_earlier_day_stays_there_from_page_to_page(as_: Callable[[str], FlaskClient]) -> None:
    """No link within a page, or back from it, drops the day to a page that would have taken it; but to what is known now."""
    inspector, here = as_("inspector"), f"/partnerships/{CODE}"
    lost, tried = set(), {}
    for path in READ_THEN:
        page = inspector.get(f"{here}/{path}?as_at={MOMENT}")
        assert page.status_code == 200 and "As at 1 October 2014" in page.text, path
        inside = page.text.partition("See what is known now")[2].partition("<footer")[0]
        for link in map(html.unescape, re.findall(r'href="(/[^"#]*)', inside)):
            if "as_at=" not in link:
                if link not in tried:
                    then = inspector.get(f"{link}{'&' if '?' in link else '?'}as_at={MOMENT}")
                    tried[link] = then.status_code == 200 and "As at 1 October 2014" in then.text
                lost |= {(path, link)} if tried[link] else set()
    assert not lost
