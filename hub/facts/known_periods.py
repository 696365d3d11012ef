"""The periods behind the numbers that ledgers and due lists carry."""

from __future__ import annotations

from collections.abc import Set

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.audit.settled import settled
from hub.db import is_writing
from hub.definitions.models import PeriodRow
from hub.periods import Period, parse


def periods_by_id(session: Session, ids: Set[int]) -> dict[int, Period]:
    """Number → period, of these. Periods are made when they are first needed, by signatures too."""
    known = {} if is_writing(session) else settled(session, _periods)
    if lacking := ids - known.keys():
        known = known | _periods(session, lacking)
    return {number: known[number] for number in ids}


def _periods(session: Session, ids: Set[int] | None = None) -> dict[int, Period]:
    """Of every number, unless only of some."""
    query = select(PeriodRow.id, PeriodRow.code)
    if ids is not None:
        query = query.where(PeriodRow.id.in_(ids))
    return {number: parse(code) for number, code in session.execute(query)}
