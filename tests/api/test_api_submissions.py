"""Checking, keeping, explaining and sending a submission by key, through to the signatory's desk."""

from __future__ import annotations

import csv
import io
import json
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import Engine, func, select

from hub import db
from hub.definitions.as_template import Sender, template
from hub.partners.models import IdempotencyKey
from hub.periods import parse
from hub.submissions.models import Draft, SubmissionEvent
from hub.validation.checker import CheckerClient
from tests.api.conftest import Keyed, System
from tests.factories import World
from tests.web.test_web_shut import LOCKED, lock


def stored(engine: Engine) -> tuple[int, int, int]:
    with db.open_session(engine) as session:
        count = [
            session.scalar(select(func.count()).select_from(table))
            for table in (Draft, SubmissionEvent, IdempotencyKey)
        ]
    return count[0], count[1], count[2]


def test_from_nothing_to_the_signatorys_desk(system: System, path: str, rows: list[dict[str, Any]]) -> None:
    before = system.get(path).json
    assert (before["status"], before["rows"], before["ready"]) == ("not-started", [], False)
    kept = system.put(path, {"rows": rows, "seen": 0}).json
    assert (kept["status"], kept["sequence"], kept["findings"], kept["ready"]) == ("draft", 1, [], True)
    read = system.get(path).json
    assert [(each["code"], each["referrals_made"]) for each in read["rows"]][:2] == [
        ("", "12"),
        (rows[1]["code"], "12"),
    ]
    sent = system.post(f"{path}/send", {"seen": 1}).json
    assert (sent["status"], sent["ready"]) == ("sent", False)
    back = system.post(f"{path}/withdraw", {"seen": 2}).json
    assert (back["status"], back["sequence"], back["ready"]) == ("draft", 3, True)


def test_what_was_read_can_be_sent_again(system: System, path: str, rows: list[dict[str, Any]]) -> None:
    system.put(path, {"rows": rows})
    read = system.get(path).json["rows"]
    assert system.put(path, {"rows": read}).json["findings"] == []


def test_a_check_stores_nothing(
    system: System, api_engine: Engine, path: str, rows: list[dict[str, Any]]
) -> None:
    rows[0]["referrals_made"] = "twelve"
    before = stored(api_engine)
    told = system.post(f"{path}/check", {"rows": rows}).json
    assert told["errors"] == 1 and told["rows"] == len(rows)
    found = told["findings"][0]
    assert (
        found["where"]["row"] == 1
        and found["where"]["field"] == "referrals_made"
        and found["value"] == "twelve"
    )
    assert stored(api_engine) == before


def test_rows_with_errors_are_kept_and_cannot_be_sent(
    system: System, path: str, rows: list[dict[str, Any]]
) -> None:
    rows[0]["referrals_made"] = "twelve"
    kept = system.put(path, {"rows": rows}).json
    assert not kept["ready"] and kept["findings"][0]["severity"] == "error"
    refused = system.post(f"{path}/send", {})
    assert refused.status_code == 409 and refused.json["findings"] == kept["findings"]


def test_a_query_is_explained_and_then_it_can_be_sent(
    system: System, path: str, rows: list[dict[str, Any]]
) -> None:
    rows[0]["referrals_made"] = None
    kept = system.put(path, {"rows": [{**each, "referrals_made": None} for each in rows]}).json
    asked = [each for each in kept["findings"] if each["severity"] == "query"]
    if not asked or any(each["severity"] == "error" for each in kept["findings"]):
        pytest.fail(json.dumps(kept["findings"], indent=1))
    assert system.post(f"{path}/send", {}).status_code == 409
    words = [{"key": each["key"], "words": "The counting system was replaced."} for each in asked]
    named = [{**each, "words": "NHS number 943 476 5919"} for each in words]
    assert system.post(f"{path}/explanations", {"explanations": named}).status_code == 422
    told = system.post(f"{path}/explanations", {"explanations": words}).json
    assert told["ready"] and {each["explanation"] for each in told["findings"]} == {words[0]["words"]}
    assert system.post(f"{path}/send", {}).json["status"] == "sent"


def test_rows_of_another_submission_are_refused_and_nothing_is_kept(
    system: System, api_engine: Engine, path: str, rows: list[dict[str, Any]]
) -> None:
    before = stored(api_engine)
    for change in ({"period": "2015-02"}, {"agency": "RR1"}, {"partnership": "elsewhere"}):
        answer = system.put(path, {"rows": [*rows, {**rows[0], **change}]})
        assert answer.status_code == 422 and answer.json["findings"]
    identifier = {**rows[0], "referrals_made": "943 476 5919"}
    answer = system.put(path, {"rows": [identifier]})
    assert answer.status_code == 422 and "5919" not in answer.text
    assert stored(api_engine) == before


@pytest.mark.parametrize("name", ["agency_id", "status", "approved_by", "role", "id", "version"])
def test_unknown_names_are_refused_by_name(
    system: System, api_engine: Engine, path: str, rows: list[dict[str, Any]], name: str
) -> None:
    before = stored(api_engine)
    bodies = {"": {"rows": rows}, "/send": {}, "/withdraw": {}, "/check": {"rows": rows}}
    bodies["/explanations"] = {"explanations": [{"key": "k", "words": "w"}]}
    for ending, body in bodies.items():
        answer = system.open("POST" if ending else "PUT", f"{path}{ending}", {**body, name: 1})
        assert answer.status_code == 422
        assert [each["where"]["field"] for each in answer.json["findings"]] == [name]
    kept = system.put(path, {"rows": [{**each, name: "1"} for each in rows]}).json
    assert any(name in each["message"] for each in kept["findings"]), "a column is named like in a file"
    assert all(name not in each for each in system.get(path).json["rows"])
    assert stored(api_engine)[0] == before[0] + 1


def test_a_stale_sender_is_told_who_was_there_first(
    system: System, path: str, rows: list[dict[str, Any]]
) -> None:
    system.put(path, {"rows": rows})
    system.put(path, {"rows": rows, "seen": 1})
    refused = system.put(path, {"rows": rows, "seen": 1})
    assert refused.status_code == 409 and "SUB of rxt" in refused.json["detail"]


@pytest.mark.parametrize(
    ("content", "kind", "status"),
    [
        (b'{"rows": []}', "text/plain", 415),
        (b'{"rows": []}', "application/x-www-form-urlencoded", 415),
        (b"rows=1", "application/json", 400),
        (b'{"rows": [{}], "rows": [{}]}', "application/json", 400),
        (b'{"rows": [NaN]}', "application/json", 400),
        (b'{"rows": [{"a": "\\ud800"}]}', "application/json", 400),
        (b"\xff\xfe", "application/json", 400),
        (b"[" * 100_000, "application/json", 400),
        (b"", "application/json", 400),
        (b"[]", "application/json", 422),
        (b"null", "application/json", 422),
        (b'{"rows": []}', "application/json", 422),
        (b'{"rows": [1]}', "application/json", 422),
        (b'{"rows": "x"}', "application/json", 422),
        (b'{"rows": [{}], "seen": "1"}', "application/json", 422),
        (b'{"rows": [{}], "seen": -1}', "application/json", 422),
        (b'{"rows": [{}], "seen": true}', "application/json", 422),
        (b'{"rows": [{}], "reason": "x"}', "application/json", 422),
        (b'{"rows": [{}], "sure": 1}', "application/json", 422),
        (b'{"rows": [{}]}', "application/json", 422),
    ],
)
def test_bodies_that_are_not_taken(
    system: System, api_engine: Engine, path: str, content: bytes, kind: str, status: int
) -> None:
    before = stored(api_engine)
    answer = system.open("PUT", path, data=content, content_type=kind)
    assert answer.status_code == status, answer.text
    assert stored(api_engine) == before


def test_a_body_beyond_ten_megabytes_is_refused(system: System, path: str) -> None:
    answer = system.open("PUT", path, data=b" " * 11_000_000, content_type="application/json")
    assert answer.status_code == 413


def test_another_agencys_submission_reads_like_an_absent_one(
    keyed: Keyed, app: Flask, api_engine: Engine, world: World, rows: list[dict[str, Any]]
) -> None:
    system = keyed("RXT")
    with db.open_session(api_engine) as session:
        foreign = [world.item(session, code, "2015-03") for code in ("RR1", "REL")]
    for ending, method, body in (
        ("", "GET", None),
        ("", "PUT", {"rows": rows}),
        ("/check", "POST", {"rows": rows}),
        ("/send", "POST", {}),
        ("/withdraw", "POST", {}),
        ("/explanations", "POST", {"explanations": [{"key": "k", "words": "w"}]}),
    ):
        answers = {
            (answer.status_code, answer.data)
            for number in (*foreign, 7, 2**63, 10**30)
            for answer in [system.open(method, f"/submissions/{number}{ending}", body)]
        }
        assert len(answers) == 1 and next(iter(answers))[0] == 404


def test_a_key_cannot_sign(system: System, path: str) -> None:
    assert system.post(f"{path}/sign", {}).status_code == 404


def test_without_the_checker_nothing_is_kept(
    api_engine: Engine, system: System, path: str, rows: list[dict[str, Any]]
) -> None:
    before = stored(api_engine)
    system.app.extensions["hub_checker"] = CheckerClient("/nowhere/checker.sock")
    for answer in (system.put(path, {"rows": rows}), system.post(f"{path}/check", {"rows": rows})):
        assert answer.status_code == 503 and answer.json["reference"]
    assert stored(api_engine) == before


def test_a_likely_name_is_asked_about_before_anything_is_stored(system: System, path: str) -> None:
    rows = [{"agency": "RXT", "period": "2015-03", "breakdown": "total", "referrals_made": "Jayden Smith"}]
    refused = system.put(path, {"rows": rows})
    assert refused.status_code == 422 and "“sure”: true" in refused.json["detail"]
    assert "Jayden" not in refused.text
    assert system.get(path).json["rows"] == []
    assert system.put(path, {"rows": rows, "sure": True}).status_code == 200


def test_the_rows_of_another_template_are_named_and_not_kept(
    system: System, api_engine: Engine, world: World, path: str
) -> None:
    """A CSV template read as objects, its columns for people among them; then the right one is kept."""
    before = stored(api_engine)
    definition, lists = (
        world.definitions["referrals"],
        {name: {} for name in world.definitions["referrals"].lists},
    )

    def of(agency: str, period: str) -> list[dict[str, str]]:
        sender = Sender(
            "testshire",
            agency,
            "nhs_trust",
            lists,
            before=parse("2014-08"),
            signed={("2014-08", "total", "", "referrals_made"): "5"},
        )
        text = template(definition, sender, parse(period), format="csv").decode("utf-8-sig")
        return [{**row, "referrals_made": "0"} for row in csv.DictReader(io.StringIO(text))]

    mine = system.get(path).json
    for agency, period, whose in (
        ("RR1", mine["period"], "RR1"),
        (mine["agency"], "2014-05", f"{mine['agency']} for May 2014"),
    ):
        refused = system.put(path, {"rows": of(agency, period)})
        assert refused.status_code == 422
        (found,) = refused.json["findings"]
        assert found["code"] == "template-of-other-submission"
        assert (
            f"This is the template of {whose}" in found["message"]
            and "; you are filling in" in found["message"]
        )
    assert stored(api_engine) == before
    kept = system.put(path, {"rows": of(mine["agency"], mine["period"])})
    assert kept.status_code == 200 and stored(api_engine)[0] == before[0] + 1


def test_a_lock_is_said_as_on_the_page(
    system: System, api_engine: Engine, world: World, path: str, rows: list[dict[str, Any]]
) -> None:
    system.put(path, {"rows": rows})
    lock(api_engine, world, "2015-03")
    refused = system.post(f"{path}/send", {"seen": 1})
    assert refused.status_code == 409
    assert refused.json["detail"].startswith(LOCKED.format("March 2015"))
    found = system.post(f"{path}/check", {"rows": rows}).json["findings"]
    (said,) = {each["message"] for each in found if each["code"] == "period-closed"}
    assert said.startswith(LOCKED.format("March 2015"))
