"""The example's one funding dispute: a commissioner that holds its part to be too large, keeps it back, and pays in the end."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.agreements.money_models import FundingDisputeEvent
from hub.audit.canonical import digest_of
from hub.audit.chain import record
from hub.clock import LONDON
from hub.db import new_id
from hub.facts.models import Words
from hub.partners import queries
from hub.partners.models import Partnership

AGREEMENT, SERVICE, PAYER, OWNER = "birmingham-nhs-2015-16", "mash-health-team", "05L", "13P"
TOLD = (
    (
        "raised",
        datetime(2015, 8, 10, 11, 20, tzinfo=LONDON),
        date(2015, 9, 30),
        "Most of our patients live in Sandwell, so a tenth of the team is more than our part.",
    ),
    (
        "ended",
        datetime(2016, 2, 12, 15, 5, tzinfo=LONDON),
        None,
        "The tenth stands for this year and the arrears are paid with the last instalment; next year’s part goes by patients.",
    ),
)


def tell_disputes(
    session: Session, partnership: Partnership, cast: dict[str, int], clock_at: datetime
) -> None:
    """Every word that the story has said by the clock's moment and that is not there yet."""
    known = set(
        session.scalars(
            select(FundingDisputeEvent.sequence).where(FundingDisputeEvent.partnership_id == partnership.id)
        )
    )
    payer, owner = queries.agency(session, PAYER), queries.agency(session, OWNER)
    speaker = cast[f"finance.{PAYER.lower()}@example.org"]
    for sequence, (kind, at, due_on, words) in enumerate(TOLD, start=1):
        if at > clock_at or sequence in known:
            continue
        kept = Words(partnership_id=partnership.id, id=new_id(), digest=digest_of(words), body=words)
        session.add(kept)
        session.flush()
        session.add(
            FundingDisputeEvent(
                partnership_id=partnership.id,
                id=new_id(),
                agreement_code=AGREEMENT,
                service=SERVICE,
                payer_id=payer.id,
                sequence=sequence,
                kind=kind,
                owner_id=owner.id if kind == "raised" else None,
                due_on=due_on,
                words_id=kept.id,
                at=at,
                person_id=speaker,
            )
        )
        session.flush()
        record(
            session,
            actor=f"person:{speaker}",
            action=f"dispute:{kind}",
            subject=f"agreement:{AGREEMENT}/{SERVICE}/{PAYER}",
            partnership_id=partnership.id,
            detail={"sequence": sequence},
        )
