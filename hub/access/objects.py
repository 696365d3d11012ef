"""Where the object of a request lies: from the names in its address to partnership, agency and region.

`@requires(…, of="<kind>")` names one of these kinds. Addresses use the same argument names everywhere:
`partnership` (code), `agency` (national code), `region` (code), `submission` (the due item's number, within its
partnership), `agreement` (id, within its partnership), `question` (its number within its partnership), `grant` and `asked` (their numbers). A `matter` is named by its sender's
`agency`. An object that is not there is `NotFound`; the guard
answers the same for one that is not the asker's to know about.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.agreements.models import AgreementVersion
from hub.agreements.versions import standing
from hub.board.challenges.models import Challenge, ChallengeEvent
from hub.calendar.models import DueItem, Request
from hub.definitions.catalogue import definition
from hub.errors import NotFound
from hub.partners.models import Agency, Grant, Partnership, Region
from hub.partners.policy import Place, belongs

ABSENT = "There is nothing here that you can see. Check the address, or go back to your home page."
LARGEST_NUMBER = 2**63 - 1  # what a database can look up

Arguments = Mapping[str, Any]
Finder = Callable[[Session, Arguments], Place]


def partnership(session: Session, arguments: Arguments) -> Place:
    return Place(partnership_id=_partnership_id(session, arguments))


def agency(session: Session, arguments: Arguments) -> Place:
    """An agency, within a partnership where the address names one."""
    agency_id = _agency_id(session, arguments["agency"])
    if "partnership" not in arguments:
        return Place(agency_id=agency_id)
    partnership_id = _partnership_id(session, arguments)
    if not belongs(session, partnership_id, agency_id, ever=True):
        raise NotFound(ABSENT)
    return Place(partnership_id, agency_id)


def submission(session: Session, arguments: Arguments) -> Place:
    """A due item or the submission that answers it."""
    if arguments["submission"] > LARGEST_NUMBER:
        raise NotFound(ABSENT)
    query = select(DueItem.partnership_id, DueItem.agency_id, DueItem.return_code).where(
        DueItem.id == arguments["submission"]
    )
    if "partnership" in arguments:
        query = query.where(DueItem.partnership_id == _partnership_id(session, arguments))
    row = session.execute(query).first()
    if row is None:
        raise NotFound(ABSENT)
    return Place(row.partnership_id, row.agency_id, part=definition(session, row.return_code).part)


def matter(session: Session, arguments: Arguments) -> Place:
    """What lies between a sender and the council that logs from it: both are its parties."""
    sender = agency(session, arguments)
    found = session.get(Partnership, sender.partnership_id)
    if found is None or found.council_agency_id is None or sender.agency_id is None:
        raise NotFound(ABSENT)
    return Place(found.id, parties=frozenset({sender.agency_id, found.council_agency_id}))


def agreement(session: Session, arguments: Arguments) -> Place:
    """An agreement with its parties (named in the document by their national codes), of whichever version.

    Whoever a draft leaves out is still party to what was signed. Its `part` says that a regional office coordinates it.
    """
    query = select(AgreementVersion).where(AgreementVersion.code == arguments["agreement"])
    if "partnership" in arguments:
        query = query.where(AgreementVersion.partnership_id == _partnership_id(session, arguments))
    rows = session.scalars(query.order_by(AgreementVersion.version, AgreementVersion.known_from)).all()
    if not rows:
        raise NotFound(ABSENT)
    rows = standing(rows) or rows
    last = {row.version: row.document for row in rows}  # the last text of each version
    newest = {version: json.loads(document) for version, document in last.items()}
    codes = {_party_code(party) for document in newest.values() for party in document.get("parties", [])}
    parties = frozenset(session.scalars(select(Agency.id).where(Agency.code.in_(codes))))
    coordinator = newest[rows[-1].version].get("coordinator") or {}
    part = "coordinator" if coordinator.get("region") else None
    return Place(partnership_id=rows[-1].partnership_id, parties=parties, part=part)


def challenge(session: Session, arguments: Arguments) -> Place:
    """A question, with the agency that owns it (the data team's has none)."""
    partnership_id = _partnership_id(session, arguments)
    found = session.scalars(
        select(Challenge.id).where(
            Challenge.partnership_id == partnership_id,
            Challenge.number == min(arguments["question"], 2**31 - 1),
        )
    ).one_or_none()
    if found is None:
        raise NotFound(ABSENT)
    owner = session.scalars(
        select(ChallengeEvent.owner_agency_id)
        .where(
            ChallengeEvent.partnership_id == partnership_id,
            ChallengeEvent.challenge_id == found,
            ChallengeEvent.kind == "owned",
        )
        .order_by(ChallengeEvent.sequence.desc())
    ).first()
    return Place(partnership_id, owner)


def grant(session: Session, arguments: Arguments) -> Place:
    """A role that a person holds or is to hold; those over the whole deployment are the operator's alone."""
    found = session.get(Grant, min(arguments["grant"], LARGEST_NUMBER))
    if found is None:
        raise NotFound(ABSENT)
    place = Place(found.partnership_id, found.agency_id, found.region_id)
    if place == Place():
        raise NotFound(ABSENT)
    return place


def asked(session: Session, arguments: Arguments) -> Place:
    """Something that one person asked another to agree to, where its agency (a lock may have none) takes part."""
    query = select(Request.partnership_id, Request.agency_id).where(
        Request.id == min(arguments["asked"], LARGEST_NUMBER)
    )
    row = session.execute(query).first()
    if row is None:
        raise NotFound(ABSENT)
    return Place(row.partnership_id, row.agency_id)


def region(session: Session, arguments: Arguments) -> Place:
    found = session.scalar(select(Region.id).where(Region.code == arguments["region"]))
    if found is None:
        raise NotFound(ABSENT)
    return Place(region_id=found)


FINDERS: dict[str, Finder] = {
    finder.__name__: finder
    for finder in (partnership, agency, submission, matter, agreement, challenge, grant, asked, region)
}


def _partnership_id(session: Session, arguments: Arguments) -> int:
    found = session.scalar(select(Partnership.id).where(Partnership.code == arguments["partnership"]))
    if found is None:
        raise NotFound(ABSENT)
    return found


def _agency_id(session: Session, code: str) -> int:
    found = session.scalar(select(Agency.id).where(Agency.code == code))
    if found is None:
        raise NotFound(ABSENT)
    return found


def _party_code(party: Any) -> str:
    return str(party["agency"]) if isinstance(party, dict) else str(party)
