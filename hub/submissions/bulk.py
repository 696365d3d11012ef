"""Signing many submissions at once: imported history and the seeded example. The second and last door to the ledger.

The same ledger, the same facts and one `signed` event a revision, without a draft: the rows were checked beforehand.
"""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import func, insert, select
from sqlalchemy.orm import Session

from hub.db import new_id
from hub.facts import ledger
from hub.facts.ledger import Signing
from hub.facts.models import Revision
from hub.submissions.models import SubmissionEvent

SIGNED = "signed"


def sign_in_bulk(session: Session, signings: Sequence[Signing]) -> list[Revision]:
    """Write signings to the ledger with their events; a document that stands already is left as it is."""
    partnership_ids = {signing.partnership_id for signing in signings}
    known = set(session.scalars(select(Revision.id).where(Revision.partnership_id.in_(partnership_ids))))
    revisions = ledger.sign(session, signings)
    fresh = {revision.id: revision for revision in revisions if revision.id not in known}
    sequences: dict[tuple[int, int], int] = {
        (partnership_id, item): last
        for partnership_id, item, last in session.execute(
            select(
                SubmissionEvent.partnership_id,
                SubmissionEvent.due_item_id,
                func.max(SubmissionEvent.sequence),
            )
            .where(SubmissionEvent.partnership_id.in_(partnership_ids))
            .group_by(SubmissionEvent.partnership_id, SubmissionEvent.due_item_id)
        )
    }
    rows = []
    for revision in sorted(fresh.values(), key=lambda r: (r.partnership_id, r.position)):
        key = (revision.partnership_id, revision.due_item_id)
        sequences[key] = sequences.get(key, 0) + 1
        rows.append(
            {
                "partnership_id": revision.partnership_id,
                "id": new_id(),
                "due_item_id": revision.due_item_id,
                "sequence": sequences[key],
                "kind": SIGNED,
                "status": SIGNED,
                "at": revision.signed_at,
                "person_id": revision.signed_by,
                "words_id": revision.reason_id,
                "revision_id": revision.id,
            }
        )
    if rows:
        session.execute(insert(SubmissionEvent), rows)
    return revisions
