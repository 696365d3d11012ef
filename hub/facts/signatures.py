"""How often returns were signed: whatever is worked out of the signatures of one, or of one period of it, holds until the next."""

from __future__ import annotations

from typing import NamedTuple

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from hub.definitions.models import PeriodRow
from hub.facts.models import Revision
from hub.facts.queries import AsAt
from hub.partners.models import Agency
from hub.periods import Period, parse


class Signatures(NamedTuple):
    """Of one period of collection. `stamp`, how many and the newest one's number, is another as soon as anything more is signed."""

    period_id: int
    period: Period
    stamp: tuple[int, int]


def signatures(session: Session, at: AsAt, return_code: str, *, kind: str | None = None) -> list[Signatures]:
    """Of a return, by period of collection, as at a position; `kind` counts what agencies of that kind signed."""
    query = (
        select(Revision.period_id, PeriodRow.code, func.count(), func.max(Revision.id))
        .join(PeriodRow, PeriodRow.id == Revision.period_id)
        .where(
            Revision.partnership_id == at.partnership_id,
            Revision.return_code == return_code,
            Revision.position <= at.position,
        )
        .group_by(Revision.period_id, PeriodRow.code)
    )
    if kind is not None:
        query = query.join(Agency, Agency.id == Revision.agency_id).where(Agency.kind == kind)
    rows = session.execute(query)
    return [Signatures(number, parse(code), (count, newest)) for number, code, count, newest in rows]


def stamps(session: Session, at: AsAt) -> dict[str, tuple[int, int]]:
    """Of every return that was signed as at a position: another one as soon as anything more is signed of it."""
    query = (
        select(Revision.return_code, func.count(), func.max(Revision.id))
        .where(Revision.partnership_id == at.partnership_id, Revision.position <= at.position)
        .group_by(Revision.return_code)
    )
    return {code: (count, newest) for code, count, newest in session.execute(query)}
