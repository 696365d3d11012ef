"""Groups and meetings on their pages: made, planned, who came by two persons, decided, asked; and what each body's attendance is."""

from __future__ import annotations

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.exc import DBAPIError

from hub import db
from tests.databases import ENGINES
from tests.factories import World
from tests.web.conftest import Browser, SignIn, words

HERE = "/partnerships/testshire"
GROUPS = f"{HERE}/run/groups"


def keeps(browser: Browser, **changed: object) -> int:
    browser.get(GROUPS)
    group = {"title": "Executive", "code": "executive", "cadence": "month", "quorum": "2"}
    data = {**group, "bodies": "330\nRXT\nchair", **changed}
    return browser.post(GROUPS, data, action=GROUPS).status_code


def plans(browser: Browser, held_on: str, freezes_on: str, group: str = "executive") -> str:
    browser.get(GROUPS)
    data = {"group": group, "held_on": held_on, "freezes_on": freezes_on, "agenda": "summary"}
    answer = browser.post(f"{GROUPS}/plan", data, action=f"{GROUPS}/plan")
    return answer.location.split("?")[0] if answer.status_code == 303 else words(answer.text)


def act(browser: Browser, page: str, what: str, **changed: object) -> int:
    browser.get(page)
    return browser.post(f"{page}/{what}", changed, action=f"{page}/{what}").status_code


@pytest.mark.parametrize("web_engine", ENGINES, indirect=True)
def test_a_meeting_goes_its_way(signed_in: SignIn, web_engine: Engine, world: World) -> None:
    team, manager, member = signed_in("stw.testshire"), signed_in("mgr.testshire"), signed_in("brd.testshire")
    assert keeps(team, bodies="330\nno body!") == 409
    assert keeps(team, quorum="4") == 409, "more than there are"
    assert keeps(team) == 303
    assert "frozen on or before" in plans(team, "2015-05-12", "2015-05-13")
    page = plans(team, "2015-05-12", "2015-05-05")
    assert page == f"{HERE}/meetings/1"
    assert "planned already" in plans(team, "2015-05-12", "2015-05-05")

    shown = words(member.get(page).text)
    assert "Executive, 12 May 2015" in shown and "Who is invited" in shown and "Write who came" not in shown
    came = {"came-330": "itself", "came-RXT": "deputy"}
    assert act(team, page, "attendance", **came) == 303
    team.get(page)
    assert team.post(f"{page}/confirm", action=f"{page}/attendance").status_code == 403, "by another person"
    assert "counts nowhere" in words(member.get(page).text)
    manager.get(page)
    stale = manager.fields(f"{page}/confirm")
    assert act(manager, page, "confirm") == 303
    assert "held, with a quorum" in words(member.get(page).text)
    again = manager.client.post(f"{page}/confirm", data={**stale, "form_key": "another-form-of-the-same"})
    assert again.status_code == 409, "somebody acted since"

    decided = {"words": "The trust counts again.", "owner": "RXT", "due_on": "2015-06-30"}
    assert act(team, page, "decision", **{**decided, "owner": "RR1"}) == 409, "not of the group"
    assert act(team, page, "decision", **decided) == 303
    assert act(team, page, "question", words="Who counts forms?") == 303
    shown = words(member.get(page).text)
    assert "The trust counts again. Owner: Testshire Mental Health Trust, by 30 June 2015." in shown
    assert "Question 1" in shown
    assert "Who counts forms?" in words(member.get(f"{HERE}/questions/1").text)

    listing = words(member.get(f"{HERE}/meetings").text)
    assert "Testshire Mental Health Trust 1 1 1 100%" in listing, "came by a deputy, so it came"
    assert "Chair 1 0 0 0%" in listing
    before = words(member.get(f"{page}?as_at=2015-05-01").text)
    assert "held, with a quorum" not in before

    with db.transaction(web_engine) as session, pytest.raises(DBAPIError):
        session.execute(text("UPDATE meeting_events SET of_person_id = person_id WHERE kind = 'confirmed'"))


def test_a_meeting_to_come_is_called_off(signed_in: SignIn, world: World) -> None:
    team = signed_in("stw.testshire")
    keeps(team)
    page = plans(team, "2015-06-09", "2015-06-01")
    assert act(team, page, "call-off", words="") == 409, "say why"
    assert act(team, page, "call-off", words="Nobody can come.") == 303
    assert "called off" in words(team.get(page).text)
    assert "Note a decision" not in words(team.get(page).text)
