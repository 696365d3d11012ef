"""A running hub for the corpus: one person who prepares for two trusts, a key for each, and the small return open.

`Doors` sends a case through the door of its channel (upload page, answer page, interface) and tells what the hub said
and what it kept. The check is the real one in process, and its outcome is remembered beside the answer.
"""

from __future__ import annotations

import io
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from corpus import Case
from small_return import MONEY, RETURN, RULED
from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session
from werkzeug.datastructures import FileStorage
from werkzeug.test import TestResponse

from hub import db
from hub.app import create_app
from hub.calendar import due
from hub.clock import real_now
from hub.config import from_environment
from hub.definitions import catalogue
from hub.definitions.folders import Catalogue
from hub.definitions.model import CodeList, CodeListItem, Definition
from hub.intake.table import Received
from hub.partners import keys
from hub.partners.models import Account, Agency, Grant, Membership, Partnership, Person
from hub.partners.sharing_models import SharingAcceptance
from hub.submissions import upload_jobs, upload_said
from hub.submissions.models import Draft, Upload
from hub.validation.outcome import Outcome, Scope
from hub.validation.run import check
from tests.clients import Browser, browser_of

PLACE = "birmingham-example"
TRUSTS = ("RQ3", "RXT")
ANOTHER = "RYW"
SECRET = "k" * 40
RETURNS = (RETURN, RULED, MONEY)
SETTINGS = {"ae": "Emergency department", "maternity": "Maternity"}


class Remembering:
    """The real check without its process; `last` is what it said."""

    last: Outcome | None = None

    def check(self, received: Received, definition: Definition, scope: Scope, **columns: Any) -> Outcome:
        self.last = check(received, definition, scope, **columns)
        return self.last


Item = tuple[str, str, str]  # return, agency, period


@dataclass(frozen=True)
class Said:
    """An answer of the hub: its status, its words, what the check found (rows as the case numbers them), drafts now."""

    status: int
    text: str
    refused: bool
    found: tuple[tuple[str, int | None, str | None], ...]  # code, row, figure or column
    messages: tuple[str, ...]
    drafts: int


@dataclass
class Doors:
    folder: Path  # with every file of the database
    engine: Engine
    checker: Remembering
    browser: Browser
    items: Mapping[Item, int]  # → submission
    keys: Mapping[str, str]
    of_another: int  # a submission of an agency that this person does not work for
    used: int = field(default=0)

    def send(self, case: Case) -> list[Said]:
        """Through the door of the case's channel; the form and the interface take one submission at a time."""
        if case.received.channel == "form":
            rows = case.received.rows
            return [
                self._told(self._form(group, case.definition), group)
                for group in self._submissions(rows, case.row)
            ]
        if case.received.channel in ("xlsx", "csv"):
            return [self._uploaded(case.received, case.definition)]
        try:
            rows = json.loads(case.received.content)["rows"]
        except (ValueError, TypeError, KeyError):
            item = self._item(case.definition, {})
            return [self._told(self._json(item, case.received.content), {})]
        return [
            self._told(
                self._json(
                    self._item(case.definition, group), json.dumps({"rows": list(group.values())}).encode()
                ),
                group,
            )
            for group in self._submissions(rows, case.row)
        ]

    def _submissions(
        self, rows: Sequence[Mapping[str, Any]], spoilt: int | None
    ) -> Iterator[dict[int, Mapping[str, Any]]]:
        """Rows of one agency and period together, by their number in the case; only the spoilt row's where there is one."""
        groups: dict[tuple[str, str], dict[int, Mapping[str, Any]]] = {}
        for number, row in enumerate(rows, start=1):
            if not any(row.values()):
                continue
            groups.setdefault((str(row.get("agency")), str(row.get("period"))), {})[number] = row
        yield from (group for group in groups.values() if spoilt in (None, *group))

    def _item(self, definition: Definition, group: Mapping[int, Mapping[str, Any]]) -> Item:
        """The submission that the rows name, or that of the first trust for September where they name none."""
        first = next(iter(group.values()), {})
        agency, period = str(first.get("agency")).strip(), str(first.get("period")).strip()
        agency = agency if agency in TRUSTS else TRUSTS[0]
        named = (definition.code, agency, period)
        return named if named in self.items else (definition.code, agency, "2014-09")

    def _told(self, answer: TestResponse, group: Mapping[int, Any]) -> Said:
        outcome, self.checker.last = self.checker.last, None
        numbers = list(group)
        found = tuple(
            (
                each.code,
                numbers[each.where.row - 1] if numbers and each.where.row else each.where.row,
                each.where.field,
            )
            for each in (outcome.findings if outcome else ())
        )
        messages = tuple(each.message for each in (outcome.findings if outcome else ()))
        refused = outcome is None or outcome.refused
        return Said(answer.status_code, answer.text, refused, found, messages, self.drafts())

    def drafts(self) -> int:
        with db.open_session(self.engine) as session:
            return session.scalar(select(func.count()).select_from(Draft)) or 0

    def _uploaded(self, received: Received, definition: Definition) -> Said:
        """What the upload's own page says; a file that waits for an answer is kept as it is."""
        answer = self._upload(received, definition)
        if answer.status_code != 303:
            return self._told(answer, {})
        if self._state(answer.location)[0] == "reading":  # large: it was left to the worker
            upload_jobs.do_next(self.engine, self.checker, secret_key=SECRET)
        page = self.browser.get(answer.location)
        state, sure = self._state(answer.location)
        told = self._told(page, {})
        if state == "asking":
            data = {"form_key": self._key(), "over_others": "yes"}
            kept = self.browser.post(f"{answer.location}/keep", data=data)
            return replace(told, status=kept.status_code, drafts=self.drafts())
        return replace(told, status=303 if state in ("kept", "repeated") else 409 if sure else 422)

    def _state(self, location: str) -> tuple[str, bool]:
        with db.open_session(self.engine) as session:
            upload = session.get_one(Upload, int(location.rpartition("/")[2]))
            return upload.state, upload_said.Said.from_text(upload.said).asks_sure

    def _upload(self, received: Received, definition: Definition) -> TestResponse:
        file = FileStorage(io.BytesIO(received.content), filename=received.filename)
        data = {"return_code": definition.code, "file": file, "reason": "", "form_key": self._key()}
        if received.take_hidden:
            data["take_hidden"] = "y"
        return self.browser.post("/upload", data=data, content_type="multipart/form-data")

    def _json(self, item: Item, content: bytes) -> TestResponse:
        headers = {"Authorization": f"Bearer {self.keys[item[1]]}", "Idempotency-Key": self._key()}
        return self.browser.application.test_client().put(
            f"/api/v1/submissions/{self.items[item]}",
            data=content,
            content_type="application/json",
            headers=headers,
        )

    def _form(self, group: Mapping[int, Mapping[str, str]], definition: Definition) -> TestResponse:
        boxes = {
            f"{row['period']}.{row.get('breakdown', 'total')}.{row.get('code', '')}.{figure.name}": row.get(
                figure.name, ""
            )
            for row in group.values()
            for figure in definition.figures
        }
        number = self.items[self._item(definition, group)]
        return self.browser.post(
            f"/submissions/{number}/answer", data={**boxes, "form_key": self._key(), "then": "check"}
        )

    def _key(self) -> str:
        self.used += 1
        return f"corpus-{self.used}"


def open_doors(file: Path) -> Doors:
    """The doors of a hub over a migrated, empty SQLite file."""
    engine, checker = db.make_engine(f"sqlite:///{file}"), Remembering()
    with db.transaction(engine) as session:
        person, items, made_keys = _people_and_items(session)
    config = from_environment({"HUB_SECRET_KEY": SECRET, "HUB_CONTACT_EMAIL": "hub@example.org"})
    app = create_app(config, engine=engine, checker=checker)
    return Doors(
        file.parent,
        engine,
        checker,
        browser_of(app, person),
        items,
        made_keys,
        items["referrals", ANOTHER, "2014-09"],
    )


def _people_and_items(session: Session) -> tuple[Person, dict[Item, int], dict[str, str]]:
    place = Partnership(
        code=PLACE,
        name="Birmingham (example)",
        illustrative=True,
        clock_at=datetime(2015, 5, 18, 8, tzinfo=UTC),
        clock_set_at=real_now(),
        contact_email="data@example.org",
    )
    person = Person(email="analyst@example.org", name="Analyst")
    agencies = [
        Agency(code=code, kind="nhs_trust", name=f"Trust {code}", invented=True)
        for code in (*TRUSTS, ANOTHER)
    ]
    session.add_all((place, person, *agencies))
    settings = CodeList(
        code="settings",
        title="Settings",
        version=1,
        status="draft",
        source="made for tests",
        items=tuple(CodeListItem(code, title) for code, title in SETTINGS.items()),
    )
    known_from = datetime(2014, 4, 1, tzinfo=UTC)
    catalogue.publish(session, Catalogue(RETURNS, {"settings": settings}), now=known_from)
    session.flush()
    session.add(Account(person_id=person.id, kind="local", created_at=real_now()))
    for agency in agencies:
        session.add(
            SharingAcceptance(
                partnership_id=place.id,
                agency_id=agency.id,
                agreement="sharing",
                version=1,
                digest="0" * 64,
                officer="An officer",
                guardian="A guardian",
                guardian_post="caldicott-guardian",
                person_id=person.id,
                at=known_from,
            )
        )
    for agency in agencies:
        session.add(Membership(partnership_id=place.id, agency_id=agency.id, from_on=date(2014, 4, 1)))
    for agency in agencies[: len(TRUSTS)]:
        session.add(
            Grant(
                person_id=person.id,
                role="SUB",
                agency_id=agency.id,
                from_at=real_now() - timedelta(days=1),
                until_at=real_now() + timedelta(days=180),
            )
        )
    session.flush()
    for each in RETURNS:
        definition = catalogue.definition(session, each.code)
        due.make_due_items(session, place, definition, date(2014, 9, 1), date(2014, 11, 30))
    session.flush()
    items = {
        (item.return_code, agency.code, item.period.code): item.id
        for agency in agencies
        for item in due.due_items(session, place.id, agency_ids=[agency.id])
    }
    made = {
        agency.code: keys.make(
            session, agency_id=agency.id, owner_id=person.id, name="corpus", now=real_now()
        )[1]
        for agency in agencies[: len(TRUSTS)]
    }
    return person, items, made
