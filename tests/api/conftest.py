"""The interface over the small world, asked with the key of one of its trusts; the real checks without their process."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import Engine
from werkzeug.test import TestResponse

from hub import db
from hub.app import create_app
from hub.clock import real_now
from hub.config import from_environment
from hub.definitions.model import Definition
from hub.intake.table import Received
from hub.partners import keys
from hub.validation.outcome import Outcome, Scope
from tests.databases import NewDatabase
from tests.factories import World, read_world


class CheckerInProcess:
    """The real check without its process."""

    def check(self, received: Received, definition: Definition, scope: Scope, **columns: Any) -> Outcome:
        from hub.validation.run import check

        return check(received, definition, scope, **columns)


@dataclass
class System:
    """An agency's own system: a client that sends its key and JSON."""

    app: Flask
    key: str

    def open(self, method: str, path: str, body: Any = None, **more: Any) -> TestResponse:
        headers = {"Authorization": f"Bearer {self.key}", **more.pop("headers", {})}
        if body is not None:
            more = {"data": json.dumps(body), "content_type": "application/json", **more}
        answer = self.app.test_client().open(f"/api/v1{path}", method=method, headers=headers, **more)
        assert "Set-Cookie" not in answer.headers
        if answer.status_code >= 400:
            assert answer.content_type == "application/problem+json", answer.text
            assert answer.json["status"] == answer.status_code
        return answer

    def get(self, path: str, **more: Any) -> TestResponse:
        return self.open("GET", path, **more)

    def put(self, path: str, body: Any, **more: Any) -> TestResponse:
        return self.open("PUT", path, body, **more)

    def post(self, path: str, body: Any, **more: Any) -> TestResponse:
        return self.open("POST", path, body, **more)


@pytest.fixture
def api_engine(new_world: NewDatabase) -> Any:
    made = db.make_engine(new_world("sqlite"))
    yield made
    made.dispose()


@pytest.fixture
def world(api_engine: Engine) -> World:
    with db.open_session(api_engine) as session:
        return read_world(session)


@pytest.fixture
def app(api_engine: Engine, world: World) -> Flask:
    return make_app(api_engine)


def make_app(engine: Engine) -> Flask:
    return create_app(
        from_environment({"HUB_SECRET_KEY": "k" * 40}), engine=engine, checker=CheckerInProcess()
    )


Keyed = Callable[[str], System]


@pytest.fixture
def keyed(app: Flask, api_engine: Engine, world: World) -> Keyed:
    """`keyed("RR1")` is the system of that agency."""
    return lambda agency: System(app, make_key(api_engine, world, agency))


@pytest.fixture
def system(keyed: Keyed) -> System:
    return keyed("RXT")


def make_key(engine: Engine, world: World, agency: str) -> str:
    with db.transaction(engine) as session:
        owner = world.people[f"sub.{agency.lower()}"]
        return keys.make(
            session, agency_id=world.agencies[agency].id, owner_id=owner.id, name="test", now=real_now()
        )[1]


@pytest.fixture
def path(api_engine: Engine, world: World) -> str:
    """The trust's submission for March 2015."""
    with db.open_session(api_engine) as session:
        return f"/submissions/{world.item(session, 'RXT', '2015-03')}"


def row(breakdown: str, code: str, number: Any) -> dict[str, Any]:
    return {
        "agency": "RXT",
        "period": "2015-03",
        "breakdown": breakdown,
        "code": code,
        "referrals_made": number,
    }


@pytest.fixture
def rows(system: System) -> list[dict[str, Any]]:
    """A whole return: a total of 12, three lines of each table: what is left out stands for none."""
    return whole_return(system)


def whole_return(system: System) -> list[dict[str, Any]]:
    told = system.get("/returns/referrals").json
    found = [row("total", "", 12)]
    for each in told["breakdowns"]:
        if each["name"] in {"setting", "category"}:
            codes = list(told["lists"][each["list"]])[:3]
            found += [row(each["name"], code, 12 if code == codes[0] else 0) for code in codes]
    return found
