"""Published figures are read from any partnership; an illustrative reader sees those of periods before its today."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from sqlalchemy.orm import Session

from hub.clock import real_now
from hub.facts.ledger import sign
from hub.facts.moments import as_at, published_as_at
from hub.facts.queries import cells_as_at
from tests.ledger_world import FIGURE, World, make_world, signing

TOTAL = ("total", "")
LOADED = datetime(2020, 1, 1, tzinfo=UTC)


def publish(
    session: Session, owner: World, figures: dict[str, int], at: datetime, reason: str | None = None
) -> None:
    sign(
        session,
        [
            replace(
                signing(session, owner, "RYW", period, {TOTAL: value}, at=at, reason=reason),
                published=True,
                source="Department for Education",
            )
            for period, value in figures.items()
        ],
    )


def test_unpublished_figures_of_another_partnership_are_not_read(session: Session) -> None:
    reader, owner = make_world(session), make_world(session, number=2)
    publish(session, owner, {"2014-04": 50}, LOADED)
    sign(session, [signing(session, owner, "RQ3", "2014-05", {TOTAL: 3}, at=LOADED)])
    at = published_as_at(session, as_at(session, reader.partnership), partnership_id=2, illustrative=False)
    cells = cells_as_at(session, at, [owner.figures["total", FIGURE]])
    assert [(cell.period, cell.value) for cell in cells] == [("2014-04", 50)]


def test_a_reader_of_the_past_sees_what_was_published_by_then(session: Session) -> None:
    reader, owner = make_world(session), make_world(session, number=2)
    publish(session, owner, {"2014-04": 50}, LOADED)
    publish(session, owner, {"2014-04": 51}, LOADED + timedelta(days=365), reason="Published again.")
    figure = [owner.figures["total", FIGURE]]
    for moment, value in ((LOADED + timedelta(days=1), 50), (None, 51)):
        at = published_as_at(
            session, as_at(session, reader.partnership, moment), partnership_id=2, illustrative=False
        )
        assert [cell.value for cell in cells_as_at(session, at, figure)] == [value]


def test_an_illustrative_reader_sees_the_latest_of_periods_that_are_over_by_its_clock(
    session: Session,
) -> None:
    reader, owner = make_world(session), make_world(session, number=2)
    reader.partnership.clock_at = datetime(2015, 5, 18, 8, tzinfo=UTC)
    reader.partnership.clock_set_at = real_now()
    publish(session, owner, {"2015-04": 50, "2015-05": 60}, LOADED)
    publish(session, owner, {"2015-04": 51}, LOADED + timedelta(days=365), reason="Published again.")
    at = published_as_at(session, as_at(session, reader.partnership), partnership_id=2, illustrative=True)
    cells = cells_as_at(session, at, [owner.figures["total", FIGURE]])
    assert [(cell.period, cell.value) for cell in cells] == [("2015-04", 51)]
