"""DQ02: how many signed figures were corrected afterwards, counted by hand on both engines."""

from datetime import UTC, date, datetime, timedelta

from sqlalchemy.orm import Session

from hub.config import shipped
from hub.facts.ledger import sign
from hub.facts.moments import as_at
from hub.measures.compute import measure
from hub.measures.load import publish_measures
from hub.measures.model import Asked
from tests.ledger_world import World, make_world, signing

MAY = datetime(2014, 5, 12, 9, tzinfo=UTC)
TOTAL, SOUTH, EAST = ("total", ""), ("area", "south"), ("area", "east")


def told(
    session: Session, world: World, moment: datetime | None = None, **asked: object
) -> dict[tuple[str, str], tuple[int | None, int | None]]:
    at = as_at(session, world.partnership, moment)
    points = measure(session, world.partnership, at, "DQ02", Asked(**asked)).points  # type: ignore[arg-type]
    return {
        (point.lines.get("agency", ""), point.period.code): (point.numerator, point.denominator)
        for point in points
    }


def test_a_figure_counts_once_and_only_where_it_changed(session: Session) -> None:
    world = make_world(session)
    publish_measures(session, shipped("schemas") / "measures.yaml", now=MAY)

    def signed(agency: str, period: str, lines: dict[tuple[str, str], int | str | None], days: int) -> None:
        at, reason = MAY + timedelta(days=days), "Counted again." if days else None
        sign(session, [signing(session, world, agency, period, lines, at=at, reason=reason)])

    signed("RYW", "2014-04", {TOTAL: 7, SOUTH: 4, EAST: 3}, 0)
    signed("RQ3", "2014-04", {TOTAL: 5}, 0)
    signed("RYW", "2014-03", {TOTAL: 2, SOUTH: "missing", EAST: 2}, 0)
    assert told(session, world) == {("", "2014-03"): (0, 3), ("", "2014-04"): (0, 4)}
    signed("RYW", "2014-04", {TOTAL: 8, SOUTH: 5, EAST: 3}, 1)  # two of its three
    signed("RYW", "2014-04", {TOTAL: 9, SOUTH: 6, EAST: 3}, 2)  # the same two again
    signed("RYW", "2014-03", {TOTAL: 2, SOUTH: 0, EAST: 2}, 3)  # no number, and then one
    assert told(session, world) == {("", "2014-03"): (1, 3), ("", "2014-04"): (2, 4)}
    assert told(session, world, by="agency") == {
        ("RYW1", "2014-03"): (1, 3),
        ("RYW1", "2014-04"): (2, 3),
        ("RQ31", "2014-04"): (0, 1),
    }
    april = {"first": date(2014, 4, 1), "last": date(2014, 4, 30)}
    rq3 = world.agencies["RQ3"].id
    assert told(session, world, agency_id=rq3, **april) == {("", "2014-04"): (0, 1)}
    # As it was known on the first day, nothing had been corrected; a figure that was taken out stands no more.
    assert told(session, world, MAY) == {("", "2014-03"): (0, 3), ("", "2014-04"): (0, 4)}
    signed("RYW", "2014-04", {TOTAL: 9}, 4)
    assert told(session, world, **april) == {("", "2014-04"): (1, 2)}
