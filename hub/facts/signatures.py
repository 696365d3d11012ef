"""How often returns were signed: whatever is worked out of the signatures of one, or of one period of it, holds until the next."""

from __future__ import annotations

from typing import NamedTuple

from sqlalchemy import bindparam, func, select
from sqlalchemy.orm import Session

from hub.facts.known_periods import periods_by_id
from hub.facts.models import Revision
from hub.facts.moments import AsAt
from hub.partners.models import Agency
from hub.periods import Period


class Signatures(NamedTuple):
    """Of one period of collection. `stamp`, how many and the newest one's position, is another as soon as anything more is signed."""

    period_id: int
    period: Period
    stamp: tuple[int, int]


def signatures(session: Session, at: AsAt, return_code: str, *, kind: str | None = None) -> list[Signatures]:
    """Of a return, by period of collection, as at a position; `kind` counts what agencies of that kind signed."""
    of_kind = {} if kind is None else {"kind": kind}
    asked = {"partnership_id": at.partnership_id, "position": at.position, "return_code": return_code}
    rows = session.execute(_BY_PERIOD if kind is None else _BY_PERIOD_OF_KIND, asked | of_kind).all()
    periods = periods_by_id(session, {row[0] for row in rows})
    return [Signatures(number, periods[number], (count, newest)) for number, count, newest in rows]


def stamps(session: Session, at: AsAt) -> dict[str, tuple[int, int]]:
    """Of every return that was signed as at a position: another one as soon as anything more is signed of it."""
    asked = {"partnership_id": at.partnership_id, "position": at.position}
    return {code: (count, newest) for code, count, newest in session.execute(_BY_RETURN, asked)}


# As a sum, so that no engine goes by the order of positions through everything that was ever signed.
SIGNED_BY = Revision.position + 0 <= bindparam("position")
_SIGNED = (Revision.partnership_id == bindparam("partnership_id"), SIGNED_BY)
_STAMP = (func.count(), func.max(Revision.position))  # of an index alone
_BY_RETURN = select(Revision.return_code, *_STAMP).where(*_SIGNED).group_by(Revision.return_code)
_BY_PERIOD = (
    select(Revision.period_id, *_STAMP)
    .where(*_SIGNED, Revision.return_code == bindparam("return_code"))
    .group_by(Revision.period_id)
)
_BY_PERIOD_OF_KIND = _BY_PERIOD.where(
    Revision.agency_id.in_(select(Agency.id).where(Agency.kind == bindparam("kind")))
)
