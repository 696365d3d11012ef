"""Roles that end soon are told of at 60, 30 and 7 days, and never end while something is due."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from hub.clock import real_now
from hub.config import from_environment
from hub.partners.models import Grant, Partnership
from hub.post.models import Letter, Notice
from hub.submissions import post_round, roles_ending
from tests.factories import World, read_world


@pytest.fixture
def world(session: Session) -> World:
    return read_world(session)


def ends(session: Session, world: World, name: str, days: int) -> Grant:
    grant = session.scalars(select(Grant).where(Grant.person_id == world.people[name].id)).one()
    grant.until_at = real_now() + timedelta(days=days)
    session.flush()
    return grant


def told(session: Session, world: World) -> dict[str, list[str]]:
    """The stages that each person was told of."""
    names = {person.id: name for name, person in world.people.items()}
    found: dict[str, list[str]] = {}
    for notice in session.scalars(select(Notice).where(Notice.kind == roles_ending.KIND).order_by(Notice.id)):
        found.setdefault(names[notice.person_id or 0], []).append(notice.occasion.split(":")[3])
    return found


def test_the_holder_and_whoever_may_renew_are_told_once_for_each_stage(
    session: Session, world: World
) -> None:
    ends(session, world, "rdr.rxt", 59)
    for _again in range(2):
        roles_ending.warn(session, now=real_now())
        assert told(session, world) == {"rdr.rxt": ["60"], "sgn.rxt": ["60"]}, "once for each stage"
    roles_ending.warn(session, now=real_now() + timedelta(days=30))
    assert told(session, world)["rdr.rxt"] == ["60", "30"]
    ends(session, world, "mgr.testshire", 20)
    roles_ending.warn(session, now=real_now())
    assert told(session, world)["adm.hub"] == ["30"], "administrators renew the partnership's roles"


def test_the_mail_names_the_role_and_its_end_and_falls_away_once_renewed(
    session: Session, world: World
) -> None:
    session.execute(update(Partnership).values(illustrative=False, clock_at=None, clock_set_at=None))
    grant = ends(session, world, "rdr.rxt", 5)
    roles_ending.warn(session, now=real_now())
    grant.until_at = real_now() + timedelta(days=365)
    session.flush()
    config = from_environment({"HUB_SECRET_KEY": "k" * 40, "HUB_PUBLIC_URL": "https://hub.example.org"})
    assert post_round.gather(session, config) == [], "it was renewed"
    ends(session, world, "rdr.rxt", 6)
    roles_ending.warn(session, now=real_now())
    for notice in session.scalars(select(Notice).where(Notice.kind == roles_ending.KIND)):
        notice.made_at = datetime(2015, 5, 18, 9, tzinfo=UTC)
    made = {letter.to_address: letter for letter in post_round.gather(session, config)}
    if made:  # on weekdays between 8 and 18 they go at once, otherwise they wait
        body = made["sgn.rxt@example.org"].body
        assert "The role of RDR of rxt: Agency reader at Testshire Mental Health Trust, ends on" in body
        assert made["sgn.rxt@example.org"].subject.endswith(": a role ends soon")
    assert session.scalars(select(Letter)).all() == list(made.values())


def test_a_role_never_ends_while_something_is_due(session: Session, world: World) -> None:
    """Today is 18 May 2015; April's referrals are due on 22 May: the role lasts until the 23rd, five days from now."""
    submitter, reader = ends(session, world, "sub.rxt", 1), ends(session, world, "rdr.rxt", 1)
    now = real_now()
    assert roles_ending.keep_while_due(session, now=now) == 1
    assert submitter.until_at == now + timedelta(days=(date(2015, 5, 22) - date(2015, 5, 18)).days + 1)
    assert reader.until_at < now + timedelta(days=1, minutes=1)
    assert roles_ending.keep_while_due(session, now=now) == 0, "once is enough"
