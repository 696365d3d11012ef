"""The guard itself, on small applications made for the purpose."""

import pytest
from flask import Flask
from sqlalchemy import Engine

from hub import db
from hub.access import guard, transaction
from hub.access.guard import Permission, public, requires
from hub.app import create_app
from hub.config import from_environment
from hub.partners.policy import ANONYMOUS
from tests.clients import browser_of
from tests.factories import make_world


def view() -> str:
    return "seen"


def test_a_view_without_a_declaration_stops_the_start_up() -> None:
    app = Flask(__name__)
    app.add_url_rule("/open", "open", view)
    with pytest.raises(RuntimeError, match=r"/open \['GET'\]: open lacks"):
        guard.check_declared(app)


def test_reading_and_writing_are_declared_apart() -> None:
    app = Flask(__name__)

    @app.route("/both", methods=["GET", "POST"])
    @requires(Permission.ACCOUNT_OWN)
    def both() -> str:
        return "seen"

    with pytest.raises(RuntimeError, match="declare GET and POST apart"):
        guard.check_declared(app)


def test_a_view_declares_once() -> None:
    with pytest.raises(ValueError, match="declares twice"):
        public("a reason")(requires(Permission.ACCOUNT_OWN)(lambda: "seen"))


def test_the_kind_of_object_must_exist() -> None:
    with pytest.raises(ValueError, match="no object of kind 'planet'"):
        requires(Permission.DRAFT_READ, of="planet")


def test_what_slipped_past_the_start_up_check_is_still_refused(engine: Engine) -> None:
    app = Flask(__name__)
    transaction.install(app, engine)
    guard.install(app, lambda: ANONYMOUS)
    app.add_url_rule("/open", "open", view)
    app.register_error_handler(guard.NotFound, lambda error: (error.sentence, 404))
    assert app.test_client().get("/open").status_code == 404


@pytest.mark.postgres
def test_the_database_hides_a_foreign_object_though_the_application_let_it_pass(
    postgres_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Security.md P3: the application’s own filter is switched off."""
    engine = db.make_engine(postgres_url)
    with db.transaction(engine) as session:
        world = make_world(session)
        own, foreign = (world.item(session, agency, "2015-03") for agency in ("RXT", "REL"))
    app = create_app(from_environment({"HUB_SECRET_KEY": "k" * 40}), engine=engine)
    client = browser_of(app, world.people["sgn.rxt"])
    monkeypatch.setattr(guard, "may", lambda *_, **__: True)
    assert client.get(f"/submissions/{own}").status_code == 200
    assert client.get(f"/submissions/{foreign}").status_code == 404
    engine.dispose()
