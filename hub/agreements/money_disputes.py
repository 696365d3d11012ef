"""A disputed contribution: raised by a party's people with an owner and a date, ended by them with how it was settled.

A dispute is beside the figures and changes none of them: what is due stays due, and the page says that it is disputed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import and_, select
from sqlalchemy.orm import Session, aliased

from hub.agreements.model import Agreement
from hub.agreements.money_models import FundingDisputeEvent
from hub.audit.chain import record
from hub.clock import now_for, today_for
from hub.errors import Conflict, NotReady
from hub.facts.models import Words
from hub.facts.words import keep_words
from hub.partners import queries
from hub.partners.heads import lock_head
from hub.partners.models import Agency, Partnership, Person
from hub.partners.policy import Actor, Permission, agencies_with

MOST_WORDS = 2_000


@dataclass(frozen=True)
class Dispute:
    """One dispute from its raising to its end. `sequence` is the last word about this contribution."""

    service: str
    payer: str
    payer_name: str
    owner: str
    due_on: date
    words: str
    raised_at: datetime
    raised_by: str
    sequence: int
    ended_at: datetime | None = None
    ended_by: str = ""
    how: str = ""

    @property
    def key(self) -> str:
        return f"{self.service}/{self.payer}"


@dataclass(frozen=True)
class About:
    """Which contribution somebody speaks about, and the last word that they saw."""

    service: str
    payer: str
    seen: int


def disputes_as_at(session: Session, partnership_id: int, agreement: str, moment: datetime) -> list[Dispute]:
    """Every dispute of an agreement as it was known at a moment, newest first."""
    owner, payer = aliased(Agency), aliased(Agency)
    query = (
        select(FundingDisputeEvent, payer.code, payer.name, owner.name, Words.body, Person.name)
        .join(payer, payer.id == FundingDisputeEvent.payer_id)
        .outerjoin(owner, owner.id == FundingDisputeEvent.owner_id)
        .join(
            Words,
            and_(
                Words.partnership_id == FundingDisputeEvent.partnership_id,
                Words.id == FundingDisputeEvent.words_id,
            ),
        )
        .join(Person, Person.id == FundingDisputeEvent.person_id)
        .where(
            FundingDisputeEvent.partnership_id == partnership_id,
            FundingDisputeEvent.agreement_code == agreement,
            FundingDisputeEvent.at <= moment,
        )
        .order_by(FundingDisputeEvent.service, payer.code, FundingDisputeEvent.sequence)
    )
    found: list[Dispute] = []
    for event, code, name, owned_by, words, person in session.execute(query):
        if event.kind == "raised" and event.due_on is not None:
            found.append(
                Dispute(
                    event.service,
                    code,
                    name,
                    owned_by,
                    event.due_on,
                    words or "",
                    event.at,
                    person,
                    event.sequence,
                )
            )
        else:
            last = found.pop()
            found.append(
                Dispute(
                    **{
                        **last.__dict__,
                        "sequence": event.sequence,
                        "ended_at": event.at,
                        "ended_by": person,
                        "how": words or "",
                    }
                )
            )
    return sorted(found, key=lambda dispute: dispute.raised_at, reverse=True)


def open_disputes(disputes: Sequence[Dispute]) -> dict[tuple[str, str], Dispute]:
    """(service, payer) → the dispute that is not ended."""
    return {(each.service, each.payer): each for each in disputes if each.ended_at is None}


def raise_dispute(
    session: Session,
    partnership: Partnership,
    agreement: Agreement,
    about: About,
    *,
    actor: Actor,
    owner: str,
    due_on: date,
    words: str,
) -> None:
    """Record that a contribution is disputed. Errors: NotReady where something is missing, Conflict where somebody was first."""
    if not any(
        (each.service, each.payer) == (about.service, about.payer) for each in agreement.contributions
    ):
        raise NotReady("Choose a contribution that stands in the agreement.")
    if owner not in agreement.party_codes:
        raise NotReady("Choose the party that has to answer.")
    owner_id = queries.agency(session, owner).id
    if owner_id in agencies_with(actor, Permission.FINANCE_DISPUTE):
        raise NotReady(
            "Your own body raises this dispute, so it cannot be the one that answers. Choose the party on the other side."
        )
    if due_on <= today_for(partnership):
        raise NotReady("Say by when it is to be answered: a day after today.")
    last = _locked(session, partnership, agreement, about)
    if last is not None and last.ended_at is None:
        raise NotReady("This contribution is disputed already. End that dispute first, or add to it outside.")
    _happen(
        session,
        partnership,
        agreement,
        about,
        "raised",
        actor=actor,
        words=words,
        owner_id=owner_id,
        due_on=due_on,
    )


def end_dispute(
    session: Session,
    partnership: Partnership,
    agreement: Agreement,
    about: About,
    *,
    actor: Actor,
    words: str,
) -> None:
    """Record how a dispute ended. Errors as above."""
    last = _locked(session, partnership, agreement, about)
    if last is None or last.ended_at is not None:
        raise NotReady("There is no open dispute about this contribution.")
    _happen(session, partnership, agreement, about, "ended", actor=actor, words=words)


def _locked(session: Session, partnership: Partnership, agreement: Agreement, about: About) -> Dispute | None:
    """The last dispute about a contribution, with nobody speaking meanwhile."""
    lock_head(session, partnership.id)
    told = disputes_as_at(session, partnership.id, agreement.code, now_for(partnership))
    last = next((each for each in told if (each.service, each.payer) == (about.service, about.payer)), None)
    if (last.sequence if last else 0) != about.seen:
        raise Conflict(
            "Somebody spoke about this contribution after you opened the page. Read it, then send yours again."
        )
    return last


def _happen(
    session: Session,
    partnership: Partnership,
    agreement: Agreement,
    about: About,
    kind: str,
    *,
    actor: Actor,
    words: str,
    owner_id: int | None = None,
    due_on: date | None = None,
) -> None:
    said = words.strip()
    if not said or len(said) > MOST_WORDS:
        raise NotReady(f"Say what it is about, in at most {MOST_WORDS:,} characters.")
    words_id = keep_words(session, partnership.id, said)
    event = FundingDisputeEvent(
        partnership_id=partnership.id,
        agreement_code=agreement.code,
        service=about.service,
        payer_id=queries.agency(session, about.payer).id,
        sequence=about.seen + 1,
        kind=kind,
        owner_id=owner_id,
        due_on=due_on,
        words_id=words_id,
        at=now_for(partnership),
        person_id=actor.id,
    )
    session.add(event)
    session.flush()
    record(
        session,
        actor=actor.principal,
        action=f"dispute:{kind}",
        subject=f"agreement:{agreement.code}/{about.service}/{about.payer}",
        partnership_id=partnership.id,
        detail={"sequence": event.sequence},
    )
