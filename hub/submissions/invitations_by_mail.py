"""Invitations by mail: whoever holds a new role and has never signed in gets their one-time link, once.

Nobody has to press anything: that two persons gave the role is the invitation, so who may invite is who may approve
(permissions.yaml). One that nobody accepted is sent anew by hand, by whoever looks after the people there. A role that
the operator gives on the command line prints its link there.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, String, cast, exists, func, literal, select
from sqlalchemy.orm import Session

from hub.audit.chain import record
from hub.clock import now_for
from hub.errors import NotReady
from hub.partners import invitations, people
from hub.partners.models import Account, Grant, Person
from hub.partners.policy import Actor, grants_of
from hub.post.models import Letter, Notice
from hub.post.outbox import Telling, tell
from hub.submissions.roles_ending import places

KIND = "invited"
NEW = timedelta(days=7)  # an older role is no news: its holder is given a link on the page of people


def owed(session: Session, *, now: datetime) -> list[Grant]:
    """Roles that were approved lately and were not told yet, of persons who cannot sign in."""
    told = exists().where(Notice.occasion == _occasion())
    signs_in = exists().where(Account.person_id == Grant.person_id, Account.disabled_at.is_(None))
    query = (
        select(Grant)
        .join(Person, Person.id == Grant.person_id)
        .where(
            Grant.approved_by.is_not(None),
            Grant.ended_at.is_(None),
            Grant.from_at > now - NEW,
            Grant.until_at > now,
            Person.disabled_at.is_(None),
            ~signs_in,
            ~told,
        )
        .order_by(Grant.id)
    )
    return list(session.scalars(query))


def invite(session: Session, *, now: datetime) -> int:
    """Put the invitations into the outbox; doing it again puts none. A role in no partnership is told by nobody's mail."""
    tellings = [
        Telling(
            partnership_id=place.partnership.id,
            kind=KIND,
            occasion=f"{grant.id}",
            made_at=now_for(place.partnership),
            person_id=grant.person_id,
        )
        for grant in owed(session, now=now)
        for place in list(places(session, grant))[:1]
    ]
    return tell(session, tellings) if tellings else 0


def invite_again(session: Session, actor: Actor, grant: Grant, *, now: datetime) -> None:
    """Invite somebody anew who did not accept; the link that they had stops working.

    Errors: NotReady where they can sign in, hold the role no longer, or an invitation waits to go out already.
    """
    notice, letter = letter_of(session, grant)
    place = next(places(session, grant), None)
    if grant.id not in {each.id for each in grants_of(session, grant.person_id, now)}:
        raise NotReady("This role is not held, so nobody is invited to it.")
    if people.has_account(session, grant.person_id):
        raise NotReady("They can sign in already, so they need no invitation.")
    if notice is not None and is_waiting(notice, letter):
        raise NotReady("Their invitation waits to go out already.")
    if place is None:
        raise NotReady("This role lies in no partnership that could invite. Make their first link instead.")
    invitations.end_links(session, grant.person_id, now=now)
    earlier = session.scalar(select(func.count()).select_from(Notice).where(_of(grant)))
    told = Telling(
        partnership_id=place.partnership.id,
        kind=KIND,
        occasion=f"{grant.id}:{earlier}",
        made_at=now_for(place.partnership),
        person_id=grant.person_id,
    )
    tell(session, [told])
    subject, detail = f"person:{grant.person_id}", {"role": grant.role}
    record(session, actor=actor.principal, action="person:invite", subject=subject, detail=detail)


def letter_of(session: Session, grant: Grant) -> tuple[Notice | None, Letter | None]:
    """The latest invitation of a role, and the letter that it went in."""
    query = (
        select(Notice, Letter)
        .outerjoin(Letter, Letter.id == Notice.letter_id)
        .where(_of(grant))
        .order_by(Notice.id.desc())
    )
    found = session.execute(query).first()
    return (found[0], found[1]) if found else (None, None)


def is_waiting(notice: Notice, letter: Letter | None) -> bool:
    """Whether an invitation is still to go out."""
    return notice.dropped_at is None and (letter is None or letter.state == "waiting")


def _of(grant: Grant) -> ColumnElement[bool]:
    return Notice.occasion.startswith(f"{KIND}:{grant.id}:")


def _occasion() -> ColumnElement[str]:
    """As the outbox writes it, so that each role is told once."""
    return literal(f"{KIND}:") + cast(Grant.id, String) + literal(":person:") + cast(Grant.person_id, String)


def grant_id_of(notice: Notice) -> int:
    return int(notice.occasion.split(":")[1])


def is_wanted(session: Session, notice: Notice) -> bool:
    """Whether the role still stands and its holder still cannot sign in."""
    grant = session.get(Grant, grant_id_of(notice))
    signs_in = select(Account.id).where(Account.person_id == notice.person_id, Account.disabled_at.is_(None))
    return grant is not None and grant.ended_at is None and session.scalars(signs_in).first() is None
