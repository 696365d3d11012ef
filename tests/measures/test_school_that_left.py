"""A school's lines stay hidden from others when it has left: what it signed as a member is read for ever."""

from __future__ import annotations

from datetime import UTC, date, datetime

from sqlalchemy import update
from sqlalchemy.orm import Session

from hub.config import shipped
from hub.facts.moments import as_at
from hub.measures.audience import protected
from hub.measures.compute import measure
from hub.measures.load import publish_measures
from hub.measures.model import Asked
from hub.partners.models import Agency, Grant, Membership
from hub.partners.policy import actor_for
from hub.submissions.history import sign_history
from tests.ledger_world import make_world, signing

KNOWN = datetime(2012, 4, 1, tzinfo=UTC)
SIGNED = datetime(2014, 3, 10, 9, tzinfo=UTC)


def test_a_school_that_left_is_not_shown_by_itself(session: Session) -> None:
    world = make_world(session, agencies=("RYW", "SCH"))
    publish_measures(session, shipped("schemas") / "measures.yaml", now=KNOWN)
    school, reader = world.agencies["SCH"], world.people["ann"]
    session.execute(update(Agency).where(Agency.id == school.id).values(kind="school"))
    session.execute(
        update(Membership).where(Membership.agency_id == school.id).values(until_on=date(2014, 3, 31))
    )
    until = datetime(2100, 1, 1, tzinfo=UTC)
    session.add(
        Grant(
            person_id=reader.id,
            role="BRD",
            partnership_id=world.partnership.id,
            from_at=KNOWN,
            until_at=until,
        )
    )
    for agency, count in (("RYW", 40), ("SCH", 3)):
        sign_history(session, [signing(session, world, agency, "2014-02", {("total", ""): count}, at=SIGNED)])
    at = as_at(session, world.partnership, datetime(2014, 6, 30, tzinfo=UTC))
    asked = Asked(kind="month", by="agency", first=date(2014, 2, 1), last=date(2014, 2, 28))
    series = measure(session, world.partnership, at, "RF01", asked)
    assert {point.lines["agency"] for point in series.points} == {"RYW1", "SCH1"}

    shown = protected(
        session,
        series,
        "month",
        reader=actor_for(session, reader.id),
        partnership=world.partnership,
        owner=None,
    )
    assert {point.lines["agency"] for point in shown.points} == {"RYW1"} and shown.withheld
