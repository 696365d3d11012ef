"""Forms are taken from our own pages only, addresses are ours, and headers stand on every answer (T8, T9, T18)."""

import re

import pytest
from flask import Flask
from sqlalchemy import Engine

from hub import db
from hub.access.addresses import local_path
from hub.app import create_app
from hub.clock import real_now
from hub.config import from_environment
from hub.partners import sign_ins
from tests.clients import browser, browser_of
from tests.factories import World

FORM = "/account/sign-ins/end"


@pytest.mark.parametrize(
    ("headers", "token", "status"),
    [
        ({}, None, 303),
        ({"Origin": "http://localhost"}, None, 303),
        ({"Origin": "null", "Sec-Fetch-Site": "same-origin"}, None, 303),
        ({}, "", 403),
        ({}, "another", 403),
        ({"Origin": "https://evil.example.com"}, None, 403),
        ({"Origin": "http://localhost.evil.example.com"}, None, 403),
        ({"Origin": "null", "Sec-Fetch-Site": "cross-site"}, None, 403),
        ({"Sec-Fetch-Site": "same-site"}, None, 403),
    ],
)
def test_a_form_needs_its_token_and_an_origin_of_ours(
    app: Flask, world: World, headers: dict[str, str], token: str | None, status: int
) -> None:
    client = browser_of(app, world.people["sub.rxt"])
    data = {} if token is None else {"csrf_token": token}
    assert client.post(FORM, data=data, headers=headers).status_code == status


def test_the_token_of_another_browser_is_of_no_use(app: Flask, world: World) -> None:
    mine, theirs = (browser_of(app, world.people[name]) for name in ("sub.rxt", "sub.rr1"))
    assert mine.post(FORM, data={"csrf_token": theirs.form_token}).status_code == 403
    visitor = browser(app)
    assert mine.post(FORM, data={"csrf_token": visitor.form_token}).status_code == 403


def test_a_visitor_gets_a_token_of_their_own(app: Flask) -> None:
    first = app.test_client()
    page = first.get("/sign-in").text
    token = re.search(r'name="csrf_token" value="([^"]+)"', page)
    assert token
    data = {"email": "a@example.org", "password": "x", "csrf_token": token.group(1)}
    assert first.post("/sign-in", data=data).status_code == 400
    assert app.test_client().post("/sign-in", data=data).status_code == 403, (
        "without the cookie it is nothing"
    )


def test_the_public_address_is_the_only_origin(engine: Engine, world: World) -> None:
    settings = {"HUB_SECRET_KEY": "k" * 40, "HUB_PUBLIC_URL": "https://hub.example.org"}
    app = create_app(from_environment(settings), engine=engine)
    client = browser_of(app, world.people["sub.rxt"])
    ours = {"base_url": "https://hub.example.org", "headers": {"Origin": "https://hub.example.org"}}
    assert client.get("/sign-in", base_url="https://hub.example.org").status_code == 200
    assert client.get("/sign-in", base_url="https://other.example.org").status_code == 400
    assert client.post("/sign-in", **ours).status_code == 403, "no cookie was set for that name"
    assert client.post(FORM, headers={"Origin": "http://localhost"}).status_code == 403


REDIRECTS = [
    "//evil.example.com", "///evil.example.com", "////evil.example.com", "https://evil.example.com", "http:evil.example.com",
    "HTTPS://EVIL.example.com", "\\\\evil.example.com", "/\\evil.example.com", "/\\/evil.example.com", "\\/evil.example.com",
    "/\t/evil.example.com", "/\n/evil.example.com", "/\r/evil.example.com", "\t//evil.example.com", " //evil.example.com",
    "/ /evil.example.com", "javascript:alert(1)", "JaVaScRiPt:alert(1)", "java\nscript:alert(1)", "data:text/html,x",
    "vbscript:x", "ftp://evil.example.com", "file:///etc/passwd", "evil.example.com", "evil.example.com/x",
    "@evil.example.com", "http://localhost@evil.example.com", "http://localhost.evil.example.com", ".evil.example.com", "?next=//evil.example.com",
    "#//evil.example.com", "", "mailto:x@evil.example.com", "//evil.example.com/%2f..", "///", "//", "/\x00/evil.example.com",
    "/\x7f/evil.example.com", "//[::1]/", "https:/evil.example.com",
]  # fmt: skip


@pytest.mark.parametrize("target", REDIRECTS)
def test_nobody_is_led_elsewhere(target: str) -> None:
    assert len(REDIRECTS) == 40
    assert local_path(target) == "/"


@pytest.mark.parametrize(
    "target", ["/", "/submissions/7", "/board?from=2014-04&to=2015-03", "/returns#referrals_made"]
)
def test_paths_of_ours_are_kept(target: str) -> None:
    assert local_path(target) == target


def test_next_of_a_real_sign_in_stays_here(app: Flask, world: World) -> None:
    client = browser_of(app, world.people["sub.rxt"])
    assert client.get("/sign-in?next=//evil.example.com").headers["Location"] == "/"
    assert client.get("/sign-in?next=/returns").headers["Location"] == "/returns"


def test_forwarded_headers_count_for_nothing_without_a_proxy(app: Flask) -> None:
    answer = app.test_client().get(
        "/account", headers={"X-Forwarded-Host": "evil.example.com", "X-Forwarded-Proto": "https"}
    )
    assert answer.headers["Location"] == "/sign-in?next=/account"
    assert "evil" not in str(answer.headers)


@pytest.mark.parametrize("path", ["/sign-in", "/account", "/no-such-page", "/forgotten", "/invitation/none"])
def test_headers_stand_on_every_answer(app: Flask, path: str) -> None:
    answer = app.test_client().get(path)
    policy = answer.headers["Content-Security-Policy"]
    assert policy.startswith("default-src 'none'")
    assert "frame-ancestors 'none'" in policy and "unsafe" not in policy
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["Referrer-Policy"] == "no-referrer"


def test_a_script_of_an_ended_sign_in_is_told_so_and_given_no_cookie(
    app: Flask, engine: Engine, world: World
) -> None:
    """Its answer may come after that of a form sent beside it, whose cookie it would replace."""
    person = world.people["sub.rxt"]
    client = browser_of(app, person)
    with db.transaction(engine) as session:
        number = world.item(session, "RXT", "2015-04")
        sign_ins.end(session, person.id, now=real_now())
    answer = client.post(f"/submissions/{number}/answer/boxes", headers={"Accept": "application/json"})
    assert (answer.status_code, "Set-Cookie" in answer.headers) == (401, False)
    assert "Sign in again" in answer.json["message"]
