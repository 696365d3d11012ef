"""A return that is shut: every way in says what shut it, who set that, when it ends and what to do, and what to do works."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path

from flask import Flask
from sqlalchemy import Engine

from hub import db
from hub.calendar.due import period_id
from hub.calendar.local import store_calendar
from hub.clock import real_now
from hub.partners.models import Partnership
from hub.partners.policy import actor_for
from hub.periods import parse
from hub.submissions import requests
from hub.submissions.requests import Wish
from tests.factories import World
from tests.web.conftest import Browser, SignIn, words
from tests.web.test_two_person_pages import ask_for_time, first_request
from tests.web.test_web_answer_link import link_to
from tests.web.test_web_journey import item

LOCKED = (
    "{0} is locked until 30 June 2015. STW of testshire set the lock and MGR of testshire agreed to it: “The year is "
    "closed.”. To send or change figures before then, ask for an exception"
)


def lock(engine: Engine, world: World, period: str) -> None:
    with db.transaction(engine) as session:
        place = session.get_one(Partnership, world.partnership.id)
        wish = Wish(
            kind="lock",
            reason="The year is closed.",
            until_on=date(2015, 6, 30),
            period_id=period_id(session, parse(period)),
        )
        asked = requests.ask(session, actor_for(session, world.people["stw.testshire"].id), place, wish)
        manager = actor_for(session, world.people["mgr.testshire"].id)
        requests.answer(session, manager, asked.id, "granted")


def test_a_lock_before_the_due_day_is_said_at_every_door_and_an_exception_opens_it(
    signed_in: SignIn, web_engine: Engine, world: World
) -> None:
    number, submitter, manager = item(web_engine, world), signed_in("sub.rxt"), signed_in("mgr.testshire")
    lock(web_engine, world, "2015-04")
    page = words(submitter.get(f"/submissions/{number}").text)
    assert LOCKED.format("April 2015") in page
    assert "Fill in the form" not in page
    assert "Ask for more time" not in page, "it would open nothing"
    assert LOCKED.format("April 2015") in words(submitter.get(f"/submissions/{number}/answer").text)
    ask_for_time(submitter, number, until_on="2015-05-20")
    link = first_request(manager, "/partnerships/testshire/requests")
    manager.get(link)
    manager.follow(manager.post(f"{link}/answer", {"decision": "granted"}, action=f"{link}/answer"))
    page = words(submitter.get(f"/submissions/{number}").text)
    assert "is locked" not in page and "Fill in the form" in page


def test_the_link_in_a_mail_says_the_same_and_shows_no_boxes(
    app: Flask, web_engine: Engine, world: World
) -> None:
    mailed = link_to(web_engine, world, "sgn.990001", "990001", "AY2014-15T2")
    lock(web_engine, world, "AY2014-15T2")
    page = Browser(app.test_client()).get(mailed.path).text
    assert LOCKED.format("Spring term 2015") in words(page)
    assert "govuk-input" not in page


def test_after_an_exception_the_page_says_that_it_is_over(
    signed_in: SignIn, web_engine: Engine, world: World, tmp_path: Path
) -> None:
    """March was due on 23 April and closed five working days later; its exception ended on 12 May, today is 18 May."""
    calendar = tmp_path / "calendar.yaml"
    calendar.write_text("calendar: testshire\ncloses: [{return: referrals, working_days: 5}]\n")
    number = item(web_engine, world, period="2015-03")
    wish = Wish(kind="exception", reason="A new system.", until_on=date(2015, 5, 12), due_item_id=number)
    with db.transaction(web_engine) as session:
        store_calendar(session, calendar, now=real_now())
        place = session.get_one(Partnership, world.partnership.id)
        today, place.clock_at = place.clock_at, datetime(2015, 5, 11, 9, tzinfo=UTC)
        session.flush()
        asked = requests.ask(session, actor_for(session, world.people["sub.rxt"].id), place, wish)
        requests.answer(session, actor_for(session, world.people["mgr.testshire"].id), asked.id, "granted")
        place.clock_at = today
    page = words(signed_in("sub.rxt").get(f"/submissions/{number}").text)
    assert "March 2015 closed for this return on 30 April 2015, by the calendar that" in page
    assert "The exception that MGR of testshire granted ended on 12 May 2015." in page
