"""What the Board and the regional office read, by real requests to the seeded example."""

import csv
import html
import io
import re
from collections.abc import Callable
from datetime import date

import pytest
from flask import Flask
from flask.testing import FlaskClient
from openpyxl import load_workbook
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from hub.app import create_app
from hub.board.note_models import MeasureNote
from hub.calendar.due import due_items
from hub.config import from_environment
from hub.db import make_engine, open_session, transaction
from hub.facts.document import Explained
from hub.partners import holders, queries
from hub.partners.models import Grant, Person
from hub.partners.policy import actor_for
from hub.submissions import corrections, requests
from hub.submissions.requests import Wish
from hub.web.routes import agreements as agreement_page
from tests.clients import browser_of
from tests.example_world import CODE, signs_again
from tests.web.conftest import Browser, words

BOARD = f"/partnerships/{CODE}/board"
MOU = f"/partnerships/{CODE}/agreements/birmingham-nhs-2015-16"


@pytest.fixture
def app(example_copy: str) -> Flask:
    config = from_environment(
        {
            "HUB_DATABASE_URL": example_copy,
            "HUB_SECRET_KEY": "s" * 40,
            "HUB_DEMO": "1",
            "HUB_HOST": "127.0.0.1",
        }
    )
    return create_app(config, make_engine(example_copy))


@pytest.fixture
def as_(app: Flask) -> Callable[[str], FlaskClient]:
    def client(name: str) -> FlaskClient:
        with open_session(app.extensions["hub_engine"]) as session:
            person = session.scalars(select(Person).where(Person.email == f"{name}@example.org")).one()
        return browser_of(app, person)

    return client


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


def test_totals_say_over_whom(as_: Callable[[str], FlaskClient]) -> None:
    page = as_("member").get(f"/partnerships/{CODE}/measures/RF01?as_at=2014-03-20")
    assert "49 of 50 returns" in page.text  # RXT never sent February 2014
    assert "at least" in page.text


def test_an_earlier_moment_is_shown_with_a_banner_and_its_own_answer(
    as_: Callable[[str], FlaskClient],
) -> None:
    member = as_("member")
    then, now = member.get(f"{BOARD}?as_at=2014-10-01"), member.get(BOARD)
    assert "As at 1 October 2014" in then.text and "As at" not in now.text
    assert "August 2014" in then.text and "April 2016" not in then.text
    assert member.get("/board?as_at=2014-10-01").location.endswith("/board?as_at=2014-10-01")


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
        "lower": "Nobody who was tested sent fewer than expected in March 2012.",
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
        "scorecard?measure=RF01": "April 2012 provisional: at least 671, 10 of 50 returns",
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


def test_the_view_narrows_to_an_area_or_an_agency(as_: Callable[[str], FlaskClient]) -> None:
    member = as_("member")
    whole = words(member.get(f"/partnerships/{CODE}/measures/FD05").text)
    told = "The front door : Referrers told the outcome, divided by Contacts from professionals decided"
    assert f"Source by month {told}" in whole, "in the return’s own words"
    assert "Referrals received: south" in member.get(f"{BOARD}?area=south").text
    agency = member.get(f"{BOARD}?agency=RYW").text
    assert "Referrals made: RYW" in agency
    assert "does not count" in agency  # what the front door does not count by agency says so


def test_a_number_leads_to_its_signer_row_and_explanation(as_: Callable[[str], FlaskClient]) -> None:
    page = as_("member").get(f"/partnerships/{CODE}/measures/RF02/2014-11").text
    assert "Farah Abbott" in page and "prepared by Isabel Abbott" in page
    assert "source" in page and "a required field was asked for" in page
    assert "Not received" not in page


def test_a_number_says_who_is_not_in_it_and_a_table_that_nobody_sent_is_no_row_of_gaps(
    as_: Callable[[str], FlaskClient],
) -> None:
    measure = f"/partnerships/{CODE}/measures/RF01"
    gone = as_("member").get(f"{measure}/2014-11").text
    assert "due by now:</strong> The Royal Orthopaedic Hospital NHS Foundation Trust (RRJ). Nothing" in gone
    table = as_("member").get(measure).text.partition("Where the child lives</h2>")[2].partition("<h2")[0]
    assert "Nothing was sent line by line in these months" in table
    assert "<table" not in table


def test_a_missing_return_is_asked_about_beside_the_number_that_lacks_it_and_the_question_stays(
    app: Flask, as_: Callable[[str], FlaskClient]
) -> None:
    member, page = Browser(as_("member")), f"/partnerships/{CODE}/measures/RF01/2014-11"
    (link,) = re.findall(r'href="([^"]*about=return[^"]*)"', member.get(page).text)
    member.get(html.unescape(link))
    asked = member.post(html.unescape(link).partition("?")[0], {"words": "Where is November?"})
    assert asked.status_code == 303, words(asked.text)
    assert "Where is November?" in words(member.get(page).text)
    title = "November 2014: The Royal Orthopaedic Hospital NHS Foundation Trust"
    assert title in words(member.get(asked.location).text)
    number = int(link.rpartition("=")[2])
    assert "Where is November?" in words(as_("steward").get(f"/submissions/{number}").text)
    with transaction(app.extensions["hub_engine"]) as session:
        cells = [(2, "2014-11", "total", "", "referrals_made", 3, "value")]
        signs_again(session, ("referrals", "RRJ", "2014-11"), cells, by=("analyst.rxt", "manager.rxt"))
    came = member.get(page).text
    assert "about=return" not in came and "Where is November?" in words(came)
    for none in (2**63 - 1, 2**63, "1" * 30):
        assert (
            member.get(f"/partnerships/{CODE}/questions/ask?about=return&subject={none}").status_code == 404
        )


def test_a_number_leads_to_all_that_stands_behind_it_for_those_who_may_see_it(
    app: Flask, as_: Callable[[str], FlaskClient]
) -> None:
    """RXT's referrals of November 2015: asked about, corrected under a waiver, explained, and beside what was logged."""
    page, paper = f"/partnerships/{CODE}/measures/RF01/2015-11", ("referrals", "RXT", "2015-11")
    before = re.search(r"\(RXT\) Referrals made (\d+) ", words(as_("member").get(page).text))
    assert before
    with transaction(app.extensions["hub_engine"]) as session:
        place = queries.partnership(session, CODE)
        people = dict(session.execute(select(Person.email, Person.id)).all())
        trust, team = (
            actor_for(session, people[f"{name}@example.org"]) for name in ("analyst.rxt", "manager.330")
        )
        (item,) = (
            each
            for each in due_items(session, place.id, return_code="referrals")
            if (each.agency.code, each.period.code) == paper[1:]
        )
        figure = corrections.Place("2015-11", "total", "", "referrals_made")
        corrections.ask(session, team, item.id, place=figure, reason="wrong-line")
        rule = "referrals-lines-and-total-differ"
        wish = Wish(
            kind="waiver",
            reason="Two settings count one child.",
            until_on=date(2016, 7, 1),
            agency_id=item.agency.id,
            return_code="referrals",
            rule=rule,
        )
        waiver = requests.ask(session, trust, place, wish)
        requests.answer(session, actor_for(session, people["steward@example.org"]), waiver.id, "granted")
        signs_again(
            session,
            paper,
            [(2, "2015-11", "total", "", "referrals_made", 61, "value")],
            by=("analyst.rxt", "manager.rxt"),
            explanations=(
                Explained("half-as-many", 2, "referrals_made", "Is 61 right?", "One ward closed."),
            ),
            waivers=((waiver.id, rule),),
        )
        signs_again(
            session,
            ("referrals", "990001", "AY2015-16T1"),
            [(2, "2015-11", "total", "", "referrals_made", 1, "value")],
            by=("analyst.rxt", "manager.rxt"),
        )

    def row(who: str, agency: str = "RXT") -> str:
        text = words(as_(who).get(page).text)
        return text[text.index(f"({agency})") :].partition(" (99")[0].partition("RXK")[0].partition("RYW)")[0]

    told = row("member")
    for part in (
        "Referrals made 61 18 May 2016",  # the fact by the return's own words, and when it was signed
        "row 2, from a CSV file",
        f"2: Counted again. Before, in revision 1: {before[1]}, signed ",
        "Is 61 right? One ward closed.",
        f"Not checked, by a waiver: {rule}",
    ):
        assert part in told, part
    assert "Open the return" not in told and "looked at again" not in told, "that is the trust's own"
    own = as_("manager.rxt").get(page).text
    assert own.count("Open the return") == 1 and f"/submissions/{item.id}/corrections" in own
    assert "Asked to be looked at again : 1, 1 not settled yet" in row("manager.rxt")
    assert as_("manager.rxt").get(f"/submissions/{item.id}").status_code == 200
    assert as_("manager.ryw").get(f"/submissions/{item.id}").status_code == 404

    beside = words(as_("member").get(page).text).partition("Beside the other side: gap between")[2]
    assert re.search(
        r"Birmingham and Solihull Mental Health NHS Foundation Trust 61 \d+ [+−]?\d+ (query|agrees|timing)",
        beside,
    )
    assert "compared/RF04/RXT" in as_("member").get(page).text and "990001" not in beside
    assert "Has need fallen" in as_("member").get(f"/partnerships/{CODE}/measures/CP02/2014-03").text

    school = row("member", "990001")
    assert "not shown" in school and "Before" not in school and "Counted again" not in school
    exactly = row("steward", "990001")
    assert "not shown" not in exactly and "Counted again" in exactly
    lately = f"/partnerships/{CODE}/revisions?since=2016-05-17"
    assert as_("member").get(lately).text.count("Counted again") == 1, "a school's words may tell its number"
    assert as_("steward").get(lately).text.count("Counted again") == 2
    story = f"/partnerships/{CODE}/measures/RF01/chronology?since=2016-05-17"
    assert as_("member").get(story).text.count("Counted again") == 1
    then = words(as_("member").get(f"{page}?as_at=2016-05-01").text)
    assert "Is 61 right?" not in then and f"(RXT) Referrals made {before[1]} " in then
    assert as_("admin").get(page).status_code == 404


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
    assert "50 of 50 returns April 2015 provisional: at least 904, 9 of 50 returns" in card
    for path in ("measures/RF02", "scorecard?measure=RF02"):
        assert "rovisional" not in read(path, "2015-07-31")


def test_a_correction_tells_its_reason_and_what_stood_before(as_: Callable[[str], FlaskClient]) -> None:
    page = words(as_("member").get(f"/partnerships/{CODE}/measures/RF01/2014-09").text)
    assert (
        "counted again by the day they were sent. Before, in revision 1: 89, signed 20 October 2014" in page
    )


def test_single_schools_and_ages_are_withheld_from_the_board_but_not_from_the_data_team(
    as_: Callable[[str], FlaskClient],
) -> None:
    page = f"/partnerships/{CODE}/measures/RF02"
    assert "small enough to point to a child" in as_("member").get(page).text
    assert "small enough to point to a child" not in as_("steward").get(page).text
    assert (
        "small enough to point to a child" in as_("member").get(page).text
    )  # remembered, each for its reader
    drill = f"/partnerships/{CODE}/measures/RF01/2014-11"
    assert "Not shown: the numbers of one school" in as_("member").get(drill).text
    assert "Not shown: the numbers of one school" not in as_("steward").get(drill).text


def test_a_measure_stands_by_every_table_of_its_return_under_the_tables_own_words(
    as_: Callable[[str], FlaskClient],
) -> None:
    took_part = as_("member").get(f"/partnerships/{CODE}/measures/SD02").text
    assert "Strategy discussions in which each partner took part" in took_part
    assert "School or education service" in took_part
    lengths = as_("member").get(f"/partnerships/{CODE}/measures/CP05").text
    assert "6 months, less than 1 year" in lengths
    assert "Emotional abuse" in lengths  # the council alone counts it, and five children or more
    referrals = as_("member").get(f"/partnerships/{CODE}/measures/RF01").text
    # Several agencies count by category, so what a reader outside them has is as when all had first signed.
    assert "Neglect" in referrals and "every agency that owes it had first signed" in referrals
    kinds = words(referrals).partition("By kind of agency")[2].partition("By setting")[0]
    assert (
        "NHS trusts" in kinds and "Police forces" in kinds and "the lines add up to the whole place" in kinds
    )
    called = words(as_("member").get(f"/partnerships/{CODE}/measures/FD01").text)
    assert "Schools are left out here" in called and "By kind of agency" in called
    exact = as_("steward").get(f"/partnerships/{CODE}/measures/RF01").text
    assert "Neglect" in exact and "every agency that owes it had first signed" not in exact
    ages = as_("member").get(f"/partnerships/{CODE}/measures/CP01").text.partition("Age of the child")[2]
    assert ages.index("Unborn") < ages.index("Under 1") < ages.index("1 to 4") < ages.index("16 and 17")
    assert "Not held" in as_("steward").get(f"/partnerships/{CODE}/measures/CP01?as_at=2013-06-30").text


def test_a_download_says_the_same_and_is_marked_as_illustrative(as_: Callable[[str], FlaskClient]) -> None:
    answer = as_("member").get(f"/partnerships/{CODE}/measures/RF02/download.csv")
    rows = list(csv.DictReader(io.StringIO(answer.text)))
    assert answer.headers["Content-Disposition"].startswith("attachment")
    november = next(row for row in rows if row["period"] == "2014-11")
    assert november["state"] == "value" and int(float(november["value"])) > 1000
    assert all("Illustrative" in row["note"] for row in rows)
    schools = as_("member").get(f"/partnerships/{CODE}/measures/RF01/download.csv?by=agency")
    assert "point to a child" in schools.text and "990001" not in schools.text


def test_the_regional_office_reads_the_memorandum_with_what_slips_first(
    as_: Callable[[str], FlaskClient],
) -> None:
    region = as_("region")
    assert "2015-16" in region.get("/agreements").text
    page = region.get(f"{MOU}?as_at=2016-02-29").text
    assert page.index("missed") < page.index("at risk") < page.index("on track")
    assert "Missed: not shown." in page
    # Each promise is folded under its words; a verdict leads to what it rests on.
    assert "<details" in page and "commitments/C7?party=330&amp;as_at=2016-02-29#evidence" in page


def test_a_role_that_ends_by_its_own_date_is_seen_at_once(
    app: Flask, as_: Callable[[str], FlaskClient], monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is amiss with an agreement is remembered; nothing is written when the community trust's signatory's year is over."""
    nobody = "Nobody holds the role of signatory for Birmingham Community Healthcare NHS Trust here"
    office = as_("region")
    assert nobody not in words(office.get(MOU).text)
    with open_session(app.extensions["hub_engine"]) as session:
        over = session.scalars(
            select(Grant.until_at)
            .join(Person, Person.id == Grant.person_id)
            .where(Person.email == "manager.ryw@example.org", Grant.role == "SGN")
        ).one()
    for module in (holders, agreement_page):
        monkeypatch.setattr(module, "real_now", lambda: over)
    assert nobody in words(office.get(MOU).text)


def test_a_phone_reads_one_party_and_a_verdict_leads_to_signed_figures(
    as_: Callable[[str], FlaskClient],
) -> None:
    """24 promises, 56 verdicts: 14 missed, 42 met; the community trust’s own stand alone."""
    page = as_("region").get(f"{MOU}?party=RYW").text
    assert re.search(r"14 missed.*42 met.* of 56 promises", words(page))
    own = page[page.index('id="slipping"') :]
    assert set(re.findall(r"\?party=(\w+)", own)) == {"RYW"}
    assert "771 children" in own and "target 780 children" in own  # what is counted has its unit
    # The commissioner paid 55% of £480,000, a quarter at a time: £66,000, as a payer reads, and the data team.
    paid = f"{MOU}/commitments/F1?party=13P"
    shown = as_("finance.05l").get(paid).text
    evidence = words(shown[shown.index('id="evidence"') :])
    assert (
        "NHS Birmingham CrossCity CCG, Contributions to jointly commissioned services: 4 signed" in evidence
    )
    assert evidence.count("£66,000.00") == 8 and "Together £264,000.00 £264,000.00" in evidence
    # Its own return leads to itself for the data team, another's to what stands behind the number.
    assert "/submissions/" in as_("steward").get(paid).text
    assert "/submissions/" not in shown and "/measures/JC03/FY2015-16Q1" in shown
    assert as_("school.990001").get(paid).status_code == 404


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


def test_a_quarterly_measure_is_read_by_quarter_on_its_page(as_: Callable[[str], FlaskClient]) -> None:
    chair = as_("chair")
    page = chair.get("/partnerships/birmingham-example/measures/WF04").text
    assert "not by month" not in page
    assert "Take every quarter away" in page
    assert "Social worker" in page  # by grade
    download = chair.get("/partnerships/birmingham-example/measures/WF04/download.csv").text
    assert ",FY2014-15Q4," in download


def test_the_board_reads_contracts_inside_and_outside_and_no_school_alone(
    as_: Callable[[str], FlaskClient],
) -> None:
    page = as_("member").get("/partnerships/birmingham-example/measures/SC02").text
    assert "Outside the arrangements" in page and "Not judged yet" in page
    assert "Hand in Hand" not in page
    assert "Moderated score" in as_("member").get("/partnerships/birmingham-example/measures/QA01").text


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
    assert "No published figures" in unlike
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


def test_the_scorecard_has_the_same_rows_for_the_place_an_area_and_a_team_and_goes_away_as_a_file(
    as_: Callable[[str], FlaskClient],
) -> None:
    member, card = as_("member"), f"/partnerships/{CODE}/scorecard"
    whole = member.get(f"{card}?as_at=2015-05-15").text
    referrals = whole.partition("Referrals received</a>")[2].partition("</tr>")[0]
    assert "March 2015" in referrals or "April 2015" in referrals
    assert 'role="img"' in referrals and "from " in referrals and "highest" in referrals
    in_time = whole.partition("Conferences within 15 working days</a>")[2].partition("</tr>")[0]
    assert "none agreed" not in in_time  # the improvement plan and the memorandum set one
    assert whole.count("<tr>") == 14  # a heading and thirteen measures
    for chosen in ("area=south", "team=south/assessment-1"):
        narrow = member.get(f"{card}?as_at=2015-05-15&{chosen}").text
        assert narrow.count("<tr>") == 14
        assert narrow.partition("Contacts received</a>")[2].partition("</tr>")[0] != referrals
    assert "does not count" in narrow  # a team has assessments, and no contacts
    chosen = member.get(f"{card}?measure=AS01&measure=RF02&team=south/assessment-1").text
    assert chosen.count("<tr>") == 3
    teams = words(member.get(f"/partnerships/{CODE}/measures/AS01?as_at=2015-05-15").text)
    assert (
        "In April 2015 the lines hold of each area, counted above the line: East 223 of 223; North" in teams
    )
    promised = member.get(f"/partnerships/{CODE}/measures/FD05?as_at=2015-05-15").text
    assert "at least 90%, until 31 March 2016; by the agreed steps 55% by now" in words(promised)
    assert "The target of 90.0% will be missed in every month unless something changes." in words(promised)
    # C11: 70% by June, 80% by September, 85% by December; before that, the baseline of 55%.
    later = member.get(f"/partnerships/{CODE}/measures/FD05?as_at=2015-12-15").text
    path = "The agreed path expects 55.0% in April 2015 and 80.0% in November 2015; the latest figure is below it."
    assert later.count(path) == 2 and '<path class="path"' in later, "in the drawing's words and beside it"
    steps = re.findall(r"(\w+) 2015 [\d.]+% ([\d.]+%) [\d,]+ [\d,]+ 1 of 1", words(later))
    assert dict(steps) == {
        "April": "55.0%", "May": "55.0%", "June": "70.0%", "July": "70.0%", "August": "70.0%",
        "September": "80.0%", "October": "80.0%", "November": "80.0%",
    }  # fmt: skip
    # C15, a trend from 12 to 10 in twelve months: a sixth less each month.
    trend = words(member.get(f"/partnerships/{CODE}/measures/FD06?as_at=2015-12-15").text)
    assert "expects 11.8% in April 2015 and 10.7% in November 2015; the latest figure keeps to it" in trend
    assert "at most 10%, until 31 March 2016; by the agreed way 10.5% by now" in trend
    police = words(as_("manager.20").get(f"/partnerships/{CODE}/measures/FD05?as_at=2015-05-15").text)
    assert "The target of 75.0%" in police and "at least 90%" not in police, "of one's own agreements alone"
    longer = member.get(f"{card}?measure=WF03&measure=QA02&measure=DQ01&as_at=2015-05-15").text
    vacancies = words(longer.partition("Vacancies in children’s social care</a>")[2].partition("</tr>")[0])
    months = words(member.get(f"/partnerships/{CODE}/measures/WF03?as_at=2015-05-15").text)
    assert "January to March 2015 25.5%" in months and "January to March 2014 30.2%" in months
    assert "25.5% January to March 2015 30.2%" in vacancies, (
        "a quarter stands beside the quarter of a year before"
    )
    audits = words(longer.partition("School audits received</a>")[2].partition("</tr>")[0])
    assert "77.5% 2013-14" in audits and "37 of 40 returns" in audits
    assert "Like for like" not in longer and "By academic year" in longer
    rows = list(csv.DictReader(io.StringIO(member.get(f"{card}.csv?measure=RF02&as_at=2015-05-15").text)))
    assert [(row["measure"], row["of"], row["received"]) for row in rows] == [("RF02", CODE, "1")]
    assert "Illustrative" in rows[0]["note"]
    book = load_workbook(io.BytesIO(member.get(f"{card}.xlsx?measure=RF02&as_at=2015-05-15").data))
    assert [cell.value for cell in book.active[2]][:2] == ["RF02", "Referrals received"]
    assert member.get(f"{card}.pdf").status_code == 404


def test_what_happened_stands_on_charts_and_limits_move_only_where_two_persons_agree(
    app: Flask, as_: Callable[[str], FlaskClient]
) -> None:
    steward, manager, member = Browser(as_("steward")), Browser(as_("board.manager")), as_("member")
    page = f"/partnerships/{CODE}/measures/RF02"
    notes = f"{page}/notes"
    assert member.get(notes).status_code == 403 and "/notes" not in member.get(page).text

    def write(**typed: object) -> int:
        steward.get(notes)
        return steward.post(notes, typed).status_code

    happened = {"kind": "event", "on": "2014-07-28", "words": "MASH opened", "everywhere": "yes"}
    assert write(**happened | {"words": "of the child 943 476 5919"}) == 409
    assert write(**happened | {"on": "2031-01-01"}) == 409 and write(**happened | {"on": "soon"}) == 409
    assert write(**happened) == 303
    assert "July 2014: MASH opened (28 July 2014; " in member.get(page).text
    assert "July 2014: MASH opened" in member.get(f"/partnerships/{CODE}/measures/CP01").text
    assert "MASH opened" not in member.get(f"{page}?as_at=2015-05-15").text  # nobody had written it then

    assert write(kind="rebase", on="2014-08-01", words="The front door opened") == 303
    assert "worked out anew" not in member.get(page).text
    with open_session(app.extensions["hub_engine"]) as session:
        asked = session.scalars(select(MeasureNote).where(MeasureNote.kind == "rebase")).one()
    answer = f"{notes}/{asked.id}/answer"
    steward.get(notes)
    assert answer not in steward.get(notes).text
    alone = steward.client.post(answer, data={**steward.fields(), "answer": "approve"})
    assert alone.status_code == 403 and "Another person" in alone.text
    manager.get(notes)
    assert manager.post(answer, {"answer": "approve"}, action=answer).status_code == 303
    assert "approved by" in manager.get(notes).text and answer not in manager.get(notes).text
    moved = member.get(page).text
    assert "The range was worked out anew from August 2014" in moved
    assert "limits worked out anew: The front door opened" in moved
    assert "worked out anew" not in member.get(f"/partnerships/{CODE}/measures/CP01").text
    with (
        open_session(app.extensions["hub_engine"]) as session,
        pytest.raises(DBAPIError, match="never changed"),
    ):
        session.execute(text("UPDATE measure_notes SET line = 'x'"))


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


def test_the_office_reads_the_promises_about_one_service_and_an_ended_memorandum_cuts_nothing(
    as_: Callable[[str], FlaskClient],
) -> None:
    """On 18 May 2016 the memorandum of 2015-16 is over; figures are shared by the information-sharing agreement."""
    office = as_("region")
    page = office.get("/regions/midlands-and-east?service=birmingham-nhs-2015-16/health-visiting").text
    bodies = set(re.findall(r'href="/agencies/([^/"]+)/promises"', page))
    assert bodies == {"330", "X24"}, "the council from October 2015, NHS England until then"
    assert "Nothing: every promise in force is kept, on track or not due yet." in page
    team = office.get("/regions/midlands-and-east?service=birmingham-nhs-2015-16/therapeutic-service").text
    slipping = re.findall(rf'href="{MOU}/commitments/([^"]+)"', team)
    assert slipping == ["C19?party=04X", "C19?party=330"], (
        "the places of the therapeutic service, of both who promised"
    )
    assert "It ended on 31 March 2016" in office.get(MOU).text
    for reader in ("region", "manager.rq3", "member"):
        page = as_(reader).get(f"/partnerships/{CODE}/measures/RF01")
        assert page.status_code == 200 and "April 2016" in page.text, reader


def test_a_quarter_of_attendance_leads_to_no_signed_figure_that_it_has_not(
    as_: Callable[[str], FlaskClient],
) -> None:
    """Attendance is worked out from meetings: there is no page of returns behind its number."""
    page = as_("member").get(f"/partnerships/{CODE}/measures/BD01").text
    assert "January to March 2015" in words(page)
    assert f"{CODE}/measures/BD01/FY" not in page and f"{CODE}/measures/BD01/download.csv" in page
