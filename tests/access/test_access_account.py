"""One's own account: sign-ins listed and ended, the password changed, an authenticator app set up."""

import re
from datetime import timedelta

import pyotp
from flask import Flask
from sqlalchemy import Engine, select, update

from hub import db
from hub.clock import real_now
from hub.partners import accounts, second_factor
from hub.partners.models import Account, SignInSession
from tests.clients import Browser, browser, browser_of
from tests.factories import World

PASSWORD = "otter lamp granite tuesday"
NEW = "velvet anchor sunday mosaic"


def with_password(engine: Engine, world: World, name: str) -> None:
    """Let a person of the world sign in with the password above, without an app."""
    with db.transaction(engine) as session:
        accounts.open_local(session, world.people[name], PASSWORD, now=real_now())


def signed_in(app: Flask, email: str, password: str = PASSWORD) -> Browser:
    client = browser(app)
    assert client.post("/sign-in", data={"email": email, "password": password}).status_code == 303
    return refreshed(client)


def refreshed(client: Browser, path: str = "/account") -> Browser:
    found = re.search(r'name="csrf_token" value="([^"]+)"', client.get(path).text)
    assert found
    client.form_token = found.group(1)
    return client


def test_the_other_sign_ins_are_listed_and_ended(app: Flask, engine: Engine, world: World) -> None:
    with_password(engine, world, "sub.rxt")
    here, there, elsewhere = (signed_in(app, "sub.rxt@example.org") for _ in range(3))
    strangers = browser_of(app, world.people["sub.rr1"])
    listed = re.findall(r'name="sign_in" value="(\d+)"', here.get("/account").text)
    assert len(listed) == 2
    assert here.post("/account/sign-ins/end", data={"sign_in": listed[0]}).status_code == 303
    assert sorted(client.get("/account").status_code for client in (there, elsewhere)) == [200, 303]
    assert here.post("/account/sign-ins/end").status_code == 303
    assert [client.get("/account").status_code for client in (there, elsewhere)] == [303, 303]
    assert here.get("/account").status_code == 200
    assert strangers.post("/account/sign-ins/end", data={"sign_in": listed[1]}).status_code == 303
    assert here.get("/account").status_code == 200, "one cannot end another person’s"


def test_a_new_password_ends_the_other_sign_ins_and_the_old_name_of_this_one(
    app: Flask, engine: Engine, world: World
) -> None:
    with_password(engine, world, "sub.rxt")
    here, there = (signed_in(app, "sub.rxt@example.org") for _ in range(2))
    old = here.get_cookie("__Host-hub")
    form = {"password": PASSWORD, "new": NEW, "again": NEW}
    assert here.post("/account/password", data={**form, "password": "wrong"}).status_code == 400
    assert here.post("/account/password", data={**form, "again": "otherwise"}).status_code == 400
    assert here.post("/account/password", data={**form, "new": "short", "again": "short"}).status_code == 400
    assert here.post("/account/password", data=form).status_code == 303
    assert here.get("/account").status_code == 200
    assert there.get("/account").status_code == 303
    assert old
    replay = browser(app)
    replay.set_cookie("__Host-hub", old.value)
    assert replay.get("/account").status_code == 303
    signed_in(app, "sub.rxt@example.org", NEW)


def test_an_app_is_set_up_after_proving_who_one_is(app: Flask, engine: Engine, world: World) -> None:
    with_password(engine, world, "stw.testshire")
    client = signed_in(app, "stw.testshire@example.org")
    for page in (client.get("/account").text, client.get("/").text):
        assert (
            "A role of yours needs an authenticator app" in page and "hold no role at the moment" not in page
        )
    with db.transaction(engine) as session:
        session.execute(update(SignInSession).values(stepped_up_at=real_now() - timedelta(minutes=11)))
    assert client.get("/account/second-factor").headers["Location"] == "/confirm?next=/account/second-factor"
    refreshed(client)
    before = client.get_cookie("__Host-hub")
    confirmed = client.post("/confirm", data={"password": PASSWORD, "next": "/account/second-factor"})
    assert confirmed.headers["Location"] == "/account/second-factor"
    after = client.get_cookie("__Host-hub")
    assert before and after and before.value != after.value, "a new name after proving it"
    page = client.get("/account/second-factor").text
    sealed = re.search(r'name="offered" value="([^"]+)"', page)
    key = re.search(r'Key: <strong class="hub-typed">([^<]+)<', page)
    assert sealed and key
    refreshed(client, "/account/second-factor")
    form = {"offered": sealed.group(1), "code": pyotp.TOTP(key.group(1).replace(" ", "")).now()}
    assert client.post("/account/second-factor", data={**form, "code": "12345"}).status_code == 400
    assert client.post("/account/second-factor", data=form).status_code == 303
    assert "A role of yours" not in client.get("/account").text + client.get("/").text
    assert (
        browser(app)
        .post("/sign-in", data={"email": "stw.testshire@example.org", "password": PASSWORD})
        .status_code
        == 400
    )


def test_a_form_waits_while_one_proves_who_one_is(app: Flask, engine: Engine, world: World) -> None:
    with_password(engine, world, "sub.rxt")
    client = signed_in(app, "sub.rxt@example.org")
    with db.transaction(engine) as session:
        session.execute(update(SignInSession).values(stepped_up_at=None))
    asked = client.post("/account/second-factor", data={"code": "123456"})
    assert asked.status_code == 401
    kept = re.search(r'name="kept" value="([^"]+)"', asked.text)
    assert kept
    back = client.post("/confirm", data={"password": PASSWORD, "kept": kept.group(1)})
    assert 'name="code" value="123456"' in back.text
    assert client.post("/confirm", data={"password": PASSWORD}).status_code == 403, (
        "the form’s old token ended with the name"
    )


def test_the_key_of_an_app_is_not_readable_in_the_database(app: Flask, engine: Engine, world: World) -> None:
    secret = second_factor.new_secret()
    with db.transaction(engine) as session:
        account = session.scalars(
            select(Account).where(Account.person_id == world.people["sub.rxt"].id)
        ).one()
        second_factor.enrol(account, secret, secret_key="k" * 40, step=0)
        assert account.totp_secret and secret.encode() not in account.totp_secret
        now = real_now()
        code = pyotp.TOTP(secret).at(now)
        spend = {"secret_key": "k" * 40, "now": now}
        assert second_factor.spend(session, account, f"{code[:3]} {code[3:]}", **spend)
        assert not second_factor.spend(session, account, code, **spend), "once, with spaces or without"
        earlier = pyotp.TOTP(secret).at(now - timedelta(seconds=30))
        assert not second_factor.spend(session, account, earlier, **spend), "nor an earlier one after it"
