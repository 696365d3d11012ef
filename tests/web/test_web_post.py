"""The outbox, its letters and the jobs on the data team's pages; and how a person chooses to get mail."""

from __future__ import annotations

import pytest
from sqlalchemy import Engine, select, update

from hub import db
from hub.clock import real_now
from hub.config import from_environment
from hub.partners.models import Partnership
from hub.post import jobs
from hub.post.models import Letter, PostChoice
from hub.submissions import post_round, reminders
from tests.factories import World
from tests.web.conftest import SignIn, words

HOME = "/partnerships/testshire"
CONFIG = from_environment({"HUB_SECRET_KEY": "k" * 40, "HUB_PUBLIC_URL": "https://hub.example.org"})


@pytest.fixture
def letters(web_engine: Engine, world: World) -> list[Letter]:
    with db.transaction(web_engine) as session:
        reminders.remind(session, session.get_one(Partnership, world.partnership.id))
        return post_round.gather(session, CONFIG)


def test_the_outbox_says_to_whom_about_what_and_what_became_of_it(
    signed_in: SignIn, letters: list[Letter]
) -> None:
    page = signed_in("stw.testshire").get(f"{HOME}/outbox")
    text = words(page.text)
    assert f"Shown here only: {len(letters)}" in text
    assert "SUB of rxt" in text
    assert "Referrals made to the front door, April 2015, due 22 May 2015" in text
    assert "sub.rxt@example.org" not in text
    shown = signed_in("stw.testshire").get(f"{HOME}/outbox?state=failed")
    assert "There are no letters of this kind" in words(shown.text)


def test_a_letters_text_holds_no_personal_link(signed_in: SignIn, letters: list[Letter]) -> None:
    for letter in letters:
        text = words(signed_in("stw.testshire").get(f"{HOME}/outbox/{letter.id}").text)
        assert "Dear" in text
        if "/answer/" in text:
            assert "/answer/{answer link " in text


def test_a_letter_of_another_partnership_is_not_there(
    signed_in: SignIn, letters: list[Letter], web_engine: Engine
) -> None:
    stranger = signed_in("stw.elsewhere")
    absent = stranger.get("/partnerships/elsewhere/outbox/7")
    for letter in letters:
        other = stranger.get(f"/partnerships/elsewhere/outbox/{letter.id}")
        assert other.status_code == 404
        assert words(other.text).split("Quote")[0] == words(absent.text).split("Quote")[0]


def test_a_failed_letter_is_sent_again_once(
    signed_in: SignIn, letters: list[Letter], web_engine: Engine
) -> None:
    with db.transaction(web_engine) as session:
        session.execute(update(Partnership).values(illustrative=False))
        session.execute(update(Letter).values(state="failed", fault="The mail server answered 550: no"))
    browser, path = signed_in("stw.testshire"), f"{HOME}/outbox/{letters[0].id}"
    assert "The mail server answered 550: no" in words(browser.get(path).text)
    form = browser.fields(f"{path}/again")
    assert browser.client.post(f"{path}/again", data=form).status_code == 303
    assert browser.client.post(f"{path}/again", data=form).status_code == 303  # a double click
    with db.open_session(web_engine) as session:
        assert session.get_one(Letter, letters[0].id).state == "waiting"
    browser.get(f"{HOME}/outbox")
    again = {**browser.fields(f"{HOME}/outbox/test")}
    refused = browser.client.post(f"{path}/again", data=again)
    assert refused.status_code == 409
    assert "Only a letter that failed" in words(refused.text)


def test_a_test_mail_goes_to_whoever_asks(signed_in: SignIn, web_engine: Engine, world: World) -> None:
    browser = signed_in("stw.testshire")
    browser.get(f"{HOME}/outbox")
    done = browser.follow(browser.post(f"{HOME}/outbox/test", action=f"{HOME}/outbox/test"))
    assert "A test mail is on its way" in words(done.text)
    with db.transaction(web_engine) as session:
        (letter,) = post_round.gather(session, CONFIG)
    assert (letter.to_address, letter.subject) == (
        "stw.testshire@example.org",
        "Testshire (example): a test of its mail",
    )


def test_the_jobs_of_ones_members_are_seen_without_figures(
    signed_in: SignIn, web_engine: Engine, world: World
) -> None:
    assert "No large file has been sent yet" in words(signed_in("stw.testshire").get(f"{HOME}/jobs").text)
    with db.transaction(web_engine) as session:
        jobs.put(
            session,
            "upload",
            person_id=world.people["sub.rxt"].id,
            about={"return_code": "referrals"},
            sealed=b"sealed",
            now=real_now(),
        )
    mine = words(signed_in("stw.testshire").get(f"{HOME}/jobs").text)
    assert "Reading a file for Referrals made to the front door" in mine
    assert "SUB of rxt" in mine
    assert "SUB of rxt" not in words(signed_in("stw.elsewhere").get("/partnerships/elsewhere/jobs").text)


@pytest.mark.parametrize(("chosen", "digest"), [("single", False), ("digest", True)])
def test_a_person_chooses_single_mails_or_one_a_day(
    signed_in: SignIn, web_engine: Engine, world: World, chosen: str, digest: bool
) -> None:
    browser = signed_in("sub.rxt")
    assert 'value="digest" checked' in browser.get("/account").text
    browser.follow(browser.post("/account/post", {"post": chosen}, action="/account/post"))
    assert browser.page is not None
    assert f'value="{chosen}" checked' in browser.page.text
    with db.open_session(web_engine) as session:
        assert session.scalars(select(PostChoice.digest)).all() == [digest]
