"""Roles that end soon: their holders and whoever may renew them are told at 60, 30 and 7 days.

A submitter's or signatory's role never ends while something is due: it lasts until the day after that due day.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import and_, func, select
from sqlalchemy.orm import Session

from hub.audit.chain import OPERATOR, record
from hub.calendar.models import DueItem
from hub.clock import now_for, today_for
from hub.definitions.models import PeriodRow
from hub.facts.models import Revision
from hub.facts.owed import counting
from hub.partners import grants
from hub.partners.models import Grant, Membership, Partnership, Person
from hub.partners.policy import grants_of
from hub.partners.roles import Permission, matrix
from hub.post.outbox import Telling, tell

KIND = "role-ending"
ANSWERS = ("SUB", "SGN")
KEPT_AHEAD = timedelta(days=grants.WARNED_DAYS[-1])


@dataclass(frozen=True)
class _Place:
    """A partnership that a role has part in, with its own today."""

    partnership: Partnership
    today: date


def warn(session: Session, *, now: datetime) -> int:
    """Put the warnings into the outbox; returns how many are new. Doing it again puts none."""
    keep_while_due(session, now=now)
    tellings = [
        Telling(
            partnership_id=place.partnership.id,
            kind=KIND,
            occasion=f"{grant.id}:{grant.until_at:%Y-%m-%d}:{days}",
            made_at=now_for(place.partnership),
            person_id=person_id,
        )
        for grant, days in grants.ending_soon(session, now)
        for place in list(places(session, grant))[:1]
        for person_id in _told(session, grant, now)
    ]
    return tell(session, tellings) if tellings else 0


def keep_while_due(session: Session, *, now: datetime) -> int:
    """Let roles that would end while something is due last until it no longer is; returns how many."""
    kept = 0
    for grant, _days in grants.ending_soon(session, now):
        if grant.role not in ANSWERS or grant.until_at > now + KEPT_AHEAD:
            continue
        days = max((_days_due(session, place, grant) for place in places(session, grant)), default=0)
        if days and grant.until_at < now + timedelta(days=days):
            grant.until_at = now + timedelta(days=days)
            kept += 1
            record(session, actor=OPERATOR, action="grant:keep", subject=f"grant:{grant.id}")
    session.flush()
    return kept


def _days_due(session: Session, place: _Place, grant: Grant) -> int:
    """In how many days nothing is due any more of what the agency can answer now; 0 where nothing is."""
    last = session.scalar(
        select(func.max(DueItem.due_on))
        .join(PeriodRow, PeriodRow.id == DueItem.period_id)
        .outerjoin(
            Revision,
            and_(
                Revision.partnership_id == DueItem.partnership_id,
                Revision.due_item_id == DueItem.id,
            ),
        )
        .where(
            DueItem.partnership_id == place.partnership.id,
            DueItem.agency_id == grant.agency_id,
            DueItem.due_on >= place.today,
            PeriodRow.ends_on < place.today,
            Revision.id.is_(None),
            *counting(session, [place.partnership.id]),
        )
    )
    return (last - place.today).days + 1 if last is not None else 0


def places(session: Session, grant: Grant) -> Iterator[_Place]:
    """The partnerships that the role has part in today."""
    query = select(Partnership).order_by(Partnership.id)
    if grant.agency_id is not None:
        members = select(Membership.partnership_id).where(Membership.agency_id == grant.agency_id)
        query = query.where(Partnership.id.in_(members))
    elif grant.partnership_id is not None:
        query = query.where(Partnership.id == grant.partnership_id)
    else:
        return
    for partnership in session.scalars(query):
        yield _Place(partnership, today_for(partnership))


def _told(session: Session, grant: Grant, now: datetime) -> Iterable[int]:
    """The holder, and everybody who may renew the role."""
    approving = {
        role
        for (permission, role), cell in matrix().cells.items()
        if permission is Permission.GRANT_APPROVE and grant.role in cell.only
    }
    candidates = session.scalars(
        select(Person.id)
        .join(Grant, Grant.person_id == Person.id)
        .where(Grant.role.in_(approving), Person.disabled_at.is_(None))
        .distinct()
    )
    renewing = [person_id for person_id in candidates if _reaches(session, person_id, grant, approving, now)]
    return dict.fromkeys([grant.person_id, *renewing])


def _reaches(session: Session, person_id: int, grant: Grant, approving: set[str], now: datetime) -> bool:
    """Whether one of the person's roles in force decides about this one."""
    if person_id == grant.person_id:
        return False
    homes = {place.partnership.id for place in places(session, grant)}
    return any(
        held.role in approving
        and (
            held.agency_id == grant.agency_id
            if held.agency_id is not None
            else held.partnership_id in homes or matrix().roles[held.role].over == "deployment"
        )
        for held in grants_of(session, person_id, now)
    )
