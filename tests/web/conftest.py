"""A running application over the small world, and clients signed in as its people."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from flask import Flask, g
from flask.testing import FlaskClient
from sqlalchemy import Engine

from hub import db
from hub.access import transaction
from hub.app import create_app
from hub.config import from_environment
from hub.partners.models import Person
from hub.partners.policy import ANONYMOUS, Actor, actor_for
from tests.factories import World, make_world

SignIn = Callable[[str | None], FlaskClient]


@pytest.fixture
def web_engine(sqlite_url: str) -> Iterator[Engine]:
    made = db.make_engine(sqlite_url)
    yield made
    made.dispose()


@pytest.fixture
def world(web_engine: Engine) -> World:
    with db.transaction(web_engine) as session:
        return make_world(session)


@pytest.fixture
def app(web_engine: Engine, world: World) -> Flask:
    config = from_environment({"HUB_SECRET_KEY": "k" * 40, "HUB_CONTACT_EMAIL": "hub@example.org"})
    return create_app(config, engine=web_engine)


@pytest.fixture
def signed_in(app: Flask, world: World) -> SignIn:
    """`signed_in("sub.rxt")` is a client whose requests come from that person; None is nobody."""

    def client(name: str | None) -> FlaskClient:
        person = world.people[name] if name else None

        def identify() -> Actor:
            if person is None:
                return ANONYMOUS
            g.person = transaction.reading().get(Person, person.id)
            return actor_for(transaction.reading(), person.id)

        app.extensions["hub_identify"] = identify
        return app.test_client()

    return client
