"""The matrix of a hundred senders and three years of months, on both engines, as at now and as at two years ago."""

from __future__ import annotations

import random
import statistics
import time
from datetime import UTC, date, datetime, timedelta

from flask.testing import FlaskClient
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from hub import db
from hub.app import create_app
from hub.audit.chain import record
from hub.calendar import due
from hub.cli.serve import settled
from hub.comparison.matrix import compared
from hub.comparison.model import Asked
from hub.config import from_environment, shipped
from hub.definitions.catalogue import definition_version_id
from hub.facts import ledger
from hub.facts.moments import as_at
from hub.measures.load import measure_as_at, publish_measures
from hub.partners.models import Agency, Membership
from tests.benchmarks.paper import table, write_section
from tests.clients import browser_of
from tests.databases import NewDatabase
from tests.factories import KNOWN_FROM, World, make_world

SENDERS, FIRST, LAST = 100, date(2012, 5, 1), date(2015, 4, 30)
REQUESTS = 40

_WORDS = """Wall time of the page of a hundred senders and 36 months (3,600 cells) through the application, template included,
for a Board member, and of working the matrix out alone. “Now” is worked out once and shown again as long as nothing is
signed; “a year ago” reads each day of May 2014, when 24 of the months were over, and works each out."""


def test_two_sides(new_database: NewDatabase) -> None:
    rows: list[list[object]] = []
    for kind in ("sqlite", "postgresql"):
        url = new_database(kind)
        engine = db.make_engine(url)
        with db.transaction(engine) as session:
            world = _world(session)
        for month in _months():
            with db.transaction(engine) as session:
                _sign(session, world, month)
        client = browser_of(
            settled(
                create_app(from_environment({"HUB_DATABASE_URL": url, "HUB_SECRET_KEY": "s" * 40}), engine)
            ),
            world.people["brd.testshire"],
        )
        rows.append([kind, "page, now", *_page(client, "")])
        rows.append([kind, "page, a year ago", *_page(client, "&as_at=2014-05-{:02d}")])
        rows.append([kind, "matrix alone, now", *_alone(engine, world)])
        engine.dispose()
    write_section(
        "Two sides compared",
        f"{_WORDS}\n\n{table(['engine', 'what', 'cells', 'p50', 'p95', 'processor, p50', 'goal'], rows)}",
    )


def _months() -> list[str]:
    return [f"{year}-{month:02d}" for year in range(2012, 2016) for month in range(1, 13)][4:40]


def _world(session: Session) -> World:
    world = make_world(session)
    publish_measures(session, shipped("schemas") / "measures.yaml", now=KNOWN_FROM)
    made = [
        Agency(code=f"T{n:03d}", kind="nhs_trust", name=f"Trust number {n}", invented=True)
        for n in range(SENDERS)
    ]
    session.add_all(made)
    session.flush()
    here = world.partnership.id
    session.add_all(Membership(partnership_id=here, agency_id=one.id, from_on=FIRST) for one in made)
    session.flush()
    world.agencies.update({one.code: one for one in made})
    for definition in world.definitions.values():
        due.make_due_items(session, world.partnership, definition, FIRST, LAST)
    return world


def _sign(session: Session, world: World, month: str) -> None:
    """A month of every sender and of the front door, in one go."""
    dice = random.Random(month)
    codes = [code for code in world.agencies if code.startswith("T")]
    logged = {code: dice.randrange(5, 200) for code in codes}
    here = world.partnership.id
    first = datetime.fromisoformat(f"{month}-01").replace(tzinfo=UTC)
    items = due.due_items(session, here, first=first.date(), last=first.date() + timedelta(days=31))
    versions = {code: definition_version_id(session, one) for code, one in world.definitions.items()}
    lines = [("total", "", "contacts", 9000)] + [("agency", c, "contacts", n) for c, n in logged.items()]
    signings = []
    for owed in items:
        if owed.agency.code in logged:
            sent = max(0, logged[owed.agency.code] + dice.choice((-9, 0, 0, 0, 1, 2, 9)))
            own = [("total", "", "referrals_made", sent)]
        elif owed.return_code == "front-door" and owed.agency.code == "330":
            own = lines
        else:
            continue
        signings.append(
            ledger.Signing(
                partnership_id=here,
                due_item_id=owed.id,
                definition_version_id=versions[owed.return_code],
                rows=[{"row_no": "1", "agency": owed.agency.code, "period": month}],
                cells=[(place, month, *line, "value") for place, line in enumerate(own, start=1)],
                signed_by=world.people["sgn.rxt"].id,
                prepared_by=world.people["sub.rxt"].id,
                at=first + timedelta(days=45),
                channel="csv",
            )
        )
    ledger.sign(session, signings)
    record(session, actor="system", action="submission:sign", subject=f"period:{month}", partnership_id=here)


def _page(client: FlaskClient, moment: str) -> list[object]:
    path = "/partnerships/testshire/compared/RF04?months=36"
    taken, cells = [], 0
    for number in range(REQUESTS + 1):
        address = path + moment.format(number % 28 + 1)
        started = time.perf_counter(), time.process_time()
        answer = client.get(address)
        taken.append((time.perf_counter() - started[0], time.process_time() - started[1]))
        assert answer.status_code == 200, answer.text
        cells = answer.text.count('class="hub-side') - 4  # the legend's
    return [f"{cells:,}", *_in_words(taken[1:])]


def _alone(engine: Engine, world: World) -> list[object]:
    taken, cells = [], 0
    for _ in range(REQUESTS):
        with db.open_session(engine) as session:
            at = as_at(session, world.partnership)
            measure = measure_as_at(session, "RF04", at.moment)
            started = time.perf_counter(), time.process_time()
            found = compared(session, at, measure, Asked(FIRST, LAST))
            taken.append((time.perf_counter() - started[0], time.process_time() - started[1]))
            cells = sum(cell is not None for row in found.rows for cell in row.cells)
    return [f"{cells:,}", *_in_words(taken)]


def _in_words(taken: list[tuple[float, float]]) -> list[object]:
    """Wall time at the median and at the 95th of a hundred, and the processor's at the median."""
    wall = sorted(each for each, _ in taken)
    processor = statistics.median(each for _, each in taken)
    measured = statistics.median(wall), wall[int(0.95 * len(wall))], processor
    return [*(f"{each * 1000:.0f} ms" for each in measured), "p95 ≤ 100 ms"]
