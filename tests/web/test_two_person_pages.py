"""Pages of what two persons agree to, of countersigning, of deputies, and of the grid, as people meet them."""

import re

from sqlalchemy import Engine, select

from hub import db
from hub.facts.models import Countersignature, Revision
from hub.partners.models import Grant
from tests.factories import World
from tests.web.conftest import Browser, SignIn, words
from tests.web.test_web_journey import fill_in, item


def first_request(browser: Browser, page: str) -> str:
    found = re.search(r"/requests/[0-9]+", browser.get(page).text)
    assert found is not None
    return found[0]


def ask_for_time(browser: Browser, number: int, **typed: str) -> None:
    ask = f"/submissions/{number}/ask"
    browser.get(ask)
    browser.follow(browser.post(ask, {"until_on": "2015-05-29", "reason": "Staff are ill", **typed}))


def test_more_time_is_asked_and_granted_by_page(signed_in: SignIn, web_engine: Engine, world: World) -> None:
    number = item(web_engine, world)
    submitter, manager = signed_in("sub.rxt"), signed_in("mgr.testshire")
    ask_for_time(submitter, number)
    page = words(submitter.get(f"/submissions/{number}").text)
    assert (
        "More time until 29 May 2015, asked for by SUB of rxt" in page and "waits for a second person" in page
    )
    assert "Asked for" in words(submitter.get("/").text)
    assert "1 request waits for a second person" in words(manager.get("/").text)
    link = first_request(manager, "/partnerships/testshire/requests")
    manager.get(link)
    without = manager.post(f"{link}/answer", {"decision": "refused"}, action=f"{link}/answer")
    assert without.status_code == 409 and "Say why you refuse" in words(without.text)
    manager.get(link)
    manager.follow(manager.post(f"{link}/answer", {"decision": "granted"}, action=f"{link}/answer"))
    page = words(submitter.get(f"/submissions/{number}").text)
    assert "29 May 2015 (more time was agreed; the calendar says 22 May 2015)" in page
    assert "Granted by MGR of testshire" in page


def test_a_signatory_answers_a_reopening_and_nothing_else(
    signed_in: SignIn, web_engine: Engine, world: World
) -> None:
    number = item(web_engine, world)
    submitter, signatory = signed_in("sub.rxt"), signed_in("sgn.rxt")
    ask_for_time(submitter, number)
    link = first_request(signatory, f"/submissions/{number}")
    assert 'value="granted"' not in signatory.get(link).text
    token = re.search(r'name="csrf_token" value="([^"]+)"', signatory.get(link).text)
    assert token is not None
    forged = {"csrf_token": token[1], "decision": "granted"}
    assert signatory.client.post(f"{link}/reopening", data=forged).status_code == 404


def test_an_identifier_typed_as_a_reason_is_refused(
    signed_in: SignIn, web_engine: Engine, world: World
) -> None:
    number = item(web_engine, world)
    submitter = signed_in("sub.rxt")
    ask = f"/submissions/{number}/ask"
    submitter.get(ask)
    refused = submitter.post(ask, {"until_on": "2015-05-29", "reason": "Her number is 943 476 5919"})
    assert refused.status_code == 409 and "what looks like" in words(refused.text)


def test_an_agency_of_one_person_is_countersigned_and_shown_as_such(
    signed_in: SignIn, web_engine: Engine, world: World
) -> None:
    number = item(web_engine, world, "RR1")
    with db.transaction(web_engine) as session:  # the submitter is the signatory too; the other has left
        for grant in session.scalars(select(Grant).where(Grant.person_id == world.people["sgn.rr1"].id)):
            grant.person_id = world.people["sub.rr1"].id
    alone, steward = signed_in("sub.rr1"), signed_in("stw.testshire")
    fill_in(alone, number)
    assert steward.get(f"/submissions/{number}/countersign").status_code == 403
    alone.get(f"/submissions/{number}")
    alone.follow(alone.post(f"/submissions/{number}/send", action=f"/submissions/{number}/send"))
    assert "countersigns what you have sent" in words(alone.get(f"/submissions/{number}/sign").text)
    assert "To countersign" in words(steward.get("/").text)
    page = words(steward.get(f"/submissions/{number}/countersign").text)
    assert "This agency has one person, SUB of rr1" in page
    countersign = f"/submissions/{number}/countersign"
    steward.follow(steward.post(countersign, action=countersign))
    with db.open_session(web_engine) as session:
        (mark,) = session.scalars(select(Countersignature)).all()
        revision = session.get_one(Revision, (mark.partnership_id, mark.revision_id))
        assert mark.person_id == revision.prepared_by == world.people["sub.rr1"].id
        assert revision.signed_by == world.people["stw.testshire"].id and not revision.single_signature
    receipt = words(alone.get(f"/submissions/{number}/receipts/1").text)
    assert "STW of testshire of the partnership, countersigning: the agency has one person" in receipt


def test_where_two_can_sign_nobody_countersigns(signed_in: SignIn, web_engine: Engine, world: World) -> None:
    number = item(web_engine, world)
    submitter = signed_in("sub.rxt")
    fill_in(submitter, number)
    submitter.get(f"/submissions/{number}")
    submitter.follow(submitter.post(f"/submissions/{number}/send", action=f"/submissions/{number}/send"))
    answer = signed_in("stw.testshire").get(f"/submissions/{number}/countersign")
    assert answer.status_code == 403 and "12" not in words(answer.text)


def test_a_signatory_names_a_deputy_or_is_missed(signed_in: SignIn, web_engine: Engine, world: World) -> None:
    with db.transaction(web_engine) as session:
        grant = session.scalars(select(Grant).where(Grant.person_id == world.people["sgn.rr1"].id)).one()
        session.add(
            Grant(
                person_id=world.people["rdr.rxt"].id,
                role="SGN",
                agency_id=world.agencies["RXT"].id,
                from_at=grant.from_at,
                until_at=grant.until_at,
            )
        )
    signatory, steward = signed_in("sgn.rxt"), signed_in("stw.testshire")
    address = "/agencies/RXT/deputies"
    days = {"from_on": "2015-05-18", "until_on": "2015-05-29"}
    signatory.get(address)
    wrong = signatory.post(address, {**days, "deputy": str(world.people["sub.rxt"].id)})
    assert wrong.status_code == 409 and "must be another signatory" in words(wrong.text)
    signatory.get(address)
    named = signatory.post(address, {**days, "deputy": str(world.people["rdr.rxt"].id)})
    assert "RDR of rxt signs meanwhile" in words(signatory.follow(named).text)
    assert "Testshire Mental Health" not in words(steward.get("/partnerships/testshire/signatories").text)
    deputy = signed_in("rdr.rxt")
    deputy.get(address)
    deputy.follow(deputy.post(address, {**days, "deputy": ""}))
    assert "are away until 29 May 2015, and nobody else can sign" in words(
        steward.get("/partnerships/testshire/signatories").text
    )


def test_the_grid_and_punctuality_name_every_agency(signed_in: SignIn) -> None:
    steward = signed_in("stw.testshire")
    grid = words(steward.get("/partnerships/testshire/grid/referrals/month").text)
    assert "Testshire Hospitals Trust" in grid and "0 of 3" in grid and "missing" in grid
    assert steward.get("/partnerships/testshire/grid/referrals/fortnight").status_code == 404
    assert "Least punctual first" in words(steward.get("/partnerships/testshire/punctuality").text)
