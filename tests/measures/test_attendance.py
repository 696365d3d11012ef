"""BD01: how often bodies came to the Board’s meetings, counted by hand on both engines."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from sqlalchemy.orm import Session

from hub.board.packs.headings import Heading
from hub.board.packs.reported import Drafted, build_annual
from hub.clock import parse_moment
from hub.config import shipped
from hub.facts.moments import as_at
from hub.measures.compute import Reading, measure
from hub.measures.load import measure_as_at, publish_measures
from hub.measures.model import Asked
from hub.measures.protect import ANYBODY, Audience, protect
from hub.measures.years import year_of
from hub.meetings.told import Told, tell_meeting
from hub.periods import parse
from tests.ledger_world import World, make_world

EVERYONE = ("RYW1", "RQ31", "ENN1", "chair")
APRIL, MAY = "2015-04-15T12:00:00+01:00", "2015-05-12T12:00:00+01:00"
YEAR = parse("FY2014-15")
Figure = tuple[str, int | None, int | None]  # state, came, invited


def met(
    session: Session,
    world: World,
    held_on: str,
    present: Sequence[str],
    *,
    confirmed: str | None,
    invited: Sequence[str] = EVERYONE,
    deputies: Sequence[str] = (),
    group: str = "board",
) -> None:
    told = Told(
        group,
        date.fromisoformat(held_on),
        2,
        invited,
        present,
        written_by=world.people["ann"].id,
        written_at=parse_moment(f"{held_on}T17:00:00+00:00"),
        confirmed_by=world.people["bob"].id if confirmed else None,
        confirmed_at=parse_moment(f"{confirmed}T09:00:00+00:00") if confirmed else None,
        deputies=deputies,
    )
    tell_meeting(session, world.partnership.id, told)


def a_year_of_meetings(session: Session) -> World:
    world = make_world(session)
    publish_measures(session, shipped("schemas") / "measures.yaml", now=parse_moment("2014-04-01T09:00:00Z"))
    met(session, world, "2014-05-13", ("RYW1", "RQ31", "chair"), deputies=("RQ31",), confirmed="2014-05-14")
    met(session, world, "2014-05-20", (), group="executive", confirmed="2014-05-21")
    met(session, world, "2014-06-10", ("RYW1",), confirmed="2014-06-11")
    met(session, world, "2014-09-09", EVERYONE, confirmed=None)
    two = ("RYW1", "RQ31")
    met(session, world, "2015-01-13", ("RYW1",), invited=two, confirmed="2015-01-14")
    met(session, world, "2015-03-10", two, invited=two, confirmed="2015-05-01")
    session.flush()
    return world


def told(session: Session, world: World, moment: str, **asked: object) -> dict[tuple[str, str], Figure]:
    at = as_at(session, world.partnership, parse_moment(moment))
    wanted = Asked(**{"kind": "quarter", **asked})  # type: ignore[arg-type]
    return {
        (point.lines.get("agency", ""), point.period.code.removeprefix("FY2014-15")): (
            point.state,
            point.numerator,
            point.denominator,
        )
        for point in measure(session, world.partnership, at, "BD01", wanted).points
    }


def test_bodies_came_where_another_person_confirmed_it(session: Session) -> None:
    world = a_year_of_meetings(session)
    before = {
        ("", "Q1"): ("value", 4, 8),
        ("", "Q2"): ("missing", None, None),  # held, and nobody confirmed who came
        ("", "Q3"): ("not_due", None, None),  # nobody met
    }
    assert told(session, world, APRIL) == {**before, ("", "Q4"): ("partial", 1, 2)}
    assert told(session, world, MAY) == {**before, ("", "Q4"): ("value", 3, 4)}
    assert told(session, world, "2014-06-30T12:00:00+01:00") == {}, "the quarter is not over"
    year = {"kind": "financial_year"}
    by_agency = {
        ("ENN1", ""): ("partial", 0, 2),
        ("RQ31", ""): ("partial", 2, 4),
        ("RYW1", ""): ("partial", 4, 4),
    }
    assert told(session, world, MAY, **year, by="agency") == by_agency
    one = {"agency_id": world.agencies["RQ3"].id}
    assert told(session, world, MAY, **year, **one) == {("", ""): ("partial", 2, 4)}
    assert told(session, world, MAY, **one, last=date(2014, 6, 30)) == {("", "Q1"): ("value", 1, 2)}


def test_the_annual_report_the_year_and_the_lines_say_the_same(session: Session) -> None:
    world = a_year_of_meetings(session)
    at = as_at(session, world.partnership, parse_moment(MAY))
    drafted = Drafted("Annual", (Heading("All", ("attendance",)),), {})
    report = build_annual(session, world.partnership, at, YEAR, drafted)
    (table,) = (block for block in report.sections[0].blocks if "attendance of board" in block.text.lower())
    reading = Reading(session, world.partnership, at)
    definition = measure_as_at(session, "BD01", at.moment)
    lines = reading.series(definition, Asked(kind="financial_year", by="agency"))
    agencies = {f"Trust {point.lines['agency'][:3]}": point for point in lines.points}
    rows = {row[0]: row[1:3] for row in table.rows}
    post = rows.pop("Chair")
    assert rows == {name: (str(point.denominator), str(point.numerator)) for name, point in agencies.items()}
    assert post == ("2", "1"), "no agency, so it is part of the whole alone"

    (whole,) = year_of(reading, definition, YEAR).points
    assert (whole.numerator, whole.denominator, whole.coverage.words) == (7, 12, "4 of 5 meetings")
    assert reading.series(definition, Asked(kind="financial_year")).points[0].value == whole.value
    assert protect(replace(lines, schools=frozenset({"RYW1"})), Audience()).points == lines.points, (
        "as the meetings’ page shows it"
    )
    assert protect(lines, ANYBODY).points == ()
