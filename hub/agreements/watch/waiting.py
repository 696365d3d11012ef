"""What is open in the agreements of many partnerships, each kind with one query: disputes that a body is to answer, drafts.

For the first page, which asks for everybody at once. What a dispute says stands on its own page.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from sqlalchemy import exists, select
from sqlalchemy.orm import Session, aliased

from hub.agreements.models import AgreementVersion
from hub.agreements.money_models import FundingDisputeEvent
from hub.agreements.negotiation.models import AgreementEvent
from hub.agreements.versions import DROPPED
from hub.agreements.watch.models import VerdictRemark
from hub.partners.models import Agency


@dataclass(frozen=True)
class Dispute:
    """An open one, with the code of the body that is to answer or end it. `about` names what within the agreement."""

    partnership_id: int
    agreement: str
    about: str
    owner: str
    due_on: date
    party: str = ""  # of a verdict, whose


def verdict_disputes(session: Session, ids: Collection[int], owners: Collection[int]) -> list[Dispute]:
    """About verdicts, for those agencies to answer; `about` is the promise."""
    owner, party, end = aliased(Agency), aliased(Agency), aliased(VerdictRemark)
    same = ("partnership_id", "agreement_code", "commitment", "party_id")
    ended = exists().where(
        end.ends == VerdictRemark.sequence,
        *(getattr(end, name) == getattr(VerdictRemark, name) for name in same),
    )
    query = (
        select(VerdictRemark, owner.code, party.code)
        .join(owner, owner.id == VerdictRemark.owner_id)
        .join(party, party.id == VerdictRemark.party_id)
        .where(
            VerdictRemark.partnership_id.in_(ids),
            VerdictRemark.owner_id.in_(owners),
            VerdictRemark.kind == "dispute",
            ~ended,
        )
        .order_by(VerdictRemark.due_on, VerdictRemark.id)
    )
    return [
        Dispute(row.partnership_id, row.agreement_code, row.commitment, to, row.due_on or date.max, of)
        for row, to, of in session.execute(query)
    ]


def funding_disputes(session: Session, ids: Collection[int], owners: Collection[int]) -> list[Dispute]:
    """About contributions, for those agencies to answer; `about` is the service, `party` the payer."""
    owner, payer, later = aliased(Agency), aliased(Agency), aliased(FundingDisputeEvent)
    same = ("partnership_id", "agreement_code", "service", "payer_id")
    spoken_since = exists().where(
        later.sequence > FundingDisputeEvent.sequence,
        *(getattr(later, name) == getattr(FundingDisputeEvent, name) for name in same),
    )
    query = (
        select(FundingDisputeEvent, owner.code, payer.code)
        .join(owner, owner.id == FundingDisputeEvent.owner_id)
        .join(payer, payer.id == FundingDisputeEvent.payer_id)
        .where(
            FundingDisputeEvent.partnership_id.in_(ids),
            FundingDisputeEvent.owner_id.in_(owners),
            FundingDisputeEvent.kind == "raised",
            ~spoken_since,
        )
        .order_by(FundingDisputeEvent.due_on, FundingDisputeEvent.id)
    )
    return [
        Dispute(row.partnership_id, row.agreement_code, row.service, to, row.due_on or date.max, of)
        for row, to, of in session.execute(query)
    ]


def part_disputes(session: Session, ids: Collection[int]) -> list[Dispute]:
    """About parts of agreements, whoever is to end them; `about` is the part. Those of a dropped draft went with it."""
    owner, end, drop = aliased(Agency), aliased(AgreementEvent), aliased(AgreementEvent)
    of_it = [
        [
            getattr(each, name) == getattr(AgreementEvent, name)
            for name in ("partnership_id", "agreement_code")
        ]
        for each in (end, drop)
    ]
    query = (
        select(AgreementEvent, owner.code)
        .join(owner, owner.id == AgreementEvent.owner_id)
        .where(
            AgreementEvent.partnership_id.in_(ids),
            AgreementEvent.kind == "disputed",
            ~exists().where(end.kind == "settled", end.about == AgreementEvent.sequence, *of_it[0]),
            ~exists().where(drop.kind == "dropped", drop.version == AgreementEvent.version, *of_it[1]),
        )
        .order_by(AgreementEvent.on_date, AgreementEvent.id)
    )
    return [
        Dispute(row.partnership_id, row.agreement_code, row.part, to, row.on_date or date.max)
        for row, to in session.execute(query)
    ]


def drafts(session: Session, ids: Collection[int]) -> list[AgreementVersion]:
    """The newest text of each agreement whose newest version is a draft."""
    of = AgreementVersion
    query = select(of.partnership_id, of.code, of.version, of.status, of.id)
    query = query.where(of.partnership_id.in_(ids)).order_by(of.version, of.known_from, of.id)
    last: dict[tuple[int, str, int], tuple[str, int]] = {}
    for place, code, version, status, row_id in session.execute(query):
        last[place, code, version] = (status, row_id)
    newest = {
        (place, code): (status, row_id)
        for (place, code, _), (status, row_id) in last.items()
        if status != DROPPED
    }
    wanted = [row_id for status, row_id in newest.values() if status == "draft"]
    if not wanted:
        return []
    found = (
        select(of).where(of.partnership_id.in_(ids), of.id.in_(wanted)).order_by(of.partnership_id, of.code)
    )
    return list(session.scalars(found))
