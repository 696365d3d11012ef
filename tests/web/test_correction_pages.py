"""A row is asked to be looked at again: asked by the data team, answered by the agency, signed, and readable for good."""

import pytest
from sqlalchemy import Engine, select, text
from sqlalchemy.exc import DBAPIError

from hub import db
from hub.post.models import Notice
from tests.factories import World
from tests.web.conftest import Browser, SignIn, words

BOXES = {
    "2015-04.total..referrals_made": "12",
    "2015-04.setting.maternity.referrals_made": "7",
    "2015-04.setting.not-known.referrals_made": "5",
    "2015-04.category.neglect.referrals_made": "12",
}
MATERNITY = "2015-04|setting|maternity|referrals_made"


def item(engine: Engine, world: World) -> int:
    with db.open_session(engine) as session:
        return world.item(session, "RXT", "2015-04")


def press(browser: Browser, at: str, action: str, **typed: object) -> str:
    """Open a page, send one of its forms, and read where it leads."""
    browser.get(at)
    answer = browser.post(action, typed, action=action if f'action="{action}"' in browser.page.text else "")
    return words(browser.follow(answer).text if answer.status_code == 303 else answer.text)


@pytest.fixture
def signed(signed_in: SignIn, web_engine: Engine, world: World) -> str:
    """The address of a return that is signed."""
    at = f"/submissions/{item(web_engine, world)}"
    submitter, signatory = signed_in("sub.rxt"), signed_in("sgn.rxt")
    press(submitter, f"{at}/answer", f"{at}/answer", **BOXES)
    press(submitter, at, f"{at}/send")
    assert "Receipt" in press(signatory, f"{at}/sign", f"{at}/sign")
    return at


def ask(browser: Browser, at: str, **typed: object) -> str:
    return press(browser, f"{at}/corrections/ask", f"{at}/corrections/ask", **{"place": MATERNITY, **typed})


def request_id(browser: Browser, at: str) -> str:
    page = browser.get(f"{at}/corrections").text
    return page.partition('name="answer-')[2].partition('"')[0]


def test_a_new_value_is_checked_signed_and_stands_beside_the_old(
    signed_in: SignIn, web_engine: Engine, world: World, signed: str
) -> None:
    steward, submitter, signatory = (signed_in(name) for name in ("stw.testshire", "sub.rxt", "sgn.rxt"))
    asked = ask(steward, signed, reason="differs", words="The ward's own list says nine.")
    assert "Setting, Maternity" in asked and "Stood at 7 when it was asked" in asked
    first_page = words(submitter.get("/").text)
    assert first_page.index("Corrections asked of you") < first_page.index("Signed lately"), (
        "before what is done"
    )
    with db.open_session(web_engine) as session:
        told = session.scalars(select(Notice.person_id).where(Notice.kind == "correction-asked")).all()
    assert set(told) == {world.people["sub.rxt"].id, world.people["sgn.rxt"].id}
    number = request_id(submitter, signed)
    page = press(
        submitter,
        f"{signed}/corrections",
        f"{signed}/corrections/answer",
        **{f"answer-{number}": "new", f"value-{number}": "9", f"why-{number}": "Two came on paper."},
    )
    assert "the new values are in a draft" in page
    assert "add to 14, but the total" in page  # the lines no longer add up: the form takes the rest
    press(
        submitter,
        f"{signed}/answer",
        f"{signed}/answer",
        **{"2015-04.setting.not-known.referrals_made": "3"},
    )
    press(submitter, signed, f"{signed}/send")
    receipt = press(signatory, f"{signed}/sign", f"{signed}/sign")
    assert "Asked to look at it again. Two came on paper." in receipt
    closed = words(steward.get(f"{signed}/corrections").text)
    assert "Nothing waits for an answer" in closed
    assert "The ward&#39;s own list says nine." in closed
    assert "7 9 “Two came on paper.” SUB of rxt SGN of rxt" in closed
    assert "Corrections asked of you" not in submitter.get("/").text


def test_as_it_is_changes_nothing_and_is_signed_by_another_person(
    signed_in: SignIn, web_engine: Engine, world: World, signed: str
) -> None:
    steward, submitter, signatory = (signed_in(name) for name in ("stw.testshire", "sub.rxt", "sgn.rxt"))
    ask(steward, signed, reason="unlikely")
    number = request_id(submitter, signed)
    at, action = f"{signed}/corrections", f"{signed}/corrections/answer"
    assert "Say why" in press(submitter, at, action, **{f"answer-{number}": "as-it-is"})
    assert "Write the new value" in press(submitter, at, action, **{f"answer-{number}": "new"})
    assert "Answer at least one" in press(submitter, at, action)
    same = {f"answer-{number}": "new", f"value-{number}": "7", f"why-{number}": "Counted again."}
    assert "stands already" in press(submitter, at, action, **same)
    unread = {f"answer-{number}": "new", f"value-{number}": "Jo Bloggs", f"why-{number}": "Counted again."}
    assert "cannot be read" in press(submitter, at, action, **unread)
    why = {f"answer-{number}": "as-it-is", f"why-{number}": "Counted again: seven."}
    assert "Another person of your agency signs them" in press(submitter, at, action, **why)
    assert "Sign the answers" not in submitter.get(at).text
    page = press(signatory, at, f"{at}/sign")
    assert "7 7, as it is “Counted again: seven.”" in page
    assert "revision 2" not in words(submitter.get(signed).text)


def test_who_answered_cannot_sign_the_answers(signed_in: SignIn, world: World, signed: str) -> None:
    ask(signed_in("stw.testshire"), signed, reason="unlikely")
    signatory = signed_in("sgn.rxt")
    number, at = request_id(signatory, signed), f"{signed}/corrections"
    why = {f"answer-{number}": "as-it-is", f"why-{number}": "Seven."}
    press(signatory, at, f"{at}/answer", **why)
    assert "Sign the answers" not in signatory.get(at).text
    refused = signatory.client.post(f"{at}/sign", data=signatory.fields(f"{at}/answer"))
    assert refused.status_code == 403 and "Another person" in words(refused.text)


@pytest.mark.parametrize(
    ("typed", "complaint"),
    [
        ({"reason": ""}, "Choose why"),
        ({"reason": "other"}, "Say in words why"),
        ({"place": "", "reason": "unlikely"}, "Choose the row"),
        ({"place": "2015-04|setting|maternity|contacts", "reason": "unlikely"}, "no such figure"),
        (
            {"place": "2015-03|setting|maternity|referrals_made", "reason": "unlikely"},
            "not part of this return",
        ),
        ({"reason": "other", "words": "See 943 476 5919"}, "what looks like"),
    ],
)
def test_what_cannot_be_asked_says_why(
    signed_in: SignIn, world: World, signed: str, typed: dict[str, str], complaint: str
) -> None:
    assert complaint in ask(signed_in("stw.testshire"), signed, **typed)


def test_the_same_figure_is_asked_about_once(signed_in: SignIn, world: World, signed: str) -> None:
    steward = signed_in("stw.testshire")
    ask(steward, signed, reason="unlikely")
    assert "STW of testshire has asked about this figure already" in ask(steward, signed, reason="differs")


def test_only_the_data_team_asks_and_only_the_agency_answers(
    signed_in: SignIn, web_engine: Engine, world: World, signed: str
) -> None:
    for name, page in (("sub.rxt", "/ask"), ("mgr.testshire", "/ask"), ("mgr.testshire", "")):
        assert signed_in(name).get(f"{signed}/corrections{page}").status_code == 403
    assert signed_in("sub.rr1").get(f"{signed}/corrections").status_code == 404
    ask(signed_in("stw.testshire"), signed, reason="unlikely")
    assert "Keep these answers" not in signed_in("stw.testshire").get(f"{signed}/corrections").text
    with pytest.raises(DBAPIError, match="history"), db.transaction(web_engine) as session:
        session.execute(text("UPDATE correction_requests SET old_value = '9'"))
