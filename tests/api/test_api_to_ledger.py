"""Figures sent by key are the figures that any other channel gives, through check, signature and reading back."""

from __future__ import annotations

import csv
import io
from typing import Any

from sqlalchemy import Engine

from hub import db
from hub.clock import parse_moment
from hub.config import shipped
from hub.intake.table import Received
from hub.measures.load import publish_measures
from hub.partners.policy import actor_for
from hub.submissions import drafted, sign_off
from hub.submissions.scope import scope_for
from tests.api.conftest import CheckerInProcess, System
from tests.factories import KNOWN_FROM, World


def as_csv(rows: list[dict[str, Any]]) -> bytes:
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, list(rows[0]))
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue().encode()


def test_the_same_by_json_and_by_file(
    system: System, api_engine: Engine, world: World, path: str, rows: list[dict[str, Any]]
) -> None:
    rows[3]["referrals_made"] = "twelve"
    rows[4]["referrals_made"] = ""
    kept = system.put(path, {"rows": rows}).json
    number = kept["submission"]
    with db.open_session(api_engine) as session:
        definition = world.definitions["referrals"]
        scope = scope_for(session, definition, partnership_id=world.partnership.id, due_item_ids=[number])
        by_key = drafted.read(session, world.partnership.id, number)
    by_file = CheckerInProcess().check(Received("csv", "a.csv", as_csv(rows)), definition, scope)
    assert by_key is not None and by_key.channel == "json"
    assert [{**row, "row_no": ""} for row in by_key.rows] == [
        {**row, "row_no": ""} for row in by_file.parts[0].rows
    ]
    told = [(f["code"], f["severity"], f["where"]["field"], f["value"]) for f in kept["findings"]]
    assert told and told == [(f.code, f.severity, f.where.field, f.value) for f in by_file.findings]


def test_what_was_sent_by_key_is_signed_by_a_person_and_read_back(
    system: System, api_engine: Engine, world: World, path: str, rows: list[dict[str, Any]]
) -> None:
    number = system.put(path, {"rows": rows}).json["submission"]
    system.post(f"{path}/send", {})
    with db.transaction(api_engine) as session:
        publish_measures(session, shipped("schemas") / "measures.yaml", now=KNOWN_FROM)
        definition = world.definitions["referrals"]
        scope = scope_for(session, definition, partnership_id=world.partnership.id, due_item_ids=[number])

        def recheck(again: Any) -> Any:
            bare = tuple({k: v for k, v in row.items() if k != "row_no"} for row in again)
            return CheckerInProcess().check(Received("form", rows=bare), definition, scope)

        checked = sign_off.prepare(session, number, recheck)
        signer = actor_for(session, world.people["sgn.rxt"].id)
        sign_off.sign(session, signer, checked, shown_digest=checked.digest)
    read = system.get(path).json
    assert (read["status"], read["revisions"]) == ("signed", 1)
    facts = system.get("/partnerships/testshire/facts?limit=500").json["items"]
    total = next(each for each in facts if each["breakdown"] == "total")
    assert (total["value"], total["state"], total["submission"], total["revision"]) == (
        12,
        "value",
        number,
        1,
    )
    assert len(facts) == len(rows)
    series = system.get("/partnerships/testshire/measures/RF01?from=2015-03&to=2015-03").json["rows"]
    assert [(each["value"], each["coverage"]) for each in series] == [(12, {"received": 1, "due": 1})]
    before = parse_moment(read["signed_at"]).date().replace(year=2014).isoformat()
    assert system.get(f"/partnerships/testshire/facts?as_at={before}").json["items"] == []
    refused = system.put(path, {"rows": rows[:1]})
    assert refused.status_code == 409 and "ask on its page for it to be reopened" in refused.json["detail"]
    again = system.put(path, {"rows": rows})
    assert again.json["status"] == "signed", "the same rows leave what was signed alone"
