"""No figures before the information-sharing agreement is accepted; a withdrawal holds from the next request on."""

from __future__ import annotations

import io
import json

import pytest
from sqlalchemy import Engine, delete, func, select

from hub import db
from hub.agreements.models import AgreementVersion
from hub.audit.canonical import canonical, digest_of
from hub.calendar.models import DueItem
from hub.facts.models import Revision
from hub.partners import sharing
from hub.partners.sharing_models import Practice, SharingAcceptance
from hub.submissions.models import Draft
from tests.databases import ENGINES
from tests.factories import KNOWN_FROM, World
from tests.web.conftest import Browser, SignIn, words

PATH = "/partnerships/testshire/agencies/RXT/sharing"
PRACTICE = "/partnerships/testshire/agencies/RXT/practice"
WHO: dict[str, object] = {
    "officer": "Director of nursing",
    "guardian": "A. Guardian",
    "guardian_post": "caldicott-guardian",
}


@pytest.fixture
def agreed(web_engine: Engine, world: World) -> None:
    """A text is in force, and the trust has not accepted it yet."""
    text = {
        "agreement": "sharing",
        "version": 1,
        "status": "signed",
        "kind": "isa",
        "partnership": "testshire",
        "title": "How we share",
        "term": {"from": "2012-04-01"},
        "parties": [],
        "clauses": [{"number": "1", "title": "Purpose", "text": "To know."}],
        "commitments": [],
    }
    with db.transaction(web_engine) as session:
        session.add(
            AgreementVersion(
                partnership_id=world.partnership.id,
                code="sharing",
                version=1,
                status="signed",
                digest=digest_of(canonical(text)),
                document=json.dumps(text),
                known_from=KNOWN_FROM,
            )
        )
        session.execute(
            delete(SharingAcceptance).where(SharingAcceptance.agency_id == world.agencies["RXT"].id)
        )


def item_of(engine: Engine, world: World) -> int:
    with db.open_session(engine) as session:
        return world.item(session, "RXT", "2015-03")


def fills_in(submitter: Browser, item: int) -> None:
    rows = "partnership,agency,period,breakdown,code,referrals_made\ntestshire,RXT,2015-03,total,,30\n"
    submitter.get("/upload")
    data: dict[str, object] = {"return_code": "referrals", "file": (io.BytesIO(rows.encode()), "x.csv")}
    page = submitter.follow(submitter.post("/upload", data)).request.path
    assert submitter.post(f"{page}/keep", action=f"{page}/keep").status_code == 303


def sends(submitter: Browser, item: int) -> tuple[int, str]:
    submitter.get(f"/submissions/{item}")
    path = f"/submissions/{item}/send"
    answer = submitter.client.post(path, data={**token(submitter)})
    return answer.status_code, words(answer.text)


def token(browser: Browser) -> dict[str, str]:
    page = browser.get("/account").text
    return {"csrf_token": page.split('name="csrf_token" value="')[1].split('"')[0]}


@pytest.mark.parametrize("web_engine", ENGINES, indirect=True)
def test_nothing_is_sent_before_acceptance_and_nothing_after_withdrawal(
    signed_in: SignIn, web_engine: Engine, world: World, agreed: None
) -> None:
    submitter, signatory, item = signed_in("sub.rxt"), signed_in("sgn.rxt"), item_of(web_engine, world)
    fills_in(submitter, item)
    status, page = sends(submitter, item)
    assert status == 409 and "has not accepted the information-sharing agreement of Testshire" in page
    assert submitter.get("/partnerships/testshire/board").status_code in (403, 404), (
        "nobody else's figures either"
    )
    assert "Accept it for" not in words(submitter.get(PATH).text)
    assert submitter.client.post(f"{PATH}/accept", data=token(submitter)).status_code == 403
    signatory.get(PATH)
    assert signatory.post(f"{PATH}/accept", {"officer": "x"}, action=f"{PATH}/accept").status_code == 409
    signatory.get(PATH)
    assert (
        signatory.post(f"{PATH}/accept", WHO | {"shown": "other"}, action=f"{PATH}/accept").status_code == 409
    )
    signatory.get(PATH)
    answer = signatory.post(f"{PATH}/accept", WHO, action=f"{PATH}/accept")
    page = words(signatory.follow(answer).text)
    assert "by Director of nursing. Caldicott Guardian: A. Guardian" in page
    assert submitter.get("/partnerships/testshire/board").status_code == 200
    status, page = sends(submitter, item)
    assert status == 303 or "accepted" not in page
    steward = signed_in("stw.testshire")
    steward.get(PATH)
    assert steward.post(f"{PATH}/withdraw", action=f"{PATH}/withdraw").status_code == 409, "not by accident"
    steward.get(PATH)
    understood: dict[str, object] = {"understood": "yes"}
    assert steward.post(f"{PATH}/withdraw", understood, action=f"{PATH}/withdraw").status_code == 303
    assert submitter.get("/partnerships/testshire/board").status_code in (403, 404), "at the next request"
    page = words(submitter.get(f"/submissions/{item}").text)
    assert "STW of testshire withdrew " in page
    assert (
        "from the information-sharing agreement of Testshire (example) on 18 May 2015, so no figures" in page
    )
    with db.open_session(web_engine) as session:
        found = sharing.history(session, world.partnership.id, world.agencies["RXT"].id)
        assert [each.withdrawn_at is not None for each in found] == [True]


def test_the_data_team_sees_who_accepted_and_others_see_nothing(
    signed_in: SignIn, world: World, agreed: None
) -> None:
    page = words(signed_in("stw.testshire").get("/partnerships/testshire/run/sharing").text)
    assert "Testshire Mental Health Trust not accepted" in page and "How we share, version 1" in page
    for stranger in ("sub.rr1", "stw.elsewhere", "sgn.rel"):
        assert signed_in(stranger).get(PATH).status_code in (403, 404)


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (
            {
                "kind": "mou",
                "term": {"from": "2012-04-01", "until": "2013-03-31"},
                "signed_on": "2012-04-01",
                "varies": "More is shared.",
            },
            "of the kind isa",
        ),
        ({"titel": "x"}, "line"),
    ],
)
def test_a_text_that_is_no_sharing_agreement_is_refused(
    signed_in: SignIn, web_engine: Engine, world: World, agreed: None, change: dict[str, object], says: str
) -> None:
    steward, path = signed_in("stw.testshire"), "/partnerships/testshire/run/sharing"
    with db.open_session(web_engine) as session:
        text = json.loads(session.scalars(select(AgreementVersion.document)).one()) | {"version": 2} | change
    steward.get(path)
    data: dict[str, object] = {"file": (io.BytesIO(json.dumps(text).encode()), "isa.yaml")}
    answer = steward.post(path, data, action=path)
    assert answer.status_code == 409 and says in words(answer.text)
    good = {key: value for key, value in text.items() if key not in change} | (
        {"kind": "isa", "term": {"from": "2012-04-01"}} if "kind" in change else {}
    )
    steward.get(path)
    data = {"file": (io.BytesIO(json.dumps(good).encode()), "isa.yaml")}
    assert "version 2" in words(steward.follow(steward.post(path, data, action=path)).text)


def test_practice_is_checked_and_counts_nowhere(
    signed_in: SignIn, web_engine: Engine, world: World, agreed: None
) -> None:
    submitter = signed_in("sub.rxt")
    page = submitter.get(PRACTICE)
    assert "Nothing on this page counts" in words(page.text) and "April 2015" in words(page.text)
    template = submitter.get(f"{PRACTICE}/referrals.csv")
    assert template.status_code == 200 and "RXT,2015-04" in template.text
    before = kept(web_engine)
    heading = "partnership,agency,period,breakdown,code,referrals_made\n"
    for rows, says in (
        ("testshire,RXT,2015-04,total,,thirty\n", "thirty"),
        ("testshire,RR1,2015-04,total,,30\n", "RR1"),
        ("testshire,RXT,2015-04,total,,30\n", "Your practice file"),
    ):
        submitter.get(PRACTICE)
        data: dict[str, object] = {
            "return_code": "referrals",
            "file": (io.BytesIO((heading + rows).encode()), "x.csv"),
        }
        answer = submitter.client.post(PRACTICE, data={**submitter.fields(), **data})
        assert answer.status_code == 200 and says in words(answer.text), words(answer.text)
    assert kept(web_engine) == before, "no draft, no due item, no revision"
    with db.open_session(web_engine) as session:
        done = session.scalars(select(Practice).order_by(Practice.id)).all()
        assert [each.return_code for each in done] == ["referrals"] * 3 and done[0].errors > 0
    assert signed_in("sub.rr1").get(PRACTICE).status_code in (403, 404)


def kept(engine: Engine) -> list[int]:
    with db.open_session(engine) as session:
        return [
            session.scalar(select(func.count()).select_from(table)) or 0
            for table in (Draft, DueItem, Revision)
        ]
