"""Signing in at an OpenID Connect provider: real provider processes, every answer fetched as a browser would."""

from __future__ import annotations

import re
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import Engine, func, select

from hub import db
from hub.app import create_app
from hub.clock import real_now
from hub.config import from_environment
from hub.partners import accounts, invitations
from hub.partners.models import Account, SignInSession
from tests.clients import Browser, browser, browser_of
from tests.databases import NewDatabase
from tests.factories import World, read_world
from tests.stubs.oidc import CLIENT_ID, CLIENT_SECRET, FORGED_SEALS, LIES

ROOT = Path(__file__).parents[2]


@contextmanager
def process(*arguments: str) -> Iterator[subprocess.Popen[str]]:
    running = subprocess.Popen(
        [sys.executable, *arguments], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, cwd=ROOT
    )
    try:
        yield running
    finally:
        running.terminate()
        running.communicate(timeout=10)


@pytest.fixture(scope="module")
def provider() -> Iterator[str]:
    """The address of the provider that lies when asked to."""
    with process("-m", "tests.stubs.oidc") as running:
        assert running.stdout is not None
        yield running.stdout.readline().strip()


@pytest.fixture(scope="module")
def another_provider() -> Iterator[str]:
    """The address of somebody else's provider, in its own process."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with process("-W", "ignore", "-m", "oidc_provider_mock", "--port", str(port), "--require-nonce", "true"):
        address = f"http://127.0.0.1:{port}"
        for _ in range(100):
            try:
                urllib.request.urlopen(f"{address}/.well-known/openid-configuration", timeout=5).close()
                break
            except OSError:
                time.sleep(0.1)
        yield address


@pytest.fixture
def engine(new_world: NewDatabase) -> Iterator[Engine]:
    made = db.make_engine(new_world("sqlite"))
    yield made
    made.dispose()


@pytest.fixture
def world(engine: Engine) -> World:
    with db.open_session(engine) as session:
        return read_world(session)


def hub_at(engine: Engine, issuer: str) -> Flask:
    return create_app(
        from_environment(
            {
                "HUB_SECRET_KEY": "k" * 40,
                "HUB_OIDC_ISSUER": issuer,
                "HUB_OIDC_CLIENT_ID": CLIENT_ID,
                "HUB_OIDC_CLIENT_SECRET": CLIENT_SECRET,
                "HUB_OIDC_NAME": "NHS mail",
            }
        ),
        engine=engine,
    )


class _Stop(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_arguments: object) -> None:
        return None


def visit(address: str, form: dict[str, str] | None = None) -> str:
    """What the provider sends the browser back to."""
    data = urllib.parse.urlencode(form).encode() if form else None
    try:
        urllib.request.build_opener(_Stop).open(address, data, timeout=10).close()
    except urllib.error.HTTPError as answer:
        with answer:
            return answer.headers["Location"]
    raise AssertionError("the provider did not send the browser back")


def link(engine: Engine, world: World, name: str) -> str:
    with db.transaction(engine) as session:
        return invitations.make(session, world.people[name], "first", now=real_now())


def linked(engine: Engine, world: World, issuer: str, name: str = "sub.rxt", subject: str = "ann") -> None:
    with db.transaction(engine) as session:
        accounts.link_provider(session, world.people[name], issuer, subject, now=real_now())


def go(client: Browser, start: str = "/sign-in/provider?next=/account", **asked: str) -> str:
    """To the provider and back: the path that the browser is sent back to."""
    out = client.get(start)
    assert out.status_code == 302
    address = out.headers["Location"] + ("&" + urllib.parse.urlencode(asked) if asked else "")
    back = visit(address)
    assert back.startswith("http://localhost/sign-in/provider/back?")
    return back.removeprefix("http://localhost")


def sign_ins(engine: Engine) -> int:
    with db.open_session(engine) as session:
        return session.scalar(select(func.count()).select_from(SignInSession)) or 0


def test_an_invited_person_links_their_account_and_signs_in_with_it(
    engine: Engine, world: World, provider: str
) -> None:
    app = hub_at(engine, provider)
    token = link(engine, world, "sgn.rxt")
    client = browser(app)
    assert f"/invitation/{token}/provider" in client.get(f"/invitation/{token}").text
    assert client.get(go(client, f"/invitation/{token}/provider")).headers["Location"] == "/"
    assert "SGN of rxt" in client.get("/account").text
    assert browser(app).get(f"/invitation/{token}").status_code == 404
    again = browser(app)
    assert "NHS mail" in again.get("/sign-in").text
    assert again.get(go(again)).headers["Location"] == "/account"
    assert again.get("/account").status_code == 200
    with db.open_session(engine) as session:
        account = session.scalars(select(Account).where(Account.kind == "oidc")).one()
    assert (account.issuer, account.subject, account.person_id) == (
        provider,
        "ann",
        world.people["sgn.rxt"].id,
    )


def test_another_makers_provider_works_as_well(engine: Engine, world: World, another_provider: str) -> None:
    app = hub_at(engine, another_provider)
    linked(engine, world, another_provider, subject="ann")
    client = browser(app)
    out = client.get("/sign-in/provider?next=/account").headers["Location"]
    asked = urllib.parse.parse_qs(urllib.parse.urlsplit(out).query)
    assert asked["code_challenge_method"] == ["S256"]
    assert asked["scope"] == ["openid"] and asked["response_type"] == ["code"]
    assert len(asked["nonce"][0]) >= 20 and len(asked["state"][0]) >= 20
    back = visit(out, {"sub": "ann"}).removeprefix("http://localhost")
    assert client.get(back).headers["Location"] == "/account"
    assert client.get("/account").status_code == 200


@pytest.mark.parametrize("forge", ["", *LIES, *FORGED_SEALS, "no-token"])
def test_only_the_honest_answer_is_believed(engine: Engine, world: World, provider: str, forge: str) -> None:
    linked(engine, world, provider)
    client = browser(hub_at(engine, provider))
    answer = client.get(go(client, **({"forge": forge} if forge else {})))
    if forge == "":
        assert answer.status_code == 303
        assert sign_ins(engine) == 1
        return
    assert answer.status_code == 403
    assert "could not be accepted" in answer.text
    assert sign_ins(engine) == 0
    assert client.get_cookie("__Host-hub") is None


def test_there_are_more_than_twenty_four_forgeries() -> None:
    assert len({*LIES, *FORGED_SEALS, "no-token"}) >= 24


@pytest.mark.parametrize(
    ("what", "change"),
    [
        ("another state", lambda path: re.sub(r"state=[^&]+", "state=another", path)),
        ("no state", lambda path: re.sub(r"&?state=[^&]+", "", path)),
        ("another code", lambda path: re.sub(r"code=[^&]+", "code=another", path)),
        ("no code", lambda path: re.sub(r"code=[^&]+&?", "", path)),
        ("another issuer", lambda path: path + "&iss=https%3A%2F%2Fother.example.org"),
        ("an error", lambda path: path + "&error=access_denied"),
    ],
)
def test_a_changed_way_back_is_refused(
    engine: Engine, world: World, provider: str, what: str, change
) -> None:  # type: ignore[no-untyped-def]
    linked(engine, world, provider)
    client = browser(hub_at(engine, provider))
    assert client.get(change(go(client))).status_code == 403, what
    assert sign_ins(engine) == 0


def test_the_way_back_works_once_and_in_its_own_browser(engine: Engine, world: World, provider: str) -> None:
    linked(engine, world, provider)
    app = hub_at(engine, provider)
    client, other = browser(app), browser(app)
    other.get("/sign-in/provider")
    back = go(client)
    assert other.get(back).status_code == 403, "another browser’s answer"
    assert client.get(back).status_code == 303
    assert client.get(back).status_code == 403, "once"
    assert sign_ins(engine) == 1


def test_a_verifier_of_another_browser_is_refused_by_the_provider(
    engine: Engine, world: World, provider: str
) -> None:
    """PKCE: a code that was stolen on its way back is of no use to a browser that did not ask for it."""
    linked(engine, world, provider)
    app = hub_at(engine, provider)
    victim, thief = browser(app), browser(app)
    stolen = re.search(r"code=([^&]+)", go(victim))
    mine = thief.get("/sign-in/provider").headers["Location"]
    state = re.search(r"state=([^&]+)", mine)
    assert stolen and state
    answer = thief.get(f"/sign-in/provider/back?code={stolen.group(1)}&state={state.group(1)}")
    assert answer.status_code == 403
    assert sign_ins(engine) == 0


def test_an_unknown_subject_is_told_so_and_gets_nothing(engine: Engine, world: World, provider: str) -> None:
    """Although the provider says that the person has an administrator's e-mail address."""
    client = browser(hub_at(engine, provider))
    answer = client.get(go(client, subject="a-stranger"))
    assert answer.status_code == 403
    assert "nobody has invited you" in answer.text
    assert sign_ins(engine) == 0
    with db.open_session(engine) as session:
        assert session.scalar(select(func.count()).where(Account.kind == "oidc")) == 0


def test_the_same_subject_of_another_issuer_is_another_person(
    engine: Engine, world: World, provider: str
) -> None:
    linked(engine, world, "https://other.example.org")
    client = browser(hub_at(engine, provider))
    assert client.get(go(client)).status_code == 403


def test_an_account_that_is_somebody_elses_cannot_be_linked(
    engine: Engine, world: World, provider: str
) -> None:
    linked(engine, world, provider, "sub.rxt")
    token = link(engine, world, "sgn.rxt")
    client = browser(hub_at(engine, provider))
    assert client.get(go(client, f"/invitation/{token}/provider")).status_code == 403
    assert browser(hub_at(engine, provider)).get(f"/invitation/{token}").status_code == 200, (
        "the link is not used up"
    )


def test_a_disabled_person_stays_out(engine: Engine, world: World, provider: str) -> None:
    from hub.partners import people

    linked(engine, world, provider)
    with db.transaction(engine) as session:
        people.disable(session, people.require(session, "sub.rxt@example.org"), now=real_now())
    client = browser(hub_at(engine, provider))
    assert client.get(go(client)).status_code == 403


@pytest.mark.parametrize(("proof", "status"), [("", 303), ("old", 403), ("none", 403)])
def test_proving_it_again_asks_the_provider_anew(
    engine: Engine, world: World, provider: str, proof: str, status: int
) -> None:
    linked(engine, world, provider)
    client = browser(hub_at(engine, provider))
    client.get(go(client))
    before = client.get_cookie("__Host-hub")
    asked = {"proof": proof} if proof else {}
    assert client.get(go(client, "/confirm/provider?next=/account", **asked)).status_code == status
    after = client.get_cookie("__Host-hub")
    assert before and after
    assert (before.value != after.value) is (status == 303)


def test_a_provider_that_is_down_is_said_so_within_five_seconds(engine: Engine, world: World) -> None:
    with socket.socket() as silent:  # accepts, and never answers
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        app = hub_at(engine, f"http://127.0.0.1:{silent.getsockname()[1]}")
        began = time.perf_counter()
        answer = browser(app).get("/sign-in/provider")
        assert time.perf_counter() - began < 5
    assert answer.status_code == 503
    assert "does not answer" in answer.text
    assert browser_of(app, world.people["sub.rxt"]).get("/account").status_code == 200, (
        "who is signed in goes on"
    )


def test_a_provider_that_calls_itself_by_another_name_is_not_asked(
    engine: Engine, world: World, provider: str
) -> None:
    app = hub_at(engine, provider + "/")  # not the name, letter by letter, that it gives itself
    assert browser(app).get("/sign-in/provider").status_code == 503


def test_without_a_provider_its_pages_say_so(engine: Engine, world: World) -> None:
    app = create_app(from_environment({"HUB_SECRET_KEY": "k" * 40}), engine=engine)
    assert browser(app).get("/sign-in/provider").status_code == 403
    assert "NHS mail" not in browser(app).get("/sign-in").text
