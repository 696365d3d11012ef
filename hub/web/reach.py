"""Over which agencies and partnerships the person at the door holds a permission: what lists are made from.

The guard decides about one object; a list asks the same matrix which objects to look for at all.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from flask import g
from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.access import transaction
from hub.partners.models import Agency, Membership, Partnership, Region
from hub.partners.policy import Held, Permission, belongs
from hub.partners.roles import matrix


def held_with(permission: Permission) -> list[Held]:
    cells = matrix().cells
    return [held for held in g.actor.held if (permission, held.role) in cells]


def agency_ids(permission: Permission) -> set[int]:
    """Own agencies: those that a role with the permission is held over."""
    return {held.agency_id for held in held_with(permission) if held.agency_id is not None}


def partnership_ids(permission: Permission) -> set[int]:
    """Partnerships that a role with the permission is held over as a whole."""
    return {held.partnership_id for held in held_with(permission) if held.partnership_id is not None}


def partnerships_of_agencies(ids: set[int]) -> list[Partnership]:
    """The partnerships that any of the agencies takes part in today, on each partnership's own clock."""
    session = transaction.reading()
    rows = session.execute(
        select(Partnership, Membership.agency_id)
        .join(Membership, Membership.partnership_id == Partnership.id)
        .where(Membership.agency_id.in_(ids))
        .order_by(Partnership.name)
    )
    found = {one.id: one for one, agency_id in rows if belongs(session, one.id, agency_id)}
    return list(found.values())


def partnerships(ids: set[int]) -> list[Partnership]:
    query = select(Partnership).where(Partnership.id.in_(ids)).order_by(Partnership.name)
    return list(transaction.reading().scalars(query))


def any_partnership_ids() -> set[int]:
    return {held.partnership_id for held in g.actor.held if held.partnership_id is not None}


@dataclass(frozen=True)
class RoleName:
    role: str
    over: str
    until_at: datetime | None


def role_names() -> list[RoleName]:
    """The person's roles in words, each with what it is held over and until when."""
    session = transaction.reading()
    return [
        RoleName(matrix().roles[held.role].name, _over(session, held), held.until_at) for held in g.actor.held
    ]


def _over(session: Session, held: Held) -> str:
    if held.agency_id is not None:
        return session.get_one(Agency, held.agency_id).name
    if held.partnership_id is not None:
        return session.get_one(Partnership, held.partnership_id).name
    if held.region_id is not None:
        return session.get_one(Region, held.region_id).name
    return "this hub"
