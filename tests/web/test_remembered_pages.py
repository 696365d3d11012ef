"""After one return after another is signed: pages put together of what is remembered are those of a process that remembers nothing."""

from __future__ import annotations

import re

import pytest
from flask import Flask
from sqlalchemy import select

from hub.app import create_app
from hub.config import from_environment
from hub.db import make_engine, open_session, transaction
from hub.facts import recalled
from hub.partners.models import Person
from tests.clients import browser_of
from tests.example_world import CODE, signs_again

PLACE = f"/partnerships/{CODE}"
PAGES = (
    *(f"{PLACE}/board{chosen}" for chosen in ("", "?agency=RXT", "?as_at=2015-01-20")),
    *(f"{PLACE}/measures/{measure}" for measure in ("RF02", "FD03")),
)
SIGNED = {
    "the front door": (("front-door", "330", "2016-03"), "contacts"),
    "one school, whose figures wait for others": (("referrals", "990001", "AY2015-16T1"), "referrals_made"),
}
OF_THE_MOMENT = re.compile(r"(As known now,|As at)[^<]*")


@pytest.fixture
def app(example_copy: str) -> Flask:
    demo = {"HUB_SECRET_KEY": "s" * 40, "HUB_DEMO": "1", "HUB_HOST": "127.0.0.1"}
    return create_app(from_environment({"HUB_DATABASE_URL": example_copy, **demo}), make_engine(example_copy))


def test_after_a_signature_pages_are_as_if_nothing_were_remembered(app: Flask) -> None:
    engine = app.extensions["hub_engine"]
    with open_session(engine) as session:
        member = session.scalars(select(Person).where(Person.email == "member@example.org")).one()
    reader = browser_of(app, member)

    def read() -> dict[str, str]:
        found = {page: reader.get(page) for page in PAGES}
        assert {answer.status_code for answer in found.values()} == {200}
        return {page: OF_THE_MOMENT.sub("", answer.text) for page, answer in found.items()}

    before = read()
    for what, (paper, figure) in SIGNED.items():
        month = "2015-11" if paper[2].startswith("AY") else paper[2]
        with transaction(engine) as session:
            cells = [(2, month, "total", "", figure, 77, "value")]
            signs_again(session, paper, cells, by=("analyst.rxt", "manager.rxt"))
        remembered = read()
        recalled.forget()
        assert remembered == read(), what
        assert remembered != before, what
        before = remembered
