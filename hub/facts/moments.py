"""A moment of a partnership's ledger: which position was the last one then, and what readers can have been told.

A moment is resolved once to the partnership's last committed position (never the clock); every read then takes that `AsAt` and
gives the same answer for ever.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import bindparam, func, select
from sqlalchemy.orm import Session

from hub.audit.models import PartnershipActs
from hub.audit.settled import TOLD
from hub.calendar.models import RequestAnswer
from hub.clock import london_date, now_for
from hub.db import TOLD_IN
from hub.facts.models import Revision
from hub.partners.history_models import LedgerHead, MembershipVersion
from hub.partners.models import Partnership


@dataclass(frozen=True)
class AsAt:
    """One partnership's ledger at one position. `today` is the day that readers take for the present."""

    partnership_id: int
    moment: datetime
    position: int
    today: date
    published_only: bool = False  # another partnership's ledger: its published figures alone
    ended_before: date | None = None  # only periods that ended before this day
    is_now: bool = False  # nobody chose a moment
    # What readers can have been told when it was read (facts/recalled): by everybody, and by this ledger's own signatures.
    told: str = field(default="", compare=False)
    newest: int = field(default=0, compare=False)


def as_at(session: Session, partnership: Partnership, moment: datetime | None = None) -> AsAt:
    """Resolve a moment. None is now: the last committed position, whatever any clock says."""
    if moment is None:
        now = now_for(partnership)
        newest, told = _newest(session, partnership.id)
        return AsAt(partnership.id, now, newest, london_date(now), is_now=True, told=told, newest=newest)
    position, newest, told = _standing(session, partnership.id, moment)
    return AsAt(partnership.id, moment, position, london_date(moment), told=told, newest=newest)


def published_as_at(session: Session, reader: AsAt, *, partnership_id: int, illustrative: bool) -> AsAt:
    """Another partnership's published figures, for a reader.

    An illustrative reader sees them as last loaded whatever its clock, but only of periods that ended before its today.
    """
    if illustrative:
        position, _ = _newest(session, partnership_id)
        newest = position
    else:
        position, newest, _ = _standing(session, partnership_id, reader.moment)
    return replace(
        reader,
        partnership_id=partnership_id,
        position=position,
        newest=newest,
        published_only=True,
        ended_before=reader.today if illustrative else None,
        is_now=False,
    )


def _newest(session: Session, partnership_id: int) -> tuple[int, str]:
    """The newest position, and what readers can have been told: in one statement, hence of one snapshot."""
    position, acts, told = session.execute(_NEWEST, {"partnership_id": partnership_id}).one()
    return position or 0, _told(session, partnership_id, told, acts)


def _standing(session: Session, partnership_id: int, moment: datetime) -> tuple[int, int, str]:
    """The last position that was committed by a moment, the newest one, and what readers can have been told since."""
    asked = {"partnership_id": partnership_id, "moment": moment}
    *positions, newest, acts, told = session.execute(_STANDING, asked).one()
    return (
        max(position or 0 for position in positions),
        newest or 0,
        _told(session, partnership_id, told, acts),
    )


def _told(session: Session, partnership_id: int, told: str | None, acts: int | None) -> str:
    """What readers of a partnership can have been told; empty where no chain has begun."""
    session.info[TOLD_IN] = {None: told, partnership_id: acts}
    return f"{told}/{acts or 0}" if told else ""


_HEAD, _ACTS = (
    select(column).where(column.class_.partnership_id == bindparam("partnership_id")).scalar_subquery()
    for column in (LedgerHead.position, PartnershipActs.count)
)
_NEWEST = select(_HEAD, _ACTS, TOLD)


def _last_of(table: type[Any], at: Any) -> Any:
    return (
        select(func.max(table.position))
        .where(table.partnership_id == bindparam("partnership_id"), at <= bindparam("moment"))
        .scalar_subquery()
    )


_STANDING = select(
    _last_of(Revision, Revision.signed_at),
    _last_of(RequestAnswer, RequestAnswer.at),
    _last_of(MembershipVersion, MembershipVersion.at),
    _HEAD,
    _ACTS,
    TOLD,
)
