"""Roles as two persons give them: proposed by one, approved by another, renewed, ended (security.md section 1).

Nobody approves a role for themselves nor one that they asked for. A signatory rests on a written nomination: who
nominated them, when, and where that is written. What the operator gives on the host's command line is in `people`.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import cast

from sqlalchemy import CursorResult, select, update
from sqlalchemy.orm import Session

from hub.audit.chain import record
from hub.clock import LONDON
from hub.errors import NotAllowed, NotReady
from hub.partners import people
from hub.partners.models import Grant, Person
from hub.partners.people_models import Nomination
from hub.partners.policy import Actor, Permission, Place, grants_of, may
from hub.partners.roles import API, matrix

WARNED_DAYS = (60, 30, 7)
NEEDS_NOMINATION = "SGN"


@dataclass(frozen=True)
class Asked:
    """A role asked for somebody, over one place."""

    email: str
    role: str
    place: Place
    name: str = ""
    nominated_by: str = ""
    reference: str = ""
    nominated_on: date | None = None


def propose(session: Session, actor: Actor, asked: Asked, *, now: datetime) -> Grant:
    """Ask that a person holds a role. The same again while it waits is the same."""
    check(session, actor, asked, now=now)
    person = people.make(session, asked.email, name=asked.name)
    for waiting in waiting_for(session, person.id):
        if (waiting.role, place_of(waiting)) == (asked.role, asked.place):
            return waiting
    grant = Grant(
        person_id=person.id,
        role=asked.role,
        agency_id=asked.place.agency_id,
        partnership_id=asked.place.partnership_id,
        region_id=asked.place.region_id,
        from_at=now,
        until_at=now + _lasts(asked.role),
        proposed_by=actor.id,
    )
    session.add(grant)
    session.flush()
    session.add(
        Nomination(
            grant_id=grant.id,
            nominated_by=asked.nominated_by or None,
            reference=asked.reference or None,
            nominated_on=asked.nominated_on,
            asked_at=now,
        )
    )
    _record(session, actor, "grant:propose", grant)
    return grant


def check(session: Session, actor: Actor, asked: Asked, *, now: datetime) -> None:
    """Raise what stands against a proposal; writes nothing."""
    _refuse_unless(session, actor, Permission.GRANT_PROPOSE, asked.role, asked.place)
    _complete(asked, now)
    if not people.is_address(asked.email):
        raise NotReady(f"“{asked.email}” is not an e-mail address.")
    person = people.by_email(session, asked.email)
    if person is None:
        return
    if person.id == actor.id:
        raise NotAllowed("Nobody proposes a role for themselves. Ask a colleague to.")
    for held in grants_of(session, person.id, now):
        if (held.role, place_of(held)) == (asked.role, asked.place):
            until = held.until_at.astimezone(LONDON).date()
            raise NotReady(
                f"{person.name} holds this role until {until:%-d %B %Y} already. Renew it instead."
            )


def waiting_for(session: Session, person_id: int | None = None) -> list[Grant]:
    """What was proposed and neither approved nor refused, oldest first."""
    query = select(Grant).where(
        Grant.proposed_by.is_not(None), Grant.approved_by.is_(None), Grant.ended_at.is_(None)
    )
    if person_id is not None:
        query = query.where(Grant.person_id == person_id)
    return list(session.scalars(query.order_by(Grant.id)))


def may_decide(session: Session, actor: Actor, grant: Grant) -> bool:
    """Whether the actor may approve, refuse or renew this role: never one's own, never what one asked for and is not decided."""
    asked_it = is_waiting(grant) and grant.proposed_by == actor.id
    return (
        actor.kind == "person"
        and grant.person_id != actor.id
        and not asked_it
        and _may(session, actor, Permission.GRANT_APPROVE, grant.role, place_of(grant))
    )


def approve(session: Session, actor: Actor, grant: Grant, *, now: datetime) -> None:
    """Let the role begin. Approving twice is approving once."""
    _refuse_unless_deciding(session, actor, grant)
    if session.get_one(Person, grant.person_id).disabled_at is not None:
        raise NotReady(
            "This person was disabled. An administrator must let them in again before a role is approved."
        )
    changed = session.execute(
        update(Grant)
        .where(Grant.id == grant.id, Grant.approved_by.is_(None), Grant.ended_at.is_(None))
        .values(approved_by=actor.id, from_at=now, until_at=now + _lasts(grant.role)),
        execution_options={"synchronize_session": False},
    )
    session.refresh(grant)
    if cast("CursorResult[object]", changed).rowcount == 1:
        _record(session, actor, "grant:approve", grant)
    elif grant.ended_at is not None:
        raise NotReady("This was refused or ended meanwhile. Propose it again if it is still wanted.")


def refuse(session: Session, actor: Actor, grant: Grant, *, now: datetime) -> None:
    """By whoever may approve it, or taken back by whoever asked."""
    if not (is_waiting(grant) and grant.proposed_by == actor.id):
        _refuse_unless_deciding(session, actor, grant)
    if grant.approved_by is not None:
        raise NotReady("This was approved meanwhile. End the role instead.")
    if grant.ended_at is None:
        grant.ended_at = now
        session.flush()
        _record(session, actor, "grant:refuse", grant)


def renew(session: Session, actor: Actor, grant: Grant, *, now: datetime) -> None:
    """Let the role last as long again from now."""
    _refuse_unless_deciding(session, actor, grant)
    if grant.ended_at is not None or is_waiting(grant):
        raise NotReady("This role is not in force. Propose it again.")
    grant.until_at = max(grant.until_at, now + _lasts(grant.role))
    session.flush()
    _record(session, actor, "grant:renew", grant)


def end(session: Session, actor: Actor, grant: Grant, *, now: datetime) -> None:
    """At once: refused from the next request on. Ending twice is ending once."""
    _refuse_unless(session, actor, Permission.PERSON_DISABLE, None, place_of(grant))
    if grant.ended_at is None:
        grant.ended_at = now
        session.flush()
        _record(session, actor, "grant:end", grant)


def disable(session: Session, actor: Actor, person: Person, *, now: datetime) -> bool:
    """Shut a person out as far as the actor's reach goes: every role there ends at once.

    Whoever holds no role anywhere else cannot sign in any more; says whether that is so.
    """
    if person.id == actor.id:
        raise NotAllowed("Nobody disables themselves. Ask a colleague to.")
    left = 0
    waiting = waiting_for(session, person.id)
    for grant in [*grants_of(session, person.id, now), *waiting]:
        if _may(session, actor, Permission.PERSON_DISABLE, None, place_of(grant)):
            grant.ended_at = now
            _record(session, actor, "grant:end", grant)
        elif grant not in waiting:
            left += 1
    if left == 0:
        people.disable(session, person, now=now)
        record(session, actor=actor.principal, action="person:disable", subject=f"person:{person.id}")
    session.flush()
    return left == 0


def enable(session: Session, actor: Actor, person: Person) -> None:
    """Let a disabled person sign in again; the roles that ended stay ended."""
    if person.disabled_at is not None:
        person.disabled_at = None
        session.flush()
        record(session, actor=actor.principal, action="person:enable", subject=f"person:{person.id}")


def ending_soon(session: Session, now: datetime) -> list[tuple[Grant, int]]:
    """Roles in force that end within 60 days, soonest first, each with its warning's days: 60, 30 or 7."""
    query = select(Grant).where(
        Grant.ended_at.is_(None),
        Grant.from_at <= now,
        Grant.until_at > now,
        Grant.until_at <= now + timedelta(days=WARNED_DAYS[0]),
        (Grant.approved_by.is_not(None)) | (Grant.proposed_by.is_(None)),
    )
    return [
        (grant, min(days for days in WARNED_DAYS if grant.until_at <= now + timedelta(days=days)))
        for grant in session.scalars(query.order_by(Grant.until_at))
    ]


def is_waiting(grant: Grant) -> bool:
    return grant.proposed_by is not None and grant.approved_by is None and grant.ended_at is None


def place_of(grant: Grant) -> Place:
    return Place(grant.partnership_id, grant.agency_id, grant.region_id)


def proposable(session: Session, actor: Actor, place: Place, over: str) -> list[str]:
    """The roles held over such a place that the actor may propose there."""
    return [
        code
        for code, role in matrix().roles.items()
        if role.over == over and code != API and _may(session, actor, Permission.GRANT_PROPOSE, code, place)
    ]


def _lasts(role: str) -> timedelta:
    return timedelta(days=matrix().roles[role].days)


def _complete(asked: Asked, now: datetime) -> None:
    shape = matrix().roles.get(asked.role)
    over = {
        "agency": asked.place.agency_id,
        "partnership": asked.place.partnership_id,
        "region": asked.place.region_id,
    }
    given = {kind for kind, id in over.items() if id is not None}
    if shape is None or given != {shape.over}:
        raise NotReady("Choose a role that is held here.")
    if asked.role == NEEDS_NOMINATION and not (asked.nominated_by and asked.reference and asked.nominated_on):
        raise NotReady(
            "A signatory needs a written nomination: say who nominated them, where it is written, and its date."
        )
    if asked.nominated_on is not None and asked.nominated_on > now.astimezone(LONDON).date():
        raise NotReady("The nomination’s date lies in the future. Enter the day on which it was written.")


def _may(session: Session, actor: Actor, permission: Permission, role: str | None, place: Place) -> bool:
    return may(
        session,
        actor,
        permission,
        partnership_id=place.partnership_id,
        agency_id=place.agency_id,
        region_id=place.region_id,
        only=role,
    )


def _refuse_unless(
    session: Session, actor: Actor, permission: Permission, role: str | None, place: Place
) -> None:
    if not _may(session, actor, permission, role, place):
        raise NotAllowed("Your role does not include this for this role and place.")


def _refuse_unless_deciding(session: Session, actor: Actor, grant: Grant) -> None:
    if not may_decide(session, actor, grant):
        raise NotAllowed(
            "You cannot decide about this role: nobody decides about their own, nor about what they asked for, and "
            "each role has its own approver."
        )


def _record(session: Session, actor: Actor, action: str, grant: Grant) -> None:
    record(
        session,
        actor=actor.principal,
        action=action,
        subject=f"grant:{grant.id}",
        partnership_id=grant.partnership_id,
        detail={"person": grant.person_id, "role": grant.role, "agency": grant.agency_id},
    )
