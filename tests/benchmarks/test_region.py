"""The regional office's page over fourteen partnerships with an agreement of sixty promises each: first, and again."""

from __future__ import annotations

import statistics
import time
from datetime import UTC, date, datetime

import pytest
from sqlalchemy.orm import Session

from hub import db
from hub.agreements.versions import keep
from hub.agreements.watch.months import keep_months
from hub.app import create_app
from hub.cli.serve import settled
from hub.config import from_environment, shipped
from hub.document import Document
from hub.measures.load import publish_measures
from hub.partners.models import Membership, Partnership, PartnershipRegion, Region
from tests.benchmarks.paper import table, write_section
from tests.clients import browser_of
from tests.databases import NewDatabase
from tests.factories import KNOWN_FROM, MEMBER_SINCE, World, read_world
from tests.watched_world import PROMISES

PLACES, PROMISED = 14, 60
_WORDS = """The page of a region with 14 partnerships, each with an agreement of 60 promises over nine months, as the regional office
asks for it: the first time in a process with the ends of months kept, and again (median of 20). What is shown again costs
the same whatever was signed, since nothing is worked out anew."""


@pytest.mark.parametrize("kind", ["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def test_region(new_world: NewDatabase, kind: str) -> None:
    engine = db.make_engine(new_world(kind))
    with db.transaction(engine) as session:
        world = read_world(session)
        publish_measures(session, shipped("schemas") / "measures.yaml", now=KNOWN_FROM)
        for number in range(PLACES):
            _place(session, world, number)
    keep_months(engine)
    config = from_environment({"HUB_SECRET_KEY": "k" * 40, "HUB_DEMO": "1", "HUB_HOST": "127.0.0.1"})
    office = browser_of(settled(create_app(config, engine)), world.people["reg.midlands"])
    first, *again = [_asked(office) for _ in range(21)]
    engine.dispose()
    rows: list[list[object]] = [
        [kind, "the first time", f"{1000 * first:.0f} ms", ""],
        [kind, "again", f"{1000 * statistics.median(again):.0f} ms", "≤ 150 ms"],
    ]
    write_section(
        f"The region’s page, {kind}", f"{_WORDS}\n\n{table(['engine', 'what', 'time', 'goal'], rows)}"
    )


def _asked(office: object) -> float:
    started = time.perf_counter()
    answer = office.get("/regions/midlands")  # type: ignore[attr-defined]
    took = time.perf_counter() - started
    assert answer.status_code == 200 and f"Place {PLACES - 1}" in answer.text
    return took


def _place(session: Session, world: World, number: int) -> None:
    place = Partnership(
        code=f"place-{number}",
        name=f"Place {number}",
        illustrative=True,
        clock_at=world.partnership.clock_at,
        clock_set_at=world.partnership.clock_set_at,
    )
    session.add(place)
    session.flush()
    region = session.query(Region).filter_by(code="midlands").one()
    session.add(PartnershipRegion(partnership_id=place.id, region_id=region.id, from_on=MEMBER_SINCE))
    for code in ("330", "RXT", "RR1", "20"):
        session.add(
            Membership(partnership_id=place.id, agency_id=world.agencies[code].id, from_on=date(2012, 4, 1))
        )
    returns, rota, _ = PROMISES["commitments"]
    promises = [
        {**(returns if n % 2 else rota), "id": f"P{n}", "promisor": [("RXT", "RR1")[n // 2 % 2]]}
        for n in range(PROMISED)
    ]
    text = {**PROMISES, "partnership": place.code, "agreement": f"watched-{number}", "commitments": promises}
    keep(session, Document("bench.yaml", text), now=datetime(2014, 8, 20, tzinfo=UTC))
