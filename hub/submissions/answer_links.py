"""Links in mail by which a school's person answers a light return without a password (security.md T11).

A link is for one person and one return that needs one signature, works for one signature and ends after three days.
It is worked out from its row and the secret key, so that no table, letter or backup holds one. It opens nothing else.
"""

from __future__ import annotations

import hmac
from datetime import datetime, timedelta
from typing import cast

from sqlalchemy import CursorResult, select, update
from sqlalchemy.orm import Session

from hub.calendar.models import DueItem
from hub.definitions.catalogue import definition
from hub.errors import NotFound
from hub.partners.models import Agency, Person
from hub.partners.people import role_needs_second_factor
from hub.partners.policy import Permission, actor_for, may
from hub.partners.secrets import keyed_digest
from hub.post.models import AnswerLink
from hub.submissions.told import SIGNS

LASTS = timedelta(hours=72)
AT_LEAST = timedelta(hours=48)  # a letter carries a link that is good for that long
PURPOSE = "answer link"
NO_LINK = "This link does not work. Sign in to answer, or ask your data team."


def may_have(session: Session, person_id: int, item: DueItem) -> bool:
    """Whether a person may answer this return by a link: one signature is asked, and theirs needs no second factor."""
    agency = session.get_one(Agency, item.agency_id)
    owes = definition(session, item.return_code).owes_for(agency.kind)
    if owes is None or owes.signatures != 1 or role_needs_second_factor(session, SIGNS, agency.id):
        return False
    return may(
        session,
        actor_for(session, person_id),
        Permission.SUBMISSION_SIGN,
        partnership_id=item.partnership_id,
        agency_id=agency.id,
    )


def link_for(session: Session, person_id: int, due_item_id: int, *, now: datetime) -> AnswerLink:
    """The person's link to a return: the one that they have, while it lasts long enough, else a new one."""
    query = select(AnswerLink).where(
        AnswerLink.person_id == person_id,
        AnswerLink.due_item_id == due_item_id,
        AnswerLink.used_at.is_(None),
        AnswerLink.expires_at > now + AT_LEAST,
    )
    found = session.scalars(query.order_by(AnswerLink.id.desc())).first()
    if found is None:
        found = AnswerLink(
            person_id=person_id, due_item_id=due_item_id, made_at=now, expires_at=now + LASTS, used_at=None
        )
        session.add(found)
        session.flush()
    return found


def token(link_id: int, *, secret_key: str) -> str:
    return f"{link_id}-{keyed_digest(secret_key, PURPOSE, str(link_id))}"


def find(session: Session, given: str, *, secret_key: str) -> tuple[AnswerLink, Person]:
    """A link that was given out, and its person. NotFound for any other text, all alike."""
    number, _, _ = given.partition("-")
    known = number.isascii() and number.isdecimal() and len(number) <= 19
    if not known or not hmac.compare_digest(
        given.encode(), token(int(number), secret_key=secret_key).encode()
    ):
        raise NotFound(NO_LINK)
    row = session.execute(
        select(AnswerLink, Person)
        .join(Person, Person.id == AnswerLink.person_id)
        .where(AnswerLink.id == int(number), Person.disabled_at.is_(None))
    ).first()
    if row is None:
        raise NotFound(NO_LINK)
    return row[0], row[1]


def item_of(session: Session, link: AnswerLink) -> DueItem:
    """The return that a link leads to. NotFound where the person may not sign it alone any more."""
    item = session.scalar(select(DueItem).where(DueItem.id == link.due_item_id))
    if item is None or not may_have(session, link.person_id, item):
        raise NotFound(NO_LINK)
    return item


def spent(link: AnswerLink, *, now: datetime) -> str:
    """Why it can no longer be used; empty where it can."""
    if link.used_at is not None:
        return "This link was used: it works for one signature."
    return "This link is out of date." if link.expires_at <= now else ""


def spend(session: Session, link: AnswerLink, *, now: datetime) -> None:
    """Use it up with the signature, and with it every other link of the person to the same return. NotFound where somebody was first."""
    done = session.execute(
        update(AnswerLink).where(AnswerLink.id == link.id, AnswerLink.used_at.is_(None)).values(used_at=now)
    )
    if cast("CursorResult[object]", done).rowcount != 1:
        raise NotFound(NO_LINK)
    session.execute(
        update(AnswerLink)
        .where(
            AnswerLink.person_id == link.person_id,
            AnswerLink.due_item_id == link.due_item_id,
            AnswerLink.used_at.is_(None),
        )
        .values(used_at=now)
    )
