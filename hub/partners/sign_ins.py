"""Browsers that are signed in: begun, found again, given a new name, listed, ended (security.md T10).

On real time, whatever a partnership's own clock says. Only the digest of the cookie is kept. Takes and gives rows
and tokens; cookies and requests are the concern of access/.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import cast

from sqlalchemy import CursorResult, bindparam, select, update
from sqlalchemy.orm import Session

from hub.partners.models import Account, Person, SignInSession
from hub.partners.secrets import digest_of, new_token

IDLE = timedelta(minutes=30)
ABSOLUTE = timedelta(hours=12)
FRESH = timedelta(minutes=10)


# Asked at every request, so written once: to put it together takes longer than to run it.
_FOUND = (
    select(SignInSession, Account, Person)
    .join(Account, Account.id == SignInSession.account_id)
    .join(Person, Person.id == Account.person_id)
    .where(
        SignInSession.token_digest == bindparam("digest"),
        SignInSession.ended_at.is_(None),
        SignInSession.seen_at > bindparam("seen_after"),
        SignInSession.started_at > bindparam("started_after"),
        Account.disabled_at.is_(None),
        Person.disabled_at.is_(None),
    )
)


def begin(session: Session, account: Account, *, now: datetime, device: str) -> tuple[SignInSession, str]:
    """A sign-in and the token of its cookie."""
    token = new_token()
    begun = SignInSession(
        token_digest=digest_of(token),
        account_id=account.id,
        csrf_secret=new_token(),
        started_at=now,
        seen_at=now,
        stepped_up_at=now,
        ended_at=None,
        device=device[:80],
    )
    session.add(begun)
    session.flush()
    return begun, token


def find(session: Session, token: str, *, now: datetime) -> tuple[SignInSession, Account, Person] | None:
    """The sign-in of a cookie, if it, its account and its person are all in force."""
    asked = {"digest": digest_of(token), "seen_after": now - IDLE, "started_after": now - ABSOLUTE}
    row = session.execute(_FOUND, asked).first()
    return None if row is None else (row[0], row[1], row[2])


def ended_one(session: Session, token: str) -> SignInSession | None:
    """The row of a cookie even when it is over: to know that a form came from it."""
    return session.scalar(select(SignInSession).where(SignInSession.token_digest == digest_of(token)))


def touch(session: Session, sign_in_id: int, *, now: datetime) -> None:
    session.execute(update(SignInSession).where(SignInSession.id == sign_in_id).values(seen_at=now))


def rename(session: Session, sign_in: SignInSession, *, now: datetime) -> str:
    """After the person proved again who they are: a new token, the old one is dead at once."""
    token = new_token()
    sign_in.token_digest, sign_in.csrf_secret, sign_in.stepped_up_at = digest_of(token), new_token(), now
    session.flush()
    return token


def is_fresh(sign_in: SignInSession, *, now: datetime) -> bool:
    return sign_in.stepped_up_at is not None and sign_in.stepped_up_at > now - FRESH


def open_ones(session: Session, person_id: int, *, now: datetime) -> list[SignInSession]:
    """The person's sign-ins in force, in every browser, latest first."""
    return list(
        session.scalars(
            select(SignInSession)
            .join(Account, Account.id == SignInSession.account_id)
            .where(
                Account.person_id == person_id,
                SignInSession.ended_at.is_(None),
                SignInSession.seen_at > now - IDLE,
                SignInSession.started_at > now - ABSOLUTE,
            )
            .order_by(SignInSession.started_at.desc())
        )
    )


def end(
    session: Session, person_id: int, *, now: datetime, only: int | None = None, but: int | None = None
) -> int:
    """End one of the person's sign-ins, all but one, or all; says how many were open."""
    theirs = select(Account.id).where(Account.person_id == person_id)
    query = update(SignInSession).where(
        SignInSession.account_id.in_(theirs), SignInSession.ended_at.is_(None)
    )
    if only is not None:
        query = query.where(SignInSession.id == only)
    if but is not None:
        query = query.where(SignInSession.id != but)
    ended = session.execute(query.values(ended_at=now), execution_options={"synchronize_session": False})
    return cast("CursorResult[object]", ended).rowcount
