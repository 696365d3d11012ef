"""The seeded example of 2016 as an application, and browsers of its people."""

from collections.abc import Callable
from pathlib import Path
from shutil import copyfile

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from hub.app import create_app
from hub.config import from_environment
from hub.db import make_engine, open_session
from hub.partners.models import Person
from tests.clients import browser_of

CONFIG = {"HUB_SECRET_KEY": "s" * 40, "HUB_DEMO": "1", "HUB_HOST": "127.0.0.1"}


def _app(database: str) -> Flask:
    return create_app(from_environment({**CONFIG, "HUB_DATABASE_URL": database}), make_engine(database))


@pytest.fixture(scope="session")
def read_alone(example_file: Path, tmp_path_factory: pytest.TempPathFactory) -> Flask:
    """One application for all tests that write nothing but who signs in: what was worked out for one is remembered for the next."""
    copy = tmp_path_factory.mktemp("board") / "example.sqlite"
    copyfile(example_file, copy)
    return _app(f"sqlite:///{copy}")


@pytest.fixture
def app(example_copy: str) -> Flask:
    """Of its own for a test that writes."""
    return _app(example_copy)


@pytest.fixture
def as_(request: pytest.FixtureRequest) -> Callable[[str], FlaskClient]:
    """`as_("member")` is a browser of that person; it writes only where the test asks for `app` as well."""
    app: Flask = request.getfixturevalue("app" if "app" in request.fixturenames else "read_alone")

    def client(name: str) -> FlaskClient:
        with open_session(app.extensions["hub_engine"]) as session:
            person = session.scalars(select(Person).where(Person.email == f"{name}@example.org")).one()
        return browser_of(app, person)

    return client
