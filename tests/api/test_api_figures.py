"""Reading back what was signed: figures and measures of the key's own agency, as in the seeded example."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from flask import Flask
from sqlalchemy import Engine, select

from hub import db
from hub.app import create_app
from hub.clock import real_now
from hub.config import from_environment
from hub.definitions import catalogue
from hub.partners import keys, queries
from hub.partners.models import Grant
from tests.api.conftest import System

HERE = "/partnerships/birmingham-example"


@pytest.fixture
def example_app(example_copy: str) -> Iterator[Flask]:
    engine = db.make_engine(example_copy)
    yield create_app(from_environment({"HUB_SECRET_KEY": "k" * 40}), engine=engine)
    engine.dispose()


def system_of(app: Flask, code: str) -> System:
    engine: Engine = app.extensions["hub_engine"]
    with db.transaction(engine) as session:
        agency = queries.agency(session, code)
        owner = session.scalars(select(Grant.person_id).where(Grant.agency_id == agency.id)).first()
        assert owner is not None
        return System(
            app, keys.make(session, agency_id=agency.id, owner_id=owner, name="test", now=real_now())[1]
        )


def test_own_figures_as_at_any_moment(example_app: Flask) -> None:
    system = system_of(example_app, "330")
    query = "return=front-door&from=2014-04&to=2014-04&limit=500"
    now = system.get(f"{HERE}/facts?{query}").json
    assert now["illustrative"] is True and now["next"] is None
    totals = [each for each in now["items"] if (each["breakdown"], each["figure"]) == ("total", "contacts")]
    assert len(totals) == 1 and totals[0]["unit"] == "count" and totals[0]["value"] > 0
    by_source = [
        each["value"]
        for each in now["items"]
        if (each["breakdown"], each["figure"]) == ("source", "contacts")
    ]
    assert sum(by_source) == totals[0]["value"], "one-way tables add to the total"
    assert system.get(f"{HERE}/facts?{query}&as_at=2014-04-30").json["items"] == []


def test_pages_of_figures_join_without_seams(example_app: Flask) -> None:
    system = system_of(example_app, "330")
    query = "return=front-door&from=2014-04&to=2014-06"
    whole = system.get(f"{HERE}/facts?{query}&limit=500").json
    paged, cursor = [], ""
    while cursor is not None:
        page = system.get(f"{HERE}/facts?{query}&limit=97&cursor={cursor}").json
        paged, cursor = [*paged, *page["items"]], page["next"]
    assert len(paged) > 97 * 2 and paged[:500] == whole["items"]


def test_a_measure_is_what_the_figures_add_up_to(example_app: Flask) -> None:
    system = system_of(example_app, "330")
    facts = system.get(f"{HERE}/facts?return=front-door&from=2014-04&to=2014-04&limit=500").json["items"]
    total = next(f for f in facts if (f["breakdown"], f["figure"]) == ("total", "contacts"))
    series = system.get(f"{HERE}/measures/FD01?from=2014-04&to=2014-04").json
    assert [(row["period"], row["value"], row["state"]) for row in series["rows"]] == [
        ("2014-04", total["value"], "value")
    ]
    assert series["agency"] == "330" and series["rows"][0]["coverage"] == {"received": 1, "due": 1}
    areas = system.get(f"{HERE}/measures/FD01?from=2015-01&to=2015-01&by=area").json["rows"]
    assert {row["lines"]["area"] for row in areas} >= {"south", "east"}


def test_no_key_reads_another_agencys_figures_or_published_ones(example_app: Flask) -> None:
    council, trust = system_of(example_app, "330"), system_of(example_app, "RXT")
    listed = {each["id"] for each in trust.get(f"{HERE}/measures").json["items"]}
    assert "RF01" in listed
    absent = trust.get(f"{HERE}/measures/XX99")
    for code in ("FD01", "FD02", "RF02", "RF09", "CP01"):
        answer = trust.get(f"{HERE}/measures/{code}")
        assert code not in listed and (answer.status_code, answer.data) == (404, absent.data)
    assert trust.get(f"{HERE}/measures/RF01?by=agency").status_code == 400
    assert trust.get(f"{HERE}/facts?return=front-door").json["items"] == []
    owed = {each.code for each in catalogue.shipped().returns if each.owes_for("nhs_trust")}
    assert "referrals" in {each["return"] for each in trust.get(f"{HERE}/facts").json["items"]} <= owed
    cursor = council.get(f"{HERE}/facts?limit=1").json["next"]
    assert {each["return"] for each in trust.get(f"{HERE}/facts?cursor={cursor}").json["items"]} <= owed
    assert council.get(f"{HERE}/facts?return=dfe-referrals").json["items"] == []
    assert council.get("/partnerships/330/facts").status_code == 404


@pytest.mark.parametrize(
    "query",
    ["from=2014-04&to=FY2014-15", "from=2014-05&to=2014-04", "from=AY2014-15", "by=nothing", "area=nowhere",
     "as_at=soon", "as_at=9999-12-31T23:59:59-14:00", "as_at=0001-01-01", "agency=RXT", "by=area&area=south&by=area"],
)  # fmt: skip
def test_questions_that_a_measure_cannot_answer(example_app: Flask, query: str) -> None:
    answer = system_of(example_app, "330").get(f"{HERE}/measures/FD01?{query}")
    assert answer.status_code == 400, answer.text


def test_on_time_is_the_agencys_own(example_app: Flask) -> None:
    system = system_of(example_app, "330")
    rows = system.get(f"{HERE}/measures/DQ01").json["rows"]
    # Ten other agencies send referrals every month: all returns due would be more than ten.
    assert rows and all(1 <= row["denominator"] < 10 for row in rows)
    assert system.get(f"{HERE}/measures/DQ01?by=area").status_code == 400
    # Attendance at the Board: the force was away from one of the year's four meetings, whoever else came.
    force = system_of(example_app, "20").get(f"{HERE}/measures/BD01?from=FY2014-15&to=FY2014-15").json["rows"]
    assert [(row["numerator"], row["denominator"]) for row in force] == [(3, 4)]
