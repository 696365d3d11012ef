"""Who is written to in the example when something stays undone: of each body a named senior and a chief officer, of a school its
head teacher and the chair of its governors, and the chair of the Board."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from hub.partners import contacts, queries
from hub.partners.models import Partnership
from hub.partners.policy import actor_for
from hub.seed.example.invention import COUNCIL, POLICE, SCHOOL_BODIES, TRUSTS
from hub.seed.example.story import COMMISSIONERS, name_of

BODIES = (COUNCIL, POLICE, *TRUSTS, *COMMISSIONERS)
NAMED = (
    *((body, kind, f"{kind}.{body.lower()}") for body in BODIES for kind in ("senior", "chief")),
    *(
        (school, kind, f"{who}.{school}")
        for school in SCHOOL_BODIES
        for kind, who in (("senior", "head"), ("chief", "governors"))
    ),
    (COUNCIL, "chair", "chair"),
)


def name_contacts(
    session: Session, partnership: Partnership, cast: dict[str, int], began_at: datetime
) -> None:
    """Each once, from the first day on: whoever is named there already stays."""
    actor = actor_for(session, cast["steward@example.org"])
    for body, kind, local in NAMED:
        agency, email = queries.agency(session, body), f"{local}@example.org"
        if kind not in contacts.of_agency(session, partnership.id, agency.id):
            place = (partnership.id, agency.id, kind)
            contacts.keep(session, actor, place, name=name_of(email), email=email, at=began_at)
