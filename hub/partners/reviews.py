"""Looking through an agency's people: yearly, and for schools each September, because staff change in the summer."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from hub.audit.chain import record
from hub.clock import LONDON
from hub.errors import NotReady
from hub.partners import grants
from hub.partners.models import Agency, Grant
from hub.partners.people_models import PeopleReview
from hub.partners.policy import Actor

SEPTEMBER = 9


def last_reviews(session: Session, agency_ids: Collection[int]) -> dict[int, datetime]:
    """When each agency's people were last looked through; one that never was is absent."""
    query = (
        select(PeopleReview.agency_id, func.max(PeopleReview.at))
        .where(PeopleReview.agency_id.in_(agency_ids))
        .group_by(PeopleReview.agency_id)
    )
    return dict(session.execute(query).all())


def is_due(kind: str, last: datetime | None, today: date) -> bool:
    """A school's check is due each September; everybody else's a year after the last one."""
    if last is None:
        return True
    done = last.astimezone(LONDON).date()
    if kind == "school":
        return done < date(today.year - (today.month < SEPTEMBER), SEPTEMBER, 1)
    return done < _a_year_before(today)


def review(
    session: Session, actor: Actor, agency: Agency, *, left: list[Grant], now: datetime
) -> PeopleReview:
    """The actor looked through the list; the roles of those who have left end at once."""
    for grant in left:
        if grant.agency_id != agency.id:
            raise NotReady("One of the roles is not of this agency. Open the page again.")
        grants.end(session, actor, grant, now=now)
    made = PeopleReview(agency_id=agency.id, person_id=actor.id, at=now, left=len(left))
    session.add(made)
    session.flush()
    detail = {"left": len(left)}
    record(
        session, actor=actor.principal, action="people:review", subject=f"agency:{agency.id}", detail=detail
    )
    return made


def _a_year_before(today: date) -> date:
    return (
        date(today.year - 1, today.month, 28)
        if (today.month, today.day) == (2, 29)
        else today.replace(year=today.year - 1)
    )
