"""What people say beside a verdict: a comment, a statement of assurance, a dispute with its owner, its day and its end.

Nothing here touches a verdict. Whatever was said stands for good, with the verdict that the speaker had before them.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Literal

from sqlalchemy import and_, func, select
from sqlalchemy.orm import Session, aliased

from hub.agreements.model import Agreement
from hub.agreements.verdict import Verdict
from hub.agreements.watch.models import VerdictRemark
from hub.audit.chain import record
from hub.clock import now_for, today_for
from hub.errors import Conflict, NotReady
from hub.facts.models import Words
from hub.facts.words import keep_words
from hub.partners import queries
from hub.partners.heads import lock_head
from hub.partners.models import Agency, Partnership, Person, Region
from hub.partners.policy import Actor, Permission
from hub.partners.roles import matrix

MOST_WORDS = 2_000
Kind = Literal["comment", "assurance", "dispute"]
KINDS: dict[Kind, str] = {
    "comment": "Comment",
    "assurance": "Statement of assurance",
    "dispute": "Dispute",
}
DATA_TEAM = "the partnership’s data team"


@dataclass(frozen=True)
class Beside:
    """Whose verdict on which promise somebody speaks about."""

    agreement: Agreement
    verdict: Verdict

    @property
    def place(self) -> str:
        return f"{self.agreement.code}/{self.verdict.commitment}/{self.verdict.party}"


@dataclass(frozen=True)
class Remark:
    sequence: int
    commitment: str
    party: str
    kind: str
    word: str  # of the verdict that it was said beside
    version: int
    words: str | None
    at: datetime
    person: str
    speaks_for: str
    owner: str = ""
    owner_id: int | None = None
    due_on: date | None = None
    end: Remark | None = None  # of a dispute

    @property
    def is_open(self) -> bool:
        return self.kind == "dispute" and self.end is None


@dataclass(frozen=True)
class Answer:
    """Who has to answer a dispute, and by when."""

    owner: str
    due_on: date


def remarks_as_at(
    session: Session,
    partnership_id: int,
    agreement: str,
    moment: datetime,
    *,
    commitment: str | None = None,
    party: str | None = None,
) -> list[Remark]:
    """What was said beside the verdicts of an agreement until a moment, newest first; a dispute carries its end."""
    owner, speaker, about = aliased(Agency), aliased(Agency), aliased(Agency)
    query = (
        select(
            VerdictRemark,
            Words.body,
            Person.name,
            about.code,
            owner.name,
            speaker.name,
            Region.oversight_body,
        )
        .join(Person, Person.id == VerdictRemark.person_id)
        .join(about, about.id == VerdictRemark.party_id)
        .join(
            Words,
            and_(Words.partnership_id == VerdictRemark.partnership_id, Words.id == VerdictRemark.words_id),
        )
        .outerjoin(owner, owner.id == VerdictRemark.owner_id)
        .outerjoin(speaker, speaker.id == VerdictRemark.agency_id)
        .outerjoin(Region, Region.id == VerdictRemark.region_id)
        .where(
            VerdictRemark.partnership_id == partnership_id,
            VerdictRemark.agreement_code == agreement,
            VerdictRemark.at <= moment,
        )
        .order_by(VerdictRemark.at, VerdictRemark.sequence)
    )
    if commitment is not None:
        query = query.where(VerdictRemark.commitment == commitment)
    if party is not None:
        query = query.where(about.code == party)
    found: dict[tuple[str, str, int], Remark] = {}
    for row, words, person, code, owned_by, body, region in session.execute(query):
        remark = Remark(
            sequence=row.sequence,
            commitment=row.commitment,
            party=code,
            kind=row.kind,
            word=row.word,
            version=row.version,
            words=words,
            at=row.at,
            person=person,
            speaks_for=body or region or DATA_TEAM,
            owner=owned_by or "",
            owner_id=row.owner_id,
            due_on=row.due_on,
        )
        if row.ends is None:
            found[row.commitment, code, row.sequence] = remark
        else:
            disputed = (row.commitment, code, row.ends)
            found[disputed] = replace(found[disputed], end=remark)
    return list(reversed(found.values()))


def open_disputes(remarks: Iterable[Remark]) -> list[Remark]:
    return [each for each in remarks if each.is_open]


def say(
    session: Session,
    partnership: Partnership,
    beside: Beside,
    *,
    actor: Actor,
    kind: str,
    words: str,
    answer: Answer | None = None,
) -> int:
    """Say something beside a verdict; returns its number there. Errors: NotReady where something is missing."""
    if kind not in KINDS:
        raise NotReady("Choose what it is: a comment, a statement of assurance or a dispute.")
    owner_id, due_on = None, None
    if kind == "dispute":
        if answer is None or answer.owner not in beside.agreement.party_codes:
            raise NotReady("Choose the party that has to answer the dispute.")
        if answer.due_on <= today_for(partnership):
            raise NotReady("Say by when the dispute is to be answered: a day after today.")
        owner_id, due_on = queries.agency(session, answer.owner).id, answer.due_on
    position = lock_head(session, partnership.id).position
    return _add(
        session,
        partnership,
        beside,
        actor=actor,
        kind=kind,
        words=words,
        position=position,
        owner_id=owner_id,
        due_on=due_on,
    )


def end_dispute(
    session: Session, partnership: Partnership, beside: Beside, *, actor: Actor, dispute: int, words: str
) -> None:
    """Say how a dispute ended. Conflict where somebody else has ended it."""
    position = lock_head(session, partnership.id).position
    said = remarks_as_at(
        session,
        partnership.id,
        beside.agreement.code,
        now_for(partnership),
        commitment=beside.verdict.commitment,
        party=beside.verdict.party,
    )
    found = next((each for each in said if each.sequence == dispute and each.kind == "dispute"), None)
    if found is None:
        raise NotReady("There is no such dispute about this verdict.")
    if found.end is not None:
        raise Conflict(f"{found.end.person} ended this dispute before you did. Read how.")
    _add(
        session,
        partnership,
        beside,
        actor=actor,
        kind="ended",
        words=words,
        position=position,
        ends=dispute,
    )


def _add(
    session: Session,
    partnership: Partnership,
    beside: Beside,
    *,
    actor: Actor,
    kind: str,
    words: str,
    position: int,
    owner_id: int | None = None,
    due_on: date | None = None,
    ends: int | None = None,
) -> int:
    said = words.strip()
    if not said or len(said) > MOST_WORDS:
        raise NotReady(f"Write what you have to say, in at most {MOST_WORDS:,} characters.")
    party = queries.agency(session, beside.verdict.party)
    last = session.scalar(
        select(func.max(VerdictRemark.sequence)).where(
            VerdictRemark.partnership_id == partnership.id,
            VerdictRemark.agreement_code == beside.agreement.code,
            VerdictRemark.commitment == beside.verdict.commitment,
            VerdictRemark.party_id == party.id,
        )
    )
    agency_id, region_id = _speaks_for(session, beside, actor)
    row = VerdictRemark(
        partnership_id=partnership.id,
        agreement_code=beside.agreement.code,
        commitment=beside.verdict.commitment,
        party_id=party.id,
        sequence=(last or 0) + 1,
        kind=kind,
        word=beside.verdict.word,
        version=beside.verdict.version,
        position=position,
        ends=ends,
        owner_id=owner_id,
        due_on=due_on,
        words_id=keep_words(session, partnership.id, said),
        at=now_for(partnership),
        person_id=actor.id,
        agency_id=agency_id,
        region_id=region_id,
    )
    session.add(row)
    session.flush()
    record(
        session,
        actor=actor.principal,
        action=f"remark:{kind}",
        subject=f"agreement:{beside.place}",
        partnership_id=partnership.id,
        detail={"sequence": row.sequence},
    )
    return row.sequence


def _speaks_for(session: Session, beside: Beside, actor: Actor) -> tuple[int | None, int | None]:
    """The party, else the region, that the person's role is held over; neither is the data team."""
    cells = matrix().cells
    held = [each for each in actor.held if (Permission.VERDICT_COMMENT, each.role) in cells]
    parties = set(session.scalars(select(Agency.id).where(Agency.code.in_(beside.agreement.party_codes))))
    own = [each.agency_id for each in held if each.agency_id in parties]
    over_place = any(each.partnership_id is not None for each in held)
    regions = [each.region_id for each in held if each.region_id is not None]
    return (own[0], None) if own else (None, regions[0] if regions and not over_place else None)
