"""Roles are proposed by one person and approved by another; ended and disabled at once; looked through each year."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import Engine, select, update

from hub import db
from hub.clock import real_now
from hub.partners import grants, invitations
from hub.partners.models import Grant, Person
from hub.partners.policy import actor_for, grants_of
from hub.partners.reviews import is_due
from tests.databases import ENGINES
from tests.factories import World
from tests.web.conftest import Browser, SignIn, words

RXT = "/agencies/RXT/people"
WRITTEN = {
    "nominated_by": "Chief executive",
    "reference": "letter 12",
    "nominated_on": "2026-01-05",
}


def waiting_grant(engine: Engine) -> int:
    with db.open_session(engine) as session:
        return grants.waiting_for(session)[0].id


def proposes(
    steward: Browser, role: str, email: str = "new@example.org", path: str = RXT, **more: str
) -> int:
    steward.get(path)
    data = {"email": email, "name": "New Colleague", "role": role, **WRITTEN, **more}
    return steward.post(path, dict(data), action=path).status_code


def act(browser: Browser, grant: int, verb: str) -> int:
    path = f"/grants/{grant}/{verb}"
    return browser.client.post(path, data={"form_key": f"{verb}-{grant}", **token(browser)}).status_code


def token(browser: Browser) -> dict[str, str]:
    page = browser.get("/people").text
    found = re.search(r'name="csrf_token" value="([^"]*)"', page)
    return {"csrf_token": found[1]} if found else {}


def roles_of(engine: Engine, email: str) -> list[str]:
    with db.open_session(engine) as session:
        person = session.scalars(select(Person).where(Person.email == email)).one()
        return [held.role for held in grants_of(session, person.id, real_now())]


@pytest.mark.parametrize("web_engine", ENGINES, indirect=True)
def test_a_submitter_is_proposed_by_the_data_team_and_approved_by_the_signatory(
    signed_in: SignIn, web_engine: Engine, world: World
) -> None:
    steward, signatory = signed_in("stw.testshire"), signed_in("sgn.rxt")
    assert proposes(steward, "SUB") == 303
    assert proposes(steward, "SUB") == 303, "the same again while it waits is the same"
    grant = waiting_grant(web_engine)
    assert roles_of(web_engine, "new@example.org") == []
    assert act(steward, grant, "approve") == 403, (
        "the data team does not approve submitters, least of all its own asking"
    )
    page = words(signatory.get("/people").text)
    assert "New Colleague: Submitter" in page and "Chief executive" in page and "letter 12" in page
    assert act(signatory, grant, "approve") == 303
    assert act(signatory, grant, "approve") == 303, "approving twice is approving once"
    assert roles_of(web_engine, "new@example.org") == ["SUB"]
    answer = signatory.client.post(f"/grants/{grant}/link", data=token(signatory))
    shown = re.search(r"/invitation/([\w-]{43})", answer.text)
    assert answer.status_code == 200 and shown
    with db.open_session(web_engine) as session:
        assert invitations.find(session, shown[1], now=real_now())[1].email == "new@example.org"
    assert shown[1] not in signatory.get(RXT).text


def test_a_signatory_needs_a_written_nomination_and_another_approver(
    signed_in: SignIn, web_engine: Engine, world: World
) -> None:
    steward = signed_in("stw.testshire")
    assert proposes(steward, "SGN", reference="") == 409
    assert proposes(steward, "SGN", nominated_on="2999-01-01") == 409
    assert proposes(steward, "SGN", nominated_on="soon") == 409
    assert proposes(steward, "SGN") == 303
    grant = waiting_grant(web_engine)
    assert act(steward, grant, "approve") == 403, "never the asker's"
    with db.transaction(web_engine) as session:
        second = session.merge(world.people["brd.testshire"])
        session.execute(update(Grant).where(Grant.person_id == second.id).values(role="STW"))
    assert act(signed_in("brd.testshire"), grant, "approve") == 303
    assert roles_of(web_engine, "new@example.org") == ["SGN"]


@pytest.mark.parametrize(
    ("role", "approver", "place"),
    [("BRD", "mgr.testshire", "partnership"), ("MGR", "adm.hub", "partnership")],
)
def test_each_role_has_its_own_approver(
    signed_in: SignIn, web_engine: Engine, world: World, role: str, approver: str, place: str
) -> None:
    path = "/partnerships/testshire/people"
    assert proposes(signed_in("stw.testshire"), role, path=path) == 303
    grant = waiting_grant(web_engine)
    wrong = "adm.hub" if approver == "mgr.testshire" else "mgr.testshire"
    assert act(signed_in(wrong), grant, "approve") in (403, 409)
    assert act(signed_in(approver), grant, "approve") == 303
    assert roles_of(web_engine, "new@example.org") == [role]


def test_an_administrator_asks_for_a_first_data_team_and_never_for_an_agency(
    signed_in: SignIn, web_engine: Engine, world: World
) -> None:
    administrator = signed_in("adm.hub")
    assert proposes(administrator, "STW", path="/partnerships/elsewhere/people") == 303
    assert act(administrator, waiting_grant(web_engine), "approve") == 403
    assert act(administrator, waiting_grant(web_engine), "refuse") == 303
    administrator.get(RXT)
    assert "Propose that somebody" not in words(administrator.page.text if administrator.page else "")


def test_nobody_proposes_themselves_and_hostile_words_are_refused(signed_in: SignIn, world: World) -> None:
    steward = signed_in("stw.testshire")
    assert proposes(steward, "SUB", email="stw.testshire@example.org") == 403
    assert proposes(steward, "SUB", email="not an address") == 409
    assert proposes(steward, "SUB", name="943 476 5919") == 409, "an NHS number"
    assert proposes(steward, "STW") == 409, "a role that is not held at an agency"
    assert proposes(steward, "SUB", name="<script>alert(1)</script>") == 303
    assert "<script>alert(1)" not in steward.get(RXT).text


def test_a_role_ends_and_a_person_is_disabled_at_the_next_request(
    signed_in: SignIn, web_engine: Engine, world: World
) -> None:
    signatory, submitter = signed_in("sgn.rxt"), signed_in("sub.rxt")
    assert submitter.get("/upload").status_code == 200
    with db.open_session(web_engine) as session:
        held = {
            name: session.scalars(select(Grant.id).where(Grant.person_id == world.people[name].id)).one()
            for name in ("sub.rxt", "rdr.rxt", "sub.rr1")
        }
    assert act(signatory, held["sub.rr1"], "end") == 404, "another agency's is as good as absent"
    assert act(signatory, held["sub.rxt"], "end") == 303
    assert submitter.get("/upload").status_code == 403
    with db.transaction(web_engine) as session:
        rr1 = world.agencies["RR1"].id
        for name in ("rdr.rxt",):
            session.add(
                Grant(
                    person_id=world.people[name].id,
                    role="RDR",
                    agency_id=rr1,
                    from_at=real_now() - timedelta(days=1),
                    until_at=real_now() + timedelta(days=20),
                )
            )
    assert act(signatory, held["rdr.rxt"], "disable") == 303
    with db.open_session(web_engine) as session:
        left = grants_of(session, world.people["rdr.rxt"].id, real_now())
        assert [grant.agency_id for grant in left] == [rr1], (
            "what they hold elsewhere is not this agency's to end"
        )
    assert act(signed_in("stw.testshire"), left[0].id, "disable") == 303
    with db.open_session(web_engine) as session:
        reader = session.get_one(Person, world.people["rdr.rxt"].id)
        assert reader.disabled_at is not None
    assert act(signed_in("stw.testshire"), left[0].id, "enable") == 404
    assert act(signed_in("adm.hub"), left[0].id, "enable") == 303
    assert roles_of(web_engine, "rdr.rxt@example.org") == []


def test_roles_that_end_soon_are_warned_of_and_renewed_by_one_click(
    signed_in: SignIn, web_engine: Engine, world: World
) -> None:
    now = real_now()
    with db.transaction(web_engine) as session:
        ends = {"sub.rxt": 60, "rdr.rxt": 30, "led.rxt": 7, "sgn.rxt": 6, "sub.rr1": 61}
        for name, days in ends.items():
            session.execute(
                update(Grant)
                .where(Grant.person_id == world.people[name].id)
                .values(until_at=now + timedelta(days=days))
            )
        warned = {grant.person_id: days for grant, days in grants.ending_soon(session, now)}
    by_name = {name: warned.get(world.people[name].id) for name in ends}
    assert by_name == {"sub.rxt": 60, "rdr.rxt": 30, "led.rxt": 7, "sgn.rxt": 7, "sub.rr1": None}
    signatory = signed_in("sgn.rxt")
    page = words(signatory.get("/people").text)
    assert "SUB of rxt: Submitter" in page and "SGN of rxt: Signatory" not in page, "never one's own"
    with db.open_session(web_engine) as session:
        number = session.scalars(select(Grant.id).where(Grant.person_id == world.people["sub.rxt"].id)).one()
        own = session.scalars(select(Grant.id).where(Grant.person_id == world.people["sgn.rxt"].id)).one()
    assert act(signatory, number, "renew") == 303
    assert act(signatory, own, "renew") == 403
    with db.open_session(web_engine) as session:
        assert session.get_one(Grant, number).until_at > now + timedelta(days=364)
        assert actor_for(session, world.people["sub.rxt"].id).held


def test_looking_through_the_people_ends_the_roles_of_whoever_left(
    signed_in: SignIn, web_engine: Engine, world: World
) -> None:
    signatory = signed_in("sgn.rxt")
    assert "due now" in words(signatory.get(RXT).text)
    with db.open_session(web_engine) as session:
        gone = session.scalars(select(Grant.id).where(Grant.person_id == world.people["sub.rxt"].id)).one()
    signatory.get(RXT)
    assert signatory.post(f"{RXT}/review", {"left": str(gone)}, action=f"{RXT}/review").status_code == 409
    signatory.get(RXT)
    answer = signatory.post(f"{RXT}/review", {"left": str(gone), "looked": "yes"}, action=f"{RXT}/review")
    assert "due now" not in words(signatory.follow(answer).text)
    assert roles_of(web_engine, "sub.rxt@example.org") == []


@pytest.mark.parametrize(
    ("kind", "last", "today", "due"),
    [
        ("school", "2025-09-02", "2026-08-31", False),
        ("school", "2025-09-02", "2026-09-01", True),
        ("school", "2026-09-01", "2027-03-01", False),
        ("nhs_trust", "2025-09-02", "2026-09-01", False),
        ("nhs_trust", "2025-09-02", "2026-09-03", True),
        ("nhs_trust", "2024-02-29", "2025-02-28", False),
        ("nhs_trust", "2023-02-27", "2024-02-29", True),
    ],
)
def test_when_a_look_is_due(kind: str, last: str, today: str, due: bool) -> None:
    at = datetime.combine(date.fromisoformat(last), datetime.min.time(), UTC) + timedelta(hours=12)
    assert is_due(kind, at, date.fromisoformat(today)) is due
