"""Over which agencies and partnerships the person at the door holds a permission: what lists are made from.

The guard decides about one object; a list asks the same matrix which objects to look for at all.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from flask import g
from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.access import guard, transaction
from hub.agreements.model import Agreement
from hub.definitions.catalogue import definition
from hub.measures.audience import reads_money
from hub.measures.protect import Audience
from hub.partners.models import Agency, Partnership, PartnershipRegion, Region
from hub.partners.policy import Held, Permission, Place, agencies_with, may, memberships_of
from hub.partners.roles import matrix


def held_with(permission: Permission) -> list[Held]:
    """The roles that carry the permission whole, not narrowed to something special."""
    cells = matrix().cells
    reached = [(held, cells.get((permission, held.role))) for held in g.actor.held]
    return [held for held, cell in reached if cell is not None and not cell.only]


def agency_ids(permission: Permission, *, part: str | None = None) -> set[int]:
    """Own agencies: those that a role with the permission is held over, whole or narrowed to `part`."""
    return agencies_with(g.actor, permission, part=part)


def agencies(permission: Permission) -> list[Agency]:
    """Own agencies by name."""
    query = select(Agency).where(Agency.id.in_(agency_ids(permission))).order_by(Agency.name)
    return list(transaction.reading().scalars(query))


def partnership_ids(permission: Permission) -> set[int]:
    """Partnerships that a role with the permission is held over as a whole."""
    return {held.partnership_id for held in held_with(permission) if held.partnership_id is not None}


def may_here(permission: Permission, place: Place, *, only: str | None = None) -> bool:
    """Whether the person may open a page of this permission at a place: what is refused is not offered."""
    return guard.allows(g.actor, permission, place, only=only)


def may_open_return(partnership: Partnership, agency_id: int, return_code: str) -> bool:
    """Whether the person may open the page of an agency's answers to a return."""
    part = definition(transaction.reading(), return_code).part
    return may_here(Permission.SUBMISSION_STATUS, Place(partnership.id, agency_id, part=part))


def partnerships_of_agencies(ids: set[int]) -> list[Partnership]:
    """The partnerships that any of the agencies takes part in today, on each partnership's own clock."""
    return partnerships(memberships_of(transaction.reading(), ids))


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


def readable(permission: Permission) -> list[Partnership]:
    """Every partnership that the person may read with a permission: its own, its agencies', its region's."""
    session = transaction.reading()
    regions = {held.region_id for held in held_with(permission) if held.region_id is not None}
    lying_in = set(
        session.scalars(
            select(PartnershipRegion.partnership_id).where(PartnershipRegion.region_id.in_(regions))
        )
    )
    members = {
        one.id
        for one in partnerships_of_agencies(agency_ids(permission))
        if may(session, g.actor, permission, partnership_id=one.id)
    }
    return partnerships(partnership_ids(permission) | lying_in | members)


def regions() -> list[Region]:
    """The regions that the reader watches over."""
    held = {each.region_id for each in held_with(Permission.AGREEMENT_READ)}
    return list(
        transaction.reading().scalars(select(Region).where(Region.id.in_(held)).order_by(Region.name))
    )


def audience(partnership: Partnership, *, money: bool = False) -> Audience:
    """How the person may see this partnership's figures: own agencies exact, all exact for its data team.

    `money` asks too whether they may read what each party pays; without it they may not.
    """
    cells = matrix().cells
    own = {held.agency_id for held in held_with(Permission.FIGURES_OWN) if held.agency_id is not None}
    exact = any(
        held.partnership_id == partnership.id and cells[Permission.FIGURES_OTHERS, held.role].exact
        for held in held_with(Permission.FIGURES_OTHERS)
    )
    reads = money and reads_money(transaction.reading(), g.actor, partnership)
    return Audience(exact=exact, agencies=frozenset(_codes(own)), money=reads)


def is_party(partnership: Partnership) -> Callable[[Agreement], bool]:
    """Whether the person may read an agreement: over the partnership or region, or through an agency that is a party."""
    session = transaction.reading()
    own = _codes({held.agency_id for held in g.actor.held if held.agency_id is not None})

    def may_read(agreement: Agreement) -> bool:
        parties = frozenset(own[code] for code in own.keys() & agreement.party_codes)
        return may(
            session, g.actor, Permission.AGREEMENT_READ, partnership_id=partnership.id, parties=parties
        )

    return may_read


def _codes(agency_ids: set[int]) -> dict[str, int]:
    """Code → number of one's own agencies; somebody of the partnership's has none, and nothing is asked."""
    if not agency_ids:
        return {}
    rows = transaction.reading().execute(select(Agency.code, Agency.id).where(Agency.id.in_(agency_ids)))
    return {code: number for code, number in rows}
