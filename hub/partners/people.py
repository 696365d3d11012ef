"""People and the roles they hold: found, made, disabled; roles granted and ended."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.errors import NotFound, WrongUsage
from hub.partners import sign_ins
from hub.partners.models import Account, Agency, Grant, Partnership, Person, Region
from hub.partners.policy import grants_of
from hub.partners.roles import API, matrix


def by_email(session: Session, email: str) -> Person | None:
    return session.scalar(select(Person).where(Person.email == email.strip().lower()))


def require(session: Session, email: str) -> Person:
    found = by_email(session, email)
    if found is None:
        raise NotFound(f"Nobody here has the e-mail address “{email}”.")
    return found


def is_address(text: str) -> bool:
    """Whether a text can be an e-mail address."""
    name, _, domain = text.strip().partition("@")
    return (
        bool(name and domain)
        and "@" not in domain
        and text.strip().isascii()
        and text.strip().isprintable()
        and " " not in text.strip()
    )


def make(session: Session, email: str, *, name: str = "") -> Person:
    """The person of an address, made if they are new; the name is theirs to give when they accept."""
    address = email.strip().lower()
    if not is_address(address):
        raise WrongUsage(f"“{email}” is not an e-mail address.")
    found = by_email(session, address)
    if found is None:
        found = Person(email=address, name=name or address.partition("@")[0])
        session.add(found)
        session.flush()
    return found


def grant(
    session: Session,
    person: Person,
    role: str,
    *,
    now: datetime,
    agency_id: int | None = None,
    partnership_id: int | None = None,
    region_id: int | None = None,
    proposed_by: int | None = None,
    approved_by: int | None = None,
) -> Grant:
    """Let a person hold a role over what that role is held over; the same grant twice is one, with its end moved on."""
    shape = matrix().roles.get(role)
    if shape is None or role == API:
        known = ", ".join(code for code in matrix().roles if code != API)
        raise WrongUsage(f"There is no role “{role}”. The roles are {known}.")
    given = {"agency": agency_id, "partnership": partnership_id, "region": region_id}
    _one_place(role, shape.over, {kind for kind, id in given.items() if id is not None})
    until = now + timedelta(days=shape.days)
    for held in grants_of(session, person.id, now):
        if (held.role, held.agency_id, held.partnership_id, held.region_id) == (role, *given.values()):
            held.until_at = until
            return held
    made = Grant(
        person_id=person.id,
        role=role,
        agency_id=agency_id,
        partnership_id=partnership_id,
        region_id=region_id,
        from_at=now,
        until_at=until,
        proposed_by=proposed_by,
        approved_by=approved_by,
    )
    session.add(made)
    session.flush()
    return made


def needs_second_factor(session: Session, grants: list[Grant]) -> bool:
    """Whether one of the roles may only be used with a second factor."""
    return any(role_needs_second_factor(session, held.role, held.agency_id) for held in grants)


def role_needs_second_factor(session: Session, role: str, agency_id: int | None) -> bool:
    shape = matrix().roles[role]
    if not shape.second_factor or agency_id is None or not shape.except_kinds:
        return shape.second_factor
    agency = session.get(Agency, agency_id)
    return agency is None or agency.kind not in shape.except_kinds


def disable(session: Session, person: Person, *, now: datetime) -> None:
    """At once: roles are of no use, and every browser and key of theirs is refused from the next request on."""
    person.disabled_at = now
    sign_ins.end(session, person.id, now=now)
    session.flush()


def end_grants(session: Session, person: Person, *, now: datetime) -> int:
    ended = grants_of(session, person.id, now)
    for held in ended:
        held.ended_at = now
    session.flush()
    return len(ended)


def local_account(session: Session, person_id: int) -> Account | None:
    query = select(Account).where(
        Account.person_id == person_id, Account.kind == "local", Account.disabled_at.is_(None)
    )
    return session.scalars(query.order_by(Account.id.desc())).first()


def _one_place(role: str, over: str, given: set[str]) -> None:
    wanted = set() if over == "deployment" else {over}
    if given == wanted:
        return
    if not wanted:
        raise WrongUsage(
            f"{role} is held over the whole deployment: leave out --{' and --'.join(sorted(given))}."
        )
    raise WrongUsage(
        f"{role} is held over a{'n' if over[0] in 'aeiou' else ''} {over}: say which with --{over}, and nothing else."
    )


def has_account(session: Session, person_id: int) -> bool:
    query = select(Account.id).where(Account.person_id == person_id, Account.disabled_at.is_(None))
    return session.scalars(query).first() is not None


def everybody(session: Session) -> list[Person]:
    return list(session.scalars(select(Person).order_by(Person.email)))


def region(session: Session, code: str) -> Region:
    found = session.scalar(select(Region).where(Region.code == code))
    if found is None:
        raise NotFound(f"There is no region “{code}”.")
    return found


def regions(session: Session) -> list[Region]:
    return list(session.scalars(select(Region).order_by(Region.name)))


def partnerships(session: Session) -> list[Partnership]:
    return list(session.scalars(select(Partnership).order_by(Partnership.name)))


def over(session: Session, grant: Grant) -> str:
    """What a role is held over, in words."""
    if grant.agency_id is not None:
        return f"at {session.get_one(Agency, grant.agency_id).name}"
    if grant.partnership_id is not None:
        return f"in {session.get_one(Partnership, grant.partnership_id).name}"
    if grant.region_id is not None:
        return f"for {session.get_one(Region, grant.region_id).name}"
    return "over the whole hub"
