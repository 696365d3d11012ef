"""Agencies and people are brought by page, one by one or from a list that is tried first; one mistake stores nothing."""

from __future__ import annotations

import io
from datetime import date

import pytest
from sqlalchemy import Engine, func, select

from hub import db
from hub.calendar.models import DueItem
from hub.partners.models import Agency, Area, Grant, Membership, Partnership
from hub.post.models import AgencyContact
from tests.databases import ENGINES
from tests.factories import World
from tests.web.conftest import Browser, SignIn, words

RUN = "/partnerships/testshire/run"
HEADING = "code,kind,name,member_from\n"


@pytest.fixture
def steward(signed_in: SignIn) -> Browser:
    return signed_in("stw.testshire")


def counts(engine: Engine) -> dict[str, int]:
    with db.open_session(engine) as session:
        return {
            table.__tablename__: session.scalar(select(func.count()).select_from(table)) or 0
            for table in (Agency, Membership, Grant, DueItem, Area)
        }


def tries(steward: Browser, path: str, text: str) -> str:
    steward.get(path)
    answer = steward.post(path, {"file": (io.BytesIO(text.encode()), "list.csv")}, action=path)
    steward.page = answer
    assert answer.status_code in (200, 422)
    return words(answer.text)


def test_the_set_up_list_of_a_partnership_says_what_is_done_and_what_is_not(steward: Browser) -> None:
    page = words(steward.get(RUN).text)
    assert "Set-up list 7 of 11 done. Council that leads it Testshire Council Done" in page
    assert "Information-sharing agreement none yet: no figures can come in Not done" in page
    assert "Groups no groups that meet, 1 Board members who can read Not done" in page
    assert "Mail test no mail has gone out yet Not done" in page
    assert (
        "A second person for each duty of the partnership 1 in the data team, 1 business manager Not done"
        in page
    )
    assert "A submitter and another signatory in each agency everywhere Done" in page
    tries(steward, f"{RUN}/agencies/list", f"{HEADING}RYW,nhs_trust,Testshire Community Trust,2015-04-01\n")
    steward.post(f"{RUN}/agencies/list/bring", action=f"{RUN}/agencies/list/bring")
    page = words(steward.get(RUN).text)
    assert "6 of 11 done" in page and "Agencies 6 take part today Done" in page
    assert (
        "A submitter and another signatory in each agency not yet at Testshire Community Trust Not done"
        in page
    )


def test_many_agencies_are_tried_then_brought(steward: Browser, web_engine: Engine, world: World) -> None:
    before, path = counts(web_engine), f"{RUN}/agencies/list"
    text = (
        HEADING
        + "RYW,nhs_trust,Testshire Community Trust,2015-04-01\nRXT,nhs_trust,Another Name,2012-04-01\n"
    )
    page = tries(steward, path, text)
    assert "takes part from 1 April 2015; new to this hub" in page and "it takes part already" in page
    assert counts(web_engine) == before, "a trial stores nothing"
    answer = steward.post(f"{path}/bring", action=f"{path}/bring")
    assert "Testshire Community Trust" in words(steward.follow(answer).text)
    after = counts(web_engine)
    assert after["memberships"] == before["memberships"] + 1 and after["agencies"] == before["agencies"] + 1
    with db.open_session(web_engine) as session:
        new = session.scalars(select(Agency).where(Agency.code == "RYW")).one()
        owed = session.scalars(select(DueItem).where(DueItem.agency_id == new.id)).all()
        assert (
            session.scalars(select(Agency.name).where(Agency.code == "RXT")).one()
            == "Testshire Mental Health Trust"
        )
    assert owed, "what it owes is on the due list at once"


@pytest.mark.parametrize(
    ("line", "line_no", "says"),
    [
        ("R!W,nhs_trust,X,2015-04-01", 3, "not the code of an NHS body"),
        ("12345,school,X,2015-04-01", 3, "URN has six digits"),
        ("RYX,hospital,X,2015-04-01", 3, "not a kind of agency"),
        ("RYX,nhs_trust,X,1 April", 3, "is not a date"),
        ("RYX,nhs_trust,X,", 3, "since when"),
        ("RYX,nhs_trust,,2015-04-01", 3, "needs a code and a name"),
        ("RYW,nhs_trust,Twice,2015-04-01", 3, "given twice"),
        ("RXT,police,X,2015-04-01", 3, "not the code of a police force"),
        ("RR1,nhs_commissioner,X,2015-04-01", 3, "of another kind"),
        ("RXT,nhs_trust,X,2015-04-01", 3, "takes part already"),
        ("ENG,nation,England,2015-04-01", 3, "sends no returns"),
        ("RYX,nhs_trust", 3, "fewer cells"),
    ],
)
def test_one_bad_line_names_itself_and_nothing_is_stored(
    steward: Browser, web_engine: Engine, world: World, line: str, line_no: int, says: str
) -> None:
    before = counts(web_engine)
    page = tries(steward, f"{RUN}/agencies/list", f"{HEADING}RYW,nhs_trust,Good,2015-04-01\n{line}\n")
    assert f"Line {line_no}:" in page and says in page and "nothing was stored" in page
    assert "/list/bring" not in (steward.page.text if steward.page else "")
    assert counts(web_engine) == before


@pytest.mark.parametrize("text", ["", "a,b\n1,2\n", HEADING, "PK\x03\x04\x00"])
def test_a_file_that_is_no_list_is_refused(
    steward: Browser, web_engine: Engine, world: World, text: str
) -> None:
    path, before = f"{RUN}/agencies/list", counts(web_engine)
    steward.get(path)
    answer = steward.post(path, {"file": (io.BytesIO(text.encode()), "list.csv")}, action=path)
    assert answer.status_code in (409, 422) and counts(web_engine) == before


def test_one_agency_is_added_and_leaves_and_two_who_change_it_are_told(
    steward: Browser, web_engine: Engine, world: World
) -> None:
    path = f"{RUN}/agencies"
    steward.get(path)
    data: dict[str, object] = {
        "code": "RYW",
        "kind": "nhs_trust",
        "name": "Community Trust",
        "member_from": "2015-04-01",
    }
    assert "Community Trust" in words(steward.follow(steward.post(path, data, action=path)).text)
    steward.get(path)
    assert steward.post(path, data | {"code": "R?"}, action=path).status_code == 409
    one, ends = f"{path}/RR1", f"{path}/RR1/membership"
    steward.get(one)
    stale = steward.fields(ends)
    assert steward.post(ends, {"until_on": "2015-04-30"}, action=ends).status_code == 303
    answer = steward.client.post(ends, data=stale | {"until_on": "2015-12-31", "form_key": "another"})
    assert answer.status_code == 409 and "ends on 30 April 2015" in words(answer.text)
    with db.open_session(web_engine) as session:
        held = session.scalars(
            select(Membership).where(Membership.agency_id == world.agencies["RR1"].id)
        ).one()
        assert held.until_on == date(2015, 4, 30)


def test_who_left_is_refused_at_the_next_request(steward: Browser, signed_in: SignIn, world: World) -> None:
    submitter, ends = signed_in("sub.rr1"), f"{RUN}/agencies/RR1/membership"
    item = submitter.get("/").text
    link = item[item.index("/submissions/") :].split('"')[0]
    assert submitter.get(link).status_code == 200
    steward.get(f"{RUN}/agencies/RR1")
    assert steward.post(ends, {"until_on": "2015-04-30"}, action=ends).status_code == 303
    assert submitter.get(link).status_code in (403, 404)


def test_contacts_particulars_and_areas_are_kept(steward: Browser, web_engine: Engine, world: World) -> None:
    one, kept = f"{RUN}/agencies/RXT", f"{RUN}/agencies/RXT/contacts"
    steward.get(one)
    data: dict[str, object] = {"name": "Chief nurse", "email": "Chief@rxt.example.org"}
    assert steward.post(kept, data, action=kept).status_code == 303
    steward.get(one)
    assert steward.post(kept, {"name": "x", "email": "nothing"}, action=kept).status_code == 409
    page, areas = f"{RUN}/particulars", f"{RUN}/areas"
    assert "Counts of 1 to 7 are shown as *" in (shown := steward.get(page).text) and "“nhs-hes”" in shown
    assert (
        steward.post(page, {"name": "Testshire Board", "shares": "front-door"}, action=page).status_code
        == 303
    )
    steward.get(page)
    steward.client.post(
        areas,
        data={
            **steward.fields(page),
            "code": "west",
            "name": "West",
            "from_on": "2015-04-01",
            "form_key": "w",
        },
    )
    with db.open_session(web_engine) as session:
        contact = session.scalars(select(AgencyContact)).one()
        assert (contact.kind, contact.email) == ("senior", "chief@rxt.example.org")
        partnership = session.get_one(Partnership, world.partnership.id)
        assert (partnership.name, partnership.shares) == ("Testshire Board", "front-door")
        assert session.scalars(select(Area.name).where(Area.code == "west")).one() == "West"


@pytest.mark.parametrize("web_engine", ENGINES, indirect=True)
def test_an_administrator_makes_a_partnership_by_page(
    signed_in: SignIn, web_engine: Engine, world: World
) -> None:
    administrator = signed_in("adm.hub")
    administrator.get("/run")
    assert administrator.post("/run", {"code": "testshire", "name": "x"}, action="/run").status_code == 409
    administrator.get("/run")
    answer = administrator.post("/run", {"code": "new-place", "name": "New Place"}, action="/run")
    assert "Run New Place" in words(administrator.follow(answer).text)
    path = "/partnerships/new-place/run/agencies"
    administrator.get(path)
    council: dict[str, object] = {
        "code": "332",
        "kind": "council",
        "name": "New Council",
        "member_from": "2026-04-01",
    }
    assert "New Council" in words(administrator.follow(administrator.post(path, council, action=path)).text)
    about, areas = "/partnerships/new-place/run/particulars", "/partnerships/new-place/run/areas"
    administrator.get(about)
    data = {
        **administrator.fields(about),
        "code": "west",
        "name": "West",
        "from_on": "2026-04-01",
        "form_key": "w",
    }
    assert administrator.client.post(areas, data=data).status_code == 303
    assert signed_in("stw.testshire").get("/partnerships/new-place/run").status_code == 404
    steward = signed_in("stw.testshire")
    assert "Run Testshire" in words(steward.follow(steward.get("/run")).text)


def test_many_people_are_tried_then_proposed(steward: Browser, web_engine: Engine, world: World) -> None:
    path, before = f"{RUN}/people/list", counts(web_engine)
    heading = "email,name,role,agency,nominated_by,reference,nominated_on\n"
    good = "a@example.org,Ann,SUB,RXT,,,\nb@example.org,Bo,SGN,RR1,Chief executive,letter 3,2026-01-05\n"
    page = tries(steward, path, heading + good + "c@example.org,Cy,SGN,RXT,,,\nd@example.org,Di,SUB,REL,,,\n")
    assert "Line 4: A signatory needs a written nomination" in page and "Line 5: “REL” is no agency" in page
    assert counts(web_engine) == before
    unknown = tries(steward, path, heading + "e@example.org,Ed,XYZ,RXT,,,\nf@example.org,Flo,SUB,,,,\n")
    assert "Line 2: “XYZ” is no role at an agency. Write one of SUB, SGN, LED, RDR." in unknown
    assert "Line 3: “SUB” is no role in the partnership, where no agency is written." in unknown
    page = tries(steward, path, heading + good)
    assert (
        f"Bo b@example.org Signatory, {world.agencies['RR1'].name} Chief executive: letter 3, 5 January 2026"
        in page
    )
    assert counts(web_engine) == before
    assert steward.post(f"{path}/propose", action=f"{path}/propose").status_code == 303
    assert counts(web_engine)["grants"] == before["grants"] + 2
