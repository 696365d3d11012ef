"""Money on the seeded example, by real requests: who prepares it, who reads it, and what the pages say."""

from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from hub.app import create_app
from hub.calendar.models import DueItem
from hub.config import from_environment
from hub.db import make_engine, open_session
from hub.definitions.models import PeriodRow
from hub.partners.models import Agency, Person
from tests.clients import browser_of
from tests.example_world import CODE

As = Callable[[str], FlaskClient]
MEASURES = f"/partnerships/{CODE}/measures"


@pytest.fixture
def app(example_copy: str) -> Flask:
    config = from_environment(
        {
            "HUB_DATABASE_URL": example_copy,
            "HUB_SECRET_KEY": "s" * 40,
            "HUB_DEMO": "1",
            "HUB_HOST": "127.0.0.1",
        }
    )
    return create_app(config, make_engine(example_copy))


@pytest.fixture
def as_(app: Flask) -> As:
    def client(name: str) -> FlaskClient:
        with open_session(app.extensions["hub_engine"]) as session:
            person = session.scalars(select(Person).where(Person.email == f"{name}@example.org")).one()
        return browser_of(app, person)

    return client


def due_item(app: Flask, return_code: str, agency: str, period: str) -> int:
    with open_session(app.extensions["hub_engine"]) as session:
        query = (
            select(DueItem.id)
            .join(Agency, Agency.id == DueItem.agency_id)
            .join(PeriodRow, PeriodRow.id == DueItem.period_id)
        )
        where = (DueItem.return_code == return_code, Agency.code == agency, PeriodRow.code == period)
        return session.scalars(query.where(*where)).one()


def test_the_finance_lead_opens_the_return_of_money_and_no_other(app: Flask, as_: As) -> None:
    lead = as_("finance.13p")
    money = due_item(app, "contributions", "13P", "FY2015-16Q4")
    posts = due_item(app, "workforce", "13P", "FY2015-16Q4")
    assert lead.get(f"/submissions/{money}/template.csv").status_code == 200
    assert lead.get(f"/submissions/{posts}/template.csv").status_code == 403
    # Another body's money is not there for them, whichever return.
    assert (
        lead.get(
            f"/submissions/{due_item(app, 'contributions', '04X', 'FY2015-16Q4')}/template.csv"
        ).status_code
        == 404
    )


def test_money_is_read_by_those_who_pay_or_host_the_board_and_the_region_and_by_nobody_else(as_: As) -> None:
    for name in ("finance.05l", "nurse.rq3", "member", "region", "inspector", "steward"):
        page = as_(name).get(f"{MEASURES}/JC03").text
        # FY2015-16Q3: £6,390,000.00 was due, and 05L kept back its £12,000.00.
        assert "Not shown" not in page and "6,378,000.00" in page, name
    for name in ("analyst.20", "school.990001"):
        page = as_(name).get(f"{MEASURES}/JC03").text
        assert "Not shown: money is read by those who pay" in page and "6,378,000.00" not in page, name
        file = as_(name).get(f"{MEASURES}/JC03/download.csv?by=agency").text
        assert "FY2015-16Q3" not in file
        behind = as_(name).get(f"{MEASURES}/JC03/FY2015-16Q3").text
        assert "619800000" not in behind and "6,198,000.00" not in behind
