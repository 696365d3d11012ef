"""What stands behind a number. By real requests to the seeded example."""

import html
import re
from collections.abc import Callable
from datetime import date

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from hub.calendar.due import due_items
from hub.db import transaction
from hub.facts.document import Explained
from hub.partners import queries
from hub.partners.models import Person
from hub.partners.policy import actor_for
from hub.submissions import corrections, requests
from hub.submissions.requests import Wish
from tests.example_world import CODE, signs_again
from tests.web.conftest import Browser, words


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


def test_figures_that_are_not_shown_are_folded_under_their_number(
    as_: Callable[[str], FlaskClient],
) -> None:
    """Forty schools reported referrals; their signatures are read by whoever unfolds them. The data team sees each number."""
    page = f"/partnerships/{CODE}/measures/RF01/2015-03"
    member = as_("member").get(page).text
    shown, summary, rest = re.split(
        r"<details\b.*?<summary\b[^>]*>(.*?)</summary>", member, maxsplit=1, flags=re.S
    )
    folded, after = rest.split("</details>", 1)
    assert words(summary).strip() == "40 signed figures that are not shown: whose, and who signed"
    assert len(set(re.findall(r"\((9900\d\d)\)", folded))) == 40 and folded.count(">not shown<") == 40
    assert "not shown<" not in shown + after and "9900" not in shown + after
    assert shown.count('data-label="Value"') == 10, "the police and nine trusts"
    steward = as_("steward").get(page).text
    assert steward.count('data-label="Value"') == 50 and "not shown" not in steward


def test_a_correction_tells_its_reason_and_what_stood_before(as_: Callable[[str], FlaskClient]) -> None:
    page = words(as_("member").get(f"/partnerships/{CODE}/measures/RF01/2014-09").text)
    assert (
        "counted again by the day they were sent. Before, in revision 1: 89, signed 20 October 2014" in page
    )


def test_the_two_sides_stand_with_their_newest_month_first(as_: Callable[[str], FlaskClient]) -> None:
    """November 2014: the mental health trust sent 86, of which 66 were logged."""
    page = as_("member").get(f"/partnerships/{CODE}/compared/RF04?as_at=2015-05-18").text
    table = page.partition("hub-matrix")[2].partition("</table>")[0]
    heads = [words(each).strip() for each in re.findall(r"<th scope=\"col\"[^>]*>(.*?)</th>", table)]
    assert heads[:5] == ["Sender", "Net", "Absolute", "Apr 2015", "Mar 2015"]
    (row,) = [each for each in table.split("<tr>") if "Birmingham and Solihull Mental Health" in each]
    cells = [words(each).strip() for each in re.findall(r"<t[hd]\b[^>]*>(.*?)</t[hd]>", row)]
    assert dict(zip(heads, cells, strict=True))["Nov 2014"].endswith("+20")
