"""What an agency's system may look at before it sends anything."""

from datetime import date

import pytest
from flask import Flask
from sqlalchemy import Engine, select, update

from hub import db
from hub.clock import real_now
from hub.partners.models import ApiKey, Membership
from tests.api.conftest import Keyed, System


def test_a_key_speaks_for_one_agency(system: System) -> None:
    told = system.get("/agency").json
    assert (told["code"], told["kind"]) == ("RXT", "nhs_trust")
    assert [(each["code"], each["illustrative"], each["today"]) for each in told["partnerships"]] == [
        ("testshire", True, "2015-05-18")
    ]


def test_a_partnership_tells_its_areas_and_members(system: System) -> None:
    told = system.get("/partnerships/testshire").json
    assert [each["code"] for each in told["areas"]] == ["east", "south"]
    assert "RR1" in [each["code"] for each in told["members"]]
    assert system.get("/partnerships/elsewhere").data == system.get("/partnerships/nowhere").data


def test_returns_and_their_definitions(system: System) -> None:
    listed = system.get("/returns").json["items"]
    assert {"referrals", "front-door"} <= {each["code"] for each in listed}
    told = system.get("/returns/referrals").json
    assert told["figures"][0]["name"] == "referrals_made" and len(told["figures"][0]["counted"]) == 3
    assert "emergency-department" in told["lists"]["settings"]
    assert {each["signatures"] for each in told["owes"]} == {1, 2}
    assert system.get("/returns/nothing").status_code == 404


def test_due_items_come_in_pages_that_join_without_seams(system: System) -> None:
    whole = system.get("/due-items?limit=500").json
    assert whole["next"] is None and len(whole["items"]) == 13  # April 2014 to April 2015
    assert {each["agency"] for each in whole["items"]} == {"RXT"}
    paged, cursor = [], ""
    while cursor is not None:
        page = system.get(f"/due-items?limit=5&cursor={cursor}").json
        paged, cursor = [*paged, *page["items"]], page["next"]
    assert paged == whole["items"]


def test_due_items_of_some_periods(system: System) -> None:
    found = system.get("/due-items?from=2015-01&to=2015-03&return=referrals").json["items"]
    assert [each["period"] for each in found] == ["2015-01", "2015-02", "2015-03"]
    assert {each["answer"] for each in found} == {"missing"}
    assert system.get("/due-items?return=front-door").json["items"] == []


def test_a_cursor_gives_nobody_anything_of_another_agency(keyed: Keyed, system: System) -> None:
    cursor = keyed("RR1").get("/due-items?limit=1").json["next"]
    found = system.get(f"/due-items?cursor={cursor}").json["items"]
    assert found and {each["agency"] for each in found} == {"RXT"}


@pytest.mark.parametrize(
    "query",
    [
        "limit=0", "limit=501", "limit=ten", "limit=1e2", "limit=٣", "limit=5&limit=6", "agency_id=7", "from=2015-13",
        "from=9999-12", "cursor=x", "cursor=%F0%9F%98%80", "cursor=W10", "cursor=WyIyMDE1IiwxXQ", "role=ADM", "from=",
    ],
)  # fmt: skip
def test_an_address_that_asks_for_what_is_not_understood(system: System, query: str) -> None:
    answer = system.get(f"/due-items?{query}")
    assert answer.status_code == 400
    name = query.split("=")[0]
    if name != "cursor":
        assert [each["where"]["field"] for each in answer.json["findings"]] == [name]


@pytest.mark.parametrize("path", ["/agency", "/due-items", "/returns", "/partnerships/testshire"])
def test_nobody_and_ended_keys_are_asked_for_a_key(
    app: Flask, api_engine: Engine, system: System, path: str
) -> None:
    assert system.get(path).status_code == 200
    with db.transaction(api_engine) as session:
        session.execute(update(ApiKey).values(expires_at=real_now()))
    for key in (system.key, "", "hub_x", "é"):
        answer = System(app, key).get(path)
        assert answer.status_code == 401 and answer.headers["WWW-Authenticate"].startswith("Bearer")


def test_a_key_in_the_address_is_refused(app: Flask, system: System) -> None:
    for query in (f"key={system.key}", f"cursor={system.key}", f"access_token={system.key}"):
        answer = system.get(f"/due-items?{query}")
        assert answer.status_code == 400 and system.key not in answer.text
        assert app.test_client().get(f"/api/v1/due-items?{query}").status_code in {400, 401}


def test_what_is_not_there(system: System) -> None:
    assert system.get("/nothing").status_code == 404
    assert system.get("/due-items%00").status_code == 404
    assert system.get("/partnerships/a%00b").status_code == 404
    refused = system.open("DELETE", "/due-items")
    assert refused.status_code == 405 and set(refused.headers["Allow"].split(", ")) == {"GET", "HEAD"}


def test_a_fault_shows_nothing_of_itself(app: Flask, system: System, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_arguments: object, **_more: object) -> None:
        raise RuntimeError("SELECT secret FROM /var/hub")

    monkeypatch.setattr("hub.submissions.pages.page", fail)
    answer = system.get("/due-items")
    assert answer.status_code == 500 and "secret" not in answer.text and "/var" not in answer.text
    assert answer.json["reference"] == answer.headers["X-Request-Id"]


def test_a_key_in_use_is_not_kept_in_the_database(api_engine: Engine, system: System) -> None:
    with db.open_session(api_engine) as session:
        assert system.key not in session.scalars(select(ApiKey.digest)).all()


def test_an_agency_that_left_reads_nothing_of_the_partnership(api_engine: Engine, system: System) -> None:
    with db.transaction(api_engine) as session:
        session.execute(update(Membership).values(until_on=date(2015, 5, 17)))
    assert system.get("/agency").json["partnerships"] == []
    assert system.get("/due-items").json["items"] == []
    absent = system.get("/partnerships/nowhere").data
    for path in ("", "/facts", "/measures", "/measures/RF01"):
        answer = system.get(f"/partnerships/testshire{path}")
        assert (answer.status_code, answer.data) == (404, absent)
