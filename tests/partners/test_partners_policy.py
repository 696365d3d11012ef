"""May this person do this, to this? Scopes, ends and narrowings, asked of the policy itself."""

from datetime import date, timedelta

import pytest
from sqlalchemy import Engine, select, update
from sqlalchemy.orm import Session

from hub import db
from hub.clock import real_now
from hub.partners import keys, people
from hub.partners.models import Grant, Membership, PartnershipRegion
from hub.partners.policy import ANONYMOUS, Permission, actor_for, key_actor, may, row_scope, sees_exactly
from hub.partners.roles import matrix
from tests.databases import NewDatabase
from tests.factories import World, read_world


@pytest.fixture
def new_database(new_world: NewDatabase) -> NewDatabase:
    """Each test's database holds the small world already."""
    return new_world


@pytest.fixture
def world(session: Session) -> World:
    return read_world(session)


def test_nobody_may_do_anything(session: Session, world: World) -> None:
    assert not any(may(session, ANONYMOUS, permission) for permission in Permission)


def test_an_administrator_reads_no_figures(session: Session, world: World) -> None:
    administrator = actor_for(session, world.people["adm.hub"].id)
    figures = [
        each
        for each in Permission
        if each.startswith(("figures:", "board:", "draft:", "submission:", "agreement:"))
    ]
    assert len(figures) == 15
    assert not any(may(session, administrator, permission) for permission in figures)
    assert row_scope(session, administrator) == "0"


def test_what_is_narrowed_needs_its_word(session: Session, world: World) -> None:
    lead = actor_for(session, world.people["led.rxt"].id)
    own = world.agencies["RXT"].id
    assert not may(session, lead, Permission.DRAFT_WRITE, agency_id=own)
    assert may(session, lead, Permission.DRAFT_WRITE, agency_id=own, only="finance")
    assert not may(session, lead, Permission.DRAFT_WRITE, agency_id=world.agencies["RR1"].id, only="finance")


def test_own_agency_exact_others_protected(session: Session, world: World) -> None:
    here, own, other = world.partnership.id, world.agencies["RXT"].id, world.agencies["RR1"].id
    reader, steward = (actor_for(session, world.people[name].id) for name in ("rdr.rxt", "stw.testshire"))
    assert sees_exactly(session, reader, partnership_id=here, agency_id=own)
    assert not sees_exactly(session, reader, partnership_id=here, agency_id=other)
    assert sees_exactly(session, steward, partnership_id=here, agency_id=other)
    assert not sees_exactly(
        session, steward, partnership_id=world.elsewhere.id, agency_id=world.agencies["REL"].id
    )
    manager = actor_for(session, world.people["mgr.testshire"].id)
    assert not sees_exactly(session, manager, partnership_id=here, agency_id=other)


def test_a_proposed_role_is_none_until_another_person_approved_it(session: Session, world: World) -> None:
    person, asker = world.people["brd.testshire"], world.people["stw.testshire"]
    role = people.grant(
        session, person, "MGR", now=real_now(), partnership_id=world.partnership.id, proposed_by=asker.id
    )
    session.flush()
    ask = {"partnership_id": world.partnership.id, "only": "BRD"}
    assert not may(session, actor_for(session, person.id), Permission.GRANT_APPROVE, **ask)
    role.approved_by = world.people["adm.hub"].id
    session.flush()
    assert may(session, actor_for(session, person.id), Permission.GRANT_APPROVE, **ask)


def test_the_same_role_twice_is_one_with_a_later_end(session: Session, world: World) -> None:
    person, agency = world.people["sub.rxt"], world.agencies["RXT"]
    people.grant(session, person, "SUB", now=real_now() + timedelta(minutes=1), agency_id=agency.id)
    (held,) = session.scalars(select(Grant).where(Grant.person_id == person.id))
    assert held.until_at > real_now() + timedelta(days=364)


@pytest.mark.parametrize(
    "end", ["grant ended", "grant out of date", "not begun", "person disabled", "agency left"]
)
def test_a_right_ends_at_once(session: Session, world: World, end: str) -> None:
    """Security.md P4, in the policy; the requests are in the access tests."""
    person, agency = world.people["sub.rxt"], world.agencies["RXT"]
    place = {"partnership_id": world.partnership.id, "agency_id": agency.id}
    assert may(session, actor_for(session, person.id), Permission.DRAFT_WRITE, **place)
    now, theirs = real_now(), Grant.person_id == person.id
    if end == "grant ended":
        session.execute(update(Grant).where(theirs).values(ended_at=now))
    elif end == "grant out of date":
        session.execute(update(Grant).where(theirs).values(until_at=now))
    elif end == "not begun":
        session.execute(update(Grant).where(theirs).values(from_at=now + timedelta(days=1)))
    elif end == "person disabled":
        people.disable(session, person, now=now)
    else:  # the partnership’s own today is 18 May 2015
        session.execute(
            update(Membership).where(Membership.agency_id == agency.id).values(until_on=date(2015, 5, 17))
        )
    assert not may(session, actor_for(session, person.id), Permission.DRAFT_WRITE, **place)


def test_a_region_reaches_the_partnerships_that_lie_in_it(session: Session, world: World) -> None:
    office = actor_for(session, world.people["reg.midlands"].id)
    assert may(session, office, Permission.BOARD_READ, partnership_id=world.partnership.id)
    assert not may(session, office, Permission.BOARD_READ, partnership_id=world.elsewhere.id)
    assert row_scope(session, office) == str(world.partnership.id)
    session.execute(update(PartnershipRegion).values(until_on=date(2015, 5, 17)))
    assert not may(session, office, Permission.BOARD_READ, partnership_id=world.partnership.id)


def test_an_agreement_is_read_by_its_parties_and_its_partnership(session: Session, world: World) -> None:
    here, parties = world.partnership.id, {world.agencies["RXT"].id, world.agencies["330"].id}
    for name, expected in (
        ("rdr.rxt", True),
        ("sub.rr1", False),
        ("brd.testshire", True),
        ("stw.elsewhere", False),
        ("adm.hub", False),
    ):
        actor = actor_for(session, world.people[name].id)
        assert (
            may(session, actor, Permission.AGREEMENT_READ, partnership_id=here, parties=parties) is expected
        ), name


def test_a_key_can_never_sign(session: Session, world: World) -> None:
    key, _ = keys.make(
        session,
        agency_id=world.agencies["RXT"].id,
        owner_id=world.people["sgn.rxt"].id,
        name="k",
        now=real_now(),
    )
    actor = key_actor(key.id, key.agency_id)
    assert may(session, actor, Permission.DRAFT_WRITE, agency_id=key.agency_id)
    for never in (
        Permission.SUBMISSION_SIGN,
        Permission.FIGURES_OTHERS,
        Permission.FIGURES_PUBLISHED,
        Permission.KEY_MAKE,
        Permission.ACCOUNT_OWN,
    ):
        assert not may(session, actor, never, agency_id=key.agency_id), never


def test_every_role_has_a_cell_and_every_cell_a_role() -> None:
    roles = {role for _, role in matrix().cells} - {"ANY"}
    assert roles == set(matrix().roles)


def test_rows_shown_are_the_actors_own(engine: Engine) -> None:
    with db.transaction(engine) as session:
        world = read_world(session)
        assert row_scope(session, actor_for(session, world.people["sub.rxt"].id)) == str(world.partnership.id)
        assert row_scope(session, actor_for(session, world.people["sub.rel"].id)) == str(world.elsewhere.id)
        assert row_scope(session, ANONYMOUS) == "0"
