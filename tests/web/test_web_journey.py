"""A return's whole way through the pages: filled in, explained, sent, sent back, signed, corrected."""

import re
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import Engine

from hub import db
from tests.databases import ENGINES
from tests.factories import World
from tests.web.conftest import Browser, SignIn, words

pytestmark = pytest.mark.parametrize("web_engine", ENGINES, indirect=True)

TOTAL = "2015-04.total..referrals_made"


def boxes(total: int, maternity: int) -> dict[str, str]:
    """A return whose lines add up."""
    rest = str(total - maternity)
    return {
        TOTAL: str(total),
        "2015-04.setting.maternity.referrals_made": str(maternity),
        "2015-04.setting.not-known.referrals_made": rest,
        "2015-04.category.neglect.referrals_made": str(total),
    }


def item(engine: Engine, world: World, agency: str = "RXT", period: str = "2015-04") -> int:
    with db.open_session(engine) as session:
        return world.item(session, agency, period)


def fill_in(browser: Browser, number: int, total: int = 12) -> str:
    browser.get(f"/submissions/{number}/answer")
    answer = browser.post(f"/submissions/{number}/answer", boxes(total, total // 2 + 1))
    return words(browser.follow(answer).text)


def test_from_the_form_to_a_receipt(signed_in: SignIn, web_engine: Engine, world: World) -> None:
    number = item(web_engine, world)
    submitter, signatory = signed_in("sub.rxt"), signed_in("sgn.rxt")
    page = fill_in(submitter, number)
    assert "Nothing was found" in page, page
    sent = submitter.post(f"/submissions/{number}/send", action=f"/submissions/{number}/send")
    assert "waiting for signature" in words(submitter.follow(sent).text)
    assert "Waiting for your signature" in words(signatory.get("/").text)
    page = words(signatory.get(f"/submissions/{number}/sign").text)
    assert "Prepared by SUB of rxt" in page
    assert "I confirm that these figures were counted as the return describes" in page
    signed = signatory.post(f"/submissions/{number}/sign", action=f"/submissions/{number}/sign")
    receipt = words(signatory.follow(signed).text)
    assert "Receipt" in receipt
    assert "SGN of rxt" in receipt
    assert "testshire-1-" in receipt
    again = words(submitter.get(f"/submissions/{number}").text)
    assert "signed it" in again


def test_a_form_sent_twice_is_the_same_case(signed_in: SignIn, web_engine: Engine, world: World) -> None:
    number = item(web_engine, world)
    submitter = signed_in("sub.rxt")
    submitter.get(f"/submissions/{number}/answer")
    data = {**submitter.fields(), **boxes(12, 7)}
    first, second = (submitter.client.post(f"/submissions/{number}/answer", data=data) for _ in "12")
    assert first.status_code == second.status_code == 303
    assert first.location == second.location
    told = words(submitter.get(f"/submissions/{number}").text)
    assert told.count("saved the form") == 1 and "times that day" not in told
    other = submitter.client.post(f"/submissions/{number}/answer", data={**data, TOTAL: "13"})
    assert other.status_code == 409


def test_a_double_click_is_the_same_case(signed_in: SignIn, web_engine: Engine, world: World) -> None:
    number = item(web_engine, world)
    submitter = signed_in("sub.rxt")
    submitter.get(f"/submissions/{number}/answer")
    data = {**submitter.fields(), **boxes(12, 7)}
    submitter.client.post(f"/submissions/{number}/answer", data={**data, "form_key": ""})  # the check is warm
    submitter.get(f"/submissions/{number}/answer")
    data = {**submitter.fields(), **boxes(14, 8)}

    def click(_time: int) -> tuple[int, str]:
        answer = submitter.client.application.test_client().post(
            f"/submissions/{number}/answer",
            data=data,
            headers={"X-Test-Sign-In": submitter.client.environ_base["HTTP_X_TEST_SIGN_IN"]},
        )
        return answer.status_code, answer.location

    with ThreadPoolExecutor(4) as pool:
        answers = set(pool.map(click, range(4)))
    assert answers == {(303, f"/submissions/{number}/findings?done=checked")}
    assert "saved the form, 2 times that day" in words(submitter.get(f"/submissions/{number}").text)


def test_a_stale_form_is_shown_again_with_who_and_what(
    signed_in: SignIn, web_engine: Engine, world: World
) -> None:
    number = item(web_engine, world)
    early, late = signed_in("sub.rxt"), signed_in("sgn.rxt")
    early.get(f"/submissions/{number}/answer")
    late.get(f"/submissions/{number}/answer")
    early.follow(early.post(f"/submissions/{number}/answer", boxes(12, 7)))
    answer = late.post(f"/submissions/{number}/answer", {**boxes(31, 4)})
    assert answer.status_code == 409
    assert "SUB of rxt saved this return on 18 May 2015" in words(answer.text)
    assert 'value="31"' in answer.text
    assert "12" in words(early.get(f"/submissions/{number}").text)


def test_mistakes_are_saved_and_named_beside_their_boxes(
    signed_in: SignIn, web_engine: Engine, world: World
) -> None:
    number = item(web_engine, world)
    submitter = signed_in("sub.rxt")
    submitter.get(f"/submissions/{number}/answer")
    answer = submitter.post(f"/submissions/{number}/answer", {**boxes(12, 7), TOTAL: "1,200"})
    page = words(submitter.follow(answer).text)
    assert "1 error" in page
    assert "“1,200” has a separator in it" in page
    form = submitter.get(f"/submissions/{number}/answer").text
    assert 'value="1,200"' in form
    assert 'aria-describedby="2015-04-total--referrals_made-error-1' in form
    answer = submitter.post(f"/submissions/{number}/answer", {TOTAL: "12"})
    assert "Nothing was found" in words(submitter.follow(answer).text)


def test_sent_back_with_a_reason_and_withdrawn(signed_in: SignIn, web_engine: Engine, world: World) -> None:
    number = item(web_engine, world)
    submitter, signatory = signed_in("sub.rxt"), signed_in("sgn.rxt")
    fill_in(submitter, number)
    submitter.follow(submitter.post(f"/submissions/{number}/send", action=f"/submissions/{number}/send"))
    signatory.get(f"/submissions/{number}/sign")
    without = signatory.post(f"/submissions/{number}/send-back", action=f"/submissions/{number}/send-back")
    assert without.status_code == 409
    assert "Say why you send it back" in words(without.text)
    signatory.get(f"/submissions/{number}/sign")
    back = signatory.post(
        f"/submissions/{number}/send-back",
        {"reason": "The night team is missing", "part": "setting:"},
        action=f"/submissions/{number}/send-back",
    )
    signatory.follow(back)
    assert "Why it came back: The night team is missing" in words(submitter.get("/").text)
    form = words(submitter.get(f"/submissions/{number}/answer").text)
    assert "“The night team is missing” It is about: Setting" in form and "Setting sent back" in form
    fill_in(submitter, number)
    submitter.follow(submitter.post(f"/submissions/{number}/send", action=f"/submissions/{number}/send"))
    assert "It is about" not in words(submitter.get(f"/submissions/{number}/answer").text)


def agree(browser: Browser, number: int) -> None:
    """Follow the first request on a return's page and agree to it."""
    link = re.search(r"/requests/[0-9]+", browser.get(f"/submissions/{number}").text)
    assert link is not None
    browser.get(link[0])
    agreed = browser.post(f"{link[0]}/reopening", {"decision": "granted"}, action=f"{link[0]}/reopening")
    assert "Answered" in words(browser.follow(agreed).text)


def test_a_correction_is_agreed_by_a_second_person_and_supersedes(
    signed_in: SignIn, web_engine: Engine, world: World
) -> None:
    number = item(web_engine, world)
    submitter, signatory = signed_in("sub.rxt"), signed_in("sgn.rxt")
    for total in (12, 15):
        if total == 15:
            ask = f"/submissions/{number}/ask"
            submitter.get(ask)
            refused = submitter.post(ask, {"until_on": "2015-06-30"})
            assert refused.status_code == 409 and "Say why" in words(refused.text)
            submitter.get(ask)
            submitter.follow(submitter.post(ask, {"until_on": "2015-06-30", "reason": "Three came late"}))
            assert "It waits for a second person" in words(submitter.get(f"/submissions/{number}").text)
            agree(signatory, number)
        fill_in(submitter, number, total=total)
        submitter.follow(submitter.post(f"/submissions/{number}/send", action=f"/submissions/{number}/send"))
        page = words(signatory.get(f"/submissions/{number}/sign").text)
        signed = signatory.post(f"/submissions/{number}/sign", action=f"/submissions/{number}/sign")
        receipt = words(signatory.follow(signed).text)
    assert "What changed since revision 1" in page
    assert "12 becomes 15" in page
    assert "Why it was corrected Three came late" in receipt


def test_who_touched_it_cannot_sign(signed_in: SignIn, web_engine: Engine, world: World) -> None:
    number = item(web_engine, world)
    signatory = signed_in("sgn.rxt")
    fill_in(signatory, number)
    page = signatory.get(f"/submissions/{number}/sign")
    assert "You cannot sign this now" in words(page.text)


def test_another_agencys_submission_is_not_there(signed_in: SignIn, web_engine: Engine, world: World) -> None:
    theirs = item(web_engine, world, "RR1")
    browser = signed_in("sub.rxt")
    for page in ("", "/answer", "/findings", "/sign", "/ask", "/template.csv", "/receipts/1"):
        foreign = browser.get(f"/submissions/{theirs}{page}")
        absent = browser.get(f"/submissions/1{page}")
        assert foreign.status_code == absent.status_code == 404
        assert foreign.text.replace(foreign.headers["X-Request-Id"], "") == absent.text.replace(
            absent.headers["X-Request-Id"], ""
        )
