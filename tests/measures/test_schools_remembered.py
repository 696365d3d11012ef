"""Which schools wait is remembered for what they had signed, and for who owes the return and what of it."""

from __future__ import annotations

from datetime import UTC, date, datetime

from sqlalchemy import update
from sqlalchemy.orm import Session

from hub.audit.chain import record
from hub.config import shipped
from hub.facts import recalled
from hub.facts.moments import as_at
from hub.measures.compute import Reading
from hub.measures.load import publish_measures
from hub.measures.model import Asked
from hub.partners.models import Agency
from hub.submissions.history import sign_history
from tests.ledger_world import due_item, make_world, signing

KNOWN = datetime(2012, 4, 1, tzinfo=UTC)
SIGNED = datetime(2014, 3, 10, 9, tzinfo=UTC)
IN, LATER = [f"S{number}" for number in range(1, 9)], ["S9"]
FEBRUARY = Asked(kind="month", first=date(2014, 2, 1), last=date(2014, 2, 28))


def test_a_school_that_owes_the_return_since_is_waited_for(session: Session) -> None:
    world = make_world(session, agencies=(*IN, *LATER))
    publish_measures(session, shipped("schemas") / "measures.yaml", now=KNOWN)
    session.execute(update(Agency).values(kind="school"))
    for school in IN:
        sign_history(session, [signing(session, world, school, "2014-02", {("total", ""): 10}, at=SIGNED)])
    record(session, actor="operator", action="load", subject="a test")
    session.commit()

    def told() -> list[float | None]:
        at = as_at(session, world.partnership, datetime(2014, 3, 12, tzinfo=UTC))
        reading = Reading(session, world.partnership, at)
        return [point.value for point in reading.outside.series(reading.measures["RF01"], FEBRUARY).points]

    assert told() == [80]
    for school in LATER:
        due_item(session, world, school, "2014-02")
    record(session, actor="operator", action="due", subject="due list")
    session.commit()
    remembered = told()
    recalled.forget()
    assert remembered == told() != [80]
