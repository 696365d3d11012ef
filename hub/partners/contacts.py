"""Who is written to for an agency beside its users: a named senior, chief officer or chair for escalation, a
mailbox that is copied."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.audit.chain import record
from hub.errors import NotReady
from hub.partners import people
from hub.partners.policy import Actor
from hub.post.models import AgencyContact

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


def keep(session: Session, actor: Actor, place: tuple[int, int, str], *, name: str, email: str) -> None:
    """The contact of (partnership, agency, kind)."""
    partnership_id, agency_id, kind = place
    if kind not in KINDS:
        raise NotReady("Choose which contact it is.")
    if not name or not people.is_address(email):
        raise NotReady("A contact needs a name and an e-mail address.")
    standing = of_agency(session, partnership_id, agency_id).get(kind)
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
