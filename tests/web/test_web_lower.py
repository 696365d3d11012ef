"""The list of who sent fewer than expected, on the example: what it names, whom it hides, and what it does not test."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from flask.testing import FlaskClient
from sqlalchemy import Engine, select

from hub.app import create_app
from hub.config import from_environment
from hub.db import make_engine, open_session
from hub.partners.models import Person
from tests.clients import browser_of
from tests.web.conftest import words

PATH = "/partnerships/birmingham-example/lower"


@pytest.fixture
def reader(example_copy: str) -> Iterator[FlaskClient]:
    engine: Engine = make_engine(example_copy)
    with open_session(engine) as session:
        member = session.scalars(select(Person).where(Person.email == "member@example.org")).one()
    app = create_app(from_environment({"HUB_SECRET_KEY": "k" * 40, "HUB_DEMO": "1"}), engine=engine)
    yield browser_of(app, member)
    engine.dispose()


def test_health_is_named_in_may_2014_as_the_member_could_have_read_it(reader: FlaskClient) -> None:
    page = reader.get(f"{PATH}?month=2014-05&as_at=2014-06-30").text
    low, _, rest = words(page).partition("Tested, and not low")
    assert "Health services" in low and "187.9" in low and "573 referrals for every 10,000" in low
    assert "a fall that lasts" in low
    assert "would stand here by chance alone" in low
    assert "Ask why" in low and "under-report" not in page
    assert "School" not in rest.split("Not tested")[-1], "schools are not shown one by one"
    assert "not shown one by one" in words(page)


def test_it_goes_quiet_after_the_front_door_opens(reader: FlaskClient) -> None:
    page = words(reader.get(f"{PATH}?month=2014-10&as_at=2015-03-01").text)
    low, _, _ = page.partition("Tested, and not low")
    assert "Health services" not in low


def test_without_a_month_it_opens_on_the_newest_of_which_every_return_has_fallen_due(
    reader: FlaskClient,
) -> None:
    """In the newest month of all nearly nobody can be tested yet: returns are due in the weeks after it."""
    for asked in ("", "&month=nonsense"):
        page = reader.get(f"{PATH}?as_at=2014-06-05{asked}").text
        assert '<option value="2014-04" selected>' in page and '<option value="2014-05">' in page
    assert "Health services" in words(page).partition("Tested, and not low")[0]
