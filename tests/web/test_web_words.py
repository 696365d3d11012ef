"""Typed words pass the gate of personal data; drafts are for the agency alone."""

from sqlalchemy import Engine

from tests.factories import World
from tests.web.conftest import Browser, SignIn, words
from tests.web.test_web_journey import boxes, fill_in, item

NHS_NUMBER = "943 476 5919"  # the published example that passes the check digit


def sent(submitter: Browser, number: int) -> None:
    fill_in(submitter, number)
    path = f"/submissions/{number}/send"
    submitter.follow(submitter.post(path, action=path))


def send_back(signatory: Browser, number: int, reason: str, **more: str):  # type: ignore[no-untyped-def]
    path = f"/submissions/{number}/send-back"
    signatory.get(f"/submissions/{number}/sign")
    return signatory.post(path, {"reason": reason, **more}, action=path)


def test_an_identifier_in_a_reason_is_refused_and_not_repeated(
    signed_in: SignIn, web_engine: Engine, world: World
) -> None:
    number = item(web_engine, world)
    submitter, signatory = signed_in("sub.rxt"), signed_in("sgn.rxt")
    sent(submitter, number)
    answer = send_back(signatory, number, f"See the child {NHS_NUMBER}")
    assert answer.status_code == 409
    assert "an NHS number" in words(answer.text)
    assert "waiting for signature" in words(submitter.get(f"/submissions/{number}").text)


def test_a_likely_name_is_asked_about_once(signed_in: SignIn, web_engine: Engine, world: World) -> None:
    number = item(web_engine, world)
    submitter, signatory = signed_in("sub.rxt"), signed_in("sgn.rxt")
    sent(submitter, number)
    reason = "Ask the office at B15 2TH for the night team"
    asked = send_back(signatory, number, reason)
    assert asked.status_code == 409
    assert "My words name no child" in words(asked.text)
    assert send_back(signatory, number, reason, sure="yes").status_code == 303


def test_an_explanation_stays_and_lets_the_return_be_sent(
    signed_in: SignIn, web_engine: Engine, world: World
) -> None:
    number, submitter = item(web_engine, world), signed_in("sub.rxt")
    submitter.get(f"/submissions/{number}/answer")
    mostly_unknown = boxes(12, 2)
    submitter.follow(submitter.post(f"/submissions/{number}/answer", mostly_unknown))
    page = submitter.page.text if submitter.page else ""
    assert "Send for sign-off" not in page
    name = page.split('name="explain-')[1].split('"')[0]
    path = f"/submissions/{number}/explanations"
    explained = submitter.post(path, {f"explain-{name}": "The new system lacks the field"}, action=path)
    page = submitter.follow(explained).text
    assert "The new system lacks the field" in page
    assert "Send for sign-off" in page


def test_the_data_team_sees_where_a_draft_stands_and_not_what_is_in_it(
    signed_in: SignIn, web_engine: Engine, world: World
) -> None:
    number = item(web_engine, world)
    fill_in(signed_in("sub.rxt"), number, total=7654)
    page = words(signed_in("stw.testshire").get(f"/submissions/{number}").text)
    assert "saved the form" in page
    assert "7654" not in page
    assert signed_in("stw.testshire").get(f"/submissions/{number}/findings").status_code == 403


def test_a_reader_of_the_agency_sees_what_was_signed(
    signed_in: SignIn, web_engine: Engine, world: World
) -> None:
    number = item(web_engine, world)
    submitter, signatory, reader = signed_in("sub.rxt"), signed_in("sgn.rxt"), signed_in("rdr.rxt")
    sent(submitter, number)
    assert "12" not in words(reader.get(f"/submissions/{number}").text).split("What happened")[0]
    path = f"/submissions/{number}/sign"
    signatory.get(path)
    signatory.follow(signatory.post(path, action=path))
    page = words(reader.get(f"/submissions/{number}").text)
    assert "These are the figures as last signed" in page
    assert "Maternity and midwifery 7" in page


def test_a_school_signs_alone(signed_in: SignIn, web_engine: Engine, world: World) -> None:
    number, head = item(web_engine, world, "990001", "AY2014-15T2"), signed_in("sgn.990001")
    head.get(f"/submissions/{number}/answer")
    months = {f"2015-0{month}.total..referrals_made": str(month) for month in (1, 2, 3)}
    head.follow(head.post(f"/submissions/{number}/answer", months))
    page = head.get(f"/submissions/{number}/sign")
    assert "This return needs one signature" in words(page.text)
    path = f"/submissions/{number}/sign"
    receipt = head.follow(head.post(path, action=path))
    assert "(single signature)" in words(receipt.text)
