"""First days: of a partnership whose Board opens its pages before anything is signed; and an agency's whole one, page by page: added, its people invited by mail, sharing agreed, contacts and a deputy named,
practice that counts nowhere, the first real return signed."""

from __future__ import annotations

import io
import re
from datetime import date

import pyotp
import pytest
from flask import Flask
from sqlalchemy import Engine, func, select

from hub import db
from hub.calendar.due import due_items, make_due_items
from hub.clock import now_for, real_now
from hub.config import from_environment, shipped
from hub.definitions.catalogue import definition, definition_version_id
from hub.facts.ledger import Signing, sign
from hub.facts.models import Revision
from hub.measures.load import publish_measures
from hub.partners.models import Agency, Partnership, Person
from hub.submissions import invitations_by_mail, letters, post_round
from hub.submissions.models import Draft
from tests.access.test_access_sign_in import accept, offered
from tests.clients import browser as anybody
from tests.factories import World, person
from tests.web.conftest import Browser, SignIn, words
from tests.web.test_web_journey import fill_in
from tests.web.test_web_people import act, proposes, waiting_grant
from tests.web.test_web_running import RUN
from tests.web.test_web_sharing import WHO, agreed  # noqa: F401  a fixture

SECRET = "k" * 40
HERE = "/partnerships/testshire/agencies/RYW"
CONFIG = from_environment({"HUB_SECRET_KEY": SECRET, "HUB_PUBLIC_URL": "https://hub.example.org"})


def mailed_link(engine: Engine, email: str) -> str:
    """The link of the latest invitation of somebody, as the letter would carry it."""
    with db.transaction(engine) as session:
        invitations_by_mail.invite(session, now=real_now())
        letter = [each for each in post_round.gather(session, CONFIG) if each.to_address == email][-1]
        text = letters.with_links(session, letter, CONFIG)
    found = re.search(r"https://hub\.example\.org(/invitation/\S+)", text)
    assert found is not None, text
    return found[1]


def comes_in(app: Flask, engine: Engine, world: World, email: str) -> None:
    """Follow the mail's link: a name, a password and, where the role needs it, an app."""
    client, link, more = anybody(app), mailed_link(engine, email), {}
    page = client.get(link).text
    if 'name="offered"' in page:
        shown = offered(page)
        more = {"offered": shown["offered"], "code": pyotp.TOTP(shown["key"]).now()}
    assert accept(client, link, name=f"The {email.split('@')[0]}", **more) == 303
    with db.open_session(engine) as session:
        found = session.scalars(select(Person).where(Person.email == email)).one()
        world.people[email.split("@")[0]] = found


def presses(browser: Browser, page: str, action: str, **typed: object) -> str:
    browser.get(page)
    return words(browser.follow(browser.post(action, typed, action=action)).text)


@pytest.mark.usefixtures("agreed")
def test_from_the_invitation_to_the_first_return(
    app: Flask, signed_in: SignIn, web_engine: Engine, world: World
) -> None:
    with db.transaction(web_engine) as session:
        person(session, world, "STW", "second", partnership_id=world.partnership.id)
    steward, second = signed_in("stw.testshire"), signed_in("stw.second")

    added = {"code": "RYW", "kind": "nhs_trust", "name": "Community Trust", "member_from": "2015-04-01"}
    assert "Community Trust" in presses(steward, f"{RUN}/agencies", f"{RUN}/agencies", **added)
    with db.transaction(web_engine) as session:
        agency = session.scalars(select(Agency).where(Agency.code == "RYW")).one()
        place = session.get_one(Partnership, world.partnership.id)
        make_due_items(session, place, definition(session, "referrals"), date(2015, 4, 1), date(2015, 4, 30))
        items = due_items(session, place.id, agency_ids=[agency.id], return_code="referrals")
        owed = next(each for each in items if each.period.code == "2015-04")
    one = f"{RUN}/agencies/RYW"
    presses(steward, one, f"{one}/contacts", name="Chief nurse", email="c@ryw.example.org")
    assert 'value="c@ryw.example.org"' in steward.get(one).text

    for name in ("signatory", "deputy"):
        assert proposes(steward, "SGN", f"{name}@example.org", "/agencies/RYW/people") == 303
        assert act(second, waiting_grant(web_engine), "approve") == 303
        comes_in(app, web_engine, world, f"{name}@example.org")
    signatory = signed_in("signatory")
    assert proposes(steward, "SUB", "clerk@example.org", "/agencies/RYW/people") == 303
    assert act(signatory, waiting_grant(web_engine), "approve") == 303
    comes_in(app, web_engine, world, "clerk@example.org")
    clerk = signed_in("clerk")

    assert "until your signatory has accepted it" in words(clerk.get("/").text)
    assert "Read it and accept it." in words(signatory.get("/").text)
    fill_in(clerk, owed.id)
    send = f"/submissions/{owed.id}/send"
    clerk.get(f"/submissions/{owed.id}")
    early = clerk.post(send, action=send)
    assert early.status_code == 409 and "has not accepted the information-sharing agreement" in words(
        early.text
    )
    assert "by Director of nursing" in presses(signatory, f"{HERE}/sharing", f"{HERE}/sharing/accept", **WHO)
    assert "accepted it" not in words(clerk.get("/").text)
    deputies = "/agencies/RYW/deputies"
    signatory.get(deputies)
    days = {"from_on": "2015-05-18", "until_on": "2015-05-29", "deputy": str(world.people["deputy"].id)}
    assert "The deputy signs meanwhile" in words(signatory.follow(signatory.post(deputies, days)).text)

    figures = "partnership,agency,period,breakdown,code,referrals_made\ntestshire,RYW,2015-04,total,,99\n"
    clerk.get(f"{HERE}/practice")
    file = {"return_code": "referrals", "file": (io.BytesIO(figures.encode()), "practice.csv")}
    tried = clerk.client.post(f"{HERE}/practice", data={**clerk.fields(), **file})
    assert tried.status_code == 200 and "Your practice file" in words(tried.text)
    with db.open_session(web_engine) as session:
        (draft,) = session.scalars(select(Draft.document))
        assert "99" not in draft and session.scalar(select(func.count()).select_from(Revision)) == 0

    assert "waiting for signature" in presses(clerk, f"/submissions/{owed.id}", send)
    sign, deputy = f"/submissions/{owed.id}/sign", signed_in("deputy")
    assert "Prepared by The clerk" in words(deputy.get(sign).text)
    receipt = presses(deputy, sign, sign)
    assert "Receipt" in receipt and "The deputy" in receipt and "Community Trust" in receipt
    with db.open_session(web_engine) as session:
        assert session.scalars(select(Revision.agency_id)).all() == [agency.id]
    assert "The deputy signed" in words(signatory.get("/").text)


# What each page of a Board says where no agency has been brought in yet; every one says what comes next.
EMPTY = {
    "board": "Nothing was owed for periods that ended in",
    "board?area=south&agency=RXT": "Nothing has been received that could be read by this choice.",
    "scorecard": "none agreed Nothing has been received yet.",
    "scorecard?measure=BD01&measure=WF03&measure=QA02": "School audits received % of schools none agreed Nothing has been received yet.",
    "journey": "Two years that follow each other are needed",
    "journey?basis=published": "there are none in what is published here",
    "lower": "Nobody could be tested in",
    "revisions": "0 signed returns",
    "measures/CP03": "Conferences within 15 working days Nothing has been received yet.",
    "measures/WF04": "All questions to the Board",
    "measures/BD01": "Source by quarter Meetings of a group that is not set up here",
    "measures/RF01/2015-04": "Nothing signed stands behind it as at this moment.",
    "measures/RF01/explain": "There is no figure for",
    "measures/RF01/chronology": "Nothing happened in this time that is told here.",
    "tables": "Nothing is chosen yet.",
    "tables?measure=RF01&measure=CP03": "Conferences within 15 working days: Nothing was received for these periods.",
    "tables?measure=RF01&by=agency&show=chart": "There is no number for this choice.",
    "compared/RF04": "less what the receiving side logged",
    "questions": "No question is open.",
    "meetings": "No meeting was held yet.",
    "reports": "No annual report is issued.",
}


def test_a_new_partnerships_board_says_on_every_page_what_comes_next(
    signed_in: SignIn, web_engine: Engine, world: World
) -> None:
    with db.transaction(web_engine) as session:
        publish_measures(session, shipped("schemas") / "measures.yaml", now=real_now())
        new = Partnership(
            code="newplace",
            name="Newplace",
            contact_name="the team",
            contact_email="team@newplace.example.org",
        )
        session.add(new)
        session.flush()
        for role in ("BRD", "STW"):
            person(session, world, role, "newplace", partnership_id=new.id)
    member, steward = signed_in("brd.newplace"), signed_in("stw.newplace")
    for path, nothing in EMPTY.items():
        answer = member.get(f"/partnerships/newplace/{path}")
        page = words(answer.text)
        assert answer.status_code == 200 and nothing in page, path
        assert "No return has been signed here yet." in page, path
        assert (
            "Write to the team at team@newplace.example.org. " in page.partition("signed here yet")[2][:250]
        ), path
    assert (
        '/partnerships/newplace/run">See what is left to set up'
        in steward.get("/partnerships/newplace/board").text
    )
    past = words(member.get("/partnerships/newplace/lower?as_at=2015-01-01").text)
    assert "No return was signed here by then." in past and "ask the partnership" not in past

    with db.transaction(web_engine) as session:  # one point
        (item,) = (
            each
            for each in due_items(session, world.partnership.id, return_code="front-door")
            if each.period.code == "2015-04"
        )
        asked = definition(session, "front-door")
        signing = Signing(
            partnership_id=world.partnership.id,
            due_item_id=item.id,
            definition_version_id=definition_version_id(session, asked),
            rows=[{"row_no": "2"}],
            cells=[(2, "2015-04", "total", "", "contacts", 30, "value")],
            signed_by=world.people["sgn.330"].id,
            prepared_by=world.people["sub.330"].id,
            at=now_for(session.get_one(Partnership, world.partnership.id)),
            channel="form",
        )
        sign(session, [signing])
    member, here = signed_in("brd.testshire"), "/partnerships/testshire"
    for path, one in {
        "board": "Too few figures have come yet to tell a change from chance.",
        "scorecard": "Contacts received contacts none agreed 30 April 2015",
        "journey": "Two years that follow each other are needed",
        "lower": "Nobody who was tested sent fewer than expected in March 2015.",
        "measures/FD01": "Limits need 6 figures; there is 1.",
        "measures/FD05": "not received , April 2015; 1 of 1 return",  # of no unit
        "measures/FD01/2015-04": "Contacts received 30",
        "measures/FD01/explain": "Change 0 contacts",
        "measures/FD01/chronology": "30 contacts; 1 of 1 return",
        "tables?measure=FD01": "not received 30 ",
        "revisions": "Known for the first time: 1 measure, of April 2015.",
    }.items():
        answer = member.get(f"{here}/{path}")
        assert answer.status_code == 200 and one in words(answer.text), path
        assert "No return has been signed here yet." not in words(answer.text), path
