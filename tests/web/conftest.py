"""A running application over the small world, and clients signed in as its people."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from flask import Flask
from sqlalchemy import Engine

from hub import db
from hub.app import create_app
from hub.config import from_environment
from tests.clients import Browser, browser, browser_of
from tests.factories import World, make_world

SignIn = Callable[[str | None], Browser]


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
    """`signed_in("sub.rxt")` is that person's browser; None is nobody's."""

    def client(name: str | None) -> Browser:
        return browser_of(app, world.people[name]) if name else browser(app)

    return client
