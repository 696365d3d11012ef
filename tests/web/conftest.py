"""A running application over the small world, and clients signed in as its people."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from flask import Flask, g
from flask.testing import FlaskClient
from sqlalchemy import Engine
from werkzeug.test import TestResponse

from hub import db
from hub.access import transaction
from hub.app import create_app
from hub.clock import real_now
from hub.config import from_environment
from hub.definitions.model import Definition
from hub.intake.table import Received
from hub.partners.models import Account, Person
from hub.partners.policy import ANONYMOUS, Actor, actor_for
from hub.partners.sign_ins import begin
from hub.validation.outcome import Outcome, Scope
from tests.databases import NewDatabase
from tests.factories import World, read_world


class CheckerInProcess:
    """The real check without its process."""

    def check(self, received: Received, definition: Definition, scope: Scope, **columns: Any) -> Outcome:
        from hub.validation.run import check

        return check(received, definition, scope, **columns)

    def sample(self, received: Received, definition: Definition, **row: int) -> dict[str, Any]:
        from hub.validation.run import sampled

        return sampled(received, definition, **row)


@dataclass
class Browser:
    """A client that sends forms as a page holds them: with its hidden fields and what the person changed."""

    client: FlaskClient
    page: TestResponse | None = field(default=None)

    def get(self, path: str) -> TestResponse:
        self.page = self.client.get(path)
        return self.page

    def fields(self, action: str = "") -> dict[str, str]:
        """The fields of the page's form with that action (the first form of the page that posts to itself without one)."""
        assert self.page is not None
        for form in re.findall(r'<form method="post".*?</form>', self.page.text, re.S):
            to = re.search(r'^<form[^>]*action="([^"]*)"', form)
            if (to[1] if to else "") == action:
                return dict(_inputs(form))
        raise AssertionError(f"no form for {action!r} on {self.page.request.path}")

    def post(self, path: str, changed: dict[str, object] | None = None, *, action: str = "") -> TestResponse:
        data = {**self.fields(action), **(changed or {})}
        return self.client.post(path, data=data, content_type="multipart/form-data")

    def follow(self, answer: TestResponse) -> TestResponse:
        assert answer.status_code == 303, f"{answer.status_code}: {words(answer.text)}"
        return self.get(answer.location)


def _inputs(form: str) -> Iterator[tuple[str, str]]:
    for tag in re.findall(r"<input[^>]*>", form):
        name, kind = re.search(r' name="([^"]*)"', tag), re.search(r' type="([^"]*)"', tag)
        value = re.search(r' value="([^"]*)"', tag)
        if name and (kind is None or kind[1] in {"hidden", "text"}):
            yield name[1], value[1] if value else ""


def words(html: str) -> str:
    """A page as it reads."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", html))


SignIn = Callable[[str | None], Browser]


@pytest.fixture
def web_engine(request: pytest.FixtureRequest, new_world: NewDatabase) -> Iterator[Engine]:
    """SQLite, unless a test asks for both engines by `parametrize("web_engine", ENGINES, indirect=True)`."""
    made = db.make_engine(new_world(getattr(request, "param", "sqlite")))
    yield made
    made.dispose()


@pytest.fixture
def world(web_engine: Engine) -> World:
    with db.open_session(web_engine) as session:
        return read_world(session)


@pytest.fixture
def app(web_engine: Engine, world: World) -> Flask:
    config = from_environment({"HUB_SECRET_KEY": "k" * 40, "HUB_CONTACT_EMAIL": "hub@example.org"})
    return create_app(config, engine=web_engine, checker=CheckerInProcess())


@pytest.fixture
def signed_in(app: Flask, web_engine: Engine, world: World) -> SignIn:
    """`signed_in("sub.rxt")` is a browser of that person, signed in with every role; None is nobody."""
    people: dict[int, int] = {}

    def identify() -> Actor:
        """By a header that only these clients send; the cookie's own tests are in tests/access."""
        from flask import request

        from hub.partners.models import SignInSession

        number = request.headers.get("X-Test-Sign-In")
        if number is None:
            return ANONYMOUS
        session = transaction.reading()
        g.sign_in = session.get_one(SignInSession, int(number))
        g.person = session.get_one(Person, people[int(number)])
        return actor_for(session, g.person.id)

    app.extensions["hub_identify"] = identify

    def browser(name: str | None) -> Browser:
        client = app.test_client()
        if name:
            with db.transaction(web_engine) as session:
                person = world.people[name]
                account = session.query(Account).filter_by(person_id=person.id).one()
                begun, _token = begin(session, account, now=real_now(), device="a test")
                people[begun.id] = person.id
                client.environ_base["HTTP_X_TEST_SIGN_IN"] = str(begun.id)
        return Browser(client)

    return browser
