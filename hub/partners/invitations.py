"""One-time links: a first sign-in, a forgotten password, a lost second factor, all through the same door.

Only the digest of a link is kept; it works once and not for long. A first sign-in needs nobody who is signed in,
which is how a deployment gets its first administrator.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import cast

from sqlalchemy import CursorResult, select, update
from sqlalchemy.orm import Session

from hub.db import new_id
from hub.errors import NotFound
from hub.partners import people, sign_ins
from hub.partners.models import Invitation, Person
from hub.partners.policy import grants_of
from hub.partners.secrets import digest_of, keyed_digest, new_token

LASTS = {"first": timedelta(days=7), "password": timedelta(hours=24), "second_factor": timedelta(hours=24)}
MAIL_AT_LEAST = timedelta(days=5)  # every attempt to send a letter carries the same link
BY_MAIL = "invitation by mail"
SPENT = "This link was used or is out of date. Ask the person who sent it for a new one."


def make(session: Session, person: Person, purpose: str, *, now: datetime) -> str:
    """The token of a new link; earlier links of the person stop working."""
    end_links(session, person.id, now=now)
    token = new_token()
    expires = now + LASTS[purpose]
    session.add(
        Invitation(
            token_digest=digest_of(token),
            person_id=person.id,
            purpose=purpose,
            expires_at=expires,
            used_at=None,
        )
    )
    session.flush()
    return token


def by_mail(session: Session, person: Person, *, secret_key: str, now: datetime) -> Invitation:
    """The link of a person's invitation by mail: the one that they have, while it lasts long enough, else a new one.

    It is worked out from its row and the secret key as the mail leaves: no letter, table or backup holds it. A link that
    somebody was shown meanwhile goes on working; using one spends both.
    """
    query = select(Invitation).where(
        Invitation.person_id == person.id,
        Invitation.purpose == "first",
        Invitation.used_at.is_(None),
        Invitation.expires_at > now + MAIL_AT_LEAST,
    )
    for found in session.scalars(query):
        if found.token_digest == digest_of(mailed_token(found.id, secret_key=secret_key)):
            return found
    number = new_id()
    made = Invitation(
        id=number,
        token_digest=digest_of(mailed_token(number, secret_key=secret_key)),
        person_id=person.id,
        purpose="first",
        expires_at=now + LASTS["first"],
        used_at=None,
    )
    session.add(made)
    session.flush()
    return made


def mailed_token(number: int, *, secret_key: str) -> str:
    return f"{number}-{keyed_digest(secret_key, BY_MAIL, str(number))}"


def find(session: Session, token: str, *, now: datetime) -> tuple[Invitation, Person]:
    """Raises NotFound for a link that is unknown, used or out of date, all alike."""
    row = session.execute(
        select(Invitation, Person)
        .join(Person, Person.id == Invitation.person_id)
        .where(
            Invitation.token_digest == digest_of(token),
            Invitation.used_at.is_(None),
            Invitation.expires_at > now,
            Person.disabled_at.is_(None),
        )
    ).first()
    if row is None:
        raise NotFound(SPENT)
    return row[0], row[1]


def spend(session: Session, invitation: Invitation, *, now: datetime) -> None:
    """Use the link up, once, whoever else holds it; the person's sign-ins elsewhere end."""
    spent = session.execute(
        update(Invitation)
        .where(Invitation.id == invitation.id, Invitation.used_at.is_(None))
        .values(used_at=now)
    )
    if cast("CursorResult[object]", spent).rowcount != 1:
        raise NotFound(SPENT)
    end_links(session, invitation.person_id, now=now)
    sign_ins.end(session, invitation.person_id, now=now)


def asks_for_code(session: Session, invitation: Invitation, *, now: datetime) -> bool:
    """Whether accepting the link means enrolling a second factor."""
    account = people.local_account(session, invitation.person_id)
    if invitation.purpose == "second_factor":
        return True
    if account is not None and account.totp_secret is not None:
        return False
    return people.needs_second_factor(session, grants_of(session, invitation.person_id, now))


def end_links(session: Session, person_id: int, *, now: datetime) -> None:
    """Every link that the person still has stops working."""
    session.execute(
        update(Invitation)
        .where(Invitation.person_id == person_id, Invitation.used_at.is_(None))
        .values(used_at=now)
    )
