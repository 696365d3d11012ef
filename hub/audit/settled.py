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

from hub.audit.models import AuditChain
from hub.db import TOLD_IN, is_writing

_KEPT = 500  # tables of the hub, or of a partnership

Found = TypeVar("Found")

# The last entry that can have changed what readers are told; each has a hash of all that went before, in this database alone.
TOLD = select(func.coalesce(AuditChain.told, AuditChain.hash)).scalar_subquery()


def settled(session: Session, read: Callable[..., Found], *of: Hashable) -> Found:
    """What `read` gives of a session; `of` says of what. Nobody may change it.

    It is kept for the partnerships whose rows the session may see: PostgreSQL leaves out the others'. A session that writes may hold
    what is never committed, so it reads for itself; and so does whoever asks where no chain has begun.
    """
    if is_writing(session):
        return read(session, *of)
    if TOLD_IN not in session.info:
        session.info[TOLD_IN] = session.scalar(select(TOLD))
    if not session.info[TOLD_IN]:
        return read(session, *of)
    kept = _kept((session.info[TOLD_IN], session.info.get("partnerships"), read, of))
    if not kept:
        kept.append(read(session, *of))
    found: Found = kept[0]
    return found


@lru_cache(maxsize=_KEPT)
def _kept(_key: Hashable) -> list[Any]:
    return []


def forget() -> None:
    """Begin anew: for whoever writes past the chain, as a test does."""
    _kept.cache_clear()
