"""Local accounts: signing in with a password and, where a role needs it, a single-use code.

A known and an unknown address take the same steps and the same time, and read the same answer.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.partners import passwords, people, second_factor, sign_ins
from hub.partners.models import Account, Person


@dataclass(frozen=True)
class Typed:
    email: str
    password: str
    code: str = ""


def recognise(
    session: Session, typed: Typed, *, secret_key: str, now: datetime, demo: bool
) -> Account | None:
    """The account whose password, and code where one is enrolled, were typed; None says nothing about which was wrong.

    A demo asks for the password alone; it is served on the loopback address only.
    """
    person = people.by_email(session, typed.email)
    account = _usable(session, person)
    right = passwords.matches(account.password_hash if account else None, typed.password)
    if account is None or not right:
        return None
    if account.totp_secret is None or demo:
        return account
    return (
        account if second_factor.spend(session, account, typed.code, secret_key=secret_key, now=now) else None
    )


def open_local(session: Session, person: Person, password: str, *, now: datetime) -> Account:
    """Give the person a local account, or their account a new password; raises ValueError with what is wrong."""
    fault = passwords.fault(password, email=person.email)
    if fault:
        raise ValueError(fault)
    account = people.local_account(session, person.id)
    if account is None:
        account = Account(person_id=person.id, kind="local", created_at=now)
        session.add(account)
    account.password_hash = passwords.hashed(password)
    session.flush()
    return account


def change_password(
    session: Session, account: Account, password: str, *, now: datetime, but: int | None
) -> None:
    """A new password ends every other sign-in of the person."""
    person = session.get_one(Person, account.person_id)
    open_local(session, person, password, now=now)
    sign_ins.end(session, person.id, now=now, but=but)


def of_provider(session: Session, issuer: str, subject: str) -> Account | None:
    """The account that a provider's (issuer, subject) was linked to; an e-mail address never is the key."""
    query = select(Account).join(Person, Person.id == Account.person_id)
    return session.scalars(
        query.where(
            Account.issuer == issuer,
            Account.subject == subject,
            Account.disabled_at.is_(None),
            Person.disabled_at.is_(None),
        )
    ).first()


def link_provider(session: Session, person: Person, issuer: str, subject: str, *, now: datetime) -> Account:
    account = Account(person_id=person.id, kind="oidc", issuer=issuer, subject=subject, created_at=now)
    session.add(account)
    session.flush()
    return account


def _usable(session: Session, person: Person | None) -> Account | None:
    if person is None or person.disabled_at is not None:
        return None
    return people.local_account(session, person.id)
