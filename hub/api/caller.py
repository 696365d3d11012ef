"""Who asks by key: the one agency that the key speaks for, and the partnerships that it takes part in today."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from flask import g
from sqlalchemy import select

from hub.access import transaction
from hub.errors import NotAllowed
from hub.partners.models import Agency, Membership, Partnership
from hub.partners.policy import belongs


def agency_id() -> int:
    held = next((held.agency_id for held in g.actor.held if held.agency_id is not None), None)
    if held is None:
        raise NotAllowed("This key speaks for no agency.")
    return int(held)


def agency() -> Agency:
    return transaction.reading().get_one(Agency, agency_id())


def partnerships() -> Sequence[Partnership]:
    """By code; on each partnership's own clock."""
    session, own = transaction.reading(), agency_id()
    query = (
        select(Partnership)
        .join(Membership, Membership.partnership_id == Partnership.id)
        .where(Membership.agency_id == own)
        .order_by(Partnership.code)
        .distinct()
    )
    return [one for one in session.scalars(query) if belongs(session, one.id, own)]


def partnership() -> Partnership:
    """The partnership in the address, which the guard has let the key through to."""
    return transaction.reading().get_one(Partnership, g.place.partnership_id)


def iso(day: date | None) -> str | None:
    return day.isoformat() if day else None
