"""The periods behind the numbers that ledgers and due lists carry."""

from __future__ import annotations

from collections.abc import Set

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.audit.settled import settled
from hub.definitions.models import PeriodRow
from hub.periods import Period, parse


def periods_by_id(session: Session, ids: Set[int]) -> dict[int, Period]:
    """Number → period, of these. Periods are made when they are first needed, by signatures too."""
    known = settled(session, _every_period)
    if ids - known.keys():
        known = _every_period(session)
    return {number: known[number] for number in ids}


def _every_period(session: Session) -> dict[int, Period]:
    return {number: parse(code) for number, code in session.execute(select(PeriodRow.id, PeriodRow.code))}
