"""Who holds a role now, on real time: to whom something is told, or who may be asked."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from hub.clock import real_now
from hub.partners.models import Grant, Person


def holders(
    session: Session,
    roles: Iterable[str],
    *,
    partnership_id: int | None = None,
    agency_id: int | None = None,
    region_id: int | None = None,
) -> set[int]:
    """People with one of the roles over the agency, the region, else the partnership."""
    now = real_now()
    over = Grant.partnership_id == partnership_id
    if agency_id is not None:
        over = Grant.agency_id == agency_id
    elif region_id is not None:
        over = Grant.region_id == region_id
    query = (
        select(Grant.person_id)
        .join(Person, Person.id == Grant.person_id)
        .where(
            Grant.role.in_(tuple(roles)),
            Person.disabled_at.is_(None),
            Grant.from_at <= now,
            Grant.until_at > now,
            Grant.ended_at.is_(None),
            or_(Grant.approved_by.is_not(None), Grant.proposed_by.is_(None)),
            over,
        )
    )
    return set(session.scalars(query))
