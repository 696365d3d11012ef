"""Freezing a pack by two persons: one asks, which pins its moment; another agrees to what the proof shows, which seals it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from hub.audit.chain import record
from hub.audit.models import CHAIN, AuditChain
from hub.board.packs.document import Document
from hub.board.packs.headings import PROGRESS
from hub.board.packs.models import PackRow, PackSeal, PackWithdrawal
from hub.board.packs.parts import PARTS
from hub.board.packs.pdf import as_pdf
from hub.board.packs.read import Pack, pack, sealing
from hub.board.packs.seal import name_of, public_pem, sealed, signing_key
from hub.clock import now_for
from hub.errors import Conflict, NotAllowed, NotReady
from hub.facts.moments import as_at
from hub.facts.words import keep_words
from hub.meetings.read import group_as_at, meeting_as_at
from hub.partners.heads import lock_head
from hub.partners.models import Partnership, Person
from hub.partners.policy import Actor


@dataclass(frozen=True)
class Frozen:
    """What agreeing will store, worked out before the writing transaction begins."""

    document: Document
    seal: PackSeal


def ask(
    session: Session, actor: Actor, partnership: Partnership, meeting: int, *, parts: Sequence[str]
) -> int:
    """Ask for a pack of a meeting to be frozen as at now; returns its number."""
    lock_head(session, partnership.id)
    at = as_at(session, partnership)
    found = meeting_as_at(session, partnership.id, meeting, at.moment)
    if found.called_off_at is not None:
        raise NotReady("The meeting was called off.")
    chosen = [part for part in PARTS if part in parts]
    if not chosen:
        raise NotReady("Choose at least one part of the pack.")
    group = group_as_at(session, partnership.id, found.group_code, at.moment)
    row = PackRow(
        partnership_id=partnership.id,
        number=next_number(session, partnership.id),
        meeting_id=found.id,
        title=f"{group.title}, {found.held_on.day} {found.held_on:%B %Y}",
        parts=" ".join(chosen),
        as_at=at.moment,
        position=at.position,
        asked_by=actor.id,
        asked_at=at.moment,
    )
    session.add(row)
    session.flush()
    record_pack(session, actor, partnership, "pack:asked", row.number, {"position": row.position})
    return row.number


def next_number(session: Session, partnership_id: int) -> int:
    last = session.scalar(select(func.max(PackRow.number)).where(PackRow.partnership_id == partnership_id))
    return (last or 0) + 1


def prepare(
    session: Session,
    actor: Actor,
    partnership: Partnership,
    found: Pack,
    document: Document,
    *,
    shown_digest: str,
    secret_key: str,
) -> Frozen:
    """Everything that takes time, in a reading session: the PDF and its seal. Raises NotAllowed.

    Whoever asked does not agree; a progress report is issued by whoever drafted it, and by nobody else.
    """
    if found.kind == PROGRESS and found.asked_by != actor.id:
        raise NotAllowed("A progress report is issued by whoever drafted it.")
    if found.kind != PROGRESS and found.asked_by == actor.id:
        raise NotAllowed("You asked for this pack to be frozen: another person agrees.")
    if document.digest != shown_digest:
        raise Conflict(
            "It says something else than what you were shown. Nothing was done: read it as it is now."
        )
    chain = session.execute(
        select(AuditChain.sequence, AuditChain.hash).where(AuditChain.id == CHAIN)
    ).first()
    if found.seal is not None or chain is None:
        raise NotReady("There is nothing to agree to.")
    public = public_pem(signing_key(secret_key).public_key())
    seal = PackSeal(
        partnership_id=partnership.id,
        pack_id=found.id,
        asked_by=found.asked_by,
        kind=found.kind,
        agreed_by=actor.id,
        agreed_at=now_for(partnership),
        document=document.as_json(),
        digest=document.digest,
        key=name_of(public),
        public_key=public,
        chain_sequence=chain.sequence,
        chain_hash=chain.hash,
    )
    agreed_name = session.get_one(Person, actor.id).name
    pdf = as_pdf(
        document,
        [*found.provenance()[:2], *sealing(agreed_name, seal)],
        made_at=seal.agreed_at,
    )
    made = sealed(
        secret_key,
        pdf,
        pack=f"{partnership.code}/packs/{found.number}",
        digest=seal.digest,
        chain_sequence=seal.chain_sequence,
        chain_hash=seal.chain_hash,
    )
    seal.pdf, seal.signature = made.pdf, made.signature
    return Frozen(document, seal)


def freeze(session: Session, actor: Actor, partnership: Partnership, number: int, frozen: Frozen) -> None:
    """Store what another person agreed to. Conflict where somebody was there meanwhile."""
    lock_head(session, partnership.id)
    if pack(session, partnership.id, number).seal is not None:
        raise Conflict("Somebody agreed to this pack meanwhile. It is frozen.")
    session.add(frozen.seal)
    session.flush()
    detail = {"digest": frozen.seal.digest, "signature": frozen.seal.signature}
    record_pack(session, actor, partnership, "pack:frozen", number, detail)


def withdraw(session: Session, actor: Actor, partnership: Partnership, number: int, *, words: str) -> None:
    """Say that a frozen pack is not to be relied on, and why; it stays readable under its address."""
    if not words.strip():
        raise NotReady("Say why.")
    lock_head(session, partnership.id)
    found = pack(session, partnership.id, number)
    if found.kind == PROGRESS and found.asked_by != actor.id:
        raise NotAllowed("A progress report is withdrawn by whoever issued it.")
    if found.seal is None or found.standing == "withdrawn":
        raise NotReady("Only a frozen pack can be withdrawn, and only once.")
    session.add(
        PackWithdrawal(
            partnership_id=partnership.id,
            pack_id=found.id,
            person_id=actor.id,
            at=now_for(partnership),
            words_id=keep_words(session, partnership.id, words.strip()),
        )
    )
    session.flush()
    record_pack(session, actor, partnership, "pack:withdrawn", number, {})


def record_pack(
    session: Session,
    actor: Actor,
    partnership: Partnership,
    action: str,
    number: int,
    detail: Mapping[str, Any],
) -> None:
    record(
        session,
        actor=actor.principal,
        action=action,
        subject=f"pack:{number}",
        partnership_id=partnership.id,
        detail=dict(detail),
    )
