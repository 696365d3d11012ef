"""One key, one write: the same request again gets the same answer, whatever happens at the same time (security.md R3)."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Engine, func, select, update

from hub import db
from hub.clock import real_now
from hub.partners.models import IdempotencyKey
from hub.submissions.models import SubmissionEvent
from tests.api.conftest import Keyed, System, make_app, make_key, whole_return
from tests.factories import make_world

KEY = {"headers": {"Idempotency-Key": "march-1"}}


def events(engine: Engine) -> int:
    with db.open_session(engine) as session:
        return session.scalar(select(func.count()).select_from(SubmissionEvent)) or 0


def test_the_same_again_gets_the_same_answer(
    system: System, api_engine: Engine, path: str, rows: list[dict[str, Any]]
) -> None:
    first = system.put(path, {"rows": rows}, **KEY)
    system.put(path, {"rows": rows[:1]}, headers={"Idempotency-Key": "march-2"})
    again = system.put(path, {"rows": rows}, **KEY)
    assert (again.status_code, again.data) == (200, first.data)
    assert events(api_engine) == 2


def test_a_key_is_for_one_request(system: System, path: str, rows: list[dict[str, Any]]) -> None:
    system.put(path, {"rows": rows}, **KEY)
    for method, where, body in (("PUT", path, {"rows": rows[:1]}), ("POST", f"{path}/send", {})):
        refused = system.open(method, where, body, **KEY)
        assert refused.status_code == 409 and "Idempotency-Key" in refused.json["detail"]
    assert system.get(path).json["sequence"] == 1


def test_keys_of_two_systems_do_not_meet(
    keyed: Keyed, system: System, path: str, rows: list[dict[str, Any]]
) -> None:
    first = system.put(path, {"rows": rows}, **KEY).json
    second = keyed("RXT").put(path, {"rows": rows}, **KEY).json
    assert (first["sequence"], second["sequence"]) == (1, 2)


def test_a_refusal_is_not_kept(system: System, path: str, rows: list[dict[str, Any]]) -> None:
    assert system.post(f"{path}/send", {}, **KEY).status_code == 409
    system.put(path, {"rows": rows})
    assert system.post(f"{path}/send", {}, **KEY).json["status"] == "sent"


def test_an_answer_is_kept_for_seven_days(
    system: System, api_engine: Engine, path: str, rows: list[dict[str, Any]]
) -> None:
    system.put(path, {"rows": rows}, **KEY)
    with db.transaction(api_engine) as session:
        session.execute(update(IdempotencyKey).values(at=real_now() - timedelta(days=7, minutes=1)))
    assert system.put(path, {"rows": rows[:1]}, **KEY).json["sequence"] == 2
    with db.open_session(api_engine) as session:
        assert session.scalar(select(func.count()).select_from(IdempotencyKey)) == 1


@pytest.mark.parametrize("key", ["", "x" * 201, "schlüssel"])
def test_a_key_that_is_none(system: System, path: str, rows: list[dict[str, Any]], key: str) -> None:
    headers = {"Idempotency-Key": key.encode().decode("latin-1")}
    assert system.put(path, {"rows": rows}, headers=headers).status_code == 400


@pytest.mark.parametrize("seen", [None, 0])
def test_eight_at_once_are_one(engine: Engine, seen: int | None) -> None:
    """On each engine: one event, one stored answer, eight equal answers."""
    with db.transaction(engine) as session:
        world = make_world(session)
        path = f"/submissions/{world.item(session, 'RXT', '2015-03')}"
    app = make_app(engine)
    system = System(app, make_key(engine, world, "RXT"))
    body = {"rows": whole_return(system), **({} if seen is None else {"seen": seen})}
    with ThreadPoolExecutor(8) as threads:
        answers = list(threads.map(lambda _: system.put(path, body, **KEY), range(8)))
    assert {(answer.status_code, answer.data) for answer in answers} == {(200, answers[0].data)}
    assert events(engine) == 1
    with db.open_session(engine) as session:
        assert session.scalar(select(func.count()).select_from(IdempotencyKey)) == 1
