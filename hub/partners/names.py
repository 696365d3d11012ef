"""What agencies were called: the name in force on a day, as known at a moment."""

from __future__ import annotations

from collections.abc import Collection
from datetime import UTC, date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.audit.settled import settled
from hub.partners.models import Agency, AgencyName

ALWAYS = datetime.min.replace(tzinfo=UTC)


def named_as_at(session: Session, day: date, moment: datetime, codes: Collection[str]) -> tuple[str, ...]:
    """Agencies by name and code, in their order."""
    names = names_as_at(session, day, moment, codes=codes) if codes else {}
    return tuple(f"{names[code]} ({code})" for code in codes)


def names_as_at(
    session: Session, day: date, moment: datetime, *, codes: Collection[str] | None = None
) -> dict[str, str]:
    """Code → name, of these agencies or of all. Few were ever renamed after they were entered; the others have one name."""
    named = select(Agency.code, Agency.name)
    if codes is not None:
        named = named.where(Agency.code.in_(codes))
    names: dict[str, str] = dict(session.execute(named).all())
    last: dict[str, tuple[date, datetime]] = {}
    for code, name, from_on, known_at in settled(session, _renamed):
        since = (from_on or date.min, known_at or ALWAYS)
        if code in names and since[0] <= day and since[1] <= moment and since >= last.get(code, since):
            names[code], last[code] = name, since
    return names


def _renamed(session: Session) -> list[tuple[str, str, date | None, datetime | None]]:
    """Every name of the agencies that were renamed after they were entered."""
    changed = select(AgencyName.agency_id).where(AgencyName.known_at.is_not(None))
    dated = (
        select(Agency.code, AgencyName.name, AgencyName.from_on, AgencyName.known_at)
        .join(Agency, Agency.id == AgencyName.agency_id)
        .where(AgencyName.agency_id.in_(changed))
    )
    return [(code, name, from_on, known_at) for code, name, from_on, known_at in session.execute(dated)]
