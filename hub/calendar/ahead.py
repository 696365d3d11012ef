"""Keeping the due list as far as the calendar: what a partnership is asked for appears by itself as time goes on.

A return that is asked for the first time begins with the earliest period that is not past its due day, so that nobody
is late with what nobody had asked.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from hub import periods
from hub.calendar.due import due_on, make_due_items
from hub.calendar.models import DueItem
from hub.clock import today_for
from hub.definitions.catalogue import definitions, serves
from hub.definitions.model import Owes
from hub.definitions.models import PeriodRow
from hub.partners.models import Partnership


def keep_ahead(session: Session, *, only: int | None = None) -> int:
    """Make every due item up to the period in which each partnership's today lies. Returns how many are new.

    `only` names one partnership; without it all are kept.
    Doing it again makes nothing; agencies that joined since get theirs from the latest period on.
    """
    asked = [definition for definition in definitions(session) if not definition.published]
    made = 0
    places = select(Partnership).order_by(Partnership.id)
    if only is not None:
        places = places.where(Partnership.id == only)
    for partnership in session.scalars(places).all():
        today = today_for(partnership)
        for definition in asked:
            if not serves(definition, illustrative=partnership.illustrative):
                continue
            for owes in definition.owes:
                first = _latest(session, partnership.id, definition.code, owes) or _earliest(owes, today)
                last = periods.containing(today, owes.frequency).ends_on
                made += make_due_items(session, partnership, replace(definition, owes=(owes,)), first, last)
    return made


def _latest(session: Session, partnership_id: int, return_code: str, owes: Owes) -> date | None:
    """The first day of the latest period that is on the due list already."""
    return session.scalar(
        select(func.max(PeriodRow.starts_on))
        .join(DueItem, DueItem.period_id == PeriodRow.id)
        .where(
            DueItem.partnership_id == partnership_id,
            DueItem.return_code == return_code,
            PeriodRow.kind == owes.frequency,
        )
    )


def _earliest(owes: Owes, today: date) -> date:
    """The first day of the earliest period whose due day has not passed."""
    period = periods.containing(today, owes.frequency)
    while True:
        before = periods.preceding(period)
        day = due_on(before, owes.due)
        if day is None or day < today:
            return period.starts_on
        period = before
