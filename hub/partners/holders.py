"""Who holds a role now, on real time: to whom something is told, or who may be asked."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import Session

from hub.clock import real_now
from hub.partners.models import Agency, Grant, Person


def agencies_with_holder(session: Session, roles: Iterable[str], codes: Iterable[str]) -> set[str]:
    """Those of some agencies, by code, over which somebody holds one of the roles."""
    query = (
        select(Agency.code)
        .join(Grant, Grant.agency_id == Agency.id)
        .join(Person, Person.id == Grant.person_id)
        .where(Agency.code.in_(tuple(codes)), *_held(roles))
    )
    return set(session.scalars(query))


def next_change(session: Session, roles: Iterable[str], codes: Iterable[str]) -> datetime | None:
    """When the next role of these over some agencies begins or ends by its own date, which nothing that is written tells."""
    now = real_now()
    ahead = [
        session.scalar(
            select(func.min(day))
            .join(Agency, Agency.id == Grant.agency_id)
            .where(
                Agency.code.in_(tuple(codes)),
                Grant.role.in_(tuple(roles)),
                Grant.ended_at.is_(None),
                day > now,
            )
        )
        for day in (Grant.from_at, Grant.until_at)
    ]
    return min((each for each in ahead if each is not None), default=None)


def _held(roles: Iterable[str]) -> tuple[ColumnElement[bool], ...]:
    """SQL: a grant of one of the roles is in force, of a person who is not disabled."""
    now = real_now()
    return (
        Grant.role.in_(tuple(roles)),
        Person.disabled_at.is_(None),
        Grant.from_at <= now,
        Grant.until_at > now,
        Grant.ended_at.is_(None),
        or_(Grant.approved_by.is_not(None), Grant.proposed_by.is_(None)),
    )


def holders(
    session: Session,
    roles: Iterable[str],
    *,
    partnership_id: int | None = None,
    agency_id: int | None = None,
    region_id: int | None = None,
) -> set[int]:
    """People with one of the roles over the agency, the region, else the partnership."""
    over = Grant.partnership_id == partnership_id
    if agency_id is not None:
        over = Grant.agency_id == agency_id
    elif region_id is not None:
        over = Grant.region_id == region_id
    query = select(Grant.person_id).join(Person, Person.id == Grant.person_id).where(*_held(roles), over)
    return set(session.scalars(query))
