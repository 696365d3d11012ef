"""Packs as they stand: asked for, frozen, superseded by a later one of the same meeting, or withdrawn."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal

from sqlalchemy import and_, select
from sqlalchemy.orm import Session, aliased

from hub.board.packs.build import Material, build
from hub.board.packs.document import Document, from_json
from hub.board.packs.models import PackRow, PackSeal, PackWithdrawal
from hub.clock import LONDON
from hub.errors import NotFound
from hub.facts.models import Words
from hub.facts.queries import as_at
from hub.meetings.models import MeetingRow
from hub.meetings.read import meeting_as_at
from hub.partners.models import Partnership, Person

Standing = Literal["asked", "current", "superseded", "withdrawn"]


@dataclass(frozen=True)
class Pack:
    """`until` is when it was superseded or withdrawn."""

    id: int
    number: int
    meeting: int  # its number
    meeting_id: int
    title: str
    parts: tuple[str, ...]
    as_at: datetime
    position: int
    asked_by: int
    asked_name: str
    asked_at: datetime
    standing: Standing
    seal: PackSeal | None
    agreed_name: str
    until: datetime | None = None
    why_withdrawn: str | None = None

    def provenance(self) -> list[str]:
        """Where the figures come from and who froze them: the page behind “as issued, how worked out”."""
        lines = [
            f"The figures are as known on {_moment(self.as_at)}, at position {self.position} of the partnership’s ledger. "
            "Read again for that position, they are the same for ever.",
            f"{self.asked_name} asked for this pack to be frozen on {_moment(self.asked_at)}.",
        ]
        if self.seal is None:
            return [*lines, "It is a proof: no second person has agreed to it yet."]
        return lines + sealing(self.agreed_name, self.seal)


def sealing(agreed_name: str, seal: PackSeal) -> list[str]:
    return [
        f"{agreed_name} agreed on {_moment(seal.agreed_at)}.",
        f"What it says has the SHA-256 digest {seal.digest}.",
        f"When it was frozen the hub’s audit chain stood at entry {seal.chain_sequence}, whose hash is {seal.chain_hash}; an entry "
        "behind it holds the digest above.",
        f"The PDF is sealed with an Ed25519 signature of the key {seal.key}. hub verify says whether a copy is genuine, altered or "
        "unknown; the key is published at /packs/keys.pem.",
    ]


def packs(
    session: Session,
    partnership_id: int,
    *,
    meeting_id: int | None = None,
    numbers: Sequence[int] | None = None,
) -> list[Pack]:
    """Newest first, without their documents and PDFs."""
    asker, agreer = aliased(Person), aliased(Person)
    query = (
        select(PackRow, PackSeal, PackWithdrawal, Words.body, MeetingRow.number, asker.name, agreer.name)
        .join(
            MeetingRow,
            and_(MeetingRow.partnership_id == PackRow.partnership_id, MeetingRow.id == PackRow.meeting_id),
        )
        .join(asker, asker.id == PackRow.asked_by)
        .outerjoin(
            PackSeal, and_(PackSeal.partnership_id == PackRow.partnership_id, PackSeal.pack_id == PackRow.id)
        )
        .outerjoin(agreer, agreer.id == PackSeal.agreed_by)
        .outerjoin(
            PackWithdrawal,
            and_(
                PackWithdrawal.partnership_id == PackRow.partnership_id, PackWithdrawal.pack_id == PackRow.id
            ),
        )
        .outerjoin(
            Words,
            and_(Words.partnership_id == PackWithdrawal.partnership_id, Words.id == PackWithdrawal.words_id),
        )
        .where(PackRow.partnership_id == partnership_id)
        .order_by(PackRow.number.desc())
    )
    if meeting_id is not None:
        query = query.where(PackRow.meeting_id == meeting_id)
    if numbers is not None:
        query = query.where(PackRow.number.in_(numbers))
    return [
        Pack(
            id=row.id,
            number=row.number,
            meeting=meeting,
            meeting_id=row.meeting_id,
            title=row.title,
            parts=tuple(row.parts.split()),
            as_at=row.as_at,
            position=row.position,
            asked_by=row.asked_by,
            asked_name=asked_name,
            asked_at=row.asked_at,
            standing="asked" if seal is None else "withdrawn" if withdrawal else "current",
            seal=seal,
            agreed_name=agreed_name or "",
            until=withdrawal.at if withdrawal else None,
            why_withdrawn=why,
        )
        for row, seal, withdrawal, why, meeting, asked_name, agreed_name in session.execute(query)
    ]


def packs_of_meeting(session: Session, partnership_id: int, meeting_id: int) -> list[Pack]:
    """Newest first: each frozen one is superseded by the next that was frozen."""
    found, later = [], None
    for pack in packs(session, partnership_id, meeting_id=meeting_id):
        if pack.standing == "current" and later is not None:
            pack = replace(pack, standing="superseded", until=later)
        if pack.seal is not None:
            later = pack.seal.agreed_at
        found.append(pack)
    return found


def pack(session: Session, partnership_id: int, number: int) -> Pack:
    """One pack by its number, as it stands among those of its meeting. Raises NotFound."""
    alone = packs(session, partnership_id, numbers=[number]) if 0 < number < 2**31 else []
    if not alone:
        raise NotFound("There is no such pack.")
    every = packs_of_meeting(session, partnership_id, alone[0].meeting_id)
    return next(each for each in every if each.number == number)


def rebuilt(session: Session, partnership: Partnership, found: Pack) -> Document:
    """The pack worked out again from its moment and position."""
    at = replace(as_at(session, partnership, found.as_at), position=found.position)
    meeting = meeting_as_at(session, partnership.id, found.meeting, found.as_at)
    return build(Material(session, partnership, at, meeting), found.title, found.parts)


def document(session: Session, partnership: Partnership, found: Pack) -> Document:
    """As it was frozen; a proof is worked out."""
    return from_json(found.seal.document) if found.seal else rebuilt(session, partnership, found)


def public_keys(session: Session) -> dict[str, str]:
    """Every key that ever sealed a pack here: name → PEM."""
    return dict(session.execute(select(PackSeal.key, PackSeal.public_key).distinct()).all())


def _moment(moment: datetime) -> str:
    local = moment.astimezone(LONDON)
    return f"{local.day} {local:%B %Y} at {local:%H:%M}"
