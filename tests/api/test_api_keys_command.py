"""`hub keys`: printed once, working at once, replaced and ended."""

from __future__ import annotations

import json

import pytest
from flask import Flask
from sqlalchemy import Engine, select

from hub.cli import main
from hub.db import open_session
from hub.partners.models import ApiKey
from tests.api.conftest import System
from tests.factories import World


@pytest.fixture(autouse=True)
def at_this_database(api_engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HUB_DATABASE_URL", str(api_engine.url))


def test_a_key_from_making_to_ending(
    app: Flask, api_engine: Engine, world: World, capsys: pytest.CaptureFixture[str]
) -> None:
    assert (
        main(["keys", "make", "sub.rxt@example.org", "--agency", "RXT", "--days", "30", "--name", "ours"])
        == 0
    )
    first = capsys.readouterr().out.split()[0]
    assert System(app, first).get("/agency").json["code"] == "RXT"
    assert main(["keys", "list", "--agency", "RXT", "--format", "json"]) == 0
    (listed,) = json.loads(capsys.readouterr().out)
    assert (listed["name"], listed["owner"]) == ("ours", "sub.rxt@example.org")
    assert main(["keys", "rotate", str(listed["number"])]) == 0
    second = capsys.readouterr().out.split()[0]
    assert System(app, first).get("/agency").status_code == 401
    assert System(app, second).get("/agency").status_code == 200
    with open_session(api_engine) as session:
        number = session.scalars(select(ApiKey.id).where(ApiKey.revoked_at.is_(None))).one()
    assert main(["keys", "revoke", str(number)]) == 0
    assert System(app, second).get("/agency").status_code == 401


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["make", "sub.rxt@example.org", "--agency", "RR1"], 1),
        (["make", "nobody@example.org", "--agency", "RXT"], 1),
        (["make", "sub.rxt@example.org", "--agency", "XXX"], 1),
        (["make", "sub.rxt@example.org", "--agency", "RXT", "--days", "366"], 2),
        (["revoke", "7"], 1),
        (["rotate", str(10**30)], 1),
    ],
)
def test_keys_that_cannot_be(
    world: World, capsys: pytest.CaptureFixture[str], arguments: list[str], code: int
) -> None:
    assert main(["keys", *arguments]) == code
    said = capsys.readouterr()
    assert said.err and "hub_" not in said.out
