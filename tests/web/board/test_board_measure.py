"""A measure's page: its tables, notes and files, and who reads what of them. By real requests to the seeded example."""

import csv
import io
from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from hub.board.note_models import MeasureNote
from hub.db import open_session
from tests.example_world import CODE
from tests.web.conftest import Browser, words


def test_totals_say_over_whom(as_: Callable[[str], FlaskClient]) -> None:
    page = as_("member").get(f"/partnerships/{CODE}/measures/RF01?as_at=2014-03-20")
    assert "49 of 50 returns" in page.text  # RXT never sent February 2014
    assert "at least" in page.text


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


def test_a_published_measure_without_figures_says_who_loads_them_and_asks_nobody_for_a_return(
    as_: Callable[[str], FlaskClient],
) -> None:
    member = as_("member")
    page = words(member.get(f"/partnerships/{CODE}/measures/CN04").text)
    assert page.count("No published figures are held here yet.") == 2, "it, and what it is read with"
    assert "which the data team of the national partnership loads" in page
    assert "Nothing has been received yet" not in page
    assert "open it in the table behind the chart" not in page, "there is no chart"
    assert "open it in the table behind the chart" in words(
        member.get(f"/partnerships/{CODE}/measures/RF01").text
    )
    card = words(member.get(f"/partnerships/{CODE}/scorecard?measure=CN04&measure=RF02").text)
    assert "No published figures are held here yet." in card


def test_both_sides_of_a_share_of_money_are_pounds(as_: Callable[[str], FlaskClient]) -> None:
    page = words(as_("member").get(f"/partnerships/{CODE}/measures/JC03?as_at=2015-05-18").text)
    assert "January to March 2015 100.2% £6,072,500.00 £6,057,500.00 5 of 5 returns" in page


def test_months_beside_each_other_have_short_names(as_: Callable[[str], FlaskClient]) -> None:
    page = as_("member").get(f"/partnerships/{CODE}/measures/RF01?as_at=2015-05-18").text
    heads = words(page.partition("hub-table--lines")[2].partition("</thead>")[0])
    assert "Agency Apr 2015 Mar 2015 Feb 2015" in heads
    quarters = words(as_("member").get(f"/partnerships/{CODE}/measures/WF04?as_at=2015-05-18").text)
    assert "January to March 2015" in quarters


def test_a_download_says_the_same_and_is_marked_as_illustrative(as_: Callable[[str], FlaskClient]) -> None:
    answer = as_("member").get(f"/partnerships/{CODE}/measures/RF02/download.csv")
    rows = list(csv.DictReader(io.StringIO(answer.text)))
    assert answer.headers["Content-Disposition"].startswith("attachment")
    november = next(row for row in rows if row["period"] == "2014-11")
    assert november["state"] == "value" and int(float(november["value"])) > 1000
    assert all("Illustrative" in row["note"] for row in rows)
    schools = as_("member").get(f"/partnerships/{CODE}/measures/RF01/download.csv?by=agency")
    assert "point to a child" in schools.text and "990001" not in schools.text


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


def test_a_quarter_of_attendance_leads_to_no_signed_figure_that_it_has_not(
    as_: Callable[[str], FlaskClient],
) -> None:
    """Attendance is worked out from meetings: there is no page of returns behind its number."""
    page = as_("member").get(f"/partnerships/{CODE}/measures/BD01").text
    assert "January to March 2015" in words(page)
    assert f"{CODE}/measures/BD01/FY" not in page and f"{CODE}/measures/BD01/download.csv" in page
