"""Requests that no page of ours would send: the right refusal, nothing changed, never a fault of ours."""

from __future__ import annotations

import hashlib
import shutil
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from corpus_requests import Request, filled, requests
from corpus_world import Doors, open_doors
from sqlalchemy import select

from hub import db
from hub.db import Base

REQUESTS = list(requests())
# What a look or a refused attempt may leave behind: answers that were remembered, throttles, the audit of attempts.
MAY_CHANGE = {"idempotency_keys", "sign_in_sessions", "audit_entries", "api_keys", "throttle"}


@pytest.fixture(scope="module")
def doors(tmp_path_factory: pytest.TempPathFactory, sqlite_template: Path) -> Iterator[Doors]:
    file = tmp_path_factory.mktemp("requests") / "hub.sqlite"
    shutil.copyfile(sqlite_template, file)
    opened = open_doors(file)
    yield opened
    opened.engine.dispose()


def test_every_request_is_answered_as_it_should_be(doors: Doors) -> None:
    before = _digests(doors)
    wrong = [answer for request in REQUESTS if (answer := _complaint(doors, request))]
    assert not wrong, "\n".join(wrong)
    after = _digests(doors)
    assert {name for name in before if before[name] != after[name]} <= MAY_CHANGE


def _complaint(doors: Doors, request: Request) -> str:
    places = {"item": doors.items["referrals", "RQ3", "2014-09"], "other": doors.of_another, "absent": 987654}
    path = filled(request.path, places)
    client = doors.browser if request.channel == "page" else doors.browser.application.test_client()
    headers = dict(request.headers)
    if request.channel == "key":
        headers["Authorization"] = f"Bearer {doors.keys['RQ3']}"
    if request.channel == "page" and request.method == "POST" and request.token:
        headers["X-CSRF-Token"] = doors.browser.form_token
    body = request.body
    if request.channel == "page" and request.token and request.kind.startswith("application/x-www"):
        body += b"&csrf_token=" + doors.browser.form_token.encode()
    answer = client.open(
        path, method=request.method, data=body or None, content_type=request.kind or None, headers=headers
    )
    if answer.status_code not in request.statuses:
        return (
            f"{request.name}: {request.method} {path[:80]} gave {answer.status_code}, not {request.statuses}"
        )
    if "Traceback" in answer.text or "sqlalchemy" in answer.text.lower():
        return f"{request.name}: shows what is inside"
    return ""


def _digests(doors: Doors) -> dict[str, str]:
    with db.open_session(doors.engine) as session:
        return {
            table.name: hashlib.sha256(
                repr(sorted(map(repr, session.execute(select(table)).all()))).encode()
            ).hexdigest()
            for table in Base.metadata.sorted_tables
        }


def test_the_requests_are_many_and_of_every_kind() -> None:
    counted = Counter(request.category for request in REQUESTS)
    assert counted["HTTP"] >= 150 and counted["authority"] >= 40 and counted["state"] >= 14, counted
