"""A running application over the small world, on each engine."""

from __future__ import annotations

import pytest
from flask import Flask
from sqlalchemy import Engine

from hub import db
from hub.app import create_app
from hub.config import from_environment
from tests.factories import World, make_world

SECRET = "k" * 40


@pytest.fixture
def world(engine: Engine) -> World:
    with db.transaction(engine) as session:
        return make_world(session)


@pytest.fixture
def app(engine: Engine, world: World) -> Flask:
    return create_app(from_environment({"HUB_SECRET_KEY": SECRET}), engine=engine)


@pytest.fixture
def demo_app(engine: Engine, world: World) -> Flask:
    return create_app(from_environment({"HUB_SECRET_KEY": SECRET, "HUB_DEMO": "1"}), engine=engine)
