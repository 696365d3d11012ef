"""An agency's whole first day, page by page: added, its people invited by mail, sharing agreed, contacts and a deputy named,
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
from hub.clock import real_now
from hub.config import from_environment
from hub.definitions.catalogue import definition
from hub.facts.models import Revision
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
