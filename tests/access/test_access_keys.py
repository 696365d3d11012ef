"""An agency's key opens the interface, nothing else, and only as long as it and its owner are in force (T13, P4)."""

from datetime import timedelta

import pytest
from flask import Flask, g
from sqlalchemy import Engine, func, select, update

from hub import db
from hub.access import doors, guard
from hub.access.guard import Permission, public, requires
from hub.clock import real_now
from hub.config import from_environment
from hub.errors import HubError, NotFound, WrongUsage
from hub.partners import keys, people
from hub.partners.models import ApiKey, Grant, SignInSession
from tests.clients import browser_of
from tests.factories import World


@pytest.fixture
def interface(engine: Engine, world: World) -> Flask:
    """A small interface with one door for reading and one for signing."""
    app = Flask(__name__)
    doors.install(app, engine, from_environment({"HUB_SECRET_KEY": "k" * 40}))

    @app.get("/api/v1/submissions/<int:submission>")
    @requires(Permission.SUBMISSION_STATUS, of="submission")
    def read(submission: int) -> str:
        return g.actor.principal

    @app.post("/api/v1/submissions/<int:submission>/sign")
    @requires(Permission.SUBMISSION_SIGN, of="submission")
    def sign(submission: int) -> str:
        return "signed"

    @app.get("/page")
    @requires(Permission.ACCOUNT_OWN)
    def page() -> str:
        return "a page"

    @app.get("/sign-in")
    @public("nobody is known yet")
    def form() -> str:
        return "sign in"

    @app.errorhandler(HubError)
    def refuse(error: HubError) -> tuple[str, int]:
        status = {guard.SignInNeeded: 401, NotFound: 404}.get(type(error), 403)
        return error.sentence, status

    guard.check_declared(app)
    return app


def make_key(engine: Engine, world: World, **more: int) -> str:
    with db.transaction(engine) as session:
        owner, agency = world.people["sgn.rxt"].id, world.agencies["RXT"].id
        return keys.make(
            session, agency_id=agency, owner_id=owner, name="our records", now=real_now(), **more
        )[1]


def ask(app: Flask, engine: Engine, world: World, key: str, *, agency: str = "RXT") -> int:
    with db.open_session(engine) as session:
        number = world.item(session, agency, "2015-03")
    answer = app.test_client().get(
        f"/api/v1/submissions/{number}", headers={"Authorization": f"Bearer {key}"}
    )
    assert "Set-Cookie" not in answer.headers
    return answer.status_code


def test_a_key_reads_its_own_agencys_submission_and_no_other(
    interface: Flask, engine: Engine, world: World
) -> None:
    key = make_key(engine, world)
    assert ask(interface, engine, world, key) == 200
    assert ask(interface, engine, world, key, agency="RR1") == 404
    assert ask(interface, engine, world, key, agency="REL") == 404
    assert ask(interface, engine, world, key + "x") == 401


def test_a_key_never_signs(interface: Flask, engine: Engine, world: World) -> None:
    key = make_key(engine, world)
    with db.open_session(engine) as session:
        number = world.item(session, "RXT", "2015-03")
    answer = interface.test_client().post(
        f"/api/v1/submissions/{number}/sign", headers={"Authorization": f"Bearer {key}"}
    )
    assert answer.status_code == 403


def test_a_key_opens_no_page_and_no_address_with_it_in_opens_anything(
    interface: Flask, engine: Engine, world: World
) -> None:
    key = make_key(engine, world)
    client = interface.test_client()
    assert client.get("/page", headers={"Authorization": f"Bearer {key}"}).status_code == 401
    with db.open_session(engine) as session:
        number = world.item(session, "RXT", "2015-03")
    for name in ("key", "api_key", "access_token", "token", "authorization"):
        assert client.get(f"/api/v1/submissions/{number}?{name}={key}").status_code == 401
    client.set_cookie("__Host-hub", key)
    assert client.get(f"/api/v1/submissions/{number}").status_code == 401


def test_a_cookie_opens_no_door_of_the_interface(interface: Flask, engine: Engine, world: World) -> None:
    client = browser_of(interface, world.people["sub.rxt"])
    with db.open_session(engine) as session:
        number = world.item(session, "RXT", "2015-03")
    assert client.get("/page").status_code == 200
    assert client.get(f"/api/v1/submissions/{number}").status_code == 401


@pytest.mark.parametrize(
    "end", ["revoked", "rotated", "out of date", "owner disabled", "owner left", "agency left"]
)
def test_a_key_ends_at_once(interface: Flask, engine: Engine, world: World, end: str) -> None:
    key = make_key(engine, world)
    assert ask(interface, engine, world, key) == 200
    with db.transaction(engine) as session:
        row, now = session.scalars(select(ApiKey)).one(), real_now()
        if end == "revoked":
            keys.revoke(session, row, now=now)
        elif end == "rotated":
            _, fresh = keys.rotate(session, row, now=now)
        elif end == "out of date":
            row.expires_at = now
        elif end == "owner disabled":
            people.disable(session, people.require(session, "sgn.rxt@example.org"), now=now)
        elif end == "owner left":
            session.execute(update(Grant).where(Grant.person_id == row.owner_person_id).values(ended_at=now))
        else:
            from datetime import date

            from hub.partners.models import Membership

            left = (
                update(Membership)
                .where(Membership.agency_id == row.agency_id)
                .values(until_on=date(2015, 5, 17))
            )
            session.execute(left)
    assert ask(interface, engine, world, key) == (404 if end == "agency left" else 401)
    if end == "rotated":
        assert ask(interface, engine, world, fresh) == 200


def test_a_key_is_kept_as_a_digest_and_lasts_a_year_at_most(engine: Engine, world: World) -> None:
    key = make_key(engine, world)
    with db.open_session(engine) as session:
        row = session.scalars(select(ApiKey)).one()
        assert key not in (row.digest, row.name) and len(row.digest) == 64
        assert row.expires_at - row.created_at == timedelta(days=365)
    for days in (0, 366):
        with pytest.raises(WrongUsage):
            make_key(engine, world, days=days)


def test_a_key_leaves_no_sign_in_behind(interface: Flask, engine: Engine, world: World) -> None:
    ask(interface, engine, world, make_key(engine, world))
    with db.open_session(engine) as session:
        assert session.scalar(select(func.count()).select_from(SignInSession)) == 0
