"""One application for several readers, act after act: whatever it remembers is what a process that remembers nothing gives.

Every kind of act that changes what the Board's readers are told is done through the domain as pages and commands do it; after
each, every page of every reader is read from what is remembered, and again after everything is forgotten.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import NamedTuple

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.app import create_app
from hub.audit.chain import record
from hub.board import notes
from hub.board.challenges import acts as questions
from hub.board.challenges.read import challenges
from hub.board.challenges.subjects import subject_of
from hub.calendar.models import DueItem
from hub.cli import main
from hub.clock import now_for, real_now, today_for
from hub.config import from_environment, shipped
from hub.db import make_engine, open_session, transaction
from hub.facts import recalled
from hub.facts.models import Revision
from hub.facts.moments import as_at
from hub.measures.load import measure_as_at, publish_measures
from hub.meetings import acts as meetings
from hub.meetings.read import groups_as_at, meeting_as_at
from hub.partners import bring, grants, particulars, queries
from hub.partners.models import Area, Partnership, Person
from hub.partners.policy import Actor, actor_for
from hub.submissions import requests
from hub.web import drawn_ahead
from tests.clients import browser_of
from tests.example_world import CODE, signs_again

PLACE = f"/partnerships/{CODE}"
MOU = f"{PLACE}/agreements/birmingham-nhs-2015-16"
PAGES = (
    f"{PLACE}/board",
    f"{PLACE}/board?agency=RXT",
    f"{PLACE}/board?as_at=2016-01-31",
    f"{PLACE}/measures/RF02",
    f"{PLACE}/measures/FD05?as_at=2015-12-31",
    f"{PLACE}/measures/RF02/chronology",
    f"{PLACE}/measures/BD01",
    f"{PLACE}/scorecard",
    f"{PLACE}/lower",
    f"{PLACE}/revisions",
    "/agreements",
    MOU,
    f"{MOU}?as_at=2016-02-29",
    f"{MOU}?as_at=2017-01-31",
)
READERS = ("member", "steward", "manager.rxt", "region")
OF_THE_MOMENT = re.compile(
    r"(As known now,|As at)[^<]*|(until|by|as at) [0-9]+ [A-Z][a-z]+ [0-9]{4} at [0-9:]+"
)


class Hub(NamedTuple):
    """The application, and what acts on its database."""

    app: Flask
    database: str
    folder: Path

    @contextmanager
    def acting(self) -> Iterator[tuple[Session, Partnership]]:
        with transaction(self.app.extensions["hub_engine"]) as session:
            yield session, queries.partnership(session, CODE)


def person(session: Session, name: str) -> Person:
    return session.scalars(select(Person).where(Person.email == f"{name}@example.org")).one()


def actor(session: Session, name: str) -> Actor:
    return actor_for(session, person(session, name).id)


def a_note(hub: Hub) -> None:
    with hub.acting() as (session, place):
        day = today_for(place) - timedelta(days=40)
        notes.note_event(
            session, actor(session, "steward"), place, measure="RF02", on=day, words="The line was down."
        )


def limits_anew(hub: Hub) -> None:
    with hub.acting() as (session, place):
        measure = measure_as_at(session, "RF02", now_for(place))
        day = today_for(place) - timedelta(days=300)
        notes.ask_rebase(
            session, actor(session, "steward"), place, measure=measure, on=day, words="Counted anew."
        )
    with hub.acting() as (session, place):
        asked = max(each.id for each in notes.notes_as_at(session, as_at(session, place)))
        notes.answer_rebase(session, actor(session, "board.manager"), place, asked, approve=True)


def a_question_with_its_answer(hub: Hub) -> None:
    with hub.acting() as (session, place):
        subject = subject_of(session, place, "number", "RF02/2016-03")
        number = questions.ask(session, actor(session, "member"), place, subject, words="Why so many?")
    with hub.acting() as (session, place):
        asked = next(
            each for each in challenges(session, place, as_at(session, place)) if each.number == number
        )
        doer = questions.Doer(actor(session, "board.manager"), number, asked.sequence)
        questions.answer(session, place, doer, words="A school wrote for every pupil.")


def a_meeting_with_who_came(hub: Hub) -> None:
    with hub.acting() as (session, place):
        board = measure_as_at(session, "BD01", now_for(place)).sources["quarter"].group
        group = next(each for each in groups_as_at(session, place.id, now_for(place)) if each.code == board)
        day = today_for(place) - timedelta(days=100)  # of a quarter that is over
        number = meetings.plan(
            session,
            actor(session, "board.manager"),
            place,
            group.code,
            held_on=day,
            freezes_on=day,
            agenda=("overview",),
        )
    for name, what in (("board.manager", "attend"), ("steward", "confirm")):
        with hub.acting() as (session, place):
            found = meeting_as_at(session, place.id, number, now_for(place))
            doer = meetings.Doer(actor(session, name), number, found.sequence)
            if what == "attend":
                meetings.attend(session, place, doer, present=found.invited[:1], deputies=())
            else:
                meetings.confirm(session, place, doer)


def more_time(hub: Hub) -> None:
    """And the day goes by on which it would have been late."""
    with hub.acting() as (session, place):
        today = today_for(place)
        item = session.scalars(
            select(DueItem)
            .where(
                DueItem.partnership_id == place.id,
                DueItem.due_on >= today,
                ~select(Revision.id)
                .where(Revision.partnership_id == place.id, Revision.due_item_id == DueItem.id)
                .exists(),
            )
            .order_by(DueItem.due_on)
        ).first()
        assert item is not None and item.due_on is not None
        wish = requests.Wish(
            kind="extension",
            reason="Half of us are ill.",
            until_on=item.due_on + timedelta(days=20),
            due_item_id=item.id,
        )
        asked = requests.ask(session, actor(session, "steward"), place, wish).id
    with hub.acting() as (session, place):
        requests.answer(session, actor(session, "board.manager"), asked, "granted")
    with hub.acting() as (_, place):
        assert place.clock_at is not None
        place.clock_at += item.due_on + timedelta(days=1) - today


def a_correction(hub: Hub) -> None:
    with hub.acting() as (session, _):
        cells = [(2, "2016-03", "total", "", "contacts", 77, "value")]
        signs_again(session, ("front-door", "330", "2016-03"), cells, by=("analyst.rxt", "manager.rxt"))


def a_membership_ended(hub: Hub) -> None:
    with hub.acting() as (session, place):
        held = bring.memberships(session, place.id, queries.agency(session, "20").id)[-1]
        last_on = today_for(place) - timedelta(days=200)
        seen = held.until_on.isoformat() if held.until_on else ""
        bring.leave(session, actor(session, "steward"), held, last_on=last_on, seen=seen)


def an_area_renamed(hub: Hub) -> None:
    with hub.acting() as (session, place):
        area = session.scalars(
            select(Area).where(Area.partnership_id == place.id).order_by(Area.code)
        ).first()
        assert area is not None
        particulars.keep_area(
            session,
            actor(session, "steward"),
            place,
            area.code,
            name="Elsewhere",
            from_on=None,
            until_on=None,
        )


def a_person_shut_out(hub: Hub) -> None:
    """Who signs for the trust that no agreement can be signed for by anybody else."""
    with hub.acting() as (session, _):
        gone = person(session, "manager.ryw")
        grants.disable(session, actor(session, "steward"), gone, now=real_now())


def a_measure_brought(hub: Hub) -> None:
    """Known from now on the partnership's own clock; the command line knows it from the real day on."""
    text = (shipped("schemas") / "measures.yaml").read_text(encoding="utf-8")
    changed = hub.folder / "measures.yaml"
    changed.write_text(text.replace("name: Referrals received\n", "name: Referrals counted anew\n"))
    with hub.acting() as (session, place):
        assert publish_measures(session, changed, now=now_for(place)) == 1
        record(session, actor="operator", action="load", subject="measures.yaml")


def an_agreement_imported(hub: Hub) -> None:
    text = (shipped("agreements") / "birmingham-police-schools-2015-16" / "v1.yaml").read_text(
        encoding="utf-8"
    )
    file = hub.folder / "v1.yaml"
    file.write_text(text.replace("birmingham-police-schools-2015-16", "police-schools-again"))
    assert main(["agreement", "import", str(file)]) == 0


def a_month_goes_by(hub: Hub) -> None:
    """Nothing is entered for it but what the due list grows by."""
    with hub.acting() as (_, place):
        assert place.clock_at is not None
        place.clock_at += timedelta(days=31)
    assert main(["due"]) == 0


ACTS: tuple[Callable[[Hub], None], ...] = (
    a_note,
    limits_anew,
    a_question_with_its_answer,
    a_meeting_with_who_came,
    more_time,
    a_correction,
    a_membership_ended,
    an_area_renamed,
    a_person_shut_out,
    a_measure_brought,
    an_agreement_imported,
    a_month_goes_by,
)


@pytest.fixture
def hub(example_copy: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Hub:
    settings = {
        "HUB_SECRET_KEY": "s" * 40,
        "HUB_DEMO": "1",
        "HUB_HOST": "127.0.0.1",
        "HUB_DATABASE_URL": example_copy,
    }
    for name, value in settings.items():
        monkeypatch.setenv(name, value)
    return Hub(create_app(from_environment(), make_engine(example_copy)), example_copy, tmp_path)


def test_after_every_act_pages_are_as_if_nothing_were_remembered(hub: Hub) -> None:
    with open_session(hub.app.extensions["hub_engine"]) as session:
        people = {name: person(session, name) for name in READERS}
    readers: dict[str, FlaskClient] = {name: browser_of(hub.app, one) for name, one in people.items()}

    def read() -> dict[tuple[str, str], tuple[int, str]]:
        found = {}
        for name, reader in readers.items():
            for page in PAGES:
                answer = reader.get(page)
                found[name, page] = answer.status_code, OF_THE_MOMENT.sub("", answer.text)
        return found

    recalled.forget()
    before, idle = read(), list[str]()
    assert {status for status, _ in before.values()} <= {200, 403, 404}
    for act in ACTS:
        act(hub)
        for _ in drawn_ahead.of(hub.app).draw():
            pass  # what is drawn ahead, for nobody, is given to readers
        remembered = read()
        recalled.forget()
        anew = read()
        stale = [each for each in anew if remembered[each] != anew[each]]
        changed = [each for each in anew if before[each] != anew[each]]
        print(f"{act.__name__}: {len(changed)} of {len(anew)} pages are others, {len(stale)} stale")
        assert not stale, act.__name__
        idle += [act.__name__] if not changed else []
        before = anew
    assert not idle, "they change no page, and so try nothing"
