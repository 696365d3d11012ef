"""A year for anybody beside its months and what was published before: worked out by hand."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime

import pytest
from sqlalchemy.orm import Session

from hub.config import shipped as shipped_folder
from hub.db import make_engine, open_session
from hub.facts.moments import as_at
from hub.measures.compute import Reading
from hub.measures.load import measure_as_at, publish_measures
from hub.measures.protect import ANYBODY, protect
from hub.measures.public_years import public_year
from hub.measures.published_before import HELD
from hub.periods import parse
from hub.submissions.history import sign_history
from tests.ledger_world import World, make_world, signing

YEAR = parse("FY2014-15")


@pytest.fixture
def session(sqlite_url: str) -> Iterator[Session]:
    engine = make_engine(sqlite_url)
    with open_session(engine, writing=True) as session:
        yield session
    engine.dispose()


@pytest.fixture
def world(session: Session) -> World:
    made = make_world(session, agencies=("RYW",))
    publish_measures(
        session, shipped_folder("schemas") / "measures.yaml", now=datetime(2012, 4, 1, tzinfo=UTC)
    )
    return made


def sign(
    session: Session, world: World, month: str, count: int, day: datetime, reason: str | None = None
) -> None:
    sign_history(
        session,
        [signing(session, world, "RYW", month, {("total", ""): count}, at=day, reason=reason)],
    )


def told(
    session: Session, world: World, moments: list[datetime], tables: Sequence[datetime] = ()
) -> str | float | None:
    """What anybody reads of the year at the last of several publications; `tables` are when months of it were released."""
    given, released = (
        [Reading(session, world.partnership, as_at(session, world.partnership, each)) for each in of]
        for of in (moments, tables)
    )
    measure = measure_as_at(session, "RF01", moments[-1])
    series = protect(public_year(given[-1], measure, YEAR, given[:-1], released), ANYBODY)
    if not series.points:
        return series.withheld
    (point,) = series.points
    return point.reason if point.state == "hidden" else point.value


def test_a_year_does_not_tell_its_months_nor_how_little_it_moved(session: Session, world: World) -> None:
    april, may, june, july = (datetime(2015, month, 10, 9, tzinfo=UTC) for month in (4, 5, 6, 7))
    for month, count in (("2014-04", 40), ("2014-05", 30), ("2014-06", 25)):
        sign(session, world, month, count, april)
    assert told(session, world, [may]) == 95
    # 3 more are no reason to publish another figure: 95 and 98 would be told as 95 and 100, which are 1 to 9 apart.
    sign(session, world, "2014-05", 33, may, "Three were left out")
    assert told(session, world, [april.replace(day=11), june]) == 95
    assert told(session, world, [june]) == 100, "who has published nothing yet publishes what it is"
    # 3 and then 20 more are: all of 23.
    sign(session, world, "2014-06", 45, june.replace(day=11), "Twenty were left out")
    assert told(session, world, [april.replace(day=11), june, july]) == 120  # 118
    # Where a count is exact or hidden, a hidden month is what the year leaves over.
    sign(session, world, "2014-07", 4, june.replace(day=12))
    assert told(session, world, [july]) == 120, "122 to the nearest 5, of which the four may be 1 to 7"
    world.partnership.disclosure_public = "dfe-cin"
    assert told(session, world, [july]) == "c"
    assert told(session, world, [june]) == 98


def test_a_year_is_not_told_where_it_is_no_sum_of_the_months_that_were_released(
    session: Session, world: World
) -> None:
    april, may, june, july, august = (datetime(2015, month, 10, 9, tzinfo=UTC) for month in range(4, 9))
    for month, count in (("2014-04", 40), ("2014-05", 30), ("2014-06", 25)):
        sign(session, world, month, count, april)
    released = april.replace(day=11)
    assert told(session, world, [may], tables=[released]) == 95
    # Anybody has 40, 30 and 25, and keeps them: a year of 98 less these would be the three.
    sign(session, world, "2014-05", 33, may, "Three were left out")
    assert told(session, world, [june], tables=[released]) == HELD
    assert told(session, world, [june]) == 100, (
        "where no month was released there is nothing to set it beside"
    )
    assert told(session, world, [june], tables=[june]) == 100, "the months released are those of the year"
    # The months of a year stand together: twenty more in June do not set May's three free.
    sign(session, world, "2014-06", 45, june.replace(day=11), "Twenty were left out")
    assert told(session, world, [july], tables=[released]) == HELD
    # May has moved by thirty since it was released: a table of today would show it, so the year may.
    sign(session, world, "2014-05", 60, july.replace(day=11), "A whole team was left out")
    assert told(session, world, [august], tables=[released]) == 145
