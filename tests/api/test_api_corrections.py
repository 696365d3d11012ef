"""An agency's own system answers what is asked about its signed rows; it never signs the answers."""

from __future__ import annotations

import pytest
from sqlalchemy import Engine

from hub import db
from hub.partners.policy import actor_for
from hub.submissions.corrections import Place, ask
from tests.api.conftest import Keyed, System
from tests.comparison.sides_world import sign_sent
from tests.factories import World


@pytest.fixture
def asked(api_engine: Engine, world: World, path: str) -> str:
    """The address of the requests about a signed return of 12 referrals."""
    with db.transaction(api_engine) as session:
        sign_sent(session, world, "2015-03", 12)
        steward = actor_for(session, world.people["stw.testshire"].id)
        place = Place("2015-03", "total", "", "referrals_made")
        ask(
            session,
            steward,
            int(path.rpartition("/")[2]),
            place=place,
            reason="incomplete",
            words="All wards?",
        )
    return f"{path}/corrections"


def test_a_new_value_makes_a_draft_that_a_person_signs(system: System, asked: str, path: str) -> None:
    (request,) = system.get(asked).json["corrections"]
    told = {name: request[name] for name in ("old_value", "reason", "note", "standing", "new_value")}
    assert told == {
        "old_value": "12",
        "reason": "incomplete",
        "note": "All wards?",
        "standing": "asked",
        "new_value": None,
    }
    body = {"answers": [{"request": request["request"], "new_value": "15", "why": "One ward was left out."}]}
    kept = system.post(asked, body).json
    assert kept["status"] == "draft"
    assert [row["referrals_made"] for row in system.get(path).json["rows"]] == ["15"]
    (answered,) = system.get(asked).json["corrections"]
    assert (answered["standing"], answered["new_value"], answered["why"]) == (
        "answered",
        "15",
        "One ward was left out.",
    )


def test_as_it_is_leaves_the_return_signed(system: System, asked: str, path: str) -> None:
    (request,) = system.get(asked).json["corrections"]
    body = {"answers": [{"request": request["request"], "new_value": "", "why": "All wards are in."}]}
    assert system.post(asked, body).json["status"] == "signed"
    assert system.get(asked).json["corrections"][0]["standing"] == "answered"


def test_what_is_not_understood_or_not_asked_keeps_nothing(system: System, keyed: Keyed, asked: str) -> None:
    (request,) = system.get(asked).json["corrections"]
    answer = {"request": request["request"], "new_value": "", "why": "See 943 476 5919."}
    assert system.post(asked, {"answers": [answer]}).status_code == 422
    assert system.post(asked, {"answers": [{**answer, "why": ""}]}).status_code == 422
    assert system.post(asked, {"answers": []}).status_code == 422
    assert system.post(asked, {"answers": [{**answer, "request": 7, "why": "So."}]}).status_code == 404
    assert system.post(asked, {"answers": [{**answer, "signed_by": 1}]}).status_code == 422
    assert keyed("RR1").get(asked).status_code == 404
    assert system.get(asked).json["corrections"][0]["standing"] == "asked"
