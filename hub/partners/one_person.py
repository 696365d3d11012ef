"""Agencies with one person, who both prepares and signs: the partnership countersigns beside them."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import case, func, or_, select
from sqlalchemy.orm import Session

from hub.partners.models import Grant, Person

AT_WORK = ("SUB", "SGN", "LED")


def one_persons(session: Session, agency_ids: Collection[int], *, now: datetime) -> dict[int, int]:
    """Agency → its one person, for the agencies where a single person holds every role at work and may sign."""
    query = (
        select(Grant.agency_id, func.min(Grant.person_id))
        .join(Person, Person.id == Grant.person_id)
        .where(
            Grant.agency_id.in_(agency_ids),
            Grant.role.in_(AT_WORK),
            Person.disabled_at.is_(None),
            Grant.from_at <= now,
            Grant.until_at > now,
            Grant.ended_at.is_(None),
            or_(Grant.approved_by.is_not(None), Grant.proposed_by.is_(None)),
        )
        .group_by(Grant.agency_id)
        .having(
            func.count(func.distinct(Grant.person_id)) == 1,
            func.max(case((Grant.role == "SGN", 1), else_=0)) == 1,
        )
    )
    return {agency_id: person_id for agency_id, person_id in session.execute(query) if agency_id is not None}
