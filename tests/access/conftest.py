"""A running application over the small world, on each engine."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from flask import Flask
from sqlalchemy import Engine

from hub import db
from hub.app import create_app
from hub.config import from_environment
from tests.databases import ENGINES, NewDatabase
from tests.factories import World, read_world

SECRET = "k" * 40


@pytest.fixture(params=ENGINES)
def engine(request: pytest.FixtureRequest, new_world: NewDatabase) -> Iterator[Engine]:
    made = db.make_engine(new_world(request.param))
    yield made
    made.dispose()


@pytest.fixture
def world(engine: Engine) -> World:
    with db.open_session(engine) as session:
        return read_world(session)


@pytest.fixture
def app(engine: Engine, world: World) -> Flask:
    return create_app(from_environment({"HUB_SECRET_KEY": SECRET}), engine=engine)


@pytest.fixture
def demo_app(engine: Engine, world: World) -> Flask:
    return create_app(from_environment({"HUB_SECRET_KEY": SECRET, "HUB_DEMO": "1"}), engine=engine)
