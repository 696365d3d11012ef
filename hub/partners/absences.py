"""Signatories who are away, and who signs meanwhile. Days are the partnership's; being named gives no right, a role does."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from hub.audit.chain import record
from hub.clock import real_now
from hub.errors import NotAllowed, NotFound, NotReady
from hub.partners.models import Absence, Grant, Person
from hub.partners.policy import Actor

SIGNATORY = "SGN"
FARTHEST = 366


def signatories(session: Session, agency_ids: Collection[int], *, now: datetime) -> dict[int, list[Person]]:
    """The persons who may sign for each agency at a moment of real time, by name."""
    query = (
        select(Grant.agency_id, Person)
        .join(Person, Person.id == Grant.person_id)
        .where(
            Grant.role == SIGNATORY,
            Grant.agency_id.in_(agency_ids),
            Person.disabled_at.is_(None),
            Grant.from_at <= now,
            Grant.until_at > now,
            Grant.ended_at.is_(None),
            or_(Grant.approved_by.is_not(None), Grant.proposed_by.is_(None)),
        )
        .order_by(Person.name)
    )
    found: dict[int, list[Person]] = {agency_id: [] for agency_id in agency_ids}
    for agency_id, person in session.execute(query):
        if agency_id is not None and person not in found[agency_id]:
            found[agency_id].append(person)
    return found


def absences(
    session: Session, agency_ids: Collection[int], *, since: date, called_off: bool = False
) -> list[Absence]:
    """Absences that had not ended before a day, by their first day; those that were called off where they are asked for."""
    query = select(Absence).where(Absence.agency_id.in_(agency_ids), Absence.until_on >= since)
    if not called_off:
        query = query.where(Absence.ended_at.is_(None))
    return list(session.scalars(query.order_by(Absence.from_on, Absence.id)))


def be_absent(
    session: Session,
    actor: Actor,
    agency_id: int,
    *,
    from_on: date | None,
    until_on: date | None,
    deputy_id: int | None,
    today: date,
) -> Absence:
    """A signatory says from when until when they are away, and who of the agency's signatories signs meanwhile."""
    if from_on is None or until_on is None or until_on < from_on:
        raise NotReady("Give the first and the last day of your absence, in this order.")
    if until_on < today or (until_on - from_on).days > FARTHEST:
        raise NotReady("The absence has passed already, or is longer than a year. Give other days.")
    able = {person.id for person in signatories(session, [agency_id], now=real_now())[agency_id]}
    if actor.id not in able:
        raise NotAllowed("Only a signatory of the agency can name a deputy.")
    if deputy_id is not None and (deputy_id not in able or deputy_id == actor.id):
        raise NotReady(
            "Your deputy must be another signatory of your agency. If they are none yet, have them nominated first: the "
            "partnership’s data team approves it for the days that you need."
        )
    said = Absence(
        agency_id=agency_id,
        person_id=actor.id,
        deputy_id=deputy_id,
        from_on=from_on,
        until_on=until_on,
        said_by=actor.id,
        said_at=real_now(),
    )
    session.add(said)
    session.flush()
    _record(session, actor, said, "say")
    return said


def call_off(session: Session, actor: Actor, agency_id: int, absence_id: int) -> None:
    """The signatory is back, or does not go."""
    said = session.get(Absence, absence_id)
    if said is None or said.agency_id != agency_id or said.person_id != actor.id or said.ended_at is not None:
        raise NotFound("There is no such absence of yours.")
    said.ended_at = real_now()
    _record(session, actor, said, "call-off")


def _record(session: Session, actor: Actor, said: Absence, act: str) -> None:
    record(
        session,
        actor=actor.principal,
        action=f"absence:{act}",
        subject=f"agency:{said.agency_id}",
        detail={"absence": said.id, "deputy": said.deputy_id is not None},
    )
