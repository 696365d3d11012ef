"""May this actor do this, to this? The one place that decides (deny by default).

Takes an actor with its live grants and the place of an object (partnership, agency, region, parties of an
agreement); answers yes or no from permissions.yaml. A foreign object and an absent one must then read alike:
that is the guard's work. Nothing here knows of Flask, cookies or pages.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Literal

from sqlalchemy import bindparam, or_, select
from sqlalchemy.orm import Session

from hub.clock import real_now, today_for
from hub.partners.models import Grant, Membership, Partnership, PartnershipRegion, Person
from hub.partners.roles import ANY, API, SOME, Cell, Permission, Scope, matrix
from hub.partners.sharing_models import SharingAcceptance

__all__ = [
    "ANONYMOUS",
    "Actor",
    "Held",
    "Permission",
    "Place",
    "actor_for",
    "agencies_with",
    "grants_of",
    "may",
    "memberships_of",
    "row_scope",
]

ENGLAND = "england"  # the reserved partnership of national and regional published rows


@dataclass(frozen=True)
class Held:
    """A role in force, over one agency, partnership, region, or the deployment."""

    role: str
    agency_id: int | None = None
    partnership_id: int | None = None
    region_id: int | None = None
    until_at: datetime | None = None


@dataclass(frozen=True)
class Actor:
    """Who asks: a person, an agency's key, or nobody yet."""

    kind: Literal["person", "key", "anonymous"]
    id: int
    held: tuple[Held, ...] = ()

    @property
    def roles(self) -> frozenset[Held]:
        """Whoever holds the same may do the same, be it for longer."""
        return frozenset(replace(each, until_at=None) for each in self.held)

    @property
    def principal(self) -> str:
        """As written in the audit chain and beside idempotency keys."""
        return f"{self.kind}:{self.id}"


ANONYMOUS = Actor(kind="anonymous", id=0)


@dataclass(frozen=True)
class Place:
    """Where an object lies. All None means no object: a page that exists for whoever holds the permission anywhere.

    `part` is what the object is where a cell of the matrix is narrowed (`only`): a finance lead's `finance`.
    """

    partnership_id: int | None = None
    agency_id: int | None = None
    region_id: int | None = None
    parties: frozenset[int] | None = None
    part: str | None = None


# Asked at every request, so written once: to put them together takes longer than to run them.
_IN_FORCE = (
    select(Grant)
    .join(Person, Person.id == Grant.person_id)
    .where(
        Grant.person_id == bindparam("person_id"),
        Person.disabled_at.is_(None),
        Grant.from_at <= bindparam("now"),
        Grant.until_at > bindparam("now"),
        Grant.ended_at.is_(None),
        or_(Grant.approved_by.is_not(None), Grant.proposed_by.is_(None)),
    )
    .order_by(Grant.id)
)
_OF_ENGLAND = select(Partnership.id).where(Partnership.code == ENGLAND)
_TIMES_IN_PARTNERSHIP = select(Membership.from_on, Membership.until_on).where(
    Membership.partnership_id == bindparam("partnership_id"), Membership.agency_id == bindparam("agency_id")
)
_TIMES_OF_AGENCIES = (
    select(Partnership, Membership.from_on, Membership.until_on)
    .join(Membership, Membership.partnership_id == Partnership.id)
    .where(Membership.agency_id.in_(bindparam("agency_ids", expanding=True)))
)
_TIMES_IN_REGION = (
    select(Partnership, PartnershipRegion.from_on, PartnershipRegion.until_on)
    .join(PartnershipRegion, PartnershipRegion.partnership_id == Partnership.id)
    .where(PartnershipRegion.region_id == bindparam("region_id"))
)


def grants_of(session: Session, person_id: int, now: datetime) -> list[Grant]:
    """The person's grants in force: begun, not ended, approved by a second person or made by the operator."""
    return list(session.scalars(_IN_FORCE, {"person_id": person_id, "now": now}))


def actor_for(session: Session, person_id: int, *, now: datetime | None = None) -> Actor:
    """A person with the roles they hold now (real time, whatever a partnership's own clock says)."""
    held = tuple(
        Held(grant.role, grant.agency_id, grant.partnership_id, grant.region_id, grant.until_at)
        for grant in grants_of(session, person_id, now or real_now())
    )
    return Actor(kind="person", id=person_id, held=held)


def key_actor(key_id: int, agency_id: int) -> Actor:
    return Actor(kind="key", id=key_id, held=(Held(API, agency_id=agency_id),))


def agencies_with(actor: Actor, permission: Permission, *, part: str | None = None) -> set[int]:
    """Own agencies: those that a role with the permission is held over, whole or narrowed to `part`."""
    return {
        held.agency_id
        for held, cell in _cells(actor, permission)
        if held.agency_id is not None and _covers(cell, part)
    }


def may(
    session: Session,
    actor: Actor,
    permission: Permission,
    *,
    partnership_id: int | None = None,
    agency_id: int | None = None,
    region_id: int | None = None,
    parties: Collection[int] | None = None,
    only: str | None = None,
) -> bool:
    """Whether one of the actor's roles reaches the object. `only` names what is done where a cell is narrowed to it."""
    place = Place(partnership_id, agency_id, region_id, None if parties is None else frozenset(parties))
    return any(
        _reaches(session, held, cell.scope, place)
        for held, cell in _cells(actor, permission)
        if _covers(cell, only)
    )


def sees_exactly(session: Session, actor: Actor, *, partnership_id: int, agency_id: int) -> bool:
    """Whether the actor reads this agency's signed figures unprotected (own agency; the partnership's data team)."""
    place = Place(partnership_id, agency_id)
    return any(
        cell.exact and _reaches(session, held, cell.scope, place)
        for permission in (Permission.FIGURES_OWN, Permission.FIGURES_OTHERS)
        for held, cell in _cells(actor, permission)
    )


def is_at_home(session: Session, actor: Actor, place: Place) -> bool:
    """Whether the actor holds any role over the very place, so that a refusal may say so instead of "not found"."""
    return any(_at_home(session, held, place) for held in actor.held)


def _at_home(session: Session, held: Held, place: Place) -> bool:
    if place.partnership_id is None:
        return place.agency_id is not None and held.agency_id == place.agency_id
    if held.partnership_id is not None:
        return _partnership_reaches(session, held.partnership_id, place)
    if held.agency_id is None or place.agency_id not in (None, held.agency_id):
        return False
    if place.parties is not None and held.agency_id not in place.parties:
        return False
    return belongs(session, place.partnership_id, held.agency_id)


def row_scope(session: Session, actor: Actor) -> str:
    """The partnerships whose rows PostgreSQL shows this actor: ids, comma-separated; "0" for none at all."""
    ids = memberships_of(session, {held.agency_id for held in actor.held if held.agency_id is not None})
    for held in actor.held:
        ids.update(_partnerships_of(session, held))
    if any(held.role not in {"ADM", API} for held in actor.held):
        ids.update(session.scalars(_OF_ENGLAND))
    return ",".join(str(each) for each in sorted(ids)) or "0"


def belongs(session: Session, partnership_id: int, agency_id: int, *, ever: bool = False) -> bool:
    """Whether the agency is a member on the partnership's own today, or ever was."""
    partnership = session.get(Partnership, partnership_id)
    if partnership is None:
        return False
    asked = {"partnership_id": partnership_id, "agency_id": agency_id}
    dates = session.execute(_TIMES_IN_PARTNERSHIP, asked).all()
    today = today_for(partnership)
    return any(ever or _includes(from_on, until_on, today) for from_on, until_on in dates)


def _cells(actor: Actor, permission: Permission) -> list[tuple[Held, Cell]]:
    cells = matrix().cells
    reached = [
        (held, cells[permission, held.role]) for held in actor.held if (permission, held.role) in cells
    ]
    if actor.kind == "person" and (permission, ANY) in cells:
        reached.append((Held(ANY), cells[permission, ANY]))
    return reached


def _covers(cell: Cell, only: str | None) -> bool:
    return not cell.only or only == SOME or only in cell.only


def _reaches(session: Session, held: Held, scope: Scope, place: Place) -> bool:
    if scope in (Scope.ALL, Scope.SELF) or place == Place():
        return True
    if scope is Scope.REGION:
        return _region_reaches(session, held, place)
    if held.partnership_id is not None:
        return _partnership_reaches(session, held.partnership_id, place)
    if held.agency_id is None:
        return False
    if (
        scope is Scope.OWN_AGENCY and place.parties is not None
    ):  # an object of several: one of them is one's own
        return held.agency_id in place.parties and _takes_part(session, held.agency_id, place)
    if scope is Scope.OWN_AGENCY:
        return place.agency_id in (None, held.agency_id) and _takes_part(session, held.agency_id, place)
    if scope is Scope.AGREEMENTS:
        named = place.parties if place.parties is not None else frozenset({place.agency_id or held.agency_id})
        return held.agency_id in named and _takes_part(session, held.agency_id, place)
    if scope is Scope.MEMBERS:
        return _members_reach(session, held.agency_id, place)
    return False


def _takes_part(session: Session, agency_id: int, place: Place) -> bool:
    if place.region_id is not None:
        return False
    return place.partnership_id is None or belongs(session, place.partnership_id, agency_id)


def _members_reach(session: Session, agency_id: int, place: Place) -> bool:
    if place.region_id is not None:
        return False
    shared = memberships_of(session, {agency_id}) & _accepted(session, agency_id)
    if place.partnership_id is not None:
        shared &= {place.partnership_id}
    if place.agency_id in (None, agency_id):
        return bool(shared)
    return any(belongs(session, each, place.agency_id, ever=True) for each in shared)


def _accepted(session: Session, agency_id: int) -> set[int]:
    """The partnerships whose information-sharing agreement the agency accepted and has not withdrawn from."""
    return set(
        session.scalars(
            select(SharingAcceptance.partnership_id).where(
                SharingAcceptance.agency_id == agency_id, SharingAcceptance.withdrawn_at.is_(None)
            )
        )
    )


def _partnership_reaches(session: Session, partnership_id: int, place: Place) -> bool:
    if place.region_id is not None or place.partnership_id not in (None, partnership_id):
        return False
    return place.agency_id is None or belongs(session, partnership_id, place.agency_id, ever=True)


def _region_reaches(session: Session, held: Held, place: Place) -> bool:
    if held.region_id is None or place.region_id not in (None, held.region_id):
        return False
    watched = _in_region(session, held.region_id)
    if place.partnership_id is not None:
        watched &= {place.partnership_id}
    if place.partnership_id is None and place.agency_id is None:
        return True
    return any(
        place.agency_id is None or belongs(session, each, place.agency_id, ever=True) for each in watched
    )


def _partnerships_of(session: Session, held: Held) -> set[int]:
    if held.partnership_id is not None:
        return {held.partnership_id}
    if held.region_id is not None:
        return _in_region(session, held.region_id)
    return set()


def memberships_of(session: Session, agency_ids: Collection[int]) -> set[int]:
    """The partnerships of which any of the agencies is a member on the partnership's own today."""
    if not agency_ids:
        return set()
    rows = session.execute(_TIMES_OF_AGENCIES, {"agency_ids": list(agency_ids)}).all()
    return {one.id for one, from_on, until_on in rows if _includes(from_on, until_on, today_for(one))}


def _in_region(session: Session, region_id: int) -> set[int]:
    rows = session.execute(_TIMES_IN_REGION, {"region_id": region_id}).all()
    return {one.id for one, from_on, until_on in rows if _includes(from_on, until_on, today_for(one))}


def _includes(from_on: date, until_on: date | None, day: date) -> bool:
    return from_on <= day and (until_on is None or day <= until_on)
