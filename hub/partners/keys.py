"""Keys of an agency's own systems (security.md T13): shown once, kept as a digest, ended within a year, never signing.

A key answers to the person who owns it: it is refused once the person is disabled or holds no role at the agency.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.errors import NotFound, WrongUsage
from hub.partners.models import ApiKey
from hub.partners.policy import grants_of
from hub.partners.secrets import digest_of, new_token

PREFIX = "hub_"
LONGEST = timedelta(days=365)


def make(
    session: Session, *, agency_id: int, owner_id: int, name: str, now: datetime, days: int = 365
) -> tuple[ApiKey, str]:
    """The key's row and its text, which is shown this once."""
    lasts = timedelta(days=days)
    if not timedelta(0) < lasts <= LONGEST:
        raise WrongUsage("A key lasts at least a day and at most 365 days.")
    text = PREFIX + new_token()
    key = ApiKey(
        digest=digest_of(text),
        name=name.strip() or "unnamed",
        agency_id=agency_id,
        owner_person_id=owner_id,
        created_at=now,
        expires_at=now + lasts,
        revoked_at=None,
    )
    session.add(key)
    session.flush()
    return key, text


def find(session: Session, text: str, *, now: datetime) -> ApiKey | None:
    """The key of a presented text, if it and its owner are in force."""
    key = session.scalar(
        select(ApiKey).where(
            ApiKey.digest == digest_of(text), ApiKey.revoked_at.is_(None), ApiKey.expires_at > now
        )
    )
    if key is None:
        return None
    owners = grants_of(session, key.owner_person_id, now)
    return key if any(held.agency_id == key.agency_id for held in owners) else None


def of_agency(session: Session, agency_id: int) -> list[ApiKey]:
    return list(
        session.scalars(
            select(ApiKey).where(ApiKey.agency_id == agency_id).order_by(ApiKey.created_at.desc())
        )
    )


def rotate(session: Session, key: ApiKey, *, now: datetime) -> tuple[ApiKey, str]:
    """A new key in place of this one, for as long as this one would have lasted; this one ends at once."""
    if key.revoked_at is not None or key.expires_at <= now:
        raise NotFound("This key has ended. Make a new one.")
    revoke(session, key, now=now)
    days = max(1, (key.expires_at - now).days)
    return make(
        session, agency_id=key.agency_id, owner_id=key.owner_person_id, name=key.name, now=now, days=days
    )


def revoke(session: Session, key: ApiKey, *, now: datetime) -> None:
    key.revoked_at = key.revoked_at or now
    session.flush()
