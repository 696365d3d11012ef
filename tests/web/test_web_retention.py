"""The retention page: the data team asks, the business manager agrees, nobody else comes near it."""

from __future__ import annotations

import pytest
from sqlalchemy import Engine

from hub.cli import main
from tests.databases import ENGINES
from tests.factories import World
from tests.web.conftest import SignIn, words

PATH = "/partnerships/testshire/run/retention"


@pytest.mark.parametrize("web_engine", ENGINES, indirect=True)
def test_one_asks_and_another_agrees(signed_in: SignIn, web_engine: Engine, world: World) -> None:
    steward, manager = signed_in("stw.testshire"), signed_in("mgr.testshire")
    steward.get(PATH)
    asked: dict[str, object] = {"kind": "years", "class": "reasons", "years": "5", "reason": "Our schedule."}
    assert steward.post(PATH, asked | {"reason": ""}, action=PATH).status_code == 409
    steward.get(PATH)
    assert steward.post(PATH, asked | {"reason": "Child 943 476 5919"}, action=PATH).status_code == 409
    steward.get(PATH)
    assert steward.post(PATH, asked, action=PATH).status_code == 303
    assert "Another person agrees, because you asked" in words(steward.get(PATH).text)
    page = manager.get(PATH).text
    agree = page[page.index(f"{PATH}/") :].split('"')[0]
    assert manager.post(agree, action=agree).status_code == 303
    assert "said about a row 5 years" in words(manager.get(PATH).text)
    for stranger in ("sgn.rxt", "stw.elsewhere", "brd.testshire"):
        assert signed_in(stranger).get(PATH).status_code in (403, 404)


def test_the_command_shows_and_runs(
    web_engine: Engine, world: World, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("HUB_DATABASE_URL", str(web_engine.url))
    here = ["--partnership", "testshire"]
    assert main(["retention", "show", *here, "--format", "json"]) == 0
    assert '"class": "reasons", "years": 7' in capsys.readouterr().out
    run = ["retention", "run", *here, "--reason", "Yearly.", "--asked-by", "stw.testshire@example.org"]
    assert main([*run, "--agreed-by", "sgn.rxt@example.org"]) == 1
    assert main([*run, "--agreed-by", "stw.testshire@example.org"]) == 1
    assert main([*run, "--agreed-by", "mgr.testshire@example.org"]) == 0
    assert "0 texts were blanked." in capsys.readouterr().out
