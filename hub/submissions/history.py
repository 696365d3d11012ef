"""Signed history in bulk: imports and the invented example. Checked before, signed by named persons, all or nothing.

Gives every revision its place in the ledger and its submission the events that a sign-off on the page would have
left, so that timelines and lists read alike. What imported history shows for a draft is what was signed.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import func, insert, select
from sqlalchemy.orm import Session

from hub.db import new_id
from hub.facts.interning import CHUNK
from hub.facts.ledger import Signing, sign
from hub.facts.models import Revision
from hub.submissions.events import LEAVES, Kind
from hub.submissions.models import SubmissionEvent


def sign_history(session: Session, signings: Sequence[Signing]) -> list[Revision]:
    """Sign, and leave the events of it. What was signed before with the same content stays as it is."""
    revisions = sign(session, signings)
    by_partnership: dict[int, dict[int, tuple[Revision, Signing]]] = {}
    for revision, signing in zip(revisions, signings, strict=True):
        by_partnership.setdefault(revision.partnership_id, {})[revision.id] = (revision, signing)
    for partnership_id, signed in by_partnership.items():
        _leave_events(session, partnership_id, signed)
    return revisions


def _leave_events(session: Session, partnership_id: int, signed: dict[int, tuple[Revision, Signing]]) -> None:
    items = {revision.due_item_id for revision, _ in signed.values()}
    sequences, known = _already(session, partnership_id, sorted(items))
    rows: list[dict[str, Any]] = []
    for revision, signing in sorted(signed.values(), key=lambda pair: pair[0].position):
        if revision.id in known:
            continue
        for kind, person_id in _kinds(revision, signing):
            sequence = sequences[revision.due_item_id] = sequences.get(revision.due_item_id, 0) + 1
            rows.append(_event(revision, kind, person_id, sequence))
    if rows:
        session.execute(insert(SubmissionEvent), rows)


def _kinds(revision: Revision, signing: Signing) -> list[tuple[Kind, int]]:
    reopened: list[tuple[Kind, int]] = (
        [("reopened", signing.prepared_by)] if revision.supersedes_id is not None else []
    )
    sent: list[tuple[Kind, int]] = [] if signing.single_signature else [("sent", signing.prepared_by)]
    entered: Kind = "saved" if signing.channel in ("form", "json") else "uploaded"
    return [*reopened, (entered, signing.prepared_by), *sent, ("signed", signing.signed_by)]


def _event(revision: Revision, kind: Kind, person_id: int, sequence: int) -> dict[str, Any]:
    return {
        "partnership_id": revision.partnership_id,
        "id": new_id(),
        "due_item_id": revision.due_item_id,
        "sequence": sequence,
        "kind": kind,
        "status": LEAVES[kind],
        "at": revision.signed_at,
        "person_id": person_id,
        "words_id": revision.reason_id if kind == "reopened" else None,
        "revision_id": revision.id if kind == "signed" else None,
    }


def _already(session: Session, partnership_id: int, items: list[int]) -> tuple[dict[int, int], set[int]]:
    """The last sequence of each submission, and the revisions whose signature has its event."""
    sequences: dict[int, int] = {}
    known: set[int] = set()
    for start in range(0, len(items), CHUNK):
        of_items = (
            SubmissionEvent.partnership_id == partnership_id,
            SubmissionEvent.due_item_id.in_(items[start : start + CHUNK]),
        )
        last = (
            select(SubmissionEvent.due_item_id, func.max(SubmissionEvent.sequence))
            .where(*of_items)
            .group_by(SubmissionEvent.due_item_id)
        )
        sequences.update({item: sequence for item, sequence in session.execute(last)})
        signed = select(SubmissionEvent.revision_id).where(*of_items, SubmissionEvent.kind == "signed")
        known.update(found for found in session.scalars(signed) if found is not None)
    return sequences, known
