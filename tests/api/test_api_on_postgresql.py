"""The same interface on the production engine: a return's whole way, text that a database cannot hold, foreign objects."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import Engine

from hub import db
from tests.api.conftest import System, make_app, make_key, row, whole_return
from tests.databases import Filled
from tests.factories import World, make_measured, read_world

pytestmark = pytest.mark.postgres


@pytest.fixture
def served(filled: Filled) -> Any:
    engine = db.make_engine(filled(make_measured)("postgresql"))
    with db.open_session(engine) as session:
        world = read_world(session)
    yield engine, world, System(make_app(engine), make_key(engine, world, "RXT"))
    engine.dispose()


Served = tuple[Engine, World, System]


def test_a_returns_way(served: Served) -> None:
    engine, world, system = served
    with db.open_session(engine) as session:
        path = f"/submissions/{world.item(session, 'RXT', '2015-03')}"
        foreign = [world.item(session, code, "2015-03") for code in ("RR1", "REL")]
    assert len(system.get("/due-items?limit=5").json["items"]) == 5
    assert system.put(path, {"rows": whole_return(system), "seen": 0}).json["ready"]
    assert system.post(f"{path}/send", {"seen": 1}).json["status"] == "sent"
    assert system.get("/partnerships/testshire/facts").json["items"] == []
    assert system.get("/partnerships/testshire/measures/RF01").status_code == 200
    assert len({system.get(f"/submissions/{number}").data for number in (*foreign, 7, 10**30)}) == 1


@pytest.mark.parametrize("text", ["\x00", "a\x00b", "‮12", "1e400", "\u2028", "=1+1"])
def test_text_that_may_not_break_anything(served: Served, text: str) -> None:
    engine, world, system = served
    with db.open_session(engine) as session:
        path = f"/submissions/{world.item(session, 'RXT', '2015-03')}"
    for rows in (
        [row("total", "", text)],
        [{**row("total", "", 1), "code": text}],
        [{**row("total", "", 1), f"more{text}": text}],
    ):
        assert system.put(path, {"rows": rows}).status_code in {200, 422}
        assert system.get(path).status_code == 200
    for query in ("cursor", "return", "from"):
        answer = system.get("/due-items", query_string={query: text})
        assert answer.status_code in {200, 400}
    assert system.get(f"/returns/{text}").status_code == 404
