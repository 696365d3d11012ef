"""Returns signed by the end of their due day, by the month in which they fell due (DQ01)."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from sqlalchemy.orm import Session

from hub.calendar.due import due_items
from hub.facts.queries import AsAt
from hub.facts.revisions import revisions_as_at
from hub.measures.model import Coverage, Measure, Point, Series
from hub.partners.models import Partnership
from hub.periods import Period, containing

if TYPE_CHECKING:
    from hub.measures.compute import Asked


def series(session: Session, partnership: Partnership, at: AsAt, definition: Measure, asked: Asked) -> Series:
    """Percent of returns due, by month due; what has not fallen due is not counted, what has not come is not on time."""
    signed = {revision.due_item_id: revision for revision in revisions_as_at(session, at)}
    tally: dict[tuple[str, Period], list[int]] = defaultdict(lambda: [0, 0, 0])
    for item in due_items(session, partnership.id, agency_ids=asked.agency_ids):
        if item.due_on is None or item.due_on > at.today:
            continue
        month = containing(item.due_on, "month")
        if month.ends_on >= at.today:
            continue  # more may fall due before the month is over
        if (asked.first and month.starts_on < asked.first) or (asked.last and month.ends_on > asked.last):
            continue
        counts = tally[item.agency.code if asked.by == "agency" else "", month]
        revision = signed.get(item.id)
        counts[0] += 1
        counts[1] += revision is not None
        counts[2] += bool(revision and revision.on_time)
    points = [
        Point(
            period=month,
            value=100 * punctual / due,
            numerator=punctual,
            denominator=due,
            coverage=Coverage(received, due),
            state="value",
            lines={"agency": line} if line else {},
        )
        for (line, month), (due, received, punctual) in sorted(tally.items())
    ]
    return Series(definition, partnership.code, at.moment, tuple(points), asked.by)
