"""Who is written to for an agency beside its users: a named senior, chief officer or chair for escalation, a
mailbox that is copied."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.audit.chain import record
from hub.clock import now_for
from hub.errors import NotReady
from hub.partners import people
from hub.partners.models import Partnership
from hub.partners.policy import Actor
from hub.post.models import AgencyContact, AgencyContactName

KINDS = {
    "senior": "Named senior, written to when a return stays missing",
    "copy": "Shared mailbox that is copied; nobody signs in by it",
    "chief": "Chief officer, written to when neither the owner nor their senior acts",
    "chair": "Chair of the Board, where this agency hosts it: written to about questions that stay unanswered",
}


def of_agency(session: Session, partnership_id: int, agency_id: int) -> dict[str, AgencyContact]:
    """By kind."""
    query = select(AgencyContact).where(
        AgencyContact.partnership_id == partnership_id, AgencyContact.agency_id == agency_id
    )
    return {contact.kind: contact for contact in session.scalars(query)}


def keep(
    session: Session,
    actor: Actor,
    place: tuple[int, int, str],
    *,
    name: str,
    email: str,
    at: datetime | None = None,
) -> None:
    """The contact of (partnership, agency, kind), from the moment on: now, unless history is told."""
    partnership_id, agency_id, kind = place
    if kind not in KINDS:
        raise NotReady("Choose which contact it is.")
    if not name or not people.is_address(email):
        raise NotReady("A contact needs a name and an e-mail address.")
    standing = of_agency(session, partnership_id, agency_id).get(kind)
    _remember(session, place, standing, name, at)
    contact = standing or AgencyContact(partnership_id=partnership_id, agency_id=agency_id, kind=kind)
    contact.name, contact.email = name, email.lower()
    session.add(contact)
    session.flush()
    record(
        session,
        actor=actor.principal,
        action="contact:keep",
        subject=f"agency:{agency_id}",
        partnership_id=partnership_id,
        detail={"kind": kind},
    )


def _remember(
    session: Session,
    place: tuple[int, int, str],
    standing: AgencyContact | None,
    name: str,
    at: datetime | None,
) -> None:
    """Who it was until now, and who it is from now on."""
    partnership_id, agency_id, kind = place
    moment = at or now_for(session.get_one(Partnership, partnership_id))
    if standing is not None and standing.name == name:
        return
    last = next((each for each in _names(session, *place) if each.until_at is None), None)
    if last is None and standing is not None:
        last = AgencyContactName(
            partnership_id=partnership_id, agency_id=agency_id, kind=kind, name=standing.name
        )
        session.add(last)
    if last is not None:
        last.until_at = moment
    session.add(
        AgencyContactName(
            partnership_id=partnership_id, agency_id=agency_id, kind=kind, name=name, from_at=moment
        )
    )


def name_as_at(session: Session, contact: AgencyContact, moment: datetime) -> str | None:
    """Who the contact was at a moment: "" where the name is no longer kept, None where nobody was named yet."""
    kept = _names(session, contact.partnership_id, contact.agency_id, contact.kind)
    if not kept:
        return contact.name  # named before names were kept, and nobody else since
    for each in kept:
        begun = each.from_at is None or each.from_at <= moment
        if begun and (each.until_at is None or moment < each.until_at):
            return each.name or ""
    return None


def _names(session: Session, partnership_id: int, agency_id: int, kind: str) -> list[AgencyContactName]:
    query = select(AgencyContactName).where(
        AgencyContactName.partnership_id == partnership_id,
        AgencyContactName.agency_id == agency_id,
        AgencyContactName.kind == kind,
    )
    return list(session.scalars(query))
