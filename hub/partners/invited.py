"""What an invitation says, in its mail and on its page: what for, who nominated, who asked and approved, who sees what."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.partners import people
from hub.partners.models import Grant, Person
from hub.partners.people_models import Nomination
from hub.partners.policy import grants_of
from hub.partners.roles import matrix

SEES = (
    "What your agency has not signed is seen by your agency’s own people alone; the data team sees only how far it is.",
    "Signed figures are seen exactly by your agency and the partnership’s data team. Others see small counts of children "
    "protected.",
    "Your name stands beside what you prepare or sign. Nothing here may name a child, a patient or a family.",
)


@dataclass(frozen=True)
class For:
    """One role that the invitation brings."""

    role: str
    over: str
    asked_by: str
    approved_by: str
    nominated: str


def what_for(session: Session, person: Person, *, now: datetime) -> list[For]:
    return [for_role(session, grant) for grant in grants_of(session, person.id, now)]


def for_role(session: Session, grant: Grant) -> For:
    said = session.scalar(select(Nomination).where(Nomination.grant_id == grant.id))
    return For(
        role=matrix().roles[grant.role].name,
        over=people.over(session, grant),
        asked_by=_name(session, grant.proposed_by),
        approved_by=_name(session, grant.approved_by),
        nominated=(said.nominated_by or "") if said else "",
    )


def _name(session: Session, person_id: int | None) -> str:
    return session.get_one(Person, person_id).name if person_id is not None else "whoever runs this hub"
