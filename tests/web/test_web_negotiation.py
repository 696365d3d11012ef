"""An agreement from its first draft to its signatures, by real requests: coordinator, two parties, and those who may not."""

from __future__ import annotations

import html
import re
from datetime import timedelta

import pytest
from sqlalchemy import Engine, select, update

from hub import db
from hub.agreements.negotiation.read import Negotiation, negotiation
from hub.agreements.versions import agreement_as_at
from hub.clock import now_for, real_now
from hub.partners.models import Account, Partnership, Person, SignInSession
from hub.post.models import Notice
from tests.databases import ENGINES, Filled, NewDatabase
from tests.factories import World, make_measured
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


@pytest.fixture
def new_world(filled: Filled) -> NewDatabase:
    """Measures are in force in each test's world."""
    return filled(make_measured)


@pytest.fixture(autouse=True)
def second_factors(web_engine: Engine, world: World) -> None:
    with db.transaction(web_engine) as session:
        session.execute(update(Account).values(totp_secret=b"enrolled"))


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
    # However many the parties, a part has one cell: who holds it up stands first, by name and day.
    part = re.search(r"Clause 2</a>.*?</tr>", trust.get(f"{AT}/negotiation").text, re.S)
    assert part is not None and part[0].count("<td") == 2  # the box to agree, and where all parties stand
    assert (
        "void: it was changed Testshire Mental Health Trust, since 18 May 2015 silent Testshire Council, since"
        in (words(part[0]))
    )
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
    assert send(region, f"{AT}/put", f"{AT}/put", {})[0] == 303
    assert told(web_engine, "agreement-to-sign") == {"sgn.rxt", "sgn.330"}
    before = stands(web_engine).text.digest
    assert "Read it and sign it." in words(trust.get("/").text)
    assert sign(trust, "RXT")[0] == 303
    assert "Read it and sign it." not in words(trust.get("/").text)
    assert list(stands(web_engine).signed_by) == ["RXT"]
    assert change_clause(region, "To keep all children safe together.")[0] == 303
    assert stands(web_engine).signed_by == {} and stands(web_engine).standing == "drafting"
    assert "Void: the signature" in words(trust.get(f"{AT}/negotiation").text)
    assert told(web_engine, "agreement-changed") == {"sgn.rxt", "sgn.330"}

    # What is asked before it is put: where each party stands on which part.
    asked = words(region.get(f"{AT}/put").text)
    assert "13 of 13 parts are not agreed to by everybody" in asked and "No dispute is open." in asked
    assert "Testshire Mental Health Trust : agreed to an earlier wording of 1 part ( Clause 2 )" in asked
    assert "Testshire Council : silent on 12 parts" in asked

    # A stale text is refused, with who changed what; the new one is signed by both and binds.
    assert send(region, f"{AT}/put", f"{AT}/put", {})[0] == 303
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
    # Whoever signs or compares reads names; the document and its digest hold codes.
    shown = html.unescape(words(council.get(f"{AT}/sign").text))
    assert (
        "Promised by: Testshire Mental Health Trust" in shown
        and "Parties: Testshire Council, signatories Director of Children’s Services" in shown
    )
    assert "RXT" not in shown and "Kind: memorandum of understanding" in shown
    line = html.unescape(words(council.get(f"{AT}/redline?before=1.5&after={found.text.key}").text))
    assert "[−every child−]" in line and "[+all children+]" in line

    # Next year's draft starts from it, with the next title, address and term, and is read against it.
    form = region.get(f"{HOME}/open-agreement?of={CODE}").text
    for name, value in (
        ("title", "Memorandum 2016-17"),
        ("code", "testshire-nhs-2016-17"),
        ("from", "2016-04-01"),
        ("until", "2017-03-31"),
    ):
        assert re.search(f'<input[^>]* name="{name}"[^>]* value="{value}"', form), name
    assert '<option value="region:midlands" selected>' in form
    renewal = {**OPENED, "code": "next-year", "of": CODE, "from": "2016-04-01", "until": "2017-03-31"}
    assert send(region, f"{HOME}/open-agreement", "", renewal)[0] == 303
    later = f"{HOME}/agreements/next-year/redline"
    line = words(council.get(f"{later}?before={CODE}/{found.text.key}").text)
    assert "[−2015,−]" in line and "[+2016,+]" in line and f"From {found.agreement.title}, version 1" in line
    assert council.get(f"{later}?before=other/1.1").status_code == 404
    for at in ("next-year", "next-year/negotiation"):
        page = council.get(f"{HOME}/agreements/{at}").text
        assert f'href="{AT}' in page and found.agreement.title in words(page), "the one before is a link away"


def test_what_is_refused_keeps_nothing_and_says_why(
    signed_in: SignIn, web_engine: Engine, world: World
) -> None:
    region, trust, member = signed_in("reg.midlands"), signed_in("sgn.rxt"), signed_in("brd.testshire")
    status, said = send(region, f"{HOME}/open-agreement", "", {**OPENED, "code": "Not An Address"})
    assert status == 409 and "short name" in said
    opened(region)
    before = stands(web_engine)
    assert member.get(f"{AT}/negotiation").status_code == 403, "the Board reads, and takes no part"
    assert signed_in("sgn.rr1").get(f"{AT}/negotiation").status_code == 404, "no party: not there"

    # A promise that its kind cannot judge, an identifier of a person, script, a part that was changed meanwhile.
    page, action = f"{AT}/negotiation/parts/commitment:C1", f"{AT}/negotiation/word"
    promise = {"part": "commitment:C1", "on": "part", **PROMISE}
    status, said = send(region, page, action, {**promise, "term-target": "lots"})
    assert status == 409 and "target: Not a valid number." in said and 'value="lots"' in region.client.post(
        action, data={**promise, "term-target": "lots", **token(region)}).text  # fmt: skip
    status, said = send(region, page, action, {**promise, "promisor": ["RR1"]})
    assert status == 409 and "not a party to the agreement: RR1." in said
    status, said = send(region, page, action, {**promise, "words": "See 943 476 5919."})
    assert status == 409 and "They were not kept" in said
    status, said = send(region, page, action, {**promise, "text": "<script>alert(1)</script>"})
    assert status == 409 and "looks like markup" in said
    status, said = send(region, page, action, {**promise, "shown": "0" * 64})
    assert status == 409 and "REG of midlands changed this on" in said
    text = f"{AT}/negotiation/text"
    assert "agreement: testshire-nhs-2015-16" in html.unescape(region.get(text).text)
    broken = "agreement: testshire-nhs-2015-16\nversion: 1\nversion: 2\n"
    status, said = send(region, text, "", {"text": broken})
    assert status == 409 and "line 3: “version” is given twice" in said
    region.get(page)
    stolen = trust.client.post(
        action,
        data={**promise, "term-target": "10", **token(trust), "shown": before.text.digests["commitment:C1"]},
    )
    assert stolen.status_code == 403 and "Only the coordinator" in words(stolen.text)
    assert stands(web_engine).text == before.text and stands(web_engine).sequence == before.sequence

    # The data team may propose and comment, for no party; what it says changes nothing by itself.
    team = signed_in("stw.testshire")
    comment = {"part": "clause:5", "on": "part", "words": "Is the schedule complete?"}
    assert send(team, f"{AT}/negotiation/parts/clause:5", f"{AT}/negotiation/comment", comment)[0] == 303
    assert "Is the schedule complete?" in words(trust.get(f"{AT}/negotiation/parts/clause:5").text)
    assert stands(web_engine).text == before.text

    # Chased once a day; a dispute has an owner and a day, and an end.
    chase = f"{AT}/negotiation/chase"
    assert send(region, f"{AT}/negotiation", chase, {"party": "RXT"})[0] == 303
    assert told(web_engine, "agreement-chased") == {"sgn.rxt", "led.rxt"}
    assert send(region, f"{AT}/negotiation", chase, {"party": "RXT"})[0] == 409
    page = words(region.get(f"{AT}/negotiation").text)
    assert "REG of midlands reminded them today already" in page and "Remind all who are silent (1)" in page
    # All at once: whom it wrote to, whom not and why; nobody twice in a day.
    assert send(region, f"{AT}/negotiation", chase, {"all": "yes"})[0] == 303
    assert told(web_engine, "agreement-chased") == {"sgn.rxt", "led.rxt", "sgn.330"}
    assert [each.agency for each in stands(web_engine).happened if each.kind == "chased"] == ["RXT", "330"]
    again = region.client.post(chase, data={**token(region), "all": "yes"})
    assert again.status_code == 409 and "Nobody was written to." in words(again.text)
    assert words(again.text).count("reminded them today already") == 4, "in the answer and on the page"
    council, team = signed_in("sgn.330"), signed_in("stw.testshire")
    every = len(before.text.digests)  # nobody has agreed to any
    draft = f"which you coordinate A draft: {every} of {every} parts are not agreed to by everybody"
    first = words(region.get("/").text)
    dispute = {"part": "clause:6", "owner": "330", "on_date": "2015-06-30", "words": "Who pays?"}
    assert (
        send(region, f"{AT}/negotiation", f"{AT}/negotiation/dispute", {**dispute, "on_date": "2015-05-18"})[
            0
        ]
        == 409
    )
    assert send(region, f"{AT}/negotiation", f"{AT}/negotiation/dispute", dispute)[0] == 303
    # On the first pages: what is open for the coordinator, and the dispute for whoever is to end it. Nobody else's.
    asked = "It is disputed. Testshire Council is to end it before 30 June 2015."
    assert draft in first and "1 dispute is open." not in first
    assert "1 dispute is open." in words(region.get("/").text) and asked not in words(region.page.text)
    assert asked in words(council.get("/").text) and "which you coordinate" not in words(council.page.text)
    for other in (trust, team):
        assert asked not in words(other.get("/").text) and "which you coordinate" not in words(
            other.page.text
        )
    number = stands(web_engine).disputes[0][0].sequence
    ended = {"dispute": number, "words": "The council pays."}
    assert send(region, f"{AT}/negotiation", f"{AT}/negotiation/settle", ended)[0] == 303
    assert "Ended 18 May 2015" in words(trust.get(f"{AT}/negotiation").text)
    assert asked not in words(council.get("/").text) and "1 dispute is open." not in words(
        region.get("/").text
    )


def token(browser: Browser) -> dict[str, str]:
    """What shows that a form is the hub's own, from any page that has one."""
    browser.get(f"{HOME}/open-agreement")
    return {"csrf_token": browser.fields()["csrf_token"]}


def test_a_review_stands_beside_the_verdicts(signed_in: SignIn, web_engine: Engine, world: World) -> None:
    region, trust, council, lead = (
        signed_in(name) for name in ("reg.midlands", "sgn.rxt", "sgn.330", "led.rxt")
    )
    opened(region)
    assert send(region, f"{AT}/put", f"{AT}/put", {})[0] == 303
    with db.transaction(web_engine) as session:
        session.execute(update(Account).values(totp_secret=None))
    status, said = sign(council, "330")
    assert status == 409 and "signed with a second factor" in said
    with db.transaction(web_engine) as session:
        session.execute(update(Account).values(totp_secret=b"enrolled"))
    assert sign(council, "330")[0] == 303
    paper = {"speaks_for": "RXT", "name": "A. Chief, Chief Executive", "on_date": "2015-05-18"}
    assert send(lead, f"{AT}/sign", f"{AT}/paper", paper)[0] == 303
    judged = {"paper": stands(web_engine).sequence, "judge": "confirm"}
    assert lead.get(f"{AT}/sign").text.count("I have seen the paper") == 0, "another person does"
    team = signed_in("stw.testshire")
    assert send(team, f"{AT}/sign", f"{AT}/paper/judge", judged)[0] == 303
    assert stands(web_engine).standing == "signed"
    assert "On paper on 18 May 2015 by A. Chief" in words(trust.get(f"{AT}/negotiation").text)

    reviews, quarter = f"{AT}/reviews", {"period": "FY2015-16Q1"}
    own = {**quarter, "speaks_for": "RXT", "commitment": "C1", "said": "in part", "words": "April came late."}
    assert send(trust, reviews, f"{reviews}/assess", own)[0] == 303
    other = {**own, **token(council)}
    assert council.client.post(f"{reviews}/assess", data=other).status_code == 403, (
        "nobody says it for another"
    )
    action = {
        **quarter,
        "speaks_for": "RXT",
        "owner": "330",
        "on_date": "2015-06-30",
        "words": "Send the template.",
    }
    assert send(trust, reviews, f"{reviews}/actions", action)[0] == 303
    assert told(web_engine, "agreement-action") == {"sgn.330"}
    page = words(council.get(reviews).text)
    assert "In part : April came late." in page and "Send the template." in page
    done = {"action": stands(web_engine).sequence, "speaks_for": "330", "words": "Sent."}
    assert send(council, reviews, f"{reviews}/actions/done", done)[0] == 303
    assert "Done 18 May 2015" in words(trust.get(reviews).text)


@pytest.mark.parametrize("web_engine", ENGINES, indirect=True)
def test_a_draft_opened_by_mistake_is_dropped(signed_in: SignIn, web_engine: Engine, world: World) -> None:
    region, trust, council = signed_in("reg.midlands"), signed_in("sgn.rxt"), signed_in("sgn.330")
    opened(region)
    drop, page, why = f"{AT}/drop", f"{AT}/negotiation", {"words": "Opened for the wrong year."}
    first = stands(web_engine).text.digest
    assert "Say where you stand" in words(trust.get("/").text)
    assert trust.client.post(drop, data={**why, **token(trust), "shown": first}).status_code == 403

    # A signature holds it; a text that was changed meanwhile is read first; a reason is asked for.
    assert send(region, f"{AT}/put", f"{AT}/put", {})[0] == 303
    assert sign(trust, "RXT")[0] == 303
    held = region.client.post(drop, data={**why, **token(region), "shown": first})
    assert held.status_code == 409 and "signed it for" in words(held.text)
    assert "Drop this draft" not in words(region.get(page).text)
    assert change_clause(region, "To keep children safe.")[0] == 303
    status, said = send(region, page, drop, {**why, "shown": first})
    assert status == 409 and "The text changed after it was shown to you" in said
    status, said = send(region, page, drop, {"words": " "})
    assert status == 409 and "Say why it is dropped" in said
    before = stands(web_engine)

    # Dropped: out of every list, its every address says by whom, when and why, and nothing of its record is gone.
    region.get(page)
    form = {**region.fields(drop), **why}
    assert region.client.post(drop, data=form).status_code == 303
    assert region.client.post(drop, data=form).status_code == 303, "a double click is one act"
    assert told(web_engine, "agreement-dropped") >= {"sgn.rxt", "led.rxt", "sgn.330"}
    for at in (
        AT,
        page,
        f"{AT}/sign",
        f"{AT}/redline",
        f"{AT}/reviews",
        f"{AT}/commitments/C1?party=RXT",
        f"{AT}/put",
    ):
        answer = region.get(at)
        said = words(answer.text)
        assert answer.status_code == 410 and "REG of midlands dropped this draft on 18 May 2015" in said, at
        assert "Opened for the wrong year." in said and "To keep children safe." in said
    late = trust.client.post(f"{AT}/sign", data={**token(trust), "speaks_for": "RXT", "shown": first})
    assert late.status_code == 410 and "Opened for the wrong year." in words(late.text)
    assert "Memorandum 2015-16" not in words(trust.get("/").text) + words(council.get("/agreements").text)
    after = stands(web_engine)
    assert after.texts == before.texts and after.happened[:-1] == before.happened
    status, said = send(region, f"{HOME}/open-agreement", "", OPENED)
    assert status == 409 and "Choose another short name" in said


def test_a_signature_asks_once_more_who_it_is(signed_in: SignIn, web_engine: Engine, world: World) -> None:
    region, trust = signed_in("reg.midlands"), signed_in("sgn.rxt")
    opened(region)
    assert change_clause(region, "To keep children safe together.")[0] == 303
    assert send(region, f"{AT}/put", f"{AT}/put", {"sure": "yes"})[0] == 303
    trust.get(f"{AT}/sign")
    form = {**trust.fields(f"{AT}/sign"), "speaks_for": "RXT"}
    an_hour_ago = real_now() - timedelta(hours=1)
    with db.transaction(web_engine) as session:
        session.execute(update(SignInSession).values(stepped_up_at=an_hour_ago))
    asked = trust.client.post(f"{AT}/sign", data=form)
    assert asked.status_code == 401 and 'name="kept"' in asked.text, "the form waits meanwhile"
    assert "signed" not in {each.kind for each in stands(web_engine).happened}
    with db.transaction(web_engine) as session:
        session.execute(update(SignInSession).values(stepped_up_at=real_now()))
    assert trust.client.post(f"{AT}/sign", data=form).status_code == 303
    assert "signed" in {each.kind for each in stands(web_engine).happened}


def test_a_dropped_variation_leaves_what_was_signed(
    signed_in: SignIn, web_engine: Engine, world: World
) -> None:
    region, trust, council = signed_in("reg.midlands"), signed_in("sgn.rxt"), signed_in("sgn.330")
    opened(region)
    assert send(region, f"{AT}/put", f"{AT}/put", {})[0] == 303
    assert sign(trust, "RXT")[0] == sign(council, "330")[0] == 303
    signed = stands(web_engine)
    vary = {"words": "Health visiting moves.", "effective_on": "2015-10-01"}
    assert send(region, f"{AT}/vary", "", vary)[0] == 303
    assert change_clause(region, "To keep every child safe.")[0] == 303
    dispute = {"part": "clause:2", "owner": "330", "on_date": "2015-06-30", "words": "Every child?"}
    assert send(region, f"{AT}/negotiation", f"{AT}/negotiation/dispute", dispute)[0] == 303
    shown = stands(web_engine).text.digest
    drop = f"{AT}/drop"
    assert send(region, f"{AT}/negotiation", drop, {"words": "NHS England keeps it."})[0] == 303

    found = stands(web_engine)
    assert (found.version, found.standing, found.text) == (1, "signed", signed.text)
    assert found.signed_by.keys() == {"RXT", "330"} and found.disputes[0][1] == found.drops[2]
    assert "dropped the draft of version 2: NHS England keeps it." in words(
        trust.get(f"{AT}/negotiation").text
    )
    assert region.get(AT).status_code == 200 and "To keep every child safe." not in words(region.get(AT).text)
    # What it said can be read by whoever could read the draft, and what it would have changed; what was never dropped cannot.
    reader = signed_in("rdr.rxt")
    assert (
        f"{AT}/dropped/2" in trust.get(f"{AT}/negotiation").text
        and f"{AT}/dropped/2" in reader.get(f"{AT}/redline").text
    )
    gone = words(reader.get(f"{AT}/dropped/2").text)
    assert "REG of midlands dropped this draft on 18 May 2015" in gone and "NHS England keeps it." in gone
    assert "Version 1 stands as it was signed." in gone and "To keep every child safe." in gone
    assert gone.index("What it would have changed") < gone.index("The text as it stood")
    for absent in (1, 3, 10**30):
        assert reader.get(f"{AT}/dropped/{absent}").status_code == 404
    # Somebody who had the dropped draft before them is told so, and the next variation has a number of its own.
    late = region.client.post(drop, data={**token(region), "words": "Me too.", "shown": shown})
    assert late.status_code == 409 and "dropped this draft on 18 May 2015" in words(late.text)
    assert send(region, f"{AT}/vary", "", vary)[0] == 303
    assert (stands(web_engine).version, stands(web_engine).signed_before) == (3, signed.text)
    assert "Varies version 1" in words(region.get(f"{AT}/negotiation").text)
