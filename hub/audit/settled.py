"""Small tables that acts of persons alone change, read once for as long as the audit chain says that nobody acted.

Every such act is an entry of the chain, and no signature changes what is read through here: definitions and measures with all their versions,
areas, names, notes. Takes how to read something whole, whatever the moment that a reader asks for; who reads it then chooses what
was known. What is kept is shared by all threads of the process and never changed.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable
from functools import lru_cache
from typing import Any, TypeVar

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from hub.audit.models import AuditChain, PartnershipActs
from hub.db import TOLD_IN, is_writing

_KEPT = 500  # tables of the hub, or of a partnership

Found = TypeVar("Found")

# The last entry that can have changed what readers are told; each has a hash of all that went before, in this database alone.
TOLD = select(func.coalesce(AuditChain.told, AuditChain.hash)).scalar_subquery()


def settled(session: Session, read: Callable[..., Found], *of: Hashable, here: int | None = None) -> Found:
    """What `read` gives of a session; `of` says of what, `here` in which partnership persons act on it of whom only its readers are told.

    Nobody may change it. It is kept for the partnerships whose rows the session may see: PostgreSQL leaves out the others'. A session
    that writes may hold what is never committed, so it reads for itself; and so does whoever asks where no chain has begun.
    """
    if is_writing(session) or not _told(session, None):
        return read(session, *of)
    acts = None if here is None else _told(session, here)
    kept = _kept((_told(session, None), acts, session.info.get("partnerships"), read, of))
    if not kept:
        kept.append(read(session, *of))
    found: Found = kept[0]
    return found


def _told(session: Session, partnership_id: int | None) -> Hashable:
    """What the transaction found first: of the chain, or of a partnership's own acts."""
    known: dict[int | None, Hashable] = session.info.setdefault(TOLD_IN, {})
    if partnership_id not in known:
        acts = select(PartnershipActs.count).where(PartnershipActs.partnership_id == partnership_id)
        known[partnership_id] = session.scalar(select(TOLD) if partnership_id is None else acts)
    return known[partnership_id]


@lru_cache(maxsize=_KEPT)
def _kept(_key: Hashable) -> list[Any]:
    return []


def forget() -> None:
    """Begin anew: for whoever writes past the chain, as a test does."""
    _kept.cache_clear()
