"""One body, several councils: one file with a column of partnerships, one check, one screen, a signature for each."""

import csv
import io
import re

import pytest
from sqlalchemy import Engine, select
from werkzeug.datastructures import FileStorage

from hub import db
from hub.calendar import due
from hub.facts.models import Revision
from hub.partners.models import Membership
from hub.partners.sharing_models import SharingAcceptance
from hub.periods import parse
from tests.factories import KNOWN_FROM, MEMBER_SINCE, World
from tests.web.conftest import Browser, SignIn, words

FILE = b"""partnership,agency,period,breakdown,code,referrals_made
testshire,RXT,2015-04,total,,12
testshire,RXT,2015-04,setting,maternity,12
testshire,RXT,2015-04,category,neglect,12
testshire,RXT,2015-04,residence,here,9
testshire,RXT,2015-04,residence,elsewhere,2
testshire,RXT,2015-04,residence,not-known,1
elsewhere,RXT,2015-04,total,,4
elsewhere,RXT,2015-04,setting,maternity,4
elsewhere,RXT,2015-04,category,neglect,4
"""
PAGE = "/together/referrals/2015-04"


@pytest.fixture
def both(web_engine: Engine, world: World) -> dict[str, int]:
    """The trust serves both councils; its due items of April by partnership."""
    with db.transaction(web_engine) as session:
        trust, there = world.agencies["RXT"], world.elsewhere
        session.add(Membership(partnership_id=there.id, agency_id=trust.id, from_on=MEMBER_SINCE))
        session.add(
            SharingAcceptance(
                partnership_id=there.id, agency_id=trust.id, agreement="sharing", version=1, digest="0" * 64,
                officer="An officer", guardian="A guardian", guardian_post="caldicott-guardian",
                person_id=world.people["adm.hub"].id, at=KNOWN_FROM,
            )
        )  # fmt: skip
        session.flush()
        for period in ("2015-04",):
            first = parse(period)
            due.make_due_items(session, there, world.definitions["referrals"], first.starts_on, first.ends_on)
        found = {}
        for place in (world.partnership, there):
            items = due.due_items(session, place.id, return_code="referrals", agency_ids=[trust.id])
            found[place.code] = next(item.id for item in items if item.period.code == "2015-04")
        return found


def upload(browser: Browser) -> str:
    browser.get("/upload")
    file = FileStorage(io.BytesIO(FILE), filename="april.csv")
    return words(browser.follow(browser.post("/upload", {"return_code": "referrals", "file": file})).text)


def digests(browser: Browser) -> dict[str, str]:
    found = re.findall(r'name="digest-([0-9]+)" value="([0-9a-f]+)"', browser.get(PAGE).text)
    return {f"digest-{number}": digest for number, digest in found}


def test_one_file_is_checked_once_and_each_return_is_signed(
    signed_in: SignIn, web_engine: Engine, both: dict[str, int]
) -> None:
    submitter, signatory = signed_in("sub.rxt"), signed_in("sgn.rxt")
    assert "2 returns in the file" in upload(submitter)
    page = words(submitter.get(PAGE).text)
    assert "Testshire (example)" in page and "Elsewhere" in page
    assert "Sign those that are ticked" not in page
    for number in both.values():
        submitter.get(f"/submissions/{number}")
        sent = submitter.post(f"/submissions/{number}/send", action=f"/submissions/{number}/send")
        assert sent.status_code == 303
    shown = digests(signatory)
    assert len(shown) == 2
    ticked = signatory.client.post(
        PAGE, data={**signatory.fields(), **shown, "sign": [str(number) for number in both.values()]}
    )
    assert ticked.status_code == 303, words(ticked.text)
    assert "Sign those" not in words(signatory.get(PAGE).text)
    with db.open_session(web_engine) as session:
        signed = session.scalars(select(Revision).where(Revision.due_item_id.in_(both.values()))).all()
    assert {each.partnership_id for each in signed} == {1, 2} and len(signed) == 2
    assert len({each.digest for each in signed}) == 2


def test_nothing_is_signed_where_one_of_them_cannot_be(
    signed_in: SignIn, web_engine: Engine, both: dict[str, int]
) -> None:
    submitter, signatory = signed_in("sub.rxt"), signed_in("sgn.rxt")
    upload(submitter)
    first = both["testshire"]
    submitter.get(f"/submissions/{first}")
    submitter.post(f"/submissions/{first}/send", action=f"/submissions/{first}/send")
    shown = digests(signatory)
    changed = {f"digest-{first}": "0" * 64}
    for data, sentence in (
        ({"sign": []}, "Tick the returns"),
        ({**shown, **changed, "sign": [str(first)]}, "Nothing was signed"),
    ):
        signatory.get(PAGE)
        refused = signatory.client.post(PAGE, data={**signatory.fields(), **data})
        assert refused.status_code == 409
        assert sentence in words(refused.text)
    with db.open_session(web_engine) as session:
        assert session.scalars(select(Revision)).all() == []


def test_somebody_elses_return_is_not_there_to_be_signed(signed_in: SignIn, both: dict[str, int]) -> None:
    stranger = signed_in("sgn.rel")
    stranger.get("/together/referrals/2015-04")
    answer = stranger.client.post(PAGE, data={**stranger.fields(), "sign": [str(both["testshire"])]})
    assert answer.status_code == 404
    assert "Testshire" not in answer.text


def test_the_index_names_what_is_answered_more_than_once(signed_in: SignIn, both: dict[str, int]) -> None:
    page = words(signed_in("sub.rxt").get("/together").text)
    assert "April 2015 2 2" in page


def test_one_template_holds_the_rows_of_every_partnership(signed_in: SignIn, both: dict[str, int]) -> None:
    answer = signed_in("sub.rxt").get(f"{PAGE}/template.csv")
    rows = list(csv.DictReader(io.StringIO(answer.data.decode("utf-8-sig"))))
    assert [row["partnership"] for row in rows if row["breakdown"] == "total"] == ["elsewhere", "testshire"]
    areas = {row["partnership"]: row["code"] for row in rows if row["breakdown"] == "area"}
    assert set(areas) == {"elsewhere", "testshire"}
    assert ("elsewhere", "south") not in {(row["partnership"], row["code"]) for row in rows}
