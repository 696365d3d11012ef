"""Signing writes the ledger once, supersedes without editing, and can be read as at any moment."""

from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from hub.errors import NotReady
from hub.facts.ledger import sign
from hub.facts.models import Fact, Revision
from hub.facts.moments import as_at
from hub.facts.queries import cells_as_at, facts_as_at
from hub.facts.revisions import revisions_as_at
from hub.facts.rollups import differences
from tests.ledger_world import FIGURE, RETURN, World, make_world, signing

MAY = datetime(2014, 5, 12, 9, tzinfo=UTC)
TOTAL = ("total", "")


@pytest.fixture
def world(session: Session) -> World:
    return make_world(session)


def totals(session: Session, world: World, moment: datetime | None = None) -> dict[str, tuple[int, int]]:
    at = as_at(session, world.partnership, moment)
    cells = cells_as_at(session, at, [world.figures["total", FIGURE]])
    return {cell.period: (cell.value, cell.received) for cell in cells}


def test_a_total_sums_agencies_and_counts_them(session: Session, world: World) -> None:
    sign(
        session,
        [
            signing(session, world, "RYW", "2014-04", {TOTAL: 7}, at=MAY),
            signing(session, world, "RQ3", "2014-04", {TOTAL: 5}, at=MAY),
            signing(session, world, "ENN", "2014-04", {TOTAL: None}, at=MAY),
        ],
    )
    at = as_at(session, world.partnership)
    (cell,) = cells_as_at(session, at, [world.figures["total", FIGURE]])
    assert (cell.value, cell.received, cell.missing) == (12, 2, 1)
    assert at.position == 3


def test_a_correction_supersedes_and_the_past_reads_as_it_was(session: Session, world: World) -> None:
    (first,) = sign(session, [signing(session, world, "RYW", "2014-04", {TOTAL: 7}, at=MAY)])
    later = MAY + timedelta(days=30)
    (second,) = sign(
        session,
        [
            signing(
                session, world, "RYW", "2014-04", {TOTAL: 9}, at=later, reason="Two were found in a drawer."
            )
        ],
    )
    assert second.supersedes_id == first.id and second.number == 2
    assert totals(session, world) == {"2014-04": (9, 1)}
    assert totals(session, world, later - timedelta(seconds=1)) == {"2014-04": (7, 1)}
    assert totals(session, world, MAY - timedelta(seconds=1)) == {}
    closed = session.scalars(select(Fact).where(Fact.revision_id == first.id)).one()
    assert (closed.value, closed.known_from, closed.known_until) == (7, 1, 2)


def test_a_correction_needs_a_reason(session: Session, world: World) -> None:
    sign(session, [signing(session, world, "RYW", "2014-04", {TOTAL: 7}, at=MAY)])
    with pytest.raises(NotReady, match="reason"):
        sign(session, [signing(session, world, "RYW", "2014-04", {TOTAL: 8}, at=MAY)])


def test_signing_twice_is_signing_once(session: Session, world: World) -> None:
    once = signing(session, world, "RYW", "2014-04", {TOTAL: 7}, at=MAY)
    (first,) = sign(session, [once])
    (again,) = sign(session, [once])
    assert again.id == first.id
    assert session.scalar(select(func.count()).select_from(Revision)) == 1
    assert totals(session, world) == {"2014-04": (7, 1)}


def test_a_moment_is_never_earlier_than_the_one_before(session: Session, world: World) -> None:
    (first,) = sign(session, [signing(session, world, "RYW", "2014-04", {TOTAL: 7}, at=MAY)])
    (second,) = sign(
        session, [signing(session, world, "RQ3", "2014-04", {TOTAL: 5}, at=MAY - timedelta(hours=3))]
    )
    assert second.position > first.position
    assert second.signed_at == first.signed_at == MAY


def test_a_batch_may_hold_a_return_and_its_correction(session: Session, world: World) -> None:
    correction = signing(
        session, world, "RYW", "2014-04", {TOTAL: 9}, at=MAY + timedelta(days=1), reason="Counted again."
    )
    second, first = sign(session, [correction, signing(session, world, "RYW", "2014-04", {TOTAL: 7}, at=MAY)])
    assert (first.number, second.number) == (1, 2)
    assert totals(session, world) == {"2014-04": (9, 1)}
    assert totals(session, world, MAY) == {"2014-04": (7, 1)}
    assert differences(session, world.partnership.id) == []


def test_areas_and_lists_are_places_of_their_own(session: Session, world: World) -> None:
    lines = {
        TOTAL: 7,
        ("area", "south"): 4,
        ("area", "not-known"): 3,
        ("setting", "a-and-e"): 5,
        ("setting", "gp"): 2,
    }
    sign(session, [signing(session, world, "RYW", "2014-04", lines, at=MAY)])
    at = as_at(session, world.partnership)
    by_area = cells_as_at(session, at, [world.figures["area", FIGURE]])
    assert {cell.area_id: cell.value for cell in by_area} == {world.areas["south"].id: 4, -1: 3}
    by_setting = cells_as_at(session, at, [world.figures["setting", FIGURE]])
    assert sorted(cell.value for cell in by_setting) == [2, 5]
    assert len({cell.dimension_set_id for cell in by_setting}) == 2


def test_facts_by_agency_lead_back_to_revision_and_row(session: Session, world: World) -> None:
    revisions = sign(
        session,
        [
            signing(session, world, "RYW", "2014-04", {TOTAL: 7}, at=MAY),
            signing(session, world, "RQ3", "2014-05", {TOTAL: "not_available"}, at=MAY),
        ],
    )
    facts = facts_as_at(session, as_at(session, world.partnership), [world.figures["total", FIGURE]])
    assert [(f.revision_id, f.row_no, f.value, f.state) for f in facts] == [
        (revisions[0].id, 2, 7, "value"),
        (revisions[1].id, 2, None, "not_available"),
    ]
    may = facts_as_at(
        session,
        as_at(session, world.partnership),
        [world.figures["total", FIGURE]],
        first=date(2014, 5, 1),
    )
    assert [f.period for f in may] == ["2014-05"]


def test_a_return_is_on_time_by_its_first_signature(session: Session, world: World) -> None:
    late = datetime(2014, 6, 30, 9, tzinfo=UTC)
    sign(session, [signing(session, world, "RYW", "2014-04", {TOTAL: 7}, at=MAY)])
    sign(session, [signing(session, world, "RYW", "2014-04", {TOTAL: 9}, at=late, reason="Counted again.")])
    sign(session, [signing(session, world, "RQ3", "2014-04", {TOTAL: "nil"}, at=late)])
    stood = {r.agency_id: r for r in revisions_as_at(session, as_at(session, world.partnership), RETURN)}
    corrected = stood[world.agencies["RYW"].id]
    assert (corrected.number, corrected.on_time, corrected.first_signed_at) == (2, True, MAY)
    nil = stood[world.agencies["RQ3"].id]
    assert (nil.nil, nil.on_time) == (True, False)


def test_positions_of_two_partnerships_are_apart(session: Session, world: World) -> None:
    other = make_world(session, number=2)
    sign(
        session,
        [
            signing(session, other, "RYW", "2014-04", {TOTAL: 3}, at=MAY),
            signing(session, world, "RYW", "2014-04", {TOTAL: 7}, at=MAY),
        ],
    )
    assert totals(session, world) == {"2014-04": (7, 1)}
    assert totals(session, other) == {"2014-04": (3, 1)}
    assert as_at(session, world.partnership).position == as_at(session, other.partnership).position == 1
