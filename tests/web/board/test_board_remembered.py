"""After one return after another is signed: pages put together of what is remembered are those of a process that remembers nothing."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from jinja2.meta import find_referenced_templates, find_undeclared_variables
from jinja2.nodes import Template
from sqlalchemy import select

from hub.audit.chain import record
from hub.clock import real_now, today_for
from hub.db import transaction
from hub.facts import recalled
from hub.partners import bring, queries
from hub.partners.models import Grant, Person
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


def test_after_a_signature_pages_are_as_if_nothing_were_remembered(
    app: Flask, as_: Callable[[str], FlaskClient]
) -> None:
    engine, reader = app.extensions["hub_engine"], as_("member")

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


@pytest.mark.parametrize(
    ("page", "promise"), [("measures/FD05", "police-schools"), ("scorecard?measure=FD05", "(S6)")]
)
def test_whose_agency_leaves_by_a_day_that_was_planned_reads_its_promises_no_longer_from_then_on(
    app: Flask, as_: Callable[[str], FlaskClient], page: str, promise: str
) -> None:
    """She holds a role at the community trust too, and so reads on; as at a day that is over as well."""
    engine = app.extensions["hub_engine"]
    with transaction(engine) as session:
        place = queries.partnership(session, CODE)
        reader = session.scalars(select(Person).where(Person.email == "manager.ryw@example.org")).one()
        police = queries.agency(session, "20")
        until = real_now() + timedelta(days=90)
        session.add(
            Grant(person_id=reader.id, role="RDR", agency_id=police.id, from_at=real_now(), until_at=until)
        )
        for each in bring.memberships(session, place.id, police.id):
            each.until_on = today_for(place)
        record(session, actor="operator", action="load", subject="a test")

    address = f"{PLACE}/{page}{'&' if '?' in page else '?'}as_at=2016-01-31"

    def reads() -> bool:
        answer = as_("manager.ryw").get(address)
        assert answer.status_code == 200
        return promise in answer.text

    assert reads()
    with transaction(engine) as session:  # nobody acts: a day goes by
        place = queries.partnership(session, CODE)
        assert place.clock_at is not None
        place.clock_at += timedelta(days=1)
    assert not reads()


@pytest.mark.parametrize("part", ["overview_questions", "overview_charts", "measure_panels", "measure_lines"])
def test_a_part_of_a_page_that_is_remembered_for_all_readers_asks_nothing_of_one(
    read_alone: Flask, part: str
) -> None:
    environment = read_alone.jinja_env
    loader = environment.loader
    assert loader is not None

    def parsed(name: str) -> Template:
        return environment.parse(loader.get_source(environment, name)[0])

    whole = parsed(f"board/{part}.html")
    used = [whole, *(parsed(name) for name in find_referenced_templates(whole) if name)]
    asked = {name for each in used for name in find_undeclared_variables(each)}
    assert "partnership" in asked
    assert not asked & {"g", "request", "session", "config", "csrf_token", "get_flashed_messages"}
