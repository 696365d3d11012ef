"""An agreement from its first draft to its signatures, by real requests: coordinator, two parties, and those who may not."""

from __future__ import annotations

import html

import pytest
from sqlalchemy import Engine, select

from hub import db
from hub.agreements.negotiation.read import Negotiation, negotiation
from hub.agreements.versions import agreement_as_at
from hub.clock import now_for
from hub.config import shipped
from hub.measures.load import publish_measures
from hub.partners.models import Partnership, Person
from hub.post.models import Notice
from tests.databases import ENGINES
from tests.factories import KNOWN_FROM, World
from tests.web.conftest import Browser, SignIn, words

HOME = "/partnerships/testshire"
CODE = "testshire-nhs-2015-16"
AT = f"{HOME}/agreements/{CODE}"
OPENED = {
    "title": "Memorandum 2015-16",
    "code": CODE,
    "kind": "mou",
    "from": "2015-04-01",
    "until": "2016-03-31",
    "binds": "all",
    "coordinator": "region:midlands",
    "party": ["330", "RXT"],
}
PROMISE = {
    "text": "The trust signs its monthly return by the due day.",
    "clause": "4",
    "promisor": ["RXT"],
    "promisee": ["330"],
    "kind": "submission",
    "status": "firm",
    "term-return": "referrals",
    "term-target": "90",
    "words": "As the leads agreed.",
}


@pytest.fixture(autouse=True)
def measures(web_engine: Engine, world: World) -> None:
    with db.transaction(web_engine) as session:
        publish_measures(session, shipped("schemas") / "measures.yaml", now=KNOWN_FROM)


def stands(engine: Engine) -> Negotiation:
    with db.open_session(engine) as session:
        place = session.scalars(select(Partnership).where(Partnership.code == "testshire")).one()
        return negotiation(session, place.id, CODE)


def send(browser: Browser, page: str, action: str, data: dict[str, object]) -> tuple[int, str]:
    """Fill in the form of a page and send it; the status, and the page's words where it was refused."""
    browser.get(page)
    form = {
        name: value
        for name, value in browser.fields(action).items()
        if name in ("csrf_token", "form_key", "shown")
    }
    answer = browser.client.post(action or page, data={**form, **data})
    return answer.status_code, html.unescape(words(answer.text))


def opened(region: Browser) -> None:
    """A draft with one promise and a signatory for each party."""
    assert send(region, f"{HOME}/open-agreement", "", OPENED)[0] == 303
    part = {"part": "commitment:C1", "on": "part", **PROMISE}
    page = f"{AT}/negotiation/parts/commitment:C1?kind=submission"
    assert send(region, page, f"{AT}/negotiation/word", part)[0] == 303
    rest = {
        "part": "rest", "on": "part", "title": "Memorandum 2015-16", "about": "", "binds": "all", "from": "2015-04-01",
        "until": "2016-03-31", "review": "quarter", "governance": "The leads meet.", "party": ["330", "RXT"],
        "signs-330": "Director of Children’s Services", "signs-RXT": "Chief Executive", "sure": "yes",
    }  # fmt: skip
    assert send(region, f"{AT}/negotiation/parts/rest", f"{AT}/negotiation/word", rest)[0] == 303


def change_clause(region: Browser, text: str, clause: str = "2") -> tuple[int, str]:
    data = {"part": f"clause:{clause}", "on": "part", "title": "Purpose", "text": text, "words": ""}
    return send(region, f"{AT}/negotiation/parts/clause:{clause}", f"{AT}/negotiation/word", data)


def agree_all(browser: Browser, party: str) -> int:
    browser.get(f"{AT}/negotiation")
    fields = browser.fields(f"{AT}/negotiation/agree")
    parts = [name.removeprefix("digest-") for name in fields if name.startswith("digest-")]
    data = {**fields, "parts": parts, "speaks_for": party}
    return browser.client.post(f"{AT}/negotiation/agree", data=data).status_code


def sign(browser: Browser, party: str, shown: str | None = None) -> tuple[int, str]:
    data: dict[str, object] = {"speaks_for": party}
    return send(browser, f"{AT}/sign", f"{AT}/sign", data if shown is None else {**data, "shown": shown})


def told(engine: Engine, kind: str) -> set[str]:
    with db.open_session(engine) as session:
        rows = session.scalars(
            select(Person.email).join(Notice, Notice.person_id == Person.id).where(Notice.kind == kind)
        )
        return {email.split("@")[0] for email in rows}


@pytest.mark.parametrize("web_engine", ENGINES, indirect=True)
def test_from_the_first_draft_to_signatures(signed_in: SignIn, web_engine: Engine, world: World) -> None:
    region, trust, council = signed_in("reg.midlands"), signed_in("sgn.rxt"), signed_in("sgn.330")
    opened(region)
    assert told(web_engine, "agreement-opened") >= {"sgn.rxt", "led.rxt", "sgn.330"}
    assert change_clause(region, "To keep children safe together.")[0] == 303

    # The trust agrees to everything, then one clause is changed: that word of its is void, and says by whom.
    assert agree_all(trust, "RXT") == 303
    assert {one.word for (party, _), one in stands(web_engine).positions.items() if party == "RXT"} == {
        "agreed"
    }
    assert change_clause(region, "To keep every child safe together.")[0] == 303
    position = stands(web_engine).positions["RXT", "clause:2"]
    assert position.word == "void" and position.changed and position.changed.person == "REG of midlands"
    assert "void: it was changed" in words(trust.get(f"{AT}/negotiation").text)
    assert stands(web_engine).positions["330", "clause:2"].word == "silent"

    # The council proposes; the coordinator declines one with a reason and accepts the other as it is.
    page = f"{AT}/negotiation/parts/clause:2"
    proposed = {
        "part": "clause:2", "on": "part", "speaks_for": "330", "title": "Purpose", "text": "To keep all children safe.",
        "words": "Plainer.",
    }  # fmt: skip
    assert send(council, page, f"{AT}/negotiation/propose", proposed)[0] == 303
    assert "[+all" in html.unescape(words(region.get(page).text)) and told(
        web_engine, "agreement-proposed"
    ) == {"reg.midlands"}
    first = stands(web_engine).proposals[0].proposed.sequence
    answer = {"part": "clause:2", "on": "part", "proposal": first, "answer": "decline"}
    assert send(region, page, f"{AT}/negotiation/answer", {**answer, "words": ""})[0] == 409, "say why"
    assert send(region, page, f"{AT}/negotiation/answer", {**answer, "words": "Every is agreed."})[0] == 303
    assert send(council, page, f"{AT}/negotiation/propose", {**proposed, "words": "Again."})[0] == 303
    second = stands(web_engine).proposals[1].proposed.sequence
    assert (
        send(region, page, f"{AT}/negotiation/answer", {**answer, "proposal": second, "answer": "accept"})[0]
        == 303
    )
    assert stands(web_engine).agreement.clauses[1].text == "To keep all children safe."
    assert stands(web_engine).positions["330", "clause:2"].word == "agreed", "it proposed exactly this"

    # Put, signed by one, changed: the signature is void and nobody is bound.
    assert send(region, f"{AT}/negotiation", f"{AT}/put", {})[0] == 303
    assert told(web_engine, "agreement-to-sign") == {"sgn.rxt", "sgn.330"}
    before = stands(web_engine).text.digest
    assert sign(trust, "RXT")[0] == 303
    assert list(stands(web_engine).signed_by) == ["RXT"]
    assert change_clause(region, "To keep all children safe together.")[0] == 303
    assert stands(web_engine).signed_by == {} and stands(web_engine).standing == "drafting"
    assert "Void: the signature" in words(trust.get(f"{AT}/negotiation").text)
    assert told(web_engine, "agreement-changed") == {"sgn.rxt", "sgn.330"}

    # A stale text is refused, with who changed what; the new one is signed by both and binds.
    assert send(region, f"{AT}/negotiation", f"{AT}/put", {})[0] == 303
    status, said = sign(council, "330", shown=before)
    assert status == 409 and "REG of midlands changed clause 2" in said
    assert sign(council, "330")[0] == 303
    assert stands(web_engine).standing == "to-sign"
    assert sign(trust, "330")[0] == 403, "nobody signs for another"
    assert sign(trust, "RXT")[0] == 303
    found = stands(web_engine)
    assert found.standing == "signed" and found.unsigned == [] and found.agreement.signed_on is not None
    with db.open_session(web_engine) as session:
        place = session.scalars(select(Partnership).where(Partnership.code == "testshire")).one()
        assert not agreement_as_at(session, place.id, CODE, now_for(place)).is_shadow
    late = {
        "part": "clause:2",
        "on": "part",
        "shown": found.text.digests["clause:2"],
        "title": "P",
        "text": "Nothing.",
    }
    region.get(f"{AT}/vary")
    answer_late = region.client.post(f"{AT}/negotiation/word", data={**region.fields(), **late})
    assert answer_late.status_code == 409 and "open a variation" in words(answer_late.text)
    line = html.unescape(words(council.get(f"{AT}/redline?before=1.5&after={found.text.key}").text))
    assert "[−every child−]" in line and "[+all children+]" in line
