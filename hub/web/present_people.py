"""Who holds which role at a place, what waits for a decision, and what the reader may do about each."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import ColumnElement, exists, select
from sqlalchemy.orm import Session

from hub.clock import LONDON
from hub.partners import grants, people, reviews
from hub.partners.invitations import LASTS
from hub.partners.models import Account, Agency, Grant, Person
from hub.partners.people_models import Nomination
from hub.partners.policy import Actor, Permission, Place, may
from hub.partners.roles import matrix
from hub.submissions.invitations_by_mail import is_waiting, letter_of

INVITED = {
    "waiting": "Their invitation goes out by mail, in working hours.",
    "sent": "Invited by mail on {day}: the link works once, until {until}.",
    "over": "Invited by mail on {day}, and not accepted: the link ended on {until}.",
    "failed": "Their invitation could not be sent: the outbox says why. Put the address right, or make their first link here.",
    "shown": "Their invitation is shown in the outbox: this partnership’s mail is never sent. Make their first link here.",
    "dropped": "",
}


@dataclass(frozen=True)
class Row:
    """A role of a person. `days_left` is given where a warning is due."""

    grant: Grant
    person: Person
    role: str
    over: str
    asked_by: str
    approved_by: str
    nomination: Nomination | None
    days_left: int | None
    signs_in: bool
    invited: str  # what became of their invitation, while they have not signed in
    may_decide: bool
    may_end: bool
    may_enable: bool
    may_invite: bool  # once more, by mail

    @property
    def has_acts(self) -> bool:
        return self.may_decide or self.may_end or self.may_enable


@dataclass(frozen=True)
class Review:
    last_on: date | None
    is_due: bool


def in_force(session: Session, actor: Actor, place: Place, now: datetime) -> list[Row]:
    """Roles held over exactly this place, by role and name; disabled people too, so that they are not forgotten."""
    query = (
        select(Grant)
        .join(Person, Person.id == Grant.person_id)
        .where(
            *_over(place),
            Grant.ended_at.is_(None),
            Grant.until_at > now,
            (Grant.approved_by.is_not(None)) | (Grant.proposed_by.is_(None)),
        )
        .order_by(Grant.role, Person.name)
    )
    return [_row(session, actor, grant, now) for grant in session.scalars(query)]


def disabled(session: Session, place: Place) -> list[tuple[Person, Grant]]:
    """Disabled people whose last role was here."""
    query = (
        select(Person, Grant)
        .join(Grant, Grant.person_id == Person.id)
        .where(*_over(place), Person.disabled_at.is_not(None))
        .order_by(Person.name, Grant.id)
    )
    return list({person.id: (person, grant) for person, grant in session.execute(query)}.values())


def waiting(session: Session, actor: Actor, now: datetime, *, place: Place | None = None) -> list[Row]:
    """What was proposed: at one place, or wherever the reader may decide."""
    rows = [
        _row(session, actor, grant, now)
        for grant in grants.waiting_for(session)
        if place is None or grants.place_of(grant) == place
    ]
    return [row for row in rows if place is not None or row.may_decide]


def ending(session: Session, actor: Actor, now: datetime) -> list[Row]:
    """Roles that end within 60 days and that the reader may renew."""
    rows = [_row(session, actor, grant, now) for grant, _days in grants.ending_soon(session, now)]
    return [row for row in rows if row.may_decide]


def invited(session: Session, actor: Actor, now: datetime) -> list[Row]:
    """Whoever holds a role and never signed in, wherever the reader may invite them again."""
    query = (
        select(Grant)
        .join(Person, Person.id == Grant.person_id)
        .where(
            Grant.approved_by.is_not(None),
            Grant.ended_at.is_(None),
            Grant.until_at > now,
            Person.disabled_at.is_(None),
            ~exists().where(Account.person_id == Grant.person_id),
        )
        .order_by(Grant.from_at, Grant.id)
    )
    return [row for grant in session.scalars(query) if (row := _row(session, actor, grant, now)).may_invite]


def review(session: Session, agency: Agency, today: date) -> Review:
    last = reviews.last_reviews(session, [agency.id]).get(agency.id)
    return Review(last.astimezone(LONDON).date() if last else None, reviews.is_due(agency.kind, last, today))


def _over(place: Place) -> list[ColumnElement[bool]]:
    return [
        Grant.agency_id.is_(None) if place.agency_id is None else Grant.agency_id == place.agency_id,
        Grant.partnership_id.is_(None)
        if place.partnership_id is None
        else Grant.partnership_id == place.partnership_id,
        Grant.region_id.is_(None) if place.region_id is None else Grant.region_id == place.region_id,
    ]


def _row(session: Session, actor: Actor, grant: Grant, now: datetime) -> Row:
    person, place = session.get_one(Person, grant.person_id), grants.place_of(grant)
    left = (grant.until_at - now).days
    signs_in = people.has_account(session, person.id)

    def reaches(permission: Permission) -> bool:
        return may(
            session,
            actor,
            permission,
            partnership_id=place.partnership_id,
            agency_id=place.agency_id,
            region_id=place.region_id,
        )

    return Row(
        grant=grant,
        person=person,
        role=matrix().roles[grant.role].name,
        over=people.over(session, grant),
        asked_by=_name(session, grant.proposed_by),
        approved_by=_name(session, grant.approved_by),
        nomination=session.scalar(select(Nomination).where(Nomination.grant_id == grant.id)),
        days_left=left if left <= grants.WARNED_DAYS[0] else None,
        signs_in=signs_in,
        invited="" if signs_in else _invited(session, grant, now),
        may_decide=grants.may_decide(session, actor, grant),
        may_end=reaches(Permission.PERSON_DISABLE),
        may_invite=not signs_in and reaches(Permission.PERSON_INVITE) and _can_go_again(session, grant),
        may_enable=person.disabled_at is not None and reaches(Permission.PERSON_ENABLE),
    )


def _invited(session: Session, grant: Grant, now: datetime) -> str:
    notice, letter = letter_of(session, grant)
    if notice is None or notice.dropped_at is not None:
        return ""
    if letter is None or letter.sent_at is None:
        return INVITED[letter.state if letter else "waiting"]
    until = letter.sent_at + LASTS["first"]
    days = {"day": _day(letter.sent_at), "until": _day(until)}
    return INVITED["sent" if now < until else "over"].format(**days)


def _can_go_again(session: Session, grant: Grant) -> bool:
    """Not while an invitation waits to go out, nor where mail is shown and never sent."""
    if grant.partnership_id is None and grant.agency_id is None:
        return False
    notice, letter = letter_of(session, grant)
    return notice is None or not (
        is_waiting(notice, letter) or (letter is not None and letter.state == "shown")
    )


def _day(moment: datetime) -> str:
    local = moment.astimezone(LONDON)
    return f"{local.day} {local:%B %Y}"


def _name(session: Session, person_id: int | None) -> str:
    return session.get_one(Person, person_id).name if person_id is not None else ""
