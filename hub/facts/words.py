"""Typed text that stays beside figures and answers: kept apart, so that the retention job alone can blank it."""

from __future__ import annotations

from sqlalchemy.orm import Session

from hub.audit.canonical import digest_of
from hub.facts.models import Words


def keep_words(session: Session, partnership_id: int, body: str) -> int:
    """Keep a text; gives the number that rows point to it by."""
    words = Words(partnership_id=partnership_id, digest=digest_of(body), body=body)
    session.add(words)
    session.flush()
    return words.id
