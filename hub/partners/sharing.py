"""The information-sharing agreement as each agency accepts it: standing until withdrawn, and no figures before.

The text is an agreement of the kind `isa`; here is who accepted it. A withdrawal holds from the next request on: the
agency sends and signs nothing more and reads nobody else's figures. What it signed before stays.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from hub.audit.chain import record
from hub.clock import london_date
from hub.errors import NotReady
from hub.partners.models import Agency, Partnership, Person
from hub.partners.policy import Actor
from hub.partners.sharing_models import SharingAcceptance

POSTS = {
    "data-protection-officer": "Data-protection officer",
    "caldicott-guardian": "Caldicott Guardian",
}


@dataclass(frozen=True)
class Said:
    """What is entered when an agency accepts."""

    agreement: str
    version: int
    digest: str
    officer: str
    guardian: str
    guardian_post: str


def standing(session: Session, partnership_id: int, agency_id: int) -> SharingAcceptance | None:
    """The acceptance in force."""
    return session.scalars(_standing(partnership_id).where(SharingAcceptance.agency_id == agency_id)).first()


def accepted_by(session: Session, partnership_id: int) -> dict[int, SharingAcceptance]:
    """Every acceptance in force, by agency."""
    return {each.agency_id: each for each in session.scalars(_standing(partnership_id))}


def history(session: Session, partnership_id: int, agency_id: int) -> list[SharingAcceptance]:
    """Every acceptance of an agency, the latest first."""
    query = select(SharingAcceptance).where(
        SharingAcceptance.partnership_id == partnership_id, SharingAcceptance.agency_id == agency_id
    )
    return list(session.scalars(query.order_by(SharingAcceptance.at.desc())))


def refuse_unless_accepted(session: Session, partnership_id: int, agency_id: int) -> None:
    """Raise NotReady where the agency's figures may not come in."""
    if why := why_not(session, partnership_id, agency_id):
        raise NotReady(why)


def why_not(session: Session, partnership_id: int, agency_id: int) -> str:
    """Why the agency's figures may not come in, who saw to that and what to do; nothing where they may."""
    if standing(session, partnership_id, agency_id) is not None:
        return ""
    agency, place = session.get_one(Agency, agency_id), session.get_one(Partnership, partnership_id)
    agreement = f"the information-sharing agreement of {place.name}"
    before = history(session, partnership_id, agency_id)
    said = f"{agency.name} has not accepted {agreement} yet"
    if before and before[0].withdrawn_by is not None and before[0].withdrawn_at is not None:
        who = session.get_one(Person, before[0].withdrawn_by).name
        day = london_date(before[0].withdrawn_at)
        said = f"{who} withdrew {agency.name} from {agreement} on {day.day} {day:%B %Y}"
    return (
        f"{said}, so no figures can be sent or signed. That ends when the agency’s signatory accepts it, on the page "
        "“Information sharing”."
    )


def accept(
    session: Session, actor: Actor, place: tuple[int, int], said: Said, *, now: datetime
) -> SharingAcceptance:
    """For (partnership, agency). Accepting twice is accepting once."""
    if not said.officer or not said.guardian or said.guardian_post not in POSTS:
        raise NotReady(
            "Name the officer who accepts for the agency, and the data-protection officer or Caldicott Guardian."
        )
    before = standing(session, *place)
    if before is not None and before.digest == said.digest:
        return before
    if before is not None:
        before.withdrawn_by, before.withdrawn_at = actor.id, now  # a newer text takes its place
    made = SharingAcceptance(
        partnership_id=place[0],
        agency_id=place[1],
        agreement=said.agreement,
        version=said.version,
        digest=said.digest,
        officer=said.officer,
        guardian=said.guardian,
        guardian_post=said.guardian_post,
        person_id=actor.id,
        at=now,
    )
    session.add(made)
    session.flush()
    _record(session, actor, made, "sharing:accept")
    return made


def withdraw(session: Session, actor: Actor, place: tuple[int, int], *, now: datetime) -> None:
    """From the next request on. Withdrawing twice is withdrawing once."""
    found = standing(session, *place)
    if found is None:
        return
    found.withdrawn_by, found.withdrawn_at = actor.id, now
    session.flush()
    _record(session, actor, found, "sharing:withdraw")


def _standing(partnership_id: int) -> Select[SharingAcceptance]:
    return select(SharingAcceptance).where(
        SharingAcceptance.partnership_id == partnership_id, SharingAcceptance.withdrawn_at.is_(None)
    )


def _record(session: Session, actor: Actor, acceptance: SharingAcceptance, action: str) -> None:
    record(
        session,
        actor=actor.principal,
        action=action,
        subject=f"agency:{acceptance.agency_id}",
        partnership_id=acceptance.partnership_id,
        detail={"agreement": acceptance.agreement, "version": acceptance.version},
    )
