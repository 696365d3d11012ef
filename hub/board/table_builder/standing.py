"""Whether a table as known at a moment still reads so: current, or superseded by what was signed since."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import and_, func, or_, select
from sqlalchemy.orm import Session

from hub.board.table_builder.build import Built
from hub.board.table_builder.layout import said
from hub.clock import london_date
from hub.definitions.models import PeriodRow
from hub.facts.models import Revision
from hub.facts.moments import AsAt
from hub.periods import Period


@dataclass(frozen=True)
class Superseded:
    """`on` is the day on which the first later return of what reads otherwise was signed; None where there is none."""

    on: date | None


def superseded(session: Session, then: Built, at: AsAt, now: Built, today: date) -> Superseded | None:
    """None while the table reads as it did; `now` is the same choice as known on `today`."""
    before, after = said(then, at.today), said(now, today)
    moved = {place[2] for place in before.keys() | after.keys() if before.get(place) != after.get(place)}
    if not moved:
        return None
    periods = [each for each in (*then.periods, *now.periods) if each.code in moved]
    first = _signed_since(session, then, at, periods)
    return Superseded(london_date(first) if first else None)


def _signed_since(session: Session, then: Built, at: AsAt, periods: Collection[Period]) -> datetime | None:
    sources = [
        measure.sources[then.choices.kind]
        for measure in then.choices.measures
        if not measure.reads_no_return and then.choices.kind in measure.sources
    ]
    codes = {code for source in sources for code in (source.return_code, source.counted_below)}
    touching = (
        and_(PeriodRow.starts_on <= each.ends_on, PeriodRow.ends_on >= each.starts_on) for each in periods
    )
    query = (
        select(func.min(Revision.signed_at))
        .join(PeriodRow, PeriodRow.id == Revision.period_id)
        .where(
            Revision.partnership_id == at.partnership_id,
            Revision.return_code.in_(codes),
            Revision.position > at.position,
            or_(*touching),
        )
    )
    return session.scalar(query)
