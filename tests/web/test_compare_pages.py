"""Published figures beside those of neighbours, as a signed-in person reads them."""

from pathlib import Path

import pytest
from sqlalchemy import select

from hub.app import create_app
from hub.cli import main
from hub.clock import real_now
from hub.config import from_environment
from hub.db import make_engine, open_session, transaction
from hub.partners import people
from hub.partners.models import Person
from hub.partners.queries import partnership
from tests.clients import Browser, browser, browser_of

NEIGHBOURS = """neighbours: statistical-neighbours
title: Statistical neighbours 2025
source: Department for Education
from_on: "2025-04-01"
file: {file}
agency: old_la_code
neighbour: neighbour_old_la_code
rank: rank
closeness: closeness
"""


@pytest.fixture
def england(
    example_of_2015: str, published_data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> str:
    """The example's database with England's councils, their section 47 table and the list of neighbours."""
    monkeypatch.setenv("HUB_DATABASE_URL", example_of_2015)
    assert main(["seed", "england"]) == 0
    with transaction(make_engine(example_of_2015)) as session:
        national = partnership(session, "england")
        for name in ("ann", "bob"):
            person = people.make(session, f"{name}@example.org")
            people.grant(session, person, "STW", now=real_now(), partnership_id=national.id)
    by = ["--prepared-by", "ann@example.org", "--signed-by", "bob@example.org"]
    assert main(["import", "dfe-section47", str(published_data / "section47_icpc_2013_2025.csv"), *by]) == 0
    table = published_data / "statistical_neighbours_2025.csv"
    (tmp_path / table.name).write_bytes(table.read_bytes())
    (tmp_path / "neighbours.yaml").write_text(NEIGHBOURS.format(file=table.name), encoding="utf-8")
    assert main(["load", str(tmp_path / "neighbours.yaml")]) == 0
    return example_of_2015


@pytest.fixture
def member(england: str) -> Browser:
    config = from_environment({"HUB_DATABASE_URL": england, "HUB_SECRET_KEY": "s" * 40, "HUB_DEMO": "1"})
    app = create_app(config, make_engine(england))
    with open_session(app.extensions["hub_engine"]) as session:
        person = session.scalars(select(Person).where(Person.email == "member@example.org")).one()
    assert browser(app).get("/compare/330/CP02").status_code in (302, 303)  # nobody reads without signing in
    return browser_of(app, person)


@pytest.mark.published
def test_one_authority_stands_beside_its_neighbours_region_and_england(member: Browser) -> None:
    page = member.get("/compare/330/CP02?year=FY2013-14").text
    # 942 conferences for 3,393 enquiries; Nottingham 54.5; Manchester is in no DfE table.
    assert "27.8" in page and "Nottingham" in page and "West Midlands" in page and "England" in page
    assert page.index("Manchester") < page.index("no figures here")
    assert page.count("<svg") >= 2 and "<table" in page
    assert "Statistical neighbours 2025" in page
    # The illustrative partnership reads the same council's published figures, of years that were over on its today.
    example = member.get("/compare/birmingham-example/CP02").text
    assert "54.3" in example and "2015-16" not in example
    assert "Nottingham" in member.get("/compare").text
    # Where tables of children in need were not imported, the way in leads past them.
    assert member.get("/compare/330").headers["Location"] == "/compare/330/CP01"
    for absent in ("/compare/330/FD01", "/compare/nowhere/CP02", "/compare/330/CP02?year=FY1990-91"):
        assert member.get(absent).status_code == 404
