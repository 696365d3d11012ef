"""A signatory is away, a deputy signs and sends back, and the signatory's first page says what was done."""

import pytest
from sqlalchemy import Engine

from hub import db
from tests import factories
from tests.databases import ENGINES
from tests.factories import World
from tests.web.conftest import Browser, SignIn, words
from tests.web.test_web_journey import boxes, item

AWAY = "/agencies/RXT/deputies"
DID = "What your deputy did"


@pytest.fixture
def deputy(web_engine: Engine, world: World) -> str:
    """A second signatory of the trust."""
    with db.transaction(web_engine) as session:
        factories.person(session, world, "SGN", "deputy", agency_id=world.agencies["RXT"].id)
    return "sgn.deputy"


def sends(submitter: Browser, number: int, period: str, total: int) -> None:
    submitter.get(f"/submissions/{number}/answer")
    saved = submitter.post(
        f"/submissions/{number}/answer",
        {name.replace("2015-04", period): value for name, value in boxes(total, total // 2 + 1).items()},
    )
    submitter.follow(saved)
    submitter.follow(submitter.post(f"/submissions/{number}/send", action=f"/submissions/{number}/send"))


def does(signatory: Browser, number: int, act: str, **words: str) -> None:
    signatory.get(f"/submissions/{number}/sign")
    path = f"/submissions/{number}/{act}"
    signatory.follow(signatory.post(path, dict(words), action=path))


@pytest.mark.parametrize("web_engine", ENGINES, indirect=True)
def test_the_first_page_says_what_the_deputy_did(
    signed_in: SignIn, web_engine: Engine, world: World, deputy: str
) -> None:
    submitter, signatory, second = signed_in("sub.rxt"), signed_in("sgn.rxt"), signed_in(deputy)
    february, march, april = (item(web_engine, world, period=f"2015-0{month}") for month in (2, 3, 4))
    sends(submitter, february, "2015-02", 12)
    does(second, february, "sign")
    assert DID not in words(signatory.get("/").text), "nobody was away"

    signatory.get(AWAY)
    person_id = str(world.people[deputy].id)
    said = {"from_on": "2015-05-19", "until_on": "2015-05-29", "deputy": person_id}
    assert "SGN of deputy" in words(signatory.follow(signatory.post(AWAY, dict(said))).text)
    assert DID not in words(signatory.get("/").text), "the absence begins tomorrow"

    signatory.get(AWAY)
    signatory.follow(signatory.post(AWAY, {**said, "from_on": "2015-05-18"}))
    sends(submitter, march, "2015-03", 15)
    does(second, march, "send-back", reason="The night team is missing")
    sends(submitter, april, "2015-04", 14)
    does(second, april, "sign")
    home = words(signatory.get("/").text)
    assert home.count(DID) == 1
    told = home.split(DID)[1]
    assert "SGN of deputy signed Referrals made to the front door, April 2015 , 18 May 2015" in told
    assert "SGN of deputy sent back Referrals made to the front door, March 2015 , 18 May 2015" in told
    assert told.index("April 2015") < told.index("March 2015"), "the newest first"
    assert DID not in words(second.get("/").text) and DID not in words(submitter.get("/").text)

    signatory.get(AWAY)
    signatory.follow(signatory.post(f"{AWAY}/end", action=f"{AWAY}/end"))
    signatory.get(AWAY)
    signatory.follow(signatory.post(f"{AWAY}/end", action=f"{AWAY}/end"))
    assert "signed Referrals made to the front door, April 2015" in words(signatory.get("/").text), (
        "back early, and still told"
    )
