"""Signing in with a local account, from the invitation to the sign-out, by real requests on both engines."""

import re
from datetime import timedelta

import pyotp
import pytest
from flask import Flask
from sqlalchemy import Engine, select, update

from hub import db
from hub.access import sessions
from hub.clock import real_now
from hub.partners import invitations, people
from hub.partners.models import Account, Person, SignInAttempt, SignInSession
from tests.clients import Browser, browser, browser_of
from tests.factories import World

PASSWORD = "otter lamp granite tuesday"


def invite(engine: Engine, email: str, role: str, **over: int) -> str:
    """The path of a one-time link."""
    with db.transaction(engine) as session:
        person = people.make(session, email)
        people.grant(session, person, role, now=real_now(), **over)
        return "/invitation/" + invitations.make(session, person, "first", now=real_now())


def offered(page: str) -> dict[str, str]:
    """The sealed second factor of an invitation page, and its key as a person would type it into an app."""
    sealed = re.search(r'name="offered" value="([^"]+)"', page)
    key = re.search(r'Key: <strong class="hub-typed">([^<]+)<', page)
    assert sealed and key
    return {"offered": sealed.group(1), "key": key.group(1).replace(" ", "")}


def accept(client: Browser, path: str, password: str = PASSWORD, **more: str) -> int:
    form = {"name": "Ann Example", "password": password, "again": password, **more}
    return client.post(path, data=form).status_code


def sign_in(client: Browser, email: str, password: str = PASSWORD, code: str = "", **more: str) -> int:
    return client.post(
        "/sign-in", data={"email": email, "password": password, "code": code, **more}
    ).status_code


def take_token(client: Browser, page: str) -> None:
    """Use the form token of the page that was just opened."""
    found = re.search(r'name="csrf_token" value="([^"]+)"', page)
    assert found
    client.form_token = found.group(1)


@pytest.fixture
def submitter(app: Flask, engine: Engine, world: World) -> str:
    """The address of a submitter with the password above."""
    path = invite(engine, "new.sub@example.org", "SUB", agency_id=world.agencies["RXT"].id)
    assert accept(browser(app), path) == 303
    return "new.sub@example.org"


def test_the_first_administrator_of_an_empty_deployment(engine: Engine, app: Flask) -> None:
    path = invite(engine, "First.Admin@Example.org ", "ADM")
    client = browser(app)
    page = client.get(path).text
    assert "first.admin@example.org" in page
    app_key = offered(page)
    code = pyotp.TOTP(app_key["key"]).now()
    assert accept(client, path, offered=app_key["offered"], code=f" {code[:3]} {code[3:]} ") == 303
    assert client.get("/account").status_code == 200
    assert client.get(path).status_code == 404, "the link works once"
    again = browser(app)
    assert sign_in(again, "first.admin@example.org", code=code) == 400, "a code is used once"


def test_a_role_that_needs_a_second_factor_cannot_be_accepted_without_one(
    engine: Engine, app: Flask, world: World
) -> None:
    path = invite(engine, "sgn@example.org", "SGN", agency_id=world.agencies["RXT"].id)
    client = browser(app)
    sealed = offered(client.get(path).text)["offered"]
    assert accept(client, path, offered=sealed, code="000000") == 400
    assert accept(client, path) == 400


def test_a_schools_signatory_needs_a_password_only(engine: Engine, app: Flask, world: World) -> None:
    path = invite(engine, "head@example.org", "SGN", agency_id=world.agencies["990001"].id)
    client = browser(app)
    assert "authenticator" not in client.get(path).text
    assert accept(client, path) == 303


@pytest.mark.parametrize(
    ("password", "says"),
    [
        ("short", "has 5 characters"),
        ("correct horse battery staple", "easy to guess"),
        ("new.sub@example.org", "easy to guess"),
        ("abcabcabcabcabcabc", "easy to guess"),
        ("safeguarding partnership", "easy to guess"),
    ],
)
def test_a_weak_password_is_refused_in_words(sqlite_url: str, password: str, says: str) -> None:
    from hub.partners import passwords

    assert says in (passwords.fault(password, email="new.sub@example.org") or "")
    assert passwords.fault(PASSWORD, email="new.sub@example.org") is None


def test_known_and_unknown_people_read_the_same(app: Flask, submitter: str) -> None:
    answers = []
    for email in (submitter, "nobody@example.org"):
        client = browser(app)
        answer = client.post("/sign-in", data={"email": email, "password": "x" * 20})
        answers.append((answer.status_code, re.sub(r'(value|id)="[^"]*"|reference[^<]*', "", answer.text)))
    assert answers[0] == answers[1]
    assert answers[0][0] == 400


def test_a_sign_in_gets_a_new_name_and_an_old_cookie_is_worth_nothing(app: Flask, submitter: str) -> None:
    client = browser(app)
    with app.app_context():
        name = sessions.cookie_name()
    client.set_cookie(name, "planted by somebody else")
    assert sign_in(client, submitter) == 303
    cookie = client.get_cookie(name)
    assert cookie and cookie.value != "planted by somebody else"
    assert client.get("/account").status_code == 200
    take_token(client, client.get("/account").text)
    assert client.post("/sign-out").status_code == 303
    client.set_cookie(name, cookie.value)
    assert client.get("/account").status_code == 303, "replayed after the sign-out"


def test_the_cookie_is_kept_from_scripts_and_from_plain_http(app: Flask, submitter: str) -> None:
    client = browser(app)
    answer = client.post("/sign-in", data={"email": submitter, "password": PASSWORD})
    cookies = [each for each in answer.headers.getlist("Set-Cookie") if each.startswith("__Host-hub=")]
    assert len(cookies) == 1
    for word in ("Secure", "HttpOnly", "Path=/", "SameSite=Lax"):
        assert word in cookies[0]
    assert "Domain" not in cookies[0] and "Expires" not in cookies[0]


def test_a_demo_on_loopback_has_its_own_cookie_and_asks_for_no_code(demo_app: Flask, engine: Engine) -> None:
    path = invite(engine, "demo.admin@example.org", "ADM")
    client = browser(demo_app)
    assert "authenticator" not in client.get(path).text
    assert accept(client, path) == 303
    assert client.get_cookie("hub_demo") is not None
    assert client.get("/account").status_code == 200


@pytest.mark.parametrize(
    ("column", "ago"), [("seen_at", timedelta(minutes=31)), ("started_at", timedelta(hours=12, seconds=1))]
)
def test_a_sign_in_ends_by_itself(
    app: Flask, engine: Engine, world: World, column: str, ago: timedelta
) -> None:
    client = browser_of(app, world.people["sub.rxt"])
    assert client.get("/account").status_code == 200
    with db.transaction(engine) as session:
        session.execute(update(SignInSession).values({column: real_now() - ago}))
    assert client.get("/account").headers["Location"] == "/sign-in?next=/account"


def test_use_keeps_a_sign_in_alive(app: Flask, engine: Engine, world: World) -> None:
    client = browser_of(app, world.people["sub.rxt"])
    with db.transaction(engine) as session:
        session.execute(update(SignInSession).values(seen_at=real_now() - timedelta(minutes=29)))
    client.get("/account")
    with db.open_session(engine) as session:
        seen = session.scalars(select(SignInSession.seen_at)).one()
    assert real_now() - seen < timedelta(minutes=1)


def test_guesses_are_few_and_the_true_person_still_gets_in(
    app: Flask, engine: Engine, submitter: str
) -> None:
    at_home = browser(app)
    assert sign_in(at_home, submitter) == 303  # this browser is known from now on
    statuses = []
    for guess in range(60):
        client = browser(app)
        answer = client.post(
            "/sign-in",
            data={"email": submitter, "password": f"{guess} guesses in the dark"},
            environ_overrides={"REMOTE_ADDR": f"198.51.100.{guess % 7}"},
        )
        statuses.append(answer.status_code)
    assert statuses.count(400) == 6, "so many were compared"
    assert statuses.count(429) == 54
    assert sign_in(browser(app), submitter) == 429, "an unknown browser waits"
    at_home.set_cookie("__Host-hub", "")
    at_home.form_token = browser_token(app, at_home)
    assert sign_in(at_home, submitter) == 303, "a browser where this person signed in before does not"


def browser_token(app: Flask, client: Browser) -> str:
    found = re.search(r'name="csrf_token" value="([^"]+)"', client.get("/sign-in").text)
    assert found
    return found.group(1)


def test_an_address_has_few_guesses_at_one_account_and_leaves_some_to_others(
    app: Flask, submitter: str
) -> None:
    attacker = {"REMOTE_ADDR": "198.51.100.1"}
    wrong = {"email": submitter, "password": "x" * 20}
    statuses = [
        browser(app).post("/sign-in", data=wrong, environ_overrides=attacker).status_code for _ in range(20)
    ]
    assert statuses.count(400) == 4
    assert sign_in(browser(app), submitter) == 303


def test_the_attempts_of_a_day_ago_are_forgotten(app: Flask, engine: Engine, submitter: str) -> None:
    with db.transaction(engine) as session:
        session.add(SignInAttempt(subject_digest="x" * 64, at=real_now() - timedelta(days=1)))
    sign_in(browser(app), submitter, password="wrong" * 4)
    with db.open_session(engine) as session:
        assert "x" * 64 not in set(session.scalars(select(SignInAttempt.subject_digest)))


def test_forgotten_password_and_lost_app_come_through_the_same_door(
    app: Flask, engine: Engine, submitter: str
) -> None:
    client = browser(app)
    sign_in(client, submitter)
    with db.transaction(engine) as session:
        person = people.require(session, submitter)
        first = invitations.make(session, person, "password", now=real_now())
        second = invitations.make(session, person, "password", now=real_now())
    assert browser(app).get(f"/invitation/{first}").status_code == 404, "a newer link was made"
    assert accept(browser(app), f"/invitation/{second}", password="a wholly different secret") == 303
    assert client.get("/account").status_code == 303, "signed out everywhere else"
    assert sign_in(browser(app), submitter) == 400
    assert sign_in(browser(app), submitter, password="a wholly different secret") == 303


def test_an_old_link_says_what_to_do(app: Flask, engine: Engine) -> None:
    with db.transaction(engine) as session:
        person = people.make(session, "late@example.org")
        token = invitations.make(session, person, "first", now=real_now() - timedelta(days=8))
    answer = browser(app).get(f"/invitation/{token}")
    assert answer.status_code == 404
    assert "Ask the person who sent it for a new one" in answer.text


def test_answers_survive_the_end_of_a_sign_in(app: Flask, engine: Engine, submitter: str) -> None:
    client = browser(app)
    sign_in(client, submitter)
    take_token(client, client.get("/account").text)
    with db.transaction(engine) as session:
        session.execute(update(SignInSession).values(seen_at=real_now() - timedelta(hours=1)))
    answer = client.post("/sign-out", data={"referrals_made": "17", "note": "<b>“late”</b>"})
    assert answer.status_code == 401
    kept = re.search(r'name="kept" value="([^"]+)"', answer.text)
    assert kept
    take_token(client, answer.text)
    stranger = browser_of_new(app, engine)
    assert (
        "referrals_made"
        not in stranger.post(
            "/sign-in", data={"email": "other@example.org", "password": PASSWORD, "kept": kept.group(1)}
        ).text
    )
    back = client.post("/sign-in", data={"email": submitter, "password": PASSWORD, "kept": kept.group(1)})
    assert back.status_code == 200
    assert 'name="referrals_made" value="17"' in back.text
    assert "&lt;b&gt;“late”&lt;/b&gt;" in back.text
    assert 'action="/sign-out"' in back.text


def browser_of_new(app: Flask, engine: Engine) -> Browser:
    """A browser in which another person may sign in."""
    with db.transaction(engine) as session:
        person = people.make(session, "other@example.org")
        link = invitations.make(session, person, "first", now=real_now())
    assert accept(browser(app), f"/invitation/{link}") == 303
    return browser(app)


def test_a_person_without_the_second_factor_holds_no_role_that_needs_it(
    app: Flask, engine: Engine, world: World
) -> None:
    person = world.people["stw.testshire"]
    client = browser_of(app, person)
    with db.transaction(engine) as session:
        session.execute(update(Account).where(Account.person_id == person.id).values(totp_secret=None))
    assert "authenticator app" in client.get("/account").text


def test_a_disabled_person_is_out_at_once(app: Flask, engine: Engine, world: World) -> None:
    client = browser_of(app, world.people["sub.rxt"])
    assert client.get("/account").status_code == 200
    with db.transaction(engine) as session:
        session.execute(
            update(Person).where(Person.email == "sub.rxt@example.org").values(disabled_at=real_now())
        )
    assert client.get("/account").status_code == 303
