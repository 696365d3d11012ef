"""Where each partnership's history stands: one row is locked first by whoever adds to it, and gives the next position.

Sign-offs, answers to requests and changes of memberships take their positions here, so that a later commit never has an earlier moment and
what is read as at a position stays as it was.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.db import insert_missing
from hub.partners.history_models import LedgerHead


def lock_head(session: Session, partnership_id: int) -> LedgerHead:
    """The first lock of whoever adds history: later ones wait here, and then see what was committed."""
    query = (
        select(LedgerHead)
        .where(LedgerHead.partnership_id == partnership_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    head = session.scalars(query).first()
    if head is None:
        insert_missing(session, LedgerHead, [{"partnership_id": partnership_id, "position": 0}])
        head = session.scalars(query).one()
    return head


def step(head: LedgerHead, at: datetime) -> None:
    """Take the next position of a locked head, at a moment that is never before the one before."""
    head.position += 1
    head.signed_at = max(at, head.signed_at or at)
