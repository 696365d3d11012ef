"""A signatory makes, replaces and ends the keys of the agency's own systems."""

import re
from datetime import timedelta

from flask import Flask
from sqlalchemy import Engine, select, update

from hub import db
from hub.audit.models import AuditEntry
from hub.clock import real_now
from hub.partners import keys
from hub.partners.models import ApiKey, SignInSession
from tests.clients import browser_of
from tests.factories import World

PATH = "/agencies/RXT/keys"


def shown(page: str) -> str:
    found = re.search(r"hub_[\w-]{43}", page)
    assert found
    return found.group()


def works(engine: Engine, key: str) -> bool:
    with db.open_session(engine) as session:
        return keys.find(session, key, now=real_now()) is not None


def test_a_key_is_made_and_shown_once_replaced_and_ended(app: Flask, engine: Engine, world: World) -> None:
    signatory = browser_of(app, world.people["sgn.rxt"])
    assert PATH in signatory.get("/account").text
    first = shown(signatory.post(PATH, data={"name": "Our records", "days": "90"}).text)
    assert works(engine, first)
    listed = signatory.get(PATH).text
    assert "Our records" in listed and first not in listed
    with db.open_session(engine) as session:
        number = session.scalars(select(ApiKey.id)).one()
    second = shown(signatory.post(f"{PATH}/{number}/rotate").text)
    assert not works(engine, first) and works(engine, second)
    with db.open_session(engine) as session:
        fresh = session.scalars(select(ApiKey).where(ApiKey.revoked_at.is_(None))).one()
        assert fresh.expires_at <= real_now() + timedelta(days=90), "no longer than the one it replaces"
    assert signatory.post(f"{PATH}/{fresh.id}/revoke").status_code == 303
    assert not works(engine, second)
    with db.open_session(engine) as session:
        acts = session.scalars(select(AuditEntry.action).order_by(AuditEntry.sequence)).all()
    assert [act for act in acts if act.startswith("key:")] == ["key:make", "key:rotate", "key:revoke"]


def test_another_agencys_key_is_as_good_as_absent(app: Flask, engine: Engine, world: World) -> None:
    owner, agency = world.people["sgn.rr1"].id, world.agencies["RR1"].id
    with db.transaction(engine) as session:
        key, text = keys.make(session, agency_id=agency, owner_id=owner, name="theirs", now=real_now())
    signatory = browser_of(app, world.people["sgn.rxt"])
    for verb in ("rotate", "revoke"):
        assert signatory.post(f"{PATH}/{key.id}/{verb}").status_code == 404
        assert signatory.post(f"/agencies/RR1/keys/{key.id}/{verb}").status_code == 404
    assert works(engine, text)


def test_how_long_is_said_in_days(app: Flask, world: World) -> None:
    signatory = browser_of(app, world.people["sgn.rxt"])
    for days in ("", "0", "366", "ten", "1e2", "٣"):
        answer = signatory.post(PATH, data={"name": "x", "days": days})
        assert answer.status_code == 400 and "365" in answer.text


def test_making_a_key_asks_who_one_is(app: Flask, engine: Engine, world: World) -> None:
    signatory = browser_of(app, world.people["sgn.rxt"])
    with db.transaction(engine) as session:
        session.execute(update(SignInSession).values(stepped_up_at=real_now() - timedelta(minutes=11)))
    answer = signatory.post(PATH, data={"name": "x", "days": "10"})
    assert answer.status_code == 401 and "Show that it is you" in answer.text
