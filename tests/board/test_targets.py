"""What a measure's chart is drawn beside where agreements promise a total of it: each month's own share, by its profile."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from hub.agreements.versions import keep
from hub.board.panel import Panel, panel
from hub.board.targets import drawn_at, targets_as_at
from hub.board.view import View
from hub.clock import parse_moment
from hub.db import make_engine, open_session
from hub.document import parse
from hub.facts.moments import as_at
from hub.measures.compute import Reading
from hub.measures.load import measure_as_at
from hub.measures.protect import OPERATOR
from tests.agreements.promised_world import PROMISES, Promised, make_promised
from tests.databases import NewDatabase

HEAD, _, _ = PROMISES.read_text(encoding="utf-8").partition("commitments:\n")
# 1,200 contacts in a hundred parts: 5 in April, May, February and March, 10 in each month between.
SEASONAL = """commitments:
  - {id: Y1, clause: "1", text: No more than so many., promisor: ["330"], kind: level, measure: FD01, of: place,
     direction: at_most, target: 1200, judged: whole, profile: seasonal, weights: [5, 5, 10, 10, 10, 10, 10, 10, 10, 10, 5, 5]}
"""


@pytest.fixture
def world(new_database: NewDatabase) -> Iterator[Promised]:
    engine = make_engine(new_database("sqlite"))
    with open_session(engine, writing=True) as session:
        yield make_promised(session)
    engine.dispose()


def test_a_total_is_drawn_as_the_share_of_each_month(world: Promised) -> None:
    """1,500 contacts in equal parts are 125 a month; 1,200 by weights are 60 in April and May, and 120 in June."""
    session = world.session
    keep(
        session,
        parse(HEAD.replace("agreement: kept", "agreement: year") + SEASONAL, "year.yaml"),
        now=parse_moment("2015-03-20"),
    )
    for month, contacts in ((4, 50), (5, 70), (6, 121)):
        world.signs("330", "front-door", f"2015-{month:02d}", f"2015-{month + 1:02d}-12", contacts=contacts)
    at = as_at(session, world.partnership, parse_moment("2015-07-20"))
    contacts_received = measure_as_at(session, "FD01", at.moment)

    def shown(*agreements: str) -> tuple[Panel, list[str]]:
        promised = targets_as_at(session, at, lambda each: each.code in agreements)["FD01"]
        aimed = drawn_at(contacts_received, promised)
        assert aimed.level is None, "no month can be held against a whole year's total"
        drawn = panel(
            Reading(session, world.partnership, at),
            contacts_received,
            OPERATOR,
            View(),
            aimed=aimed,
        )
        return drawn, [each.told(contacts_received, at) for each in promised]

    even, _ = shown("kept")
    assert [row.expected for row in even.rows] == ["125", "125", "125"], "the newest first"
    assert (
        "expects 125 contacts in April 2015 and 125 contacts in June 2015; the latest figure keeps to it"
        in even.words
    )

    seasonal, told = shown("year")
    assert [(row.value, row.expected) for row in seasonal.rows] == [
        ("121", "120"),
        ("70", "60"),
        ("50", "60"),
    ]
    assert (
        "expects 60 contacts in April 2015 and 120 contacts in June 2015; the latest figure is above it"
        in seasonal.words
    )
    assert told == ["at most 1,200 contacts, until 31 March 2016, of all months together"]

    both, _ = shown("kept", "year")
    assert both.rows == seasonal.rows, "of two promises the one that asks most"
