"""An uploaded file of every return, from its bytes to committed drafts: at 1,000 and 100,000 rows, a line for each return.

A file of 100,000 rows holds many agencies and three years of one return. A return whose submissions are small does not
reach it with 600 agencies; the rows that were read say how far it came. `HUB_BENCH_ROWS=50,500` tries it out small.
"""

from __future__ import annotations

import csv
import io
import math
import os
import time
from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
from sqlalchemy.orm import Session

from hub import db, periods
from hub.calendar import due
from hub.definitions import catalogue
from hub.definitions.layout import rows_of
from hub.definitions.lists import lists_on
from hub.definitions.model import KEY_COLUMNS, NOT_HELD, Definition, Figure, Owes
from hub.intake.limits import MAX_CELLS
from hub.intake.table import Received
from hub.partners.models import Agency, Membership, Partnership
from hub.partners.policy import Actor, Held
from hub.periods import Period
from hub.submissions import upload_jobs, uploads
from hub.submissions.upload_queries import File
from hub.submissions.upload_said import Said
from hub.validation.checker import Checker, CheckerClient
from tests.benchmarks.paper import table, write_section
from tests.databases import NewDatabase
from tests.factories import MEMBER_SINCE, make_world

SIZES = tuple(int(size) for size in os.environ.get("HUB_BENCH_ROWS", "1000,100000").split(","))
FIRST, LAST = date(2012, 4, 1), date(2015, 3, 31)
MOST_AGENCIES = 600  # of one partnership (design.md section 6)
RETURNS = sorted(found.code for found in catalogue.shipped().returns if not found.published)
SECRET = "k" * 40


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[CheckerClient]:
    running = Checker(tmp_path_factory.mktemp("checker") / "s")
    running.start()
    assert running.wait_until_warm(300)
    yield CheckerClient(running.socket_path)
    running.stop()


def test_every_return(new_database: NewDatabase, client: CheckerClient) -> None:
    results = [line for code in RETURNS for line in _measured(new_database("sqlite"), client, code)]
    headings = [
        "return",
        "rows",
        "MB",
        "submissions",
        "findings",
        "read by",
        "read and checked",
        "kept and committed",
    ]
    write_section("An uploaded file of every return", f"{_WORDS}\n\n{table(headings, results)}")


_WORDS = (
    "Seconds on the clock, once each, through the checker's own process: what the sender of a file waits for, or the worker "
    "takes. Rows hold every line that is asked of an agency, with noughts. *Kept* is recognising what it asks, "
    "storing every submission with its findings and event, and committing."
)


def _measured(url: str, client: CheckerClient, code: str) -> Iterator[list[object]]:
    engine = db.make_engine(url)
    with db.transaction(engine) as session:
        made = make_world(session)
        definition = catalogue.definition(session, code)
        owes, kind = definition.owes[0], definition.owes[0].kinds[0]
        lists = lists_on(session, definition, made.partnership.id, LAST, kind=kind)
        agencies = _agencies(session, made.partnership, kind, _needed(definition, owes, lists))
        due.make_due_items(session, made.partnership, definition, FIRST, LAST)
        items = due.due_items(session, made.partnership.id, return_code=code, agency_ids=[agencies[0].id])
        wholes = [item.period for item in items]
    held = tuple(Held("SUB", agency_id=agency.id) for agency in agencies)
    actor = Actor("person", made.people["sub.rxt"].id, held)
    for count in SIZES:
        content = _file(definition, owes, lists, wholes, [agency.code for agency in agencies], count)
        yield _uploaded(engine, client, actor, definition, content)
    engine.dispose()


def _agencies(session: Session, place: Partnership, kind: str, count: int) -> list[Agency]:
    made = [
        Agency(code=f"B{number:04d}", kind=kind, name=f"Body {number}", invented=True)
        for number in range(count)
    ]
    session.add_all(made)
    session.flush()
    session.add_all(
        Membership(partnership_id=place.id, agency_id=one.id, from_on=MEMBER_SINCE) for one in made
    )
    session.flush()
    return made


def _wholes(owes: Owes) -> list[Period]:
    """The periods of collection of three years."""
    first = periods.containing(FIRST, owes.frequency)
    return [
        each
        for each in periods.between(first, periods.containing(LAST, owes.frequency))
        if each.ends_on <= LAST
    ]


def _needed(definition: Definition, owes: Owes, lists: Any) -> int:
    """Agencies for the largest file, as far as one partnership has them."""
    rows = sum(len(list(rows_of(definition, owes, whole, lists))) for whole in _wholes(owes))
    return min(math.ceil(max(SIZES) / rows), MOST_AGENCIES)


def _file(
    definition: Definition, owes: Owes, lists: Any, wholes: list[Period], codes: list[str], count: int
) -> bytes:
    """Complete returns of body after body, period after period, until there are so many rows, or as many cells as one file may hold."""
    out = io.StringIO()
    writer, written = csv.writer(out), 0
    columns = [*KEY_COLUMNS, *(figure.name for figure in definition.figures)]
    count = min(count, MAX_CELLS // len(columns) - 1)
    writer.writerow(columns)
    asked = set(owes.figures or columns)
    for whole in wholes:
        lines = [
            (
                period,
                breakdown,
                line,
                [
                    _value(figure, period, lists)
                    if figure.name in asked and figure.name in breakdown.figures
                    else ""
                    for figure in definition.figures
                ],
            )
            for period, breakdown, line in rows_of(definition, owes, whole, lists)
            if line.code != NOT_HELD
        ]
        for code in codes:
            if written + len(lines) > max(count, len(lines)):
                return out.getvalue().encode()
            for period, breakdown, line, values in lines:
                writer.writerow(["testshire", code, period.code, breakdown.name, line.code, *values])
            written += len(lines)
    return out.getvalue().encode()


def _value(figure: Figure, period: Period, lists: Any) -> str:
    if figure.unit == "text":
        return "As agreed"
    if figure.unit == "date":
        return period.starts_on.isoformat()
    if figure.unit == "code":
        return next(iter(lists[figure.list]))
    return "0"


def _uploaded(
    engine: Any, client: CheckerClient, actor: Actor, definition: Definition, content: bytes
) -> list[object]:
    file = File(Received("csv", f"{definition.code}.csv", content))
    began = time.monotonic()
    with db.open_session(engine) as session:
        outcome = uploads.check(session, actor, client, file, definition)
    checked = time.monotonic()
    with db.transaction(engine) as session:
        made = uploads.begin(session, actor, file, definition, state="reading")
        uploads.settle(session, actor, made, outcome, secret_key=SECRET)
        state = made.state
        if state == "asking":
            uploads.keep(session, actor, made, words={}, over_others=True, secret_key=SECRET)
        said = Said.from_text(made.said)
    kept = time.monotonic()
    assert made.state == "kept", (definition.code, state, said.complaint)
    return [
        definition.code,
        f"{said.read:,}",
        f"{len(content) / 2**20:.1f}",
        f"{len(said.submissions) + said.more:,}",
        f"{len(outcome.findings):,}",
        "worker" if upload_jobs.is_large(file.received) else "page",
        f"{checked - began:.2f}",
        f"{kept - checked:.2f}",
    ]
