"""The data team's grid of 600 agencies over 24 months, and 3,000 due items made at once, on both engines."""

from __future__ import annotations

import random
import statistics
import time
from datetime import date, datetime, timedelta

from sqlalchemy import delete, func, insert, select
from sqlalchemy.orm import Session

from hub import db
from hub.app import create_app
from hub.audit.chain import record
from hub.calendar.due import due_items, make_due_items
from hub.calendar.models import DueItem
from hub.cli.serve import settled
from hub.clock import end_of_day
from hub.config import from_environment
from hub.db import new_id
from hub.definitions.catalogue import definition_version_id
from hub.facts.models import Revision
from hub.partners.models import Agency, Membership
from tests.benchmarks.paper import table, write_section
from tests.benchmarks.test_board import settle
from tests.clients import browser_of
from tests.databases import NewDatabase
from tests.factories import MEMBER_SINCE, World, make_world

AGENCIES, MONTHS, REQUESTS = 600, 24, 40
FIRST, LAST = date(2013, 5, 1), date(2015, 4, 30)

_WORDS = """A partnership of 600 agencies that owe a return each month. The grid is its page of 50 agencies and 24 months
(1,200 returns) with the totals over everybody, through the application, template included; pages in turn, a tenth of the
returns missing, a tenth late. Due items: five months of 600 agencies made in one transaction."""


def test_calendar(new_database: NewDatabase) -> None:
    rows: list[list[object]] = []
    for kind in ("sqlite", "postgresql"):
        url = new_database(kind)
        engine = db.make_engine(url)
        with db.transaction(engine) as session:
            world = make_world(session)
            _agencies(session, world)
        with db.transaction(engine) as session:
            started = time.perf_counter()
            made = make_due_items(
                session,
                world.partnership,
                world.definitions["referrals"],
                date(2015, 5, 1),
                date(2015, 9, 30),
            )
            session.flush()
            taken = time.perf_counter() - started
            session.rollback()
        rows.append([kind, f"{made:,} due items made", f"{taken:.2f} s", "", "≤ 5 s"])
        with db.transaction(engine) as session:
            _signed(session, world)
        settle(url)
        config = from_environment({"HUB_DATABASE_URL": url, "HUB_SECRET_KEY": "s" * 40})
        client = browser_of(settled(create_app(config, engine)), world.people["stw.testshire"])
        times = []
        for number in range(REQUESTS + 2):
            started = time.perf_counter()
            answer = client.get(f"/partnerships/testshire/grid/referrals/month?page={number % 12 + 1}")
            times.append(time.perf_counter() - started)
            assert answer.status_code == 200 and answer.text.count("<td") > 1000
        times = sorted(times[2:])
        p50, p95 = statistics.median(times), times[int(0.95 * REQUESTS)]
        rows.append(
            [
                kind,
                "grid, 600 agencies × 24 months",
                f"{p50 * 1000:.0f} ms",
                f"{p95 * 1000:.0f} ms",
                "p95 ≤ 100 ms",
            ]
        )
        engine.dispose()
    write_section("The calendar", f"{_WORDS}\n\n{table(['engine', 'what', 'p50', 'p95', 'goal'], rows)}")


def _agencies(session: Session, world: World) -> None:
    for number in range(AGENCIES - 4):  # beside the world's own
        agency = Agency(code=f"X{number:04d}", kind="nhs_trust", name=f"Trust {number}", invented=True)
        session.add(agency)
        session.flush()
        session.add(
            Membership(partnership_id=world.partnership.id, agency_id=agency.id, from_on=MEMBER_SINCE)
        )


def _signed(session: Session, world: World) -> None:
    """What was signed of two years, as the ledger would hold it; the figures play no part in the grid."""
    here, definition = world.partnership, world.definitions["referrals"]
    session.execute(
        delete(DueItem).where(DueItem.partnership_id == here.id, DueItem.return_code == "referrals")
    )
    make_due_items(session, here, definition, FIRST, LAST)
    chance, rows = random.Random(1), []
    version, periods = definition_version_id(session, definition), {}
    for item_id, period_id in session.execute(
        select(DueItem.id, DueItem.period_id).where(DueItem.partnership_id == here.id)
    ):
        periods[item_id] = period_id
    for position, item in enumerate(due_items(session, here.id, return_code="referrals"), start=1):
        if item.due_on is None or chance.random() < 0.1:
            continue
        days = 3 if chance.random() < 0.1 else -2
        at: datetime = end_of_day(item.due_on) + timedelta(days=days)
        rows.append(
            {
                "partnership_id": here.id, "id": new_id(), "due_item_id": item.id, "agency_id": item.agency.id,
                "return_code": "referrals", "definition_version_id": version, "period_id": periods[item.id],
                "number": 1, "position": position, "signed_at": at, "signed_by": world.people["sgn.rxt"].id,
                "prepared_by": world.people["sub.rxt"].id, "single_signature": False, "due_on": item.due_on,
                "digest": "d", "reason_id": None, "supersedes_id": None, "channel": "csv", "source": None,
                "nil": False, "partial": False, "published": False,
            }
        )  # fmt: skip
    session.execute(insert(Revision), rows)
    record(session, actor="system", action="submission:sign", subject="periods", partnership_id=here.id)
    assert (session.scalar(select(func.count()).select_from(Revision)) or 0) > 10_000
