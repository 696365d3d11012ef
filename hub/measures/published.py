"""Where published figures stand.

Published figures are readable from every partnership: a council's lie in its own partnership, or, for an illustrative
one, in the partnership that the same council leads.
"""

from __future__ import annotations

from sqlalchemy import ColumnElement, exists, select
from sqlalchemy.orm import Session

from hub.audit.settled import settled
from hub.definitions.models import DefinitionVersion
from hub.facts.models import Revision
from hub.facts.moments import AsAt, published_as_at
from hub.partners.models import Partnership


def published_elsewhere(session: Session, partnership: Partnership, at: AsAt) -> dict[str, AsAt]:
    """Return → the ledger to read it from, where another partnership has published figures that this one has none of."""
    if partnership.council_agency_id is None:
        return {}
    found: dict[str, AsAt] = {}
    for other in settled(session, _led_besides, partnership.council_agency_id, partnership.id):
        there = published_as_at(session, at, partnership_id=other, illustrative=partnership.illustrative)
        found = dict.fromkeys(_returns_of(session, other, Revision.published.is_(True)), there) | found
    own = _returns_of(session, partnership.id) if found else set()
    return {code: there for code, there in found.items() if code not in own}


def _led_besides(session: Session, council_id: int, partnership_id: int) -> list[int]:
    """The other partnerships that a council leads, but for illustrative ones."""
    led = select(Partnership.id).where(
        Partnership.council_agency_id == council_id,
        Partnership.id != partnership_id,
        Partnership.illustrative.is_(False),
    )
    return list(session.scalars(led.order_by(Partnership.id)))


def _returns_of(session: Session, partnership_id: int, *narrowed: ColumnElement[bool]) -> set[str]:
    """The returns of which anything was ever signed in a partnership."""
    signed = exists().where(
        Revision.partnership_id == partnership_id,
        Revision.return_code == DefinitionVersion.code,
        *narrowed,
    )
    query = select(DefinitionVersion.code).where(DefinitionVersion.kind == "return", signed)
    return set(session.scalars(query))
