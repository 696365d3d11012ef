"""A number that is one side of a comparison, beside the other side: what each sender sent, and what was logged from it.

Takes the measure and month of the number; gives the comparisons of that month as the disclosure gate lets this reader see them.
"""

from __future__ import annotations

from sqlalchemy.orm import Session

from hub.comparison.matrix import compared, shown
from hub.comparison.mirror import comparisons
from hub.comparison.model import Asked, Compared
from hub.comparison.sides import source_of
from hub.facts.moments import AsAt
from hub.measures.load import measures_as_at
from hub.measures.model import Measure
from hub.measures.protect import Audience
from hub.periods import Period


def beside(session: Session, at: AsAt, measure: Measure, month: Period, audience: Audience) -> list[Compared]:
    """The comparisons of which the number is a side; none for other numbers, and for longer periods."""
    source = measure.sources.get(month.kind)
    if month.kind != "month" or source is None:
        return []
    counted = {(source.return_code, figure) for figure in source.numerator}
    found = []
    for gap in comparisons(session, list(measures_as_at(session, at.moment).values())):
        sending, receiving, _, logged = source_of(gap)
        sides = {(sending.return_code, figure) for figure in sending.numerator} | {(receiving, logged)}
        if counted & sides:
            asked = Asked(month.starts_on, month.ends_on)
            found.append(shown(compared(session, at, gap, asked), audience))
    return [each for each in found if any(cell for row in each.rows for cell in row.cells)]
