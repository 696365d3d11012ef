"""A real Chromium before a real server over the small world, with people signed in by their cookie."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from sqlalchemy import Engine, select
from werkzeug.serving import make_server

from hub import db
from hub.app import create_app
from hub.clock import real_now
from hub.config import from_environment
from hub.partners import sign_ins
from hub.partners.models import Account
from tests.browsers import WithAxe
from tests.databases import NewDatabase
from tests.factories import World, read_world
from tests.web.conftest import CheckerInProcess

PASSWORD = "four unrelated words here"


@dataclass
class Site:
    """The running hub: its address, its world and its database."""

    address: str
    world: World
    engine: Engine

    def item(self, agency: str = "RXT", period: str = "2015-04") -> int:
        with db.open_session(self.engine) as session:
            return self.world.item(session, agency, period)


@pytest.fixture
def site(new_world: NewDatabase) -> Iterator[Site]:
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    engine = db.make_engine(new_world("sqlite"))
    with db.open_session(engine) as session:
        world = read_world(session)
    config = from_environment({"HUB_SECRET_KEY": "k" * 40, "HUB_DEMO": "1"})
    app = create_app(config, engine=engine, checker=CheckerInProcess())
    server = make_server("127.0.0.1", 0, WithAxe(app), threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield Site(f"http://127.0.0.1:{server.server_port}", world, engine)
    server.shutdown()
    thread.join()
    server.server_close()
    engine.dispose()


OpenPage = Callable[..., Any]


@pytest.fixture
def open_page(chromium: Any, site: Site) -> Iterator[OpenPage]:
    """`open_page("sub.rxt", width=320, scripts=False)` is a page of that person's browser."""
    contexts = []

    def make(name: str | None, *, width: int = 1100, scripts: bool = True) -> Any:
        context = chromium.new_context(
            base_url=site.address, viewport={"width": width, "height": 800}, java_script_enabled=scripts
        )
        contexts.append(context)
        if name:
            with db.transaction(site.engine) as session:
                person = site.world.people[name]
                account = session.scalars(select(Account).where(Account.person_id == person.id)).one()
                _begun, token = sign_ins.begin(session, account, now=real_now(), device="Chromium")
            context.add_cookies([{"name": "hub_demo", "value": token, "url": site.address}])
        return context.new_page()

    yield make
    for context in contexts:
        context.close()
