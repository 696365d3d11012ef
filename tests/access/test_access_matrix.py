"""Every door x every role (and nobody, and somebody whose grant has ended, and a key) x own, partner's, stranger's object.

Real requests; what is compared is whether the view was reached. A refusal of an object must read exactly like that
object's absence.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from hub import db
from hub.agreements.models import AgreementVersion
from hub.app import create_app
from hub.board.challenges.models import Challenge, ChallengeEvent
from hub.calendar.models import Request
from hub.clock import real_now
from hub.config import from_environment
from hub.errors import Busy
from hub.facts.models import Words
from hub.partners import keys
from hub.partners.models import Account, Grant, Person, Region
from hub.validation.outcome import Outcome
from tests.access.access_table import (
    ACTORS,
    OBJECTS,
    OVER_PARTNERSHIP,
    OWN,
    PARTNER,
    STRANGER,
    Door,
    as_text,
    doors,
    lets_in,
)
from tests.clients import browser, browser_of
from tests.databases import NewDatabase
from tests.factories import KNOWN_FROM, NOW, World, read_world

TABLE = Path(__file__).parents[1] / "contracts" / "access.txt"

AGENCY = {OWN: "RXT", PARTNER: "RR1", STRANGER: "REL"}
GRANT_OF = {OWN: "rdr.rxt", PARTNER: "sub.rr1", STRANGER: "sub.rel"}
PEOPLE = {
    "SUB": "sub.rxt",
    "SGN": "sgn.rxt",
    "LED": "led.rxt",
    "RDR": "rdr.rxt",
    "STW": "stw.testshire",
    "MGR": "mgr.testshire",
    "BRD": "brd.testshire",
    "REG": "reg.midlands",
    "INS": "ins.testshire",
    "ADM": "adm.hub",
}


class BusyChecker:
    """Checks nothing: a door is reached or not before anything is checked."""

    def check(self, *_arguments: Any, **_columns: Any) -> Outcome:
        raise Busy("Nothing is checked here.")


@dataclass
class Scene:
    """The world of one actor: what each name in an address stands for, and whether views were reached."""

    app: Flask
    world: World
    actor: str
    arguments: dict[str, dict[str, Any]]
    new_client: Callable[[], FlaskClient]
    headers: dict[str, str]
    reached: list[str] = field(default_factory=list)
    kept: FlaskClient | None = None
    absent: dict[str, str] = field(default_factory=dict)

    def address(self, door: Door, thing: str) -> str:
        """Where the door leads to an object; `absent` is one that does not exist."""
        values = {}
        for name in door.rule.arguments:
            assert name in self.arguments, f"{door}: say in `arguments` what <{name}> stands for"
            values[name] = self.arguments[name][thing]
        return self.app.url_map.bind("localhost").build(door.rule.endpoint, values, method=door.method)

    def ask(self, door: Door, address: str) -> TestResponse:
        self.reached.clear()
        options: dict[str, Any] = {"json": {}} if door.of_interface and door.method != "GET" else {}
        client = self.kept or self.new_client()
        self.kept = None if door.of_sign_in else client
        return client.open(address, method=door.method, headers=self.headers, **options)

    def ask_absent(self, door: Door) -> str:
        """What is answered for an object that does not exist: asked once of each door."""
        if str(door) not in self.absent:
            self.absent[str(door)] = without_reference(self.ask(door, self.address(door, "absent")).text)
        return self.absent[str(door)]


def arguments(session: Session, world: World) -> dict[str, dict[str, Any]]:
    """What every name in an address stands for: add yours here. Names of no object are the same throughout."""
    session.add(Region(code="elsewhere", name="Elsewhere", oversight_body="NHS England Elsewhere"))
    for thing, code in AGENCY.items():
        home = world.elsewhere if thing is STRANGER else world.partnership
        session.add(
            AgreementVersion(
                partnership_id=home.id,
                code=f"agreement-{thing}",
                version=1,
                status="signed",
                digest=thing,
                document=json.dumps(agreement(f"agreement-{thing}", home.code, code)),
                known_from=KNOWN_FROM,
            )
        )
    session.flush()
    return {
        "partnership": {OWN: "testshire", PARTNER: "testshire", STRANGER: "elsewhere", "absent": "nowhere"},
        "region": {OWN: "midlands", PARTNER: "midlands", STRANGER: "elsewhere", "absent": "nowhere"},
        "agency": {**AGENCY, "absent": "XXX"},
        "submission": {
            **{thing: world.item(session, code, "2015-03") for thing, code in AGENCY.items()},
            "absent": 7,
        },
        "agreement": {**{thing: f"agreement-{thing}" for thing in OBJECTS}, "absent": "nothing"},
        "grant": {
            **{thing: held_by(session, world, name) for thing, name in GRANT_OF.items()},
            "absent": 7,
        },
        "asked": {**{thing: asked(session, world, code) for thing, code in AGENCY.items()}, "absent": 7},
        "question": {
            **{
                thing: question(session, world, code, number)
                for number, (thing, code) in enumerate(AGENCY.items(), start=1)
            },
            "absent": 99,
        },
        "token": constant("no-such-link"),
        "part": constant("clause:1"),
        "version": constant("0"),
        "measure": constant("FD01"),
        "note": constant(1),
        "commitment": constant("C1"),
        "period": constant("2015-03"),
        "format": constant("csv"),
        "number": constant(1),
        "meeting": constant(1),
        "group": constant("executive"),
        "upload": constant(1),
        "every": constant("month"),
        "key": constant(1),
        "code": constant("referrals"),
        "name": constant("hub.css"),
    }


def held_by(session: Session, world: World, name: str) -> int:
    """The number of a person's only role."""
    return session.scalars(select(Grant.id).where(Grant.person_id == world.people[name].id)).one()


def asked(session: Session, world: World, code: str) -> int:
    """Something that an agency's person asked for."""
    home = world.elsewhere if code == AGENCY[STRANGER] else world.partnership
    someone = world.people["stw.elsewhere"]
    words = Words(partnership_id=home.id, digest=code, body="Staff are ill.")
    session.add(words)
    session.flush()
    request = Request(
        partnership_id=home.id,
        kind="reopening",
        agency_id=world.agencies[code].id,
        due_item_id=world.item(session, code, "2015-03"),
        from_on=date(2015, 5, 18),
        until_on=date(2015, 5, 29),
        reason_id=words.id,
        asked_by=someone.id,
        asked_at=real_now(),
    )
    session.add(request)
    session.flush()
    return request.id


def question(session: Session, world: World, code: str, number: int) -> int:
    """The number of a question to the Board that an agency owns."""
    home = world.elsewhere if code == AGENCY[STRANGER] else world.partnership
    someone = world.people["stw.elsewhere"]
    words = Words(partnership_id=home.id, digest=code, body="Why?")
    session.add(words)
    session.flush()
    asked = Challenge(
        partnership_id=home.id,
        number=number,
        about="free",
        subject="",
        words_id=words.id,
        asked_by=someone.id,
        asked_at=NOW,
        position=0,
    )
    session.add(asked)
    session.flush()
    session.add(
        ChallengeEvent(
            partnership_id=home.id,
            challenge_id=asked.id,
            sequence=1,
            kind="owned",
            person_id=someone.id,
            at=NOW,
            owner_agency_id=world.agencies[code].id,
        )
    )
    session.flush()
    return number


def constant(value: Any) -> dict[str, Any]:
    """A name in an address that says nothing about whose the object is."""
    return dict.fromkeys((*OBJECTS, "absent"), value)


def agreement(code: str, partnership: str, party: str) -> dict[str, Any]:
    """The least that an agreement says: one party promises to send its returns."""
    return {
        "agreement": code,
        "version": 1,
        "status": "signed",
        "kind": "mou",
        "partnership": partnership,
        "title": "An agreement",
        "term": {"from": "2015-04-01", "until": "2016-03-31"},
        "parties": [party],
        "clauses": [{"number": "1", "title": "Saying what we send", "text": "Each party sends its returns."}],
        "commitments": [
            {
                "id": "C1",
                "clause": "1",
                "text": "Returns are signed by the due day.",
                "promisor": [party],
                "kind": "submission",
                "return": "referrals",
                "target": 90,
            }
        ],
    }


def end_grant(session: Session, world: World) -> Person:
    """Somebody who was a signatory until yesterday."""
    person = Person(email="expired@example.org", name="Expired")
    session.add(person)
    session.flush()
    session.add(Account(person_id=person.id, kind="local", created_at=real_now()))
    yesterday = real_now() - timedelta(days=1)
    over = {
        "agency_id": world.agencies["RXT"].id,
        "from_at": yesterday - timedelta(days=365),
        "until_at": yesterday,
    }
    session.add(Grant(person_id=person.id, role="SGN", **over))
    session.flush()
    return person


def make_scene(engine: Engine, actor: str) -> Scene:
    with db.transaction(engine) as session:
        world = read_world(session)
        named = arguments(session, world)
        expired = end_grant(session, world)
        _, key = keys.make(
            session,
            agency_id=world.agencies["RXT"].id,
            owner_id=world.people["sgn.rxt"].id,
            name="test",
            now=real_now(),
        )
    app = create_app(from_environment({"HUB_SECRET_KEY": "k" * 40}), engine=engine, checker=BusyChecker())
    person = expired if actor == "expired" else world.people.get(PEOPLE.get(actor, ""))
    scene = Scene(
        app,
        world,
        actor,
        named,
        new_client=lambda: browser_of(app, person) if person else browser(app),
        headers={"Authorization": f"Bearer {key}"} if actor == "API" else {},
    )
    for endpoint, view in app.view_functions.items():
        app.view_functions[endpoint] = noticed(scene, endpoint, view)
    return scene


def noticed(scene: Scene, endpoint: str, view: Callable[..., Any]) -> Callable[..., Any]:
    def call(**values: Any) -> Any:
        scene.reached.append(endpoint)
        return view(**values)

    if hasattr(view, "hub_declared"):
        call.hub_declared = view.hub_declared  # type: ignore[attr-defined]
    return call


def without_reference(body: str) -> str:
    """A page without what differs from request to request: its reference, its address and its one-use keys."""
    return re.sub(r'[0-9a-f]{12,}|[a-z]{4}-[a-z]{4}-[a-z]{4}<|value="[^"]*"|"instance": *"[^"]*"', "", body)


@pytest.mark.parametrize("actor", ACTORS)
def test_the_matrix_is_what_happens(new_world: NewDatabase, actor: str) -> None:
    """And no writes on GET (T9): every table but the sign-ins' is the same after opening every door for reading."""
    engine = db.make_engine(new_world("sqlite"))
    try:
        scene = make_scene(engine, actor)
        scene.kept = scene.new_client()
        before = contents(engine)
        wrong, cells = compare(scene, [door for door in doors(scene.app) if door.is_looked_through])
        after = contents(engine)
        others = compare(scene, [door for door in doors(scene.app) if not door.is_looked_through])
    finally:
        engine.dispose()
    wrong += others[0]
    assert not wrong, "\n".join(wrong)
    assert after == before
    assert cells > 0 and others[1] > 0
    print(f"{actor}: {cells + others[1]} cells")


@pytest.mark.postgres
@pytest.mark.parametrize("actor", ["SGN", "REG", "API"])
def test_the_matrix_is_what_happens_on_postgresql(new_world: NewDatabase, actor: str) -> None:
    engine = db.make_engine(new_world("postgresql"))
    try:
        scene = make_scene(engine, actor)
        wrong, _ = compare(scene, doors(scene.app))
    finally:
        engine.dispose()
    assert not wrong, "\n".join(wrong)


def compare(scene: Scene, tried: Iterable[Door]) -> tuple[list[str], int]:
    """What differs from the matrix, and how many cells were tried."""
    wrong, cells = [], 0
    for door in tried:
        answers: dict[str, tuple[TestResponse, bool]] = {}
        for thing in OBJECTS:
            address = scene.address(door, thing)
            if address not in answers:  # a partner's partnership is one's own
                answers[address] = (scene.ask(door, address), bool(scene.reached))
            answer, reached = answers[address]
            cells += 1
            expected = lets_in(door, scene.actor, thing)
            if reached is not expected:
                wrong.append(
                    f"{door} {thing}: {'reached' if reached else 'refused'} with {answer.status_code}"
                )
            if answer.status_code >= 500 and answer.status_code != 503:
                wrong.append(f"{door} {thing}: answered {answer.status_code}")
            if not expected and not is_refusal(scene, door, thing, answer):
                wrong.append(f"{door} {thing}: refused with {answer.status_code}, unlike an absent object")
        for answer, _ in answers.values():
            answer.close()
    return wrong, cells


def is_refusal(scene: Scene, door: Door, thing: str, answer: TestResponse) -> bool:
    """Nobody is led to the sign-in; a person learns of a foreign object nothing that an absent one would not tell."""
    known = scene.actor == "API" if door.of_interface else scene.actor not in {"anonymous", "API"}
    if not known:
        signed_out = answer.status_code == 303 and answer.headers["Location"].startswith("/sign-in?next=")
        return signed_out or answer.status_code == 401
    if door.declared.of is None or thing in at_home(scene.actor, door.declared.of):
        return answer.status_code in {403, 404}
    return answer.status_code == 404 and without_reference(answer.text) == scene.ask_absent(door)


def at_home(actor: str, kind: str) -> set[str]:
    """The objects of which a person may learn that they are there, though not theirs to open."""
    if actor in {"expired", "ADM", "REG"}:
        return set()
    return {OWN, PARTNER} if actor in OVER_PARTNERSHIP or kind == "partnership" else {OWN}


def contents(engine: Engine) -> dict[str, str]:
    """A digest of every table's rows."""
    with engine.connect() as connection:
        names = [
            row[0]
            for row in connection.exec_driver_sql("SELECT name FROM sqlite_master WHERE type = 'table'")
        ]
        rows = {name: connection.exec_driver_sql(f'SELECT * FROM "{name}"').all() for name in names}
    return {
        name: hashlib.sha256(repr(sorted(map(repr, found))).encode()).hexdigest()
        for name, found in rows.items()
        if name != "sign_in_sessions"
    }


def test_the_table_is_current(sqlite_url: str) -> None:
    """tests/contracts/access.txt, for people; HUB_WRITE_CONTRACTS=1 writes it anew."""
    app = create_app(from_environment({"HUB_SECRET_KEY": "k" * 40, "HUB_DATABASE_URL": sqlite_url}))
    text = as_text(app)
    app.extensions["hub_engine"].dispose()
    if os.environ.get("HUB_WRITE_CONTRACTS"):
        TABLE.write_text(text, encoding="utf-8")
    assert TABLE.read_text(encoding="utf-8") == text, (
        "views changed: read the difference, then run with HUB_WRITE_CONTRACTS=1"
    )
