"""Who a reader is to the disclosure gate: what of a partnership's figures they may read, and how exactly.

Published figures are the one exception to tenancy: every signed-in person with a role other than the administrator's
reads them, of any council, as they were published.
"""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.calendar.models import DueItem
from hub.clock import today_for
from hub.definitions import catalogue
from hub.errors import NotFound, UnknownDefinition
from hub.measures.model import Measure, Series
from hub.measures.protect import OPERATOR, Audience, protect
from hub.partners.models import Partnership
from hub.partners.policy import Actor, Permission, may, sees_exactly
from hub.partners.queries import members_on
from hub.periods import Kind


def protected(
    session: Session,
    series: Series,
    kind: Kind,
    *,
    reader: Actor | None,
    partnership: Partnership,
    owner: str | None,
) -> Series:
    """The series as the reader may see it; None is the host's operator. `owner` is the agency it was asked of.

    Errors: NotFound where the reader may read nothing of the partnership, as if it were not there.
    """
    if reader is None:
        return protect(series, OPERATOR)
    if is_published(session, series.measure, kind):
        if not may(session, reader, Permission.FIGURES_PUBLISHED):
            raise NotFound(f"There is no partnership “{partnership.code}”.")
        return series
    if not may(session, reader, Permission.BOARD_READ, partnership_id=partnership.id):
        raise NotFound(f"There is no partnership “{partnership.code}”.")
    members = members_on(session, partnership.id, today_for(partnership))
    own = frozenset(
        member.code
        for member in members
        if sees_exactly(session, reader, partnership_id=partnership.id, agency_id=member.id)
    )
    audience = Audience(
        exact=bool(members) and len(own) == len(members),
        agencies=own,
        money=series.finance and reads_money(session, reader, partnership),
    )
    return protect(series, audience, owner=owner)


def reads_money(session: Session, reader: Actor, partnership: Partnership) -> bool:
    """Whether the reader may see what each party pays; a party is an agency that is asked about money."""
    codes = [definition.code for definition in catalogue.definitions(session) if definition.finance]
    parties = select(DueItem.agency_id).where(
        DueItem.partnership_id == partnership.id, DueItem.return_code.in_(codes)
    )
    return may(
        session,
        reader,
        Permission.FINANCE_TOTALS,
        partnership_id=partnership.id,
        parties=frozenset(session.scalars(parties.distinct())),
    )


def is_published(session: Session, measure: Measure, kind: Kind) -> bool:
    """Whether the measure's figures of that kind of period come from a published return."""
    source = measure.sources.get(kind)
    if source is None:
        return False
    try:
        return catalogue.definition(session, source.return_code).published
    except UnknownDefinition:
        return False  # `all`, `none`: it is about the returns themselves, or about meetings
