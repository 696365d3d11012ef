"""A question to the Board from asking to closing: who may do what, the clock, the mail, and what stays for good."""

from __future__ import annotations

import html
import re
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine, select, text
from sqlalchemy.exc import DBAPIError

from hub import db
from hub.board.challenges.post import remind
from hub.board.challenges.read import challenge, challenges
from hub.calendar.local import store_calendar
from hub.config import from_environment
from hub.facts.moments import as_at
from hub.partners.models import Partnership, Person
from hub.post.models import AgencyContact, AgencyContactName, Notice
from hub.submissions import post_round
from tests.databases import ENGINES, Filled, NewDatabase
from tests.factories import NOW, World, make_measured
from tests.web.conftest import Browser, SignIn, words
from tests.web.test_web_meetings import keeps, plans

QUESTIONS = "/partnerships/testshire/questions"
CONFIG = from_environment({"HUB_SECRET_KEY": "k" * 40, "HUB_CONTACT_EMAIL": "hub@example.org"})


@pytest.fixture
def new_world(filled: Filled) -> NewDatabase:
    """Measures are in force in each test's world."""
    return filled(make_measured)


def ask(
    browser: Browser, question: str = "Why did this fall?", query: str = "?about=number&subject=RF02/2015-03"
) -> str:
    browser.get(f"{QUESTIONS}/ask{query}")
    answer = browser.post(f"{QUESTIONS}/ask", {"words": question})
    assert answer.status_code == 303, words(answer.text)
    return answer.location.split("?")[0]


def act(browser: Browser, page: str, what: str, **changed: object) -> int:
    """Do something on the question's page as the form there does; the answer's status."""
    browser.get(page)
    return browser.post(f"{page}/{what}", changed, action=f"{page}/{what}").status_code


def kinds(engine: Engine) -> dict[str, set[str]]:
    """Kind of notice → to whom it went (the part of the address before the @)."""
    with db.open_session(engine) as session:
        rows = session.execute(
            select(Notice.kind, Person.email).join(Person, Person.id == Notice.person_id)
        ).all()
    found: dict[str, set[str]] = {}
    for kind, email in rows:
        found.setdefault(kind, set()).add(email.split("@")[0])
    return found


@pytest.mark.parametrize("web_engine", ENGINES, indirect=True)
def test_a_question_goes_its_way(signed_in: SignIn, web_engine: Engine, world: World) -> None:
    member, manager, owner = signed_in("brd.testshire"), signed_in("mgr.testshire"), signed_in("sgn.rxt")
    page = ask(member)
    assert kinds(web_engine) == {"challenge-asked": {"mgr.testshire"}}
    assert "not acknowledged yet" in words(member.get(page).text)
    assert act(manager, page, "acknowledge") == 303
    assert act(manager, page, "owner", owner="RXT") == 303
    assert kinds(web_engine)["challenge-owned"] == {"sgn.rxt", "led.rxt"}
    assert "waits for its owner" in words(owner.get(page).text)
    assert "Question 1" in words(owner.get("/").text)

    answered = {"words": "A clinic closed.", "evidence": "/partnerships/testshire/measures/RF02/2015-03"}
    assert act(owner, page, "answer", **answered) == 303
    assert kinds(web_engine)["challenge-answered"] == {"brd.testshire"}
    assert f'href="{answered["evidence"]}"' in member.get(page).text, "what it rests on is a link"
    assert act(member, page, "refuse", words="") == 409, "say why"
    assert act(member, page, "refuse", words="Which clinic?") == 303
    assert kinds(web_engine)["challenge-again"] == {"mgr.testshire", "sgn.rxt", "led.rxt"}
    assert act(owner, page, "answer", words="The one at the station.") == 303
    assert act(member, page, "accept") == 303
    assert act(member, page, "reopen", words="It has opened again.") == 303
    assert act(owner, page, "answer", words="So it has.") == 303
    assert act(member, page, "accept") == 303

    number = words(signed_in("ins.testshire").get("/partnerships/testshire/measures/RF02/2015-03").text)
    assert "Why did this fall?" in number and "closed" in number, "it stays beside the number"
    with db.open_session(web_engine) as session:
        place = session.scalars(select(Partnership).where(Partnership.code == "testshire")).one()
        now = as_at(session, place)
        found = challenge(session, place, now, 1)
        assert [each.kind for each in found.happened] == [
            "acknowledged", "owned", "answered", "refused", "answered", "accepted", "reopened", "answered", "accepted",
        ]  # fmt: skip
        earlier = as_at(session, place, found.happened[1].at)
        assert challenge(session, place, earlier, 1).standing == "owned", "as known then"
        assert challenges(session, place, as_at(session, place, NOW - timedelta(days=1))) == []


def test_only_the_asker_closes_it(signed_in: SignIn, web_engine: Engine) -> None:
    member, steward = signed_in("brd.testshire"), signed_in("stw.testshire")
    page = ask(member)
    assert act(steward, page, "answer", words="Here it is.") == 303
    for other in ("ins.testshire", "stw.testshire", "mgr.testshire", "reg.midlands"):
        page_of_other = signed_in(other)
        page_of_other.get(page)
        assert "Accept the answer" not in page_of_other.page.text
        answer = page_of_other.client.post(f"{page}/accept", data={"seen": "1"})
        assert answer.status_code in (403, 409), other
    assert "answered" in words(member.get(page).text)


def test_two_at_once(signed_in: SignIn) -> None:
    """Who comes second is told who was there, and nothing of theirs is kept."""
    member, manager, steward = (
        signed_in("brd.testshire"),
        signed_in("mgr.testshire"),
        signed_in("stw.testshire"),
    )
    page = ask(member)
    manager.get(page)
    steward.get(page)
    owner, answer = f"{page}/owner", f"{page}/answer"
    assert manager.post(owner, {"owner": "330"}, action=owner).status_code == 303
    second = steward.post(answer, {"words": "It is this."}, action=answer)
    assert second.status_code == 409
    assert "MGR of testshire gave it an owner" in words(second.text)
    assert "It is this." in second.text, "what was typed is shown again"


def test_a_merged_question_has_the_other_s_answer(signed_in: SignIn, web_engine: Engine) -> None:
    member, inspector, manager = (
        signed_in("brd.testshire"),
        signed_in("ins.testshire"),
        signed_in("mgr.testshire"),
    )
    first, second = ask(member), ask(inspector, "The same again?")
    assert act(manager, second, "merge", into="1") == 303
    assert act(manager, first, "answer", words="Because of Easter.") == 303
    assert kinds(web_engine)["challenge-answered"] == {"brd.testshire", "ins.testshire"}
    assert "Because of Easter." in words(inspector.get(second).text)
    assert act(inspector, second, "accept") == 303
    assert "closed" in words(inspector.get(second).text)
    assert "answered, waits for the asker" in words(member.get(first).text), "each asker closes their own"
    third = ask(member, "And a third?")
    manager.get(third)
    assert "Merge it with another" not in words(manager.get(third).text), "an answered question takes no more"


def test_words_pass_the_gate_and_subjects_are_real(signed_in: SignIn) -> None:
    member = signed_in("brd.testshire")
    member.get(f"{QUESTIONS}/ask")
    refused = member.post(f"{QUESTIONS}/ask", {"words": "What of 943 476 5919?"})
    assert refused.status_code == 409 and "943 476 5919" not in words(refused.text.split("<textarea")[0])
    for query in ("?about=number&subject=XX99/2015-03", "?about=number&subject=RF02/yesterday", "?about=return&subject=7",
                  "?about=verdict&subject=none/C1/RXT", "?about=bogus", "?about=number&subject=RF02"):  # fmt: skip
        assert member.get(f"{QUESTIONS}/ask{query}").status_code == 404, query
    page = ask(member, "<script>alert(1)</script>", "")
    assert "<script>alert" not in member.get(page).text
    evil = act(
        signed_in("stw.testshire"), page, "answer", words="See.", evidence="https://elsewhere.example/"
    )
    assert evil == 409, "evidence lies in this hub"


def test_a_late_question_stands_first_on_its_owners_first_page(
    signed_in: SignIn, web_engine: Engine, world: World
) -> None:
    member, manager, owner = signed_in("brd.testshire"), signed_in("mgr.testshire"), signed_in("sgn.rxt")
    for days, question in ((0, "The late one"), (40, "The new one")):
        with db.transaction(web_engine) as session:
            session.get_one(Partnership, world.partnership.id).clock_at = NOW + timedelta(days=days)
        page = ask(member, question)
        assert act(manager, page, "owner", owner="RXT") == 303
    waits = words(owner.get("/").text).partition("Questions to the Board that wait for you")[2]
    assert "late" in waits.partition("Question 1")[0], "it says so"
    assert 0 < waits.index("Question 1") < waits.index("Question 2")


def test_what_an_answer_rests_on_stands_by_its_name_and_keeps_the_day(signed_in: SignIn) -> None:
    member, owner = signed_in("brd.testshire"), signed_in("mgr.testshire")
    page, here = ask(member, "Why?", ""), "/partnerships/testshire"
    rests_on = {
        "measures/RF02/2015-03": "Referrals received, March 2015",
        "measures/RF02?as_at=2015-05-01": "Referrals received, as known on 2015-05-01",
        "questions/1": "Question 1",
        "board?area=north": "Board",
        "measures/XX99": f"{here}/measures/XX99",  # no such measure: as it was written
    }
    typed = "\n".join(f"{here}/{each}" for each in rests_on)
    assert act(owner, page, "answer", words="So.", evidence=typed) == 303

    def leads(address: str) -> dict[str, str]:
        markup = member.get(address).text.partition("It rests on:")[2].partition("</ul>")[0]
        return {html.unescape(link): name for link, name in re.findall(r'href="([^"]*)">(.*?)</a>', markup)}

    assert leads(page) == {f"{here}/{each}": name for each, name in rests_on.items()}
    then = leads(f"{page}?as_at=2015-12-01")
    assert f"{here}/measures/RF02/2015-03?as_at=2015-12-01" in then
    assert f"{here}/measures/RF02?as_at=2015-05-01" in then
    assert f"{here}/board?area=north&as_at=2015-12-01" in then


def test_a_late_answer_goes_upwards(signed_in: SignIn, web_engine: Engine, world: World) -> None:
    """18 May 2015 is a Monday; 25 May is a bank holiday: five working days end on 26 May, twenty on 16 June."""
    member, manager = signed_in("brd.testshire"), signed_in("mgr.testshire")
    page = ask(member)
    assert act(manager, page, "owner", owner="RXT") == 303
    unseen = ask(member, "And this?")
    with db.transaction(web_engine) as session:
        for kind, agency in (("senior", "RXT"), ("chief", "RXT"), ("chair", "330"), ("senior", "RR1")):
            session.add(
                AgencyContact(
                    partnership_id=world.partnership.id,
                    agency_id=world.agencies[agency].id,
                    kind=kind,
                    name=f"{kind} {agency}",
                    email=f"{kind}.{agency.lower()}@example.org",
                )
            )

    def on(days: int) -> tuple[dict[str, set[str]], set[str]]:
        """What is told on a later day: kinds to persons, and the contacts written to so far."""
        with db.transaction(web_engine) as session:
            place = session.get_one(Partnership, world.partnership.id)
            place.clock_at = NOW + timedelta(days=days)
            remind(session, place)
            remind(session, place)  # doing it again tells nothing
        with db.open_session(web_engine) as session:
            found = session.scalars(
                select(AgencyContact.email).join(Notice, Notice.contact_id == AgencyContact.id)
            ).all()
        return kinds(web_engine), {each.split("@")[0] for each in found}

    assert "challenge-unseen" not in on(8)[0], "26 May: still in time"
    assert on(9)[0]["challenge-unseen"] == {"mgr.testshire"}
    told, contacts = on(29)
    assert "challenge-late" not in told and contacts == set(), "16 June: the last day"
    told, contacts = on(30)
    assert told["challenge-soon"] >= {"sgn.rxt", "led.rxt"}
    assert told["challenge-late"] >= {"sgn.rxt", "led.rxt", "mgr.testshire"}
    assert contacts == {"senior.rxt"}
    assert on(35)[1] == {"senior.rxt"}
    assert on(36)[1] == {"senior.rxt", "chair.330"}, "23 June, five working days later"
    assert on(42)[1] == {"senior.rxt", "chair.330"}
    assert on(43)[1] == {"senior.rxt", "chair.330", "chief.rxt"}
    shown = words(member.get(page).text)
    assert "late: waits for its owner" in shown
    assert "From 17 June 2015 it is for the owner’s named senior too: senior RXT." in shown
    assert "From 23 June 2015 it is for the chair of the Board too: chair 330." in shown
    nobody = "nobody is named as such, so nobody was told"
    assert nobody not in shown and words(member.get(unseen).text).count(nobody) == 2, "of the council"

    assert act(signed_in("sgn.rxt"), page, "answer", words="At last.") == 303
    with db.transaction(web_engine) as session:
        letters = post_round.gather(session, CONFIG)
        told_of = {letter.to_address: letter.body for letter in letters}
    assert "Question 1" not in told_of.get("sgn.rxt@example.org", ""), "nobody is reminded of what is done"
    assert "/questions/1" in told_of["brd.testshire@example.org"]
    assert unseen.endswith("/2") and "/questions/2" in told_of["mgr.testshire@example.org"]
    assert not any("Why did this fall" in body for body in told_of.values()), "no words that people typed"


def test_an_earlier_day_names_who_was_written_to_then(
    signed_in: SignIn, web_engine: Engine, world: World
) -> None:
    """Late from 17 June 2015, the chair's from 23 June: the trust's senior changes on the 19th, a chair is named on the 25th."""
    member, manager, team = (signed_in(f"{each}.testshire") for each in ("brd", "mgr", "stw"))
    page = ask(member)
    assert act(manager, page, "owner", owner="RXT") == 303

    def on(days: int) -> None:
        with db.transaction(web_engine) as session:
            session.get_one(Partnership, world.partnership.id).clock_at = NOW + timedelta(days=days)

    def named(days: int, agency: str, kind: str, name: str) -> None:
        on(days)
        about = f"/partnerships/testshire/run/agencies/{agency}"
        team.get(about)
        typed = {"kind": kind, "name": name, "email": "somebody@example.org"}
        assert team.post(f"{about}/contacts", typed, action=f"{about}/contacts").status_code == 303

    def to(who: str, day: str = "") -> str:
        shown = words(member.get(f"{page}?as_at={day}" if day else page).text)
        return shown.partition(f"it is for {who} too")[2].partition(".")[0]

    with db.transaction(web_engine) as session:  # named before it was kept who was
        place, agency = world.partnership.id, world.agencies["RXT"].id
        email = "first@example.org"
        session.add(
            AgencyContact(
                partnership_id=place, agency_id=agency, kind="senior", name="Ann First", email=email
            )
        )
    named(32, "RXT", "senior", "Ben Second")
    named(38, "330", "chair", "Cem Third")
    on(40)
    senior, chair = "the owner’s named senior", "the chair of the Board"
    assert (to(senior), to(chair)) == (": Ben Second", ": Cem Third")
    assert to(senior, "2015-06-18") == ": Ann First"
    assert to(senior, "2015-06-24") == ": Ben Second"
    assert to(chair, "2015-06-24").startswith(", but nobody is named as such")
    named(39, "RXT", "senior", "Ben Second")  # another address alone
    with db.transaction(web_engine) as session:
        former = session.scalars(
            select(AgencyContactName).where(AgencyContactName.until_at.is_not(None))
        ).all()
        assert [each.name for each in former] == ["Ann First"]
        former[0].name = None  # as the retention job does
    assert to(senior, "2015-06-18") == ": (the name is no longer kept)"


def test_the_days_are_data_and_end_before_the_boards_pack_is_frozen(
    signed_in: SignIn, web_engine: Engine, world: World, tmp_path: Path
) -> None:
    """Asked on 18 May 2015, a Monday: twenty working days end on 16 June, five on 26 May."""
    member, manager, team = (signed_in(f"{each}.testshire") for each in ("brd", "mgr", "stw"))
    page = ask(member)

    def days() -> str:
        return words(member.get(page).text).partition("To be acknowledged by ")[2].partition(".")[0]

    assert days() == "26 May 2015, answered by 16 June 2015"
    keeps(team, title="Board", code="board", cadence="quarter")
    plans(team, "2015-05-29", "2015-05-26", group="board")  # nobody could have acknowledged it by then
    plans(team, "2015-06-23", "2015-06-17", group="board")  # after the usual days
    assert days() == "26 May 2015, answered by 16 June 2015"
    meeting = plans(team, "2015-06-09", "2015-06-05", group="board")
    assert days() == "26 May 2015, answered by 4 June 2015, before a pack is frozen on 5 June 2015"
    assert act(team, meeting, "call-off", words="Too few can come.") == 303
    assert days() == "26 May 2015, answered by 16 June 2015"

    # Other days: acknowledged in two, answered in ten, and the chair told a working day later.
    file = tmp_path / "calendar.yaml"
    file.write_text(
        "calendar: testshire\nchallenges: {acknowledge: 2, answer: 10, escalate: [{to: chair, after: 1}]}\n"
    )
    with db.transaction(web_engine) as session:
        assert store_calendar(session, file, now=NOW)
        chair = AgencyContact(
            partnership_id=world.partnership.id, agency_id=world.agencies["330"].id, kind="chair",
            name="The chair", email="chair@example.org",
        )  # fmt: skip
        session.add(chair)
    assert days() == "20 May 2015, answered by 22 May 2015, before a pack is frozen on 26 May 2015"
    assert act(manager, page, "owner", owner="RXT") == 303
    with db.transaction(web_engine) as session:
        place = session.get_one(Partnership, world.partnership.id)
        place.clock_at = NOW + timedelta(days=8)  # 26 May, a working day after 22 May
        remind(session, place)
        told = session.scalars(select(Notice).where(Notice.contact_id == chair.id)).all()
        assert [each.kind for each in told] == ["challenge-late"]
    file.write_text("calendar: testshire\nchallenges: {acknowledge: 2, answer: 10, before_freeze_of: []}\n")
    with db.transaction(web_engine) as session:
        assert store_calendar(session, file, now=NOW)
    assert days() == "20 May 2015, answered by 2 June 2015"


def test_rows_are_only_added(signed_in: SignIn, web_engine: Engine) -> None:
    page = ask(signed_in("brd.testshire"))
    assert act(signed_in("mgr.testshire"), page, "acknowledge") == 303
    for statement in (
        "UPDATE challenges SET subject = 'x'",
        "DELETE FROM challenge_events",
        "UPDATE challenge_events SET kind = 'accepted'",
    ):
        with pytest.raises(DBAPIError), web_engine.begin() as connection:
            connection.execute(text(statement))


def test_the_list_is_empty_then_late_first(signed_in: SignIn) -> None:
    member = signed_in("brd.testshire")
    assert "No question is open." in words(member.get(QUESTIONS).text)
    assert signed_in("sub.rxt").get(f"{QUESTIONS}/ask").status_code == 403, "a submitter asks nothing"
    assert signed_in("sub.rxt").get(QUESTIONS).status_code == 200
    assert signed_in("stw.elsewhere").get(QUESTIONS).status_code == 404
