"""The receipt of a signature: always the same for the same revision, however often it is asked for."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from hub.definitions.models import PeriodRow
from hub.errors import NotFound
from hub.facts.models import Countersignature, Fact, Revision, RevisionWaiver
from hub.partners.models import Agency, Partnership, Person


@dataclass(frozen=True)
class Receipt:
    """What was signed, by whom and when. `reference` is short enough to read out."""

    reference: str
    partnership: str
    agency: str
    agency_name: str
    return_code: str
    period: str
    due_item_id: int
    revision_id: int
    number: int
    position: int
    signed_at: datetime
    signed_by: str
    prepared_by: str
    single_signature: bool
    countersigned: bool  # the partnership signed beside the agency's one person, who prepared it
    waived: tuple[str, ...]  # rules that were switched off for the agency
    due_on: date | None
    facts: int
    digest: str


def is_countersigned(session: Session, revision: Revision) -> bool:
    query = select(Countersignature.id).where(
        Countersignature.partnership_id == revision.partnership_id,
        Countersignature.revision_id == revision.id,
    )
    return session.scalar(query) is not None


def waived_rules(session: Session, revision: Revision) -> tuple[str, ...]:
    query = select(RevisionWaiver.rule).where(
        RevisionWaiver.partnership_id == revision.partnership_id, RevisionWaiver.revision_id == revision.id
    )
    return tuple(session.scalars(query.order_by(RevisionWaiver.rule)))


def receipt(session: Session, partnership_id: int, revision_id: int) -> Receipt:
    revision = session.get(Revision, (partnership_id, revision_id))
    if revision is None:
        raise NotFound("There is no such signed return.")
    partnership = session.get_one(Partnership, partnership_id)
    agency = session.get_one(Agency, revision.agency_id)
    facts = select(func.count()).where(Fact.partnership_id == partnership_id, Fact.revision_id == revision_id)
    return Receipt(
        reference=f"{partnership.code}-{revision.position}-{revision.digest[:6]}",
        partnership=partnership.code,
        agency=agency.code,
        agency_name=agency.name,
        return_code=revision.return_code,
        period=session.get_one(PeriodRow, revision.period_id).code,
        due_item_id=revision.due_item_id,
        revision_id=revision.id,
        number=revision.number,
        position=revision.position,
        signed_at=revision.signed_at,
        signed_by=session.get_one(Person, revision.signed_by).name,
        prepared_by=session.get_one(Person, revision.prepared_by).name,
        single_signature=revision.single_signature,
        countersigned=is_countersigned(session, revision),
        waived=waived_rules(session, revision),
        due_on=revision.due_on,
        facts=session.scalar(facts) or 0,
        digest=revision.digest,
    )
