"""A write counts once (design.md section 4, Idempotency), whichever door it came through.

The first answer to a key is stored in the transaction of what it did, so that the same request again gets the same
answer. The same key with other content is a Conflict, never dropped in silence.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from flask import g
from sqlalchemy import delete
from sqlalchemy.orm import Session

from hub.access import transaction
from hub.clock import real_now
from hub.db import open_session
from hub.errors import Conflict
from hub.partners.models import IdempotencyKey

KEPT = timedelta(days=7)


@dataclass(frozen=True)
class Sent:
    """A write as it came: the sender's key, a digest of all that it says, and the sentence for another one under its key."""

    key: str
    digest: str
    otherwise: str


def earlier(session: Session, sent: Sent) -> IdempotencyKey | None:
    """The answer that the same write got before."""
    found = session.get(IdempotencyKey, (g.actor.principal, sent.key))
    if found is None or found.at < real_now() - KEPT:
        return None
    if found.request_digest != sent.digest:
        raise Conflict(sent.otherwise)
    return found


def earlier_after_clash(sent: Sent) -> IdempotencyKey | None:
    """The answer that the same write got meanwhile: what this request wrote is undone, and the database read afresh."""
    transaction.writing().rollback()
    with open_session(transaction.engine()) as fresh:
        return earlier(fresh, sent)


def remember(sent: Sent, *, status: int, answer: str) -> None:
    """Keep the answer in the transaction of what was written; the sender's outdated ones go.

    Errors: IntegrityError where the same write got there first.
    """
    session, now = transaction.writing(), real_now()
    session.execute(
        delete(IdempotencyKey).where(
            IdempotencyKey.principal == g.actor.principal, IdempotencyKey.at < now - KEPT
        )
    )
    session.add(
        IdempotencyKey(
            principal=g.actor.principal,
            key=sent.key,
            request_digest=sent.digest,
            status=status,
            answer=answer,
            at=now,
        )
    )
    session.flush()
