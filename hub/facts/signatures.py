"""How often returns were signed: whatever is worked out of the signatures of one, or of one period of it, holds until the next."""

from __future__ import annotations

from typing import NamedTuple

from sqlalchemy import bindparam, func, select
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
    of_kind = {} if kind is None else {"kind": kind}
    asked = {"partnership_id": at.partnership_id, "position": at.position, "return_code": return_code}
    rows = session.execute(_BY_PERIOD if kind is None else _BY_PERIOD_OF_KIND, asked | of_kind)
    return [Signatures(number, parse(code), (count, newest)) for number, code, count, newest in rows]


def stamps(session: Session, at: AsAt) -> dict[str, tuple[int, int]]:
    """Of every return that was signed as at a position: another one as soon as anything more is signed of it."""
    asked = {"partnership_id": at.partnership_id, "position": at.position}
    return {code: (count, newest) for code, count, newest in session.execute(_BY_RETURN, asked)}


_SIGNED = (
    Revision.partnership_id == bindparam("partnership_id"),
    Revision.position <= bindparam("position"),
)
_STAMP = (func.count(), func.max(Revision.id))
_BY_RETURN = select(Revision.return_code, *_STAMP).where(*_SIGNED).group_by(Revision.return_code)
_BY_PERIOD = (
    select(Revision.period_id, PeriodRow.code, *_STAMP)
    .join(PeriodRow, PeriodRow.id == Revision.period_id)
    .where(*_SIGNED, Revision.return_code == bindparam("return_code"))
    .group_by(Revision.period_id, PeriodRow.code)
)
_BY_PERIOD_OF_KIND = _BY_PERIOD.join(Agency, Agency.id == Revision.agency_id).where(
    Agency.kind == bindparam("kind")
)
